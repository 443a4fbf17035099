"""Formats that say names and types themselves, and Spark's data source tables: what files and catalog disagree on."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import orc

from tests.forms.basic import PARQUET
from tests.forms.form import BUCKET, DATABASE, Form, Lake, columns

ORC = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.orc.OrcSerde", "Parameters": {}},
}
AVRO = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.avro.AvroSerDe", "Parameters": {}},
}
OPENX, HCATALOG = "org.openx.data.jsonserde.JsonSerDe", "org.apache.hive.hcatalog.data.JsonSerDe"


def texts(serde: str, **parameters: str) -> dict[str, Any]:
    """Files of lines, read by a SerDe."""
    return {
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": parameters},
    }


def maker(
    name: str,
    stored: Mapping[str, Any],
    files: Mapping[str, bytes],
    types: Mapping[str, str],
    *,
    keys: Mapping[str, str] | None = None,
    partitions: tuple[tuple[str, ...], ...] = (),
    parameters: Mapping[str, str] | None = None,
) -> Callable[[Lake], None]:
    """What brings a table into the lake: its files under its folder, its definition, `k=v` partitions."""

    def make(lake: Lake) -> None:
        for file, body in files.items():
            lake.put(f"{name}/{file}", body)
        descriptor = {"Columns": columns(**types), "Location": lake.uri(f"{name}/"), **stored}
        names = tuple(keys or {})
        lake.table(
            {
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "PartitionKeys": columns(**(keys or {})),
                "StorageDescriptor": descriptor,
                "Parameters": {"EXTERNAL": "TRUE", **(parameters or {})},
            },
            tuple(
                {
                    "Values": list(values),
                    "StorageDescriptor": {**descriptor, "Location": _folder(lake, name, names, values)},
                }
                for values in partitions
            ),
        )

    return make


def _folder(lake: Lake, name: str, keys: tuple[str, ...], values: tuple[str, ...]) -> str:
    steps = "/".join(f"{key}={value}" for key, value in zip(keys, values, strict=True))
    return lake.uri(f"{name}/{steps}/")


def parquet(columns: Mapping[str, Any], **options: Any) -> bytes:
    """A Parquet file of Arrow arrays or Python values."""
    sink = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), sink, **options)
    return sink.getvalue()


def orc_file(columns: Mapping[str, Any]) -> bytes:
    """An ORC file."""
    sink = io.BytesIO()
    orc.write_table(pa.table(dict(columns)), sink)
    return sink.getvalue()


def avro_file(fields: list[dict[str, Any]], *rows: Mapping[str, Any]) -> bytes:
    """An Avro file of records."""
    sink = io.BytesIO()
    fastavro.writer(sink, {"type": "record", "name": "row", "fields": fields}, rows)
    return sink.getvalue()


# --- Parquet ---------------------------------------------------------------------------------------------------------

_PLACE = pa.struct([("City", pa.string()), ("zipCode", pa.int32())])
_MOVED = pa.struct([("b", pa.int32()), ("A", pa.string())])
_WHEN = datetime(2024, 2, 29, 12, 30, 15, 678000)
_PARQUET_BY_PLACE: Mapping[str, Any] = {
    **PARQUET,
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "Parameters": {"parquet.column.index.access": "true"},
    },
}
_TYPES_DIFFER = "Spark 3.5 does not read other types than the catalog's"

_PARQUET = (
    Form(
        "parquet_other_case",
        "Parquet whose names have capitals, at every depth",
        "crawler",
        maker(
            "parquet_other_case",
            PARQUET,
            {"a.parquet": parquet({"userId": [7], "homePlace": pa.array([{"City": "Oslo", "zipCode": 150}], _PLACE)})},
            {"userid": "bigint", "homeplace": "struct<city:string,zipcode:int>"},
            parameters={"classification": "parquet"},
        ),
        rows=((7, {"city": "Oslo", "zipcode": 150}),),
    ),
    Form(
        "parquet_narrow",
        "Parquet with narrower numbers than the catalog has",
        "Athena",
        maker(
            "parquet_narrow",
            PARQUET,
            {
                "a.parquet": parquet(
                    {
                        "id": pa.array([1, -2], pa.int32()),
                        "v": pa.array([0.5, None], pa.float32()),
                        "price": pa.array([Decimal("1.50"), None], pa.decimal128(8, 2)),
                        "small": pa.array([200, 3], pa.uint8()),
                    }
                )
            },
            {"id": "bigint", "v": "double", "price": "decimal(12,2)", "small": "int"},
        ),
        rows=((1, 0.5, Decimal("1.50"), 200), (-2, None, None, 3)),
        metastore=_TYPES_DIFFER,
    ),
    Form(
        "parquet_of_texts",
        "Parquet of texts, with numbers and dates in the catalog",
        "hand-made",
        maker(
            "parquet_of_texts",
            PARQUET,
            {
                "a.parquet": parquet(
                    {"n": ["5", None], "d": ["2024-02-29", None], "p": ["1.25", None], "raw": [b"x", b"y"]}
                )
            },
            {"n": "int", "d": "date", "p": "decimal(5,2)", "raw": "string"},
        ),
        rows=((5, date(2024, 2, 29), Decimal("1.25"), "x"), (None, None, None, "y")),
        metastore=_TYPES_DIFFER,
    ),
    Form(
        "parquet_new_columns",
        "Parquet files that lack columns which came later",
        "Glue job",
        maker(
            "parquet_new_columns",
            PARQUET,
            {
                "a.parquet": parquet({"id": [1], "s": pa.array([{"x": 1}], pa.struct([("x", pa.int64())]))}),
                "b.parquet": parquet(
                    {
                        "id": [2],
                        "s": pa.array([{"x": 2, "y": "n"}], pa.struct([("x", pa.int64()), ("y", pa.string())])),
                        "added": ["new"],
                    }
                ),
            },
            {"id": "bigint", "s": "struct<x:bigint,y:string>", "added": "string", "planned": "array<int>"},
        ),
        rows=((1, {"x": 1, "y": None}, None, None), (2, {"x": 2, "y": "n"}, "new", None)),
    ),
    Form(
        "parquet_by_place",
        "Parquet whose columns go by their place",
        "Athena",
        maker(
            "parquet_by_place",
            _PARQUET_BY_PLACE,
            {"a.parquet": parquet({"name": [1], "other": ["x"]})},
            {"id": "bigint", "name": "string", "later": "int"},
        ),
        rows=((1, "x", None),),
        metastore="Spark goes by name",
    ),
    Form(
        "parquet_files_differ",
        "Parquet files of which one has texts where the other has numbers",
        "hand-made",
        maker(
            "parquet_files_differ",
            PARQUET,
            {"a.parquet": parquet({"id": [1]}), "b.parquet": parquet({"id": ["1"]})},
            {"id": "bigint"},
        ),
        refused={"*": "column 'id' is bigint in the file 'a.parquet' and string in 'b.parquet'"},
    ),
    Form(
        "parquet_widths_differ",
        "Parquet files with int beside bigint",
        "Glue job",
        maker(
            "parquet_widths_differ",
            PARQUET,
            {"a.parquet": parquet({"id": pa.array([1], pa.int32())}), "b.parquet": parquet({"id": [2]})},
            {"id": "bigint"},
        ),
        rows=((1,), (2,)),
        refused=dict.fromkeys(("sail", "spark35", "metastore"), "files whose numbers differ in width"),
    ),
    Form(
        "parquet_two_spellings",
        "Parquet files that spell a column differently",
        "hand-made",
        maker(
            "parquet_two_spellings",
            PARQUET,
            {"a.parquet": parquet({"Id": [1]}), "b.parquet": parquet({"id": [2]})},
            {"id": "bigint"},
        ),
        rows=((1,), (2,)),
        refused={"sail": "column names that files spell in two ways"},
    ),
    Form(
        "parquet_old_times",
        "Parquet with timestamps as INT96, of old Hive and Impala",
        "Spark 2",
        maker(
            "parquet_old_times",
            PARQUET,
            {
                "a.parquet": parquet(
                    {"t": pa.array([_WHEN, None], pa.timestamp("us"))}, use_deprecated_int96_timestamps=True
                )
            },
            {"t": "timestamp"},
        ),
        rows=((_WHEN,), (None,)),
    ),
    Form(
        "parquet_moved_fields",
        "Parquet with structs whose fields stand in another order, and lack some",
        "Glue job",
        maker(
            "parquet_moved_fields",
            PARQUET,
            {
                "a.parquet": parquet(
                    {
                        "s": pa.array([{"b": 1, "A": "x"}, None], _MOVED),
                        "l": pa.array([[{"b": 2, "A": "y"}, None], None], pa.list_(_MOVED)),
                        "m": pa.array([[("k", {"b": 3, "A": "z"})], None], pa.map_(pa.string(), _MOVED)),
                    }
                )
            },
            {
                "s": "struct<a:string,b:bigint,c:date>",
                "l": "array<struct<a:string,b:int>>",
                "m": "map<string,struct<a:string,b:int>>",
            },
        ),
        rows=(
            ({"a": "x", "b": 1, "c": None}, [{"a": "y", "b": 2}, None], {"k": {"a": "z", "b": 3}}),
            (None, None, None),
        ),
        metastore=_TYPES_DIFFER,
    ),
    Form(
        "parquet_nanoseconds",
        "Parquet with timestamps in nanoseconds",
        "pandas",
        maker(
            "parquet_nanoseconds",
            PARQUET,
            {"a.parquet": parquet({"t": pa.array([1709209815123456000], pa.timestamp("ns"))})},
            {"t": "timestamp"},
        ),
        rows=((datetime(2024, 2, 29, 12, 30, 15, 123456),),),
        refused=dict.fromkeys(("spark35", "spark4", "metastore"), "parquet timestamps in nanoseconds"),
    ),
    Form(
        "parquet_char_varchar",
        "Parquet with char and varchar",
        "Hive",
        maker(
            "parquet_char_varchar",
            PARQUET,
            {"a.parquet": parquet({"c": ["abc", None], "v": ["de", "f"]})},
            {"c": "char(3)", "v": "varchar(10)"},
        ),
        rows=(("abc", "de"), (None, "f")),
    ),
    Form(
        "parquet_key_in_files",
        "Parquet files that hold the partition key as well",
        "Glue job",
        maker(
            "parquet_key_in_files",
            PARQUET,
            {
                "day=01/a.parquet": parquet({"id": [1], "day": ["not it"]}),
                "day=02/a.parquet": parquet({"id": [2], "day": ["x"]}),
            },
            {"id": "bigint"},
            keys={"day": "string"},
            partitions=(("01",), ("02",)),
        ),
        rows=((1, "01"), (2, "02")),
    ),
    Form(
        "firehose_parquet",
        "Parquet that Firehose delivers by the hour, in folders that are no partitions",
        "Firehose",
        maker(
            "firehose_parquet",
            PARQUET,
            {
                "2024/02/29/10/s-1-2024-02-29-10-00-00.parquet": parquet(
                    {"id": [1], "at": pa.array([_WHEN], pa.timestamp("ms"))}
                ),
                "2024/02/29/11/s-1-2024-02-29-11-00-00.parquet": parquet(
                    {"id": [2], "at": pa.array([None], pa.timestamp("ms"))}
                ),
            },
            {"id": "bigint", "at": "timestamp"},
            parameters={"classification": "parquet"},
        ),
        rows=((1, _WHEN), (2, None)),
        metastore="Spark does not read folders that are no partitions",
    ),
    Form(
        "athena_ctas",
        "Parquet of CREATE TABLE AS",
        "Athena",
        maker(
            "athena_ctas",
            PARQUET,
            {
                "20240229_part": parquet({"id": pa.array([1], pa.int32()), "v": [0.5]}, compression="gzip"),
                "20240229_part2": parquet({"id": pa.array([2], pa.int32()), "v": pa.array([None], pa.float64())}),
            },
            {"id": "int", "v": "double"},
            parameters={"has_encrypted_data": "false", "auto.purge": "false", "parquet.compression": "GZIP"},
        ),
        rows=((1, 0.5), (2, None)),
    ),
)

# --- ORC, Avro, XML --------------------------------------------------------------------------------------------------

_SAIL_ORC = {"sail": "does not read orc"}
_AVRO_FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "long"},
    {"name": "kind", "type": {"type": "enum", "name": "kinds", "symbols": ["A", "B"]}},
    {"name": "price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}]},
    {"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}]},
    {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
    {"name": "tags", "type": {"type": "array", "items": "string"}},
]
_AVRO_TYPES = {
    "id": "bigint",
    "kind": "string",
    "price": "decimal(10,2)",
    "day": "date",
    "at": "timestamp",
    "tags": "array<string>",
}
_AVRO_WITH_SCHEMA: Mapping[str, Any] = {
    **AVRO,
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
        "Parameters": {"avro.schema.literal": json.dumps({"type": "record", "name": "row", "fields": _AVRO_FIELDS})},
    },
}
_XML = """<?xml version="1.0" encoding="UTF-8"?>
<Orders>
  <Order no="7"><Customer>A &amp; B</Customer><total>1.50</total><item>x</item><item>y</item></Order>
  <Order no="8"><Customer>C</Customer><total/></Order>
</Orders>
"""

_OTHERS = (
    Form(
        "orc_by_place",
        "ORC whose names are not the catalog's, read by place as in Athena",
        "Athena",
        maker("orc_by_place", ORC, {"a.orc": orc_file({"p": [1], "q": ["x"]})}, {"id": "bigint", "name": "string"}),
        rows=((1, "x"),),
        refused=_SAIL_ORC,
        metastore="Spark goes by name",
    ),
    Form(
        "orc_unnamed",
        "ORC of old Hive, whose columns are named _col0 and on",
        "Hive",
        maker(
            "orc_unnamed",
            ORC,
            {"a.orc": orc_file({"_col0": [1, 2], "_col1": ["x", None]})},
            {"id": "bigint", "name": "string"},
        ),
        rows=((1, "x"), (2, None)),
        refused=_SAIL_ORC,
    ),
    Form(
        "orc_ambiguous",
        "ORC of which some names are the catalog's",
        "hand-made",
        maker("orc_ambiguous", ORC, {"a.orc": orc_file({"id": [1], "q": ["x"]})}, {"id": "bigint", "name": "string"}),
        refused={
            **_SAIL_ORC,
            "spark35": "Athena reads it by place",
            "spark4": "Athena reads it by place",
            "metastore": "Athena reads it by place",
        },
    ),
    Form(
        "avro_types",
        "Avro with an enum, decimals as bytes, dates and times",
        "Kafka Connect",
        maker(
            "avro_types",
            _AVRO_WITH_SCHEMA,
            {
                "a.avro": avro_file(
                    _AVRO_FIELDS,
                    {
                        "id": 1,
                        "kind": "B",
                        "price": Decimal("1.25"),
                        "day": date(2024, 2, 29),
                        "at": _WHEN.replace(tzinfo=UTC),
                        "tags": ["p"],
                    },
                    {"id": 2, "kind": "A", "price": None, "day": None, "at": None, "tags": []},
                )
            },
            _AVRO_TYPES,
        ),
        rows=((1, "B", Decimal("1.25"), date(2024, 2, 29), _WHEN, ["p"]), (2, "A", None, None, None, [])),
    ),
    Form(
        "avro_other_case",
        "Avro whose names have capitals, at every depth",
        "Kafka Connect",
        maker(
            "avro_other_case",
            AVRO,
            {
                "a.avro": avro_file(
                    [
                        {"name": "userId", "type": "int"},
                        {
                            "name": "Place",
                            "type": {"type": "record", "name": "p", "fields": [{"name": "City", "type": "string"}]},
                        },
                    ],
                    {"userId": 7, "Place": {"City": "Oslo"}},
                )
            },
            {"userid": "bigint", "place": "struct<city:string>"},
        ),
        rows=((7, {"city": "Oslo"}),),
        metastore="Hive's reader wants the same spelling",
    ),
    Form(
        "avro_union",
        "Avro with a column of numbers or texts",
        "hand-made",
        maker(
            "avro_union",
            AVRO,
            {"a.avro": avro_file([{"name": "v", "type": ["int", "long"]}], {"v": 5})},
            {"v": "bigint"},
        ),
        refused={"*": "column 'v' is a union of 2 types in Avro"},
    ),
    Form(
        "xml_rows",
        "XML with attributes and lists",
        "crawler",
        maker(
            "xml_rows",
            {},
            {"a.xml": _XML.encode()},
            {"no": "int", "customer": "string", "total": "decimal(5,2)", "item": "array<string>"},
            parameters={"classification": "xml", "rowTag": "Order"},
        ),
        rows=((7, "A & B", Decimal("1.50"), ["x", "y"]), (8, "C", None, None)),
        refused={"sail": "does not read xml"},
        metastore="there is no SerDe",
    ),
)

# --- JSON ------------------------------------------------------------------------------------------------------------

_NO_CLASS = "Spark has no such SerDe"


def _lines(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


_JSON = (
    Form(
        "json_other_case",
        "JSON whose keys have capitals, at every depth",
        "crawler",
        maker(
            "json_other_case",
            texts(OPENX, paths="Items,userId"),
            {
                "a.json": _lines('{"userId":1,"Items":[{"skuName":"a","Qty":2}],"extra":0}'),
                "b.json": _lines('{"userId":2,"Items":[]}', '{"userId":3}'),
            },
            {"userid": "int", "items": "array<struct<skuname:string,qty:int>>"},
            parameters={"classification": "json"},
        ),
        rows=((1, [{"skuname": "a", "qty": 2}]), (2, []), (3, None)),
        metastore=_NO_CLASS,
    ),
    Form(
        "json_mapped",
        "JSON whose keys the SerDe maps, with dots and a word of SQL",
        "Athena",
        maker(
            "json_mapped",
            texts(OPENX, **{"mapping.at": "@timestamp", "dots.in.keys": "true"}),
            {"a.json": _lines('{"@timestamp":"2024-02-29T12:30:15.678Z","http.status":200,"from":"x"}')},
            {"at": "timestamp", "http_status": "smallint", "from": "string"},
        ),
        rows=((_WHEN, 200, "x"),),
        metastore=_NO_CLASS,
    ),
    Form(
        "json_numbers",
        "JSON with exact decimals, quoted numbers and times",
        "Firehose",
        maker(
            "json_numbers",
            texts(HCATALOG),
            {
                "2024/s-1.gz": gzip.compress(
                    _lines(
                        '{"price":12345678901234.05,"n":"5","ok":true,"day":"2024-02-29","at":"'
                        '2024-02-29 12:30:15.678"}',
                        '{"price":null,"n":null,"ok":null,"day":null,"at":null}',
                        '{"price":1.255}',
                    )
                )
            },
            {"price": "decimal(20,2)", "n": "int", "ok": "boolean", "day": "date", "at": "timestamp"},
        ),
        rows=(
            (Decimal("12345678901234.05"), 5, True, date(2024, 2, 29), _WHEN),
            (None,) * 5,
            (Decimal("1.26"), None, None, None, None),
        ),
        metastore=_NO_CLASS,
    ),
    Form(
        "json_not_texts",
        "JSON with numbers and objects in columns of texts",
        "Athena",
        maker(
            "json_not_texts",
            texts(OPENX),
            {"a.json": _lines('{"id":17,"payload":{"a":[1,2]},"ok":true,"v":1.10}', '{"id":"x","payload":null}')},
            {"id": "string", "payload": "string", "ok": "string", "v": "string"},
        ),
        rows=(("17", '{"a":[1,2]}', "true", "1.1"), ("x", None, None, None)),
        refused={"sail": "json values that are no texts in a column of strings"},
        metastore=_NO_CLASS,
    ),
    Form(
        "json_malformed",
        "JSON with a line that is none, which the SerDe ignores",
        "Athena",
        maker(
            "json_malformed",
            texts(OPENX, **{"ignore.malformed.json": "true"}),
            {"a.json": _lines('{"id":1,"v":"x"}', "{broken", '{"id":3,"v":"z"}')},
            {"id": "int", "v": "string"},
        ),
        rows=((1, "x"), (None, None), (3, "z")),
        refused={"sail": "json lines that are no JSON"},
        metastore=_NO_CLASS,
    ),
    Form(
        "json_broken",
        "JSON with a line that is none",
        "Athena",
        maker("json_broken", texts(OPENX), {"a.json": _lines('{"id":1}', "{broken")}, {"id": "int"}),
        refused={"*": "is not JSON"},
    ),
    Form(
        "json_two_spellings",
        "JSON with a key in two spellings",
        "hand-made",
        maker("json_two_spellings", texts(OPENX), {"a.json": _lines('{"Id":1}', '{"id":2}')}, {"id": "int"}),
        refused={"*": "the key of 'id' is spelled in 2 ways: 'Id', 'id'"},
    ),
    Form(
        "json_pretty",
        "JSON objects over several lines",
        "crawler",
        maker("json_pretty", texts(OPENX), {"a.json": b'{\n  "id": 1\n}\n'}, {"id": "int"}),
        refused={"*": "is not one JSON object"},
    ),
)

# --- what no engine reads --------------------------------------------------------------------------------------------

_ION = {
    "InputFormat": "com.amazon.ionhiveserde.formats.IonInputFormat",
    "OutputFormat": "com.amazon.ionhiveserde.formats.IonOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "com.amazon.ionhiveserde.IonHiveSerDe", "Parameters": {}},
}
_RCFILE = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.RCFileInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.RCFileOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe",
        "Parameters": {},
    },
}
_CLOUDTRAIL = texts("com.amazon.emr.hive.serde.CloudTrailSerde") | {
    "InputFormat": "com.amazon.emr.cloudtrail.CloudTrailInputFormat"
}


def _refused(name: str, title: str, writer: str, stored: Mapping[str, Any], reason: str, **parameters: str) -> Form:
    make = maker(name, stored, {"a": b"x"}, {"id": "int"}, parameters=parameters)
    return Form(name, title, writer, make, refused={"*": reason})


_FOREIGN = (
    _refused("ion", "Amazon Ion", "Athena", _ION, "it is Amazon Ion, which is not read"),
    _refused("rcfile", "RCFile", "Hive", _RCFILE, "it is RCFile, which is not read"),
    _refused("cloudtrail", "CloudTrail's own SerDe", "Athena", _CLOUDTRAIL, "it is CloudTrail's JSON"),
    _refused(
        "dynamodb",
        "a DynamoDB table behind a storage handler",
        "Hive",
        {
            **ORC,
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.dynamodb.DynamoDBSerDe", "Parameters": {}},
        },
        "its rows are behind a storage handler",
        storage_handler="org.apache.hadoop.hive.dynamodb.DynamoDBStorageHandler",
    ),
)

# --- made by the writers themselves ----------------------------------------------------------------------------------

_ROWS = """
from datetime import date, datetime
from decimal import Decimal
rows = [(1, "a", Decimal("1.50"), date(2024, 2, 29), datetime(2024, 2, 29, 12, 30, 15, 678000), "north"),
        (2, None, None, None, None, "south")]
schema = "userId BIGINT, Name STRING, price DECIMAL(10,2), day DATE, at TIMESTAMP, Region STRING"
frame = spark.createDataFrame(rows, schema)
"""
_SOURCE_ROWS = (
    (1, "a", Decimal("1.50"), date(2024, 2, 29), _WHEN, "north"),
    (2, None, None, None, None, "south"),
)


def _by_spark(script: str) -> Callable[[Lake], None]:
    return lambda lake: _written(lake, "spark35", script)


def _written(lake: Lake, writer: str, script: str) -> None:
    lake.writer(writer, script)


def _saved(kind: str, **options: str) -> Form:
    """A table of `saveAsTable`, partitioned, with capitals in its names."""
    name = f"spark_source_{kind}"
    said = "".join(f".option({key!r}, {value!r})" for key, value in options.items())
    script = f"{_ROWS}\nframe.write.format({kind!r}){said}.partitionBy('Region').saveAsTable('{DATABASE}.{name}')"
    return Form(
        name,
        f"a partitioned data source table of {kind}",
        "Spark 3.5",
        _by_spark(script),
        rows=_SOURCE_ROWS,
        refused=_SAIL_ORC if kind == "orc" else {},
        is_real=True,
    )


_WRANGLER_JSON = f"""
import awswrangler as wr, pandas as pd
frame = pd.DataFrame({{"id": [1, 2], "name": ["a", None], "ok": [True, False]}})
wr.s3.to_json(frame, path="s3://{BUCKET}/wrangler_json/", dataset=True, database="{DATABASE}", table="wrangler_json",
              orient="records", lines=True, index=False)
"""
_WRANGLER_ADDED = f"""
import awswrangler as wr, pandas as pd
where = dict(path="s3://{BUCKET}/wrangler_added/", dataset=True, database="{DATABASE}", table="wrangler_added")
wr.s3.to_parquet(pd.DataFrame({{"id": [1], "v": [0.5]}}), **where)
wr.s3.to_parquet(pd.DataFrame({{"id": [2], "v": [1.5], "added": ["x"]}}), mode="append", **where)
"""
_TEXT = f"""
frame = spark.createDataFrame([("a,b",), ("",), ("c",)], "line STRING")
frame.coalesce(1).write.format("text").saveAsTable("{DATABASE}.spark_source_text")
"""
_LONG = f"""
names = [f"aColumnWithALongName{{n:03d}}" for n in range(120)]
frame = spark.createDataFrame([tuple(range(120))], ", ".join(f"{{name}} INT" for name in names))
frame.write.format("json").saveAsTable("{DATABASE}.spark_source_long")
"""

_PRUNED = f"""
{_ROWS}
frame.write.format("json").partitionBy("Region").saveAsTable("{DATABASE}.spark_source_pruned")
"""

_REAL = (
    Form(
        "spark_source_pruned",
        "one partition of a data source table whose key has capitals",
        "Spark 3.5",
        _by_spark(_PRUNED),
        rows=((2, "south"),),
        is_real=True,
        program=f"""result = (
    spark.table("{DATABASE}.spark_source_pruned").where("Region = 'south'").select("userId", "Region")
)
""",
    ),
    _saved("parquet"),
    _saved("orc"),
    _saved("json"),
    _saved("csv", header="true", sep=";"),
    Form(
        "spark_source_text",
        "a data source table of text",
        "Spark 3.5",
        _by_spark(_TEXT),
        rows=(("a,b",), ("",), ("c",)),
        is_real=True,
    ),
    Form(
        "spark_source_long",
        "a data source table whose schema comes in numbered parts",
        "Spark 3.5",
        _by_spark(_LONG),
        rows=(tuple(range(120)),),
        is_real=True,
    ),
    Form(
        "wrangler_json",
        "JSON lines of awswrangler",
        "awswrangler",
        lambda lake: _written(lake, "wrangler", _WRANGLER_JSON),
        rows=((1, "a", True), (2, None, False)),
        metastore=_NO_CLASS,
        is_real=True,
    ),
    Form(
        "wrangler_added",
        "Parquet of awswrangler to which a column was added",
        "awswrangler",
        lambda lake: _written(lake, "wrangler", _WRANGLER_ADDED),
        rows=((1, 0.5, None), (2, 1.5, "x")),
        is_real=True,
    ),
)

FORMS: tuple[Form, ...] = (*_PARQUET, *_OTHERS, *_JSON, *_FOREIGN, *_REAL)

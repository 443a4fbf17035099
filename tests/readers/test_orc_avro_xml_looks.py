"""ORC, Avro and XML: what a look at the files finds."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import fastavro
import pyarrow as pa
import pytest
from pyarrow import orc

from sparkwright.domain import Cast, Column, Evidence, Reader, Storage, Table, TableName, Unreadable
from sparkwright.platforms import LOCAL, SPARK4, SPARK35
from sparkwright.readers.classify import classify
from sparkwright.readers.formats import avro
from sparkwright.readers.look import look
from sparkwright.store import MemoryStore

ORC = "org.apache.hadoop.hive.ql.io.orc.OrcSerde"
AVRO = "org.apache.hadoop.hive.serde2.avro.AvroSerDe"
XML: dict[str, str] = {"classification": "xml", "rowTag": "row"}


def table(serde: str, said: dict[str, str] | None = None, **types: str) -> Table:
    columns = tuple(Column(name, kind) for name, kind in types.items())
    return Table(TableName("db", "t"), columns, "/t/", storage=Storage(serde=serde, parameters=said or {}))


def looked(one: Table, *files: bytes, **more: bytes) -> Evidence:
    content = {f"/t/{number}": file for number, file in enumerate(files)} | {f"/{k}": body for k, body in more.items()}
    reader = classify(one, SPARK35)
    assert isinstance(reader, Reader)
    return look(one, reader, MemoryStore(content))


def read(one: Table, *files: bytes, **more: bytes) -> Reader:
    found = classify(replace(one, evidence=looked(one, *files, **more)), SPARK35)
    assert isinstance(found, Reader), found
    return found


def refusal(one: Table, *files: bytes, **more: bytes) -> str:
    found = classify(replace(one, evidence=looked(one, *files, **more)), SPARK35)
    assert isinstance(found, Unreadable), found
    assert found.remedy
    return found.reason


# --- ORC -------------------------------------------------------------------------------------------------------------


def orc_file(**columns: Any) -> bytes:
    sink = io.BytesIO()
    orc.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_orc_goes_by_name_where_the_names_are_the_catalogs() -> None:
    reader = read(table(ORC, id="bigint", v="string"), orc_file(V=["x"], Id=pa.array([1], pa.int32())))
    assert reader.casts == (Cast("Id", "id", "bigint"), Cast("V", "v", "string"))


def test_orc_goes_by_place_where_no_name_is_the_catalogs() -> None:
    reader = read(table(ORC, id="bigint", v="string"), orc_file(p=[1], q=["x"]))
    assert reader.casts == (Cast("p", "id", "bigint"), Cast("q", "v", "string"))
    assert "by their place" in reader.notes[0]


@pytest.mark.parametrize(("said", "stored"), [("true", ("v", "id")), ("false", ("id", "v"))])
def test_orc_goes_as_the_table_says(said: str, stored: tuple[str, str]) -> None:
    one = table(ORC, {"orc.column.index.access": said}, id="string", v="string")
    assert tuple(cast.stored for cast in read(one, orc_file(v=["x"], id=["y"])).casts) == stored


def test_orc_without_names_is_read_by_the_catalogs_as_spark_does() -> None:
    reader = read(table(ORC, id="bigint", v="string"), orc_file(_col0=pa.array([1], pa.int32()), _col1=["x"]))
    assert reader.stored == (Column("id", "int"), Column("v", "string"))


def test_orc_that_athena_and_spark_read_otherwise_is_refused() -> None:
    reason = refusal(table(ORC, id="bigint", v="string"), orc_file(id=[1], q=["x"]))
    assert "(q), so that Athena reads it by place and Spark by name" in reason


def test_orc_of_local_timestamps_is_refused() -> None:
    file = orc_file(at=pa.array([1], pa.timestamp("ns", "UTC")))
    assert "timestamp with local time zone" in refusal(table(ORC, at="timestamp"), file)


def test_a_file_that_is_no_orc_is_named() -> None:
    assert refusal(table(ORC, id="int"), b"no orc").startswith("the file '/t/0' is not sound ORC")


def test_orc_may_widen_from_file_to_file() -> None:
    files = (orc_file(id=pa.array([1], pa.int32())), orc_file(Id=[2]))
    assert looked(table(ORC, id="bigint"), *files) == Evidence(columns=(Column("id", "bigint"),))


# --- Avro ------------------------------------------------------------------------------------------------------------


def avro_file(fields: list[Mapping[str, Any]], row: Mapping[str, Any]) -> bytes:
    sink = io.BytesIO()
    fastavro.writer(sink, {"type": "record", "name": "r", "fields": fields}, [row])
    return sink.getvalue()


def test_avro_has_the_names_and_types_of_the_files_at_every_depth() -> None:
    inner = {"type": "record", "name": "p", "fields": [{"name": "City", "type": "string"}]}
    fields: list[Mapping[str, Any]] = [{"name": "userId", "type": "int"}, {"name": "Place", "type": ["null", inner]}]
    reader = read(table(AVRO, userid="bigint", place="struct<city:string>"), avro_file(fields, {"userId": 1}))
    assert reader.stored == (Column("userId", "int"), Column("Place", "struct<City:string>"))


@pytest.mark.parametrize(
    ("kind", "value", "hive"),
    [
        ({"type": "enum", "name": "e", "symbols": ["A"]}, "A", "string"),
        ({"type": "fixed", "name": "f", "size": 2}, b"ab", "binary"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, None, "decimal(9,2)"),
        ({"type": "long", "logicalType": "local-timestamp-millis"}, None, "timestamp_ntz"),
        ({"type": "map", "values": {"type": "array", "items": "float"}}, {}, "map<string,array<float>>"),
    ],
)
def test_avro_types(kind: Any, value: Any, hive: str) -> None:
    file = avro_file([{"name": "v", "type": kind if value is not None else ["null", kind]}], {"v": value})
    assert looked(table(AVRO, v="string"), file).columns == (Column("v", hive),)


def test_an_avro_union_is_refused_where_the_catalog_has_it() -> None:
    file = avro_file([{"name": "v", "type": ["int", "long"]}, {"name": "id", "type": "int"}], {"v": 1, "id": 2})
    assert refusal(table(AVRO, v="bigint"), file).startswith("column 'v' is a union of 2 types in Avro")
    assert read(table(AVRO, id="int"), file).stored == (Column("id", "int"),)


def test_avro_uuids_are_a_feature() -> None:
    file = avro_file([{"name": "v", "type": ["null", {"type": "string", "logicalType": "uuid"}]}], {"v": None})
    assert looked(table(AVRO, v="string"), file).features == (avro.UUID,)
    assert avro.UUID in LOCAL.unreadable
    assert avro.UUID not in SPARK4.unreadable


def test_avro_files_of_other_widths_are_refused() -> None:
    files = [avro_file([{"name": "v", "type": kind}], {"v": 1}) for kind in ("int", "long")]
    assert "different widths" in refusal(table(AVRO, v="bigint"), *files)


@pytest.mark.parametrize("key", ["avro.schema.literal", "avro.schema.url"])
@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ({"name": "new", "type": "int", "default": 7}, "gives column 'new' the default 7"),
        ({"name": "new", "type": "int", "aliases": ["old"]}, "reads column 'new' under an alias"),
    ],
)
def test_a_schema_to_read_by_that_says_more_than_names_is_refused(
    key: str, field: Mapping[str, Any], reason: str
) -> None:
    schema = json.dumps({"type": "record", "name": "r", "fields": [field]})
    one = table(AVRO, {key: schema if key.endswith("literal") else "/schema"}, new="int")
    file = avro_file([{"name": "old", "type": "int"}], {"old": 1})
    assert reason in refusal(one, file, schema=schema.encode())


def test_a_schema_to_read_by_that_says_the_same_is_read() -> None:
    schema = json.dumps(
        {"type": "record", "name": "r", "fields": [{"name": "v", "type": ["null", "int"], "default": None}]}
    )
    one = table(AVRO, {"avro.schema.literal": schema}, v="int")
    assert read(one, avro_file([{"name": "v", "type": "int"}], {"v": 1})).stored == (Column("v", "int"),)


def test_a_file_that_is_no_avro_is_named() -> None:
    assert refusal(table(AVRO, v="int"), b"no avro").startswith("the file '/t/0' is not sound Avro")


# --- XML -------------------------------------------------------------------------------------------------------------


def xml(**types: str) -> Table:
    return replace(table("", None, **types), parameters=XML)


def test_xml_has_the_names_of_elements_and_attributes() -> None:
    body = b'<rows><other no="1"/><row No="7"><Place><City>x</City></Place><L>1</L><L>2</L></row></rows>'
    reader = read(xml(no="int", place="struct<city:string>", l="array<int>"), body)
    assert reader.stored == (Column("_No", "int"), Column("Place", "struct<City:string>"), Column("L", "array<int>"))
    assert reader.options == {"rowTag": "row", "mode": "FAILFAST", "ignoreSurroundingSpaces": "false"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<rows><row><a/></rows>", "is not sound XML"),
        (b'<!DOCTYPE d [<!ENTITY e "x">]><rows><row><a>&e;</a></row></rows>', "it declares the entity 'e'"),
        (b"<rows><row><a/></row><row><A/></row></rows>", "the element 'a' is spelled in 2 ways: 'a', 'A'"),
    ],
)
def test_xml_that_engines_could_misread_is_refused(body: bytes, reason: str) -> None:
    assert reason in refusal(xml(a="string"), body)


def test_xml_is_left_to_the_jvm() -> None:
    found = classify(xml(a="string"), LOCAL)
    assert isinstance(found, Unreadable)
    assert found.reason == "this machine (Sail) does not read xml"

"""Spark's data source tables: the schema that Spark wrote, the true location, the options of its readers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparkwright.domain import Cast, Column, Evidence, Partition, Reader, Storage, Table, TableName, Unreadable, View
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import Array, Decimal, HiveType, Map, Plain, Struct, StructField, from_spark_json
from sparkwright.platforms import LOCAL, SPARK35
from sparkwright.readers.classify import classify
from sparkwright.readers.formats.spark_source import BACKSLASHES, OPTIONS
from sparkwright.readers.look import look
from sparkwright.spark_tables import catalog_keys, provider, restored
from sparkwright.store import MemoryStore


def field(name: str, kind: Any, **metadata: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "nullable": True, "metadata": metadata}


def schema(*fields: dict[str, Any]) -> str:
    return json.dumps({"type": "struct", "fields": list(fields)})


def source(kind: str, text: str, said: dict[str, str] | None = None, parameters: dict[str, str] | None = None) -> Table:
    """As Glue has it: one column that is none, a location that is none."""
    return Table(
        TableName("db", "t"),
        (Column("col", "array<string>", "from deserializer"),),
        "s3://w/db.db/t-__PLACEHOLDER__",
        storage=Storage(
            "org.apache.hadoop.mapred.SequenceFileInputFormat",
            "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat",
            "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
            {"path": "s3a://b/t", "serialization.format": "1", **(said or {})},
        ),
        parameters={"spark.sql.sources.provider": kind, "spark.sql.sources.schema": text, **(parameters or {})},
    )


IDS = schema(field("userId", "long", comment="who"), field("Name", "string"))


def read(table: Table, evidence: Evidence | None = None) -> Reader:
    found = classify(replace(table, evidence=evidence), SPARK35)
    assert isinstance(found, Reader), found
    return found


def test_the_schema_and_the_location_are_sparks() -> None:
    reader = read(source("json", IDS))
    assert (reader.format, reader.root) == ("json", "s3://b/t/")
    assert reader.stored == (Column("userId", "bigint"), Column("Name", "string"))
    assert restored(source("json", IDS)).columns[0] == Column("userId", "bigint", "who")


def test_restoring_twice_is_restoring_once() -> None:
    once = restored(source("csv", IDS, {"header": "true"}))
    assert restored(once) == once


def test_a_long_schema_comes_in_parts() -> None:
    table = source("parquet", "")
    parts = {f"spark.sql.sources.schema.part.{number}": part for number, part in enumerate((IDS[:20], IDS[20:]))}
    said = {"spark.sql.sources.provider": "parquet", "spark.sql.sources.schema.numParts": "2", **parts}
    assert read(replace(table, parameters=said)).stored[0] == Column("userId", "bigint")
    del said["spark.sql.sources.schema.part.1"]
    found = classify(replace(table, parameters=said), SPARK35)
    assert isinstance(found, Unreadable)
    assert found.reason == "part 1 of 2 of the schema that Spark wrote is missing"


def test_partition_columns_go_to_the_end() -> None:
    text = schema(field("Region", "string"), field("id", "integer"))
    said = {
        "spark.sql.sources.schema.numPartCols": "1",
        "spark.sql.sources.schema.partCol.0": "Region",
        "spark.sql.partitionProvider": "catalog",
    }
    partitions = (Partition(("n",), "s3://b/t/Region=n/"),)
    reader = read(replace(source("json", text, parameters=said), partitions=partitions))
    assert reader.partition_keys == (Column("Region", "string"),)
    assert reader.stored == (Column("id", "int"), Column("Region", "string"))
    del said["spark.sql.partitionProvider"]
    found = classify(source("json", text, parameters=said), SPARK35)
    assert isinstance(found, Unreadable)
    assert found.reason == "Spark keeps its partitions out of the catalog"


def test_keys_are_asked_of_the_catalog_in_lower_case_where_spark_wrote_them() -> None:
    key = (Column("Region", "string"),)
    assert catalog_keys(replace(source("json", IDS), partition_keys=key)) == (Column("region", "string"),)
    assert catalog_keys(Table(TableName("db", "t"), (), "/t/", key)) == key


def test_csv_is_read_as_spark_reads_it() -> None:
    reader = read(source("csv", IDS, {"header": "true", "sep": ";"}))
    assert reader.options == {"mode": "FAILFAST", "escape": "\\", "header": "true", "sep": ";"}
    assert (reader.needs, reader.stored[0].type) == ((), "bigint")


@pytest.mark.parametrize("option", ["dateFormat", "ignoreLeadingWhiteSpace", "comment", "mode", "multiLine"])
def test_options_that_change_values_are_left_to_the_jvm(option: str) -> None:
    table = source("csv", IDS, {option: "x"})
    assert OPTIONS in read(table).needs
    assert isinstance(classify(table, LOCAL), Unreadable)


def test_csv_that_engines_cut_otherwise_is_refused_or_left_to_the_jvm() -> None:
    def looked(body: bytes) -> Evidence:
        table = replace(source("csv", IDS), location="/t/", storage=Storage(parameters={"path": "/t/"}))
        return look(table, read(table), MemoryStore({"/t/a.csv": body}))

    assert looked(b'1,"a\\"b"\n') == Evidence()
    assert looked(b'1,"a\\nb"\n').features == (BACKSLASHES,)
    assert "line breaks within quotes" in looked(b'1,"a\nb"\n').refusal


def test_text_is_one_column() -> None:
    reader = read(source("text", schema(field("Line", "string"))))
    assert (reader.stored, reader.casts) == ((Column("value", "string"),), (Cast("value", "Line", "string"),))


@pytest.mark.parametrize(
    ("said", "short"),
    [
        ("org.apache.spark.sql.parquet", "parquet"),
        ("org.apache.spark.sql.execution.datasources.json.JsonFileFormat", "json"),
        ("org.apache.spark.sql.execution.datasources.v2.orc.OrcDataSourceV2", "orc"),
        ("com.databricks.spark.csv", "csv"),
        ("PARQUET", "parquet"),
        ("hive", ""),
        ("delta", "delta"),
        ("com.example.Source", "com.example.source"),
    ],
)
def test_providers_may_be_classes(said: str, short: str) -> None:
    assert provider(source(said, IDS)) == short


def test_a_hive_table_of_spark_keeps_the_catalogs_columns_where_they_are_newer() -> None:
    table = replace(source("hive", IDS), columns=(Column("userid", "bigint"), Column("name", "string")))
    assert restored(table).columns == (Column("userId", "bigint", "who"), Column("Name", "string"))
    newer = replace(table, columns=(*table.columns, Column("added", "int")))
    assert restored(newer) == newer


def test_a_placeholder_is_never_read() -> None:
    table = replace(source("json", IDS), storage=Storage())
    found = classify(table, SPARK35)
    assert isinstance(found, Unreadable)
    assert "its location is a placeholder" in found.reason


@pytest.mark.parametrize(
    "text", ["", "[]", "1", '"string"', '{"type":"struct"}', '{"type":"struct","fields":[{}]}', "{" * 99, "[" * 99_999]
)
def test_a_schema_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UnreadableTable):
        from_spark_json(text)
    assert isinstance(classify(source("json", text), SPARK35), Unreadable)


def test_char_and_varchar_stand_in_the_metadata() -> None:
    text = schema(field("c", "string", __CHAR_VARCHAR_TYPE_STRING="varchar(3)"))
    assert str(from_spark_json(text)) == "struct<c:varchar(3)>"


_SPARK = {"int": "integer", "bigint": "long", "smallint": "short", "tinyint": "byte"}
_PLAIN = [*_SPARK, "float", "double", "boolean", "string", "binary", "date", "timestamp", "timestamp_ntz"]
_TYPES: st.SearchStrategy[HiveType] = st.recursive(
    st.sampled_from(_PLAIN).map(Plain) | st.integers(1, 38).map(lambda digits: Decimal(digits, digits // 2)),
    lambda inner: (
        inner.map(Array)
        | st.tuples(inner, inner).map(lambda pair: Map(*pair))
        | st.lists(st.tuples(st.text(min_size=1), inner), max_size=3).map(
            lambda fields: Struct(tuple(StructField(name, kind) for name, kind in fields))
        )
    ),
    max_leaves=8,
)


def _as_spark(kind: HiveType) -> Any:
    match kind:
        case Array(element):
            return {"type": "array", "elementType": _as_spark(element), "containsNull": True}
        case Map(key, value):
            return {"type": "map", "keyType": _as_spark(key), "valueType": _as_spark(value), "valueContainsNull": True}
        case Struct(fields):
            return {"type": "struct", "fields": [field(one.name, _as_spark(one.type)) for one in fields]}
    return _SPARK.get(str(kind), str(kind))


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), _TYPES), max_size=4))
def test_every_schema_of_spark_is_read_back(fields: list[tuple[str, HiveType]]) -> None:
    whole = Struct(tuple(StructField(name, kind) for name, kind in fields))
    assert from_spark_json(json.dumps(_as_spark(whole))) == whole


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_schema_or_refused_with_a_way_out(text: str) -> None:
    found = classify(source("json", text), SPARK35)
    assert not isinstance(found, View)
    assert isinstance(found, Reader) or found.remedy

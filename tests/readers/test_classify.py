"""The decision order: what a Glue table's metadata make of it, and what is refused by name."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sparkwright.domain import Cast, Column, Partition, Reader, Storage, Table, TableName, Unreadable
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify

NAME = TableName("db", "t")
PARQUET = Storage(serde="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe")
TABLE = Table(NAME, (Column("a", "int"),), "/lake/t/", storage=PARQUET)


def test_parquet_is_read_by_name_and_cast_to_the_catalogs_types() -> None:
    key = Column("k", "int")
    partitions = (Partition(("1",), "/lake/t/k=1/"),)
    table = replace(TABLE, partition_keys=(key,), partitions=partitions, parameters={"sparkwright.stored.a": "bigint"})
    assert classify(table, LOCAL) == Reader(
        table=NAME,
        format="parquet",
        root="/lake/t/",
        stored=(Column("a", "bigint"), Column("k", "string")),
        casts=(Cast("a", "a", "int"), Cast("k", "k", "int")),
        partition_keys=(key,),
        partitions=partitions,
    )


def test_csv_is_read_as_texts_and_cast() -> None:
    table = replace(
        TABLE,
        storage=Storage(parameters={"field.delim": ";", "serialization.null.format": "NA", "multiLine": "true"}),
        parameters={"classification": "CSV", "skip.header.line.count": "true"},
    )
    assert classify(table, LOCAL) == Reader(
        table=NAME,
        format="csv",
        root="/lake/t/",
        options={"header": "true", "sep": ";", "quote": '"', "escape": '"', "multiLine": "true"},
        stored=(Column("a", "string"),),
        casts=(Cast("a", "a", "int"),),
        null_text="NA",
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"location": ""}, "it has no location in the catalog"),
        ({"location": "lake/t/"}, "its location 'lake/t/' is none"),
        ({"columns": ()}, "it has no columns in the catalog"),
        ({"columns": (Column("a", "void"),)}, "column 'a' is of the type void"),
        ({"table_type": "VIRTUAL_VIEW"}, "it is a view without a text that we read (its dialects: none)"),
        ({"parameters": {"spark.sql.sources.provider": "hudi"}}, "this machine (Sail) does not read hudi"),
        ({"parameters": {"spark.sql.sources.provider": "json"}}, "Spark wrote no schema into its parameters"),
        ({"parameters": {"spark.sql.sources.provider": "com.example.Source"}}, "it was made by Spark as a data source table of 'com.example.Source', which is not read"),
        ({"storage": replace(PARQUET, input_format="org.apache.hudi.hadoop.HoodieParquetInputFormat")}, "this machine (Sail) does not read hudi"),
        ({"storage": replace(PARQUET, input_format="com.uber.hoodie.hadoop.HoodieInputFormat")}, "this machine (Sail) does not read hudi"),
        ({"columns": (Column("u", "uniontype<int,string>"),)}, "column 'u': 'uniontype<int,string>' is not a type that can be read: the type 'uniontype' has no counterpart in Spark (character 1)"),
        ({"storage": Storage(serde="org.apache.hadoop.hive.ql.io.orc.OrcSerde")}, "this machine (Sail) does not read orc"),
        ({"storage": Storage(), "parameters": {"classification": "xml"}}, "it is XML and does not say which element is a row"),
        ({"storage": Storage(serde="com.example.Serde", input_format="x.Y")}, "its format is not known: SerDe 'com.example.Serde', input format 'x.Y'"),
        ({"is_lake_formation": True, "table_type": "VIRTUAL_VIEW"}, "its location is registered with Lake Formation, whose row and column filters this engine would pass by"),
        ({"storage": Storage()}, "its format is not known: SerDe 'nothing', input format ''"),
        ({"storage": Storage(), "parameters": {"classification": "csv", "skip.header.line.count": "2"}}, "it skips 2 header lines"),
        ({"storage": Storage(), "parameters": {"classification": "csv", "skip.footer.line.count": "1"}}, "it skips footer lines"),
        ({"storage": Storage(), "parameters": {"classification": "csv"}, "columns": (Column("a", "array<int>"),)}, "column 'a' is of the type array<int> in CSV"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_by_name(changes: dict[str, Any], reason: str) -> None:
    found = classify(replace(TABLE, **changes), LOCAL)
    assert isinstance(found, Unreadable)
    assert (found.table, found.reason) == (NAME, reason)
    assert found.remedy


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"parameters": {"table_type": "ICEBERG", "spark.sql.sources.provider": "parquet"}}, "iceberg"),
        ({"parameters": {"metadata_location": "s3://b/t/metadata/m.json"}}, "iceberg"),
        ({"parameters": {"table_type": "delta"}}, "delta"),
        ({"parameters": {"classification": "delta"}}, "delta"),
        ({"parameters": {"spark.sql.sources.provider": "Delta"}, "storage": Storage(serde="any")}, "delta"),
        ({"storage": replace(PARQUET, input_format="org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat")}, "symlink"),
    ],
)  # fmt: skip
def test_a_lake_format_is_never_read_as_its_files(changes: dict[str, Any], kind: str) -> None:
    found = classify(replace(TABLE, **changes), LOCAL)
    assert isinstance(found, Reader)
    assert found.format == kind


def test_lake_formation_holds_where_the_engine_enforces_it() -> None:
    table = replace(TABLE, is_lake_formation=True)
    assert isinstance(classify(table, replace(LOCAL, enforces_lake_formation=True)), Reader)


def test_what_a_platform_reads_is_up_to_the_platform() -> None:
    orc = replace(TABLE, storage=Storage(serde="org.apache.hadoop.hive.ql.io.orc.OrcSerde"))
    assert isinstance(classify(orc, replace(LOCAL, unreadable={})), Reader)
    refused = classify(TABLE, replace(LOCAL, unreadable={"parquet": "print it"}))
    assert refused == Unreadable(NAME, "this machine (Sail) does not read parquet", "print it")

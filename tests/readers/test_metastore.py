"""Which tables Spark's own way through the metastore reads right; the suite in tests/forms measures it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sparkwright.domain import Column, Evidence, Partition, Storage, Table, TableName
from sparkwright.readers.metastore import hive_path

HADOOP = "org.apache.hadoop."
SERDE2 = HADOOP + "hive.serde2."
TEXT = Storage(
    HADOOP + "mapred.TextInputFormat",
    HADOOP + "hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    SERDE2 + "lazy.LazySimpleSerDe",
)
PARQUET = replace(TEXT, serde=HADOOP + "hive.ql.io.parquet.serde.ParquetHiveSerDe")
ORC = replace(TEXT, serde=HADOOP + "hive.ql.io.orc.OrcSerde")
AVRO = replace(TEXT, serde=SERDE2 + "avro.AvroSerDe")
PLAIN = Table(TableName("db", "t"), (Column("userid", "int"),), "s3://b/t/", storage=TEXT)


def _stored(storage: Storage, **evidence: object) -> Table:
    return replace(PLAIN, storage=storage, evidence=Evidence(**evidence))  # type: ignore[arg-type]  # each of its own type


@pytest.mark.parametrize(
    "table",
    [
        PLAIN,
        replace(PLAIN, parameters={"skip.header.line.count": "0"}),
        replace(PLAIN, columns=(Column("c", "varchar(3)"),)),
        replace(PLAIN, storage=replace(TEXT, parameters={"field.delim": ","}), parameters={"delimiter": ","}),
        _stored(PARQUET, columns=(Column("userId", "int"),)),
        _stored(PARQUET, columns=()),
        _stored(ORC, columns=(Column("userId", "int"), Column("more", "string"))),
        replace(PLAIN, storage=replace(AVRO, parameters={"avro.schema.url": "s3://b/t.avsc"})),
        replace(PLAIN, parameters={"spark.sql.sources.provider": "csv", "skip.header.line.count": "1"}),
        replace(PLAIN, partitions=(Partition(("1",), "s3://b/far/", AVRO),)),
    ],
)
def test_what_spark_reads_right_needs_no_reason(table: Table) -> None:
    assert hive_path(table) == ""


def _with(**parameters: str) -> Table:
    return replace(PLAIN, parameters={key.replace("__", "."): value for key, value in parameters.items()})


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (replace(PLAIN, federated="mysql"), "federated"),
        (replace(PLAIN, storage=replace(TEXT, parameters={"collection.delim": "|"})), "colelction.delim"),
        (_with(delimiter=","), "where the SerDe does not look"),
        (replace(PLAIN, columns=(Column("c", "array<char(3)>"),)), "pads char"),
        (replace(PLAIN, table_type="VIRTUAL_VIEW"), "view"),
        (replace(PLAIN, location="", view={"SPARK": "SELECT 1"}), "view"),
        (_with(table_type="ICEBERG"), "Iceberg"),
        (_with(metadata_location="s3://b/t/metadata/1.json"), "Iceberg"),
        (_with(spark__sql__sources__provider="delta"), "Delta"),
        (_with(spark__sql__sources__provider="avro"), "package"),
        (replace(PLAIN, storage=replace(TEXT, input_format="org.apache.hudi.hadoop.HoodieParquetInputFormat")), "Hudi"),
        (replace(PLAIN, storage=replace(TEXT, input_format="a.SymlinkTextInputFormat")), "manifest"),
        (replace(PLAIN, table_type=""), "without TableType"),
        (replace(PLAIN, storage=Storage(serde="x")), "InputFormat and OutputFormat"),
        (_with(projection__enabled="TRUE"), "projection"),
        (replace(PLAIN, storage=replace(TEXT, serde=SERDE2 + "OpenCSVSerde")), "OpenCSVSerde"),
        (replace(PLAIN, storage=replace(TEXT, serde="org.openx.data.jsonserde.JsonSerDe")), "no class"),
        (_with(skip__header__line__count="1"), "header"),
        (_with(skip__footer__line__count="2"), "footer"),
        (replace(PLAIN, storage=replace(PARQUET, parameters={"parquet.column.index.access": "true"})), "places"),
        (_stored(TEXT, nested=True), "folders"),
        (_stored(PARQUET, columns=(Column("userid", "bigint"),)), "bigint"),
        (replace(PLAIN, storage=ORC), "not known"),
        (_stored(ORC, columns=(Column("_col0", "int"),)), "by its place"),
        (replace(PLAIN, storage=AVRO), "Avro schema"),
        (replace(PLAIN, target=TableName("other", "t")), "link"),
        (replace(PLAIN, storage=PARQUET, partitions=(Partition(("1",), "s3://b/far/", AVRO),)), "another format"),
        (replace(PLAIN, partitions=(Partition(("1",), "s3://b/f/", replace(TEXT, serde="x.Y")),)), "a partition needs"),
    ],
)
def test_what_it_does_not_read_right_is_declared(table: Table, reason: str) -> None:
    assert reason in hive_path(table)

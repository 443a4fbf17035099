from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import deltalake
import pyarrow as pa
import pytest

from sparkwright.domain import Cast, Column, Reader, Table, TableName, View
from sparkwright.errors import UnreadableTable
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify
from sparkwright.readers.declare import declare
from sparkwright.readers.look import look
from sparkwright.readers.reads import explicit_read
from sparkwright.readers.spark_settings import iceberg_catalog, session_settings, start_settings
from sparkwright.store import LocalStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DELTA = Reader(
    table=TableName("db", "t"),
    format="delta",
    root="s3://b/t",
    stored=(Column("Id", "int"), Column("s", "string")),
    casts=(Cast("Id", "id", "bigint"), Cast("s", "s", "string")),
    version="3",
)
ICEBERG = replace(DELTA, format="iceberg", options={"metadata": "s3://b/t/metadata/00001-a.gz.metadata.json"})
HUDI = replace(DELTA, format="hudi", version="", options={"hoodie.datasource.query.type": "snapshot"})
SELECT = "SELECT\n  CAST(Id AS BIGINT) AS id,\n  s\nFROM "


def test_sail_reads_a_version_below_a_view_of_the_session() -> None:
    database, below, view = declare(DELTA, "sail")
    assert database == "CREATE DATABASE IF NOT EXISTS db"
    name = below.split()[5]
    assert below == f"CREATE OR REPLACE TEMPORARY VIEW {name} AS SELECT\n  *\nFROM delta.`s3://b/t` VERSION AS OF 3"
    assert view == f"CREATE OR REPLACE VIEW db.t AS {SELECT}{name}"


def test_spark_reads_a_version_by_its_path() -> None:
    assert declare(DELTA, "spark") == (
        "CREATE DATABASE IF NOT EXISTS db",
        f"CREATE OR REPLACE VIEW db.t AS {SELECT}delta.`s3://b/t` VERSION AS OF 3",
    )


def test_spark_reads_iceberg_in_a_catalog_of_its_metadata_file() -> None:
    catalog = iceberg_catalog(ICEBERG)
    assert declare(ICEBERG, "spark")[1] == f"CREATE OR REPLACE VIEW db.t AS {SELECT}{catalog}.t VERSION AS OF 3"
    key = f"spark.sql.catalog.{catalog}"
    assert session_settings((ICEBERG,), "spark") == {
        key: "org.apache.iceberg.spark.SparkCatalog",
        f"{key}.type": "hadoop",
        f"{key}.warehouse": f"viewfs://{catalog}/",
        f"{key}.hadoop.fs.viewfs.mounttable.{catalog}.link./t/metadata/v1.gz.metadata.json": (
            "s3://b/t/metadata/00001-a.gz.metadata.json"
        ),
    }


def test_another_metadata_file_is_another_catalog() -> None:
    assert iceberg_catalog(ICEBERG) != iceberg_catalog(replace(ICEBERG, options={"metadata": "s3://b/t/metadata/x"}))


def test_spark_reads_hudi_as_a_table_below_the_view() -> None:
    assert declare(HUDI, "spark")[1:] == (
        "CREATE TABLE IF NOT EXISTS db._raw_t\nUSING hudi\n"
        "OPTIONS ('hoodie.datasource.query.type' = 'snapshot')\nLOCATION 's3://b/t'",
        f"CREATE OR REPLACE VIEW db.t AS {SELECT}db._raw_t",
    )


@pytest.mark.parametrize("dialect", ["sail", "spark"])
def test_a_table_without_a_snapshot_is_a_view_without_rows(dialect: Any) -> None:
    assert declare(replace(ICEBERG, version="none"), dialect) == (
        "CREATE DATABASE IF NOT EXISTS db",
        "CREATE OR REPLACE VIEW db.t (id, s) AS SELECT\n"
        "  CAST(NULL AS BIGINT) AS c0,\n  CAST(NULL AS STRING) AS c1\nWHERE false",
    )


def test_a_table_that_nobody_looked_at_is_not_declared() -> None:
    with pytest.raises(UnreadableTable, match="nobody looked at its log"):
        declare(replace(DELTA, version=""), "sail")


def test_explicit_reads_name_the_version() -> None:
    assert '.option("versionAsOf", "3")\n    .load("s3://b/t")' in explicit_read(DELTA)
    assert '.option("snapshot-id", "3")\n    .load("s3://b/t")' in explicit_read(ICEBERG, "sail")
    metadata = ICEBERG.options["metadata"]
    assert f'.option("snapshot-id", "3")\n    .load("{metadata}")' in explicit_read(ICEBERG, "spark")


def test_delta_needs_its_catalog_and_from_the_start_its_extension() -> None:
    catalog = {"spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog"}
    view = View(TableName("db", "v"), "SELECT 1", (), ())
    assert session_settings((view, DELTA), "spark") == catalog
    assert start_settings((DELTA,), "spark") == {
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        **catalog,
    }


@pytest.mark.parametrize("reader", [HUDI, replace(ICEBERG, version="none"), replace(DELTA, format="parquet")])
def test_other_tables_need_no_settings(reader: Reader) -> None:
    assert session_settings((reader,), "spark") == {}
    assert start_settings((reader,), "spark") == {}


def test_sail_needs_no_settings() -> None:
    assert session_settings((DELTA, ICEBERG), "sail") == {}


def _read(spark: Any, reader: Reader) -> Any:
    for statement in declare(reader, "sail"):
        spark.sql(statement)
    return spark.table(reader.table.quoted)


def test_the_version_that_was_looked_at_is_read_and_no_later_one(
    spark: Any, tmp_path: Path, rows_of: Callable[[Any], Any]
) -> None:
    place = str(tmp_path / "t")
    names = pa.schema([pa.field("Id", pa.int32()), pa.field("odd name", pa.string())])
    deltalake.write_deltalake(place, pa.table({"Id": [1, 2], "odd name": ["a", None]}, schema=names))
    table = Table(TableName("lakes", "pinned"), (), place, parameters={"table_type": "DELTA"})
    first = classify(table, LOCAL)
    assert isinstance(first, Reader)
    reader = classify(replace(table, evidence=look(table, first, LocalStore())), LOCAL)
    assert isinstance(reader, Reader)
    deltalake.write_deltalake(place, pa.table({"Id": [3], "odd name": ["c"]}, schema=names), mode="append")
    scope: dict[str, Any] = {"spark": spark}
    exec(explicit_read(reader), scope)
    for frame in (_read(spark, reader), scope["pinned"]):
        assert frame.columns == ["Id", "odd name"]
        assert rows_of(frame) == [(1, "a"), (2, None)]


def test_a_table_without_a_snapshot_has_its_columns_on_sail(spark: Any) -> None:
    reader = replace(ICEBERG, table=TableName("lakes", "empty"), version="none")
    scope: dict[str, Any] = {"spark": spark}
    exec(explicit_read(reader), scope)
    for frame in (_read(spark, reader), scope["empty"]):
        assert frame.dtypes == [("id", "bigint"), ("s", "string")]
        assert frame.collect() == []

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkwright.domain import Cast, Column, Partition, Reader, Storage, TableName
from sparkwright.readers.declare import MOST_JOINED, declare
from sparkwright.readers.places import load_path, location
from sparkwright.readers.reads import explicit_read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READER = Reader(
    table=TableName("db", "t"),
    format="csv",
    root="/lake/it's/t/",
    options={"header": "true", "sep": "\t"},
    stored=(Column("id", "string"), Column("note", "string"), Column("k", "string")),
    casts=(Cast("id", "id", "int"), Cast("note", "note", "string"), Cast("k", "k", "string")),
    partition_keys=(Column("k", "string"),),
    partitions=(Partition(("a",), "/lake/it's/t/k=a/"), Partition((None,), "/far/n/")),
    null_text="NA",
)
NEAR = replace(READER, partitions=READER.partitions[:1])


def test_a_table_is_declared_for_sail() -> None:
    assert declare(NEAR, "sail") == (
        "CREATE DATABASE IF NOT EXISTS db",
        "CREATE OR REPLACE TABLE db._raw_t (id STRING, note STRING, k STRING)\n"
        "USING csv\n"
        "OPTIONS ('header' = 'true', 'sep' = '\\t')\n"
        "PARTITIONED BY (k)\n"
        "LOCATION 'file:///lake/it%27s/t/'",
        "CREATE OR REPLACE VIEW db.t AS SELECT\n"
        "  CAST(NULLIF(id, 'NA') AS INT) AS id,\n"
        "  NULLIF(note, 'NA') AS note,\n"
        "  NULLIF(k, IF(rand() < 0, '', '__HIVE_DEFAULT_PARTITION__')) AS k\n"
        "FROM db._raw_t",
    )


def test_a_far_partition_is_a_table_of_its_own_for_sail() -> None:
    assert declare(READER, "sail")[1:] == (
        "CREATE OR REPLACE TABLE db._rawp0_t (id STRING, note STRING)\n"
        "USING csv\n"
        "OPTIONS ('header' = 'true', 'sep' = '\\t')\n"
        "LOCATION 'file:///lake/it%27s/t/k%3Da/'",
        "CREATE OR REPLACE TABLE db._rawp1_t (id STRING, note STRING)\n"
        "USING csv\n"
        "OPTIONS ('header' = 'true', 'sep' = '\\t')\n"
        "LOCATION 'file:///far/n/'",
        "CREATE OR REPLACE VIEW db.t AS SELECT\n"
        "  CAST(NULLIF(id, 'NA') AS INT) AS id,\n"
        "  NULLIF(note, 'NA') AS note,\n"
        "  CAST('a' AS STRING) AS k\n"
        "FROM db._rawp0_t\n"
        "UNION ALL SELECT\n"
        "  CAST(NULLIF(id, 'NA') AS INT) AS id,\n"
        "  NULLIF(note, 'NA') AS note,\n"
        "  CAST(NULL AS STRING) AS k\n"
        "FROM db._rawp1_t",
    )


def test_partitions_are_added_one_by_one_for_spark() -> None:
    assert declare(READER, "spark")[1:3] == (
        "CREATE TABLE IF NOT EXISTS db._raw_t (id STRING, note STRING, k STRING)\n"
        "USING csv\n"
        "OPTIONS ('header' = 'true', 'sep' = '\\t')\n"
        "PARTITIONED BY (k)\n"
        "LOCATION '/lake/it\\'s/t/'",
        "ALTER TABLE db._raw_t ADD IF NOT EXISTS\n"
        "  PARTITION (k = 'a') LOCATION '/lake/it\\'s/t/k=a/'\n"
        "  PARTITION (k = '__HIVE_DEFAULT_PARTITION__') LOCATION '/far/n/'",
    )


def test_names_that_need_backquotes_stand_outside_of_a_view_for_sail() -> None:
    reader = replace(
        NEAR,
        table=TableName("my lake", "t"),
        stored=(Column("a b", "string"), Column("k", "string")),
        casts=(Cast("a b", "a b", "int"), Cast("k", "k", "string")),
    )
    *_, view = declare(reader, "sail")
    head, _, body = view.partition(" AS ")
    assert head == "CREATE OR REPLACE VIEW `my lake`.t (`a b`, k)"
    assert "`" not in body
    assert body.startswith("SELECT\n  CAST(NULLIF(c0, 'NA') AS INT),\n  NULLIF(c1, IF(")
    assert "\nFROM sparkwright_raw._raw_" in body
    assert body.endswith(" AS r(c0, c1)")


def test_an_explicit_read_is_written() -> None:
    assert (
        explicit_read(NEAR, "spark")
        == """\
t = (
    spark.read.format("csv")
    .schema("id STRING, note STRING, k STRING")
    .option("header", "true")
    .option("sep", "\\t")
    .load("/lake/it's/t/")
    .selectExpr(
        "CAST(NULLIF(id, 'NA') AS INT) AS id",
        "NULLIF(note, 'NA') AS note",
        "NULLIF(k, '__HIVE_DEFAULT_PARTITION__') AS k",
    )
)
"""
    )


@pytest.fixture
def far(tmp_path: Path) -> Reader:
    """A table whose partitions lie in and outside of its folder, one of them gone, one with a folder in capitals."""
    for number, folder in enumerate(("t/k=1", "elsewhere/2", "t/K=3")):
        (tmp_path / folder).mkdir(parents=True)
        pq.write_table(pa.table({"Id": [number]}), tmp_path / folder / "x.parquet")
    key = Column("k", "int")
    places = [("1", "t/k=1"), ("2", "elsewhere/2"), ("3", "t/K=3"), ("4", "gone/4"), (None, "elsewhere/2")]
    return Reader(
        table=TableName("far", "t"),
        format="parquet",
        root=f"{tmp_path}/t/",
        stored=(Column("id", "bigint"), Column("k", "string")),
        casts=(Cast("id", "id", "bigint"), Cast("k", "k", "int")),
        partition_keys=(key,),
        partitions=tuple(Partition((value,), f"{tmp_path}/{place}/") for value, place in places),
    )


def test_a_far_partition_is_read(far: Reader, spark: Any, rows_of: Callable[[Any], list[Any]]) -> None:
    for statement in declare(far, "sail"):
        spark.sql(statement)
    expected = [(0, 1), (1, 2), (1, None), (2, 3)]
    assert rows_of(spark.table("far.t")) == expected
    assert rows_of(spark.sql("SELECT id FROM far.t WHERE k = 2")) == [(1,)]
    scope: dict[str, Any] = {"spark": spark}
    exec(explicit_read(far), scope)
    assert rows_of(scope["t"]) == expected
    assert scope["t"].columns == ["id", "k"]


FOLDERS = {"1": 1, "2": 2, "12": 3, "x%20y": 4, "__HIVE_DEFAULT_PARTITION__": 5}


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("NOT k = '1'", [2, 3, 4]),
        ("k != upper('z')", [1, 2, 3, 4]),
        ("k NOT LIKE '1%'", [2, 4]),
        ("length(k) < 3", [1, 2, 3]),
        ("NOT nullif(k, '1') = 'z'", [2, 3, 4]),
        ("try_cast(k AS INT) != 2", [1, 3]),
        ("k = 'x y'", [4]),
        ("k IS NULL OR k = '2'", [2, 5]),
    ],
)
def test_a_filter_on_a_partition_key_that_is_null_is_not_true(
    condition: str, rows: list[int], tmp_path: Path, spark: Any, rows_of: Callable[[Any], list[Any]]
) -> None:
    for folder, number in FOLDERS.items():
        (tmp_path / "t" / f"k={folder}").mkdir(parents=True)
        pq.write_table(pa.table({"a": [number]}), tmp_path / "t" / f"k={folder}" / "x.parquet")
    reader = Reader(
        table=TableName("nulls", "t"),
        format="parquet",
        root=f"{tmp_path}/t/",
        stored=(Column("a", "bigint"), Column("k", "string")),
        casts=(Cast("a", "a", "bigint"), Cast("k", "k", "string")),
        partition_keys=(Column("k", "string"),),
    )
    for statement in declare(reader, "sail"):
        spark.sql(statement)
    assert rows_of(spark.sql(f"SELECT a FROM nulls.t WHERE {condition}")) == [(number,) for number in rows]
    scope: dict[str, Any] = {"spark": spark}
    exec(explicit_read(reader), scope)
    assert rows_of(scope["t"].where(condition).select("a")) == [(number,) for number in rows]


@pytest.mark.parametrize("name", ["id", "odd name"])
def test_hundreds_of_partitions_that_are_read_by_themselves_do_not_end_the_worker(
    name: str, tmp_path: Path, spark: Any, rows_of: Callable[[Any], list[Any]]
) -> None:
    count = 400
    for number in range(count):
        (tmp_path / str(number)).mkdir()
    pq.write_table(pa.table({name: [7]}), tmp_path / "399" / "x.parquet")
    reader = Reader(
        table=TableName("hundreds", "t"),
        format="parquet",
        root=f"{tmp_path}/t/",
        stored=(Column(name, "bigint"), Column("k", "string")),
        casts=(Cast(name, name, "bigint"), Cast("k", "k", "int")),
        partition_keys=(Column("k", "int"),),
        partitions=tuple(Partition((str(number),), f"{tmp_path}/{number}/") for number in range(count)),
    )
    *statements, view = declare(reader, "sail")
    assert view.count("UNION ALL") == count // MOST_JOINED
    for statement in (*statements, view):
        spark.sql(statement)
    assert spark.table("hundreds.t").columns == [name, "k"]
    assert rows_of(spark.table("hundreds.t")) == [(7, 399)]


@pytest.mark.parametrize(
    ("place", "sail"),
    [
        ("s3://b/t/k=a%3Ab/", "s3://b/t/k=a%253Ab/"),
        ("s3://b/t/k=[x]?*{}#/", "s3://b/t/k=%5Bx%5D%3F%2A%7B%7D%23/"),
        ("s3://b/t/a b é+=&/", "s3://b/t/a b é+=&/"),
    ],
)
def test_sail_decodes_a_location_once(place: str, sail: str) -> None:
    assert location(place, "sail") == load_path(place) == sail
    assert location(place, "spark") == load_path(place, "spark") == place


def test_declaring_again_takes_what_is_there_by_then(
    tmp_path: Path, spark: Any, rows_of: Callable[[Any], list[Any]]
) -> None:
    for column, kind, value in (("a", "bigint", 1), ("b", "string", "x")):
        pq.write_table(pa.table({column: [value]}), tmp_path / "x.parquet")
        reader = Reader(
            TableName("again", "t"),
            "parquet",
            f"{tmp_path}/",
            {},
            (Column(column, kind),),
            (Cast(column, column, kind),),
        )
        for statement in declare(reader, "sail"):
            spark.sql(statement)
        assert spark.table("again.t").columns == [column]
        assert rows_of(spark.table("again.t")) == [(value,)]


def test_a_partition_of_its_own_format_is_far() -> None:
    odd = replace(NEAR.partitions[0], storage=Storage(serde="x"))
    assert "_rawp0_t" in declare(replace(NEAR, partitions=(odd,)), "sail")[1]

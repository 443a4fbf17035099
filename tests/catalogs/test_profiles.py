from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkwright.catalogs.files import FilesCatalog
from sparkwright.domain import ColumnProfile, TableName

if TYPE_CHECKING:
    from pathlib import Path

CSV = (
    "id,name,price,day,at,ok\n1,x,1.5,2024-01-01,2024-01-01T00:00:00Z,true\n2,,,2024-02-01,2024-01-01 12:00:00,false\n"
)
CSV = CSV.replace("2024-01-01 12:00:00", "2024-01-01T14:00:00+02:00")
JSON = """\
{"id": 1, "name": "x", "price": 1.5, "day": "2024-01-01", "at": "2024-01-01T00:00:00Z", "ok": true, "more": [1]}
{"id": 2, "day": "2024-02-01", "at": "2024-01-01T14:00:00+02:00", "ok": false}
"""
EXPECTED = {
    "id": ColumnProfile(2, 2, 0, (), False, "1", "2"),
    "name": ColumnProfile(2, 1, 1, ("x",), True),
    "price": ColumnProfile(2, 1, 1, (), False, "1.5", "1.5"),
    "day": ColumnProfile(2, 2, 0, (), False, "2024-01-01", "2024-02-01"),
    "at": ColumnProfile(2, 2, 0, (), False, "2024-01-01T00:00:00Z", "2024-01-01T12:00:00Z"),
    "ok": ColumnProfile(2, 2, 0),
}


def profiles(catalog: FilesCatalog, name: str = "t") -> dict[str, ColumnProfile | None]:
    table = catalog.profile(catalog.table(TableName(catalog.database, name)))
    return {column.name: column.profile for column in table.all_columns}


def write(folder: Path, kind: str) -> None:
    first, second = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)
    names = ("id", "name", "price", "day", "at", "ok")
    rows = [
        dict(zip(names, (1, "x", 1.5, dt.date(2024, 1, 1), first, True), strict=True)),
        dict(zip(names, (2, None, None, dt.date(2024, 2, 1), second, False), strict=True)),
    ]
    if kind in ("csv", "json"):
        (folder / f"t.{kind}").write_text(CSV if kind == "csv" else JSON)
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), folder / "t.parquet")
    else:
        day, at = {"type": "int", "logicalType": "date"}, {"type": "long", "logicalType": "timestamp-micros"}
        types = ("long", "string", "double", day, at, "boolean")
        fields = [{"name": name, "type": ["null", one]} for name, one in zip(names, types, strict=True)]
        with (folder / "t.avro").open("wb") as stream:
            fastavro.writer(stream, {"type": "record", "name": "r", "fields": fields}, rows)


@pytest.mark.parametrize("kind", ["csv", "json", "parquet", "avro"])
def test_a_profile_says_what_the_columns_hold(kind: str, tmp_path: Path) -> None:
    write(tmp_path, kind)
    found = profiles(FilesCatalog(tmp_path))
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert found.get("more") is None


def test_partition_keys_have_profiles(tmp_path: Path) -> None:
    for value in ("1", "10", "__HIVE_DEFAULT_PARTITION__"):
        (tmp_path / "t" / f"k={value}").mkdir(parents=True)
        (tmp_path / "t" / f"k={value}" / "x.csv").write_text("a\nx\ny\n")
    assert profiles(FilesCatalog(tmp_path))["k"] == ColumnProfile(6, 2, 2, (), False, "1", "10")


def test_many_values_are_cut_and_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n" + "".join(f"x{n}\n" for n in range(6000)) + "often\n" * 3)
    found = profiles(FilesCatalog(tmp_path))["a"]
    assert found is not None
    assert (found.rows, found.distinct, len(found.values), found.values[0], found.complete) == (
        6003,
        6001,
        5000,
        "often",
        False,
    )


def test_no_more_than_the_first_rows_are_looked_at(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": pa.repeat(1, 600_000)}), tmp_path / "t.parquet")
    assert profiles(FilesCatalog(tmp_path))["a"] == ColumnProfile(500_000, 1, 0, (), False, "1", "1")


def test_values_are_not_called_complete_where_only_the_first_rows_were_looked_at(tmp_path: Path) -> None:
    values = pa.concat_arrays([pa.repeat("early", 600_000), pa.repeat("late", 1)])
    pq.write_table(pa.table({"a": values}), tmp_path / "t.parquet")
    assert profiles(FilesCatalog(tmp_path))["a"] == ColumnProfile(500_000, 1, 0, ("early",), False)


def test_an_empty_table_has_profiles(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n")
    pq.write_table(pa.table({"a": pa.array([], pa.int64())}), tmp_path / "u.parquet")
    assert profiles(FilesCatalog(tmp_path)) == {"a": ColumnProfile(0, 0, 0, (), True)}
    assert profiles(FilesCatalog(tmp_path), "u") == {"a": ColumnProfile(0, 0, 0)}


def test_a_profile_is_kept_until_a_file_changes(tmp_path: Path) -> None:
    lake, cache = tmp_path / "lake", tmp_path / "cache"
    lake.mkdir()
    write(lake, "csv")
    first = profiles(FilesCatalog(lake, cache=cache))
    for kept in cache.iterdir():
        kept.write_text(kept.read_text().replace('"x"', '"from the cache"'))
    assert profiles(FilesCatalog(lake, cache=cache))["name"] == replace(EXPECTED["name"], values=("from the cache",))
    (lake / "t.csv").write_text(CSV + "3,y,2.5,2024-03-01,2024-01-01T00:00:00Z,true\n")
    assert profiles(FilesCatalog(lake, cache=cache))["name"] == replace(
        EXPECTED["name"], rows=3, distinct=2, values=("y", "x")
    )
    assert first == EXPECTED


def test_types_that_were_found_are_kept_until_a_file_changes(tmp_path: Path) -> None:
    lake, cache = tmp_path / "lake", tmp_path / "cache"
    lake.mkdir()
    (lake / "t.csv").write_text("a\n1\n")
    name = TableName("lake", "t")
    first = FilesCatalog(lake, cache=cache).table(name)
    (kept,) = cache.iterdir()
    assert FilesCatalog(lake, cache=cache).table(name) == first
    kept.write_text(kept.read_text().replace("bigint", "double"))
    assert FilesCatalog(lake, cache=cache).table(name).columns[0].type == "double"
    (lake / "t.csv").write_text("a\nx\n\n")
    assert FilesCatalog(lake, cache=cache).table(name).columns[0].type == "string"


@pytest.mark.parametrize("content", ["", "not json", '{"cut": '])
def test_a_broken_cache_costs_nothing_but_time(content: str, tmp_path: Path) -> None:
    lake, cache = tmp_path / "lake", tmp_path / "cache"
    lake.mkdir()
    write(lake, "csv")
    profiles(FilesCatalog(lake, cache=cache))
    for kept in cache.iterdir():
        kept.write_text(content)
    assert profiles(FilesCatalog(lake, cache=cache)) == EXPECTED
    assert profiles(FilesCatalog(lake, cache=tmp_path / "lake" / "t.csv" / "no folder")) == EXPECTED

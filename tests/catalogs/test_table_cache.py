"""What is kept of a catalog far away: for its time, for its owner, and found as `rank` finds it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparkwright.catalogs.search import rank, stems, weights
from sparkwright.catalogs.table_cache import Kept, TableCache
from sparkwright.domain import Column, Table, TableName

WORDS = st.sampled_from(
    [
        "order",
        "orders",
        "ordering",
        "ord",
        "customer",
        "customers",
        "custom",
        "id",
        "dest",
        "destination",
        "the",
        "größe",
    ]
)
TEXTS = st.lists(WORDS, max_size=3).map(" ".join)


@st.composite
def tables(draw: st.DrawFn) -> list[Table]:
    count = draw(st.integers(1, 5))
    return [
        Table(
            TableName(draw(st.sampled_from(["a", "b"])), f"{draw(WORDS)}_{number}"),
            tuple(Column(name, "int", draw(TEXTS)) for name in draw(st.lists(WORDS, max_size=3))),
            "s3://lake/",
            comment=draw(TEXTS),
        )
        for number in range(count)
    ]


def kept(table: Table) -> Kept:
    return Kept(table.name.name, {"Name": table.name.name}, weights(table))


@settings(deadline=None)  # a busy machine is no failure
@given(found=tables(), words=TEXTS, limit=st.integers(1, 6))
def test_tables_are_found_as_they_are_ranked(found: list[Table], words: str, limit: int) -> None:
    cache = TableCache(None, 60)
    for database in ("a", "b"):
        cache.put_listing(database, [kept(table) for table in found if table.name.database == database])
    assert cache.best(frozenset(stems(words)), limit) == rank(words, found, limit)


def test_a_word_counts_no_longer_when_its_table_is_gone() -> None:
    cache = TableCache(None, 60)
    cache.put_databases(["a", "b"])
    for database in ("a", "b"):
        cache.put_listing(database, [kept(Table(TableName(database, "orders"), (), ""))])
    cache.put_listing("a", [])
    assert cache.best(["order"], 9) == (TableName("b", "orders"),)
    cache.put_databases(["a"])
    assert cache.best(["order"], 9) == ()
    assert (cache.listing("a"), cache.listing("b")) == ((), None)


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b""])
def test_a_file_that_is_no_database_is_made_anew(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "glue-a.db"
    path.write_bytes(content)
    TableCache(path, 60).put_databases(["a"])
    assert TableCache(path, 60).databases() == ("a",)


def test_a_file_of_another_version_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "glue-a.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    TableCache(path, 60).put_databases(["a"])
    assert TableCache(path, 60).databases() == ("a",)


def test_a_folder_that_cannot_be_made_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = TableCache(tmp_path / "file" / "glue-a.db", 60)
    cache.put_databases(["a"])
    assert cache.databases() == ("a",)


def test_a_file_that_breaks_on_the_way_costs_only_time(tmp_path: Path) -> None:
    path = tmp_path / "glue-a.db"
    cache = TableCache(path, 60)
    cache.put_databases(["a"])
    other = sqlite3.connect(path)
    other.execute("DROP TABLE listings")
    other.close()
    assert cache.databases() is None
    assert cache.losses == 1
    cache.put_databases(["b"])
    assert cache.databases() == ("b",)


def test_a_change_that_fails_is_made_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "glue-a.db"
    cache = TableCache(path, 60)
    other = sqlite3.connect(path)
    other.execute("DROP TABLE words")
    other.close()
    table = Table(TableName("a", "orders"), (), "")
    cache.put_listing("a", [kept(table)])
    assert cache.listing("a") == (table.name,)
    assert cache.best(["order"], 1) == (table.name,)


def test_a_clock_that_was_set_back_makes_nothing_last() -> None:
    now = [1000.0]
    cache = TableCache(None, 60, lambda: now[0])
    cache.put_databases(["a"])
    now[0] = 900.0
    assert cache.databases() is None


def test_files_of_sessions_that_ended_long_ago_are_removed(tmp_path: Path) -> None:
    old, other = tmp_path / "glue-old.db", tmp_path / "other-old.db"
    for path in (old, other):
        path.touch()
        os.utime(path, (1_000_000, 1_000_000))
    TableCache(tmp_path / "glue-new.db", 60)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["glue-new.db", "other-old.db"]

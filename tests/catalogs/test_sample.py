from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sparkwright.catalogs.sample import build, sample_catalog
from sparkwright.domain import TableName

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("home") / "sample" / "nycflights13")


def test_the_lake_holds_what_was_published(lake: Path) -> None:
    catalog = sample_catalog(lake)
    rows = {name.name: catalog.table(name).size.rows for name in catalog.tables("nycflights13")}
    assert rows == {"airlines": 16, "airports": 1458, "flights": 336776, "planes": 3322, "weather": 26115}


def test_every_table_and_column_has_a_comment(lake: Path) -> None:
    catalog = sample_catalog(lake)
    for name in catalog.tables("nycflights13"):
        table = catalog.table(name)
        assert table.comment
        assert [column.name for column in table.all_columns if not column.comment] == []


def test_types_are_proper(lake: Path) -> None:
    catalog = sample_catalog(lake)
    flights = catalog.table(TableName("nycflights13", "flights"))
    planes = catalog.table(TableName("nycflights13", "planes"))
    weather = catalog.table(TableName("nycflights13", "weather"))
    assert [(key.name, key.type) for key in flights.partition_keys] == [("month", "int")]
    assert {c.name: c.type for c in flights.columns}["arr_delay"] == "int"
    assert {c.name: c.type for c in planes.columns}["speed"] == "int"
    assert {c.name: c.type for c in weather.columns}["time_hour"] == "timestamp"


def test_declared_keys_are_keys(lake: Path) -> None:
    catalog = sample_catalog(lake)
    for name in catalog.tables("nycflights13"):
        table = catalog.profile(catalog.table(name))
        for key in table.foreign_keys:
            other = catalog.table(key.table)
            assert other.primary_key == key.references
        if len(table.primary_key) == 1:
            column = table.column(table.primary_key[0])
            assert column is not None
            assert column.profile is not None
            assert column.profile.is_unique


def test_building_again_does_nothing(lake: Path) -> None:
    before = (lake / "tables.toml").stat().st_mtime_ns
    said: list[str] = []
    assert build(lake, said.append) == lake
    assert ((lake / "tables.toml").stat().st_mtime_ns, said) == (before, [])


def test_another_version_is_built_again(tmp_path: Path) -> None:
    target = tmp_path / "lake"
    target.mkdir()
    (target / "_version").write_text("0")
    (target / "stale.csv").write_text("a\n1\n")
    said: list[str] = []
    build(target, said.append)
    assert said[0] == "flights"
    assert not (target / "stale.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


def test_flights_profile_at_once_from_the_cache(lake: Path, tmp_path: Path) -> None:
    sample_catalog(lake, cache=tmp_path).profile(sample_catalog(lake).table(TableName("nycflights13", "flights")))
    catalog = sample_catalog(lake, cache=tmp_path)
    table = catalog.table(TableName("nycflights13", "flights"))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        found = catalog.profile(table)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.02
    origin = found.column("origin")
    assert origin is not None
    assert origin.profile is not None
    assert (origin.profile.rows, origin.profile.distinct, origin.profile.values) == (336776, 3, ("EWR", "JFK", "LGA"))

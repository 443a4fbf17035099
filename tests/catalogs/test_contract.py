"""What every catalog keeps to: the fake one, a folder of files, the sample lake."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sparkwright.catalogs import Catalog, open_catalog
from sparkwright.catalogs.fake import FakeCatalog
from sparkwright.catalogs.files import FilesCatalog
from sparkwright.domain import Column, Table, TableName
from sparkwright.errors import SettingsError, TableNotFound
from sparkwright.hive_types import parse

if TYPE_CHECKING:
    from pathlib import Path


def fake(_: Path) -> Catalog:
    columns = (Column("carrier", "string", "Code of the airline"), Column("delay", "int"))
    flights = Table(TableName("air", "flights"), columns, "/lake/air/flights/", comment="Flights by day")
    planes = Table(TableName("air", "planes"), (Column("seats", "int"),), "/lake/air/planes.csv")
    return FakeCatalog([planes, flights, replace(planes, name=TableName("sea", "ships"))])


def files(folder: Path) -> Catalog:
    (folder / "flights").mkdir()
    (folder / "flights" / "1.csv").write_text("carrier,delay\nUA,1\n")
    (folder / "planes.json").write_text('{"seats": 2}\n')
    return FilesCatalog(folder, database="air")


def sample(folder: Path) -> Catalog:
    return open_catalog("sample", sample=folder / "nycflights13", cache=folder / "cache")


@pytest.fixture(scope="module", params=[fake, files, sample], ids=["fake", "files", "sample"])
def catalog(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    found = request.param(tmp_path_factory.mktemp("lake"))
    assert isinstance(found.spec, str)
    return found  # type: ignore[no-any-return]  # what a parameter yields is not typed


def test_databases_and_tables_are_sorted_and_full_names(catalog: Catalog) -> None:
    databases = catalog.databases()
    assert databases == tuple(sorted(databases)) != ()
    for database in databases:
        names = catalog.tables(database)
        assert names == tuple(sorted(names)) != ()
        assert {name.database for name in names} == {database}


def test_every_table_is_whole(catalog: Catalog) -> None:
    for database in catalog.databases():
        for name in catalog.tables(database):
            table = catalog.table(name)
            assert table.name == name
            assert table.columns
            assert all(parse(column.type) for column in table.all_columns)
            assert table.location.startswith("/")
            assert table.location.endswith("/") or re.search(r"\.\w+$", table.location)
            assert all(len(partition.values) == len(table.partition_keys) for partition in table.partitions)


def test_a_table_is_found_without_regard_to_case(catalog: Catalog) -> None:
    name = catalog.tables(catalog.databases()[0])[0]
    assert catalog.table(TableName(name.database.upper(), name.name.upper())) == catalog.table(name)


def test_an_unknown_table_is_an_error_with_the_nearest_names(catalog: Catalog) -> None:
    with pytest.raises(TableNotFound, match="flihgts") as error:
        catalog.table(TableName(catalog.databases()[0], "flihgts"))
    assert "flights" in error.value.hint


def test_an_unknown_database_is_an_error(catalog: Catalog) -> None:
    with pytest.raises(TableNotFound, match="nope"):
        catalog.tables("nope")
    with pytest.raises(TableNotFound, match="nope"):
        catalog.table(TableName("nope", "flights"))


def test_a_search_ranks_the_table_of_that_name_first(catalog: Catalog) -> None:
    database = catalog.databases()[0]
    assert catalog.search("flight")[0] == TableName(database, "flights")
    assert catalog.search("how many seats")[0] == TableName(database, "planes")
    assert catalog.search("flights and planes", limit=1) == catalog.search("flights and planes")[:1]
    assert catalog.search("zzz") == ()


def test_a_profile_changes_nothing_but_profiles(catalog: Catalog) -> None:
    for name in catalog.tables(catalog.databases()[0]):
        table = catalog.table(name)
        found = catalog.profile(table)
        assert found == replace(table, columns=found.columns, partition_keys=found.partition_keys)
        assert [replace(column, profile=None) for column in found.all_columns] == list(table.all_columns)


@pytest.mark.parametrize(
    ("spec", "hint"),
    [
        ("file:x", "did you mean 'files'?"),
        ("zzz", "known: files, sample"),
        ("files:", "write files:PATH"),
        ("sample:x", ""),
    ],
)
def test_a_spec_that_is_none_is_a_mistake_in_the_settings(spec: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=spec) as error:
        open_catalog(spec)
    assert hint in error.value.hint

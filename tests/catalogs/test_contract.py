"""What every catalog keeps to: the fake one, a folder of files, the sample lake, Glue."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest
from tests.forms.aws import emulated_aws

from sparkwright.catalogs import Catalog, open_catalog
from sparkwright.catalogs.fake import FakeCatalog
from sparkwright.catalogs.files import FilesCatalog
from sparkwright.catalogs.glue import GlueCatalog
from sparkwright.domain import Column, Table, TableName
from sparkwright.errors import SettingsError, TableNotFound
from sparkwright.hive_types import parse

if TYPE_CHECKING:
    from collections.abc import Iterator
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


@contextmanager
def glue(folder: Path) -> Iterator[Catalog]:
    """Glue as moto has it, over HTTP."""
    with emulated_aws() as url:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        client = boto3.client("glue", region_name="eu-west-1", endpoint_url=url, **keys)
        for database in ("air", "sea"):
            client.create_database(DatabaseInput={"Name": database})
        columns = {"flights": ("carrier", "string", "Code of the airline"), "planes": ("seats", "int", "")}
        for database, name in (("air", "flights"), ("air", "planes"), ("sea", "ships")):
            column = dict(zip(("Name", "Type", "Comment"), columns.get(name, ("length", "int", "")), strict=True))
            descriptor = {"Columns": [column], "Location": f"s3://lake/{database}/{name}"}
            client.create_table(DatabaseName=database, TableInput={"Name": name, "StorageDescriptor": descriptor})
        yield GlueCatalog("glue:eu-west-1", client=client, cache=folder)


@pytest.fixture(scope="module", params=[fake, files, sample, glue], ids=["fake", "files", "sample", "glue"])
def catalog(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    made = request.param(tmp_path_factory.mktemp("lake"))
    with made if isinstance(made, AbstractContextManager) else nullcontext(made) as found:
        assert isinstance(found.spec, str)
        yield found


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
            assert table.location.startswith(("/", "s3://"))
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
        ("zzz", "known: files, glue, sample"),
        ("glue:EU West", "write glue:REGION"),
        ("files:", "write files:PATH"),
        ("sample:x", ""),
    ],
)
def test_a_spec_that_is_none_is_a_mistake_in_the_settings(spec: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=spec) as error:
        open_catalog(spec)
    assert hint in error.value.hint

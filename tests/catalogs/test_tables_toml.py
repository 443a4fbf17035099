from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sparkwright.catalogs.files import FilesCatalog
from sparkwright.domain import Column, ForeignKey, TableName
from sparkwright.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path


def lake(folder: Path, toml: str) -> FilesCatalog:
    (folder / "orders.csv").write_text("id,customer\n1,2\n")
    (folder / "customers.csv").write_text("id\n2\n")
    (folder / "old.csv").write_text("id\n2\n")
    (folder / "tables.toml").write_text(toml)
    return FilesCatalog(folder, database="shop")


def test_comments_types_and_keys_come_from_tables_toml(tmp_path: Path) -> None:
    catalog = lake(
        tmp_path,
        """
        ignore = ["ol*"]
        [tables.orders]
        comment = "What was ordered"
        primary_key = ["id"]
        foreign_keys = ["customer -> customers(id)", "id, customer -> other.t(a, b)"]
        [tables.orders.columns]
        id = "Number of the order"
        customer = { type = "int", comment = "Who ordered" }
        """,
    )
    table = catalog.table(TableName("shop", "orders"))
    assert [name.name for name in catalog.tables("shop")] == ["customers", "orders"]
    assert table.comment == "What was ordered"
    assert table.columns == (Column("id", "bigint", "Number of the order"), Column("customer", "int", "Who ordered"))
    assert table.primary_key == ("id",)
    assert table.foreign_keys == (
        ForeignKey(("customer",), TableName("shop", "customers"), ("id",)),
        ForeignKey(("id", "customer"), TableName("other", "t"), ("a", "b")),
    )


@pytest.mark.parametrize(
    ("toml", "message", "hint"),
    [
        ("tabels = 1", "unknown key 'tabels'", "did you mean 'tables'?"),
        ("[tables.orders]\nxyz = 1", "unknown key 'tables.orders.xyz'", "known here: comment, format"),
        (
            "[tables.orders.csv]\nseperator = ';'",
            "unknown key 'tables.orders.csv.seperator'",
            "did you mean 'separator'?",
        ),
        ("[tables.orders.columns]\nid = { typ = 'int' }", "'tables.orders.columns.id.typ'", "did you mean 'type'?"),
        ("[tables.order]\ncomment = ''", "speaks of a table 'order' that is not there", "did you mean 'orders'?"),
        ("[tables.orders.columns]\ncustmer = ''", "names a column 'custmer' that table", "did you mean 'customer'?"),
        ("[tables.orders]\nprimary_key = ['nope']", "names a column 'nope'", "it has id, customer"),
        ("[tables.orders]\nprimary_key = 'id'", "must be a list of texts, not 'id'", "see docs/catalogs.md"),
        ("[tables.orders]\nforeign_keys = ['a = b']", "must be 'column -> table(column)', not 'a = b'", "docs"),
        ("[tables.orders]\nforeign_keys = ['id -> t(a, b)']", "must be 'column -> table(column)'", "docs"),
        ("[tables.orders]\nformat = 'xml'", "must be one of avro, csv, json, orc, parquet, tsv, not 'xml'", "docs"),
        ("[tables.orders.csv]\nseparator = '||'", "must be one ASCII character, not '||'", "docs"),
        ("[tables.orders.csv]\nheader = 'yes'", "must be true or false, not 'yes'", "docs"),
        ("[tables.orders.columns]\nid = { type = 'nope' }", "'nope' is not a type", "types are written as in Hive"),
        ("[tables.orders.columns]\nid = { type = 'array<int>' }", "must be a plain type", "docs"),
        ("[tables.orders.columns]\nid = 5", "must be a comment, or", "docs"),
        ("tables = 5", "tables in", "docs"),
        ("x = = y", "is not TOML", "docs"),
    ],
)
def test_a_mistake_in_tables_toml_is_named(toml: str, message: str, hint: str, tmp_path: Path) -> None:
    catalog = lake(tmp_path, toml)
    assert TableName("shop", "orders") in catalog.tables("shop")
    with pytest.raises(CatalogError) as error:
        catalog.table(TableName("shop", "orders"))
    assert message in error.value.message
    assert "tables.toml" in error.value.message
    assert hint in error.value.hint

from __future__ import annotations

import pytest

from sparkwright.catalogs.search import rank, stems
from sparkwright.domain import Column, Table, TableName


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the airlines", ("airline",)),
        ("companies", ("company",)),
        ("dep_delay", ("dep", "delay")),
        ("userId", ("user", "id")),
        ("HTTPStatus404", ("http", "status", "404")),
        ("delayed", ("delay",)),
        ("boxes", ("box",)),
        ("gas", ("gas",)),
        ("address", ("address",)),
        ("status", ("status",)),
        ("Größen", ("größen",)),
        ("注文 2024", ("注文", "2024")),
    ],
)
def test_words_are_brought_to_their_stems(text: str, words: tuple[str, ...]) -> None:
    assert stems(text) == words


def named(name: str, *columns: str, comment: str = "") -> Table:
    return Table(
        TableName("db", name), tuple(Column(column, "int") for column in columns), f"/lake/{name}/", comment=comment
    )


TABLES = (
    named("orders", "id", "customer_id", "total", comment="What customers bought"),
    named("customers", "id", "name", "city"),
    named("stores", "id", "city", comment="Shops and their destinations"),
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("customer", ["customers", "orders"]),
        ("the city of a store", ["stores", "customers"]),
        ("what was bought", ["orders"]),
        ("dest", ["stores"]),
        ("id", ["customers", "orders", "stores"]),
        ("nothing like it", []),
        ("", []),
    ],
)
def test_tables_are_ranked_by_the_words_they_share(words: str, found: list[str]) -> None:
    assert [name.name for name in rank(words, TABLES, 20)] == found

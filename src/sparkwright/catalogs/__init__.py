"""Where tables come from: the Catalog protocol and the dict of kinds."""

from __future__ import annotations

from typing import Protocol

from sparkwright.domain import Table, TableName


class Catalog(Protocol):
    """A named collection of databases of tables.

    Every method raises `CatalogError` or one of its kinds where the catalog cannot be read.
    """

    spec: str

    def databases(self) -> tuple[str, ...]:
        """Names of all databases, sorted."""

    def tables(self, database: str) -> tuple[TableName, ...]:
        """Names of all tables of a database, sorted; one broken table never breaks the list."""

    def table(self, name: TableName) -> Table:
        """One table in full; raises `TableNotFound` with the nearest names."""

    def search(self, words: str, limit: int = 20) -> tuple[TableName, ...]:
        """The tables whose names, comments and columns fit the words best, best first."""

    def profile(self, table: Table) -> Table:
        """The same table with profiles on the columns whose values can be had cheaply; else as it came."""

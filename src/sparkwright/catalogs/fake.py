"""A catalog in memory, for tests and for tables that somebody has described by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sparkwright.catalogs.search import rank, table_not_found
from sparkwright.errors import TableNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sparkwright.domain import Partition, Scan, Table, TableName


class FakeCatalog:
    """Just the tables that it is given; `spec` is whatever it shall be called."""

    def __init__(self, tables: Iterable[Table], *, spec: str = "fake") -> None:
        self.spec = spec
        self._tables = {table.name: table for table in tables}

    def databases(self) -> tuple[str, ...]:
        """The databases of the tables."""
        return tuple(sorted({name.database for name in self._tables}))

    def tables(self, database: str) -> tuple[TableName, ...]:
        """The tables of one database."""
        found = tuple(sorted(name for name in self._tables if name.database.lower() == database.lower()))
        if not found:
            raise TableNotFound(f"there is no database {database!r}", hint=f"there are {', '.join(self.databases())}")
        return found

    def table(self, name: TableName) -> Table:
        """The table as it was given, found as Spark finds it, without regard to case."""
        names = self.tables(name.database)
        found = next((known for known in names if known.name.lower() == name.name.lower()), None)
        if found is None:
            raise table_not_found(name, names)
        return self._tables[found]

    def partitions(self, table: Table, scans: Sequence[Scan]) -> tuple[Partition, ...]:  # noqa: ARG002
        """All partitions: they were found with the table."""
        return table.partitions

    def search(self, words: str, limit: int = 20) -> tuple[TableName, ...]:
        """The tables that share words with the text."""
        return rank(words, self._tables.values(), limit)

    def refresh(self) -> None:
        """Do nothing: nothing is kept."""

    def profile(self, table: Table) -> Table:
        """The table as it came: there are no data to look at."""
        return table

"""What linking finds in a question: spans of words with what they may mean."""

from __future__ import annotations

from dataclasses import dataclass

from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.plan import ColumnRef


@dataclass(frozen=True)
class TableLink:
    """Words that name a table."""

    table: str
    score: float


@dataclass(frozen=True)
class ColumnLink:
    """Words that name a column."""

    column: ColumnRef
    score: float


@dataclass(frozen=True)
class ValueLink:
    """Words that are a value of a column."""

    column: ColumnRef
    value: str
    score: float


@dataclass(frozen=True)
class Span:
    """A piece of the question: `meaning` is what the lexicon says, the links what the tables say."""

    kind: Kind
    text: str
    start: int
    end: int
    meaning: str = ""
    tables: tuple[TableLink, ...] = ()
    columns: tuple[ColumnLink, ...] = ()
    values: tuple[ValueLink, ...] = ()

    @property
    def names(self) -> tuple[TableLink | ColumnLink, ...]:
        """The links to names: tables and columns."""
        return (*self.tables, *self.columns)

    @property
    def contents(self) -> tuple[ColumnLink | ValueLink, ...]:
        """The links to columns, by name or by value."""
        return (*self.columns, *self.values)

    @property
    def number(self) -> int | float:
        """The number that the span stands for."""
        number = float(self.meaning)
        return int(number) if number.is_integer() and "." not in self.meaning else number

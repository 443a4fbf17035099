"""What a plan is put together from, and what its steps share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sparkwright.generators.offline.joins import Joiner
from sparkwright.generators.offline.plan import (
    Aggregate,
    Between,
    Bucket,
    CalendarDate,
    ColumnRef,
    Compare,
    Edge,
    Expression,
    IsNull,
    Ordering,
    Predicate,
    Source,
)
from sparkwright.generators.offline.reading import Reading
from sparkwright.generators.offline.resolve import Resolver
from sparkwright.generators.offline.schema import Schema
from sparkwright.generators.offline.spans import Span


@dataclass
class Parts:
    """What a plan is put together from."""

    select: list[Expression] = field(default_factory=list)
    groups: list[ColumnRef | Bucket] = field(default_factory=list)
    having: list[Compare | Between] = field(default_factory=list)
    order: list[Ordering] = field(default_factory=list)
    limit: int | None = None
    partition: list[ColumnRef | Bucket] = field(default_factory=list)
    counted: bool = False
    base: str | None = None
    tables: list[str] = field(default_factory=list)
    whole: str | None = None
    measured: list[ColumnRef] = field(default_factory=list)


class Draftsman:
    """The state that the steps of composing share: each step adds to `parts`."""

    def __init__(self, reading: Reading, schema: Schema, spans: tuple[Span, ...], words: tuple[str, ...]) -> None:
        self.reading = reading
        self.schema = schema
        self.joiner = Joiner(schema, words)
        self.resolver = Resolver(schema, self.joiner, reading)
        self.resolver.listen(spans)
        self.parts = Parts()
        self.explained: set[str] = set()
        self.assumptions: list[str] = []
        self.focus: str | None = None
        self.present: list[IsNull] = []
        self.turned: list[Predicate] = []


def table_of(expression: Expression) -> str | None:
    """The table of an expression's columns; None where it has none."""
    match expression:
        case ColumnRef(table, _) | Bucket(_, ColumnRef(table, _)) | Aggregate(_, ColumnRef(table, _)):
            return table
        case Bucket(_, CalendarDate() as date):
            return date.table
    return None


def tables_of(source: Source) -> Iterator[str]:
    """All tables that a source reads."""
    yield source.table
    yield from (edge.right for edge in source.joins)
    for exists in source.exists:
        yield from tables_of(exists.source)


def edges_of(source: Source) -> Iterator[Edge]:
    """All joins of a source."""
    yield from source.joins
    for exists in source.exists:
        yield exists.edge
        yield from edges_of(exists.source)


def short(table: str) -> str:
    """A table's name without its database."""
    return table.split(".", 1)[-1]


def words_of(expression: Expression) -> str:
    """An expression as an assumption names it."""
    match expression:
        case Aggregate(function, ColumnRef(_, name)):
            return f"{function} of {name!r}"
        case ColumnRef(_, name):
            return repr(name)
    return "count"

"""What a span of the schema stands for where it stands: a table, a column, or either."""

from __future__ import annotations

from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.reading import Cursor, Item, Mention, Reading
from sparkwright.generators.offline.spans import Span


def best_table(span: Span | None) -> float:
    """How well the span names a table."""
    return max((link.score for link in span.tables), default=0.0) if span else 0.0


def best_column(span: Span | None) -> float:
    """How well the span names a column."""
    return max((link.score for link in span.columns), default=0.0) if span else 0.0


def is_table(span: Span | None, least: float = 0.5) -> bool:
    """Whether the span may name a table."""
    return best_table(span) >= least


def is_column(span: Span | None, least: float = 0.5) -> bool:
    """Whether the span may name a column."""
    return span is not None and (best_column(span) >= least or span.kind in (Kind.BUCKET,))


def names_table(span: Span | None) -> bool:
    """Whether the span is a table's name rather than a column's."""
    return (
        span is not None
        and span.kind is Kind.SCHEMA
        and bool(span.tables)
        and best_table(span) + 0.02 >= best_column(span)
    )


def mention_at(cursor: Cursor) -> Mention | None:
    """The mention here: `price`, `students' names`, `airline's name`, a unit or a part of a date; goes on behind it."""
    span = cursor.peek()
    if span is None or span.kind not in (Kind.SCHEMA, Kind.BUCKET):
        return None
    cursor.take()
    if not names_table(span):
        return Mention(span)
    ahead = 1 if cursor.kind() is Kind.POSSESSIVE else 0
    column = cursor.peek(ahead)
    if (
        column is not None
        and column.kind is Kind.SCHEMA
        and _of_table(column, span)
        and not (names_table(column) and not ahead)
    ):
        cursor.at += ahead + 1
        return Mention(column, span)
    return Mention(span)


def _of_table(column: Span, table: Span) -> bool:
    tables = {link.table for link in table.tables if link.score >= 0.5}
    return any(link.column.table in tables for link in column.columns)


def table_after(cursor: Cursor) -> Span | None:
    """The table in `of the students`, `for all flights`: goes on behind it if it is there."""
    start = cursor.at
    if cursor.kind() not in (Kind.OF, Kind.PREPOSITION):
        return None
    cursor.take()
    cursor.skip(Kind.FILLER)
    span = cursor.peek()
    follows = cursor.peek(1)
    if names_table(span) and not (follows is not None and follows.kind is Kind.POSSESSIVE):
        return cursor.take()
    cursor.at = start
    return None


def own(reading: Reading, table: Span) -> None:
    """Columns of, for or in a table: they belong to it."""
    reading.tables.append(table)
    for index, item in enumerate(reading.items):
        if (
            item.mention is not None
            and item.mention.owner is None
            and index >= reading.opened
            and not names_table(item.mention.span)
        ):
            reading.items[index] = Item(
                Mention(item.mention.span, table, item.mention.hints), item.function, item.distinct
            )
    reading.opened = len(reading.items)

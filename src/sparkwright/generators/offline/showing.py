"""Rules for what is shown: columns, tables by their label, aggregates, shares."""

from __future__ import annotations

from typing import cast

from sparkwright.generators.offline.comparisons import note
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import is_column, is_table, mention_at, names_table, own, table_after
from sparkwright.generators.offline.plan import Function
from sparkwright.generators.offline.reading import Condition, Cursor, Item, Mention, Reading, decline
from sparkwright.generators.offline.spans import Span

_BARE = (
    "highest",
    "lowest",
    "largest",
    "smallest",
    "longest",
    "shortest",
    "greatest",
    "biggest",
    "maximum",
    "minimum",
    "max",
    "min",
    "earliest",
    "latest",
)
_LINKS = (Kind.OF, Kind.PREPOSITION, Kind.FILLER, Kind.BE, Kind.DISTINCT)


def everything(cursor: Cursor, reading: Reading) -> bool:
    """All details of a table."""
    if not cursor.accept(Kind.EVERYTHING):
        return False
    cursor.skip(*_LINKS)
    table = cursor.accept(Kind.SCHEMA) if names_table(cursor.peek()) else None
    if table is not None:
        reading.tables.append(table)
    reading.items.append(Item(Mention(table) if table else None, everything=True))
    reading.implicit = False
    return True


def aggregate(cursor: Cursor, reading: Reading) -> bool:
    """The average price; how many students; the minimum and maximum age."""
    if cursor.kind() is not Kind.AGGREGATE and not _extreme(cursor, reading):
        return False
    start = cursor.at
    functions = _functions(cursor)
    unique = bool(cursor.accept(Kind.DISTINCT))
    cursor.skip(Kind.OF, Kind.FILLER)
    unique = bool(cursor.accept(Kind.DISTINCT)) or unique
    found = mention_at(cursor)
    if found is None:
        if cursor.spans[start].text == "how much":
            raise decline("how much", "it is not said what is added up", "name the column of the amounts")
        if (
            functions == ["count"]
            and cursor.peek() is not None
            and cursor.kind() in (Kind.VALUE, Kind.STOP, Kind.BE, Kind.VERB)
        ):
            reading.items.append(Item(None, "count"))
            return True
        cursor.at = start
        return False
    if cursor.spans[start].text == "how much" and names_table(found.span):
        raise decline("how much", f"{found.span.text!r} is a table, not an amount", "name the column of the amounts")
    _drop_implicit(reading)
    for function in functions:
        reading.items.append(Item(found, function, unique))
    if names_table(found.span) and functions == ["count"]:
        reading.tables.append(found.span)
    if functions != ["count"]:
        _more_columns(cursor, reading, functions)
    take_owner(cursor, reading)
    return True


def share(cursor: Cursor, reading: Reading) -> bool:
    """What share of flights, the percentage of paid orders: what is true of some of them."""
    start = cursor.at
    span = cursor.accept(Kind.SHARE)
    if span is None:
        return False
    cursor.skip(Kind.OF, Kind.FILLER)
    which = cursor.accept(Kind.VALUE, Kind.MISSING)
    table = cursor.accept(Kind.SCHEMA)
    if table is None or not names_table(table) or reading.items:
        cursor.at = start
        return False
    reading.items.append(Item(Mention(table), cast("Function", span.meaning)))
    reading.tables.append(table)
    reading.share, reading.selecting = span, False
    if which is not None and which.kind is Kind.VALUE:
        note(reading, Condition(None, "=", (which,)))
    elif which is not None:
        note(reading, Condition(Mention(which), "=", how="missing"))
    return True


def _extreme(cursor: Cursor, reading: Reading) -> bool:
    """Whether highest, lowest and the like ask for a number here, not for the row that has it."""
    span = cursor.peek()
    if (
        span is None
        or span.kind is not Kind.SUPERLATIVE
        or not reading.selecting
        or (reading.items and not reading.implicit)
    ):
        return False
    if span.text.split()[0] not in _BARE or reading.limit is not None:
        return False
    following = cursor.peek(1)
    if following is not None and following.kind is Kind.AND and cursor.kind(2) is Kind.SUPERLATIVE:
        return True
    return (
        is_column(following)
        and not is_table(following, 0.9)
        and (cursor.at > 0 or cursor.kind(2) is Kind.OF)
        and (cursor.peek(-1) or span).text not in ("which", "who")
    )


def _functions(cursor: Cursor) -> list[Function]:
    functions = [_function(cursor.take())]
    while cursor.kind() is Kind.AND and cursor.kind(1) in (Kind.AGGREGATE, Kind.SUPERLATIVE):
        cursor.take()
        functions.append(_function(cursor.take()))
    if cursor.kind() is Kind.AGGREGATE and functions[-1] != "count" and cursor.peek().meaning == "count":  # type: ignore[union-attr]
        cursor.take()
    return functions


def _function(span: Span) -> Function:
    names = {"asc": "min", "desc": "max"}
    word = span.meaning.partition(" ")[0]
    return cast("Function", names.get(word, word))


def _more_columns(cursor: Cursor, reading: Reading, functions: list[Function]) -> None:
    """The average latitude and longitude: the function holds for the columns that follow too."""
    while cursor.kind() is Kind.AND and is_column(cursor.peek(1)) and not is_table(cursor.peek(1), 0.9):
        if cursor.kind(2) in (Kind.COMPARISON, Kind.BE, Kind.VALUE, Kind.TEXT, Kind.NUMBER):
            return
        cursor.take()
        found = mention_at(cursor)
        assert found is not None
        for function in functions:
            reading.items.append(Item(found, function))


def show(cursor: Cursor, reading: Reading) -> bool:
    """A column, or the label of a table, to be shown."""
    bucket = cursor.kind() is Kind.BUCKET and not reading.items and cursor.kind(-1) is Kind.ASK
    if not reading.selecting or not (bucket or cursor.kind() is Kind.SCHEMA):
        return False
    span = cursor.peek()
    assert span is not None
    before = cursor.before()
    grouped = not reading.items and any(group.span is before for group in reading.groups)
    adjacent = before is not None and before.kind is Kind.SCHEMA and cursor.kind(-1) is Kind.SCHEMA
    if before is not None and adjacent and not names_table(before) and not grouped:
        return False
    if names_table(span) and _belongs(reading, before) and cursor.kind(1) is not Kind.POSSESSIVE:
        cursor.take()
        own(reading, span)
        return True
    if reading.items and not reading.implicit and before is not None and before.kind in (Kind.OF, Kind.PREPOSITION):
        return False
    found = mention_at(cursor)
    assert found is not None
    if names_table(found.span):
        reading.tables.append(found.span)
        label = Item(found, distinct=False)
        if not reading.items:
            reading.implicit = True
            reading.items.append(label)
        elif reading.implicit and before is not None and before.kind is not Kind.AND:
            return True
        elif before is not None and before.kind is Kind.AND:
            reading.items.append(label)
        return True
    _drop_implicit(reading)
    reading.items.append(Item(found))
    take_owner(cursor, reading)
    return True


def _drop_implicit(reading: Reading) -> None:
    """A table was named first and its columns are: the columns are what is wanted."""
    if reading.restate:
        first = reading.items[0].mention
        reading.subject = reading.subject or (first.owner or first.span if first else None)
        reading.items.clear()
        reading.opened, reading.restate, reading.implicit = 0, False, False
    if reading.implicit and len(reading.items) == 1:
        reading.subject = reading.items[0].mention.span if reading.items[0].mention else None
        reading.items.clear()
        reading.implicit = False


def _belongs(reading: Reading, before: Span | None) -> bool:
    return (
        bool(reading.items)
        and before is not None
        and before.kind in (Kind.OF, Kind.PREPOSITION, Kind.FILLER, Kind.DISTINCT)
        and not reading.implicit
    )


def take_owner(cursor: Cursor, reading: Reading) -> None:
    """Take `of each table` where it follows the items at once."""
    table = table_after(cursor)
    if table is not None:
        own(reading, table)

"""Rules for clauses that group, sort and cut: for each, sorted by, top ten, the most."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from sparkwright.generators.offline.comparisons import note_attribute
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import is_column, mention_at, names_table, own, table_after
from sparkwright.generators.offline.plan import Direction, Function
from sparkwright.generators.offline.reading import Cursor, Item, Mention, Reading, Sort, Superlative, decline
from sparkwright.generators.offline.spans import Span
from sparkwright.generators.offline.words import lemma


def group(cursor: Cursor, reading: Reading) -> bool:
    """For each department; per month; by carrier."""
    start = cursor.at
    marker = cursor.accept(Kind.GROUP, Kind.BY)
    if marker is None:
        return False
    if marker.kind is Kind.BY and (reading.ordering or reading.limit_direction):
        direction = reading.limit_direction or ("desc" if cursor.kind() is Kind.AGGREGATE else None)
        if not _sort_keys(cursor, reading, direction):
            cursor.at = start
            return False
        reading.ranked = True
        return True
    counts = reading.implicit and marker.text in ("by", "per", "for each", "in each", "grouped by")
    if marker.kind is Kind.BY and not counts and not any(item.function for item in reading.items):
        reading.summed = _is_figure(cursor, reading)
        if not reading.summed:
            cursor.at = start
            return False
    cursor.skip(Kind.OF, Kind.FILLER, Kind.DISTINCT)
    found = mention_at(cursor)
    if found is None:
        if marker.text in ("each", "every", "to each", "with each"):
            return True
        cursor.at = start
        return False
    _check_marker(cursor, reading, marker, found, counts)
    if counts and marker.text in ("by", "per", "grouped by") and not _of_rows(reading):
        reading.items[:] = [Item(reading.items[0].mention, "count")]
        reading.implicit = False
    reading.groups.append(found)
    _more_keys(cursor, reading)
    if names_table(found.span):
        if marker.text in ("of each", "of every") and not any(item.function for item in reading.items):
            own(reading, found.span)
        else:
            reading.tables.append(found.span)
    return True


def _check_marker(cursor: Cursor, reading: Reading, marker: Span, found: Mention, counts: bool) -> None:
    """By planes with 4 engines, top 2 orders per customer: what a count for each would not answer."""
    if names_table(found.span) and marker.kind is Kind.BY and _restricts(cursor, found.span):
        raise decline(found.span.text, f"'by {found.span.text}' may say which ones, or ask for one row for each")
    if marker.kind is Kind.GROUP and counts and reading.limit is not None and not reading.superlatives:
        raise decline(marker.text, f"so many rows {marker.text} {found.span.text}, and it is not said which come first")


def _restricts(cursor: Cursor, table: Span) -> bool:
    """By planes with 4 engines: the plural of a table, of which something is said."""
    word = table.text.lower().split()[-1]
    return word != lemma(word) and cursor.kind() in (Kind.WITH, Kind.RELATIVE, Kind.PREPOSITION, Kind.VERB, Kind.OF)


def _of_rows(reading: Reading) -> bool:
    """The latest order per customer: the extreme is one of single rows, not of counts."""
    return any(
        s.function is None and s.axis != "count" and not (s.mention and names_table(s.mention.span))
        for s in reading.superlatives
    )


def _more_keys(cursor: Cursor, reading: Reading) -> None:
    """By origin and month; but in `for each carrier, the destination with ...` what is shown follows the comma."""
    while cursor.kind() is Kind.AND and is_column(cursor.peek(1)) and cursor.kind(2) not in (Kind.COMPARISON, Kind.BE):
        if not reading.items and cursor.kind(2) in (Kind.WITH, Kind.RELATIVE, Kind.VERB, Kind.SUPERLATIVE):
            return
        cursor.take()
        another = mention_at(cursor)
        assert another is not None
        reading.groups.append(another)


def _is_figure(cursor: Cursor, reading: Reading) -> bool:
    """Whether `amount by customer` asks for one figure for each: one column before, one name behind."""
    mentions = [item.mention for item in reading.items]
    alone = len(mentions) == 1 and mentions[0] is not None and not names_table(mentions[0].span)
    return alone and cursor.kind() in (Kind.SCHEMA, Kind.BUCKET) and cursor.kind(1) in (None, Kind.STOP)


def order(cursor: Cursor, reading: Reading) -> bool:
    """Sorted by price; in descending order of age; alphabetically."""
    start = cursor.at
    marker = cursor.accept(Kind.ORDER, Kind.DIRECTION)
    if marker is None:
        return False
    if marker.kind is Kind.ORDER and " " not in marker.text and not reading.items and cursor.kind() is Kind.SCHEMA:
        reading.ordering = True  # rank the origins by ...: what is sorted comes first, the key behind `by`
        return True
    direction = _direction(marker)
    while cursor.kind() in (Kind.OF, Kind.BY, Kind.FILLER, Kind.DIRECTION, Kind.ORDER) or _preposition_before_sort(
        cursor
    ):
        said = _direction(cursor.take())
        direction = direction or said
    found = _sort_keys(cursor, reading, direction)
    if not found and marker.kind is Kind.ORDER and direction is None:
        cursor.at = start
        return False
    if not found and not _settle(reading, direction):
        reading.sorts.append(Sort(None, direction or "asc"))
    return True


def _preposition_before_sort(cursor: Cursor) -> bool:
    return cursor.kind() is Kind.PREPOSITION and (cursor.kind(1) in (Kind.DIRECTION, Kind.SCHEMA))


def _settle(reading: Reading, direction: Direction | None) -> bool:
    """A direction after sort keys that had none."""
    if not reading.sorts or direction is None:
        return False
    reading.sorts = [Sort(sort.mention, direction, sort.function) for sort in reading.sorts]
    return True


def _sort_keys(cursor: Cursor, reading: Reading, direction: Direction | None) -> bool:
    found = False
    while True:
        start = cursor.at
        if found:
            if not cursor.accept(Kind.AND):
                break
            cursor.skip(Kind.AND)
        cursor.skip(Kind.FILLER)
        function: Function | None = None
        aggregate = cursor.accept(Kind.AGGREGATE)
        if aggregate is not None:
            function = cast("Function", aggregate.meaning)
            cursor.skip(Kind.OF, Kind.FILLER, Kind.DISTINCT)
        mention = mention_at(cursor)
        if mention is None and function != "count":
            cursor.at = start
            break
        owner = table_after(cursor)
        if mention is not None and owner is not None and not names_table(mention.span):
            mention = Mention(mention.span, owner)
        after = cursor.accept(Kind.DIRECTION)
        own = (_direction(after) if after else None) or direction or "asc"
        reading.sorts.append(Sort(mention, own, function))
        found = True
    return found


def _direction(span: Span) -> Direction | None:
    if span.kind is Kind.DIRECTION:
        return cast("Direction", span.meaning)
    return None


def top(cursor: Cursor, reading: Reading) -> bool:
    """Top 10; the five."""
    if cursor.kind() is Kind.TOP:
        direction = cast("Direction", cursor.take().meaning)
        number = cursor.accept(Kind.NUMBER)
        reading.limit = int(number.number) if number else 1
        if cursor.kind() is Kind.SUPERLATIVE:
            return superlative(cursor, reading)
        reading.limit_direction = direction
        return True
    if cursor.kind() is Kind.NUMBER and reading.limit is None:
        ahead = 1
        while cursor.kind(ahead) in (Kind.FILLER,):
            ahead += 1
        following = cursor.kind(ahead)
        before = cursor.peek(-1)
        counted = following is Kind.SUPERLATIVE or (
            following is Kind.SCHEMA and reading.selecting and not reading.items
        )
        if counted and (
            before is None
            or before.kind
            in (Kind.ASK, Kind.FILLER, Kind.BE, Kind.WITH, Kind.PREPOSITION, Kind.OF, Kind.SUPERLATIVE, Kind.AND)
        ):
            reading.limit = int(cursor.take().number)
            cursor.at += ahead - 1
            return True
    return False


def superlative(cursor: Cursor, reading: Reading) -> bool:
    """The oldest student; with the highest salary; the most flights; the worst average delay."""
    span = cursor.accept(Kind.SUPERLATIVE)
    if span is None:
        return False
    direction, axis, worst = _extent(span)
    if axis and _first(cursor):
        reading.sorts.append(Sort(None, direction, measure=True))
        return True
    number = cursor.accept(Kind.NUMBER)
    if number is not None:
        reading.limit = int(number.number)
    common = cursor.accept(Kind.COMMON) if not axis else None
    cursor.skip(Kind.FILLER)
    function = _function_before(cursor)
    if common is not None or axis == "count":
        return _frequent(cursor, reading, direction, span)
    extreme = Superlative(direction, None, function, axis, reading.limit, worst, span)
    if axis and names_table(cursor.peek()):
        reading.superlatives.append(extreme)
        return True
    if cursor.kind() in (Kind.VALUE, Kind.MISSING) and names_table(cursor.peek(1)) and not axis:
        note_attribute(cursor, reading)  # the most cancelled flights
    mention = mention_at(cursor)
    if mention is None:
        return _unsaid(cursor, reading, extreme)
    mention = Mention(mention.span, table_after(cursor) or mention.owner)
    if names_table(mention.span):
        reading.tables.append(mention.span)
    reading.superlatives.append(replace(extreme, mention=mention, axis=""))
    reading.selecting = False
    return True


def _first(cursor: Cursor) -> bool:
    """Whether `first` stands here, as in `longest first`."""
    span = cursor.peek()
    if span is None or span.text.lower() != "first":
        return False
    cursor.take()
    return True


def _function_before(cursor: Cursor) -> Function | None:
    aggregate = cursor.accept(Kind.AGGREGATE)
    if aggregate is None:
        return None
    cursor.skip(Kind.OF, Kind.FILLER, Kind.DISTINCT)
    return cast("Function", aggregate.meaning)


def _unsaid(cursor: Cursor, reading: Reading, extreme: Superlative) -> bool:
    """An extreme of nothing that is named: of what was counted, of an axis, or of a unit."""
    ends = cursor.kind() in (None, Kind.STOP, Kind.AND)
    if extreme.axis and ends and any(item.function for item in reading.items):
        reading.sorts.append(Sort(None, extreme.direction, measure=True))
        return True
    unit = cursor.accept(Kind.UNIT) if not extreme.axis else None
    if unit is None and not extreme.axis:
        raise decline(extreme.span.text if extreme.span else "most")
    reading.superlatives.append(replace(extreme, mention=Mention(unit) if unit else None))
    return True


def _extent(span: Span) -> tuple[Direction, str, bool]:
    if span.meaning in ("worst", "best"):
        return "desc", "", span.meaning == "worst"
    direction, _, axis = span.meaning.partition(" ")
    return cast("Direction", direction), axis, False


def _frequent(cursor: Cursor, reading: Reading, direction: Direction, span: Span) -> bool:
    """The most common nationality: what is shown, ordered by how often it stands there."""
    mention = mention_at(cursor)
    if mention is not None and reading.selecting:
        owner = table_after(cursor)
        if owner is not None and not names_table(mention.span):
            mention = Mention(mention.span, owner)
            reading.tables.append(owner)
        if names_table(mention.span):
            reading.tables.append(mention.span)
        reading.items.append(Item(mention))
    elif mention is not None and not reading.items:
        reading.items.append(Item(mention))
    reading.superlatives.append(Superlative(direction, None, "count", "count", reading.limit, span=span))
    return True

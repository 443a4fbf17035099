"""Rules for clauses that compare: with numbers, ranges, averages, counts."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from sparkwright.generators.offline.english import UNITS
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import is_column, mention_at, names_table
from sparkwright.generators.offline.plan import Function, Operator
from sparkwright.generators.offline.reading import Condition, Cursor, Has, Mention, Reading, SubQuery
from sparkwright.generators.offline.spans import Span

_NEVER = ("never", "no", "none", "neither", "nor", "without", "without any", "not any")
_AXIS_OF = {
    **dict.fromkeys(("older", "younger"), "age"),
    **dict.fromkeys(("longer", "shorter"), "length"),
    **dict.fromkeys(("faster", "slower"), "speed"),
}
LITERALS = (Kind.VALUE, Kind.TEXT, Kind.NUMBER, Kind.DATE)
GLUE = (Kind.FILLER, Kind.BE, Kind.VERB, Kind.RELATIVE, Kind.NAMED)
_OPPOSITE: dict[str, Operator] = {"=": "!=", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}


def note(reading: Reading, condition: Condition) -> bool:
    """Note a condition; a negation that stands open turns it around and is closed."""
    negated = condition.negated != (reading.negated is not None)
    reading.conditions.append(
        replace(
            condition,
            negated=negated,
            alternative=reading.alternative,
            both=reading.both,
            hint=reading.hint,
            verb=reading.verb,
            share=reading.asserting,
            placed=reading.placed,
            scope=reading.tables[-1] if reading.tables else None,
            never=reading.negated.text if reading.negated and reading.negated.text in _NEVER else "",
        )
    )
    reading.alternative, reading.negated, reading.verb, reading.placed = False, None, "", False
    if reading.items or reading.tables:
        reading.selecting = False
    return True


def note_attribute(cursor: Cursor, reading: Reading) -> None:
    """Note the value, or the word for a missing one, that stands before a name: paid orders, cancelled flights."""
    span = cursor.take()
    if span.kind is Kind.MISSING:
        note(reading, Condition(Mention(span), "=", how="missing"))
    else:
        note(reading, Condition(None, "=", (span,)))


def _operator(span: Span) -> tuple[Operator, str]:
    operator, _, axis = span.meaning.partition(" ")
    return cast("Operator", operator), axis


def compared_column(cursor: Cursor, reading: Reading) -> bool:
    """`price is not more than 5`, `whose age is above the average`, `capacity between 5 and 10`."""
    start = cursor.at
    function: Function | None = None
    if cursor.kind() is Kind.AGGREGATE:
        if not reading.items:
            return False
        function = cast("Function", cursor.take().meaning)
        cursor.skip(Kind.OF, Kind.FILLER)
    mention = mention_at(cursor)
    if mention is None or (names_table(mention.span) and function != "count"):
        cursor.at = start
        return False
    cursor.skip(*GLUE)
    negated = cursor.accept(Kind.NEGATION)
    cursor.skip(*GLUE)
    if cursor.kind() is Kind.OF and cursor.kind(1) is Kind.COMPARISON:
        cursor.take()
    if not _comparison(cursor, reading, mention, function, negated is not None):
        cursor.at = start
        return False
    return True


def _comparison(cursor: Cursor, reading: Reading, mention: Mention, function: Function | None, negated: bool) -> bool:
    if cursor.kind() is Kind.BETWEEN:
        return _range(cursor, reading, mention, function, negated)
    if cursor.kind() is Kind.ABOVE_AVERAGE:
        meaning = cursor.take().meaning
        sub = SubQuery("avg", _sub_column(cursor) or mention)
        return note(
            reading, Condition(mention, _average_operator(meaning), function=function, sub=sub, negated=negated)
        )
    if cursor.kind() is not Kind.COMPARISON:
        return _postfixed(cursor, reading, mention, function)
    operator, axis = _operator(cursor.take())
    axis = axis if axis in ("better", "worse") else ""
    cursor.skip(Kind.FILLER)
    if cursor.kind() in (Kind.AGGREGATE, Kind.SUPERLATIVE):
        names = {"asc": "min", "desc": "max"}
        meaning = cursor.take().meaning
        cursor.skip(Kind.OF, Kind.FILLER)
        sub = SubQuery(cast("Function", names.get(meaning, meaning)), _sub_column(cursor) or mention)
        return note(reading, Condition(mention, operator, function=function, sub=sub, negated=negated, axis=axis))
    if is_column(cursor.peek(), 0.8) and cursor.kind() is Kind.SCHEMA and not names_table(cursor.peek()):
        other = mention_at(cursor)
        if function is not None or cursor.kind() in LITERALS:
            return False
        return note(reading, Condition(mention, operator, negated=negated, other=other))
    literal = cursor.accept(*LITERALS, Kind.MONTH)
    if literal is None:
        return False
    unit = cursor.accept(Kind.UNIT)
    if unit is None and literal.kind is Kind.NUMBER and cursor.kind() is Kind.SCHEMA:
        return False
    if mention.owner is None and function is not None and names_table(mention.span):
        reading.has.append(Has(mention, False, operator, literal.number))
        reading.tables.append(mention.span)
        return True
    said = unit.meaning if unit else ""
    return note(reading, Condition(mention, operator, (literal,), negated, function, unit=said, axis=axis))


def _sub_column(cursor: Cursor) -> Mention | None:
    return mention_at(cursor) if cursor.kind() is Kind.SCHEMA else None


def _postfixed(cursor: Cursor, reading: Reading, mention: Mention, function: Function | None) -> bool:
    """`age 5 or more`."""
    if cursor.kind() is Kind.NUMBER and cursor.kind(1) is Kind.POSTFIX:
        number, operator = cursor.take(), cast("Operator", cursor.take().meaning)
        return note(reading, Condition(mention, operator, (number,), False, function))
    return False


def _average_operator(meaning: str) -> Operator:
    less = ("below", "less", "lower", "smaller", "under", "shorter", "younger", "slower")
    return "<" if meaning.startswith(less) else ">"


def _range(cursor: Cursor, reading: Reading, mention: Mention | None, function: Function | None, negated: bool) -> bool:
    start = cursor.at
    cursor.take()
    low = cursor.accept(*LITERALS, Kind.MONTH)
    joined = cursor.accept(Kind.AND, Kind.PREPOSITION)
    high = cursor.accept(*LITERALS, Kind.MONTH)
    if low is None or joined is None or high is None:
        cursor.at = start
        return False
    unit = cursor.accept(Kind.UNIT)
    if mention is None and is_column(cursor.peek()) and not names_table(cursor.peek()):
        mention = mention_at(cursor)
    return note(
        reading,
        Condition(mention, "=", (low, high), negated, function, how="between", unit=unit.meaning if unit else ""),
    )


def span_of_time(cursor: Cursor, reading: Reading) -> bool:
    """`from June to August`, `from 1980 to 1984`."""
    low, joined, high = (cursor.peek(i) for i in range(3))
    before = cursor.peek(-1)
    if low is None or joined is None or high is None or before is None or before.text not in ("from", "between"):
        return False
    if low.kind not in (Kind.MONTH, Kind.NUMBER, Kind.DATE) or high.kind is not low.kind:
        return False
    if joined.text not in ("to", "through", "until", "till", "and"):
        return False
    cursor.at += 3
    return note(reading, Condition(None, "=", (low, high), how="between"))


def bare_range(cursor: Cursor, reading: Reading) -> bool:
    """`between 2003 and 2006`, with the column before, behind or unsaid."""
    return cursor.kind() is Kind.BETWEEN and _range(cursor, reading, None, None, False)


def counted(cursor: Cursor, reading: Reading) -> bool:
    """`at least two courses`, `3 or more friends`, `exactly one dog`, `more than once`."""
    start = cursor.at
    comparison = cursor.accept(Kind.COMPARISON)
    only = cursor.kind() is Kind.FILLER and cursor.kind(1) is Kind.NUMBER and cursor.take().text in ("only", "just")
    number = cursor.accept(Kind.NUMBER)
    postfix = cursor.accept(Kind.POSTFIX) if comparison is None and number else None
    if number is None or (comparison is None and postfix is None and not only):
        cursor.at = start
        return False
    operator = _operator(comparison)[0] if comparison else cast("Operator", postfix.meaning if postfix else "=")
    cursor.skip(Kind.FILLER, Kind.DISTINCT)
    span = cursor.peek()
    before = cursor.peek(-1)
    if number.text.lower() in ("once", "twice") or (before is not None and before.text.lower() == "times"):
        reading.has.append(Has(None, reading.negated is not None, operator, number.number))
        reading.negated = None
        return True
    if cursor.kind() in (Kind.VALUE, Kind.MISSING) and names_table(cursor.peek(1)) and reading.negated is None:
        note_attribute(cursor, reading)  # more than one paid order
        span = cursor.peek()
    if span is not None and names_table(span):
        cursor.take()
        reading.tables.append(span)
        if reading.negated is not None:
            operator, reading.negated = _OPPOSITE[operator], None
        reading.has.append(Has(Mention(span), False, operator, number.number))
        reading.selecting = False
        return True
    cursor.at = start
    return False


def _single_unit(cursor: Cursor) -> Span | None:
    """The one in `more than an hour`."""
    span = cursor.peek()
    if span is None or span.kind not in (Kind.UNIT, Kind.BUCKET, Kind.SCHEMA) or span.meaning not in UNITS:
        return None
    return Span(Kind.NUMBER, "1", span.start, span.end, "1") if span.text.lower() == span.meaning else None


def more_than_average(cursor: Cursor, reading: Reading) -> bool:
    """`more seats than the average`: the column stands inside the comparison."""
    start = cursor.at
    more = cursor.accept(Kind.MORE)
    mention = mention_at(cursor) if more is not None else None
    if more is not None and mention is not None and not names_table(mention.span):
        than = cursor.accept(Kind.RELATIVE)
        cursor.skip(Kind.FILLER)
        average = cursor.accept(Kind.AGGREGATE)
        if than is not None and than.text == "than" and average is not None and average.meaning == "avg":
            operator = cast("Operator", more.meaning)
            return note(reading, Condition(mention, operator, sub=SubQuery("avg", _sub_column(cursor) or mention)))
    cursor.at = start
    return False


def compared_number(cursor: Cursor, reading: Reading) -> bool:
    """`more than 50 pages`, `longer than 1000 miles`, `older than 30`, `after 2010`, `above the average`."""
    if cursor.kind() is Kind.ABOVE_AVERAGE:
        meaning = cursor.take().meaning
        mention, axis = _sub_column(cursor), _AXIS_OF.get(meaning.split()[0], "")
        return note(reading, Condition(mention, _average_operator(meaning), sub=SubQuery("avg", mention), axis=axis))
    start = cursor.at
    comparison = cursor.accept(Kind.COMPARISON)
    if comparison is not None and cursor.kind() is Kind.AGGREGATE and is_column(cursor.peek(1)):
        function = cast("Function", cursor.take().meaning)
        mention = mention_at(cursor)
        return note(reading, Condition(mention, _operator(comparison)[0], sub=SubQuery(function, mention)))
    literal = cursor.accept(Kind.NUMBER, Kind.DATE, Kind.MONTH) or (
        cursor.accept(Kind.TEXT, Kind.VALUE) if comparison else None
    )
    postfix = cursor.accept(Kind.POSTFIX) if comparison is None and literal is not None else None
    single = _single_unit(cursor) if literal is None and comparison is not None else None
    literal = single or literal
    if literal is None or (comparison is None and postfix is None):
        cursor.at = start
        return False
    operator, axis = (
        _operator(comparison) if comparison else (cast("Operator", postfix.meaning if postfix else "="), "")
    )
    unit = cursor.take() if single else cursor.accept(Kind.UNIT)
    cursor.skip(Kind.OF)
    mention = None
    if is_column(cursor.peek()) and not names_table(cursor.peek()) and cursor.kind() is Kind.SCHEMA:
        found = mention_at(cursor)
        mention = Mention(found.span, found.owner, (reading.hint,)) if found else None
        if axis == "age" and found is not None and found.span.meaning == "year":
            mention = None  # older than 40 years: an age, not the column `year`
    return note(reading, Condition(mention, operator, (literal,), axis=axis, unit=unit.meaning if unit else ""))

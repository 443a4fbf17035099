"""Rules for clauses that restrict: values, texts, dates, missing values; and all such rules in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from sparkwright.generators.offline.comparisons import (
    GLUE,
    LITERALS,
    bare_range,
    compared_column,
    compared_number,
    counted,
    more_than_average,
    note,
    span_of_time,
)
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import is_column, mention_at, names_table
from sparkwright.generators.offline.plan import Operator
from sparkwright.generators.offline.reading import Condition, Cursor, How, Item, Mention, Reading, decline
from sparkwright.generators.offline.spans import Span


def number_of_column(cursor: Cursor, reading: Reading) -> bool:
    """`with four engines`: a number before the column that has it."""
    before = cursor.peek(-1)
    if (
        cursor.peek().text.lower() in ("only", "just")  # type: ignore[union-attr]  # there is a span: the cursor is not done
        and cursor.kind(1) is Kind.NUMBER
        and is_column(cursor.peek(2), 0.8)
        and not names_table(cursor.peek(2))
        and not reading.selecting
    ):
        cursor.take()
        number = cursor.take()
        return note(reading, Condition(mention_at(cursor), "=", (number,)))
    if (
        cursor.kind() is not Kind.NUMBER
        or reading.selecting
        or before is None
        or before.kind not in (Kind.WITH, Kind.COMPARISON)
    ):
        return False
    if not is_column(cursor.peek(1), 0.8) or names_table(cursor.peek(1)):
        return False
    number = cursor.take()
    return note(reading, Condition(mention_at(cursor), "=", (number,)))


def column_value(cursor: Cursor, reading: Reading) -> bool:
    """`status is Delivered`, `the student named Lisa`, `grade 5`, `type not equal to A or B`."""
    start = cursor.at
    mention = mention_at(cursor)
    if mention is None:
        return False
    glue = cursor.at
    cursor.skip(*GLUE)
    negated = cursor.accept(Kind.NEGATION)
    cursor.skip(*GLUE, Kind.OF)
    how: How = "is"
    like = cursor.accept(Kind.LIKE)
    if like is not None:
        how = affix(like)
        cursor.skip(Kind.FILLER)
    cursor.skip(Kind.BOTH) if cursor.kind(1) in LITERALS else None
    if cursor.kind() is Kind.OR and cursor.kind(1) in LITERALS:
        cursor.take()
    if (
        cursor.kind() is Kind.PREPOSITION
        and cursor.kind(1) in LITERALS
        and not names_table(mention.span)
        and cursor.at > glue
    ):
        cursor.take()
    if like is not None and cursor.kind() is Kind.UNKNOWN:
        return note(reading, Condition(mention, "=", (cursor.take(),), negated is not None, how=how))
    if cursor.kind() not in LITERALS or not _fits(cursor, mention, cursor.at > glue or like is not None):
        cursor.at = start
        return False
    if names_table(mention.span):
        _note_table(reading, mention)
    values = _literals(cursor)
    return note(reading, Condition(mention, "=", values, negated is not None, how=how))


def affix(span: Span) -> How:
    """Where in a text another one is looked for."""
    return "startswith" if span.meaning == "startswith" else "endswith" if span.meaning == "endswith" else "contains"


def _note_table(reading: Reading, mention: Mention) -> None:
    """A table with one of its values: a restriction, and what is shown if nothing else is."""
    reading.tables.append(mention.span)
    if not reading.items and reading.selecting:
        reading.items.append(Item(mention))
        reading.implicit = True


def _fits(cursor: Cursor, mention: Mention, told: bool) -> bool:
    """Whether the literal here may be a value of what was mentioned."""
    literal = cursor.peek()
    assert literal is not None
    span = mention.span
    if names_table(span):
        if literal.kind is Kind.NUMBER:
            return False
        tables = {link.table for link in span.tables if link.score >= 0.5}
        return (literal.kind is Kind.TEXT and not literal.values) or any(
            link.column.table in tables for link in literal.values
        )
    columns = {link.column for link in span.columns if link.score >= 0.5}
    if literal.kind is Kind.NUMBER:
        return cursor.kind(1) not in (Kind.UNIT, Kind.SUPERLATIVE) and not (cursor.kind(1) is Kind.SCHEMA and not told)
    if literal.values:
        return any(link.column in columns for link in literal.values)
    return literal.kind in (Kind.TEXT, Kind.DATE)


def _literals(cursor: Cursor) -> tuple[Span, ...]:
    """`A`, `A or B`, `A, B and C`: literals of one kind, up to the next clause."""
    values = [cursor.take()]
    while True:
        ahead = 0
        while cursor.kind(ahead) in (Kind.OR, Kind.AND):
            ahead += 1
        following = cursor.peek(ahead)
        if not ahead or following is None or following.kind is not values[0].kind:
            break
        if not _same_column(values[0], following) or cursor.kind(ahead + 1) is Kind.UNIT:
            break
        cursor.at += ahead
        values.append(cursor.take())
    return tuple(values)


def _same_column(one: Span, other: Span) -> bool:
    if one.kind is not Kind.VALUE and not one.values:
        return True
    return bool({link.column for link in one.values} & {link.column for link in other.values})


def value(cursor: Cursor, reading: Reading) -> bool:
    """A value by itself: in JFK, female, "Spanish"."""
    if cursor.kind() is Kind.TEXT and not cursor.peek().values:  # type: ignore[union-attr]  # there is a span of that kind
        return _unknown_text(cursor, reading)
    if cursor.kind() not in (Kind.VALUE, Kind.TEXT):
        return False
    both = _full_name(cursor)
    if both is not None:
        cursor.at += 2
        note(reading, Condition(None, "=", both[:1]))
        return note(reading, Condition(None, "=", both[1:]))
    values = _literals(cursor)
    about = None
    following = cursor.peek()
    if following is not None and following.kind is Kind.SCHEMA and _about(values[0], following):
        about = following
        if not names_table(following):
            cursor.take()
    return note(reading, Condition(None, "=", values, about=about))


def _full_name(cursor: Cursor) -> tuple[Span, Span] | None:
    """First and last name side by side: values of two columns of one table."""
    first, last = cursor.peek(), cursor.peek(1)
    if first is None or last is None or last.kind is not Kind.VALUE:
        return None
    pairs = {
        (a.column, b.column)
        for a in first.values
        for b in last.values
        if a.column.table == b.column.table and a.column != b.column
    }
    if not pairs:
        return None
    left, right = {a for a, _ in pairs}, {b for _, b in pairs}
    return (
        replace(first, values=tuple(link for link in first.values if link.column in left)),
        replace(last, values=tuple(link for link in last.values if link.column in right)),
    )


def _about(literal: Span, name: Span) -> bool:
    """Whether a name behind a value says which column it is: `United States nationality`."""
    columns = {link.column for link in name.columns if link.score >= 0.5}
    tables = {link.table for link in name.tables if link.score >= 0.8}
    return any(link.column in columns or link.column.table in tables for link in literal.values)


def _unknown_text(cursor: Cursor, reading: Reading) -> bool:
    """Quoted text that no value matches: the label of the table that was named last, or part of a text."""
    before = cursor.peek(-1)
    if before is None or before.kind not in (Kind.NAMED, Kind.LIKE) or not reading.tables:
        return False
    how: How = "is" if before.kind is Kind.NAMED else "contains"
    return note(reading, Condition(Mention(reading.tables[-1]), "=", (cursor.take(),), how=how))


def like(cursor: Cursor, reading: Reading) -> bool:
    """`names that contain the letter a`, with the column said before."""
    if cursor.kind() is not Kind.LIKE or cursor.kind(1) not in (Kind.TEXT, Kind.VALUE, Kind.UNKNOWN):
        return False
    mention = next((item.mention for item in reversed(reading.items) if item.mention and not item.function), None)
    if mention is None:
        return False
    how = affix(cursor.take())
    return note(reading, Condition(mention, "=", (cursor.take(),), how=how))


def date(cursor: Cursor, reading: Reading) -> bool:
    """`in July 2013`, `on 2013-07-04`, `on Mondays`, `in 2009`."""
    if cursor.kind() in (Kind.MONTH, Kind.WEEKDAY, Kind.DATE, Kind.QUARTER):
        first = cursor.take()
        rest = [first]
        if first.kind is Kind.MONTH:
            while cursor.kind() is Kind.NUMBER or (
                cursor.kind() is Kind.AND and cursor.kind(1) is Kind.NUMBER and len(rest) == 2
            ):
                cursor.accept(Kind.AND)
                rest.append(cursor.take())
        return note(reading, Condition(None, "=", tuple(rest), how="date"))
    if _is_day(cursor.peek()) and cursor.kind(1) is Kind.MONTH:
        day, month = cursor.take(), cursor.take()
        year = cursor.accept(Kind.NUMBER)
        return note(reading, Condition(None, "=", (month, day, *([year] if year else [])), how="date"))
    number, before = cursor.peek(), cursor.peek(-1)
    if number is None or number.kind is not Kind.NUMBER or before is None:
        return False
    if 1000 <= number.number <= 2100 and before.kind in (Kind.PREPOSITION, Kind.VERB, Kind.OF, Kind.VALUE, Kind.AND):
        cursor.take()
        return note(reading, Condition(None, "=", (number,), how="year"))
    return False


def _is_day(span: Span | None) -> bool:
    return span is not None and span.kind is Kind.NUMBER and 1 <= span.number <= 31


def missing_term(cursor: Cursor, reading: Reading) -> bool:
    """`cancelled`, where a comment says that such rows have no departure time."""
    span = cursor.accept(Kind.MISSING)
    if span is None:
        return False
    if not any(c.how == "missing" and c.mention and c.mention.span.columns == span.columns for c in reading.conditions):
        note(reading, Condition(Mention(span), "=", how="missing"))
    return True


def missing(cursor: Cursor, reading: Reading) -> bool:
    """`with no departure time`: a column that has no value."""
    span = cursor.peek()
    if span is None or span.kind is Kind.MISSING or not is_column(span, 0.7) or names_table(span):
        return False
    before = cursor.peek(-1)
    if reading.negated is None or before is None or before.kind not in (Kind.NEGATION, Kind.FILLER):
        return False
    if reading.negated.text not in (
        "no",
        "without",
        "without any",
        "do not have any",
        "lacking",
        "lack",
        "lacks",
    ):
        return False
    mention = mention_at(cursor)
    reading.negated = None
    return note(reading, Condition(mention, "=", how="missing"))


def part_of_name(cursor: Cursor, reading: Reading) -> bool:
    """`have International in their name`."""
    text, inside, their = cursor.peek(), cursor.peek(1), cursor.peek(2)
    if text is None or text.kind not in (Kind.TEXT, Kind.VALUE, Kind.UNKNOWN) or inside is None or inside.text != "in":
        return False
    if their is None or their.text.lower() not in ("their", "its", "his", "her") or not is_column(cursor.peek(3)):
        return False
    if names_table(cursor.peek(3)) or cursor.kind(-1) is not Kind.WITH:
        return False
    cursor.at += 3
    return note(reading, Condition(mention_at(cursor), "=", (text,), how="contains"))


def clock(cursor: Cursor, reading: Reading) -> bool:
    """`before 6am`, `at 9pm or later`, `between 17:00 and 19:59`."""
    span = cursor.peek()
    if span is not None and span.text.lower() == "scheduled" and cursor.kind(1) is Kind.PREPOSITION:
        ahead = 3 if cursor.kind(2) is Kind.VERB else 0
        while ahead and cursor.kind(ahead) in (Kind.COMPARISON, Kind.BETWEEN, Kind.PREPOSITION):
            ahead += 1
        if ahead > 2 and cursor.kind(ahead) is Kind.CLOCK:
            cursor.take()  # scheduled to leave at 9pm: which column is meant is said by the word itself
            return True
    start = cursor.at
    comparison = cursor.accept(Kind.COMPARISON, Kind.BETWEEN)
    low = cursor.accept(Kind.CLOCK)
    if low is None:
        cursor.at = start
        return False
    postfix = cursor.accept(Kind.POSTFIX)
    verb = reading.verb
    if comparison is not None and comparison.kind is Kind.BETWEEN:
        high = cursor.accept(Kind.AND) and cursor.accept(Kind.CLOCK)
        if high is None:
            cursor.at = start
            return False
        return note(reading, Condition(None, "=", (low, high), how="between", hint=verb))
    told = postfix or comparison
    if told is None or (postfix is not None and comparison is not None):
        raise decline(low.text, "it is not said whether before, at or after that time")
    return note(reading, Condition(None, cast("Operator", told.meaning.split()[0]), (low,), hint=verb))


def late(cursor: Cursor, reading: Reading) -> bool:
    """`arrived late`, `delayed flights`, `departed early`: a delay above, or below, zero."""
    span, before, after = cursor.peek(), cursor.before(), cursor.peek(1)
    if span is None or (span.kind is not Kind.EARLY and span.text.lower() not in ("late", "delayed")):
        return False
    if span.kind is not Kind.EARLY and (span.kind is not Kind.SCHEMA or names_table(span)):
        return False
    said = before is not None and before.kind in (Kind.VERB, Kind.BE, Kind.NEGATION, Kind.WITH, Kind.AND, Kind.OR)
    if not said and not (names_table(after) and (before is None or before.kind is not Kind.UNIT)):
        return False
    if after is not None and after.kind in (Kind.COMPARISON, Kind.NUMBER, Kind.BETWEEN, Kind.POSTFIX):
        return False
    cursor.take()
    zero = Span(Kind.NUMBER, span.text, span.start, span.end, "0")
    hint = reading.hint if before is not None and before.kind is Kind.VERB else ""
    if span.kind is Kind.EARLY:
        return note(reading, Condition(None, "<", (zero,), axis="delay", hint=hint))
    return note(reading, Condition(Mention(span, hints=(hint,)), ">", (zero,)))


CONDITION_RULES: tuple[Callable[[Cursor, Reading], bool], ...] = (
    compared_column,
    bare_range,
    span_of_time,
    counted,
    clock,
    compared_number,
    more_than_average,
    number_of_column,
    part_of_name,
    missing,
    missing_term,
    late,
    column_value,
    like,
    value,
    date,
)

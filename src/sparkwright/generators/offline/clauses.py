"""From spans to a reading: one rule a kind of clause, tried in order at each place of the question."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sparkwright.generators.offline.comparisons import note
from sparkwright.generators.offline.conditions import CONDITION_RULES
from sparkwright.generators.offline.english import NEUTRAL
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import is_column, is_table, mention_at, names_table, own, table_after
from sparkwright.generators.offline.plan import Function
from sparkwright.generators.offline.ranking import group, order, superlative, top
from sparkwright.generators.offline.reading import Condition, Cursor, Has, Item, Mention, Reading, decline
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
Rule = Callable[[Cursor, Reading], bool]
_THEIR = ("their", "its", "his", "her", "corresponding", "respective")
_CLAUSE_ENDS = (None, Kind.STOP, Kind.AND, Kind.OR, Kind.ORDER, Kind.GROUP, Kind.DIRECTION, Kind.BY)
_LINKS = (Kind.OF, Kind.PREPOSITION, Kind.FILLER, Kind.BE, Kind.DISTINCT)


def read(spans: tuple[Span, ...], question: str) -> Reading:
    """Read the clauses of a question; raises `CannotAnswer` at the first piece that no rule follows."""
    cursor, reading = Cursor(spans, question), Reading()
    while not cursor.done:
        if not any(rule(cursor, reading) for rule in RULES):
            span = cursor.peek()
            assert span is not None
            raise decline(unknown_words(spans) or span.text)
    if reading.negated is not None:
        raise decline(reading.negated.text)
    return reading


def unknown_words(spans: tuple[Span, ...]) -> str:
    """The first words of the question that neither the tables nor the lexicon know."""
    words: list[str] = []
    for span in spans:
        if span.kind is Kind.UNKNOWN:
            words.append(span.text)
        elif words:
            break
    return " ".join(words)


# --- small steps -----------------------------------------------------------------------------------------------------


def stop(cursor: Cursor, reading: Reading) -> bool:
    """The end of a sentence: what follows may name columns to show again."""
    if not cursor.accept(Kind.STOP):
        return False
    reading.negated, reading.alternative, reading.hint = None, False, ""
    reading.selecting = True
    reading.opened = len(reading.items)
    reading.restate = bool(reading.items) and not any(item.function for item in reading.items)
    return True


def ask(cursor: Cursor, reading: Reading) -> bool:
    """Words that ask: show, which, what."""
    span = cursor.accept(Kind.ASK)
    if span is None:
        return False
    if span.text.lower() == "which" and not reading.items:
        reading.which = True
    if span.text.lower() in ("when", "where") and not reading.items:
        raise decline(span.text, hint="name the columns to show")
    if span.text.lower() in ("who", "which", "whom", "where", "when") and reading.items:
        reading.selecting = False
    elif reading.items and cursor.peek(-2) is not None and cursor.kind(-2) in (Kind.AND, Kind.STOP):
        reading.selecting = True
    return True


def relative(cursor: Cursor, reading: Reading) -> bool:
    """That, whose, with, in: what follows restricts."""
    span = cursor.accept(Kind.RELATIVE, Kind.WITH, Kind.PREPOSITION)
    if (
        span is None
        and cursor.kind(-1) in (Kind.VERB, Kind.SCHEMA)
        and cursor.kind(1) in (Kind.VALUE, Kind.TEXT, Kind.SCHEMA)
    ):
        span = cursor.accept(Kind.BY)
    if span is None:
        return False
    if reading.items or reading.tables:
        reading.selecting = False
    reading.hint = span.text
    reading.placed = span.kind is Kind.PREPOSITION and cursor.kind(-2) is not Kind.AND
    _assert(reading, span)
    return True


def _assert(reading: Reading, span: Span) -> None:
    """Behind `that` or `was` stands what a share is of: what is true of some of the rows."""
    if reading.share is not None and span.kind in (Kind.BE, Kind.RELATIVE, Kind.WITH, Kind.VERB):
        reading.asserting = True


def conjunction(cursor: Cursor, reading: Reading) -> bool:
    """And, or, commas."""
    span = cursor.accept(Kind.AND, Kind.OR, Kind.BOTH)
    if span is None:
        return False
    if span.kind is Kind.OR:
        reading.alternative = True
    if span.kind is Kind.BOTH:
        reading.both = True
    if span.kind is Kind.AND and span.text != "," and cursor.kind() in (Kind.ASK, Kind.AGGREGATE):
        reading.selecting = True
    return True


def negation(cursor: Cursor, reading: Reading) -> bool:
    """Not, without, never: the next restriction is turned around."""
    span = cursor.accept(Kind.NEGATION)
    if span is None:
        return False
    reading.negated = span
    reading.selecting = False
    return True


def filler(cursor: Cursor, reading: Reading) -> bool:
    """Words that say nothing by themselves; a verb may say from where or to where."""
    span = cursor.accept(Kind.FILLER, Kind.BE, Kind.VERB, Kind.POSSESSIVE, Kind.OF, Kind.NAMED)
    if span is None:
        return False
    _assert(reading, span)
    if span.kind is Kind.VERB:
        if _is_adjective(cursor):
            raise decline(span.text)
        reading.hint = reading.verb = span.meaning
        if reading.items:
            reading.selecting = False
        following = cursor.peek()
        by = (
            following is not None
            and following.text.startswith(("by", "from each", "to each"))
            and cursor.kind(1) is not Kind.BUCKET
        )
        if span.text.lower() not in NEUTRAL and cursor.kind() in _CLAUSE_ENDS and not by:
            reading.dangling.append(span)
    told = cursor.kind() in (Kind.SCHEMA, Kind.ASK, Kind.EVERYTHING, Kind.NUMBER, Kind.AGGREGATE, Kind.MISSING)
    if span.text == "only" and not (reading.selecting and told and not (reading.items and reading.implicit)):
        raise decline("only", "'only' would have to hold for all rows of what is shown")
    return True


def _is_adjective(cursor: Cursor) -> bool:
    """Whether a verb form before a name says which ones are meant: registered students."""
    following, before = cursor.peek(), cursor.peek(-2)
    leads = (Kind.ASK, Kind.AGGREGATE, Kind.DISTINCT, Kind.OF, Kind.PREPOSITION)
    return names_table(following) and (before is None or before.kind in leads)


def distinct(cursor: Cursor, reading: Reading) -> bool:
    """Different, distinct: each row of the answer once."""
    if not cursor.accept(Kind.DISTINCT):
        return False
    reading.distinct = True
    return True


# --- what is shown ---------------------------------------------------------------------------------------------------


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
    _owner(cursor, reading)
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
    _owner(cursor, reading)
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


def _owner(cursor: Cursor, reading: Reading) -> None:
    """Take `of each table` where it follows the items at once."""
    table = table_after(cursor)
    if table is not None:
        own(reading, table)


# --- tables that restrict --------------------------------------------------------------------------------------------


def partner(cursor: Cursor, reading: Reading) -> bool:
    """A table in a restriction: rows that have, or lack, something there."""
    span = cursor.peek()
    if span is None or not names_table(span):
        return False
    cursor.take()
    reading.tables.append(span)
    negated = reading.negated is not None
    reading.has.append(Has(Mention(span), negated))
    if negated and cursor.kind() in (None, Kind.STOP, Kind.AND, Kind.ORDER):
        reading.negated = None
    return True


def column_in_restriction(cursor: Cursor, reading: Reading) -> bool:
    """A column after `and` or `with` that no comparison follows: one more thing to show."""
    span = cursor.peek()
    before = cursor.peek(-1)
    possessive = span is not None and names_table(span) and cursor.kind(1) is Kind.POSSESSIVE
    if span is None or before is None or (not possessive and (names_table(span) or not is_column(span))):
        return False
    told = before.kind is Kind.AND or before.text.lower() in _THEIR
    start = cursor.at
    found = mention_at(cursor)
    assert found is not None
    shown = (
        before.text == "with"
        and cursor.kind() in (None, Kind.STOP, Kind.AND)
        and not found.span.text.startswith(("max", "min"))
    )
    if reading.negated is not None or not (told or shown or found.owner is not None):
        cursor.at = start
        return False
    reading.implicit = False
    reading.items.append(Item(found))
    _owner(cursor, reading)
    return True


RULES: tuple[Rule, ...] = (
    stop,
    order,
    group,
    top,
    *CONDITION_RULES,
    everything,
    share,
    aggregate,
    superlative,
    show,
    column_in_restriction,
    partner,
    distinct,
    negation,
    ask,
    relative,
    conjunction,
    filler,
)

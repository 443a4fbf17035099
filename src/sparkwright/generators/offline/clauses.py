"""From spans to a reading: one rule a kind of clause, tried in order at each place of the question."""

from __future__ import annotations

from collections.abc import Callable

from sparkwright.generators.offline.conditions import CONDITION_RULES
from sparkwright.generators.offline.english import NEUTRAL
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import is_column, mention_at, names_table
from sparkwright.generators.offline.ranking import group, order, superlative, top
from sparkwright.generators.offline.reading import Cursor, Has, Item, Mention, Reading, decline
from sparkwright.generators.offline.showing import aggregate, everything, share, show, take_owner
from sparkwright.generators.offline.spans import Span

Rule = Callable[[Cursor, Reading], bool]
_THEIR = ("their", "its", "his", "her", "corresponding", "respective")
_CLAUSE_ENDS = (None, Kind.STOP, Kind.AND, Kind.OR, Kind.ORDER, Kind.GROUP, Kind.DIRECTION, Kind.BY)


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
    take_owner(cursor, reading)
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

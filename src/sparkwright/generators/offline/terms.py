"""What one word means by itself: a number, a month, a unit, a verb, a filler."""

from __future__ import annotations

from sparkwright.generators.offline.english import (
    BUCKETS,
    FILLERS,
    MONTHS,
    NUMBERS,
    TIMES,
    UNITS,
    VERBS,
    WEEKDAYS,
)
from sparkwright.generators.offline.lexicon import PHRASES, Kind
from sparkwright.generators.offline.spans import Span
from sparkwright.generators.offline.words import Token, lemma


def lone_word(token: Token, before: list[Span]) -> Span | None:
    """The span of one word, unless only the phrases of the lexicon know it."""
    found = _sign(token) or _number(token) or _calendar(token, before)
    if found is None and (token.lower,) not in PHRASES:
        found = _word(token, before)
    return Span(found[0], token.text, token.start, token.end, found[1]) if found else None


def _sign(token: Token) -> tuple[Kind, str] | None:
    match token.kind:
        case "possessive":
            return Kind.POSSESSIVE, "'s"
        case "mark" if token.text == ",":
            return Kind.AND, ","
        case "mark" if (token.text,) not in PHRASES:
            return Kind.STOP, token.text
    return None


def _number(token: Token) -> tuple[Kind, str] | None:
    if token.kind == "number":
        return Kind.NUMBER, token.text.replace(",", "")
    if token.kind == "date":
        return Kind.DATE, token.text
    if token.kind == "clock":
        return Kind.CLOCK, _four_digits(token.lower)
    number = NUMBERS.get(token.lower, TIMES.get(token.lower))
    return None if number is None else (Kind.NUMBER, str(number))


def _four_digits(clock: str) -> str:
    """A time of day as hours and minutes without a colon: `5:30pm` is 1730."""
    hours, _, minutes = clock.rstrip("apm ").partition(":")
    hour = int(hours) % 12 + (12 if clock.endswith("pm") else 0) if clock.endswith("m") else int(hours)
    return str(hour * 100 + int(minutes or 0))


def _calendar(token: Token, before: list[Span]) -> tuple[Kind, str] | None:
    """A month or a weekday; `may` and `march` only with a capital, and `May` not as the first word."""
    low = token.lower
    doubtful = low in ("may", "march") and (token.text[0].islower() or (low == "may" and not before))
    if low in MONTHS and not doubtful:
        return Kind.MONTH, str(MONTHS[low])
    if token.lemma in WEEKDAYS:
        return Kind.WEEKDAY, str(WEEKDAYS[token.lemma])
    return None


def _word(token: Token, before: list[Span]) -> tuple[Kind, str] | None:
    low, base = token.lower, token.lemma
    if base == "name":
        return Kind.SCHEMA if before else Kind.ASK, "name"
    if base in BUCKETS and not (before and before[-1].kind is Kind.NUMBER):
        return Kind.BUCKET, base
    if base in UNITS:
        return Kind.UNIT, base
    if low in VERBS:
        return Kind.VERB, low
    return (Kind.FILLER, low) if low in FILLERS or lemma(low) in FILLERS else None

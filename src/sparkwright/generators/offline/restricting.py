"""Words of general English that may restrict: values of a table in play, verbs that nothing explains."""

from __future__ import annotations

from dataclasses import replace

from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import names_table
from sparkwright.generators.offline.plan import ColumnRef
from sparkwright.generators.offline.schema import Schema
from sparkwright.generators.offline.spans import Span, ValueLink

# Kinds of words that a reading may pass over: where one is also a value, it must not be passed over.
PASSED_OVER = frozenset(
    {Kind.VERB, Kind.FILLER, Kind.WITH, Kind.ORDER, Kind.COMMON, Kind.NAMED, Kind.DIRECTION, Kind.LIKE, Kind.UNIT}
)
_MOST_CATEGORIES = 100
_ENDS = (None, Kind.STOP, Kind.AND, Kind.OR, Kind.PREPOSITION, Kind.GROUP, Kind.RELATIVE, Kind.ORDER, Kind.COMPARISON)


def restricting(spans: tuple[Span, ...], schema: Schema) -> tuple[Span, ...]:
    """Take a word as the value that it is where it stands like one: `paid orders`, `orders that are paid`."""
    tables = frozenset(table for span in spans for table in _tables(span))
    settled: list[Span] = []
    for at, span in enumerate(spans):
        if span.kind not in PASSED_OVER or not span.values:
            settled.append(span)
            continue
        links = tuple(link for link in span.values if link.column.table in tables and _sorts_rows(link.column, schema))
        as_value = bool(links) and _stands_as_value(settled, span, spans[at + 1 :], links)
        settled.append(
            replace(span, kind=Kind.VALUE, meaning=span.text, values=links) if as_value else replace(span, values=links)
        )
    return tuple(settled)


def _tables(span: Span) -> frozenset[str]:
    """The tables that a span of the schema speaks of."""
    best = max((link.score for link in span.names), default=0.0)
    named = {link.table for link in span.tables if link.score >= best - 0.05}
    return frozenset(named | {link.column.table for link in span.columns if link.score >= best - 0.05})


def _sorts_rows(ref: ColumnRef, schema: Schema) -> bool:
    """Whether the column says of which sort a row is, rather than what it is called."""
    profile = schema.column(ref).profile
    return profile is not None and profile.distinct <= _MOST_CATEGORIES and ref not in schema.labels(ref.table)


def _stands_as_value(before: list[Span], span: Span, after: tuple[Span, ...], links: tuple[ValueLink, ...]) -> bool:
    """Whether the word is a predicate (`are paid`), an attribute (`paid orders`), or one more of those."""
    following = after[0] if after else None
    said = [s for s in before if s.kind not in (Kind.FILLER, Kind.NEGATION)]
    last = said[-1] if said else None
    owners = {link.column.table for link in links}
    if following is not None and following.kind is Kind.BY:
        return False
    if following is not None and names_table(following) and owners & _tables(following):
        return True
    if following is not None and following.kind is Kind.SCHEMA and any(k.column in _columns(following) for k in links):
        return True
    if last is None:
        return False
    if last.kind in (Kind.BE, Kind.VALUE):
        return True
    if last.kind in (Kind.AND, Kind.OR):
        return len(said) > 1 and said[-2].kind is Kind.VALUE
    ends = (following.kind if following else None) in _ENDS
    if last.kind is Kind.SCHEMA and any(link.column in _columns(last) for link in links):
        return True
    return ends and names_table(last) and bool(owners & _tables(last)) and span.kind in (Kind.VERB, Kind.FILLER)


def _columns(span: Span) -> frozenset[ColumnRef]:
    return frozenset(link.column for link in span.columns if link.score >= 0.8)

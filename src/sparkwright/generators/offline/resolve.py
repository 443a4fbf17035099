"""Tie mentions to one table or column each: what fits the words best and lies nearest to the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sparkwright.generators.offline.english import AXES, SIDES, UNITS
from sparkwright.generators.offline.joins import Joiner
from sparkwright.generators.offline.mentions import names_table
from sparkwright.generators.offline.plan import ColumnRef
from sparkwright.generators.offline.reading import Condition, Mention, Reading, decline
from sparkwright.generators.offline.schema import Schema, spoken
from sparkwright.generators.offline.spans import Span, TableLink, ValueLink


class Resolver:
    """Chooses between candidates; notes as an assumption what was chosen without need."""

    def __init__(self, schema: Schema, joiner: Joiner, reading: Reading) -> None:
        self._schema = schema
        self._joiner = joiner
        self._reading = reading
        self.assumptions: list[str] = []
        self._support: dict[str, float] = {}
        self._said: set[str] = set()
        self.anchors = self._anchors(reading)

    def listen(self, spans: tuple[Span, ...]) -> None:
        """Keep the words, and count for each table how many pieces of the question it has a name or a value for."""
        self._said = {word for span in spans for word in span.text.lower().split()}
        for span in spans:
            best = max((link.score for link in span.contents), default=0.0)
            if best >= 0.7:
                for table in {link.column.table for link in span.contents if link.score >= best - 0.05}:
                    self._support[table] = self._support.get(table, 0.0) + 1.0
            for table in {link.column.table for link in span.values if self._names_row(link.column)}:
                self._support[table] = self._support.get(table, 0.0) + 1.0

    def _names_row(self, ref: ColumnRef) -> bool:
        return self._is_label(ref) and self._schema.is_unique(ref)

    def _anchors(self, reading: Reading) -> tuple[str, ...]:
        spans = [span for span in reading.tables if span.tables]
        if reading.subject is not None and reading.subject.tables:
            spans.insert(0, reading.subject)
        clear = {span.tables[0].table for span in spans if len(_best(span.tables)) == 1}
        return tuple(dict.fromkeys(self._choose_table(span, clear) for span in spans))

    def _choose_table(self, span: Span, clear: set[str]) -> str:
        candidates = _best(span.tables)
        near = sorted(candidates, key=lambda link: (-link.score, self._away(link.table, clear), link.table))
        return near[0].table

    def _away(self, table: str, others: Iterable[str]) -> int:
        return sum(self._joiner.distance(table, other) for other in others if other != table)

    def table(self, span: Span) -> str:
        """The table that a span names."""
        known = [link.table for link in _best(span.tables) if link.table in self.anchors]
        return known[0] if known else self._choose_table(span, set(self.anchors))

    # --- columns -----------------------------------------------------------------------------------------------------

    def column(self, mention: Mention, near: str | None = None) -> ColumnRef:
        """The column that a mention stands for."""
        owner = self.table(mention.owner) if mention.owner is not None else None
        scored = {
            link.column: link.score + self._fit(link.column, owner, near) + self._exactly(link.column, mention)
            for link in mention.span.columns
        }
        exact = {link.column for link in mention.span.columns if link.score >= 1.0}
        best = max(scored, key=lambda ref: scored[ref], default=None)
        if exact and owner is None and self._is_synonym(best, mention.span):
            scored = {ref: score for ref, score in scored.items() if ref in exact}
        return self._pick(scored, mention.span)

    @staticmethod
    def _is_synonym(ref: ColumnRef | None, span: Span) -> bool:
        """Whether a column is found by another word only, which never goes before one of the very name."""
        return any(link.column == ref and link.score < 0.9 for link in span.columns)

    def _exactly(self, ref: ColumnRef, mention: Mention) -> float:
        """A little more for the very name, and for a column of which the verb before speaks."""
        surface = "_".join(mention.span.text.lower().split())
        words = set(self._schema.words(ref))
        hinted = any(set(spoken(hint)) & words for hint in mention.hints if hint)
        return (0.03 if ref.name.lower() == surface else 0.0) + (0.2 if hinted else 0.0)

    def _fit(self, ref: ColumnRef, owner: str | None, near: str | None) -> float:
        """How well a column's table goes with the tables that are spoken of."""
        fit = 0.0
        if owner is not None:
            fit += 0.6 if ref.table == owner else -0.1 * min(self._joiner.distance(owner, ref.table), 4)
        if near is not None:
            fit += 0.25 if ref.table == near else -0.05 * min(self._joiner.distance(near, ref.table), 4)
        if ref.table in self.anchors:
            fit += 0.25
        elif self.anchors:
            fit -= 0.06 * min(4, *(self._joiner.distance(anchor, ref.table) for anchor in self.anchors))
        return fit + 0.03 * min(self._support.get(ref.table, 0.0), 6.0)

    def _pick(self, scored: dict[ColumnRef, float], span: Span) -> ColumnRef:
        if not scored:
            raise decline(span.text)
        ranked = sorted(scored, key=lambda ref: (-scored[ref], ref.table, ref.name))
        best = ranked[0]
        rivals = [ref for ref in ranked[1:] if scored[best] - scored[ref] < 0.02 and not self._linked(best, ref)]
        same_table = [ref for ref in rivals if ref.table == best.table]
        if same_table:
            names = ", ".join(repr(ref.name) for ref in (best, *same_table))
            raise decline(span.text, f"{span.text!r} may mean {names}", hint="say which of the columns is meant")
        if rivals and not self.anchors:
            names = " or ".join(_told_apart((best, *rivals)))
            raise decline(span.text, f"{span.text!r} may mean {names}", hint="say which table is meant")
        if rivals:
            self.assumptions.append(f"{span.text!r} is taken as {_short(best)}, not {_short(rivals[0])}")
        return best

    def _linked(self, one: ColumnRef, other: ColumnRef) -> bool:
        return any(
            edge.right == other.table and (one.name, other.name) in edge.on
            for edge in self._schema.keys.edges(one.table)
        )

    def axis(self, axis: str, near: Iterable[str], unit: str = "", hint: str = "") -> ColumnRef | None:
        """The column that measures what an adjective speaks of, in the first of some tables that has one."""
        for table in self.ranked(near):
            for term in AXES.get(axis, ()):
                found = [ref for ref in self._measures(table) if set(term.split()) <= set(self._named(ref))]
                found = [ref for ref in found if not unit or self.unit_of(ref, unit)] or ([] if unit else found)
                found = [ref for ref in found if set(spoken(hint)) & set(self._named(ref))] or found
                shortest = min((len(self._schema.words(ref)) for ref in found), default=0)
                found = [ref for ref in found if len(self._schema.words(ref)) == shortest]
                if axis == "delay" and len(found) > 1:
                    raise decline(axis, f"the delay may be {' or '.join(repr(ref.name) for ref in found)}", "say which")
                if found:
                    return found[0]
            dates = [ref for ref in self._measures(table) if self._schema.is_temporal(ref)] if axis == "date" else []
            if len(dates) == 1:
                return dates[0]
        return None

    def _measures(self, table: str) -> list[ColumnRef]:
        return [ref for ref in self._schema.columns(table) if not self._schema.is_key(ref)]

    def _named(self, ref: ColumnRef) -> tuple[str, ...]:
        return self._schema.words(ref)

    def unit_of(self, ref: ColumnRef, unit: str) -> str | None:
        """The unit in which a column measures what `unit` measures, as its comment or name says."""
        if unit not in UNITS:
            return None
        said = (*self._schema.comment_words(ref), *self._schema.words(ref))
        same = [word for word in said if word in UNITS and UNITS[word][0] == UNITS[unit][0]]
        exact = [word for word in same if word == unit]
        return next(iter(exact or same), None)

    def ranked(self, near: Iterable[str] = ()) -> tuple[str, ...]:
        """The tables, those first that are near or named, then those that most of the question fits."""
        rest = sorted(self._schema.tables, key=lambda name: (-self._support.get(name, 0.0), name))
        return tuple(dict.fromkeys((*near, *self.anchors, *(name for name in rest if self._support.get(name)))))

    def by_unit(self, unit: str, near: Iterable[str]) -> ColumnRef | None:
        """The only column of some tables that measures in a unit."""
        for table in self.ranked(near):
            found = [
                ref
                for ref in self._measures(table)
                if self._schema.is_numeric(ref) and unit in self._schema.comment_words(ref)
            ]
            found = [ref for ref in found if "per" not in self._schema.comment_words(ref)]
            named = [
                ref for ref in self._measures(table) if self._schema.is_numeric(ref) and unit in self._schema.words(ref)
            ]
            for some in (found, named):
                if len(some) == 1:
                    return some[0]
        return None

    def clock(self, near: Iterable[str], verb: str, span: Span) -> ColumnRef:
        """The only column of times as HHMM, by its comment, that fits the verb and whether a schedule is spoken of."""
        for table in self.ranked(near):
            times = [ref for ref in self._measures(table) if self._schema.is_integer(ref) and self._is_clock(ref)]
            sides = set(spoken(verb)) & {word for ref in times for word in self._schema.words(ref)}
            times = [ref for ref in times if not sides or sides & set(self._schema.words(ref))]
            planned = "scheduled" in self._said
            times = [ref for ref in times if planned == ("scheduled" in self._schema.words(ref))]
            if len(times) == 1:
                return times[0]
            if times:
                names = " or ".join(repr(ref.name) for ref in times)
                raise decline(span.text, f"{span.text!r} may be of {names}", hint="say which of the columns is meant")
        raise decline(span.text, f"no column is known to hold times of day like {span.text!r}")

    def _is_clock(self, ref: ColumnRef) -> bool:
        return re.search(r"\bhh?mm\b", self._schema.column(ref).comment, re.IGNORECASE) is not None

    # --- values ------------------------------------------------------------------------------------------------------

    def value_column(self, condition: Condition, near: str | None) -> tuple[ColumnRef, tuple[ValueLink, ...]]:
        """The column in which the values of a condition stand."""
        first = condition.values[0]
        allowed = self._allowed(condition)
        links = [link for link in first.values if allowed is None or link.column in allowed]
        if not links:
            raise decline(first.text)
        scored: dict[ColumnRef, float] = {}
        for link in links:
            score = link.score + 0.3 * self._fit(link.column, None, near) + self._side(link.column, condition.hint)
            scored[link.column] = max(scored.get(link.column, -9.0), score + self._about(link.column, condition.about))
        column = self._pick_value(scored, first)
        return column, tuple(link for span in condition.values for link in span.values if link.column == column)

    def _allowed(self, condition: Condition) -> set[ColumnRef] | None:
        if condition.mention is None:
            return None
        span = condition.mention.span
        if names_table(span):
            tables = {link.table for link in span.tables if link.score >= 0.5}
            return {link.column for link in condition.values[0].values if link.column.table in tables}
        return {link.column for link in span.columns if link.score >= 0.5}

    def _side(self, ref: ColumnRef, hint: str) -> float:
        if hint == "in" and self._is_label(ref) and ref.table in self.anchors:
            return -0.15
        sides = SIDES.get(hint, ())
        words = self._schema.words(ref)
        if any(side in words for side in sides):
            return 0.2
        others = {word for other, values in SIDES.items() if other != hint for word in values} - set(sides)
        return -0.1 if sides and others & set(words) else 0.0

    def _about(self, ref: ColumnRef, about: Span | None) -> float:
        if about is None:
            return 0.0
        return max((link.score for link in about.columns if link.column == ref), default=0.0) + (
            0.3 if any(link.table == ref.table for link in _best(about.tables)) else 0.0
        )

    def _pick_value(self, scored: dict[ColumnRef, float], span: Span) -> ColumnRef:
        ranked = sorted(scored, key=lambda ref: (-scored[ref], not self._is_label(ref), ref.table, ref.name))
        best = ranked[0]
        rivals = [ref for ref in ranked[1:] if scored[best] - scored[ref] < 0.02 and not self._linked(best, ref)]
        if any(ref.table == best.table for ref in rivals) and not self._is_label(best):
            names = ", ".join(repr(ref.name) for ref in (best, *rivals))
            raise decline(
                span.text, f"{span.text!r} may be a value of {names}", hint="say which of the columns is meant"
            )
        if rivals:
            self.assumptions.append(f"{span.text!r} is taken as a value of {_short(best)}, not of {_short(rivals[0])}")
        return best

    def _is_label(self, ref: ColumnRef) -> bool:
        return ref in self._schema.labels(ref.table)


def _best(links: tuple[TableLink, ...]) -> list[TableLink]:
    top = max((link.score for link in links), default=0.0)
    return [link for link in links if top - link.score < 0.05]


def _short(ref: ColumnRef) -> str:
    return f"{ref.table.split('.', 1)[-1]}.{ref.name}"


def _told_apart(refs: tuple[ColumnRef, ...], most: int = 6) -> list[str]:
    """Columns by their names, with the database where the tables' own names do not tell them apart."""
    short = [_short(ref) for ref in refs]
    names = short if len(set(short)) == len(short) else [f"{ref.table}.{ref.name}" for ref in refs]
    return names if len(names) <= most else [*names[:most], f"{len(names) - most} others"]

"""The values of one projected partition key, found by their place and never all made: enum, integer, date, injected."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import InvalidOperation
from typing import Any, NoReturn

from sparkwright.domain import Column, Filter
from sparkwright.errors import UnreadableTable
from sparkwright.readers.partitions import may_hold, moment, number, reading_of
from sparkwright.readers.projection_dates import MONTHS, SECONDS, DatePattern, bound, later, steps

MOST_WALKED = 200_000  # values of one key that are compared one by one where their order does not help

Spot = tuple[str, str]
"""A value as the partition has it, and as the location spells it."""


@dataclass(frozen=True)
class Dimension:
    """The values of a key: `at(place)` makes one, they ascend when read as one of `ascending`, `find` has the place."""

    key: Column
    count: int
    at: Callable[[int], Spot]
    ascending: frozenset[Callable[[str], Any]]
    find: Callable[[str], int | None]

    def places(self, filters: Sequence[Filter]) -> list[int]:
        """The places whose values may pass the filters; raises `UnreadableTable` where that is too much to look at."""
        own = [one for one in filters if one.column.lower() == self.key.name.lower()]
        spans = [range(self.count)]
        for one in own:
            spans = _merged([part for span in spans for part in self._narrowed(span, one)])
        if sum(map(len, spans)) > MOST_WALKED:
            raise UnreadableTable(
                f"partition key {self.key.name!r} projects {sum(map(len, spans)):,} values",
                hint=f"narrow the question: filter on {self.key.name} with = or a range",
            )
        found: dict[Spot, int] = {}
        for place in (place for span in spans for place in span):
            spot = self.at(place)
            if all(may_hold(spot[0], self.key.type, one) for one in own):
                found.setdefault(spot, place)  # a step finer than the format repeats values
        return list(found.values())

    def _narrowed(self, span: range, one: Filter) -> list[range]:
        """The parts of a span in which the filter can be true; all of it where its order says nothing."""
        if one.op == "!=" or not span:
            return [span]
        try:
            return [part for value in one.values for part in self._where(span, one.op, value)]
        except (ValueError, KeyError, InvalidOperation):
            return [span]

    def _where(self, span: range, op: str, value: Any) -> list[range]:
        read = reading_of(self.key.type, value)
        if read is str and op in ("=", "in"):
            place = self.find(str(value))
            return [range(place, place + 1)] if place is not None and place in span else []
        if read not in self.ascending:
            return [span]
        wanted = read(value.isoformat() if isinstance(value, date) else str(value))

        def first(test: Callable[[Any], bool]) -> int:
            return span.start + bisect_left(span, True, key=lambda place: test(read(self.at(place)[0])))

        start = {
            "=": first(lambda v: v >= wanted),
            ">=": first(lambda v: v >= wanted),
            ">": first(lambda v: v > wanted),
        }
        stop = {"=": first(lambda v: v > wanted), "<=": first(lambda v: v > wanted), "<": first(lambda v: v >= wanted)}
        op = "=" if op == "in" else op
        return [range(start.get(op, span.start), stop.get(op, span.stop))]


def _merged(spans: Sequence[range]) -> list[range]:
    merged: list[range] = []
    for span in sorted((one for one in spans if one), key=lambda one: one.start):
        if merged and span.start <= merged[-1].stop:
            merged[-1] = range(merged[-1].start, max(merged[-1].stop, span.stop))
        else:
            merged.append(span)
    return merged


# --- making them from properties -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Properties:
    """The properties `projection.<key>.*` of one key."""

    table: str
    key: Column
    said: Mapping[str, str]
    now: datetime

    def name(self, part: str) -> str:
        """A property's full name."""
        return f"projection.{self.key.name}.{part}"

    def get(self, part: str) -> str | None:
        """A property's text as it stands, or None."""
        return self.said.get(self.name(part).lower())

    def need(self, part: str) -> str:
        """A property that must be there."""
        text = self.get(part)
        if text is None or not text.strip():
            self.refuse(part, "it is missing")
        return text

    def positive(self, part: str) -> int | None:
        """A positive integer, or None where the property is missing."""
        text = self.get(part)
        if text is None:
            return None
        if not re.fullmatch(r"[0-9]+", text.strip(), re.ASCII) or int(text) < 1:
            self.refuse(part, "it is no positive integer")
        return int(text)

    def ends(self) -> tuple[str, str]:
        """Both ends of the range."""
        parts = self.need("range").split(",")
        if len(parts) != 2:
            self.refuse("range", "it has not two ends with a comma between them")
        return parts[0], parts[1]

    def refuse(self, part: str, why: str) -> NoReturn:
        """Raise `UnreadableTable` naming the property."""
        raise UnreadableTable(
            f"table {self.table!r} cannot be read: its property {self.name(part)!r} is {self.get(part)!r}: {why}",
            hint="correct the property in the catalog (Athena: supported types for partition projection)",
        )


def enum(said: Properties) -> Dimension:
    """The values listed in `values`; white space belongs to them."""
    values = said.need("values").split(",")
    if not all(values):
        said.refuse("values", "one of its values is empty")
    place = {value: index for index, value in reversed(list(enumerate(values)))}
    return Dimension(said.key, len(values), lambda at: (values[at],) * 2, frozenset(), place.get)


_LONGEST = 2**63


def integer(said: Properties) -> Dimension:
    """From one end of `range` to the other, both with it, every `interval` (1), with `digits` where they are given."""
    ends = said.ends()
    if not all(re.fullmatch(r"[+-]?[0-9]+", end.strip(), re.ASCII) for end in ends):
        said.refuse("range", "an end is no integer")
    left, right = map(int, ends)
    if left > right or left < -_LONGEST or right >= _LONGEST:
        said.refuse("range", "its ends are not in order, or longer than 64 bits")
    step, digits = said.positive("interval") or 1, said.positive("digits") or 0

    def written(value: int) -> str:
        return ("-" if value < 0 else "") + str(abs(value)).zfill(digits)

    def find(text: str) -> int | None:
        if not re.fullmatch(r"-?[0-9]+", text, re.ASCII) or len(text) > 400 or written(int(text)) != text:
            return None
        place, rest = divmod(int(text) - left, step)
        return place if not rest and 0 <= place < count else None

    count = (right - left) // step + 1
    alike = left >= 0 and len(written(left)) == len(written(right))
    ascending: set[Callable[[str], Any]] = {number, str} if alike else {number}
    return Dimension(said.key, count, lambda at: (written(left + at * step),) * 2, frozenset(ascending), find)


_DEFAULT_UNITS = {"day": "DAYS", "month": "MONTHS", "year": "YEARS"}


def dates(said: Properties) -> Dimension:
    """From one end of `range` to the other, in UTC, every `interval` of `interval.unit`, in the text of `format`."""
    try:
        pattern = DatePattern.parse(said.need("format").strip())
    except ValueError as error:
        said.refuse("format", str(error))
    try:
        left, right = (bound(end, pattern, said.now) for end in said.ends())
    except ValueError as error:
        said.refuse("range", str(error))
    if left > right:
        said.refuse("range", "its ends are not in order")
    step, unit = said.positive("interval") or 1, _unit(said, pattern)
    if unit in MONTHS and left.day > 28:
        said.refuse("range", f"steps of {unit.lower()} from a day that not every month has")
    kind = said.key.type.lower()
    if kind == "date" and pattern.finest not in _DEFAULT_UNITS:
        said.refuse("format", "it spells times, and the partition key is a date")

    def at(place: int) -> Spot:
        when = later(left, place * step, unit)
        path = pattern.write(when)
        whole = {"date": lambda: when.date().isoformat(), "timestamp": lambda: when.isoformat(" ")}
        return (whole[kind]() if kind in whole else path), path

    def find(text: str) -> int | None:
        try:
            when = pattern.read(text)
        except ValueError:
            return None
        if when < left or pattern.write(when) != text:
            return None
        place = max(0, steps(left, when, step, unit) - 1)
        near = (one for one in (place, place + 1) if 0 <= one < count)
        return next((one for one in near if at(one)[1] == text), None)

    count = steps(left, right, step, unit)
    ascending: set[Callable[[str], Any]] = {str} if pattern.is_in_order else set()
    if pattern.is_in_order and pattern.is_number:
        ascending.add(number)
    if kind in ("date", "timestamp"):
        ascending = {moment}
    return Dimension(said.key, count, at, frozenset(ascending), find)


def _unit(said: Properties, pattern: DatePattern) -> str:
    """The unit of steps; the one that the format ends with where that is a day, a month or a year."""
    text = (said.get("interval.unit") or "").strip().upper()
    if not text:
        if pattern.finest not in _DEFAULT_UNITS:
            said.refuse("interval.unit", "it is missing, and the format spells times")
        return _DEFAULT_UNITS[pattern.finest]
    if text not in SECONDS and text not in MONTHS:
        said.refuse("interval.unit", f"it is none of {', '.join((*MONTHS, *SECONDS))}")
    return text


def injected(said: Properties, filters: Sequence[Filter]) -> Dimension:
    """The values that the question itself names; without one there is nothing to project."""
    name = said.key.name
    asked = [one for one in filters if one.column.lower() == name.lower() and one.op in ("=", "in")]
    if not asked:
        raise UnreadableTable(
            f"table {said.table!r} takes the values of partition key {name!r} from the question, which names none",
            hint=f"add a filter such as {name} = 'one value', or {name} IN ('one', 'another')",
        )
    values = list(dict.fromkeys(_injected(said, value) for value in asked[0].values))
    place = {value: index for index, value in enumerate(values)}
    return Dimension(said.key, len(values), lambda at: (values[at],) * 2, frozenset(), place.get)


def _injected(said: Properties, value: Any) -> str:
    """The value as the name of its folder, which a question must not lead out of the table."""
    kind = said.key.type.lower().partition("(")[0]
    text = value.isoformat() if isinstance(value, date) else str(value)
    if kind in ("string", "varchar", "char") and isinstance(value, str):
        fits = text.strip(".") != "" and "/" not in text and text.isprintable()
    elif kind in ("tinyint", "smallint", "int", "bigint") and not isinstance(value, bool):
        fits = re.fullmatch(r"-?[0-9]{1,19}", text, re.ASCII) is not None
        text = str(int(text)) if fits else text
    else:
        fits = kind == "date" and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII) is not None
    if not fits:
        raise UnreadableTable(
            f"{value!r} cannot stand for partition key {said.key.name!r} of table {said.table!r} ({said.key.type})",
            hint="write the value as the name of the folder spells it",
        )
    return text

"""Dates and times of day as predicates: years, months, weekdays, clocks."""

from __future__ import annotations

import calendar
from dataclasses import replace

from sparkwright.generators.offline.english import NEUTRAL, VERBS
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.plan import (
    Between,
    Bucket,
    CalendarDate,
    ColumnRef,
    Compare,
    Expression,
    In,
    Number,
    Predicate,
)
from sparkwright.generators.offline.reading import Condition, decline
from sparkwright.generators.offline.resolve import Resolver
from sparkwright.generators.offline.schema import Schema
from sparkwright.generators.offline.spans import Span


class Dates:
    """Predicates on when something was; notes what it assumed."""

    def __init__(self, schema: Schema, resolver: Resolver, near: tuple[str, ...]) -> None:
        self._schema = schema
        self._resolver = resolver
        self._near = near
        self._scope: str | None = None
        self._verb = ""
        self.assumptions: list[str] = []

    def _clock(self, condition: Condition) -> tuple[str, tuple[Predicate, ...]]:
        first, *rest = condition.values
        ref = self._resolver.clock(self._order(), condition.hint, first)
        self.assumptions.append(f"{first.text!r} is taken as {ref.name!r} {condition.operator} {first.meaning}")
        if rest:
            self.assumptions[-1] = f"the time of day is taken as {ref.name!r}"
            return ref.table, (Between(ref, int(first.meaning), int(rest[0].meaning)),)
        return ref.table, (Compare(ref, condition.operator, int(first.meaning)),)

    def _are_years(self, condition: Condition) -> bool:
        return all(span.kind is Kind.NUMBER and 1000 <= span.number <= 2100 for span in condition.values)

    def part(self, unit: str, tables: tuple[str, ...]) -> Expression | None:
        """The year, month, day ... of the rows of the first table that has one: a column of that name, or of a date."""
        for table in tables:
            for ref in self._schema.columns(table):
                if self._schema.words(ref) == (unit,) and (
                    self._schema.is_integer(ref) or self._schema.is_numeric_text(ref)
                ):
                    return ref
        for table in tables:
            calendar_date = self._calendar_date(table)
            if calendar_date is not None and unit in ("weekday", "week", "quarter"):
                return Bucket(unit, calendar_date)
            dates = [ref for ref in self._schema.columns(table) if self._schema.is_temporal(ref)]
            if len(dates) == 1:
                return Bucket("dayofmonth" if unit == "day" else unit, dates[0])
            if len(dates) > 1:
                raise decline(
                    unit, f"{unit!r} may be of {', '.join(repr(d.name) for d in dates)}", hint="name the date column"
                )
        return None

    def _calendar_date(self, table: str) -> CalendarDate | None:
        parts = {self._schema.words(ref): ref for ref in self._schema.columns(table) if self._schema.is_integer(ref)}
        year, month, day = (parts.get((unit,)) for unit in ("year", "month", "day"))
        return CalendarDate(year, month, day) if year and month and day else None

    def _tables(self) -> tuple[str, ...]:
        return self._resolver.ranked(self._order())

    def _order(self) -> tuple[str, ...]:
        """The tables to look in first: the one named last before the condition, then those of the plan."""
        return self._near if self._scope is None else tuple(dict.fromkeys((self._scope, *self._near)))

    def _note_date(self, part: Expression) -> None:
        """`shipped in March` is read by the only date there is: say by which."""
        ref = part.column if isinstance(part, Bucket) else part
        verb = self._verb.lower()
        if isinstance(ref, ColumnRef) and verb in VERBS and verb not in NEUTRAL:
            own = {word[:4] for word in self._schema.words(ref)}
            own |= {word[:4] for word in self._schema.table_words[ref.table]}
            if verb[:4] not in own and ref.name.lower() not in ("year", "month", "day"):
                self.assumptions.append(f"the date of {verb!r} is taken as {ref.name!r}")

    def _year(self, condition: Condition) -> tuple[str, tuple[Predicate, ...]]:
        expression = self._year_expression(condition.values[0])
        numbers = [span.number for span in condition.values]
        table = _table(expression)
        if condition.how == "between" and len(numbers) == 2:
            return table, (Between(expression, numbers[0], numbers[1]),)
        return table, (Compare(expression, condition.operator, numbers[0]),)

    def _year_expression(self, span: Span) -> Expression:
        expression = self.part("year", self._tables())
        if expression is not None:
            self._note_date(expression)
            return expression
        named = [ref for table in self._tables() for ref in self._schema.columns(table) if self._year_like(ref)]
        if len(named) != 1:
            raise decline(span.text, f"nothing says of which column {span.text!r} is the year")
        self.assumptions.append(f"{span.text!r} is taken as {named[0].name!r}")
        return named[0]

    def _year_like(self, ref: ColumnRef) -> bool:
        words = self._schema.words(ref)
        numeric = self._schema.is_integer(ref) or self._schema.is_numeric_text(ref)
        return numeric and bool({"year", "season", "founded", "built", "opened"} & set(words))

    def _months(self, condition: Condition) -> tuple[str, tuple[Predicate, ...]]:
        expression = self.part("month", self._tables())
        low, high = (int(span.meaning) for span in condition.values)
        if expression is None or low > high:
            raise decline(condition.values[0].text)
        return _table(expression), (Between(expression, low, high),)

    def _when(self, condition: Condition) -> tuple[str, tuple[Predicate, ...]]:
        span = condition.values[0]
        if span.kind is Kind.NUMBER and 1000 <= span.number <= 2100:
            return self._year(replace(condition, how="year"))
        if span.kind is Kind.MONTH:
            expression = self.part("month", self._tables())
            if expression is not None:
                return _table(expression), (Compare(expression, condition.operator, int(span.meaning)),)
        if span.kind in (Kind.DATE, Kind.TEXT, Kind.VALUE):
            ref = self._date_column(span)
            return ref.table, (Compare(ref, condition.operator, span.meaning or span.text),)
        raise decline(span.text)

    def _date_column(self, span: Span) -> ColumnRef:
        for table in self._tables():
            dates = [ref for ref in self._schema.columns(table) if self._schema.is_temporal(ref) or self._iso(ref)]
            if len(dates) == 1:
                self._note_date(dates[0])
                return dates[0]
        raise decline(span.text, f"nothing says of which column {span.text!r} is the date")

    def _iso(self, ref: ColumnRef) -> bool:
        return self._schema.is_date_text(ref)

    def _date(self, condition: Condition) -> tuple[str, tuple[Predicate, ...]]:
        first, *rest = condition.values
        if first.kind is Kind.DATE:
            return self._day(first)
        if first.kind in (Kind.WEEKDAY, Kind.QUARTER):
            expression = self.part("weekday" if first.kind is Kind.WEEKDAY else "quarter", self._tables())
            if not isinstance(expression, Bucket):
                raise decline(first.text)
            if first.meaning == "weekend":
                self.assumptions.append("the weekend is taken as Saturday and Sunday")
                return _table(expression), (In(expression, (1, 7)),)
            if first.kind is Kind.QUARTER:
                self._note_every_year(first, expression)
            return _table(expression), (Compare(expression, "=", int(first.meaning)),)
        predicates = [self._is_part("month", int(first.meaning), first)]
        if not any(span.number > 31 for span in rest):
            self._note_every_year(first, predicates[0].left)
        for span in rest:
            unit = "year" if span.number > 31 else "day"
            predicates.append(self._is_part(unit, int(span.number), span))
        return _table(predicates[0].left), tuple(predicates)

    def _note_every_year(self, span: Span, part: Expression) -> None:
        """A month without a year is that month of every year, where there are several."""
        match part:
            case Bucket(_, ColumnRef() as date):
                several = not self._schema.is_of_one_year(date)
            case Bucket(_, CalendarDate() as calendar_date):
                several = self._varies(calendar_date.year)
            case ColumnRef(table, _):
                years = [ref for ref in self._schema.columns(table) if self._schema.words(ref) == ("year",)]
                several = any(self._varies(ref) for ref in years)
            case _:
                several = False
        if several:
            self.assumptions.append(f"{span.text!r} is taken as that of any year")

    def _varies(self, ref: ColumnRef) -> bool:
        profile = self._schema.column(ref).profile
        return profile is None or profile.distinct > 1

    def _is_part(self, unit: str, number: int, span: Span) -> Compare:
        expression = self.part(unit, self._tables())
        if expression is None:
            raise decline(span.text, f"nothing says of which column {span.text!r} is the {unit}")
        self._note_date(expression)
        return Compare(expression, "=", number)

    def _day(self, span: Span) -> tuple[str, tuple[Predicate, ...]]:
        year, month, day = (int(part) for part in span.meaning[:10].split("-"))
        parts = [self.part(unit, self._tables()) for unit in ("year", "month", "day")]
        if (
            all(isinstance(part, ColumnRef) for part in parts)
            and month <= 12
            and day <= calendar.monthrange(year, month)[1]
        ):
            pairs = zip(parts, (year, month, day), strict=True)
            predicates = tuple(Compare(part, "=", number) for part, number in pairs if part is not None)
            return _table(predicates[0].left), predicates
        ref = self._date_column(span)
        left: Expression = (
            Bucket("day", ref) if self._schema.base_type(ref) != "date" and self._schema.is_temporal(ref) else ref
        )
        return ref.table, (Compare(left, "=", span.meaning[:10]),)


def _table(expression: Expression) -> str:
    match expression:
        case ColumnRef(table, _) | Bucket(_, ColumnRef(table, _)) | Number(ColumnRef(table, _)):
            return table
        case Bucket(_, CalendarDate() as date):
            return date.table
    raise TypeError(expression)

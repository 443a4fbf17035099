"""From a condition of the reading to a predicate on one column."""

from __future__ import annotations

import calendar
from dataclasses import replace
from typing import Literal

from sparkwright.generators.offline.english import ADDITIVE, NEUTRAL, UNITS, VERBS
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import names_table
from sparkwright.generators.offline.plan import (
    Aggregate,
    Between,
    Bucket,
    CalendarDate,
    ColumnRef,
    Compare,
    CompareColumns,
    Constant,
    Expression,
    In,
    IsNull,
    Like,
    Number,
    Operator,
    Plan,
    Predicate,
    Source,
)
from sparkwright.generators.offline.reading import Condition, Mention, decline
from sparkwright.generators.offline.resolve import Resolver
from sparkwright.generators.offline.schema import Schema
from sparkwright.generators.offline.spans import Span

_OPPOSITE: dict[Operator, Operator] = {"=": "!=", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}


class Predicates:
    """Builds predicates; notes what it assumed."""

    def __init__(self, schema: Schema, resolver: Resolver, near: tuple[str, ...]) -> None:
        self._schema = schema
        self._resolver = resolver
        self._near = near
        self._scope: str | None = None
        self._verb = ""
        self.assumptions: list[str] = []

    def build(self, condition: Condition) -> tuple[str, tuple[Predicate, ...]]:
        """The table that a condition restricts, and the predicates, not yet negated."""
        self._scope = self._resolver.table(condition.scope) if condition.scope is not None else None
        self._verb = condition.verb
        if condition.how == "date":
            return self._date(condition)
        if condition.how == "year":
            return self._year(condition)
        if condition.how == "missing":
            ref = self._column(condition)
            return ref.table, (IsNull(ref),)
        if condition.sub is not None:
            return self._against(condition)
        if condition.values and condition.values[0].kind is Kind.CLOCK:
            return self._clock(condition)
        if condition.other is not None:
            return self._columns(condition, condition.other)
        if condition.how == "contains" or condition.how == "startswith" or condition.how == "endswith":  # noqa: PLR1714  # narrows the type
            ref = self._text_column(condition)
            return ref.table, (self._like(ref, condition.values[0], condition.how),)
        if (
            condition.values
            and condition.values[0].kind in (Kind.VALUE, Kind.TEXT)
            and condition.operator in ("=", "!=")
        ):
            return self._value(condition)
        return self._number(condition)

    def _like(self, ref: ColumnRef, text: Span, how: Literal["contains", "startswith", "endswith"]) -> Like:
        """Text in quotes with capitals is meant as written."""
        exact = text.kind is Kind.TEXT and len(text.text) > 2 and text.text != text.text.lower()
        if not exact and len(text.text) > 2:
            self.assumptions.append(f"{text.text!r} is looked for in capital and small letters alike")
        return Like(ref, text.text, how, exact=exact)

    # --- columns -----------------------------------------------------------------------------------------------------

    def _column(self, condition: Condition) -> ColumnRef:
        near = self._order()[0] if self._order() else None
        if condition.mention is not None and not names_table(condition.mention.span):
            return self._resolver.column(condition.mention, near)
        found = (
            self._resolver.axis(condition.axis, self._order(), condition.unit, condition.hint)
            if condition.axis
            else None
        )
        if found is None and condition.unit:
            found = self._resolver.by_unit(condition.unit, self._order())
        if found is None:
            raise decline(condition.values[0].text if condition.values else condition.axis)
        self.assumptions.append(f"the comparison is made on {found.name!r}")
        return found

    def _text_column(self, condition: Condition) -> ColumnRef:
        mention = condition.mention
        if mention is not None and names_table(mention.span):
            labels = self._schema.labels(self._resolver.table(mention.span))
            if len(labels) != 1:
                raise decline(condition.values[0].text)
            return labels[0]
        return self._column(condition)

    # --- values ------------------------------------------------------------------------------------------------------

    def _value(self, condition: Condition) -> tuple[str, tuple[Predicate, ...]]:
        near = self._order()[0] if self._order() else None
        if condition.values[0].values:
            ref, links = self._resolver.value_column(condition, near)
            found: list[Constant] = list(dict.fromkeys(link.value for link in links))
            for span in condition.values:
                if not any(link.column == ref for link in span.values):
                    raise decline(span.text)
            self._note_short(condition.values, ref, found)
        else:
            ref = self._text_column(condition)
            found = [span.meaning or span.text for span in condition.values]
            self.assumptions.append(f"{found[0]!r} is not among the values of {ref.name!r} that were seen")
        negated = condition.operator == "!="
        if len(found) == 1:
            return ref.table, (Compare(ref, "!=" if negated else "=", found[0]),)
        return ref.table, (In(ref, tuple(found), negated),)

    def _note_short(self, spans: tuple[Span, ...], ref: ColumnRef, found: list[Constant]) -> None:
        for span in spans:
            for link in span.values:
                if link.column == ref and link.score < 1 and link.value in found:
                    self.assumptions.append(f"{span.text!r} is taken as {link.value!r}")

    # --- numbers -----------------------------------------------------------------------------------------------------

    def _number(self, condition: Condition) -> tuple[str, tuple[Predicate, ...]]:
        if condition.function is not None:
            raise decline(condition.values[0].text)
        if condition.mention is None and condition.axis == "date":
            return self._when(condition)
        if condition.mention is None and condition.how == "between":
            if self._are_years(condition):
                return self._year(condition)
            if all(span.kind is Kind.MONTH for span in condition.values):
                return self._months(condition)
        unsaid = condition.mention is None and not condition.axis and not condition.unit
        ref = self._only_measure(condition) if unsaid else self._column(condition)
        constants = [self._constant(ref, span, condition.unit) for span in condition.values]
        left: Expression = ref
        if condition.values[0].kind is Kind.NUMBER and condition.values[0].text.lower() in ("late", "delayed", "early"):
            self.assumptions.append(f"{condition.values[0].text!r} is taken as {ref.name!r} {condition.operator} 0")
        if self._schema.is_temporal(ref) and all(isinstance(c, int) for c in constants):
            left = Bucket("year", ref)
        if self._schema.is_text(ref) and all(not isinstance(c, str) for c in constants):
            left = Number(ref)
        if condition.how == "between":
            return ref.table, (Between(left, constants[0], constants[1]),)
        if len(constants) > 1:
            return ref.table, (In(left, tuple(constants)),)
        return ref.table, (Compare(left, condition.operator, constants[0]),)

    def _only_measure(self, condition: Condition) -> ColumnRef:
        """Orders above 20: the only column of numbers, where it is one of amounts."""
        text = condition.values[0].text
        order = self._order()
        refs = self._schema.columns(order[0]) if order and condition.operator != "=" else ()
        measures = [ref for ref in refs if self._schema.is_numeric(ref) and not self._schema.is_key(ref)]
        if len(measures) != 1 or not ADDITIVE & set(self._schema.words(measures[0])):
            raise decline(text, f"it is not said what {text!r} is compared with")
        self.assumptions.append(f"{text!r} is compared with {measures[0].name!r}")
        return measures[0]

    def _constant(self, ref: ColumnRef, span: Span, unit: str) -> Constant:
        if span.kind is not Kind.NUMBER:
            if self._schema.is_numeric(ref):
                raise decline(span.text, f"{span.text!r} is no number, and {ref.name!r} holds numbers")
            return span.meaning or span.text
        number = span.number
        if unit:
            number = self._converted(ref, number, unit, span)
        if self._schema.is_text(ref):
            if self._schema.is_numeric_text(ref):
                return number
            if self._seen(ref, span.meaning):
                return span.meaning
            raise decline(span.text, f"{ref.name!r} holds text, not numbers")
        return number

    def _seen(self, ref: ColumnRef, text: str) -> bool:
        profile = self._schema.column(ref).profile
        return profile is not None and text in profile.values

    def _converted(self, ref: ColumnRef, number: float, unit: str, span: Span) -> int | float:
        stored = self._resolver.unit_of(ref, unit)
        if stored is None:
            if unit in self._schema.words(ref) or not self._schema.column(ref).comment:
                self.assumptions.append(f"{ref.name!r} is taken to be in {unit}s")
                return number
            raise decline(f"{span.text} {unit}", f"nothing says in which unit {ref.name!r} is")
        if stored == unit:
            return number
        converted = number * UNITS[unit][1] / UNITS[stored][1]
        self.assumptions.append(f"{span.text} {unit}s are {converted:g} {stored}s")
        return int(converted) if float(converted).is_integer() else converted

    def _against(self, condition: Condition) -> tuple[str, tuple[Predicate, ...]]:
        if condition.function is not None or condition.sub is None:
            raise decline("average")
        ref = self._column(condition)
        sub = condition.sub.mention
        other = ref if sub is None or sub is condition.mention else self._resolver.column(sub, ref.table)
        plan = Plan(Source(other.table), (Aggregate(condition.sub.function, other),))
        return ref.table, (Compare(ref, condition.operator, plan),)

    def _columns(self, condition: Condition, other: Mention) -> tuple[str, tuple[Predicate, ...]]:
        one = self._column(condition)
        two = self._resolver.column(other, one.table)
        kinds = [(self._schema.is_numeric(ref), self._schema.is_temporal(ref)) for ref in (one, two)]
        if one.table != two.table or one == two or kinds[0] != kinds[1] or not any(kinds[0]):
            raise decline(other.span.text, f"{one.name!r} and {two.name!r} cannot be compared row by row")
        return one.table, (CompareColumns(one, condition.operator, two),)

    def _clock(self, condition: Condition) -> tuple[str, tuple[Predicate, ...]]:
        first, *rest = condition.values
        ref = self._resolver.clock(self._order(), condition.hint, first)
        self.assumptions.append(f"{first.text!r} is taken as {ref.name!r} {condition.operator} {first.meaning}")
        if rest:
            self.assumptions[-1] = f"the time of day is taken as {ref.name!r}"
            return ref.table, (Between(ref, int(first.meaning), int(rest[0].meaning)),)
        return ref.table, (Compare(ref, condition.operator, int(first.meaning)),)

    # --- dates -------------------------------------------------------------------------------------------------------

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


def negate(predicate: Predicate) -> Predicate:
    """The opposite of a predicate; rows without a value satisfy neither."""
    match predicate:
        case Compare(left, operator, right):
            return Compare(left, _OPPOSITE[operator], right)
        case CompareColumns(left, operator, right):
            return CompareColumns(left, _OPPOSITE[operator], right)
        case In() | Between() | IsNull() | Like():
            return replace(predicate, negated=not predicate.negated)
    raise TypeError(predicate)

"""From a condition of the reading to a predicate on one column."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from sparkwright.generators.offline.dates import Dates
from sparkwright.generators.offline.english import ADDITIVE, UNITS
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import names_table
from sparkwright.generators.offline.plan import (
    Aggregate,
    Between,
    Bucket,
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
from sparkwright.generators.offline.spans import Span

_OPPOSITE: dict[Operator, Operator] = {"=": "!=", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}


class Predicates(Dates):
    """Builds predicates; notes what it assumed."""

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

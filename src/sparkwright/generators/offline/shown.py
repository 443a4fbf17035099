"""What is shown: columns, labels, aggregates, and what they are grouped by."""

from __future__ import annotations

from sparkwright.generators.offline.english import ADDITIVE, UNITS
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import names_table
from sparkwright.generators.offline.parts import Draftsman, short
from sparkwright.generators.offline.plan import (
    Aggregate,
    Bucket,
    ColumnRef,
    Expression,
    Function,
)
from sparkwright.generators.offline.predicates import Predicates
from sparkwright.generators.offline.reading import Item, Mention, decline
from sparkwright.generators.offline.words import lemma


class Shown(Draftsman):
    """Items and groups of a reading as expressions."""

    def _focus(self) -> str | None:
        """The table that the question is about."""
        reading = self.reading
        for item in reading.items:
            if item.mention is not None and item.mention.owner is not None:
                return self.resolver.table(item.mention.owner)
            if item.mention is not None and names_table(item.mention.span):
                return self.resolver.table(item.mention.span)
        if reading.subject is not None and reading.subject.tables:
            return self.resolver.table(reading.subject)
        return self.resolver.anchors[0] if self.resolver.anchors else None

    def _items(self) -> None:
        for item in self.reading.items:
            self.parts.select += self._item(item)

    def _item(self, item: Item) -> list[Expression]:
        mention = item.mention
        if item.everything:
            table = self.resolver.table(mention.span) if mention else self.focus
            if table is None:
                raise decline("all information")
            self.parts.whole = table
            return []
        if mention is None:
            return [Aggregate("count")]
        if item.function == "count" and any(has.operator for has in self.reading.has):
            return [Aggregate("count")]
        if item.function is not None:
            return [self._aggregate(item.function, mention, item.distinct or self.reading.distinct)]
        if names_table(mention.span):
            return self._rows_of(self.resolver.table(mention.span))
        if mention.span.kind is Kind.BUCKET or (self._counting() and self._calendar(mention)):
            return list(self._bucket(mention))
        if mention.span.text.lower() in ("days", "months", "weeks", "dates") and self._calendar(mention):
            if not self._aggregating():
                self.reading.distinct = True
            return list(self._bucket(mention))
        if self.reading.summed:
            return [self._summed(mention)]
        return list(self._columns(mention))

    def _summed(self, mention: Mention) -> Aggregate:
        """Amount by customer: added up, where adding up is what such a column is for."""
        ref = self.resolver.column(mention, self.focus)
        additive = bool(set(self.schema.words(ref)) & ADDITIVE)
        if not additive or not self.schema.is_numeric(ref) or self.schema.is_key(ref):
            raise decline("by", f"it is not said which figure of {ref.name!r} is wanted", "say total, average, highest")
        self.assumptions.append(f"{ref.name!r} is added up for each group")
        return self._measure("sum", ref, False, mention.span.text)

    def _counting(self) -> bool:
        extremes = any(s.function or (s.mention and not s.axis) for s in self.reading.superlatives)
        return extremes or any(has.operator for has in self.reading.has)

    def _rows_of(self, table: str) -> list[Expression]:
        """A table by itself: the names of its rows, or the whole rows where they have no name."""
        named = self.schema.labels(table) or self.schema.identity(table)
        if named or ((self.reading.groups or self.reading.superlatives) and not self._ranks_rows()):
            return list(self._label(table))
        self.parts.whole = table
        return []

    def _ranks_rows(self) -> bool:
        """Whether the extremes asked for are of single rows: the longest flight, not the most flights."""
        extremes = self.reading.superlatives
        return bool(extremes) and not any(
            s.function or s.axis == "count" or (s.mention and names_table(s.mention.span)) for s in extremes
        )

    def _columns(self, mention: Mention) -> tuple[ColumnRef, ...]:
        """The column, or first and last name where a person's name is asked for."""
        if mention.span.meaning in ("name", "full name") and not mention.span.tables:
            table = self.resolver.table(mention.owner) if mention.owner else self.focus
            labels = self.schema.labels(table) if table else ()
            if len(labels) > 1 or (labels and mention.span.meaning == "name"):
                return labels
        return (self.resolver.column(mention, self.focus),)

    def _label(self, table: str) -> tuple[ColumnRef, ...]:
        labels = self.schema.labels(table)
        if labels:
            return labels
        identity = self.schema.identity(table)
        if identity:
            return identity
        raise decline(
            short(table),
            f"nothing says by which column {short(table)} are to be listed",
            hint="name the columns to show",
        )

    def _aggregate(self, function: Function, mention: Mention, distinct: bool) -> Aggregate:
        if names_table(mention.span):
            table = self.resolver.table(mention.span)
            if function not in ("count", "share", "percentage"):
                raise decline(mention.span.text, f"{mention.span.text!r} is a table, not a number")
            self._rest_on(table)
            if function != "count":
                return Aggregate(function)
            if distinct:
                label = self.schema.labels(table) or self.schema.identity(table)
                if len(label) == 1:
                    return Aggregate("count_distinct", label[0])
            return Aggregate("count")
        ref = self.resolver.column(mention, self.focus)
        return self._measure(function, ref, distinct, mention.span.text)

    def _measure(self, function: Function, ref: ColumnRef, distinct: bool, text: str) -> Aggregate:
        self.parts.measured.append(ref)
        if function != "count":
            if (
                function not in ("min", "max")
                and not self.schema.is_numeric(ref)
                and not self.schema.is_numeric_text(ref)
            ):
                raise decline(text, f"{ref.name!r} holds no numbers")
            if self.schema.is_text(ref) and not self.schema.is_numeric_text(ref) and not self.schema.is_date_text(ref):
                raise decline(text, f"{ref.name!r} holds text: there is no largest or smallest")
            self._rest_on(ref.table)
            return Aggregate(function, ref, text=self.schema.is_numeric_text(ref))
        self._rest_on(ref.table)
        if self.schema.is_numeric(ref) and not self.schema.is_key(ref) and not distinct:
            if self.schema.words(ref)[-1] in ("day", "month", "week", "quarter", "hour", "minute", "date", "time"):
                raise decline(text, f"{ref.name!r} is not something to add up", "say what is counted for each of them")
            units = {word for word in self.schema.comment_words(ref) if word in UNITS}
            if units and not units & {lemma(word) for word in text.lower().split()}:
                raise decline(text, f"{ref.name!r} is a measure, not something to count", "say total, average, highest")
            self.assumptions.append(f"'how many' {text} is taken as the sum of {ref.name!r}")
            return Aggregate("sum", ref)
        if self.schema.is_unique(ref):
            return Aggregate("count")
        if not distinct:
            self.assumptions.append(f"different values of {ref.name!r} are counted")
        return Aggregate("count_distinct", ref)

    def _rest_on(self, table: str) -> None:
        """The first thing that is measured says which rows are looked at."""
        if self.parts.base is None:
            self.parts.base = table
        self.parts.tables.append(table)

    # --- groups ------------------------------------------------------------------------------------------------------

    def _groups(self) -> None:
        for mention in self.reading.groups:
            keys = self._group(mention)
            self.parts.groups += keys
        if self.parts.groups and not self._aggregating():
            if not self.reading.superlatives:
                self._check_groups()
            self.parts.groups.clear()

    def _check_groups(self) -> None:
        """Nothing is aggregated: `for each order` only says of which rows, but `amount per quantity` is a figure."""
        tables = {e.table for e in self.parts.select if isinstance(e, ColumnRef)} | {self.parts.whole}
        for mention in self.reading.groups:
            shown = names_table(mention.span) and self.resolver.table(mention.span) in tables
            if not shown and not set(self._group(mention)) & set(self.parts.select):
                raise decline(mention.span.text, f"it is not said what is wanted for each {mention.span.text}")

    def _aggregating(self) -> bool:
        sups = any(s.function or (s.mention and names_table(s.mention.span)) for s in self.reading.superlatives)
        return any(isinstance(e, Aggregate) for e in self.parts.select) or sups

    def _group(self, mention: Mention) -> list[ColumnRef | Bucket]:
        if mention.span.kind is Kind.BUCKET or self._calendar(mention):
            return list(self._bucket(mention))
        if names_table(mention.span):
            return list(self._label(self.resolver.table(mention.span)))
        near = self.parts.base or self.focus
        return [self.resolver.column(mention, near)]

    def _calendar(self, mention: Mention) -> bool:
        """Whether `day` is a day of the month of a year, not only a number from 1 to 31."""
        return (
            mention.span.meaning in ("day", "month", "week", "date")
            and mention.owner is None
            and self._parts_of_date(mention) is not None
        )

    def _parts_of_date(self, mention: Mention) -> list[ColumnRef] | None:
        table = self.parts.base or self.focus
        if table is None and mention.span.columns:
            table = self.resolver.column(mention).table
        if table is None:
            return None
        units = {"month": ("year", "month"), "day": ("year", "month", "day"), "date": ("year", "month", "day")}.get(
            mention.span.meaning, ()
        )
        refs = [ref for unit in units for ref in self.schema.columns(table) if self.schema.words(ref) == (unit,)]
        if len(refs) != len(units) or not refs:
            return None
        return [ref for ref in refs if ref is refs[-1] or not self._constant(ref)]

    def _constant(self, ref: ColumnRef) -> bool:
        profile = self.schema.column(ref).profile
        return profile is not None and profile.distinct <= 1

    def _bucket(self, mention: Mention) -> list[ColumnRef | Bucket]:
        parts = self._parts_of_date(mention)
        if parts is not None:
            return [*self._each_year(mention, *parts)]
        unit = mention.span.meaning
        tables = self.resolver.ranked(t for t in (self.parts.base, self.focus) if t)
        found = Predicates(self.schema, self.resolver, tables).part(unit, tables)
        if not isinstance(found, ColumnRef | Bucket):
            raise decline(mention.span.text, f"nothing says which column {mention.span.text!r} is")
        if isinstance(found, Bucket) and found.unit == "dayofmonth":
            found = Bucket("day", found.column)
        if isinstance(found, Bucket) and found.unit == "hour":
            self.assumptions.append("the same hour of different days is taken together")
        return [*self._each_year(mention, *self._with_year(found))]

    def _with_year(self, part: ColumnRef | Bucket) -> list[ColumnRef | Bucket]:
        """A month or a quarter with its year before it, unless all dates are of one year."""
        if not isinstance(part, Bucket) or part.unit not in ("month", "quarter"):
            return [part]
        if isinstance(part.column, ColumnRef):
            return [part] if self.schema.is_of_one_year(part.column) else [Bucket("year", part.column), part]
        return [part] if self._constant(part.column.year) else [part.column.year, part]

    def _each_year(self, mention: Mention, *parts: ColumnRef | Bucket) -> tuple[ColumnRef | Bucket, ...]:
        """Without the year where the month of the year is asked for."""
        if len(parts) < 2 or "year" not in mention.span.text.lower().split():
            return parts
        self.assumptions.append(f"the same {mention.span.meaning} of different years is taken together")
        return parts[-1:]

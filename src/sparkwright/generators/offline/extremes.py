"""Extremes, counts, order and limit: which rows or groups come first, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sparkwright.generators.offline.english import ADDITIVE, BETTER_IF_MORE, WORSE_IF_MORE
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.mentions import names_table
from sparkwright.generators.offline.parts import words_of
from sparkwright.generators.offline.plan import (
    Aggregate,
    Bucket,
    ColumnRef,
    Compare,
    Expression,
    Function,
    Ordering,
)
from sparkwright.generators.offline.reading import Condition, Has, Item, Mention, Superlative, decline
from sparkwright.generators.offline.shown import Shown


class Extremes(Shown):
    """Superlatives, count conditions and sorts of a reading."""

    def _more_is_worse(self, ref: ColumnRef, text: str) -> bool:
        """Whether more of a measure is worse; declines where nobody can know."""
        words = set(self.schema.words(ref))
        if not words & (WORSE_IF_MORE | BETTER_IF_MORE):
            raise decline(text, f"it is not said whether more {ref.name!r} is better", "say highest or lowest")
        return bool(words & WORSE_IF_MORE)

    def _judged(self, extreme: Superlative) -> Superlative:
        """Best and worst as highest or lowest, as the measure has it."""
        text = extreme.span.text if extreme.span else ""
        if text not in ("best", "worst") or extreme.mention is None or names_table(extreme.mention.span):
            return extreme
        more_is_worse = self._more_is_worse(self.resolver.column(extreme.mention, self.focus), text)
        return replace(extreme, direction="desc" if (text == "worst") == more_is_worse else "asc", worst=True)

    def _judged_comparison(self, condition: Condition) -> Condition:
        """Better and worse than as more or less than."""
        if condition.axis not in ("better", "worse") or condition.mention is None:
            return condition
        ref = self.resolver.column(condition.mention, self.focus)
        more = (condition.axis == "worse") == self._more_is_worse(ref, condition.axis)
        self.assumptions.append(f"{condition.axis!r} is taken as {'more' if more else 'less'} {ref.name!r}")
        return replace(condition, operator=">" if more else "<", axis="")

    def _superlatives(self) -> None:
        extremes = [self._judged(extreme) for extreme in self.reading.superlatives]
        if len(extremes) > 1:
            raise decline(
                extremes[1].span.text if extremes[1].span else "most", "more than one extreme is not followed yet"
            )
        within = bool(extremes and self.reading.groups) and not any(isinstance(e, Aggregate) for e in self.parts.select)
        if within and self._largest_of_each(extremes[0]):
            return
        for extreme in extremes:
            expression = self._extreme(extreme)
            self.parts.order.append(Ordering(expression, extreme.direction))
            self.parts.limit = extreme.limit or self.reading.limit or 1
            if within:
                self._within_each()
            if extreme.worst:
                end = "highest" if extreme.direction == "desc" else "lowest"
                text = extreme.span.text if extreme.span else "worst"
                self.assumptions.append(f"{text!r} is taken as the {end} {words_of(expression)}")
            told = (
                isinstance(expression, Aggregate) and self.parts.limit > 1 and extreme.function not in (None, "count")
            )
            if (told or self._shows(expression)) and expression not in self.parts.select:
                self.parts.select.append(expression)

    def _largest_of_each(self, extreme: Superlative) -> bool:
        """The longest distance of each carrier: the figure itself is asked for."""
        mention = extreme.mention
        if self.parts.select or self.parts.whole or mention is None or names_table(mention.span) or self.reading.has:
            return False
        if extreme.function is not None or extreme.limit or self.reading.limit:
            return False
        ref = self.resolver.column(mention, self.focus)
        if not self.schema.is_numeric(ref) or self.schema.is_key(ref):
            return False
        self.parts.select.append(
            self._measure("max" if extreme.direction == "desc" else "min", ref, False, mention.span.text)
        )
        self.parts.groups = [key for group in self.reading.groups for key in self._group(group)]
        return True

    def _within_each(self) -> None:
        """The first of each group, not of all."""
        parts = self.parts
        keys = [key for group in self.reading.groups for key in self._group(group)]
        if not keys or self.reading.distinct or not (parts.select or parts.whole):
            raise decline("each", "the extreme of each group is not followed here")
        parts.partition = keys
        parts.groups = []
        parts.select = [*(key for key in keys if key not in parts.select), *parts.select] if not parts.whole else []

    def _extreme(self, extreme: Superlative) -> Expression:
        mention = extreme.mention
        text = extreme.span.text if extreme.span else ""
        if mention is None and extreme.axis == "count":
            return self._occurrences()
        near = tuple(t for t in (self.parts.base, self.focus) if t)
        if mention is None:
            ref = self.resolver.axis(extreme.axis, near)
            if ref is None:
                raise decline(text, f"nothing says which column {text!r} is about")
            self.assumptions.append(
                f"{text!r} is taken as the {'highest' if extreme.direction == 'desc' else 'lowest'} {ref.name!r}"
            )
            return self._row_or_group(extreme, ref)
        if mention.span.kind is Kind.UNIT:
            ref = self.resolver.by_unit(mention.span.meaning, near) or decline_unit(mention)
            return self._row_or_group(extreme, ref)
        if names_table(mention.span):
            self._rest_on(self.resolver.table(mention.span))
            return Aggregate("count")
        ref = self.resolver.column(mention, self.focus)
        numeric = self.schema.is_numeric(ref) and not self.schema.is_key(ref)
        if extreme.function == "count" and not numeric:
            return self._measure("count", ref, False, mention.span.text)
        return self._row_or_group(extreme, ref)

    def _occurrences(self) -> Expression:
        if not self.reading.items and self.focus:
            self.parts.select += self._label(self.focus)
        tables = [t for t in self.resolver.anchors if t != self.focus]
        if self.focus is not None and self._is_labels():
            many = [t for t in tables if self._many(self.focus, t)]
            if len(many) != 1:
                raise decline("most common", "it is not said what is counted")
            self._rest_on(many[0])
        return Aggregate("count")

    def _is_labels(self) -> bool:
        """Whether what is shown names single rows of a table, so that counting them says nothing."""
        refs = [e for e in self.parts.select if isinstance(e, ColumnRef)]
        return bool(refs) and any(self.schema.is_unique(ref) or ref in self.schema.labels(ref.table) for ref in refs)

    def _many(self, start: str, end: str) -> bool:
        path = self.joiner.path(start, end)
        return bool(path) and any(edge.many for edge in path or ())

    def _row_or_group(self, extreme: Superlative, ref: ColumnRef) -> Expression:
        """The column itself, or its total over each thing that is shown."""
        if extreme.function not in (None, "count"):
            return self._measure(extreme.function, ref, False, ref.name)
        shown = [e for e in self.parts.select if not isinstance(e, Aggregate)]
        words = extreme.span.text.split() if extreme.span else []
        amount = bool(words) and not extreme.axis and bool({"most", "least", "fewest", "number", "amount"} & set(words))
        amount = amount and not any(self._owned_by(item, ref.table) for item in self.reading.items)
        if amount and self.schema.is_numeric(ref) and shown and self._spread(shown, ref):
            self._rest_on(ref.table)
            self.assumptions.append(f"{ref.name!r} is added up for each of what is shown")
            return Aggregate("sum", ref)
        measured = self.schema.is_numeric(ref) and not self.schema.is_key(ref)
        if measured and shown and not self.parts.groups and self._spread(shown, ref) and not self._several(extreme):
            end = "highest" if extreme.direction == "desc" else "lowest"
            self.assumptions.append(f"the {end} single {ref.name!r} ranks, not the total")
            if (extreme.limit or self.reading.limit or 1) > 1:
                self._rest_on(ref.table)
                return Aggregate("max" if extreme.direction == "desc" else "min", ref)
        if self.parts.groups:
            self._rest_on(ref.table)
            return Aggregate("sum" if amount else "max" if extreme.direction == "desc" else "min", ref)
        if not self.parts.select and not self.parts.whole and self.focus and self.focus == ref.table:
            self.parts.select += self._label(self.focus)
        return ref

    def _several(self, extreme: Superlative) -> bool:
        """Whether several columns of a row are listed, so that rows are meant, not things."""
        return len(self.reading.items) > 1 and extreme.limit is None

    def _owned_by(self, item: Item, table: str) -> bool:
        owner = item.mention.owner if item.mention else None
        return owner is not None and self.resolver.table(owner) == table

    def _spread(self, shown: Sequence[Expression], ref: ColumnRef) -> bool:
        """Whether several rows of the measured table belong to one thing that is shown."""
        columns = [e for e in shown if isinstance(e, ColumnRef)]
        same = [c for c in columns if c.table == ref.table]
        if same:
            labels = self.schema.labels(ref.table)
            return not any(self.schema.is_unique(c) or c in labels for c in same)
        return any(self._many(c.table, ref.table) for c in columns)

    def _counts(self) -> None:
        for has in self.reading.has:
            if has.operator is None:
                continue
            if has.operator in ("<", "<=", "=") and not (has.operator == "=" and has.number > 0):
                self._none_at_all(has)
            if any(isinstance(e, Aggregate) for e in self.parts.select):
                self._count_groups(has)
            if has.mention is not None:
                self._rest_on(self.resolver.table(has.mention.span))
            self.parts.having.append(Compare(Aggregate("count"), has.operator, has.number))

    def _none_at_all(self, has: Has) -> None:
        """Few may be none, and what has none is not among the rows that are counted."""
        if has.number <= (1 if has.operator == "<" else 0):
            raise decline(str(has.number), "what has none at all is asked for with 'without'")
        self.assumptions.append("those that have none at all are left out")

    def _count_groups(self, has: Has) -> None:
        """How many customers have more than two orders: groups are counted, not rows."""
        item = self.reading.items[0]
        alone = len(self.reading.items) == 1 and len(self.reading.has) == 1
        if not alone or item.function != "count" or item.mention is None or has.mention is None or self.parts.groups:
            raise decline(str(has.number), "a count of things that have so many others is not followed here")
        keys: list[ColumnRef | Bucket]
        if names_table(item.mention.span):
            table = self.resolver.table(item.mention.span)
            keys = list(self.schema.identity(table) or self.schema.labels(table))
        else:
            table, keys = "", self._group(item.mention)
        if not keys or table == self.resolver.table(has.mention.span):
            raise decline(item.mention.span.text)
        self.parts.select, self.parts.counted = list(keys), True
        self.parts.base, self.parts.tables = None, []

    def _sorts(self) -> None:
        for sort in self.reading.sorts:
            if sort.mention is None and sort.function is None:
                measured = [e for e in self.parts.select if isinstance(e, Aggregate)] if sort.measure else []
                first = next(iter([*measured, *self.parts.select]), None)
                if first is None:
                    raise decline("order")
                self.parts.order.append(Ordering(first, sort.direction))
                continue
            key = self._ranked(self._sort_key(sort.mention, sort.function))
            self.parts.order.append(Ordering(key, sort.direction))
            if self.reading.ranked and key not in self.parts.select and self._shows(key):
                self.parts.select.append(key)

    def _ranked(self, key: Expression) -> Expression:
        """The total of what ranks, where each of what is ranked has several rows of it: top customers by amount."""
        shown = [e for e in self.parts.select if not isinstance(e, Aggregate)]
        cut = self.reading.limit is not None or self.reading.limit_direction is not None
        if not cut or not isinstance(key, ColumnRef) or not shown or not self._spread(shown, key):
            return key
        if not self.schema.is_numeric(key) or self.schema.is_key(key):
            return key
        if not set(self.schema.words(key)) & ADDITIVE:
            raise decline(
                key.name,
                f"each of what is ranked may have several {key.name!r}",
                f"say whether the total, the average or the highest {key.name!r} ranks",
            )
        self._rest_on(key.table)
        self.assumptions.append(f"{key.name!r} is added up for each of what is ranked")
        return Aggregate("sum", key)

    def _shows(self, key: Expression) -> bool:
        """Whether the figure that ranks is shown beside what it ranks: not where a name alone is asked for."""
        if isinstance(key, Aggregate) and self.reading.ranked:
            return True
        if not self.parts.select or self.parts.whole or len(self.reading.items) > 1 or self.reading.distinct:
            return False
        mentions = [item.mention for item in self.reading.items if item.mention is not None]
        return not any(m.owner or m.span.meaning.split()[-1:] in (["name"], ["title"], ["id"]) for m in mentions)

    def _sort_key(self, mention: Mention | None, function: Function | None) -> Expression:
        if mention is None:
            return Aggregate("count")
        if function is not None and not (function == "count" and self._is_measure(mention)):
            return self._aggregate(function, mention, False)
        if names_table(mention.span):
            table = self.resolver.table(mention.span)
            cut = self.reading.limit is not None or self.reading.limit_direction is not None
            others = [e for e in self.parts.select if isinstance(e, ColumnRef)]
            if cut and others and all(e.table != table and self._many(e.table, table) for e in others):
                self._rest_on(table)
                return Aggregate("count")
            shown = [e for e in self.parts.select if isinstance(e, ColumnRef) and e.table == table]
            return shown[0] if shown else self._label(table)[0]
        if mention.span.meaning in ("count", "number", "frequency", "total", "average") and self._aggregating():
            return next(e for e in self.parts.select if isinstance(e, Aggregate))
        return self._columns(mention)[0]

    def _is_measure(self, mention: Mention) -> bool:
        """Whether `number of sales` is a column of numbers, and rows are shown one by one."""
        if names_table(mention.span) or self._aggregating():
            return False
        ref = self.resolver.column(mention, self.focus)
        return self.schema.is_numeric(ref) and not self.schema.is_key(ref)

    def _limit(self) -> None:
        reading, parts = self.reading, self.parts
        if reading.limit is None or parts.limit is not None:
            return
        parts.limit = reading.limit
        aggregates = [e for e in parts.select if isinstance(e, Aggregate)]
        if not parts.order:
            by = self._ranking(aggregates)
            parts.order.append(Ordering(by, reading.limit_direction or "desc"))

    def _ranking(self, aggregates: list[Aggregate]) -> Expression:
        if aggregates:
            return aggregates[0]
        raise decline(str(self.reading.limit), "it is not said by what the top ones are chosen")

    def _group_by(self) -> None:
        """Group by what is shown beside aggregates, and by the key that tells equal names apart."""
        parts = self.parts
        aggregating = any(isinstance(e, Aggregate) for e in parts.select)
        aggregating = aggregating or bool(parts.having) or any(isinstance(o.expression, Aggregate) for o in parts.order)
        if not aggregating:
            return
        plain = [e for e in parts.select if isinstance(e, ColumnRef | Bucket)]
        if parts.whole:
            raise decline("all information", "all columns of grouped rows are not followed yet")
        asked = list(parts.groups)
        parts.groups = [*(g for g in asked if g not in plain), *plain]
        parts.select = [*(g for g in asked if g not in plain), *parts.select]
        counted = [*parts.having, *(o for o in parts.order if isinstance(o.expression, Aggregate))]
        single = any(
            isinstance(g, ColumnRef) and self.schema.is_unique(g) and parts.base in (None, g.table)
            for g in parts.groups
        )
        if counted and single and not asked:
            raise decline("at least", "each of what is shown is one row, so there is nothing to count")
        for table in dict.fromkeys(ref.table for ref in parts.groups if isinstance(ref, ColumnRef)):
            parts.groups += self._missing_key(table)
        if parts.counted:
            return
        if not parts.order and not any(isinstance(g, Bucket) or self._in_time(g) for g in parts.groups):
            parts.order = self._usual_order()
        if not parts.order and any(isinstance(g, Bucket) or self._in_time(g) for g in parts.groups):
            parts.order = [Ordering(g) for g in parts.groups]

    def _usual_order(self) -> list[Ordering]:
        """Counts by group come largest first, other figures in the order of the groups."""
        keys = [Ordering(key) for key in self.parts.groups if key in self.parts.select]
        counts = [e for e in self.parts.select if isinstance(e, Aggregate)]
        largest = [Ordering(counts[0], "desc")] if counts and counts[0].function.startswith("count") else []
        return [*largest, *keys] if keys else []

    def _in_time(self, key: ColumnRef | Bucket) -> bool:
        return isinstance(key, ColumnRef) and self.schema.words(key)[-1:] in {
            ("year",),
            ("month",),
            ("day",),
            ("hour",),
            ("week",),
            ("quarter",),
        }

    def _missing_key(self, table: str) -> list[ColumnRef]:
        """The key of a table of which only names are grouped by, where names may repeat."""
        shown = [g for g in self.parts.groups if isinstance(g, ColumnRef) and g.table == table]
        labels = self.schema.labels(table)
        if (
            self.parts.base == table
            or not any(ref in labels for ref in shown)
            or any(self.schema.is_unique(ref) for ref in shown)
        ):
            return []
        return [ref for ref in self.schema.identity(table) if ref not in shown]


def decline_unit(mention: Mention) -> ColumnRef:
    """Say that no column measures in a unit."""
    raise decline(mention.span.text, f"no column, or more than one, is in {mention.span.text}")

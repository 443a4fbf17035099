"""From a reading to a plan: the steps in their order, and the checks that nothing is lost."""

from __future__ import annotations

from dataclasses import replace

from sparkwright.generators.offline import checks
from sparkwright.generators.offline.mentions import names_table
from sparkwright.generators.offline.naming import variable
from sparkwright.generators.offline.parts import edges_of, short, tables_of
from sparkwright.generators.offline.plan import (
    Aggregate,
    Bucket,
    ColumnRef,
    Compare,
    Exists,
    Expression,
    Ordering,
    Plan,
    Source,
)
from sparkwright.generators.offline.reading import Reading, decline
from sparkwright.generators.offline.restricting import PASSED_OVER
from sparkwright.generators.offline.rows import Rows
from sparkwright.generators.offline.schema import Schema
from sparkwright.generators.offline.spans import Span


def compose(
    reading: Reading, schema: Schema, spans: tuple[Span, ...], words: tuple[str, ...]
) -> tuple[Plan, tuple[str, ...]]:
    """The plan of a reading, and what was assumed on the way."""
    return _Composer(reading, schema, spans, words).plan()


class _Composer(Rows):
    """Takes the steps one after the other."""

    def __init__(self, reading: Reading, schema: Schema, spans: tuple[Span, ...], words: tuple[str, ...]) -> None:
        super().__init__(reading, schema, spans, words)
        self._spans = spans

    def plan(self) -> tuple[Plan, tuple[str, ...]]:
        reading, parts = self.reading, self.parts
        if not reading.items and not reading.superlatives and not reading.groups:
            raise decline(
                " ".join(s.text for s in reading.tables) or "the question", "the question does not say what to show"
            )
        self.focus = self._focus()
        reading.conditions = [self._judged_comparison(condition) for condition in reading.conditions]
        self._items()
        self._groups()
        self._shares()
        self._superlatives()
        self._counts()
        for condition in reading.conditions:
            if condition.function is not None:
                self._having(condition)
        self._sorts()
        self._limit()
        self._group_by()
        if not parts.select and not parts.whole:
            raise decline("the question", "the question does not say what to show")
        self._check_sorts()
        self._check_negations()
        self._settle_ties()
        source = self._source()
        self._once_each(source)
        self._count_once(source)
        plan = Plan(
            source,
            () if parts.whole and not parts.groups else tuple(dict.fromkeys(parts.select)),
            tuple(dict.fromkeys(parts.groups)),
            tuple(parts.having),
            tuple(parts.order),
            parts.limit,
            reading.distinct and not any(isinstance(e, Aggregate) for e in parts.select),
            tuple(dict.fromkeys(parts.partition)),
            parts.counted,
        )
        plan = replace(plan, wide=checks.wide(plan, self.schema))
        checks.negations(plan, self.turned, self.schema, self.resolver.anchors)
        checks.repeats(plan, parts.base, self.schema)
        checks.measured_elsewhere(plan, self.resolver.anchors)
        checks.partitions(plan, self.schema)
        self._notes(plan)
        self._account(plan)
        notes = (*reading.notes, *self.assumptions, *self.resolver.assumptions)
        return plan, tuple(dict.fromkeys(notes))

    def _check_sorts(self) -> None:
        """A sort key has to be there when the rows are sorted."""
        parts = self.parts
        keys = [o.expression for o in parts.order]
        grouped = bool(parts.groups) or any(isinstance(e, Aggregate) for e in (*parts.select, *keys))
        if grouped and any(not isinstance(k, Aggregate) and k not in parts.groups for k in keys):
            raise decline("order", "the sort key is not among what is shown")
        if self.reading.distinct and not grouped and any(k not in parts.select for k in keys):
            raise decline("different", "different rows cannot be sorted by what is not shown")

    def _count_once(self, source: Source) -> None:
        """What is counted over a join that repeats its rows is counted by its key; what is summed there is declined."""
        parts = self.parts
        if parts.base != source.table or not any(edge.many for edge in source.joins):
            return
        key = self.schema.identity(source.table)
        shown = (*parts.select, *(h.left for h in parts.having), *(o.expression for o in parts.order))
        if any(self._is_repeated(e, source.table, len(key) == 1) for e in shown):
            raise decline(short(source.table), f"rows of {short(source.table)} would be counted several times")

        def once(e: Expression) -> Expression:
            return Aggregate("count_distinct", key[0]) if e == Aggregate("count") else e

        parts.select = [once(e) for e in parts.select]
        parts.having = [replace(h, left=once(h.left)) for h in parts.having]
        parts.order = [replace(o, expression=once(o.expression)) for o in parts.order]

    @staticmethod
    def _is_repeated(e: Expression, table: str, has_key: bool) -> bool:
        """Whether an aggregate comes out wrong where the rows of a table are repeated."""
        if not isinstance(e, Aggregate) or e.function in ("count_distinct", "min", "max"):
            return False
        return not has_key if e == Aggregate("count") else e.column is None or e.column.table == table

    def _settle_ties(self) -> None:
        """Of equal ones the first by what is shown: the same rows whenever it is asked."""
        parts = self.parts
        if parts.limit is None or not parts.order:
            return
        shown = [*parts.groups, *(e for e in parts.select if isinstance(e, ColumnRef | Bucket))]
        keys = list(self.schema.identity(parts.whole)) if parts.whole else list(dict.fromkeys(shown))
        sorted_by = {o.expression for o in parts.order}
        parts.order += [Ordering(key) for key in keys if key not in sorted_by and key not in parts.partition]

    def _check_negations(self) -> None:
        """`Never` speaks of all rows of what is shown; a filter on single rows does not say that."""
        refs = [e for e in self.parts.select if isinstance(e, ColumnRef)]
        keyed = any(self.schema.is_unique(ref) or ref in self.schema.labels(ref.table) for ref in refs)
        for condition in self.reading.conditions:
            if condition.never and refs and not keyed:
                raise decline(condition.never, f"{condition.never!r} would have to hold for all rows of what is shown")

    def _once_each(self, source: Source) -> None:
        """Which destinations: each once, unless single rows are asked for."""
        reading, parts = self.reading, self.parts
        refs = [e for e in parts.select if isinstance(e, ColumnRef)]
        owned = any(item.mention and (item.mention.owner or names_table(item.mention.span)) for item in reading.items)
        if parts.whole or parts.order or len(refs) != len(parts.select) or reading.distinct:
            return
        asked = (reading.which and not owned) or source.exists or not self.resolver.anchors
        if not asked:
            return
        if refs and not any(self.schema.is_unique(ref) or ref in self.schema.labels(ref.table) for ref in refs):
            reading.distinct = True
            self.assumptions.append("each value is listed once")

    def _account(self, plan: Plan) -> None:
        """Every table that was named has to have its part in the plan."""
        used = set(tables_of(plan.source))
        if len({variable(table) for table in used}) < len(used):
            raise decline("table", "two of the tables have the same name", hint="ask about one of them at a time")
        for anchor in self.resolver.anchors:
            if anchor not in used | self.explained:
                raise decline(short(anchor), f"it is not clear what {short(anchor)} has to do with the question")
        self._check_words(used)
        for exists in plan.source.exists:
            self._check_partner(exists)
        self.joiner.check(edges_of(plan.source))

    def _check_words(self, used: set[str]) -> None:
        """No word may be passed over that restricts: a value of a table in use, a verb that nothing explains."""
        for span in self._spans:
            columns = {link.column for link in span.values if link.column.table in used}
            if span.kind in PASSED_OVER and columns:
                names = " or ".join(sorted(f"{short(ref.table)}.{ref.name}" for ref in columns))
                raise decline(
                    span.text,
                    f"{span.text!r} may be a value of {names}, or say nothing",
                    f"say it as a restriction: 'where {min(ref.name for ref in columns)} is {span.text}'",
                )
        for verb in self.reading.dangling:
            if len(used | self.explained) < 2:
                raise decline(verb.text, f"nothing in the tables says which ones {verb.text!r} is true of")

    def _check_partner(self, exists: Exists) -> None:
        """A key that is restricted itself cannot be the one that leads to the partner, where there is another."""
        rivals = [
            e
            for e in self.schema.keys.edges(exists.edge.left)
            if e.right == exists.edge.right and e.on != exists.edge.on
        ]
        keys = {ColumnRef(exists.edge.right, b) for _, b in exists.edge.on}
        if rivals and any(isinstance(p, Compare) and p.left in keys for p in exists.source.where):
            raise decline(
                short(exists.edge.right),
                f"more than one key leads to {short(exists.edge.right)}",
                hint="name the key column",
            )

    def _notes(self, plan: Plan) -> None:
        self.assumptions += checks.left_out(plan, self.turned, self.schema)
        self.assumptions += checks.either(plan, self.resolver.anchors)
        averaged = [a.column for a in plan.aggregates if a.function in ("avg", "median") and a.column]
        for ref in averaged:
            profile = self.schema.column(ref).profile
            if checks.may_lack(profile):
                self.assumptions.append(f"rows with no {ref.name} (NULL) are left out of the average")
        if plan.limit is not None and plan.order:
            self.assumptions.append(
                f"ties beyond the first {plan.limit} are cut" if plan.limit > 1 else "of equal ones, one is shown"
            )

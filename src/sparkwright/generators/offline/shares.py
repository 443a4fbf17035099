"""Shares and percentages: which rows are counted, and of which they are a part."""

from __future__ import annotations

from dataclasses import replace

from sparkwright.generators.offline.extremes import Extremes
from sparkwright.generators.offline.parts import short
from sparkwright.generators.offline.plan import Aggregate, Compare, CompareColumns, Plan, Predicate
from sparkwright.generators.offline.predicates import Predicates, negate
from sparkwright.generators.offline.reading import Condition, decline


class Shares(Extremes):
    """Puts into a share the conditions that are true of some of its rows."""

    def _shares(self) -> None:
        reading, parts = self.reading, self.parts
        if reading.share is None:
            return
        met = self._counted()
        table = parts.base
        if table is None or reading.has or reading.superlatives:
            raise decline(reading.share.text, "it is not said of what the share is")
        predicates = [predicate for condition in met for predicate in self._true_of(condition, table)]
        parts.select = [
            replace(e, where=tuple(predicates)) if isinstance(e, Aggregate) and not e.column else e
            for e in parts.select
        ]
        reading.conditions = [c for c in reading.conditions if not any(c is one for one in met)]
        if reading.conditions:
            self.assumptions.append("the share is of those rows that the rest of the question describes")
        else:
            self.assumptions.append(f"the share is of all {short(table)}")

    def _counted(self) -> list[Condition]:
        """The conditions of which the share speaks; those put behind with `in` or `at` only say of which rows."""
        conditions = self.reading.conditions
        span = self.reading.share
        text = span.text if span else ""
        asserted = [c for c in conditions if c.share] or (conditions if len(conditions) == 1 else [])
        if not asserted or any(c.alternative for c in conditions):
            raise decline(text, "it is not said which rows the share counts")
        first, *rest = asserted
        if any(not c.placed for c in rest):
            raise decline(text, "more than one thing is said of the rows that the share counts")
        return [first]

    def _true_of(self, condition: Condition, table: str) -> list[Predicate]:
        predicates = Predicates(self.schema, self.resolver, (table,))
        where, built = predicates.build(condition)
        self.assumptions += predicates.assumptions
        path = self.joiner.path(table, where)
        if path is None or any(edge.many for edge in path) or (condition.negated and len(built) > 1):
            raise decline(
                short(where), f"a share of {short(table)} by what stands in {short(where)} is not followed yet"
            )
        if any(isinstance(p, Compare) and isinstance(p.right, Plan) for p in built):
            raise decline("average", "a share of what is above an average is not followed yet")
        self.parts.tables.append(where)
        if any(isinstance(p, Compare | CompareColumns) and p.operator != "=" for p in built):
            self.assumptions.append("rows without the value that is compared count as not meeting it")
        return [negate(p) for p in built] if condition.negated else list(built)

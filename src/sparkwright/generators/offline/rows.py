"""Which rows are looked at: joins, filters, semi and anti joins."""

from __future__ import annotations

from dataclasses import replace

from sparkwright.generators.offline.parts import short, table_of, words_of
from sparkwright.generators.offline.plan import (
    Aggregate,
    AnyOf,
    Between,
    ColumnRef,
    Compare,
    Edge,
    Exists,
    Expression,
    IsNull,
    Ordering,
    Plan,
    Predicate,
    Source,
)
from sparkwright.generators.offline.predicates import Predicates, negate
from sparkwright.generators.offline.reading import Condition, SubQuery, decline
from sparkwright.generators.offline.shares import Shares


class Rows(Shares):
    """The source of a plan."""

    def _source(self) -> Source:
        parts = self.parts
        shown = (table_of(e) for e in (*parts.select, *parts.groups, *(o.expression for o in parts.order)))
        needed = [table for table in dict.fromkeys((parts.base, *parts.tables, *shown)) if table]
        if parts.whole:
            needed.insert(0, parts.whole)
        if not needed and self.focus:
            needed = [self.focus]
        restrictions = self._restrictions(tuple(needed))
        if not needed:
            if not restrictions:
                raise decline("the question", "no table is named")
            needed = [restrictions[0][0]]
        self._keep_keys_at_home(needed)
        for item in self.reading.items:
            owner = self.resolver.table(item.mention.owner) if item.mention and item.mention.owner else None
            if owner and owner not in needed and not parts.base:
                needed.insert(0, owner)
        self._leave_out_nameless()
        base, *others = list(dict.fromkeys(needed))
        joins = self._joins(base, others)
        return self._restrict(Source(base, tuple(joins), tuple(self.present)), restrictions)

    def _keep_keys_at_home(self, needed: list[str]) -> None:
        """The key of another table stands in the rows that are grouped already: no join is needed for it."""
        parts = self.parts
        if parts.base is None or not parts.groups:
            return
        for edge in self.schema.keys.edges(parts.base):
            rivals = [e for e in self.schema.keys.edges(parts.base) if e.right == edge.right and e.on != edge.on]
            used = {e for e in (*parts.select, *parts.groups) if table_of(e) == edge.right}
            keys = {ColumnRef(edge.right, b): ColumnRef(edge.left, a) for a, b in edge.on}
            if edge.many or rivals or not used or not used <= set(keys) or edge.right not in needed:
                continue
            parts.select = [keys.get(e, e) if isinstance(e, ColumnRef) else e for e in parts.select]
            parts.groups = [keys.get(g, g) if isinstance(g, ColumnRef) else g for g in parts.groups]
            parts.order = [_swapped(order, keys) for order in parts.order]
            needed.remove(edge.right)
            self.explained.add(edge.right)
            self.present += [
                IsNull(home, negated=True) for key, home in keys.items() if key in used and self._may_lack(home)
            ]

    def _leave_out_nameless(self) -> None:
        """What ranks or picks groups leaves out the group of rows that have no key."""
        if not self.parts.having and self.parts.limit is None:
            return
        for key in self.parts.groups:
            profile = self.schema.column(key).profile if isinstance(key, ColumnRef) else None
            if isinstance(key, ColumnRef) and profile is not None and profile.nulls:
                self.present.append(IsNull(key, negated=True))
                self.assumptions.append(f"rows with no {key.name} are left out")

    def _may_lack(self, ref: ColumnRef) -> bool:
        profile = self.schema.column(ref).profile
        return profile is None or profile.nulls > 0

    def _joins(self, base: str, others: list[str]) -> list[Edge]:
        joins: list[Edge] = []
        known = [base]
        for table in others:
            path = self.joiner.path_from(known, table)
            if path is None or self.joiner.is_far(path):
                raise decline(short(table), f"nothing says how {short(base)} and {short(table)} belong together")
            for edge in path:
                if edge.right not in known:
                    known.append(edge.right)
                    joins.append(edge)
        return joins

    def _restrictions(self, near: tuple[str, ...]) -> list[tuple[str, tuple[Predicate, ...], bool, bool]]:
        """Table, predicates, whether negated, whether an alternative to the one before."""
        order = tuple(t for t in dict.fromkeys((*near, *([self.focus] if self.focus else []))))
        predicates = Predicates(self.schema, self.resolver, order)
        found = []
        for condition in self.reading.conditions:
            if condition.function is not None:
                continue
            for one in _one_by_one(condition):
                table, built = predicates.build(one)
                found.append((table, built, condition.negated, condition.alternative))
        self.assumptions += predicates.assumptions
        return found

    def _having(self, condition: Condition) -> None:
        if condition.mention is None or not condition.function:
            raise decline("average")
        if not self.parts.select or any(isinstance(e, Aggregate) for e in self.parts.select):
            raise decline(condition.mention.span.text)
        aggregate = self._aggregate(condition.function, condition.mention, False)
        if condition.sub is not None:
            self.parts.having.append(self._overall(condition, aggregate, condition.sub))
            return
        numbers = [span.number for span in condition.values]
        if condition.how == "between":
            self.parts.having.append(Between(aggregate, numbers[0], numbers[1]))
        else:
            self.parts.having.append(Compare(aggregate, condition.operator, numbers[0]))

    def _overall(self, condition: Condition, aggregate: Aggregate, sub: SubQuery) -> Compare:
        """An average of each group against that of all rows."""
        if sub.mention not in (None, condition.mention) or sub.function != aggregate.function or not aggregate.column:
            raise decline("average", "only the same figure over all rows can be compared with")
        if len(self.reading.conditions) > 1:
            raise decline("average", "it is not said whether the overall figure is of the restricted rows")
        table = aggregate.column.table
        self.assumptions.append(f"the overall {words_of(aggregate)} is that of all rows of {short(table)}")
        return Compare(aggregate, condition.operator, Plan(Source(table), (aggregate,)))

    def _restrict(self, source: Source, restrictions: list[tuple[str, tuple[Predicate, ...], bool, bool]]) -> Source:
        main = [source.table, *(edge.right for edge in source.joins)]
        joins, where = list(source.joins), list(source.where)
        partners: list[tuple[str, tuple[Edge, ...], tuple[Predicate, ...], bool]] = []
        negated_has = [self.resolver.table(h.mention.span) for h in self.reading.has if h.negated and h.mention]
        for table, predicates, negated, alternative in restrictions:
            if table not in main:
                path = self.joiner.path_from(main, table)
                if path is None or self.joiner.is_far(path):
                    raise decline(short(table), f"nothing says how {short(main[0])} and {short(table)} belong together")
                hidden = any(t in negated_has for t in (table, *(e.right for e in path)))
                if hidden or any(edge.many for edge in path):
                    if alternative and (where or partners):
                        raise decline("or", "one or the other of two tables is not followed yet")
                    partners.append((table, path, predicates, negated or hidden))
                    continue
                for edge in path:
                    joins.append(edge)
                    main.append(edge.right)
            turned = tuple(negate(p) for p in predicates) if negated else predicates
            self.turned += turned if negated else ()
            if negated and len(predicates) > 1:
                raise decline("not", "a negated date is not followed yet")
            if alternative and partners and not where:
                raise decline("or", "one or the other of two tables is not followed yet")
            if alternative and where:
                where[-1] = (
                    AnyOf((where[-1], *turned))
                    if not isinstance(where[-1], AnyOf)
                    else AnyOf((*where[-1].predicates, *turned))
                )
            else:
                where += turned
        clash = _contradict(where)
        if clash is not None:
            raise decline(clash, f"no row can be {clash!r} and something else at once")
        exists = self._partners(main, partners)
        return Source(source.table, tuple(joins), tuple(dict.fromkeys(where)), tuple(exists))

    def _partners(
        self, main: list[str], partners: list[tuple[str, tuple[Edge, ...], tuple[Predicate, ...], bool]]
    ) -> list[Exists]:
        """Semi and anti joins: conditions on one partner stand together."""
        reached = {table for table, _, _, _ in partners}
        for has in self.reading.has:
            if has.mention is None or has.operator is not None:
                continue
            table = self.resolver.table(has.mention.span)
            if table in main:
                if has.negated:
                    raise decline(has.mention.span.text)
                continue
            path = self.joiner.path_from(main, table)
            if path is None:
                raise decline(
                    has.mention.span.text, f"nothing says how {short(main[0])} and {short(table)} belong together"
                )
            if not has.negated and self._is_shown(path):
                self.explained.add(table)
                continue
            if table not in reached and not any(table in (e.right for e in p) for _, p, _, _ in partners):
                partners.append((table, path, (), has.negated))
        grouped: dict[tuple[Edge, bool, int], tuple[list[Edge], list[Predicate]]] = {}
        for index, (_, path, predicates, negated) in enumerate(partners):
            first = (path[0], negated, 0)
            clash = first in grouped and _contradict([*grouped[first][1], *predicates]) is not None
            edges, where = grouped.setdefault((path[0], negated, index if clash else 0), ([], []))
            edges += [edge for edge in path[1:] if edge not in edges]
            where += predicates
        return [
            Exists(edge, Source(edge.right, tuple(edges), tuple(where)), negated)
            for (edge, negated, _), (edges, where) in grouped.items()
        ]

    def _is_shown(self, path: tuple[Edge, ...]) -> bool:
        """Whether the key that leads to a table is shown itself: `by origin airport`."""
        keys = {ColumnRef(path[0].left, a) for a, _ in path[0].on} if path else set()
        return len(path) == 1 and not path[0].many and bool(keys & {*self.parts.select, *self.parts.groups})


def _swapped(order: Ordering, keys: dict[ColumnRef, ColumnRef]) -> Ordering:
    key = order.expression
    return replace(order, expression=keys.get(key, key)) if isinstance(key, ColumnRef) else order


def _one_by_one(condition: Condition) -> tuple[Condition, ...]:
    """Each value as a condition of its own, where all of them have to be met."""
    if not condition.both or len(condition.values) < 2 or condition.how != "is":
        return (condition,)
    return tuple(replace(condition, values=(value,)) for value in condition.values)


def _contradict(where: list[Predicate]) -> str | None:
    """The value of a second equality on a column, which no row can meet."""
    seen: dict[Expression, object] = {}
    for predicate in where:
        if not isinstance(predicate, Compare) or predicate.operator != "=" or isinstance(predicate.right, Plan):
            continue
        if seen.setdefault(predicate.left, predicate.right) != predicate.right:
            return str(predicate.right)
    return None

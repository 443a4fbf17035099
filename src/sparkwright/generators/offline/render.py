"""Write a plan as the PySpark that a person would write: one chain, only the imports it needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sparkwright.generators.offline.naming import Names, identifier_of, literal, table_text, tick, variable
from sparkwright.generators.offline.plan import (
    Aggregate,
    AnyOf,
    Between,
    Bucket,
    CalendarDate,
    ColumnRef,
    Compare,
    CompareColumns,
    Edge,
    Exists,
    Expression,
    In,
    IsNull,
    Like,
    Number,
    Ordering,
    Plan,
    Predicate,
    Source,
)

_RANK = "rank_in_group"
_FUNCTIONS = {"count_distinct": "countDistinct"}
_PYTHON = {"=": "==", "!=": "!=", ">": ">", ">=": ">=", "<": "<", "<=": "<="}
_BUCKETS = {
    **{unit: f"F.{unit}({{}})" for unit in ("year", "quarter", "month", "hour", "minute", "dayofmonth")},
    "day": "F.to_date({})",
    "weekday": "F.dayofweek({})",
    "week": 'F.to_date(F.date_trunc("week", {}))',
}


def render(plan: Plan, notes: tuple[str, ...] = ()) -> str:
    """The program's text; `notes` become comments above it."""
    lines = _Program(plan).lines()
    comments = [f"# {note}" for note in notes]
    imports = ["from pyspark.sql import functions as F"] if _needs_f(lines) else []
    if any("Window." in line for line in lines):
        imports = ["from pyspark.sql import Window", *imports]
    return "\n".join([*imports, *([""] if imports else []), *comments, *lines]) + "\n"


def _needs_f(lines: list[str]) -> bool:
    return any(re.search(r"\bF\.", line) for line in lines)


class _Program:
    """Collects the statements of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.statements: list[str] = []
        self.taken: Counter[str] = Counter()

    def lines(self) -> list[str]:
        """All statements; the last one binds `result`."""
        chain = self.chain(self.plan)
        return [*self.statements, *_assign("result", chain)]

    # --- chains ------------------------------------------------------------------------------------------------------

    def chain(self, plan: Plan) -> list[str]:
        """The calls that compute a plan, the table first."""
        names = Names(_tables(plan.source), qualified=_has_scalar(plan))
        calls = self.source(plan.source, names)
        aggregates = plan.aggregates
        if plan.groups or aggregates:
            return [*calls, *self.grouped(plan, names, aggregates)]
        parts = [self.expression(p, names) for p in plan.partition]
        if not plan.distinct:
            calls += self.ordered(plan, [self.ordering(o, names, {}) for o in plan.order], parts)
        if parts and not plan.select:
            calls.append(f'.drop("{_RANK}")')
        if plan.select:
            calls.append(f".select({', '.join(self.selected(plan, names))})")
        if plan.distinct:
            calls.append(".distinct()")
            calls += self.ordered(plan, [self.ordering(o, Names(()), {}) for o in plan.order])
        return calls

    def source(self, source: Source, names: Names) -> list[str]:
        """The table, its joins, what is left of its rows."""
        alias = f'.alias("{variable(source.table)}")' if names.qualified else ""
        calls = [table_text(source.table) + alias]
        for edge in source.joins:
            other = f'{table_text(edge.right)}.alias("{variable(edge.right)}")'
            calls.append(f".join({other}, {self.on(edge, names)})")
        calls += [self.exists(exists, names) for exists in source.exists]
        calls += [
            f".filter({self.predicate(p, names)})"
            for p in source.where
            if not isinstance(getattr(p, "right", None), Plan)
        ]
        for predicate in source.where:
            if isinstance(predicate, Compare) and isinstance(predicate.right, Plan):
                calls += self.against(predicate, names)
        return calls

    def on(self, edge: Edge, names: Names) -> str:
        """The condition of a join."""
        pairs = [
            f"{self.col(ColumnRef(edge.left, a), names)} == {self.col(ColumnRef(edge.right, b), names)}"
            for a, b in edge.on
        ]
        return pairs[0] if len(pairs) == 1 else " & ".join(f"({pair})" for pair in pairs)

    def exists(self, exists: Exists, names: Names) -> str:
        """A semi or anti join with the partners as a frame of their own."""
        inner = Names(_tables(exists.source), qualified=len(_tables(exists.source)) > 1)
        calls = self.source(exists.source, inner)
        keys = [(a, b) for a, b in exists.edge.on]
        mangled = {b: f"{identifier_of(b)}_key" for _, b in keys}
        picks = [f"{self.col(ColumnRef(exists.edge.right, b), inner)}.alias({literal(mangled[b])})" for _, b in keys]
        calls.append(f".select({', '.join(picks)})")
        name = self.fresh(f"{variable(exists.edge.right)}_found")
        self.statements += _assign(name, calls)
        pairs = [f"{self.col(ColumnRef(exists.edge.left, a), names)} == F.col({literal(mangled[b])})" for a, b in keys]
        on = pairs[0] if len(pairs) == 1 else " & ".join(f"({pair})" for pair in pairs)
        return f'.join({name}, {on}, "{"left_anti" if exists.negated else "left_semi"}")'

    def against(self, predicate: Compare, names: Names) -> list[str]:
        """A comparison with an aggregate of the whole: one row, joined to every row."""
        assert isinstance(predicate.right, Plan)
        aggregate = predicate.right.aggregates[0]
        calls = self.chain(predicate.right)
        alias = self.alias(aggregate)
        name = self.fresh(alias)
        self.statements += _assign(name, calls)
        operator = _PYTHON[predicate.operator]
        return [
            f".crossJoin({name})",
            f".filter({self.expression(predicate.left, names)} {operator} F.col({literal(alias)}))",
        ]

    def grouped(self, plan: Plan, names: Names, aggregates: tuple[Aggregate, ...]) -> list[str]:
        """The calls from `groupBy` on."""
        calls: list[str] = []
        keys = [*plan.groups]
        labels = self.labels(keys)
        after = {**labels, **self.aliases(aggregates, set(labels.values()))}
        if not aggregates:
            calls.append(f".select({', '.join(self.key(k, names, labels) for k in keys)})")
            calls.append(".distinct()")
        else:
            if keys:
                calls.append(f".groupBy({', '.join(self.key(k, names, labels) for k in keys)})")
            terms = [f"{self.term(a, names)}.alias({literal(after[a])})" for a in aggregates]
            calls.append(f".agg({', '.join(terms)})")
        for having in plan.having:
            calls += self.having(having, after)
        parts = [f"F.col({literal(tick(after[p]))})" for p in plan.partition]
        calls += self.ordered(plan, [self.ordering(o, names, after) for o in plan.order], parts)
        shown = [after[e] for e in plan.select if e in after]
        produced = [*(labels[k] for k in keys), *(after[a] for a in aggregates)]
        if plan.counted:
            return [*calls, '.agg(F.count("*").alias("count"))']
        beside = any(isinstance(h.right, Plan) for h in plan.having if isinstance(h, Compare))
        if shown != produced or beside or plan.partition:
            calls.append(f".select({', '.join(literal(tick(s)) for s in shown)})")
        if plan.distinct:
            calls.append(".distinct()")
        return calls

    def aliases(self, aggregates: tuple[Aggregate, ...], taken: set[str]) -> dict[Expression, str]:
        """The names of aggregates in the result, none of them a group key's."""
        low = {name.lower() for name in taken}
        return {a: f"{name}_of_rows" if (name := self.alias(a)).lower() in low else name for a in aggregates}

    def having(self, predicate: Compare | Between, after: dict[Expression, str]) -> list[str]:
        """A filter on what was aggregated."""
        left = f"F.col({literal(tick(after[predicate.left]))})"
        if isinstance(predicate, Between):
            return [f".filter({left}.between({literal(predicate.low)}, {literal(predicate.high)}))"]
        if isinstance(predicate.right, Plan):
            alias = f"overall_{after[predicate.left]}"
            inner = self.chain(predicate.right)
            inner[-1] = inner[-1].replace(f".alias({literal(after[predicate.left])})", f".alias({literal(alias)})")
            name = self.fresh(alias)
            self.statements += _assign(name, inner)
            return [f".crossJoin({name})", f".filter({left} {_PYTHON[predicate.operator]} F.col({literal(alias)}))"]
        return [f".filter({left} {_PYTHON[predicate.operator]} {literal(predicate.right)})"]

    def ordered(self, plan: Plan, keys: list[str], parts: Sequence[str] = ()) -> list[str]:
        """The sort and the cut; with `parts` the cut within each of them."""
        if parts and plan.limit is not None:
            window = f"Window.partitionBy({', '.join(parts)}).orderBy({', '.join(keys)})"
            return [
                f'.withColumn("{_RANK}", F.row_number().over({window}))',
                f'.filter(F.col("{_RANK}") <= {plan.limit})',
                f".orderBy({', '.join([*parts, literal(_RANK)] if plan.limit > 1 else parts)})",
            ]
        calls = [f".orderBy({', '.join(keys)})"] if keys else []
        return [*calls, f".limit({plan.limit})"] if plan.limit is not None else calls

    # --- expressions -------------------------------------------------------------------------------------------------

    def col(self, ref: ColumnRef, names: Names) -> str:
        """A column as an expression."""
        return f"F.col({literal(names.text(ref))})"

    def expression(self, expression: Expression, names: Names) -> str:
        """Any expression, without its alias."""
        match expression:
            case ColumnRef():
                return self.col(expression, names)
            case Bucket(unit, CalendarDate() as date):
                parts = ", ".join(self.col(part, names) for part in (date.year, date.month, date.day))
                return _BUCKETS[unit].format(f"F.make_date({parts})")
            case Bucket(unit, ColumnRef() as column):
                return _BUCKETS[unit].format(self.col(column, names))
            case Number(column):
                return self.number(column, names)
            case Aggregate("share" | "percentage" as function, None):
                met = [self.predicate(p, names) for p in expression.where]
                when = met[0] if len(met) == 1 else " & ".join(f"({p})" for p in met)
                share = f"F.avg(F.when({when}, 1).otherwise(0))"
                return f"100 * {share}" if function == "percentage" else share
            case Aggregate(_, None):
                return 'F.count("*")'
            case Aggregate(function, ColumnRef() as column, True):
                return f"F.{function}({self.number(column, names)})"
            case Aggregate("sum", ColumnRef() as column) if column in self.plan.wide:
                return f'F.sum({self.col(column, names)}.cast("decimal(38,0)"))'
            case Aggregate(function, ColumnRef() as column):
                return f"F.{_FUNCTIONS.get(function, function)}({literal(names.text(column))})"
        raise TypeError(expression)

    def term(self, aggregate: Aggregate, names: Names) -> str:
        """An aggregate to which `.alias` can be put."""
        text = self.expression(aggregate, names)
        return f"({text})" if aggregate.function == "percentage" else text

    def number(self, column: ColumnRef, names: Names) -> str:
        """Text read as a number: NULL where it is none, so that no row fails the program."""
        return f"F.expr({literal(f'try_cast({names.text(column)} AS double)')})"

    def selected(self, plan: Plan, names: Names) -> list[str]:
        """What a plain select lists; columns of the same name get aliases."""
        counts = Counter(e.name.lower() for e in plan.select if isinstance(e, ColumnRef))
        out = []
        for e in plan.select:
            if isinstance(e, ColumnRef) and counts[e.name.lower()] == 1:
                out.append(literal(names.text(e)))
            elif isinstance(e, ColumnRef):
                out.append(f"{self.col(e, names)}.alias({literal(f'{variable(e.table)}_{e.name}')})")
            else:
                out.append(f"{self.expression(e, names)}.alias({literal(self.alias(e))})")
        return out

    def labels(self, keys: list[ColumnRef | Bucket]) -> dict[Expression, str]:
        """The names of group keys in the result."""
        counts = Counter(key.name.lower() for key in keys if isinstance(key, ColumnRef))

        def label(key: ColumnRef | Bucket) -> str:
            if isinstance(key, Bucket) or counts[key.name.lower()] == 1:
                return self.alias(key)
            return f"{variable(key.table)}_{key.name}"

        return {key: label(key) for key in keys}

    def key(self, key: ColumnRef | Bucket, names: Names, labels: dict[Expression, str]) -> str:
        """A group key, with an alias where its own name is not the label."""
        if isinstance(key, ColumnRef) and labels[key] == key.name:
            return literal(names.text(key))
        return f"{self.expression(key, names)}.alias({literal(labels[key])})"

    def ordering(self, order: Ordering, names: Names, after: dict[Expression, str]) -> str:
        """One sort key; rows without a value come last."""
        label = after.get(order.expression)
        if label is not None:
            text = literal(tick(label))
        elif isinstance(order.expression, ColumnRef):
            text = literal(names.text(order.expression))
        else:
            return f"{self.expression(order.expression, names)}.{order.direction}_nulls_last()"
        return f"F.desc({text})" if order.direction == "desc" else f"F.asc_nulls_last({text})"

    def alias(self, expression: Expression) -> str:
        """The name of a computed column."""
        match expression:
            case Aggregate(function, None):
                return function
            case Aggregate(function, column) if column is not None:
                return f"{function}_{identifier_of(column.name)}"
            case Bucket(unit, _):
                return unit
            case Number(ColumnRef(_, name)):
                return name
            case ColumnRef(_, name):
                return name
        return "value"

    def predicate(self, predicate: Predicate, names: Names) -> str:
        """A predicate as a Python expression."""
        match predicate:
            case Compare(left, operator, right) if not isinstance(right, Plan):
                return f"{self.expression(left, names)} {_PYTHON[operator]} {literal(right)}"
            case CompareColumns(one, operator, other):
                return f"{self.col(one, names)} {_PYTHON[operator]} {self.col(other, names)}"
            case In(column, values, negated):
                text = f"{self.expression(column, names)}.isin({', '.join(map(literal, values))})"
                return f"~{text}" if negated else text
            case Between(left, low, high, negated):
                text = f"{self.expression(left, names)}.between({literal(low)}, {literal(high)})"
                return f"~{text}" if negated else text
            case IsNull(column, negated):
                return f"{self.col(column, names)}.{'isNotNull' if negated else 'isNull'}()"
            case Like(column, text, how, negated, exact):
                searched = self.col(column, names) if exact else f"F.lower({self.col(column, names)})"
                written = f"{searched}.{how}({literal(text if exact else text.lower())})"
                return f"~{written}" if negated else written
            case AnyOf(predicates):
                return " | ".join(f"({self.predicate(p, names)})" for p in predicates)
        raise TypeError(predicate)

    def fresh(self, name: str) -> str:
        """A variable that is not taken."""
        self.taken[name] += 1
        return name if self.taken[name] == 1 else f"{name}_{self.taken[name]}"


def _tables(source: Source) -> tuple[str, ...]:
    return (source.table, *(edge.right for edge in source.joins))


def _has_scalar(plan: Plan) -> bool:
    return any(isinstance(p, Compare) and isinstance(p.right, Plan) for p in plan.source.where)


def _assign(name: str, calls: list[str]) -> list[str]:
    """One line where it fits, else a chain in parentheses."""
    line = f"{name} = {''.join(calls)}"
    if len(line) <= 100 and len(calls) <= 3:
        return [line]
    return [f"{name} = (", f"    {calls[0]}", *(f"    {call}" for call in calls[1:]), ")"]

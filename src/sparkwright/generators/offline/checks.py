"""What a plan may get wrong without anybody seeing it: declined here, or said as an assumption."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sparkwright.domain import PROFILED_ROWS, ColumnProfile
from sparkwright.generators.offline.parts import short
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
    Expression,
    In,
    IsNull,
    Like,
    Number,
    Plan,
    Predicate,
    Source,
)
from sparkwright.generators.offline.reading import decline
from sparkwright.generators.offline.schema import Schema

_MOST = 2**63 - 1


def may_lack(profile: ColumnProfile | None) -> bool:
    """Whether some rows may have no value in a column."""
    return profile is None or profile.nulls > 0 or profile.rows >= PROFILED_ROWS


# --- what is said ----------------------------------------------------------------------------------------------------


def left_out(plan: Plan, turned: Iterable[Predicate], schema: Schema) -> list[str]:
    """The rows that a join or a negation leaves out, unless the profiles show that there are none."""
    notes = [_unmatched(edge.left, edge.right) for edge in plan.source.joins if not _is_complete(edge, schema)]
    notes += [
        _unmatched(edge.right, edge.left)
        for edge in plan.source.joins
        if edge.many and not _is_complete(_turned(edge), schema)
    ]
    present = {p.column for p in plan.source.where if isinstance(p, IsNull)}
    for predicate in (*_negative(plan.source), *turned):
        for ref in _columns(predicate):
            profile = schema.column(ref).profile
            if ref not in present and may_lack(profile):
                notes.append(f"rows with no {ref.name} (NULL) are left out")
    return list(dict.fromkeys(notes))


def either(plan: Plan, anchors: Iterable[str]) -> list[str]:
    """Carriers that fly to ATL and ORD: what is shown is no row, so that it might be meant to meet both."""
    listed = [p for p in plan.source.where if isinstance(p, In) and not p.negated]
    if plan.source.table in anchors:
        return []
    return [f"one of {', '.join(map(repr, p.values))} is enough" for p in listed]


def _unmatched(table: str, other: str) -> str:
    return f"rows of {short(table)} without a matching row in {short(other)} are left out"


def _turned(edge: Edge) -> Edge:
    return Edge(edge.right, edge.left, tuple((b, a) for a, b in edge.on))


def _is_complete(edge: Edge, schema: Schema) -> bool:
    """Whether the profiles show that each row on the left finds a partner."""
    if len(edge.on) != 1:
        return False
    one, other = (
        schema.column(ColumnRef(t, n)).profile for t, n in zip((edge.left, edge.right), edge.on[0], strict=True)
    )
    if one is None or other is None or may_lack(one) or not one.complete or not other.complete:
        return False
    return set(one.values) <= set(other.values)


def _negative(source: Source) -> Iterator[Predicate]:
    """The predicates that say what is not, of a source and its partners."""
    for predicate in source.where:
        for one in predicate.predicates if isinstance(predicate, AnyOf) else (predicate,):
            if _is_negative(one):
                yield one
    for exists in source.exists:
        yield from _negative(exists.source)


def _is_negative(predicate: Predicate) -> bool:
    match predicate:
        case Compare(_, operator, _) | CompareColumns(_, operator, _):
            return operator == "!="
        case In() | Between() | Like():
            return predicate.negated
    return False


def _columns(predicate: Predicate) -> tuple[ColumnRef, ...]:
    match predicate:
        case Compare(left, _, _) | Between(left, _, _) | In(left, _):
            return _read(left)
        case Like(column, _):
            return (column,)
        case CompareColumns(left, _, right):
            return (left, right)
    return ()


def _read(expression: Expression) -> tuple[ColumnRef, ...]:
    match expression:
        case ColumnRef():
            return (expression,)
        case Bucket(_, CalendarDate(year, month, day)):
            return (year, month, day)
        case Bucket(_, ColumnRef() as column) | Number(column):
            return (column,)
    return ()


# --- what is written otherwise ---------------------------------------------------------------------------------------


def wide(plan: Plan, schema: Schema) -> frozenset[ColumnRef]:
    """The whole numbers whose sum may pass 64 bits, as their profiles have it."""
    return frozenset(
        e.column for e in _aggregates(plan) if e.function == "sum" and e.column and _may_pass(e.column, schema)
    )


def _aggregates(plan: Plan) -> Iterator[Aggregate]:
    yield from plan.aggregates
    for predicate in (*plan.source.where, *plan.having):
        if isinstance(predicate, Compare) and isinstance(predicate.right, Plan):
            yield from _aggregates(predicate.right)


def _may_pass(ref: ColumnRef, schema: Schema) -> bool:
    profile = schema.column(ref).profile
    if profile is None or not schema.is_integer(ref):
        return False
    if profile.rows >= PROFILED_ROWS and schema.base_type(ref) in ("bigint", "long"):
        return True
    try:
        most = max(abs(int(end)) for end in (profile.minimum, profile.maximum) if end is not None)
    except ValueError:
        return schema.base_type(ref) in ("bigint", "long")
    return most * profile.rows > _MOST


# --- what is declined ------------------------------------------------------------------------------------------------


def negations(plan: Plan, turned: Iterable[Predicate], schema: Schema, anchors: Iterable[str]) -> None:
    """To ATL but not to ORD, of one and the same row, says nothing; of a carrier, it speaks of all of its rows."""
    where, negative = plan.source.where, [*_negative(plan.source), *turned]
    same = {c for p in where if isinstance(p, Compare | In) and not _is_negative(p) for c in _columns(p)}
    wanted = {c for p in where if isinstance(p, Compare) and p.operator == "=" for c in _columns(p)} | {
        c for p in where if isinstance(p, In) and not p.negated for c in _columns(p)
    }
    for predicate in negative:
        if predicate in where and _is_negative(predicate) and set(_columns(predicate)) & wanted & same:
            raise decline("not", "one thing but not another would have to hold for all rows of what is shown")
    shown = [e.column for e in plan.select if isinstance(e, Aggregate) and e.function == "count_distinct" and e.column]
    shown += [e for e in plan.select if isinstance(e, ColumnRef)] if not plan.aggregates else []
    keyed = any(schema.is_unique(ref) or ref in schema.labels(ref.table) for ref in shown)
    lacking = any(p in where for p in negative) or any(e.negated for e in plan.source.exists)
    if shown and not keyed and plan.source.table not in anchors and lacking:
        raise decline("not", "'not' would have to hold for all rows of what is shown")


def repeats(plan: Plan, base: str | None, schema: Schema) -> None:
    """A count, a sum or an average of a table whose rows a join repeats."""
    for aggregate in plan.aggregates:
        table = aggregate.column.table if aggregate.column else base
        if table is None or aggregate.function in ("min", "max", "count_distinct"):
            continue
        if _is_repeated(table, plan.source.joins, schema):
            raise decline(short(table), f"rows of {short(table)} would be counted several times")


def _is_repeated(table: str, joins: tuple[Edge, ...], schema: Schema) -> bool:
    """Whether a walk from a table along the joins, in either direction, ever finds several rows for one."""
    reached, left = {table}, list(joins)
    while left:
        edge = next((e for e in left if e.left in reached or e.right in reached), None)
        if edge is None:
            return True
        left.remove(edge)
        forward = edge.left in reached
        alone = len(edge.on) == 1 and schema.is_unique(ColumnRef(edge.left, edge.on[0][0]))
        if edge.many if forward else not (edge.many or alone):
            return True
        reached |= {edge.left, edge.right}
    return False


def measured_elsewhere(plan: Plan, anchors: Iterable[str]) -> None:
    """How many seats flew to LAX may count each plane once, or once for each flight."""
    known = set(anchors)
    for aggregate in plan.aggregates:
        ref = aggregate.column
        if ref is None or aggregate.function not in ("sum", "avg", "median", "stddev") or ref.table in known:
            continue
        if ref.table == plan.source.table and any(e.edge.many and not e.negated for e in plan.source.exists):
            other = short(plan.source.exists[0].edge.right)
            raise decline(
                ref.name,
                f"{ref.name!r} may be taken once for each row of {short(ref.table)}, or once for each of {other}",
                f"name the table: {ref.name} of {short(ref.table)}",
            )


def partitions(plan: Plan, schema: Schema) -> None:
    """One row for each customer, where several of them have one name."""
    for key in plan.partition:
        if isinstance(key, ColumnRef) and key in schema.labels(key.table) and schema.identity(key.table):
            profile = schema.column(key).profile
            if profile is not None and (not profile.is_unique or profile.rows >= PROFILED_ROWS):
                raise decline(short(key.table), f"several {short(key.table)} have the same {key.name}")

"""What a plan scans: each table that it reads, with the filters that stand directly above the read.

A filter is kept only where every row of the scan has to pass it; in doubt it is left out, so that an estimate made from
it is never too low. It runs in the worker, on the relations that the Connect client builds, and gives plain JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlglot
from sqlglot import exp

from sparkwright.program.vocabulary import READ_FORMATS

Json = dict[str, Any]


@dataclass(frozen=True)
class _Condition:
    """A comparison of one column with literals; `qualifier` is the alias that the column was written with."""

    qualifier: str
    column: str
    op: str
    values: tuple[Any, ...]


def scans(relation: Any) -> list[Json]:
    """Each scan below a Connect relation as {"table", "filters": [{"column", "op", "values"}]}.

    An explicit read has {"table": null} and no filters.
    """
    return [_shown(table, conditions) for table, conditions in _walk(relation, ())]


def _shown(table: str | None, conditions: Sequence[_Condition]) -> Json:
    if table is None:
        return {"table": None, "filters": []}
    own = ("", table.rpartition(".")[2].strip("`").lower())
    filters = [
        {"column": one.column, "op": one.op, "values": list(one.values)} for one in conditions if one.qualifier in own
    ]
    return {"table": table, "filters": filters}


_Found = Iterator[tuple[str | None, tuple[_Condition, ...]]]
_TRANSPARENT = frozenset({"sort", "hint", "repartition", "repartition_by_expression", "drop"})


def _walk(relation: Any, conditions: tuple[_Condition, ...]) -> _Found:
    kind = relation.WhichOneof("rel_type")
    body: Any = getattr(relation, kind) if kind else None
    if kind == "read" and body.HasField("named_table"):
        yield body.named_table.unparsed_identifier, conditions
    elif kind == "read":
        yield None, ()
    elif kind == "sql":
        yield from _sql(body.query)
    elif kind == "filter":
        yield from _walk(body.input, conditions + tuple(_conjuncts(body.condition)))
    elif kind in _TRANSPARENT:
        yield from _walk(body.input, conditions)
    elif kind == "subquery_alias":
        yield from _walk(body.input, tuple(_unqualified(conditions, body.alias)))
    elif kind == "with_columns":
        made = {alias.name[0].lower() for alias in body.aliases}
        yield from _walk(body.input, tuple(one for one in conditions if one.column.lower() not in made))
    elif kind == "project":
        kept = _passed_through(body.expressions)
        yield from _walk(body.input, tuple(one for one in conditions if kept is None or one.column.lower() in kept))
    elif body is not None:
        for below in _relations(body):
            yield from _walk(below, ())


def _unqualified(conditions: Sequence[_Condition], alias: str) -> Iterator[_Condition]:
    """What the filters above an alias say of the relation below it: the alias goes, and other qualifiers with it."""
    for one in conditions:
        if one.qualifier in ("", alias.lower()):
            yield replace(one, qualifier="")


def _passed_through(expressions: Sequence[Any]) -> frozenset[str] | None:
    """The columns that a projection hands on under their own names; None for all of them.

    One with a qualifier may be the field of a struct, which is another column of that name.
    """
    kinds = [expression.WhichOneof("expr_type") for expression in expressions]
    if kinds == ["unresolved_star"]:
        return None
    names = (
        _split(expression.unresolved_attribute.unparsed_identifier)
        for expression, kind in zip(expressions, kinds, strict=True)
        if kind == "unresolved_attribute"
    )
    return frozenset(name.lower() for name, *fields in names if not fields)


def _relations(message: Any) -> Iterator[Any]:
    """Every relation that stands directly in a message, or in what it holds."""
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            continue
        for item in value if _is_list(value) else (value,):
            if getattr(item, "DESCRIPTOR", None) is None:
                continue
            if item.DESCRIPTOR.full_name == "spark.connect.Relation":
                yield item
            else:
                yield from _relations(item)


def _is_list(value: Any) -> bool:
    return not hasattr(value, "DESCRIPTOR")


# --- conditions of the client's expressions ---------------------------------------------------------------------------

_OPERATORS: Mapping[str, str] = {
    "==": "=",
    "=": "=",
    "!=": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "in": "in",
}


def _conjuncts(expression: Any) -> Iterator[_Condition]:
    kind = expression.WhichOneof("expr_type")
    if kind == "expression_string":
        yield from _sql_condition(expression.expression_string.expression)
    if kind != "unresolved_function":
        return
    call = expression.unresolved_function
    if call.function_name.lower() == "and":
        for argument in call.arguments:
            yield from _conjuncts(argument)
        return
    op = _OPERATORS.get(call.function_name.lower())
    if op is None or len(call.arguments) < 2:
        return
    column, *literals = call.arguments
    values = [_literal(one) for one in literals]
    if column.WhichOneof("expr_type") == "unresolved_attribute" and None not in values:
        *qualifiers, name = _split(column.unresolved_attribute.unparsed_identifier)
        if len(qualifiers) < 2:
            yield _Condition("".join(qualifiers).lower(), name, op, tuple(values))


def _split(identifier: str) -> list[str]:
    return [quoted or plain for quoted, plain in re.findall(r"`((?:[^`]|``)+)`|([^.`]+)", identifier)] or [identifier]


_NUMBERS = ("boolean", "byte", "short", "integer", "long", "float", "double", "string")


def _literal(expression: Any) -> Any:
    """A literal's value as JSON has it, a date as {"date": ISO text}; None for anything else."""
    if expression.WhichOneof("expr_type") != "literal":
        return None
    kind = expression.literal.WhichOneof("literal_type")
    if kind == "date":
        return {"date": (date(1970, 1, 1) + timedelta(days=expression.literal.date)).isoformat()}
    return getattr(expression.literal, kind) if kind in _NUMBERS else None


# --- conditions of SQL ------------------------------------------------------------------------------------------------

_SQL_OPERATORS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "!=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}


def _sql(text: str) -> _Found:
    tree = sqlglot.parse_one(text, dialect="spark")
    named = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if not table.db and table.name.lower() in named:
            continue
        if table.db.lower() in READ_FORMATS:
            yield None, ()
            continue
        name = f"{table.db}.{table.name}" if table.db else table.name
        yield name, tuple(_conditions_of(table))


def _conditions_of(table: exp.Table) -> Iterator[_Condition]:
    """What the WHERE of a table's own SELECT says of it; an unqualified column counts if there is no other source."""
    select = table.parent_select
    where = select.args.get("where") if select is not None else None
    if select is None or where is None or table.alias_column_names:  # columns may go by names of others there
        return
    is_alone = not select.args.get("joins") and not select.args.get("laterals")
    for one in _sql_conjuncts(where.this):
        if one.qualifier == table.alias_or_name.lower() or (is_alone and not one.qualifier):
            yield replace(one, qualifier="")


def _sql_condition(text: str) -> Iterator[_Condition]:
    yield from _sql_conjuncts(sqlglot.parse_one(text, dialect="spark"))


def _sql_conjuncts(tree: exp.Expr) -> Iterator[_Condition]:
    if isinstance(tree, exp.Paren):
        yield from _sql_conjuncts(tree.this)
    elif isinstance(tree, exp.And):
        yield from _sql_conjuncts(tree.left)
        yield from _sql_conjuncts(tree.right)
    elif isinstance(tree, exp.Between):
        yield from _sql_comparison(tree.this, ">=", [tree.args["low"]])
        yield from _sql_comparison(tree.this, "<=", [tree.args["high"]])
    elif isinstance(tree, exp.In) and tree.expressions:
        yield from _sql_comparison(tree.this, "in", tree.expressions)
    elif type(tree) in _SQL_OPERATORS:
        yield from _sql_comparison(tree.this, _SQL_OPERATORS[type(tree)], [tree.expression])


def _sql_comparison(column: exp.Expr, op: str, literals: Sequence[exp.Expr]) -> Iterator[_Condition]:
    values = [_sql_literal(one) for one in literals]
    if isinstance(column, exp.Column) and not column.db and None not in values:
        yield _Condition(column.table.lower(), column.name, op, tuple(values))


def _sql_literal(tree: exp.Expr) -> Any:
    if isinstance(tree, exp.Cast) and isinstance(tree.this, exp.Literal) and tree.to.is_type("date"):
        return {"date": tree.this.this} if re.fullmatch(r"\d{4}-\d{2}-\d{2}", tree.this.this) else None
    if isinstance(tree, exp.Literal):
        return tree.this if tree.is_string else _number(tree.this)
    return None


def _number(text: str) -> int | float | None:
    try:
        return int(text)
    except ValueError:
        return float(text)

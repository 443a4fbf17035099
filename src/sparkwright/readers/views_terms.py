"""What the rules of a translation share: kinds of values, the refusal, calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp
from sqlglot.expressions import DataType


class Differs(Exception):
    """A part of a query that does not mean the same in Spark; the message names it."""


Kind = str  # "integer", "float", "decimal", "text", "date", "timestamp", "boolean", or "" where it is not known
KINDS: Mapping[object, Kind] = {
    **dict.fromkeys(
        (DataType.Type.TINYINT, DataType.Type.SMALLINT, DataType.Type.INT, DataType.Type.BIGINT), "integer"
    ),
    **dict.fromkeys((DataType.Type.FLOAT, DataType.Type.DOUBLE), "float"),
    DataType.Type.DECIMAL: "decimal",
    **dict.fromkeys((DataType.Type.VARCHAR, DataType.Type.TEXT), "text"),
    DataType.Type.DATE: "date",
    **dict.fromkeys((DataType.Type.TIMESTAMP, DataType.Type.TIMESTAMPNTZ), "timestamp"),
    DataType.Type.BOOLEAN: "boolean",
}


def kind(node: exp.Expr) -> Kind:
    """What kind of value an annotated expression has."""
    return KINDS.get(node.type.this, "") if node.type else ""


def name_of(node: exp.Expr) -> str:
    """A part of a query as its author would name it."""
    if isinstance(node, exp.Anonymous):
        return f"the function {node.name!r}"
    if isinstance(node, exp.Func):
        return f"the function {node.sql_name().lower()!r}"
    return f"{type(node).__name__.upper()} ({node.sql('trino')[:60]})"


Rule = Callable[[exp.Expr], exp.Expr]


def same(node: exp.Expr) -> exp.Expr:
    """A node that passes as it is."""
    return node


def only(*allowed: str) -> Rule:
    """A node that passes with those arguments and no other."""

    def rule(node: exp.Expr) -> exp.Expr:
        strange = {key for key, value in node.args.items() if value} - set(allowed)
        if strange:
            raise Differs(f"{name_of(node)} with {', '.join(sorted(strange))}")
        return node

    return rule


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """A function of Spark."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def braced(node: exp.Expr) -> exp.Expr:
    """A copy that may stand beside an operator."""
    return exp.Paren(this=node.copy()) if isinstance(node, exp.Binary) else node.copy()


def is_text(node: exp.Expr | None) -> bool:
    """Whether it is a literal text that is not empty."""
    return isinstance(node, exp.Literal) and bool(node.is_string) and node.name != ""


UNITS = ("DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND")

"""Trino's functions of dates and times in Spark's words."""

from __future__ import annotations

import re

from sqlglot import exp

from sparkwright.readers.views_terms import UNITS, Differs, braced, call, is_text, kind


def truncated(node: exp.Expr) -> exp.Expr:
    """DATE_TRUNC; a date stays one."""
    unit, source = node.args["unit"].name.upper(), kind(node.this)
    if unit not in (*UNITS, "WEEK", "QUARTER") or source not in ("date", "timestamp"):
        raise Differs(f"DATE_TRUNC of {source or 'a type that is not known'} to {unit}")
    made = call("DATE_TRUNC", exp.Literal.string(unit), node.this)
    return exp.cast(made, "date") if source == "date" else made


_STRFTIME = {"Y": "yyyy", "m": "MM", "d": "dd", "H": "HH", "M": "mm", "S": "ss"}


def format_date(node: exp.Expr) -> exp.Expr:
    """DATE_FORMAT by MySQL's marks."""
    said = node.args["format"]
    if not is_text(said) or kind(node.this) not in ("date", "timestamp"):
        raise Differs("DATE_FORMAT with a format that is no literal")
    made = ""
    for mark, literal in re.findall(r"%(.)|([^%]+)", said.name.replace("%T", "%H:%M:%S"), re.DOTALL):
        if (mark and mark not in _STRFTIME) or "'" in literal:
            raise Differs(f"DATE_FORMAT with {said.name!r}")
        made += _STRFTIME[mark] if mark else re.sub(r"[A-Za-z\[\]{}#]+", r"'\g<0>'", literal)
    return call("DATE_FORMAT", node.this, exp.Literal.string(made))


def date_add(node: exp.Expr) -> exp.Expr:
    """DATE_ADD; a date stays one."""
    unit, count, source = node.args["unit"].name.upper(), node.expression, kind(node.this)
    days, months = {"DAY": 1, "WEEK": 7}, {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
    if source == "date" and (unit in days or unit in months):
        times = exp.Literal.number(days.get(unit) or months[unit])
        name = "DATE_ADD" if unit in days else "ADD_MONTHS"
        return call(name, node.this, exp.Mul(this=braced(count), expression=times))
    if source == "timestamp" and unit in UNITS:
        return exp.Anonymous(this="TIMESTAMPADD", expressions=[exp.Var(this=unit), count.copy(), node.this.copy()])
    raise Differs(f"DATE_ADD of {unit} to {source or 'a type that is not known'}")


def date_diff(node: exp.Expr) -> exp.Expr:
    """DATE_DIFF of dates in days: engines count other units differently."""
    unit, pair = node.args["unit"].name.upper(), (kind(node.this), kind(node.expression))
    if unit != "DAY" or pair != ("date", "date"):
        raise Differs(f"DATE_DIFF in {unit} of {' and '.join(part or 'a type that is not known' for part in pair)}")
    return call("DATEDIFF", node.this, node.expression)


def weekday(node: exp.Expr) -> exp.Expr:
    """Monday is 1 in Trino, Sunday in Spark."""
    return exp.maybe_parse("((DAYOFWEEK(x) + 5) % 7) + 1", dialect="spark").transform(
        lambda part: node.this.copy() if isinstance(part, exp.Column) else part
    )


def extract(node: exp.Expr) -> exp.Expr:
    """EXTRACT of a field."""
    if node.name.upper() not in (*UNITS, "QUARTER") or kind(node.expression) not in ("date", "timestamp"):
        raise Differs(f"EXTRACT of {node.name}")
    return node

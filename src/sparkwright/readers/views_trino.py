"""Translate a Trino query to Spark SQL, node by node: what does not mean the same is rewritten, or refused by name.

Trino differs from Spark in integer division, casts that round, white space that `trim` takes, `LIKE` without an escape,
dates and times that keep their type, and more functions of the same name. Only what stands in these tables passes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp
from sqlglot.expressions import DataType

from sparkwright.readers import views_dates, views_texts
from sparkwright.readers.views_terms import KINDS, UNITS, Differs, Kind, Rule, braced, call, kind, name_of, only, same


def translated(tree: exp.Expr) -> exp.Expr:
    """The annotated tree in Spark's words; raises `Differs`."""
    for node in list(tree.walk(bfs=False))[::-1]:  # the parts before the whole: types are those of Trino's tree
        rule = RULES.get(type(node))
        if rule is None:
            raise Differs(name_of(node))
        made = rule(node)
        if made is not node:
            made.type = node.type
            if node is tree:
                tree = made
            else:
                node.replace(made)
    return tree


# --- rules -----------------------------------------------------------------------------------------------------------


def _column(node: exp.Expr) -> exp.Expr:
    if node.type and node.type.this in (DataType.Type.CHAR, DataType.Type.NCHAR):
        raise Differs(f"column {node.name!r}: CHAR compares with its padding")
    return node


def _number(node: exp.Expr) -> exp.Expr:
    if node.is_string or re.fullmatch(r"\d+(\.\d+)?", node.name):
        return node
    return exp.cast(node.copy(), "double")  # 1E0


def _arithmetic(node: exp.Expr) -> exp.Expr:
    left, right = kind(node.this), kind(node.expression)
    moments = ("date", "timestamp")
    if isinstance(node, exp.Add | exp.Sub) and left in moments and isinstance(node.expression, exp.Interval):
        return node
    if not {left, right} <= {"integer", "float", "decimal"}:
        raise Differs(f"{name_of(node)}: its types are {left or 'not known'} and {right or 'not known'}")
    if isinstance(node, exp.Div) and "float" not in (left, right):
        if (left, right) == ("integer", "integer"):
            return exp.IntDiv(this=braced(node.this), expression=braced(node.expression))
        raise Differs(f"{name_of(node)}: the digits of a quotient of decimals are others in Spark")
    if isinstance(node, exp.Div):
        node.set("typed", False)
    elif "float" not in (left, right) and "decimal" in (left, right) and sum(_shape(node)) > _MOST_DIGITS:
        raise Differs(f"{name_of(node)}: decimals of more than {_MOST_DIGITS} digits, which Spark cuts")
    return node


_MOST_DIGITS = 38
_UNKNOWN = (_MOST_DIGITS, _MOST_DIGITS)


def _shape(node: exp.Expr) -> tuple[int, int]:
    """How many digits Spark gives a decimal before the point and after it, at most."""
    match node:
        case exp.Mul():
            (left, left_scale), (right, right_scale) = _shape(node.this), _shape(node.expression)
            return left + right + 1, left_scale + right_scale
        case exp.Add() | exp.Sub() | exp.Mod():
            (left, left_scale), (right, right_scale) = _shape(node.this), _shape(node.expression)
            return max(left, right) + 1, max(left_scale, right_scale)
        case exp.Paren() | exp.Neg() | exp.Abs():
            return _shape(node.this)
    if kind(node) == "integer":
        return (len(node.name) if isinstance(node, exp.Literal) else 20), 0
    if not (isinstance(node, exp.Cast) or (isinstance(node, exp.Column) and _is_stored(node))) or node.type is None:
        return _UNKNOWN
    said = [int(part.name) for part in node.type.expressions]
    return (said[0] - said[1], said[1]) if len(said) == 2 else _UNKNOWN


def _is_stored(column: exp.Column) -> bool:
    """Whether a column is a table's own, so that its type is what the catalog says."""
    root = column.root()
    sources = [one for one in root.find_all(exp.Table, exp.Subquery, exp.CTE) if one.alias_or_name == column.table]
    return bool(sources) and all(isinstance(one, exp.Table) and one.db for one in sources)


def _interval(node: exp.Expr) -> exp.Expr:
    unit = str(node.args["unit"]).upper() if node.args.get("unit") else ""
    if unit.rstrip("S") not in UNITS or not isinstance(node.this, exp.Literal) or not node.this.name.isdigit():
        raise Differs(name_of(node))
    return node


def _extreme(node: exp.Expr) -> exp.Expr:
    """NULL where one of the values is NULL."""
    values = [node.this, *node.expressions]
    nulls = [exp.Is(this=braced(value), expression=exp.Null()) for value in values]
    name = "GREATEST" if isinstance(node, exp.Greatest) else "LEAST"
    return exp.Case(ifs=[exp.If(this=exp.or_(*nulls), true=exp.Null())], default=call(name, *values))


def _average(node: exp.Expr) -> exp.Expr:
    if kind(node.this) not in ("integer", "float"):
        raise Differs("the average of decimals, or of a type that is not known: its digits are others in Spark")
    return node


def _count(node: exp.Expr) -> exp.Expr:
    if isinstance(node.this, exp.Distinct) and len(node.this.expressions) > 1:
        raise Differs("the count of several columns")
    return node


# --- casts -----------------------------------------------------------------------------------------------------------

_CASTS: Mapping[Kind, frozenset[Kind]] = {
    "integer": frozenset({"integer", "float", "decimal", "text", "boolean"}),
    "float": frozenset({"float", "integer"}),
    "decimal": frozenset({"float", "integer", "decimal", "text"}),
    "text": frozenset({"text", "integer", "float", "decimal", "date", "timestamp", "boolean"}),
    "date": frozenset({"date", "text", "timestamp"}),
    "timestamp": frozenset({"timestamp", "date"}),
    "boolean": frozenset({"boolean", "text", "integer"}),
    "": frozenset(),
}


def _cast(node: exp.Expr) -> exp.Expr:
    """A cast; Trino rounds to integers, and cuts texts to their length.

    A text that Trino does not cast ends the run there: that it may be read here changes no answer.
    """
    to: exp.Expr = node.args["to"]
    source, target = kind(node.this), KINDS.get(to.this, "")
    if isinstance(node.this, exp.Null) or (isinstance(node.this, exp.Literal) and not node.this.is_string):
        return node
    if target not in _CASTS[source]:
        raise Differs(f"a cast of {source or 'a type that is not known'} to {to.sql('trino')}")
    if isinstance(node, exp.TryCast):
        return _tried(node, source, target)
    if target == "text" and to.expressions:
        if source != "text":
            raise Differs(f"a cast to {to.sql('trino')}")
        return call("SUBSTRING", node.this, exp.Literal.number(1), to.expressions[0].this)
    if source in ("float", "decimal") and target == "integer":
        return exp.Cast(this=call("ROUND", node.this), to=to.copy())
    return node


def _tried(node: exp.Expr, source: Kind, target: Kind) -> exp.Expr:
    if source == target == "integer":
        return node
    if (source, target) != ("text", "integer"):
        raise Differs(f"TRY_CAST of {source} to {node.args['to'].sql('trino')}")
    digits = exp.RegexpLike(this=node.this.copy(), expression=exp.Literal.string("^[+-]?[0-9]+$"))
    return exp.Case(ifs=[exp.If(this=digits, true=node.copy())])


def _rounded(node: exp.Expr) -> exp.Expr:
    only("this", "decimals")(node)
    if kind(node.this) in ("integer", "decimal") or (kind(node.this) == "float" and not node.args.get("decimals")):
        return node
    raise Differs("ROUND of a float to some digits")


def _whole(node: exp.Expr) -> exp.Expr:
    if kind(node.this) not in ("integer", "decimal"):
        raise Differs(f"{name_of(node)} of a float")
    return node


def _table(node: exp.Expr) -> exp.Expr:
    return only("this", "db", "alias")(node)


def _join(node: exp.Expr) -> exp.Expr:
    if node.args.get("method"):
        raise Differs("a NATURAL join")
    return only("this", "on", "side", "kind")(node)


def _literal_limit(node: exp.Expr) -> exp.Expr:
    return only("expression")(node)


def _window(node: exp.Expr) -> exp.Expr:
    return only("this", "partition_by", "order", "spec", "over")(node)


RULES: Mapping[type[exp.Expr], Rule] = {
    **dict.fromkeys(
        (
            exp.Identifier, exp.TableAlias, exp.Subquery, exp.From, exp.Where, exp.Group, exp.Having, exp.Order,
            exp.Ordered, exp.With, exp.CTE, exp.Union, exp.Intersect, exp.Except, exp.Alias, exp.Paren, exp.Star,
            exp.Distinct, exp.Null, exp.Boolean, exp.Var, exp.DataType, exp.DataTypeParam, exp.Tuple,
            exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between,
            exp.Exists, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Escape, exp.Case, exp.If, exp.Coalesce, exp.Nullif,
            exp.Sum, exp.Min, exp.Max, exp.CountIf, exp.LogicalAnd, exp.LogicalOr, exp.Upper, exp.Lower,
            exp.Reverse, exp.Concat, exp.DPipe, exp.StartsWith, exp.Abs, exp.Neg, exp.CurrentDate,
            exp.Year, exp.Month, exp.Day, exp.Hour, exp.Minute, exp.Second, exp.Quarter, exp.DayOfYear,
            exp.GroupingSets, exp.Cube, exp.Rollup, exp.WindowSpec,
            exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.Ntile,
        ),
        same,
    ),
    exp.Select: only(
        "expressions", "from_", "joins", "where", "group", "having", "order", "limit", "distinct", "with_"
    ),
    exp.Length: only("this"),
    exp.Table: _table,
    exp.Join: _join,
    exp.Limit: _literal_limit,
    exp.Window: _window,
    exp.Column: _column,
    exp.Literal: _number,
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod), _arithmetic),
    exp.Interval: _interval,
    exp.Greatest: _extreme,
    exp.Least: _extreme,
    exp.Filter: only("this", "expression"),
    exp.Pad: views_texts.padded,
    exp.Avg: _average,
    exp.Count: _count,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Trim: views_texts.trim,
    exp.Like: views_texts.like,
    exp.Substring: views_texts.substring,
    exp.StrPosition: views_texts.strpos,
    exp.SplitPart: views_texts.split_part,
    exp.Replace: views_texts.replace,
    exp.RegexpLike: views_texts.regexp_like,
    exp.RegexpExtract: views_texts.regexp_extract,
    exp.RegexpReplace: views_texts.regexp_replace,
    exp.TimestampTrunc: views_dates.truncated,
    exp.DateTrunc: views_dates.truncated,
    exp.TimeToStr: views_dates.format_date,
    exp.DateAdd: views_dates.date_add,
    exp.DateDiff: views_dates.date_diff,
    exp.DayOfWeekIso: views_dates.weekday,
    exp.Extract: views_dates.extract,
    exp.Round: _rounded,
    exp.Floor: _whole,
    exp.Ceil: _whole,
}  # fmt: skip

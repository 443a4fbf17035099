"""Say what an engine's error means for the program: which name, on which line, and what was meant."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkwright.domain import Finding, RunError
from sparkwright.program.context import nearest
from sparkwright.program.spark_functions import PYTHON_FUNCTIONS, SQL_FUNCTIONS, words

if TYPE_CHECKING:
    from sparkwright.program.reading import Reading

_IDENTIFIERS = re.compile(r'Identifier\("((?:[^"\\]|\\.)*)"\)')
_PYTHON_ERRORS = words(
    """
    TypeError IndexError KeyError ValueError AttributeError ZeroDivisionError StopIteration AssertionError
    UnboundLocalError OverflowError ArithmeticException
    """
)

Explanation = tuple[str, str, str]  # message, hint, and the name to look for in the program


@dataclass(frozen=True)
class _Case:
    """An error that was recognised, and the program that it is about."""

    match: re.Match[str]
    reading: Reading


_Explain = Callable[[_Case], Explanation]


def explain(error: RunError, reading: Reading, source: str, *, acted: bool = False) -> Finding:
    """A finding that says where an engine's error comes from, and what to do."""
    if acted and error.type in _PYTHON_ERRORS:
        message = f"could not be checked past line {error.line or '?'} without data: {error.message}"
        return Finding(
            "plan", "warning", message, error.line, None, "rows that are fetched here are not there before the run"
        )
    statements = _statements_at(reading, error.line) if error.line else _bindings_of_result(reading)
    message, hint, name = _explained(error, reading)
    line, column = _place(name, statements, source) if name else (None, None)
    return Finding("plan", "error", message, line or error.line, column, hint or error.hint)


def _explained(error: RunError, reading: Reading) -> Explanation:
    if error.type == "PlanRefused":
        return error.message, error.hint, ""
    for pattern, explained in _KINDS:
        match = pattern.search(error.message)
        if match:
            return explained(_Case(match, reading))
    return (f"{error.type}: {error.message}" if error.type else error.message), error.hint, ""


# --- kinds of errors -------------------------------------------------------------------------------------------------


def _unknown_column(case: _Case) -> Explanation:
    parts = _IDENTIFIERS.findall(case.match[0]) or [case.match.groupdict().get("name") or ""]
    name = parts[-1]
    return _missing(".".join(parts), name, case.reading)


def _missing(full: str, name: str, reading: Reading) -> Explanation:
    candidates = reading.context.columns | set(_made(reading))
    near = nearest(name, candidates - {name})
    owners = [str(t.name) for t in reading.context.tables if t.column(name)]
    if owners:
        hint = f"{name} is a column of {' and '.join(owners)}; it is not among the columns at this place"
    else:
        hint = f"did you mean {near}?" if near else _listing(reading)
    return f"there is no column {full!r} here", hint, name


def _listing(reading: Reading) -> str:
    tables = reading.context.tables
    if len(tables) > 3:
        return ""
    lists = [f"{t.name} has {', '.join(c.name for c in t.all_columns[:20])}" for t in tables]
    return "; ".join(lists)


def _ambiguous(case: _Case) -> Explanation:
    name = ".".join(_IDENTIFIERS.findall(case.match[0])) or case.match.groupdict().get("name") or ""
    hint = "say whose it is (alias both sides and write a.name), or join on the column's name"
    return f"column {name!r} is ambiguous: more than one side of a join has it", hint, name.rpartition(".")[2]


def _unknown_table(case: _Case) -> Explanation:
    name = case.match["name"].strip()
    near = case.reading.context.nearest_table(name)
    return f"there is no table {name!r}", f"write {near}" if near else "name the table as database.table", name


def _unknown_function(case: _Case) -> Explanation:
    name = case.match["name"].strip()
    if name.lower() in SQL_FUNCTIONS:
        hint = "it may need a window (.over(...)), or run on a platform with JVM Spark"
        return f"function {name!r} cannot be used like this on the embedded engine", hint, name
    near = nearest(name, SQL_FUNCTIONS)
    return f"there is no function {name!r}", f"did you mean {near}?" if near else "", name


def _said(message: str, hint: str) -> _Explain:
    """Say the same whatever the error says."""
    return lambda _: (message, hint, "")


_not_grouped = _said(
    "a column is selected that is neither grouped by nor aggregated",
    "group by it, or take an aggregate of it such as F.first or F.max",
)
_nested_aggregate = _said(
    "an aggregate stands inside of another one", "aggregate in two steps, with a name for the first"
)


def _union_width(case: _Case) -> Explanation:
    return (
        f"the sides of a union have {case.match['left']} and {case.match['right']} columns",
        "select the same columns on both sides",
        "",
    )


def _union_name(case: _Case) -> Explanation:
    hint = "select the same columns on both sides, or say allowMissingColumns=True"
    return f"column {case.match['name']!r} is missing on one side of the union", hint, case.match["name"]


_ARROW = {
    "Utf8": "string", "LargeUtf8": "string", "Int64": "bigint", "Int32": "int", "Int16": "smallint", "Int8": "tinyint",
    "Float64": "double", "Float32": "float", "Boolean": "boolean", "Date32": "date",
}  # fmt: skip


def _arrow_types(text: str) -> str:
    text = re.sub(r"Timestamp\([^)]*\)", "timestamp", text)
    text = re.sub(r"Decimal128\(([^)]*)\)", r"decimal(\1)", text)
    return re.sub(r"\b(" + "|".join(_ARROW) + r")\b", lambda m: _ARROW[m[1]], text)


def _coercion(case: _Case) -> Explanation:
    return f"these types do not go together: {_arrow_types(case.match['what'])}", "cast one side with .cast(...)", ""


def _not_a_list(case: _Case) -> Explanation:
    return f"{case.match['name']} takes an array or a map", "explode a column of such a type", case.match["name"]


def _no_parts(case: _Case) -> Explanation:
    types = _arrow_types(case.match["type"])
    return f"a value of type {types} has no parts", "take parts of structs, maps and arrays only", ""


def _join_kind(case: _Case) -> Explanation:
    near = nearest(case.match["name"], ["inner", "outer", "left", "right", "left_semi", "left_anti", "cross", "full"])
    return (
        f"there is no kind of join {case.match['name']!r}",
        f"did you mean {near}?" if near else "",
        case.match["name"],
    )


def _syntax(case: _Case) -> Explanation:
    return f"this SQL cannot be read: found {case.match['found']}", "", ""


def _arity(case: _Case) -> Explanation:
    return f"function {case.match['name']!r} {case.match['what']}", "", case.match["name"]


def _attribute(case: _Case) -> Explanation:
    name = case.match["name"]
    if name in PYTHON_FUNCTIONS:
        return f"there is no column {name!r} here", f"the function is F.{name}", name
    return _missing(name, name, case.reading)


def _no_frame(case: _Case) -> Explanation:
    return (
        f"`result` is of type {case.match['what']}, not a DataFrame",
        "bind the DataFrame itself; count rows with .groupBy().count()",
        "result",
    )


_KINDS: tuple[tuple[re.Pattern[str], _Explain], ...] = (
    (re.compile(r"attribute ObjectName\(\[.*?\]\) is missing from the schema", re.DOTALL), _unknown_column),
    (re.compile(r"ambiguous attribute: ObjectName\(\[.*?\]\)", re.DOTALL), _ambiguous),
    (re.compile(r"\[ATTRIBUTE_NOT_SUPPORTED\] Attribute `(?P<name>[^`]+)`"), _attribute),
    (
        re.compile(r"UNRESOLVED_COLUMN[^\]]*\].*?(?:Cannot find column|with name) `?(?P<name>[^`\s]+)`?", re.DOTALL),
        _unknown_column,
    ),
    (re.compile(r"\[AMBIGUOUS_REFERENCE\] Reference `(?P<name>[^`]+)`"), _ambiguous),
    (re.compile(r"Table or view not found: (?P<name>\S+)"), _unknown_table),
    (re.compile(r"TABLE_OR_VIEW_NOT_FOUND\].*?`(?P<name>[^\s]+)` cannot be found", re.DOTALL), _unknown_table),
    (re.compile(r"unknown (?:table |aggregate |window )?function: (?P<name>\S+)"), _unknown_function),
    (re.compile(r"(?:^|: )function: (?P<name>\w+)$"), _unknown_function),
    (re.compile(r'No field named \S*"?#\d+'), _not_grouped),
    (re.compile(r"MISSING_AGGREGATION|MISSING_GROUP_BY"), _not_grouped),
    (re.compile(r"Aggregate function calls cannot be nested"), _nested_aggregate),
    (re.compile(r"left has (?P<left>\d+) columns whereas right has (?P<right>\d+) columns"), _union_width),
    (re.compile(r"(?:left|right) column not found: (?P<name>\S+)"), _union_name),
    (re.compile(r"Cannot coerce (?:arithmetic )?expression (?P<what>.+?) to valid types"), _coercion),
    (re.compile(r"Cannot infer common argument type for comparison operation (?P<what>.+)"), _coercion),
    (re.compile(r"(?P<name>explode\w*|posexplode\w*|inline\w*|flatten) should only be called with"), _not_a_list),
    (re.compile(r"cannot extract value from data type: (?P<type>\S+)"), _no_parts),
    (re.compile(r"Unsupported join type: '(?P<name>[^']*)'"), _join_kind),
    (re.compile(r"`(?P<name>\w+)` function (?P<what>requires [^.]+?)\."), _arity),
    (re.compile(r"argument: (?P<name>\w+) (?P<what>requires .+ arguments?)$"), _arity),
    (re.compile(r"(?P<name>\w+)\(\) (?P<what>(?:takes|missing) .+ arguments?.*)"), _arity),
    (re.compile(r"invalid argument: found (?P<found>.{1,60}?) (?:at \d+:\d+ )?expected", re.DOTALL), _syntax),
    (re.compile(r"`?result`? is (?:an? )?(?P<what>.{1,60}), not a DataFrame"), _no_frame),
)


# --- places ----------------------------------------------------------------------------------------------------------


def _statements_at(reading: Reading, line: int | None) -> list[ast.stmt]:
    """The statements that stand at a line, outermost first."""
    found = [
        n for n in reading.nodes if isinstance(n, ast.stmt) and line and n.lineno <= line <= (n.end_lineno or n.lineno)
    ]
    return sorted(found, key=lambda n: n.lineno)


def _bindings_of_result(reading: Reading) -> list[ast.stmt]:
    """The statements that bind `result`: an error without a line is about what it was bound to last."""
    found: list[ast.stmt] = [
        s for s in reading.tree.body if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == "result"
    ]
    return found[-1:]


def _place(name: str, statements: list[ast.stmt], source: str) -> tuple[int | None, int | None]:
    """Where a statement says a name: as a text, a word in SQL, or an attribute."""
    lines = source.split("\n")
    for statement in reversed(statements):
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        for pattern in (rf"""(?<=["'.`]){re.escape(name)}(?=["'`]|\b)""", rf"(?<!\w){re.escape(name)}(?!\w)"):
            for number in range(first, last + 1):
                match = re.search(pattern, lines[number - 1], re.IGNORECASE)
                if match:
                    return number, match.start() + 1
    return None, None


def _made(reading: Reading) -> Iterator[str]:
    for call in reading.calls:
        match call.func:
            case ast.Attribute(attr="alias" | "withColumn" | "name" | "toDF"):
                for given in call.args[:1]:
                    yield from reading.texts(given)
            case ast.Attribute(attr="withColumnRenamed") if len(call.args) > 1:
                yield from reading.texts(call.args[1])

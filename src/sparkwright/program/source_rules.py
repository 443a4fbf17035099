"""Where a program's rows come from, as rules: tables, paths, views and SQL, wherever a call takes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sparkwright.program import sql_rules, vocabulary
from sparkwright.program.folding import Constant, Kind
from sparkwright.program.reading import Reading, argument, finding
from sparkwright.program.spark_functions import SQL_FUNCTIONS

if TYPE_CHECKING:
    from sparkwright.domain import Finding

_PATH_CALLS = frozenset({"load", "parquet", "csv", "json", "orc", "text"})
_FUNCTION_NAMES = frozenset({"load", "text", "json", "csv", "orc", "parquet"})
_ONLY_CALLED = _PATH_CALLS | {"table", "sql", "option", "options", "createOrReplaceTempView", "createTempView"}
_TAKE_SQL = {"filter": "condition", "where": "condition"}
_QUERY = re.compile(r"\s*(?:SELECT|WITH)\s", re.IGNORECASE)
_PATH_OPTIONS = frozenset({"path", "paths", "basepath"})


def _method_calls(reading: Reading) -> Iterator[tuple[str, ast.expr, ast.Call]]:
    for call in reading.calls:
        match call.func:
            case ast.Attribute(value=ast.Name(id=name)) if name in reading.modules:
                continue
            case ast.Attribute(value=base, attr=name):
                yield name, base, call


def sources_are_called_plainly(reading: Reading) -> Iterator[Finding]:
    """`spark.table("db.t")`: what decides which rows are read is called where it stands."""
    for node in reading.nodes:
        if isinstance(node, ast.Attribute) and node.attr in _ONLY_CALLED and node not in reading.called:
            if isinstance(node.value, ast.Name) and node.value.id in reading.modules:
                continue
            hint = f"call it here; a column of that name is read as df[{node.attr!r}]"
            yield finding("sources", node, f"{node.attr!r} is handed on instead of called", hint)


def tables_are_known(reading: Reading) -> Iterator[Finding]:
    """`spark.table` and `spark.read.table` take the name of a selected table, or of a view that the program made."""
    for name, _, call in _method_calls(reading):
        if name != "table":
            continue
        texts = reading.texts(argument(call, 0, "tableName"))
        if not texts:
            yield finding("tables", call, "the name of this table is not known before the run", "write the name out")
        for text in sorted(texts):
            problem = sql_rules.table_problem(sql_rules.split_name(text), reading.context, frozenset(reading.views))
            if problem:
                yield finding("tables", call, *problem)


def paths_are_allowed(reading: Reading) -> Iterator[Finding]:
    """`spark.read...load(path)` reads below the allowed locations only; other tables are read by name."""
    for name, _, call in _method_calls(reading):
        if name not in _PATH_CALLS or not (call.args or call.keywords):
            continue
        given = [*call.args, *(k.value for k in call.keywords if k.arg in {"path", "paths"})]
        if not given or any(k.arg is None for k in call.keywords):
            yield finding("paths", call, "this read names no path", "write the path out, or read a table by its name")
        for each in given:
            yield from _path(reading, call, each)
        for keyword in call.keywords:
            if keyword.arg == "format":
                yield from _format(reading, call, keyword.value)
            elif keyword.arg not in {"path", "paths", None}:
                yield from _option(reading, call, str(keyword.arg), keyword.value)


def _path(reading: Reading, call: ast.Call, given: ast.expr) -> Iterator[Finding]:
    each = given.elts if isinstance(given, ast.List | ast.Tuple) else [given]
    for one in each:
        texts = reading.texts(one)
        if not texts:
            yield finding("paths", call, "this path is not known before the run", "write the path out")
        for text in sorted(texts):
            problem = sql_rules.path_problem(text, reading.context)
            if problem:
                yield finding("paths", call, *problem)


def readers_are_plain(reading: Reading) -> Iterator[Finding]:
    """Formats of files and options of parsing: nothing that opens connections or writes."""
    for name, _, call in _method_calls(reading):
        if name == "option":
            yield from _options(reading, call, [(argument(call, 0, "key"), argument(call, 1, "value"))])
        elif name == "options":
            if call.args or any(k.arg is None for k in call.keywords):
                yield finding("paths", call, "these options are not known before the run", "write them out")
            yield from (f for k in call.keywords if k.arg for f in _option(reading, call, k.arg, k.value))
        elif name == "format" and not _is_text(reading, call):
            yield from _format(reading, call, argument(call, 0, "source"))


def _format(reading: Reading, call: ast.Call, given: ast.expr | None) -> Iterator[Finding]:
    formats = reading.texts(given)
    if not formats or not {f.lower() for f in formats} <= vocabulary.READ_FORMATS:
        known = ", ".join(sorted(vocabulary.READ_FORMATS))
        yield finding("paths", call, "this format of files is none that a program may read", f"known are {known}")


def _is_text(reading: Reading, call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and bool(reading.texts(call.func.value))


def _options(
    reading: Reading, call: ast.Call, pairs: list[tuple[ast.expr | None, ast.expr | None]]
) -> Iterator[Finding]:
    for key, value in pairs:
        keys = reading.texts(key)
        if not keys or value is None:
            yield finding("paths", call, "this option is not known before the run", "write its name out")
        else:
            yield from (f for text in sorted(keys) for f in _option(reading, call, text, value))


def _option(reading: Reading, call: ast.Call, key: str, value: ast.expr) -> Iterator[Finding]:
    if key.lower() in _PATH_OPTIONS:
        yield from _path(reading, call, value)
    elif key.lower() not in vocabulary.READ_OPTIONS:
        yield finding("paths", call, f"option {key!r} is none that a program may set", "")


def views_are_what_they_say(reading: Reading) -> Iterator[Finding]:
    """A view has a name of its own; one named like a table holds that table and nothing else."""
    for name, base, call in _method_calls(reading):
        if name not in {"createOrReplaceTempView", "createTempView"}:
            continue
        texts = reading.texts(argument(call, 0, "name"))
        if not texts:
            yield finding("views", call, "the name of this view is not known before the run", "write the name out")
        for text in sorted(texts):
            yield from _view(reading, call, base, text.strip("`"))


def _view(reading: Reading, call: ast.Call, base: ast.expr, name: str) -> Iterator[Finding]:
    named = {table.name.name.lower(): table.name for table in reading.context.tables}
    if not name.isidentifier() or name.startswith("_"):
        yield finding("views", call, f"{name!r} is no name for a view", "use a plain word")
    elif name.lower() in named and _table_of(reading, base) != reading.context.by_bare_name.get(name.lower(), None):
        yield finding(
            "views", call, f"view {name!r} hides table {str(named[name.lower()])!r}", "give the view another name"
        )


def _table_of(reading: Reading, node: ast.expr, depth: int = 0) -> object:
    """The table that an expression reads as it is, or something that equals no table."""
    match node:
        case ast.Name(id=name) if depth < 5:
            bindings = reading.folding.bindings.by_name.get(name, [])
            found = [_table_of(reading, b, depth + 1) if isinstance(b, ast.expr) else "?" for b in bindings]
            return found[0] if found and all(f == found[0] for f in found) else "?"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="spark"), attr="table"), args=[given], keywords=[]):
            texts = reading.texts(given)
            return (reading.context.table(sql_rules.split_name(next(iter(texts)))) or "?") if len(texts) == 1 else "?"
    return "?"


_Judge = Callable[..., tuple[tuple[str, str], ...]]


def sql_only_asks(reading: Reading) -> Iterator[Finding]:
    """Every SQL text is one query, or one expression, over the tables of the question."""
    views = frozenset(reading.views)
    for judge, call, given in sql_texts(reading):
        value = reading.folding.value(given)
        is_statement = judge is sql_rules.judge_statement
        if isinstance(value, frozenset):
            yield from _known_sql(reading, given, value, judge, views)
        elif value is Kind.FRAME and _takes_columns(call):
            continue
        else:
            if reading.looks or (is_statement and _has_open_pivot(reading)):
                hint = "write the SQL out, or use DataFrame functions"
                yield finding(
                    "sql", call, "this SQL is put together in a program that looks at rows or at the clock", hint
                )
            if is_statement and not _begins_as_query(reading, given):
                hint = "begin the text with SELECT or WITH"
                yield finding("sql", call, "how this SQL begins is not known before the run", hint)


def _known_sql(
    reading: Reading, given: ast.expr, value: frozenset[Constant], judge: _Judge, views: frozenset[str]
) -> Iterator[Finding]:
    for text in sorted(v for v in value if isinstance(v, str)):
        yield from (finding("sql", given, *problem) for problem in judge(text, reading.context, views))
        if judge is sql_rules.judge_statement:
            warnings = sql_rules.read_statement(text).warnings
            yield from (finding("sql", given, *warning, severity="warning") for warning in warnings)


def _takes_columns(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in _TAKE_SQL


def _has_open_pivot(reading: Reading) -> bool:
    """Whether a pivot takes its columns from the data, so that their names are data."""
    return any(name == "pivot" and len(call.args) + len(call.keywords) < 2 for name, _, call in _method_calls(reading))


def sql_texts(reading: Reading) -> Iterator[tuple[_Judge, ast.Call, ast.expr]]:
    """The arguments that are read as SQL, with what judges them."""
    for call in reading.calls:
        if reading.is_function(call.func, "expr"):
            given = argument(call, 0, "str")
            yield sql_rules.judge_expression, call, given if given is not None else call
    for name, _, call in _method_calls(reading):
        if name == "sql":
            given = argument(call, 0, "sqlQuery")
            yield sql_rules.judge_statement, call, given if given is not None else call
        elif name in _TAKE_SQL:
            given = argument(call, 0, _TAKE_SQL[name])
            yield sql_rules.judge_expression, call, given if given is not None else call
        elif name == "selectExpr":
            for each in call.args:
                inner = each.value if isinstance(each, ast.Starred) else each
                elements = reading.folding.elements(inner)
                yield from (
                    (sql_rules.judge_expression, call, e) for e in (elements if elements is not None else [inner])
                )


def _begins_as_query(reading: Reading, given: ast.expr, depth: int = 0) -> bool:
    """Whether the first words of a text are written out, and begin a query."""
    match given:
        case _ if depth > 10:
            return False
        case ast.JoinedStr(values=[ast.Constant(value=str() as text), *_]) | ast.Constant(value=str() as text):
            return _QUERY.match(text) is not None
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod()):
            return _begins_as_query(reading, left, depth + 1)
        case (
            ast.Call(func=ast.Attribute(value=base, attr="format"))
            | ast.Call(func=ast.Attribute(value=base, attr="strip" | "lstrip" | "rstrip"), args=[], keywords=[])
        ):
            return _begins_as_query(reading, base, depth + 1)
        case ast.Name(id=name):
            bindings = reading.folding.bindings.by_name.get(name, [])
            return (
                len(bindings) == 1
                and isinstance(bindings[0], ast.expr)
                and _begins_as_query(reading, bindings[0], depth + 1)
            )
    return False


def sql_is_given_plainly(reading: Reading) -> Iterator[Finding]:
    """`spark.sql(text, args=...)`: texts with DataFrames in braces are put together where nobody sees it."""
    for name, _, call in _method_calls(reading):
        if name == "sql" and any(k.arg not in {"sqlQuery", "args"} for k in call.keywords):
            yield finding(
                "sql",
                call,
                "spark.sql takes the text and args",
                "make a temporary view of the DataFrame, or use args={...}",
            )
    for node in reading.nodes if reading.looks else ():
        match node:
            case ast.Attribute(ctx=ast.Load()) | ast.Name(ctx=ast.Load()):
                if node not in reading.called and reading.is_function(node, "expr"):
                    yield finding("sql", node, "`expr` is handed on instead of called", "call it where it stands")


def aggregates_are_known(reading: Reading) -> Iterator[Finding]:
    """`agg({"delay": "avg"})` names functions, too."""
    for name, _, call in _method_calls(reading):
        if name == "agg" and call.args and isinstance(call.args[0], ast.Dict):
            for value in call.args[0].values:
                for text in sorted(reading.texts(value)):
                    if text.lower() not in SQL_FUNCTIONS:
                        yield finding(
                            "sql",
                            value,
                            f"function {text!r} is none that a program may call",
                            "use Spark's own functions",
                        )


SOURCE_RULES: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    sources_are_called_plainly,
    tables_are_known,
    paths_are_allowed,
    readers_are_plain,
    views_are_what_they_say,
    sql_only_asks,
    sql_is_given_plainly,
    aggregates_are_known,
)

"""Tables are read by their full names: reads of a table's files, and names written otherwise, become that."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sparkwright.program import sql_rules
from sparkwright.program.context import Context, normal_path, spelled
from sparkwright.program.parsing import parse
from sparkwright.program.passes.tree import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sparkwright.domain import TableName
    from sparkwright.program.passes.tree import Rewriting

_FILES = frozenset({"load", "parquet", "csv", "json", "orc", "text"})
_BY_NAME = (["table"], ["read", "table"])
_MARKS = (".table(", ".read", ".sql(")
_VIEWS = frozenset({"createOrReplaceTempView", "createTempView"})


@dataclass(frozen=True)
class _Edit:
    """What an expression becomes, and what to say about it."""

    node: ast.expr
    text: str
    message: str


def name_tables(module: cst.Module, rewriting: Rewriting) -> cst.Module:
    """Read the tables of the question by name, and by their full name.

    Before::

        flights = spark.read.option("header", True).csv("s3a://lake/flights/")
        airlines = spark.table("airlines")
        result = spark.sql("SELECT count(*) FROM Flights")

    After::

        flights = spark.table("nyc.flights")
        airlines = spark.table("nyc.airlines")
        result = spark.sql("SELECT count(*) FROM nyc.flights")
    """
    source = source_of(module)
    if not rewriting.context.tables or not any(mark in source for mark in _MARKS):
        return module
    tree = parse(source)
    survey = _survey(tree)
    edits = list(_edits(tree, source, survey, rewriting.context))
    if not edits:
        return module
    for edit in edits:
        rewriting.say("tables", edit.message, ast.get_source_segment(source, edit.node) or "")
    return cst.parse_module(_edited(source, edits))


def _edited(source: str, edits: list[_Edit]) -> str:
    starts = [0]
    for line in source.encode().split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    text = source.encode()
    before = len(text) + 1
    for edit in sorted(edits, key=lambda e: (e.node.lineno, e.node.col_offset), reverse=True):
        begin = starts[edit.node.lineno - 1] + edit.node.col_offset
        end = starts[(edit.node.end_lineno or 1) - 1] + (edit.node.end_col_offset or 0)
        if end <= before:
            text = text[:begin] + edit.text.encode() + text[end:]
            before = begin
    return text.decode()


@dataclass
class _Survey:
    """What the module says before anything is changed: views, names given to spark.sql, names that are one text."""

    views: set[str] = field(default_factory=set)
    queries: set[str] = field(default_factory=set)
    texts: dict[str, ast.Constant] = field(default_factory=dict)


def _survey(tree: ast.Module) -> _Survey:
    survey = _Survey()
    bound: Counter[str] = Counter()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=attribute), args=[ast.Constant(value=str() as view)]) if (
                attribute in _VIEWS
            ):
                survey.views.add(view.lower())
            case ast.Call(func=ast.Attribute(attr="sql"), args=[ast.Name(id=name), *_]):
                survey.queries.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str()) as text):
                survey.texts[name] = text
            case ast.Name(id=name, ctx=ast.Store()):
                bound[name] += 1
    survey.texts = {name: text for name, text in survey.texts.items() if bound[name] == 1}
    return survey


def _edits(tree: ast.Module, source: str, survey: _Survey, context: Context) -> Iterator[_Edit]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="sql"), args=[ast.Constant(value=str()) as given, *_]):
                yield from _query(given, source, survey, context)
            case ast.Call(func=ast.Attribute(attr=name)) if name in _FILES or name == "table":
                steps = _steps(node)
                table = (
                    _by_name(node, steps, survey, context)
                    if name == "table"
                    else _by_path(node, steps, survey, context)
                )
                if table is not None:
                    text = f'spark.table("{_literal(table)}")'
                    yield _Edit(node, text, f"table {str(table)!r} is read by its full name")
    for name in survey.queries & set(survey.texts):
        yield from _query(survey.texts[name], source, survey, context)


def _steps(node: ast.expr) -> list[str]:
    """The attributes from `spark` to a call, or nothing where the root is something else."""
    steps: list[str] = []
    while True:
        match node:
            case ast.Call(func=ast.Attribute() as function):
                node = function
            case ast.Attribute(value=value, attr=name):
                steps.append(name)
                node = value
            case ast.Name(id="spark"):
                return steps[::-1]
            case _:
                return []


def _text(node: ast.expr | None, survey: _Survey) -> str | None:
    if isinstance(node, ast.Name):
        node = survey.texts.get(node.id)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _by_name(node: ast.Call, steps: list[str], survey: _Survey, context: Context) -> TableName | None:
    text = _text(node.args[0], survey) if len(node.args) == 1 and not node.keywords else None
    if text is None or text.lower().strip("`") in survey.views or steps not in _BY_NAME:
        return None
    found = context.table(sql_rules.split_name(text))
    is_full = found is not None and text in {str(found), spelled(found)} and steps == ["table"]
    return None if is_full else found


def _by_path(node: ast.Call, steps: list[str], survey: _Survey, context: Context) -> TableName | None:
    paths = [*node.args, *(k.value for k in node.keywords if k.arg == "path")]
    if steps[:1] != ["read"] or len(paths) != 1:
        return None
    return _table_at(_text(paths[0], survey), context)


def _literal(name: TableName) -> str:
    return spelled(name).replace("\\", "\\\\").replace('"', '\\"')


def _table_at(path: str | None, context: Context) -> TableName | None:
    """The table whose files a path means: its location, with or without `/`, `/*` or `/*.parquet` at the end."""
    if path is None:
        return None
    folder, _, last = path.rpartition("/")
    normal = normal_path(folder if last.startswith("*") else path)
    return context.by_location.get(normal) if normal else None


def _query(given: ast.Constant, source: str, survey: _Survey, context: Context) -> Iterator[_Edit]:
    literal = ast.get_source_segment(source, given) or ""
    new = qualify(literal, str(given.value), context, frozenset(survey.views))
    if new != literal:
        yield _Edit(given, new, "tables are named in full in this SQL")


def qualify(literal: str, text: str, context: Context, views: frozenset[str]) -> str:
    """Write the tables of a SQL literal by their full names; where that is not certain, leave it as it stands."""
    start = literal.find(text) if text else -1
    if start < 0 or len(text) > sql_rules.LONGEST or "\\" in literal:
        return literal
    try:
        trees = sqlglot.parse(text, read="spark")
    except (SqlglotError, RecursionError):
        return literal
    edits: list[tuple[int, int, str]] = []
    for tree in trees:
        for table in tree.find_all(exp.Table) if tree is not None else ():
            edit = _edit(table, context, views)
            edits += [edit] if edit else []
    new = text
    for begin, end, name in sorted(edits, reverse=True):
        new = new[:begin] + name + new[end:]
    return literal[:start] + new + literal[start + len(text) :]


def _edit(table: exp.Table, context: Context, views: frozenset[str]) -> tuple[int, int, str] | None:
    parts = [p for p in (table.args.get("catalog"), table.args.get("db"), table.this) if p]
    if not all(isinstance(p, exp.Identifier) for p in parts) or not parts:
        return None
    names = tuple(str(p.this) for p in parts)
    if len(names) == 1 and (names[0].lower() in views or names[0].lower() in set(sql_rules.visible_names(table))):
        return None
    found = context.table(names)
    begin, end = parts[0].meta.get("start"), parts[-1].meta.get("end")
    if found is None or names == (found.database, found.name) or begin is None or end is None:
        return None
    return begin, end + 1, spelled(found)

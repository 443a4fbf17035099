"""Session set-up goes: `spark` is given, and its settings are the platform's."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from sparkwright.program.passes.tree import (
    Rewriting,
    Statement,
    assigned,
    chain,
    code,
    expression,
    first_argument,
    root_name,
    small,
    source_of,
    text_of,
    with_body,
)

_SESSION_CLASSES = frozenset({"SparkSession", "SQLContext", "HiveContext"})
_CONTEXT_CLASSES = frozenset({"SparkContext", "SparkConf", "GlueContext"})
_GONE_MODULES = frozenset({"findspark", "awsglue"})
_GONE_NAMES = {
    "pyspark": frozenset({"SparkContext", "SparkConf", "SQLContext", "HiveContext"}),
    "pyspark.context": frozenset({"SparkContext"}),
    "pyspark.conf": frozenset({"SparkConf"}),
    "pyspark.sql": frozenset({"SparkSession", "SQLContext", "HiveContext"}),
    "pyspark.sql.session": frozenset({"SparkSession"}),
    "pyspark.sql.context": frozenset({"SQLContext", "HiveContext"}),
}
# Settings that may change an answer; the others change its speed at most.
_MEANINGFUL = (
    "spark.sql.session.timezone",
    "spark.sql.ansi",
    "spark.sql.casesensitive",
    "spark.sql.legacy",
    "spark.sql.storeassignment",
)
_MEANINGFUL_PARTS = ("rebase", "timeparserpolicy", "mapkeydedup", "timestamptype", "parser", "crossjoin")


@dataclass
class _Names:
    sessions: set[str] = field(default_factory=set)
    contexts: set[str] = field(default_factory=set)


def remove_session(module: cst.Module, rewriting: Rewriting) -> cst.Module:
    """Leave out what makes, sets up and stops the session.

    Before::

        from pyspark.sql import SparkSession, functions as F
        session = SparkSession.builder.appName("x").getOrCreate()
        session.conf.set("spark.sql.shuffle.partitions", 8)
        result = session.table("db.t")
        session.stop()

    After::

        from pyspark.sql import functions as F
        result = spark.table("db.t")
    """
    names = _Names()
    body = [_without_session(statement, names, rewriting) for statement in module.body]
    if all(new is old for new, old in zip(body, module.body, strict=True)):
        return module
    changed = with_body(module, body)
    others = names.sessions - {"spark"}
    if not others and "SparkSession" not in source_of(changed):
        return changed
    visited = changed.visit(_Rename(others))
    return visited if isinstance(visited, cst.Module) else changed


def _without_session(statement: Statement, names: _Names, rewriting: Rewriting) -> Statement | None:
    match small(statement):
        case cst.Import(names=aliases):
            return None if all(code(a.name).split(".")[0] in _GONE_MODULES for a in aliases) else statement
        case cst.ImportFrom() as imported:
            return _import(statement, imported)
    pair = assigned(statement)
    if pair:
        gone = _is_set_up(pair[0], pair[1], names)
        if gone:
            _note(statement, pair[1], rewriting)
        return None if gone else statement
    value = expression(statement)
    if value is not None and _is_setting(value, names):
        _note(statement, value, rewriting)
        return None
    return statement


def _note(statement: Statement, value: cst.BaseExpression, rewriting: Rewriting) -> None:
    rewriting.note("session", "session set-up is left out: `spark` is given", small(statement) or statement)
    for link in chain(value)[1]:
        key = (text_of(first_argument(link.call)) or "").lower() if link.name in {"config", "set"} else ""
        if key.startswith(_MEANINGFUL) or (key.startswith("spark.sql.") and any(p in key for p in _MEANINGFUL_PARTS)):
            message = f"setting {key!r} is not applied; it may change the answer"
            hint = "programs run in UTC with ANSI mode on, on every platform"
            rewriting.note("session", message, small(statement) or statement, "warning", hint)


def _import(statement: Statement, imported: cst.ImportFrom) -> Statement | None:
    module = code(imported.module) if imported.module and not imported.relative else ""
    if module.split(".")[0] in _GONE_MODULES:
        return None
    gone = _GONE_NAMES.get(module, frozenset())
    if not gone or isinstance(imported.names, cst.ImportStar):
        return statement
    kept = [alias for alias in imported.names if code(alias.name) not in gone]
    if len(kept) == len(imported.names):
        return statement
    if not kept:
        return None
    kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    new = imported.with_changes(names=kept)
    return statement.with_changes(body=[new])


def _is_set_up(name: str, value: cst.BaseExpression, names: _Names) -> bool:
    root = root_name(value)
    steps = [link.name for link in chain(value)[1]]
    if root in _SESSION_CLASSES and (not steps or steps[0] in {"builder", "getActiveSession", "getOrCreate", "active"}):
        if not steps or steps[-1] in {"getOrCreate", "create", "getActiveSession", "active"}:
            names.sessions.add(name)
        else:
            names.contexts.add(name)
        return True
    if root in _CONTEXT_CLASSES:
        names.contexts.add(name)
        return True
    if root in names.contexts:
        is_session = bool(steps) and steps[-1] in {"spark_session", "getOrCreate", "sparkSession"}
        (names.sessions if is_session else names.contexts).add(name)
        return True
    if (root in names.sessions or root == "spark") and steps == ["sparkContext"]:
        names.contexts.add(name)
        return True
    return False


def _is_setting(value: cst.BaseExpression, names: _Names) -> bool:
    root = root_name(value)
    steps = [link.name for link in chain(value)[1]]
    if root in names.contexts or root in _GONE_MODULES:
        return True
    if root in _SESSION_CLASSES and steps[:1] == ["builder"]:
        return True
    if root in names.sessions or root == "spark":
        return (
            steps[:1] == ["stop"]
            or steps[:2] == ["conf", "set"]
            or steps[:2] == ["sparkContext", "setLogLevel"]
            or steps == ["catalog", "clearCache"]
        )
    return False


class _Rename(cst.CSTTransformer):
    """Call every session `spark`, and leave out the annotation `: SparkSession`."""

    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self.names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:  # noqa: N802
        return updated_node.with_changes(value="spark") if original_node.value in self.names else updated_node

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:  # noqa: N802
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:  # noqa: N802
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:  # noqa: N802
        if original_node.annotation and code(original_node.annotation.annotation) in _SESSION_CLASSES:
            return updated_node.with_changes(annotation=None)
        return updated_node

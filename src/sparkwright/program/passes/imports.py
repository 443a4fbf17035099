"""What everybody calls by the same name is imported where the import was forgotten."""

from __future__ import annotations

import ast

import libcst as cst

from sparkwright.program.parsing import parse
from sparkwright.program.passes.tree import Rewriting, Statement, code, expression, small, source_of

_USUAL = {
    "F": "from pyspark.sql import functions as F",
    "Window": "from pyspark.sql import Window",
}


def import_the_usual(module: cst.Module, rewriting: Rewriting) -> cst.Module:
    """Import `F` and `Window` where they are used and bound nowhere.

    Before::

        result = spark.table("db.t").agg(F.count("*"))

    After::

        from pyspark.sql import functions as F

        result = spark.table("db.t").agg(F.count("*"))
    """
    source = source_of(module)
    free = _free_names(source) if any(f"{name}." in source for name in _USUAL) else set()
    missing = [name for name in _USUAL if name in free]
    if not missing:
        return module
    lines: list[Statement] = [
        cst.ensure_type(cst.parse_statement(_USUAL[name]), cst.SimpleStatementLine) for name in missing
    ]
    position = next((i for i, statement in enumerate(module.body) if not _stands_before(statement)), len(module.body))
    rest = list(module.body[position:])
    for name in missing:
        rewriting.note("imports", f"the import of {name} is added", cst.Name(name))
    if rest and not isinstance(small(rest[0]), cst.Import | cst.ImportFrom):
        rest[0] = rest[0].with_changes(
            leading_lines=[cst.EmptyLine(indent=False), *getattr(rest[0], "leading_lines", ())]
        )
    return module.with_changes(body=[*module.body[:position], *lines, *rest])


def _stands_before(statement: Statement) -> bool:
    """Whether imports come after it: a docstring, or `from __future__`."""
    if isinstance(expression(statement), cst.SimpleString | cst.ConcatenatedString):
        return True
    return code(statement).startswith("from __future__")


def _free_names(source: str) -> set[str]:
    used: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
            case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                bound.add(name)
            case ast.alias(name=name, asname=asname):
                bound.add(asname or name.partition(".")[0])
    return set() if "*" in bound else used - bound

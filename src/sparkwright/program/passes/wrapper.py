"""A script's wrapping goes: what stands under `if __name__ == "__main__":` and in `def main():` is the program."""

from __future__ import annotations

import ast

import libcst as cst

from sparkwright.program.parsing import parse
from sparkwright.program.passes.tree import (
    Rewriting,
    Statement,
    assigned,
    bind,
    binds,
    code,
    expression,
    small,
    with_body,
)


def unwrap_guard(module: cst.Module, rewriting: Rewriting) -> cst.Module:
    """Take the block out of `if __name__ == "__main__":`.

    Before::

        if __name__ == "__main__":
            result = spark.table("db.t")

    After::

        result = spark.table("db.t")
    """
    body: list[Statement] = []
    for statement in module.body:
        if isinstance(statement, cst.If) and _is_guard(statement):
            rewriting.note("wrapper", "`if __name__ == ...` is left out: a program runs from its top", statement.test)
            body += _with_comments(statement, _statements(statement.body))
        else:
            body.append(statement)
    return module.with_changes(body=body) if len(body) != len(module.body) or body != list(module.body) else module


def _is_guard(statement: cst.If) -> bool:
    return statement.orelse is None and code(statement.test).strip("()").replace("'", '"') == '__name__ == "__main__"'


def _statements(block: cst.BaseSuite) -> list[Statement]:
    if isinstance(block, cst.IndentedBlock):
        return [part for part in block.body if isinstance(part, cst.SimpleStatementLine | cst.BaseCompoundStatement)]
    return [cst.SimpleStatementLine([part]) for part in block.body if isinstance(part, cst.BaseSmallStatement)]


def _with_comments(old: Statement, statements: list[Statement]) -> list[Statement]:
    if not statements:
        return statements
    first = statements[0]
    lines = [*getattr(old, "leading_lines", ()), *getattr(first, "leading_lines", ())]
    return [first.with_changes(leading_lines=lines), *statements[1:]]


def unwrap_main(module: cst.Module, rewriting: Rewriting) -> cst.Module:
    """Take the body out of a `def main():` that is called once, at the top.

    Before::

        def main():
            df = spark.table("db.t")
            return df

        main()

    After::

        df = spark.table("db.t")
        result = df
    """
    found = [s for s in module.body if isinstance(s, cst.FunctionDef) and s.name.value == "main"]
    calls = [s for s in module.body if _is_call_of_main(s)]
    if len(found) != 1 or len(calls) != 1 or not _is_simple(found[0], module):
        return module
    rewriting.note("wrapper", "`def main()` is left out: a program runs from its top", found[0].name)
    body: list[Statement | None] = []
    old: list[Statement] = []
    for statement in module.body:
        if statement is calls[0]:
            inlined = _inlined(found[0], statement, module)
            body += inlined
            old += [statement] * len(inlined)
        elif statement is not found[0]:
            body.append(statement)
            old.append(statement)
    return with_body(module, body, old)


def _is_call_of_main(statement: Statement) -> bool:
    pair = assigned(statement)
    value = pair[1] if pair else expression(statement)
    match value:
        case cst.Call(func=cst.Name(value="main"), args=args):
            return all(code(arg) == "spark" for arg in args)
    return False


def _is_simple(function: cst.FunctionDef, module: cst.Module) -> bool:
    names = [p.name.value for p in function.params.params]
    if (
        function.decorators
        or function.asynchronous
        or names not in ([], ["spark"])
        or not isinstance(function.body, cst.IndentedBlock)
    ):
        return False
    statements = _statements(function.body)
    last = small(statements[-1])
    if _returns(function) > (1 if isinstance(last, cst.Return) else 0) or module.code.count("main(") != 2:
        return False
    local = {pair[0] for s in statements if (pair := assigned(s))}
    others = [s for s in module.body if s is not function]
    return not any(pair[0] in local and not _is_call_of_main(s) for s in others if (pair := assigned(s)))


def _returns(function: cst.FunctionDef) -> int:
    """How many `return`s a function has, without those of functions inside."""
    level: list[ast.AST] = list(parse(code(function)).body)
    level = list(ast.iter_child_nodes(level[0]))
    count = 0
    while level:
        node = level.pop()
        count += isinstance(node, ast.Return)
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            level += ast.iter_child_nodes(node)
    return count


def _inlined(function: cst.FunctionDef, call: Statement, module: cst.Module) -> list[Statement]:
    statements = _statements(function.body)
    match small(statements[0]):
        case cst.Expr(value=cst.SimpleString()) if len(statements) > 1:
            statements = statements[1:]
    last = small(statements[-1])
    if isinstance(last, cst.Return):
        pair = assigned(call)
        name = pair[0] if pair else "result"
        shadowed = not pair and binds(module, "result")
        if last.value is None or shadowed or code(last.value) == name:
            statements = statements[:-1]
        else:
            statements = [*statements[:-1], bind(name, last.value, statements[-1])]
    return _with_comments(call, _with_comments(function, statements))

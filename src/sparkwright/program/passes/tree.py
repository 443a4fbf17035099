"""What the passes share: their state, chains of calls, and statements at the top of a module."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from sparkwright.domain import Severity
    from sparkwright.program.context import Context
from sparkwright.program.parsing import parse

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
_EMPTY = cst.Module([])


@dataclass(frozen=True)
class Note:
    """What a pass has to say, and the code that it is about, as it stood."""

    rule: str
    message: str
    code: str
    severity: Severity = "note"
    hint: str = ""


@dataclass
class Rewriting:
    """What the passes know and gather while they bring one draft into house form."""

    context: Context
    notes: list[Note] = field(default_factory=list)
    row_limit: int | None = None

    def note(self, rule: str, message: str, node: cst.CSTNode, severity: Severity = "note", hint: str = "") -> None:
        """Say what was changed, and where."""
        self.say(rule, message, code(node), severity, hint)

    def say(self, rule: str, message: str, text: str, severity: Severity = "note", hint: str = "") -> None:
        """Say what was changed, in the words that stood there."""
        self.notes.append(Note(rule, message, text, severity, hint))


Pass = Callable[[cst.Module, Rewriting], cst.Module]


@lru_cache(maxsize=2048)
def code(node: cst.CSTNode) -> str:
    """The text of a node, without what stands around it."""
    return _EMPTY.code_for_node(node).strip()


@lru_cache(maxsize=64)
def source_of(module: cst.Module) -> str:
    """The text of a module."""
    return module.code


@dataclass(frozen=True)
class Link:
    """One step of a chain: an attribute, and its call if it is called."""

    name: str
    call: cst.Call | None
    before: cst.BaseExpression


def chain(node: cst.BaseExpression) -> tuple[cst.BaseExpression, list[Link]]:
    """Take `a.b(1).c` apart: its root, and its links from left to right."""
    links: list[Link] = []
    while True:
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            links.append(Link(node.func.attr.value, node, node.func.value))
            node = node.func.value
        elif isinstance(node, cst.Attribute):
            links.append(Link(node.attr.value, None, node.value))
            node = node.value
        else:
            return node, links[::-1]


def root_name(node: cst.BaseExpression) -> str:
    """The name at the root of a chain, also where it is called; empty if there is none."""
    root = chain(node)[0]
    if isinstance(root, cst.Call):
        root = root.func
    return root.value if isinstance(root, cst.Name) else ""


def small(statement: Statement) -> cst.BaseSmallStatement | None:
    """The one simple statement that stands in a line."""
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        return statement.body[0]
    return None


def assigned(statement: Statement) -> tuple[str, cst.BaseExpression] | None:
    """The name and value of `name = value`."""
    match small(statement):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
            return name, value
        case cst.AnnAssign(target=cst.Name(value=name), value=cst.BaseExpression() as value):
            return name, value
    return None


def expression(statement: Statement) -> cst.BaseExpression | None:
    """The expression that a statement consists of."""
    match small(statement):
        case cst.Expr(value=value):
            return value
    return None


def bind(name: str, value: cst.BaseExpression, like: Statement | None = None) -> cst.SimpleStatementLine:
    """`name = value`, with the comments of the statement in whose place it stands."""
    assign = cst.Assign([cst.AssignTarget(cst.Name(name))], value)
    if isinstance(like, cst.SimpleStatementLine):
        return like.with_changes(body=[assign])
    return cst.SimpleStatementLine([assign])


def text_of(node: cst.BaseExpression | None) -> str | None:
    """The text of a plain string literal."""
    if not isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        return None
    match parse(f"({code(node)})").body:
        case [ast.Expr(value=ast.Constant(value=str() as text))]:
            return text
    return None


def first_argument(call: cst.Call | None) -> cst.BaseExpression | None:
    """The first argument of a call, if it stands alone and without a star."""
    if call is None or not call.args or call.args[0].star:
        return None
    return call.args[0].value


def with_body(
    module: cst.Module, body: Iterable[Statement | None], old: Sequence[Statement] | None = None
) -> cst.Module:
    """Replace the statements of a module; comments above a statement that goes (None) move to the next one."""
    kept: list[Statement] = []
    pending: list[cst.EmptyLine] = []
    for was, now in zip(old if old is not None else module.body, body, strict=True):
        if now is None:
            pending += _comments(was)
        elif pending:
            kept.append(now.with_changes(leading_lines=[*pending, *getattr(now, "leading_lines", ())]))
            pending = []
        else:
            kept.append(now)
    return module.with_changes(body=kept, footer=[*pending, *module.footer])


def _comments(statement: cst.CSTNode) -> list[cst.EmptyLine]:
    lines = list(getattr(statement, "leading_lines", ()))
    return lines if any(line.comment for line in lines) else []


def binds(module: cst.Module, name: str) -> bool:
    """Whether a name is bound by a statement of the module, in a block or not."""
    return any(_binds(statement, name) for statement in module.body)


def _binds(statement: Statement, name: str) -> bool:
    if isinstance(statement, cst.FunctionDef | cst.ClassDef):
        return False
    pair = assigned(statement)
    if pair is not None or isinstance(small(statement), cst.Expr | cst.Import | cst.ImportFrom):
        return pair is not None and pair[0] == name
    return name in code(statement) and name in bound_names(statement)


def bound_names(statement: Statement) -> set[str]:
    """The names that a statement binds outside of functions."""
    names: set[str] = set()
    level: list[ast.AST] = [parse(code(statement))]
    while level:
        node = level.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            level += ast.iter_child_nodes(node)
    return names

"""Which expressions the names of a program are bound to, wherever and whenever."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Item:
    """An iterable whose elements a name is bound to, one after the other; or what stands at a position of each."""

    of: ast.expr
    position: int | None = None


@dataclass(frozen=True)
class Opaque:
    """Something that is bound to a name and is no expression; `is_text` where it may be a text."""

    is_text: bool = True


Binding = ast.expr | Item | Opaque
UNKNOWN, NO_TEXT = Opaque(), Opaque(is_text=False)


class Bindings:
    """What is bound to each name, looking at all scopes as one."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self.by_name: dict[str, list[Binding]] = defaultdict(list)
        self.definitions: dict[str, list[ast.FunctionDef]] = defaultdict(list)
        self._parents: dict[ast.AST, ast.AST] = {}
        self._loads: dict[str, list[ast.Name]] = defaultdict(list)
        calls: dict[str, list[ast.Call]] = defaultdict(list)
        for node in nodes:
            self._collect(node, calls)
        for name, definitions in self.definitions.items():
            for definition in definitions:
                self._bind_parameters(definition, calls[name])

    def _collect(self, node: ast.AST, calls: dict[str, list[ast.Call]]) -> None:
        for child in ast.iter_child_nodes(node):
            self._parents[child] = node
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                self._loads[name].append(node)
            case ast.Call(func=ast.Name(id=name)):
                calls[name].append(node)
            case ast.FunctionDef(name=name):
                self.definitions[name].append(node)
                self.by_name[name].append(NO_TEXT)
            case ast.Lambda(args=arguments):
                for argument in _all_arguments(arguments):
                    self.by_name[argument.arg].append(UNKNOWN)
            case ast.ExceptHandler(name=str() as name):
                self.by_name[name].append(NO_TEXT)
            case _:
                self._collect_assignment(node)

    def _collect_assignment(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
                self._bind(target, value)
            case ast.AugAssign(target=ast.Name(id=name)):
                self.by_name[name].append(UNKNOWN)
            case ast.For(target=target, iter=iterable) | ast.comprehension(target=target, iter=iterable):
                self._bind_item(target, iterable)
            case ast.With(items=items):
                for item in items:
                    if item.optional_vars is not None:
                        self._bind(item.optional_vars, None)

    def _bind(self, target: ast.expr, value: ast.expr | None) -> None:
        match target, value:
            case ast.Name(id=name), ast.expr():
                self.by_name[name].append(value)
            case ast.Name(id=name), None:
                self.by_name[name].append(UNKNOWN)
            case (
                (ast.Tuple(elts=targets) | ast.List(elts=targets)),
                (ast.Tuple(elts=values) | ast.List(elts=values)),
            ) if len(targets) == len(values) and not any(isinstance(e, ast.Starred) for e in (*targets, *values)):
                for one, its in zip(targets, values, strict=True):
                    self._bind(one, its)
            case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), _):
                for one in targets:
                    self._bind(one.value if isinstance(one, ast.Starred) else one, None)

    def _bind_item(self, target: ast.expr, iterable: ast.expr) -> None:
        match target:
            case ast.Name(id=name):
                self.by_name[name].append(Item(iterable))
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for position, one in enumerate(targets):
                    if isinstance(one, ast.Name):
                        self.by_name[one.id].append(Item(iterable, position))
                    else:
                        self._bind(one, None)

    def _bind_parameters(self, definition: ast.FunctionDef, calls: list[ast.Call]) -> None:
        arguments = definition.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        escapes = len(self._loads[definition.name]) != len(calls) or len(self.definitions[definition.name]) != 1
        odd = escapes or any(has_stars(call) for call in calls)
        for argument in _all_arguments(arguments):
            name = argument.arg
            if odd or name in {a.arg for a in (arguments.vararg, arguments.kwarg) if a}:
                self.by_name[name].append(UNKNOWN)
                continue
            for call in calls:
                given = {k.arg: k.value for k in call.keywords if k.arg} | dict(zip(names, call.args, strict=False))
                if name in given:
                    self.by_name[name].append(given[name])
        for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d)):
            for name in names + [a.arg for a in arguments.kwonlyargs]:
                self.by_name[name].append(default)

    def collection(self, name: str) -> ast.expr | None:
        """The literal collection that a name is bound to, if it is bound to nothing else."""
        match self.by_name.get(name):
            case [ast.List() | ast.Tuple() | ast.Set() | ast.Dict() as only]:
                return only
        return None

    def is_only_read(self, name: str) -> bool:
        """Whether a collection is looped over, looked into or unpacked, and never handed on, changed or renamed."""
        return all(self._reads(load) for load in self._loads[name])

    def _reads(self, load: ast.Name) -> bool:
        parent = self._parents.get(load)
        match parent:
            case ast.For(iter=iterable) | ast.comprehension(iter=iterable):
                return iterable is load
            case ast.Starred() | ast.Compare():
                return True
            case ast.Subscript(ctx=ast.Load()):
                return parent.value is load
            case ast.Call(func=ast.Name(id="len" | "sorted" | "list" | "tuple" | "reversed" | "set" | "enumerate")):
                return True
            case ast.Call(func=ast.Attribute(attr="join" | "isin" | "select" | "groupBy" | "orderBy" | "drop")):
                return True
            case ast.Attribute(attr="items" | "values" | "keys" | "get"):
                return True
        return False


def has_stars(call: ast.Call) -> bool:
    """Whether a call takes arguments from a collection."""
    return any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords)


def _all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return found + [a for a in (arguments.vararg, arguments.kwarg) if a]

"""A draft as the rules see it: its syntax tree, what it imports and binds, and what its texts can be."""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sparkwright.domain import Finding, Severity
from sparkwright.program import vocabulary
from sparkwright.program.folding import Folding

if TYPE_CHECKING:
    from sparkwright.program.context import Context

_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, eq=False)
class Reading:
    """A module with the context in which it is judged."""

    tree: ast.Module
    context: Context

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """All calls."""
        return tuple(node for node in self.nodes if isinstance(node, ast.Call))

    @cached_property
    def called(self) -> frozenset[ast.expr]:
        """The expressions that are called where they stand."""
        return frozenset(call.func for call in self.calls)

    @cached_property
    def modules(self) -> dict[str, str]:
        """The names that stand for modules, and which."""
        found: dict[str, str] = {}
        for node in self.nodes:
            match node:
                case ast.Import(names=names):
                    found |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in names}
                case ast.ImportFrom(module="pyspark.sql", names=names):
                    found |= {
                        a.asname or a.name: f"pyspark.sql.{a.name}" for a in names if a.name in {"functions", "types"}
                    }
        return found

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """The names that were imported from modules: of which module, and under which name there."""
        found: dict[str, tuple[str, str]] = {}
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                for alias in node.names:
                    names = vocabulary.MODULES.get(module, frozenset()) if alias.name == "*" else {alias.name}
                    found |= {(alias.asname or name) if alias.name != "*" else name: (module, name) for name in names}
        return {name: origin for name, origin in found.items() if name not in self.modules}

    @cached_property
    def bound(self) -> frozenset[str]:
        """All names that the program binds, anywhere."""
        names: set[str] = set(self.modules) | set(self.imported)
        for node in self.nodes:
            match node:
                case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                    names.add(name)
                case ast.ExceptHandler(name=str() as name):
                    names.add(name)
        return frozenset(names)

    @cached_property
    def bound_at_the_top(self) -> frozenset[str]:
        """The names that the program binds outside of functions."""
        names: set[str] = set()
        level: list[ast.AST] = [self.tree]
        while level:
            node = level.pop()
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef | ast.comprehension):
                level += ast.iter_child_nodes(node)
        return frozenset(names)

    @cached_property
    def words(self) -> frozenset[str]:
        """Words in the program's texts and keywords: the columns that it makes have their names from there."""
        words: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.update(_WORD.findall(node.value))
            elif isinstance(node, ast.keyword) and node.arg:
                words.add(node.arg)
        return frozenset(words)

    @cached_property
    def folding(self) -> Folding:
        """What the program's texts can be."""
        spark = frozenset(name for name, module in self.modules.items() if module.startswith("pyspark.sql.functions"))
        functions = frozenset(name for name, (module, _) in self.imported.items() if module == "pyspark.sql.functions")
        rebound = {n.id for n in self.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        rebound |= {n.arg for n in self.nodes if isinstance(n, ast.arg)}
        rebound |= {n.name for n in self.nodes if isinstance(n, ast.FunctionDef)}
        return Folding(self.nodes, frozenset(self.modules), spark, functions - rebound - frozenset(dir(builtins)))

    @cached_property
    def views(self) -> dict[str, list[ast.Call]]:
        """The temporary views that the program makes under a known name, in lower case, and where."""
        found: dict[str, list[ast.Call]] = {}
        for call in self.calls:
            if isinstance(call.func, ast.Attribute) and call.func.attr in {"createOrReplaceTempView", "createTempView"}:
                for text in self.texts(argument(call, 0, "name")):
                    found.setdefault(text.lower().strip("`"), []).append(call)
        return found

    def texts(self, node: ast.expr | None) -> frozenset[str]:
        """The texts that an expression can be; none where they are not known."""
        return (self.folding.texts(node) if node is not None else None) or frozenset()

    def is_function(self, func: ast.expr, name: str) -> bool:
        """Whether an expression names that function of `pyspark.sql.functions`."""
        match func:
            case ast.Name(id=local):
                return self.imported.get(local) == ("pyspark.sql.functions", name)
            case ast.Attribute(value=ast.Name(id=module), attr=attribute):
                return attribute == name and self.modules.get(module) == "pyspark.sql.functions"
        return False

    @cached_property
    def looks(self) -> tuple[ast.Call, ...]:
        """Calls that look at rows or at a clock while the program is still being built."""
        return tuple(call for call in self.calls if self._looks(call))

    def _looks(self, call: ast.Call) -> bool:
        match call.func:
            case ast.Attribute(value=ast.Name(id=name)) if name in self.modules:
                return self.modules[name] in {"datetime"} and call.func.attr in vocabulary.CLOCKS
            case ast.Attribute(attr="count"):
                return not call.args and not _is_grouped(call.func.value)
            case ast.Attribute(attr=name):
                return name in vocabulary.ACTIONS or name in vocabulary.CLOCKS
        return False


def _is_grouped(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="groupBy" | "groupby" | "rollup" | "cube" | "pivot" | "groupingSets")):
            return True
    return False


def argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    """The argument of a call at that position, or of one of those names."""
    if len(call.args) > position and not any(isinstance(a, ast.Starred) for a in call.args[: position + 1]):
        return call.args[position]
    return next((k.value for k in call.keywords if k.arg in names), None)


def finding(rule: str, node: ast.AST, message: str, hint: str = "", severity: Severity = "error") -> Finding:
    """A finding at a node."""
    line: int | None = getattr(node, "lineno", None)
    offset: int | None = getattr(node, "col_offset", None)
    return Finding(rule, severity, message, line, None if offset is None else offset + 1, hint)

"""Which texts an expression of a program can be, as far as reading it tells: no code is run.

The analysis looks at all bindings of a name at once, whatever the order and the scope, so that what it says is an upper
bound: if a text is not among the values, the program cannot make it.
"""

from __future__ import annotations

import ast
import itertools
from enum import Enum
from typing import TYPE_CHECKING

from sparkwright.program import vocabulary
from sparkwright.program.bindings import Binding, Bindings, Opaque, has_stars
from sparkwright.program.spark_functions import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_VALUES = 64
_LONGEST = 100_000
_DEEPEST = 40
_MOST_STEPS = 20_000


class Kind(Enum):
    """What is known of an expression that is no known constant."""

    UNKNOWN = "anything"
    FRAME = "a DataFrame, Column or the like"
    OTHER = "no text"


Constant = str | int | float | bool | None
Value = Kind | frozenset[Constant]

_TEXT_METHODS: dict[str, Callable[..., str]] = {
    "lower": str.lower, "upper": str.upper, "title": str.title, "capitalize": str.capitalize,
    "strip": str.strip, "lstrip": str.lstrip, "rstrip": str.rstrip, "replace": str.replace,
}  # fmt: skip
_NO_TEXT_CALLS = words(
    """
    abs bool dict divmod enumerate float frozenset int len list range set sum tuple zip
    """
)


class Folding:
    """The values of a program's expressions."""

    def __init__(
        self,
        nodes: Iterable[ast.AST],
        modules: frozenset[str] = frozenset(),
        spark_modules: frozenset[str] = frozenset(),
        functions: frozenset[str] = frozenset(),
    ) -> None:
        self.modules = modules
        self.spark_modules = spark_modules
        self.functions = functions
        self.bindings = Bindings(nodes)
        self._memory: dict[ast.expr, Value] = {}
        self._open: set[int] = set()
        self._steps = 0

    # --- values ------------------------------------------------------------------------------------------------------

    def texts(self, node: ast.expr) -> frozenset[str] | None:
        """The texts that the expression can be, or None where they are not known or it can be something else."""
        value = self.value(node)
        if isinstance(value, Kind) or not all(isinstance(v, str) for v in value):
            return None
        return frozenset(v for v in value if isinstance(v, str))

    def value(self, node: ast.expr) -> Value:
        """What the expression can be."""
        if node in self._memory:
            return self._memory[node]
        self._steps += 1
        if id(node) in self._open or len(self._open) > _DEEPEST or self._steps > _MOST_STEPS:
            return Kind.UNKNOWN
        self._open.add(id(node))
        try:
            found = self._value(node)
        finally:
            self._open.discard(id(node))
        if isinstance(found, frozenset) and not isinstance(node, ast.Constant) and _is_too_much(found):
            found = Kind.UNKNOWN
        if not self._open:
            self._memory[node] = found
        return found

    def _value(self, node: ast.expr) -> Value:  # noqa: C901, PLR0912  (one case for each kind of expression)
        match node:
            case ast.Constant(value=str() | int() | float() | bool() | None as constant):
                return frozenset({constant})
            case ast.Constant() | ast.Compare() | ast.Lambda() | ast.List() | ast.Tuple() | ast.Dict() | ast.Set():
                return Kind.FRAME if isinstance(node, ast.Compare) else Kind.OTHER
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return Kind.OTHER
            case ast.Name(id=name):
                return self._name(name)
            case ast.JoinedStr(values=parts):
                return self._joined([self._formatted(part) for part in parts])
            case ast.NamedExpr(value=value):
                return self.value(value)
            case ast.IfExp(body=body, orelse=orelse):
                return _union([self.value(body), self.value(orelse)])
            case ast.BoolOp(values=values):
                return _union([self.value(v) for v in values])
            case ast.UnaryOp():
                return Kind.FRAME if self.value(node.operand) is Kind.FRAME else Kind.OTHER
            case ast.BinOp():
                return self._binary(node)
            case ast.Call():
                return self._call(node)
            case ast.Subscript(value=base, slice=index):
                return self._subscript(base, index)
            case ast.Attribute(value=base, attr=name):
                return (
                    Kind.FRAME if self.value(base) is Kind.FRAME and name not in vocabulary.ATTRIBUTES else Kind.UNKNOWN
                )
        return Kind.UNKNOWN

    def _name(self, name: str) -> Value:
        if name == "spark" or name in self.modules or name in self.functions:
            return Kind.OTHER
        bindings = self.bindings.by_name.get(name)
        if not bindings:
            return Kind.UNKNOWN
        return _union([self._bound(binding) for binding in bindings])

    def _bound(self, binding: Binding) -> Value:
        if isinstance(binding, Opaque):
            return Kind.UNKNOWN if binding.is_text else Kind.OTHER
        if isinstance(binding, ast.expr):
            return self.value(binding)
        elements = self.elements(binding.of)
        if elements is None:
            return Kind.UNKNOWN
        if binding.position is not None:
            rows = [e.elts for e in elements if isinstance(e, ast.Tuple)]
            if len(rows) != len(elements) or not all(len(row) > binding.position for row in rows):
                return Kind.UNKNOWN
            elements = [row[binding.position] for row in rows]
        return _union([self.value(e) for e in elements])

    def elements(self, node: ast.expr) -> list[ast.expr] | None:
        """The expressions that an iterable's elements come from, or None where they are not known."""
        match node:
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return None if any(isinstance(e, ast.Starred) for e in elements) else elements
            case ast.Dict(keys=keys):
                return [k for k in keys if k] if all(keys) else None
            case ast.Call(
                func=ast.Name(id="sorted" | "list" | "tuple" | "reversed" | "set"), args=[inner], keywords=[]
            ):
                return self.elements(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr="items"), args=[]):
                pairs = self._dict(inner)
                return (
                    [ast.Tuple([k, v], ast.Load()) for k, v in zip(pairs.keys, pairs.values, strict=True) if k]
                    if pairs
                    else None
                )
            case ast.Call(func=ast.Attribute(value=inner, attr="values"), args=[]):
                pairs = self._dict(inner)
                return pairs.values if pairs else None
            case ast.Name(id=name):
                binding = self.bindings.collection(name)
                return self.elements(binding) if binding is not None and self.bindings.is_only_read(name) else None
        return None

    def _dict(self, node: ast.expr) -> ast.Dict | None:
        if isinstance(node, ast.Name) and self.bindings.is_only_read(node.id):
            node = self.bindings.collection(node.id) or node
        return node if isinstance(node, ast.Dict) and all(node.keys) else None

    # --- operations --------------------------------------------------------------------------------------------------

    def _formatted(self, part: ast.expr) -> Value:
        match part:
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.value(value)
            case ast.Constant():
                return self.value(part)
        return Kind.UNKNOWN

    def _joined(self, parts: list[Value], by: str = "") -> Value:
        texts: list[frozenset[Constant]] = []
        size = 1
        for part in parts:
            if isinstance(part, Kind):
                return Kind.UNKNOWN
            texts.append(part)
            size *= len(part)
        if size > MOST_VALUES:
            return Kind.UNKNOWN
        return frozenset(by.join(str(c) for c in combination) for combination in itertools.product(*texts))

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if Kind.FRAME in (left, right):
            return Kind.FRAME
        match node.op:
            case ast.Add() if isinstance(left, frozenset) and isinstance(right, frozenset):
                if all(isinstance(v, str) for v in (*left, *right)):
                    return self._joined([left, right])
                return Kind.UNKNOWN
            case ast.Add() | ast.Mod() | ast.Mult():
                return self._percent(left, node.right) if isinstance(node.op, ast.Mod) else Kind.UNKNOWN
        return Kind.OTHER

    def _percent(self, template: Value, right: ast.expr) -> Value:
        arguments = right.elts if isinstance(right, ast.Tuple) else [right]
        values = [self.value(a) for a in arguments]
        if not isinstance(template, frozenset) or isinstance(right, ast.Dict):
            return Kind.UNKNOWN
        known = [v for v in values if isinstance(v, frozenset)]
        if len(known) != len(values) or any(_has_widths(str(t)) for t in template):
            return Kind.UNKNOWN
        try:
            made = {str(t) % c for t in template for c in itertools.islice(itertools.product(*known), MOST_VALUES + 1)}
        except (TypeError, ValueError, OverflowError, MemoryError):
            return Kind.UNKNOWN
        return frozenset(made)

    def _call(self, node: ast.Call) -> Value:
        match node.func:
            case ast.Attribute(value=ast.Name(id=base)) if base in self.modules:
                return Kind.FRAME if base in self.spark_modules else Kind.UNKNOWN
            case ast.Attribute(value=base, attr="join") if (texts := self.texts(base)) is not None and len(texts) == 1:
                elements = self.elements(node.args[0]) if len(node.args) == 1 else None
                return (
                    Kind.UNKNOWN
                    if elements is None
                    else self._joined([self.value(e) for e in elements], next(iter(texts)))
                )
            case ast.Attribute(value=base, attr=method) if method in _TEXT_METHODS and not node.keywords:
                return self._text_method(method, [base, *node.args])
            case ast.Attribute(value=base, attr="format"):
                return self._format(base, node)
            case ast.Attribute(attr=method) if method in vocabulary.FRAME_METHODS:
                return Kind.FRAME
            case ast.Attribute(value=base) if self.value(base) is Kind.FRAME and method_is_chain(node.func.attr):
                return Kind.FRAME
            case ast.Attribute(attr="sql" | "table" | "createDataFrame" | "load" | "parquet" | "csv" | "orc"):
                return Kind.FRAME
            case ast.Name(id="str") if len(node.args) == 1 and not node.keywords and "str" not in self.bindings.by_name:
                return self._joined([self.value(node.args[0])])
            case ast.Name(id=name) if name in self.functions:
                return Kind.FRAME
            case ast.Name(id=name) if name in _NO_TEXT_CALLS and name not in self.bindings.by_name:
                return Kind.OTHER
            case ast.Name(id=name) if (
                len(self.bindings.definitions.get(name, ())) == 1 and len(self.bindings.by_name[name]) == 1
            ):
                return self._returned(self.bindings.definitions[name][0])
        return Kind.UNKNOWN

    def _text_method(self, method: str, arguments: list[ast.expr]) -> Value:
        values = [self.texts(a) for a in arguments]
        known = [v for v in values if v is not None]
        if len(known) != len(values):
            return Kind.UNKNOWN
        try:
            return frozenset(
                _TEXT_METHODS[method](*c) for c in itertools.islice(itertools.product(*known), MOST_VALUES + 1)
            )
        except (TypeError, ValueError):
            return Kind.UNKNOWN

    def _format(self, base: ast.expr, node: ast.Call) -> Value:
        templates = self.texts(base)
        names = [None] * len(node.args) + [k.arg for k in node.keywords]
        values = [self.value(a) for a in (*node.args, *(k.value for k in node.keywords))]
        known = [v for v in values if isinstance(v, frozenset)]
        if (
            templates is None
            or len(known) != len(values)
            or has_stars(node)
            or not all(map(is_plain_template, templates))
        ):
            return Kind.UNKNOWN
        made: set[Constant] = set()
        for template in templates:
            for combination in itertools.islice(itertools.product(*known), MOST_VALUES + 1):
                positional = [v for n, v in zip(names, combination, strict=True) if n is None]
                named = {n: v for n, v in zip(names, combination, strict=True) if n is not None}
                try:
                    made.add(template.format(*positional, **named))
                except (IndexError, KeyError, ValueError, OverflowError, MemoryError):
                    return Kind.UNKNOWN
        return frozenset(made)

    def _subscript(self, base: ast.expr, index: ast.expr) -> Value:
        if self.value(base) is Kind.FRAME:
            return Kind.FRAME
        pairs = self._dict(base)
        elements = pairs.values if pairs else self.elements(base)
        if elements is None or isinstance(index, ast.Slice):
            return Kind.UNKNOWN
        return _union([self.value(e) for e in elements])

    def _returned(self, definition: ast.FunctionDef) -> Value:
        returns = [n.value for n in ast.walk(definition) if isinstance(n, ast.Return)]
        return (
            _union([self.value(r) if r is not None else frozenset({None}) for r in returns]) if returns else Kind.OTHER
        )


def _is_too_much(values: frozenset[Constant]) -> bool:
    return len(values) > MOST_VALUES or any(isinstance(v, str) and len(v) > _LONGEST for v in values)


def method_is_chain(name: str) -> bool:
    """Whether a method of a DataFrame or Column gives one again."""
    return name in {
        "alias",
        "cast",
        "contains",
        "count",
        "endswith",
        "max",
        "min",
        "sum",
        "name",
        "replace",
        "startswith",
        "transform",
        "fill",
    }


def is_plain_template(template: str) -> bool:
    """Whether `str.format` only puts values in, and neither walks attributes nor items nor takes widths."""
    from string import Formatter

    try:
        fields = list(Formatter().parse(template))
    except ValueError:
        return False
    return all(
        name is None or (not set(name) & set(".[]_") and not _nested(spec) and not conversion)
        for _, name, spec, conversion in fields
    )


def _nested(spec: str | None) -> bool:
    return bool(spec) and ("{" in (spec or "") or sum(c.isdigit() for c in spec or "") > 3)


def _has_widths(template: str) -> bool:
    return any(c.isdigit() or c == "*" for piece in template.split("%")[1:] for c in piece[:3])


def _union(values: list[Value]) -> Value:
    known = [v for v in values if isinstance(v, frozenset)]
    kinds = {v for v in values if isinstance(v, Kind)}
    if not kinds:
        return frozenset().union(*known) if known else Kind.UNKNOWN
    if known or Kind.UNKNOWN in kinds:
        return Kind.UNKNOWN
    return kinds.pop() if len(kinds) == 1 else Kind.OTHER

"""What a program may say, as rules over its syntax tree: an allow-list that fails closed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from sparkwright.domain import Finding
from sparkwright.program import vocabulary
from sparkwright.program.context import nearest
from sparkwright.program.folding import is_plain_template
from sparkwright.program.import_rules import UDF_HINT, UDF_NAMES, imports_are_known, imports_stand_at_the_top
from sparkwright.program.reading import Reading, finding
from sparkwright.program.source_rules import SOURCE_RULES

Rule = Callable[[Reading], Iterator[Finding]]

_ALLOWED_SYNTAX = (
    ast.Module, ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.While, ast.If, ast.FunctionDef,
    ast.Return, ast.Lambda, ast.Pass, ast.Break, ast.Continue, ast.Assert, ast.Raise, ast.Try, ast.ExceptHandler,
    ast.Delete, ast.Import, ast.ImportFrom, ast.alias, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp, ast.comprehension, ast.BoolOp,
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.NamedExpr, ast.Starred, ast.Constant, ast.JoinedStr,
    ast.FormattedValue, ast.Subscript, ast.Slice, ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.List, ast.Tuple,
    ast.Dict, ast.Set, ast.arguments, ast.arg, ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop,
)  # fmt: skip

_SYNTAX_HINTS: dict[type[ast.AST], tuple[str, str]] = {
    ast.ClassDef: ("classes", "use plain functions"),
    ast.AsyncFunctionDef: ("async functions", "use plain functions"),
    ast.Global: ("global names", "pass values as arguments"),
    ast.Nonlocal: ("nonlocal names", "pass values as arguments"),
    ast.With: ("with blocks", "nothing here needs to be opened or closed"),
    ast.Yield: ("generators", "build a list"),
    ast.YieldFrom: ("generators", "build a list"),
}
_HINTS = {
    "write": "a program only reads: `run --save` stores its result",
    "writeTo": "a program only reads: `run --save` stores its result",
    "save": "a program only reads: `run --save` stores its result",
    "saveAsTable": "a program only reads: `run --save` stores its result",
    "insertInto": "a program only reads: `run --save` stores its result",
    "rdd": "use DataFrame functions",
    "toPandas": "bind the DataFrame itself to `result`",
    "toArrow": "bind the DataFrame itself to `result`",
    "show": "bind the DataFrame to `result`",
    "catalog": "read tables as spark.table('database.table')",
    "conf": "session settings are the platform's",
    "sparkContext": "the session is given; use DataFrame functions",
}


def syntax_is_ordinary(reading: Reading) -> Iterator[Finding]:
    """Statements, functions, loops and comprehensions: no classes, decorators, generators, async or global names."""
    for node in reading.nodes:
        if not isinstance(node, _ALLOWED_SYNTAX):
            what, hint = _SYNTAX_HINTS.get(type(node), (f"{type(node).__name__} syntax", ""))
            yield finding("syntax", node, f"{what} have no place in a program", hint)
        elif isinstance(node, ast.FunctionDef) and node.decorator_list:
            yield finding("syntax", node.decorator_list[0], "decorators have no place in a program", UDF_HINT)
        elif isinstance(node, ast.comprehension) and node.is_async:
            yield finding("syntax", node.target, "async loops have no place in a program", "use a plain loop")


def names_are_known(reading: Reading) -> Iterator[Finding]:
    """A name is `spark`, bound by the program, or one of the harmless built-in ones."""
    known = reading.bound | vocabulary.BUILTINS | {"spark"}
    for node in reading.nodes:
        match node:
            case ast.Name(id=name):
                yield from _named(node, name, known, reading)
            case ast.FunctionDef(name=name) | ast.arg(arg=name) | ast.ExceptHandler(name=str() as name):
                yield from _bound(node, name)
            case ast.alias(asname=str() as name):
                yield from _bound(node, name)
            case ast.keyword(arg=str() as name) if name.startswith("__"):
                yield finding("names", node, f"name {name!r} is reserved")


def _named(node: ast.Name, name: str, known: frozenset[str], reading: Reading) -> Iterator[Finding]:
    if name in vocabulary.REFUSED_NAMES:
        yield finding("names", node, f"{name!r} has no place in a program")
    elif name.startswith("__"):
        yield finding("names", node, f"name {name!r} is reserved")
    elif name == "spark" and not isinstance(node.ctx, ast.Load):
        yield finding("names", node, "`spark` is the session that is given", "bind another name")
    elif name not in known:
        if name in UDF_NAMES:
            yield finding("udf", node, f"user-defined functions are not run: {name!r}", UDF_HINT)
            return
        near = nearest(name, reading.bound | vocabulary.BUILTINS)
        yield finding("names", node, f"name {name!r} is bound nowhere", f"did you mean {near}?" if near else "")


def _bound(node: ast.AST, name: str) -> Iterator[Finding]:
    if name in vocabulary.REFUSED_NAMES or name.startswith("__"):
        yield finding("names", node, f"name {name!r} is reserved", "choose another one")


def attributes_are_known(reading: Reading) -> Iterator[Finding]:
    """A method of DataFrames, columns or plain values, or a column that the tables or the program itself have."""
    columns = reading.context.columns | reading.words
    for node in reading.nodes:
        if not isinstance(node, ast.Attribute):
            continue
        match node.value:
            case ast.Name(id=base) if base in reading.modules:
                yield from _module_attribute(node, reading.modules[base])
            case ast.Name(id="spark"):
                yield from _session_attribute(node)
            case _:
                yield from _attribute(node, columns)


def _module_attribute(node: ast.Attribute, module: str) -> Iterator[Finding]:
    allowed = vocabulary.MODULES.get(module, frozenset())
    if node.attr in allowed:
        return
    if node.attr in UDF_NAMES:
        yield finding("udf", node, f"user-defined functions are not run: {node.attr!r}", UDF_HINT)
        return
    near = nearest(node.attr, allowed)
    yield finding(
        "attributes",
        node,
        f"{module} has no {node.attr!r} that a program may use",
        f"did you mean {near}?" if near else "",
    )


def _session_attribute(node: ast.Attribute) -> Iterator[Finding]:
    if node.attr not in vocabulary.SESSION:
        hint = (
            UDF_HINT
            if node.attr in {"udf", "udtf"}
            else _HINTS.get(node.attr, "read tables as spark.table('database.table')")
        )
        yield finding(
            "udf" if node.attr in {"udf", "udtf"} else "attributes",
            node,
            f"spark.{node.attr} has no place in a program",
            hint,
        )


def _attribute(node: ast.Attribute, columns: frozenset[str]) -> Iterator[Finding]:
    name = node.attr
    if name in vocabulary.ATTRIBUTES:
        return
    if name in UDF_NAMES:
        yield finding("udf", node, f"user-defined functions are not run: {name!r}", UDF_HINT)
    elif name.startswith("_") or name in vocabulary.REFUSED_ATTRIBUTES:
        column = f"a column of that name is read as df[{name!r}]" if name in columns else ""
        yield finding("attributes", node, f"attribute {name!r} has no place in a program", _HINTS.get(name, column))
    elif name not in columns:
        near = nearest(name, columns) or nearest(name, vocabulary.ATTRIBUTES)
        yield finding(
            "attributes",
            node,
            f"{name!r} is no column and no method that a program may use",
            f"did you mean {near}?" if near else "",
        )


def modules_are_only_prefixes(reading: Reading) -> Iterator[Finding]:
    """`F.col` is fine; a module that is handed on, bound again or shadowed is not."""
    prefixes = {
        node.value for node in reading.nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    for node in reading.nodes:
        match node:
            case ast.Name(id=name) if name in reading.modules and (
                node not in prefixes or not isinstance(node.ctx, ast.Load)
            ):
                yield finding("names", node, f"module {name!r} stands alone", f"write {name}.something")
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ExceptHandler(name=str() as name) if (
                name in reading.modules
            ):
                yield finding("names", node, f"{name!r} is a module", "choose another name")


def only_names_are_bound(reading: Reading) -> Iterator[Finding]:
    """`x = ...` and `table[key] = ...`: attributes are neither set nor deleted."""
    for node in reading.nodes:
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield finding(
                "assignments",
                node,
                f"attribute {node.attr!r} is set",
                "bind a name instead; DataFrames are changed with withColumn",
            )


def the_session_has_one_name(reading: Reading) -> Iterator[Finding]:
    """`spark.table(...)`, and `read(spark)` for `def read(spark)`: the session goes by no other name."""
    parents = {child: node for node in reading.nodes for child in ast.iter_child_nodes(node)}
    for node in reading.nodes:
        if isinstance(node, ast.Name) and node.id == "spark" and isinstance(node.ctx, ast.Load):
            parent = parents.get(node)
            if not isinstance(parent, ast.Attribute) and not _is_handed_on_as_spark(node, parent, parents, reading):
                yield finding(
                    "names", node, "`spark` is handed on under another name", "call the parameter `spark`, too"
                )


def _is_handed_on_as_spark(
    node: ast.Name, parent: ast.AST | None, parents: dict[ast.AST, ast.AST], reading: Reading
) -> bool:
    call = parents.get(parent) if isinstance(parent, ast.keyword) else parent
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return False
    definitions = reading.folding.bindings.definitions.get(call.func.id, [])
    if len(definitions) != 1 or len(reading.folding.bindings.by_name[call.func.id]) != 1:
        return False
    if isinstance(parent, ast.keyword):
        return parent.arg == "spark"
    arguments = definitions[0].args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    position = next((i for i, given in enumerate(call.args) if given is node), len(names))
    stars = any(isinstance(given, ast.Starred) for given in call.args)
    return not stars and position < len(names) and names[position] == "spark"


def prints_are_plain(reading: Reading) -> Iterator[Finding]:
    """`print(...)` writes to the run's printed text and nowhere else."""
    for node in reading.nodes:
        match node:
            case ast.Name(id="print", ctx=ast.Load()) if node not in reading.called:
                yield finding("print", node, "print is handed on", "call it where it stands")
            case ast.Call(func=ast.Name(id="print"), keywords=keywords):
                if any(k.arg not in {"sep", "end", "flush"} for k in keywords):
                    yield finding("print", node, "print writes to the run's printed text only", "leave out file=")


def templates_are_plain(reading: Reading) -> Iterator[Finding]:
    """`"{} of {}".format(a, b)` puts values in; `"{0.x}"` would walk from a value to anything."""
    for node in reading.nodes:
        if not (isinstance(node, ast.Attribute) and node.attr == "format"):
            continue
        match node.value:
            case ast.Name(id=name) if name in reading.modules:
                continue
            case ast.Constant(value=str() as template) if is_plain_template(template) and node in reading.called:
                continue
            case base if _is_reader(base) and node in reading.called:
                continue
            case base if (
                node in reading.called and (texts := reading.texts(base)) and all(map(is_plain_template, texts))
            ):
                continue
        yield finding(
            "format", node, "a template of `format` is written out, and only puts values in", "use an f-string"
        )


def _is_reader(node: ast.expr) -> bool:
    """`spark.read`, and what its settings return."""
    match node:
        case ast.Attribute(value=ast.Name(), attr="read"):
            return True
        case ast.Call(func=ast.Attribute(value=inner, attr="option" | "options" | "schema" | "format")):
            return _is_reader(inner)
    return False


def errors_are_not_swallowed(reading: Reading) -> Iterator[Finding]:
    """An `except` that does not raise again makes a failed run look like an answer."""
    for node in reading.nodes:
        if not isinstance(node, ast.Try):
            continue
        for handler in node.handlers:
            if not isinstance(handler.body[-1], ast.Raise):
                yield finding(
                    "swallowed-errors",
                    handler,
                    "swallowing errors: this `except` does not raise",
                    "leave the `try` out",
                )
        for inner in (n for statement in node.finalbody for n in ast.walk(statement)):
            if isinstance(inner, ast.Return | ast.Break | ast.Continue):
                yield finding(
                    "swallowed-errors",
                    inner,
                    "swallowing errors: leaving `finally` early drops the error",
                    "leave it out",
                )


def a_result_is_bound(reading: Reading) -> Iterator[Finding]:
    """The answer is a DataFrame that is bound to `result`."""
    if "result" not in reading.bound_at_the_top:
        last = reading.tree.body[-1] if reading.tree.body else reading.tree
        yield finding("result", last, "no DataFrame is bound to `result`", "bind the answer: result = ...")
        return
    match _last_binding(reading.tree):
        case (
            ast.Call(
                func=ast.Attribute(attr="collect" | "toPandas" | "toArrow" | "first" | "head" | "tail" | "take")
            ) as call
        ) | ast.Subscript(
            value=ast.Call(func=ast.Attribute(attr="collect" | "first" | "head" | "tail" | "take")) as call
        ):
            yield finding(
                "result", call, "`result` is bound to rows, not to a DataFrame", "leave out what fetches the rows"
            )
        case ast.Constant() | ast.List() | ast.Dict() | ast.JoinedStr() | ast.Compare() as value:
            yield finding("result", value, "`result` is no DataFrame", "bind the DataFrame with the answer")


def _last_binding(tree: ast.Module) -> ast.expr | None:
    found: ast.expr | None = None
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="result")], value=value):
                found = value
    return found


RULES: tuple[Rule, ...] = (
    syntax_is_ordinary,
    imports_are_known,
    names_are_known,
    attributes_are_known,
    modules_are_only_prefixes,
    only_names_are_bound,
    imports_stand_at_the_top,
    the_session_has_one_name,
    prints_are_plain,
    templates_are_plain,
    errors_are_not_swallowed,
    *SOURCE_RULES,
    a_result_is_bound,
)

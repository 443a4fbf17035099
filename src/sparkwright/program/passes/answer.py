"""The answer is bound to `result`: shows, fetches and defensive limits at the end become that."""

from __future__ import annotations

import re

import libcst as cst

from sparkwright.program import sql_rules, vocabulary
from sparkwright.program.passes.tree import (
    Link,
    Rewriting,
    Statement,
    assigned,
    bind,
    binds,
    chain,
    code,
    expression,
    first_argument,
    small,
    text_of,
    with_body,
)
from sparkwright.program.spark_functions import words

_RESULT = re.compile(r"\bresult\b")
_SHOWS = frozenset({"show", "toPandas", "collect", "toArrow"})
_TEXTS = frozenset({"to_string", "to_markdown", "head"})
_LOOKS = frozenset({"printSchema", "explain"})
_FETCHES = frozenset({"collect", "toPandas", "toArrow"})
_LIMITS = frozenset({"limit", "take", "head"})
_NO_FRAME = words(
    """
    collect toPandas toArrow first head take tail count show printSchema explain columns schema dtypes isEmpty cache_
    read
    """
)
_GROUPS = frozenset({"groupBy", "groupby", "rollup", "cube", "pivot", "groupingSets"})
_ORDERS = frozenset({"orderBy", "sort"})
_MIXES = (
    words(
        """
        join crossJoin union unionAll unionByName distinct dropDuplicates drop_duplicates repartition intersect
        subtract
        """
    )
    | _GROUPS
)


def bind_shown(module: cst.Module, rewriting: Rewriting) -> cst.Module:
    """Bind what is shown at the end, and leave out other shows.

    Before::

        df.printSchema()
        df.groupBy("carrier").count().show()

    After::

        result = df.groupBy("carrier").count()
    """
    shown = [(statement, _shown(statement)) for statement in module.body]
    bound = binds(module, "result")
    last = next((s for s, what in reversed(shown) if what is not None), None) if not bound else None
    body: list[Statement | None] = []
    for statement, what in shown:
        if what is None:
            gone = _is_look(statement)
            if gone:
                rewriting.note("show", "nothing is shown on the way: this is left out", small(statement) or statement)
            body.append(None if gone else statement)
        elif statement is last:
            rewriting.note("result", "what is shown is bound to `result`", small(statement) or statement)
            body.append(bind("result", what, statement))
        else:
            _note_left_out(statement, what, bound, rewriting)
            body.append(None)
    return module if all(a is b for a, b in zip(body, module.body, strict=True)) else with_body(module, body)


def _note_left_out(statement: Statement, what: cst.BaseExpression, bound: bool, rewriting: Rewriting) -> None:
    about = small(statement) or statement
    if bound or code(what) == "result":
        rewriting.note("show", "the answer is bound to `result`: this show is left out", about)
    else:
        hint = "the last one shown is the answer; ask for the others one by one"
        rewriting.note("show", "a program has one answer: this show is left out", about, "warning", hint)


def _shown(statement: Statement) -> cst.BaseExpression | None:
    """The DataFrame that a statement shows: `x.show()`, `display(x)`, `print(x.toPandas())`, `x.collect()`."""
    match expression(statement):
        case cst.Call(func=cst.Name(value="display"), args=[cst.Arg(value=value), *_]):
            return _before(value, _FETCHES) or value
        case cst.Call(func=cst.Name(value="print"), args=[cst.Arg(value=value)]):
            return _before(value, _SHOWS, _TEXTS)
        case cst.Call() as call:
            return _before(call, _SHOWS)
    return None


def _before(
    value: cst.BaseExpression, steps: frozenset[str], after: frozenset[str] = frozenset()
) -> cst.BaseExpression | None:
    """What stands before one of those steps, where only ordinary ones lead there and only those `after` follow."""
    links = chain(value)[1]
    found = next((i for i, link in enumerate(links) if link.name in steps and link.call is not None), None)
    if found is None or not all(link.name in after for link in links[found + 1 :]):
        return None
    ordinary = all(link.call is None or link.name in vocabulary.ATTRIBUTES for link in links[:found])
    return (
        links[found].before
        if ordinary and not any(link.name in vocabulary.REFUSED_ATTRIBUTES for link in links[:found])
        else None
    )


def _is_look(statement: Statement) -> bool:
    value = expression(statement)
    links = chain(value)[1] if isinstance(value, cst.Call) else []
    return bool(links) and links[-1].name in _LOOKS


def bind_last(module: cst.Module, rewriting: Rewriting) -> cst.Module:
    """Bind a bare last expression, or else the last DataFrame that has a name.

    Before::

        per_carrier = spark.table("db.flights").groupBy("carrier").count()

    After::

        per_carrier = spark.table("db.flights").groupBy("carrier").count()
        result = per_carrier
    """
    if not module.body or binds(module, "result"):
        return module
    last = module.body[-1]
    value = expression(last)
    frames = _frames(module)
    if value is not None and (_is_frame(value, frames) or (isinstance(value, cst.Name) and value.value in frames)):
        rewriting.note("result", "the last expression is bound to `result`", small(last) or last)
        return module.with_changes(body=[*module.body[:-1], bind("result", value, last)])
    named = [i for i, s in enumerate(module.body) if (pair := assigned(s)) and pair[0] in frames]
    if not named or not all(_only_prepares(s) for s in module.body[named[-1] + 1 :]):
        return module
    names = [pair[0] for i in named if (pair := assigned(module.body[i]))]
    rewriting.note("result", f"the last DataFrame, `{names[-1]}`, is bound to `result`", last)
    return module.with_changes(body=[*module.body, bind("result", cst.Name(names[-1]))])


def _only_prepares(statement: Statement) -> bool:
    """Whether a statement cannot hold the answer itself, as a loop that prints rows does."""
    return isinstance(statement, cst.FunctionDef) or assigned(statement) is not None or _is_import(statement)


def _is_import(statement: Statement) -> bool:
    return isinstance(small(statement), cst.Import | cst.ImportFrom)


def _frames(module: cst.Module) -> set[str]:
    frames: set[str] = set()
    for statement in module.body:
        pair = assigned(statement)
        if pair and _is_frame(pair[1], frames):
            frames.add(pair[0])
        elif pair:
            frames.discard(pair[0])
    return frames


def _is_frame(value: cst.BaseExpression, frames: set[str]) -> bool:
    while isinstance(value, cst.Call) and isinstance(value.func, cst.Name) and value.func.value == "reduce":
        return True
    root, links = chain(value)
    if not isinstance(root, cst.Name) or not (root.value == "spark" or root.value in frames):
        return False
    if not links:
        return root.value in frames
    if (
        links[-1].call is None
        or links[-1].name in _GROUPS
        or (root.value == "spark" and len(links) == 1 and links[0].name == "read")
    ):
        return False
    if links[-1].name == "count":
        return len(links) > 1 and links[-2].name in _GROUPS
    return links[-1].name not in _NO_FRAME


def keep_frames(module: cst.Module, rewriting: Rewriting) -> cst.Module:
    """Bind the DataFrame, not the rows that are fetched from it.

    Before::

        result = df.groupBy("carrier").count().toPandas()

    After::

        result = df.groupBy("carrier").count()
    """
    position = _last_binding(module)
    if position is None:
        return module
    pair = assigned(module.body[position])
    links = chain(pair[1])[1] if pair else []
    if not pair or not links or links[-1].name not in _FETCHES or links[-1].call is None:
        return module
    rewriting.note("result", "the DataFrame is bound to `result`, not its rows", pair[1])
    return _replace(module, position, links[-1].before)


def lift_limit(module: cst.Module, rewriting: Rewriting) -> cst.Module:
    """Take a limit without an order off the end: the run applies it, and says when it cut.

    Before::

        result = df.filter("dep_delay > 60").limit(100)

    After (and the program's `row_limit` is 100)::

        result = df.filter("dep_delay > 60")
    """
    position = _last_binding(module)
    if position is None or any(_RESULT.search(code(s)) for s in module.body[position + 1 :]):
        return module
    position = _made_of(module, position)
    pair = assigned(module.body[position])
    if pair is None:
        return module
    links = chain(pair[1])[1]
    count = _count(links[-1]) if links and links[-1].name in _LIMITS else None
    if count is None:
        return module
    if _is_ordered(links[-1].before, module, position, 0):
        return module if links[-1].name == "limit" else _as_limit(module, position, links[-1])
    rewriting.row_limit = count
    rewriting.note("limit", f"a limit without an order is left to the run: {count} rows", pair[1])
    return _replace(module, position, links[-1].before)


def _made_of(module: cst.Module, position: int) -> int:
    """Where the answer is made: at its binding, or where a name is bound that stands for it and for nothing else."""
    pair = assigned(module.body[position])
    if pair is None or not isinstance(pair[1], cst.Name):
        return position
    name = pair[1].value
    bound = [i for i, s in enumerate(module.body) if (other := assigned(s)) and other[0] == name]
    uses = len(re.findall(rf"\b{re.escape(name)}\b", module.code))
    return bound[0] if len(bound) == 1 and bound[0] < position and uses == 2 else position


def _as_limit(module: cst.Module, position: int, link: Link) -> cst.Module:
    argument = first_argument(link.call)
    if argument is None:
        return module
    return _replace(module, position, cst.Call(cst.Attribute(link.before, cst.Name("limit")), [cst.Arg(argument)]))


def _count(link: Link) -> int | None:
    match link.call:
        case cst.Call(args=[cst.Arg(value=cst.Integer(value=text))]):
            count = int(text.replace("_", ""), 0)
            return count if 0 < count < 2**31 else None
    return None


def _is_ordered(value: cst.BaseExpression, module: cst.Module, position: int, depth: int) -> bool:
    """Whether rows come in an order that somebody asked for; True where it cannot be told."""
    root, links = chain(value)
    for link in reversed(links):
        if link.name in _ORDERS:
            return True
        if link.name in _MIXES:
            return False
        if link.name == "sql":
            text = text_of(_constant(first_argument(link.call), module))
            return text is None or sql_rules.is_ordered(text)
        if link.name in {"table", "read", "createDataFrame", "range"}:
            return False
    if not isinstance(root, cst.Name) or depth > 10:
        return True
    for above in range(position - 1, -1, -1):
        pair = assigned(module.body[above])
        if pair and pair[0] == root.value:
            return _is_ordered(pair[1], module, above, depth + 1)
        if not isinstance(module.body[above], cst.SimpleStatementLine | cst.FunctionDef):
            return True
    return True


def _constant(node: cst.BaseExpression | None, module: cst.Module) -> cst.BaseExpression | None:
    """What a name stands for that is bound once."""
    if not isinstance(node, cst.Name):
        return node
    values = [pair[1] for s in module.body if (pair := assigned(s)) and pair[0] == node.value]
    return values[0] if len(values) == 1 else None


def _last_binding(module: cst.Module) -> int | None:
    positions = [i for i, s in enumerate(module.body) if (pair := assigned(s)) and pair[0] == "result"]
    return positions[-1] if positions else None


def _replace(module: cst.Module, position: int, value: cst.BaseExpression) -> cst.Module:
    body = list(module.body)
    pair = assigned(body[position])
    body[position] = bind(pair[0] if pair else "result", value, body[position])
    return module.with_changes(body=body)

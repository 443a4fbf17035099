"""What a program may import: Spark's functions and pure modules, at the top, under one name each."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from sparkwright.program import vocabulary
from sparkwright.program.context import nearest
from sparkwright.program.reading import Reading, finding
from sparkwright.program.spark_functions import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sparkwright.domain import Finding

UDF_NAMES = words(
    """
    udf pandas_udf udtf arrow_udf arrow_udtf call_udf vectorized_udf mapInPandas mapInArrow applyInPandas
    """
)
UDF_HINT = "use built-in functions, or higher-order ones such as F.transform, F.filter and F.aggregate"


def imports_are_known(reading: Reading) -> Iterator[Finding]:
    """`from pyspark.sql import functions as F, Window`, `import datetime`: Spark's functions and pure modules."""
    for node in reading.nodes:
        if isinstance(node, ast.Import):
            yield from (f for alias in node.names for f in _imported_module(node, alias))
        elif isinstance(node, ast.ImportFrom):
            yield from (f for alias in node.names for f in _imported_name(node, alias))


def _imported_module(node: ast.Import, alias: ast.alias) -> Iterator[Finding]:
    if alias.name not in vocabulary.MODULES or alias.name in {
        "pyspark.sql",
        "pyspark.sql.column",
        "pyspark.sql.dataframe",
    }:
        yield finding(
            "imports",
            node,
            f"module {alias.name!r} may not be imported",
            "programs use pyspark.sql.functions and pure modules",
        )
    elif "." in alias.name and alias.asname is None:
        yield finding("imports", node, f"`import {alias.name}` binds `pyspark`", f"write `import {alias.name} as F`")
    elif (alias.asname or alias.name) == "spark":
        yield finding("imports", node, "`spark` is the session", "import it under another name")


def _imported_name(node: ast.ImportFrom, alias: ast.alias) -> Iterator[Finding]:
    module = node.module or ""
    allowed = vocabulary.MODULES.get(module)
    if node.level or allowed is None:
        yield finding(
            "imports",
            node,
            f"module {'.' * node.level + module!r} may not be imported",
            "programs use pyspark.sql.functions and pure modules",
        )
    elif alias.name == "*":
        if module not in vocabulary.STAR_IMPORTS:
            yield finding("imports", node, f"`from {module} import *` does not say what it binds", "name what you need")
    elif alias.name in UDF_NAMES:
        yield finding("udf", node, f"user-defined functions are not run: {alias.name!r}", UDF_HINT)
    elif alias.name not in allowed:
        near = nearest(alias.name, allowed)
        yield finding(
            "imports",
            node,
            f"{alias.name!r} may not be imported from {module!r}",
            f"did you mean {near}?" if near else "",
        )
    if (alias.asname or alias.name) == "spark":
        yield finding("imports", node, "`spark` is the session", "import it under another name")


def imports_stand_at_the_top(reading: Reading) -> Iterator[Finding]:
    """An import in a block may not have happened when its name is used; a name stands for one thing."""
    top = set(reading.tree.body)
    seen: dict[str, str] = {}
    for node in reading.nodes:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if node not in top:
            yield finding("imports", node, "an import stands inside of a block", "import at the top of the program")
        for alias in node.names:
            name = alias.asname or alias.name
            origin = f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
            if name != "*" and seen.setdefault(name, origin) != origin:
                yield finding(
                    "imports", node, f"{name!r} is imported twice, from different modules", "choose another name"
                )

"""The full script: what a platform really executes, as one text that also runs when it is pasted elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from sparkwright.domain import TableName
from sparkwright.platforms import Dialect

_SESSIONS: Mapping[Dialect, str] = {
    "sail": """\
from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession

server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
_, port = server.listening_address
spark = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
""",
    "spark": """\
from pyspark.sql import SparkSession

spark = {builder}
""",
}


def full_script(
    source: str,
    *,
    dialect: Dialect,
    settings: Mapping[str, str],
    declarations: Sequence[str],
    rows: int,
    start: Mapping[str, str] | None = None,
) -> str:
    """Session, settings, declarations, the program, and its first rows.

    `start` are settings that a session of JVM Spark must have from its start; one that is there already keeps its own.
    """
    session = _SESSIONS[dialect].replace("{builder}", _builder(start or {}))
    prepared = "".join(f"spark.conf.set({name!r}, {value!r})\n" for name, value in settings.items())
    declared = "".join(f"spark.sql({_literal(statement)})\n" for statement in declarations)
    parts = [
        "# Session\n" + session + prepared,
        f"# Tables\n{declared}" if declared else "",
        "# Program\n" + source.rstrip("\n") + "\n",
        f"# Its first rows\nresult.show({rows}, truncate=False)\n",
    ]
    return "\n".join(part for part in parts if part)


def _builder(start: Mapping[str, str]) -> str:
    """The call that makes the session, or takes the one that is there."""
    if not start:
        return "SparkSession.builder.getOrCreate()"
    config = "".join(f"    .config({name!r}, {value!r})\n" for name, value in start.items())
    return f"(\n    SparkSession.builder\n{config}    .getOrCreate()\n)"


def with_reads(source: str, reads: Sequence[tuple[TableName, str, str]]) -> str:
    """A program after explicit reads: each read binds its variable, and `db.t` becomes a temporary view of that name.

    `reads` holds, for each table, its name, its variable and the Python source of its read.
    """
    bound = "".join(f"{read}{variable}.createOrReplaceTempView({variable!r})\n\n" for _, variable, read in reads)
    return bound + _renamed(source, {name: variable for name, variable, _ in reads})


def _renamed(source: str, variables: Mapping[TableName, str]) -> str:
    for name, variable in variables.items():
        source = _pattern((name.database, name.name)).sub(variable, source)
    return source


def _pattern(parts: Iterable[str]) -> re.Pattern[str]:
    """`db.t` as it is written in a program: each part plain or in backquotes, not within a longer name."""
    dotted = r"\s*\.\s*".join(rf"(?:`{re.escape(part)}`|{re.escape(part)})" for part in parts)
    return re.compile(rf"(?<![\w.`]){dotted}(?![\w`])", re.IGNORECASE)


def _literal(statement: str) -> str:
    """A statement as a Python literal: in triple quotes where that says the same and reads better."""
    plain = "\\" not in statement and '"""' not in statement and not statement.endswith('"') and statement.isprintable()
    return f'"""{statement}"""' if plain or _only_lines(statement) else repr(statement)


def _only_lines(statement: str) -> bool:
    lines = statement.split("\n")
    return len(lines) > 1 and all(line.isprintable() for line in lines) and not set('\\"') & set(statement)

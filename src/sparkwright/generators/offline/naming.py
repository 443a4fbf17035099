"""How tables, columns and constants are written in a program: quoted where a name needs it."""

from __future__ import annotations

import keyword
import re

from sparkwright.generators.offline.plan import ColumnRef, Constant

_PLAIN = re.compile(r"[A-Za-z_]\w*")


class Names:
    """How columns are written where some tables are joined."""

    def __init__(self, tables: tuple[str, ...], qualified: bool = False) -> None:
        self.qualified = qualified or len(tables) > 1

    def text(self, ref: ColumnRef) -> str:
        """The column's name for F.col."""
        return f"{variable(ref.table)}.{tick(ref.name)}" if self.qualified else tick(ref.name)


def tick(name: str) -> str:
    """A name for Spark, in backquotes unless it is a plain word."""
    return name if _PLAIN.fullmatch(name) else "`" + name.replace("`", "``") + "`"


def variable(table: str) -> str:
    """A Python name for a table."""
    name = re.sub(r"\W+", "_", table.split(".", 1)[-1]).strip("_").lower() or "table"
    if name[0].isdigit():
        name = f"t_{name}"
    return f"{name}_" if name in _RESERVED else name


_RESERVED = {word.lower() for word in keyword.kwlist} | {
    "f",
    "filter",
    "id",
    "list",
    "map",
    "print",
    "result",
    "set",
    "spark",
    "type",
}


def table_text(table: str) -> str:
    """The call that reads a table."""
    database, name = table.split(".", 1)
    quoted = f"{tick(database)}.{tick(name)}"
    return (
        f"spark.table({quoted!r})".replace("'", '"')
        if "'" not in quoted and '"' not in quoted
        else f"spark.table({quoted!r})"
    )


def literal(value: Constant) -> str:
    """A constant as Python writes it, in double quotes."""
    if not isinstance(value, str):
        return repr(value)
    text = repr(value)
    if text.startswith("'") and '"' not in value:
        return '"' + text[1:-1] + '"'
    return text


def identifier_of(name: str) -> str:
    """A plain word for an alias."""
    return re.sub(r"\W+", "_", name).strip("_") or "value"

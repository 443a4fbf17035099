"""What lake formats share: their own schema is the truth, and the catalog's names and types are laid over it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sparkwright.domain import Cast, Column, Reader, Unreadable
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import Decimal, Plain, Sized, parse, spark_type
from sparkwright.readers.verdicts import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Table

LAKES = ("iceberg", "delta", "hudi")
ODD_LOCATION = "lake locations with spaces, percent signs or letters beyond ASCII"
_PLAIN_LOCATION = re.compile(r"[A-Za-z0-9_\-./=:;+,@!$&()']*")
_PLACEHOLDER = "-__PLACEHOLDER__"


def said(table: Table, key: str) -> str:
    """A parameter of the table, in lower case; empty where there is none."""
    return table.parameters.get(key, "").strip().lower()


def is_made_as(table: Table, kind: str) -> bool:
    """Whether the catalog says that the table is of this lake format."""
    return kind in (said(table, "table_type"), said(table, "spark.sql.sources.provider"), said(table, "classification"))


def place_of(table: Table) -> str:
    """Where the table lies: the path that Spark noted, else the location, which is a placeholder beside such a path."""
    path = table.storage.parameters.get("path", "") if "spark.sql.sources.provider" in table.parameters else ""
    found = path or table.location
    return "" if found.rstrip("/").endswith(_PLACEHOLDER) else found.rstrip("/")


def features_of(place: str) -> tuple[str, ...]:
    """What an engine must know to find the place."""
    return () if _PLAIN_LOCATION.fullmatch(place) else (ODD_LOCATION,)


def is_placeholder(table: Table) -> bool:
    """Whether the catalog's columns are those that writers put where they cannot say the real ones."""
    return [(column.name, column.type) for column in table.all_columns] in ([], [("col", "array<string>")])


def laid_over(table: Table, own: Sequence[Column], stored: Sequence[Column] = ()) -> tuple[Cast, ...] | Unreadable:
    """The catalog's columns over the table's own ones (`own`), which are stored as `stored` if that is not the same.

    `stored` follows `own`; a column without a name there is not stored yet, and is NULL.
    """
    sources = dict(zip((column.name.lower() for column in own), zip(own, stored or own, strict=True), strict=True))
    wanted = own if is_placeholder(table) else table.all_columns
    lost = [column.name for column in wanted if column.name.lower() not in sources]
    if lost:
        return refuse(
            table,
            f"the catalog has columns that the table itself has not: {', '.join(map(repr, lost))}",
            "run the crawler again, or correct the columns in the catalog",
        )
    first = next((column for column in (stored or own) if column.name), Column("", "string"))
    return tuple(_cast(column, *sources[column.name.lower()], first) for column in wanted)


def _cast(wanted: Column, own: Column, stored: Column, first: Column) -> Cast:
    kind = _type(wanted.type, own.type)
    if not stored.name:
        return Cast(first.name, wanted.name, kind, (f"CAST(NULL AS {spark_type(kind)})",))
    return Cast(stored.name, wanted.name, kind)


def _type(wanted: str, own: str) -> str:
    """The catalog's type where both are of one word; nested types are the table's own: a cast goes by place there."""
    try:
        both = parse(wanted), parse(own)
    except UnreadableTable:
        return own
    return wanted if all(isinstance(kind, Plain | Decimal | Sized) for kind in both) else own


def left_out(table: Table, own: Sequence[Column]) -> tuple[str, ...]:
    """A note on columns that the catalog does not know of."""
    known = {column.name.lower() for column in table.all_columns}
    more = [column.name for column in own if column.name.lower() not in known]
    if is_placeholder(table) or not more:
        return ()
    names = ", ".join(map(repr, more))
    return (f"the table has columns that the catalog has not, and they are left out: {names}; run the crawler again",)


def bare_reader(table: Table, kind: str, place: str) -> Reader:
    """The verdict on the metadata alone; the look at the table's own metadata completes it."""
    return Reader(table.name, kind, place, casts=tuple(Cast(one.name, one.name, one.type) for one in table.all_columns))

"""Declare a table in SQL, so that `db.t` exists in an in-memory catalog: no Hive, no Derby, no Glue permission."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkwright.domain import TableName, View
from sparkwright.identifiers import is_bare, quoted
from sparkwright.readers.columns import literal, named, numbered, schema_of, stored_columns
from sparkwright.readers.lakes import declare_lake, is_lake
from sparkwright.readers.places import NULL_PARTITION, is_apart, location
from sparkwright.readers.views import declare_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Partition, Reader
    from sparkwright.platforms import Dialect

_RAW_DATABASE = "sparkwright_raw"


def declare(reader: Reader | View, dialect: Dialect) -> tuple[str, ...]:
    """SQL statements, in order, after which the table can be read by its name; they may run more than once.

    The files are a raw table `_raw_t`; `t` is a view over it with the catalog's names and types. Partitions that are
    stored otherwise (`Reader.others`) are raw tables of their own, and the view joins their rows.
    """
    if isinstance(reader, View):
        return declare_view(reader, dialect)
    if is_lake(reader):
        return declare_lake(reader, dialect, raw_name(reader.table))
    parts = _parts(reader, None, dialect)
    parts += tuple(part for number, one in enumerate(reader.others) for part in _parts(one, number, dialect))
    databases = dict.fromkeys([reader.table.database, *(part.raw.database for part in parts)])
    return (
        *(f"CREATE DATABASE IF NOT EXISTS {quoted(database)}" for database in databases),
        *(_raw_table(part.reader, part.raw, dialect, part.partition) for part in parts),
        *(_add_partitions(part) for part in parts if _has_partitions(part, dialect)),
        *_views(reader, parts, dialect),
    )


@dataclass(frozen=True)
class _Part:
    """A raw table, over all files of a reader or over those of one partition."""

    reader: Reader
    raw: TableName
    partition: Partition | None = None


def _parts(reader: Reader, other: int | None, dialect: Dialect) -> tuple[_Part, ...]:
    if is_apart(reader, dialect):
        return tuple(
            _Part(reader, raw_name(reader.table, index, other), one) for index, one in enumerate(reader.partitions)
        )
    return (_Part(reader, raw_name(reader.table, None, other)),)


def raw_name(table: TableName, partition: int | None = None, other: int | None = None, kind: str = "p") -> TableName:
    """The name of the table over the bare files, or over a part of them; safe without backquotes.

    What tells parts apart stands in front, so that no part has the name of another table's files.
    """
    database = table.database if is_bare(table.database) else _RAW_DATABASE
    name = table.name
    if not is_bare(f"_raw_{name}") or database == _RAW_DATABASE:
        name = hashlib.sha256(repr(table).encode()).hexdigest()[:12]
    part = ("" if other is None else f"o{other}") + ("" if partition is None else f"{kind}{partition}")
    return TableName(database, f"_raw{part}_{name}")


def _raw_table(reader: Reader, raw: TableName, dialect: Dialect, partition: Partition | None) -> str:
    create = "CREATE OR REPLACE TABLE" if dialect == "sail" else "CREATE TABLE IF NOT EXISTS"
    lines = [f"{create} {_full(raw)} ({schema_of(stored_columns(reader, partition))})", f"USING {reader.format}"]
    if reader.options:
        options = ", ".join(f"{literal(key)} = {literal(value)}" for key, value in reader.options.items())
        lines.append(f"OPTIONS ({options})")
    if reader.partition_keys and partition is None:
        lines.append(f"PARTITIONED BY ({', '.join(quoted(key.name) for key in reader.partition_keys)})")
    place = partition.location if partition else reader.root
    return "\n".join([*lines, f"LOCATION {literal(location(place, dialect))}"])


def _has_partitions(part: _Part, dialect: Dialect) -> bool:
    return dialect == "spark" and part.partition is None and bool(part.reader.partition_keys and part.reader.partitions)


def _add_partitions(part: _Part) -> str:
    """JVM Spark does not find the partitions of a declared table by itself."""
    clauses = "\n".join(f"  {_partition(part.reader, partition)}" for partition in part.reader.partitions)
    return f"ALTER TABLE {_full(part.raw)} ADD IF NOT EXISTS\n{clauses}"


def _partition(reader: Reader, partition: Partition) -> str:
    pairs = zip(reader.partition_keys, partition.values, strict=True)
    values = ", ".join(
        f"{quoted(key.name)} = {literal(NULL_PARTITION if value is None else value)}" for key, value in pairs
    )
    return f"PARTITION ({values}) LOCATION {literal(location(partition.location, 'spark'))}"


MOST_JOINED = 64
"""How many parts one view joins: Sail's worker ends without a word over one that joins some 300."""


def _views(reader: Reader, parts: Sequence[_Part], dialect: Dialect) -> tuple[str, ...]:
    """The view, last; views of many parts each come before it, where they are too many for one."""
    names = [cast.name for cast in reader.casts]
    heads = f" ({', '.join(map(quoted, names))})"
    stored = [column.name for part in parts for column in part.reader.stored]
    # Sail drops backquotes from the text of a view, so names that need them stand outside of it.
    if dialect == "sail" and not all(is_bare(name) for name in (*names, *stored)):
        selects = [
            _select(
                numbered(part.reader, part.partition, dialect),
                f"{_full(part.raw)} AS r({_places(part.reader, part.partition)})",
            )
            for part in parts
        ]
    else:
        selects = [_select(named(part.reader, part.partition, dialect), _full(part.raw)) for part in parts]
        heads = heads if len(selects) > MOST_JOINED else ""
    found: list[str] = []
    while len(selects) > MOST_JOINED:
        selects = [_joined(selects[at : at + MOST_JOINED], reader, found) for at in range(0, len(selects), MOST_JOINED)]
    return (*found, f"CREATE OR REPLACE VIEW {_full(reader.table)}{heads} AS " + _UNION.join(selects))


_UNION = "\nUNION ALL "


def _joined(selects: Sequence[str], reader: Reader, views: list[str]) -> str:
    """The rows of some selects from a view of their own, which is added to the views."""
    view = raw_name(reader.table, len(views), kind="u")
    places = [f"c{index}" for index in range(len(reader.casts))]
    views.append(f"CREATE OR REPLACE VIEW {_full(view)} ({', '.join(places)}) AS {_UNION.join(selects)}")
    return _select(places, _full(view))


def _places(reader: Reader, partition: Partition | None) -> str:
    return ", ".join(f"c{index}" for index in range(len(stored_columns(reader, partition))))


def _select(columns: Sequence[str], source: str) -> str:
    return "SELECT\n  " + ",\n  ".join(columns) + f"\nFROM {source}"


def _full(name: TableName) -> str:
    return f"{quoted(name.database)}.{quoted(name.name)}"

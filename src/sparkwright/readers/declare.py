"""Declare a table in SQL, so that `db.t` exists in an in-memory catalog: no Hive, no Derby, no Glue permission."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sparkwright.domain import TableName
from sparkwright.identifiers import is_bare, quoted
from sparkwright.readers.columns import literal, named, numbered, schema_of, stored_columns
from sparkwright.readers.places import NULL_PARTITION, is_far, location

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Partition, Reader
    from sparkwright.platforms import Dialect

_RAW_DATABASE = "sparkwright_raw"


def declare(reader: Reader, dialect: Dialect) -> tuple[str, ...]:
    """SQL statements, in order, after which the table can be read by its name; they may run more than once.

    The files are a raw table `_raw_t`; `t` is a view over it with the catalog's names and types.
    """
    far = dialect == "sail" and any(is_far(reader, partition) for partition in reader.partitions)
    raws: dict[TableName, Partition | None] = {raw_name(reader.table): None}
    if far:  # Sail does not parse ADD PARTITION: each partition is a raw table of its own.
        raws = {raw_name(reader.table, number): one for number, one in enumerate(reader.partitions)}
    databases = dict.fromkeys([reader.table.database, *(raw.database for raw in raws)])
    return (
        *(f"CREATE DATABASE IF NOT EXISTS {quoted(database)}" for database in databases),
        *(_raw_table(reader, raw, dialect, partition) for raw, partition in raws.items()),
        *(_add_partitions(reader, raw) for raw in raws if dialect == "spark" and reader.partitions),
        _view(reader, raws, dialect),
    )


def raw_name(table: TableName, number: int | None = None) -> TableName:
    """The name of the table over the bare files, or over those of one partition; safe without backquotes."""
    database = table.database if is_bare(table.database) else _RAW_DATABASE
    name = table.name
    if not is_bare(f"_raw_{name}") or database == _RAW_DATABASE:
        name = hashlib.sha256(repr(table).encode()).hexdigest()[:12]
    return TableName(database, f"_raw_{name}" + ("" if number is None else f"_{number}"))


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


def _add_partitions(reader: Reader, raw: TableName) -> str:
    """JVM Spark does not find the partitions of a declared table by itself."""
    clauses = "\n".join(f"  {_partition(reader, partition)}" for partition in reader.partitions)
    return f"ALTER TABLE {_full(raw)} ADD IF NOT EXISTS\n{clauses}"


def _partition(reader: Reader, partition: Partition) -> str:
    pairs = zip(reader.partition_keys, partition.values, strict=True)
    values = ", ".join(
        f"{quoted(key.name)} = {literal(NULL_PARTITION if value is None else value)}" for key, value in pairs
    )
    return f"PARTITION ({values}) LOCATION {literal(location(partition.location, 'spark'))}"


def _view(reader: Reader, raws: dict[TableName, Partition | None], dialect: Dialect) -> str:
    """The view; Sail drops backquotes from the text of a view, so names that need them stand outside of it."""
    create = f"CREATE OR REPLACE VIEW {_full(reader.table)}"
    names = [cast.name for cast in reader.casts]
    if dialect == "sail" and not all(is_bare(name) for name in (*names, *(c.name for c in reader.stored))):
        head = f"{create} ({', '.join(map(quoted, names))})"
        selects = [
            _select(numbered(reader, one), f"{_full(raw)} AS r({_places(reader, one)})") for raw, one in raws.items()
        ]
    else:
        head = create
        selects = [_select(named(reader, one), _full(raw)) for raw, one in raws.items()]
    return f"{head} AS " + "\nUNION ALL ".join(selects)


def _places(reader: Reader, partition: Partition | None) -> str:
    return ", ".join(f"c{index}" for index in range(len(stored_columns(reader, partition))))


def _select(columns: Sequence[str], source: str) -> str:
    return "SELECT\n  " + ",\n  ".join(columns) + f"\nFROM {source}"


def _full(name: TableName) -> str:
    return f"{quoted(name.database)}.{quoted(name.name)}"

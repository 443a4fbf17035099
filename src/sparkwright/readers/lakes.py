"""Declare tables of lake formats, and write their explicit reads: the snapshot that was looked at, and no other."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import spark_type
from sparkwright.identifiers import is_bare, quoted
from sparkwright.readers.columns import literal, named, numbered
from sparkwright.readers.formats.iceberg import NO_SNAPSHOT
from sparkwright.readers.formats.iceberg_metadata import METADATA
from sparkwright.readers.formats.lake import LAKES
from sparkwright.readers.places import location
from sparkwright.readers.spark_settings import iceberg_catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Reader, TableName
    from sparkwright.platforms import Dialect


def is_lake(reader: Reader) -> bool:
    """Whether the reader is of a lake format."""
    return reader.format in LAKES


def declare_lake(reader: Reader, dialect: Dialect, raw: TableName) -> tuple[str, ...]:
    """The statements after which the table can be read by its name; `raw` is free for what they need.

    On Sail a view of the session stands below the table's own: views lose the quotes around a path there. On JVM Spark
    a view may not stand on one of the session, and may name the path. Session settings: `spark_settings`.
    """
    databases = [reader.table.database, *([raw.database] if reader.format == "hudi" else [])]
    below, source = _source(reader, dialect, raw)
    return (
        *(f"CREATE DATABASE IF NOT EXISTS {quoted(database)}" for database in dict.fromkeys(databases)),
        *below,
        _view(reader, dialect, source),
    )


def _source(reader: Reader, dialect: Dialect, raw: TableName) -> tuple[tuple[str, ...], str]:
    """What stands below the view, and the name under which the view reads it."""
    if reader.version == NO_SNAPSHOT:
        return (), ""
    if reader.format == "hudi":
        options = ", ".join(f"{literal(key)} = {literal(value)}" for key, value in reader.options.items())
        table = f"CREATE TABLE IF NOT EXISTS {raw.quoted}\nUSING hudi\nOPTIONS ({options})\nLOCATION "
        return (table + literal(location(reader.root, dialect)),), raw.quoted
    if dialect == "sail":
        name = "_raw_" + hashlib.sha256(repr(reader.table).encode()).hexdigest()[:12]
        path = quoted_path(location(reader.root, dialect))
        view = _select(["*"], f"{reader.format}.{path} VERSION AS OF {_version(reader)}")
        return (f"CREATE OR REPLACE TEMPORARY VIEW {name} AS {view}",), name
    table = f"{iceberg_catalog(reader)}.t" if reader.format == "iceberg" else f"delta.{quoted_path(reader.root)}"
    return (), f"{table} VERSION AS OF {_version(reader)}"


def quoted_path(path: str) -> str:
    """A path as the name of a table."""
    return "`" + path.replace("`", "``") + "`"


def _version(reader: Reader) -> str:
    if not reader.version.isdigit():
        raise UnreadableTable(
            f"the table {str(reader.table)!r} is of {reader.format}, and nobody looked at its log",
            hint="read it through a catalog that may list and open its files",
        )
    return reader.version


def _view(reader: Reader, dialect: Dialect, source: str) -> str:
    create = f"CREATE OR REPLACE VIEW {reader.table.quoted}"
    names = [cast.name for cast in reader.casts]
    if not source:
        nulls = [f"CAST(NULL AS {spark_type(cast.type)}) AS c{index}" for index, cast in enumerate(reader.casts)]
        return f"{create} ({', '.join(map(quoted, names))}) AS {_select(nulls, '')}WHERE false"
    if dialect == "sail" and not all(is_bare(name) for name in (*names, *(one.name for one in reader.stored))):
        places = ", ".join(f"c{index}" for index in range(len(reader.stored)))
        head = f"{create} ({', '.join(map(quoted, names))})"
        return f"{head} AS {_select(numbered(reader), f'{source} AS r({places})')}"
    return f"{create} AS {_select(named(reader), source)}"


def _select(columns: Sequence[str], source: str) -> str:
    return "SELECT\n  " + ",\n  ".join(columns) + "\n" + (f"FROM {source}" if source else "")


# --- explicit reads --------------------------------------------------------------------------------------------------


def lake_read(reader: Reader, dialect: Dialect) -> list[str]:
    """The calls of the explicit read. Iceberg on Sail is read by its folder, on JVM Spark by the metadata file."""
    columns = "".join(f"        {_text(column)},\n" for column in named(reader))
    if reader.version == NO_SNAPSHOT:
        schema = ", ".join(f"{quoted(cast.name)} {spark_type(cast.type)}" for cast in reader.casts)
        return [f"spark.createDataFrame([], {_text(schema)})"]
    options = reader.options
    place = reader.root
    if reader.format == "delta":
        options = {"versionAsOf": _version(reader)}
    elif reader.format == "iceberg":
        options = {"snapshot-id": _version(reader)}
        place = reader.root if dialect == "sail" else reader.options[METADATA]
    return [
        f"spark.read.format({_text(reader.format)})",
        *(f".option({_text(key)}, {_text(value)})" for key, value in options.items()),
        f".load({_text(place)})",
        f".selectExpr(\n{columns}    )",
    ]


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())

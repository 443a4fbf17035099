"""The columns of a table as it is read: names, types and NULLs of the catalog over those of the files, as Spark SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sparkwright.hive_types import spark_type
from sparkwright.identifiers import quoted
from sparkwright.readers.places import NULL_PARTITION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sparkwright.domain import Cast, Column, Partition, Reader
    from sparkwright.platforms import Dialect

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def literal(text: str) -> str:
    """A string literal of Spark SQL; what cannot be printed is escaped."""
    return "'" + "".join(_ESCAPES.get(c) or (c if c.isprintable() else _unprintable(c)) for c in text) + "'"


def _unprintable(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def schema_of(columns: Sequence[Column]) -> str:
    """Columns as the schema of a reader or a table."""
    return ", ".join(f"{quoted(column.name)} {spark_type(column.type)}" for column in columns)


def stored_columns(reader: Reader, far: Partition | None = None) -> tuple[Column, ...]:
    """The columns to read; the files of a far partition are read without its keys."""
    keys = {key.name for key in reader.partition_keys} if far is not None else set()
    return tuple(column for column in reader.stored if column.name not in keys)


def named(reader: Reader, far: Partition | None = None, dialect: Dialect = "sail") -> tuple[str, ...]:
    """Each column of the catalog as an expression over the stored ones, with its name."""
    own = {column.name: quoted(column.name) for column in stored_columns(reader, far)}
    found = []
    for cast, value in zip(reader.casts, _expressions(reader, far, own, dialect), strict=True):
        found.append(value if value == quoted(cast.name) else f"{value} AS {quoted(cast.name)}")
    return tuple(found)


def numbered(reader: Reader, far: Partition | None = None, dialect: Dialect = "sail") -> tuple[str, ...]:
    """Each column of the catalog as an expression over `c0`, `c1`, ...: the stored ones by their place."""
    own = {column.name: f"c{index}" for index, column in enumerate(stored_columns(reader, far))}
    return _expressions(reader, far, own, dialect)


def _expressions(reader: Reader, far: Partition | None, own: dict[str, str], dialect: Dialect) -> tuple[str, ...]:
    types = {column.name: column.type for column in reader.stored}
    keys = {key.name: index for index, key in enumerate(reader.partition_keys)}
    found = []
    for cast in reader.casts:
        if far is not None and cast.stored in keys:
            value = far.values[keys[cast.stored]]
            found.append(_as_type("NULL" if value is None else literal(value), cast.type))
        else:
            null = reader.null_text if reader.null_text is None else literal(reader.null_text)
            if cast.stored in keys:
                null = _NULL_PARTITION[dialect]
            found.append(_column(cast, own[cast.stored], types[cast.stored], null))
    return tuple(found)


_NULL_PARTITION: Mapping[Dialect, str] = {
    "spark": literal(NULL_PARTITION),
    "sail": f"IF(rand() < 0, '', {literal(NULL_PARTITION)})",
}
"""The text for NULL in the name of a folder. `rand` keeps Sail from choosing folders by a filter on the key.

Sail takes such a filter for done then, keeps the folders for which it is NULL (`NOT k = 'x'` where k is NULL), and
leaves those out on S3 whose names are percent-encoded. Partitions are chosen before (`readers.partitions`).
"""


def _column(cast: Cast, own: str, stored: str, null: str | None) -> str:
    """The value in the catalog's type; `null` is SQL of the text that stands for NULL."""
    value = own.join(cast.value)
    if null is not None:
        value = f"NULLIF({value}, {null})"
    return value if spark_type(stored) == spark_type(cast.type) else _as_type(value, cast.type)


def _as_type(value: str, kind: str) -> str:
    return f"CAST({value} AS {spark_type(kind)})"

"""What opening a table's files yields: its columns, and everything that a reader has to know about them."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from sparkwright.domain import Column, Storage, TableName
from sparkwright.errors import UnreadableTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sparkwright.catalogs.disk_cache import DiskCache

STORED = "sparkwright.stored."
"""Prefix of the table parameters that hold the type of a column in the files where the catalog has another one."""

_RULES = 2
"""Goes up whenever files are read by other rules, so that no schema found by older ones is kept."""


@dataclass(frozen=True)
class Schema:
    """Columns in the order of the files; `rows` where the files say how many."""

    columns: tuple[Column, ...]
    storage: Storage = field(default_factory=Storage)
    parameters: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None


def kept(cache: DiskCache, key: object, read: Callable[[], Schema]) -> Schema:
    """The schema as the cache has it, or as it is read, and then kept; what is refused is not."""
    found = cache.get(("schema", _RULES, key))
    if found is None:
        schema = read()
        cache.put(("schema", _RULES, key), asdict(schema))
        return schema
    columns = tuple(Column(**column) for column in found["columns"])
    return Schema(columns, Storage(**found["storage"]), found["parameters"], found["rows"])


def refuse_twins(name: TableName, columns: Sequence[str], where: str) -> None:
    """Raise where two names differ in nothing but case, which Spark takes for one name."""
    counted = Counter(column.lower() for column in columns)
    twins = [column for column in columns if counted[column.lower()] > 1]
    if twins:
        raise UnreadableTable(
            f"table {str(name)!r} has a column twice, as {', '.join(map(repr, twins))}, in {where!r}",
            hint="rename one of them; Spark takes names that differ only in case for the same",
        )


def refuse_odd_names(name: TableName, columns: Sequence[str]) -> None:
    """Raise for a name that not every engine takes: an empty one, one with a backquote or a control character."""
    for column in columns:
        if not column.strip() or not column.isprintable() or "`" in column:
            raise UnreadableTable(
                f"table {str(name)!r} has a column named {column!r}", hint="rename it to a word, in the files"
            )

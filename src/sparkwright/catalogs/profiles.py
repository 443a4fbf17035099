"""What the data of a table look like, from its first rows; kept on disk until a file changes."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from sparkwright.catalogs.rows import first_rows
from sparkwright.domain import PROFILED_ROWS, Column, ColumnProfile, Table

if TYPE_CHECKING:
    from sparkwright.catalogs.disk_cache import DiskCache
    from sparkwright.catalogs.folders import Contents

MOST_VALUES = 5_000
_VERSION = 2
_INTEGERS = ("tinyint", "smallint", "int", "bigint")
_ARROW = {
    **dict.fromkeys(_INTEGERS, pa.int64()),
    **dict.fromkeys(("float", "double"), pa.float64()),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
    "boolean": pa.bool_(),
}


def profile(table: Table, contents: Contents, cache: DiskCache) -> Table:
    """The table with a profile on every column of a plain type, from its first rows."""
    key = (_VERSION, str(table.name), contents.signature, tuple((c.name, c.type) for c in table.all_columns))
    found = cache.get(key)
    if found is None:
        profiles = _profiles(table, contents)
        cache.put(key, {name: dataclasses.asdict(one) for name, one in profiles.items()})
    else:
        profiles = {name: ColumnProfile(**{**one, "values": tuple(one["values"])}) for name, one in found.items()}
    return replace(
        table,
        columns=_profiled(table.columns, profiles),
        partition_keys=_profiled(table.partition_keys, profiles),
    )


def _profiled(columns: tuple[Column, ...], profiles: dict[str, ColumnProfile]) -> tuple[Column, ...]:
    return tuple(replace(column, profile=profiles.get(column.name)) for column in columns)


def _profiles(table: Table, contents: Contents) -> dict[str, ColumnProfile]:
    columns = [column for column in table.all_columns if "<" not in column.type and column.type != "binary"]
    rows = first_rows(table, contents, [column.name for column in columns], PROFILED_ROWS)
    known = {column.name: column for column in columns if column.name in rows.column_names}
    return {name: _profile(_typed(rows[name], column.type)) for name, column in known.items()}


def _typed(values: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    """The values as the catalog types them; as they are where they do not all fit (a run says so loudly)."""
    wanted = _ARROW.get(kind)
    if wanted is None or values.type == wanted:
        return values
    try:
        if pa.types.is_dictionary(values.type):
            values = values.cast(values.type.value_type)
        if kind == "timestamp" and pa.types.is_string(values.type):
            return pc.cast(_zoned(values), wanted)
        return pc.cast(values, wanted, safe=kind not in ("timestamp", "float", "double"))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return values


def _zoned(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Arrow reads texts as instants only where they name their zone."""
    named = pc.match_substring_regex(values, r"(Z|[+-]\d{2}:?\d{2})$")
    return pc.if_else(named, values, pc.binary_join_element_wise(values, "Z", ""))


def _profile(values: pa.ChunkedArray) -> ColumnProfile:
    nulls = values.null_count
    if pa.types.is_dictionary(values.type) or pa.types.is_string(values.type):
        counted = values.value_counts()
        pairs = sorted(
            ((one["counts"], one["values"]) for one in counted.to_pylist() if one["values"] is not None), reverse=True
        )
        texts = tuple(text for _, text in pairs[:MOST_VALUES])
        complete = len(pairs) <= MOST_VALUES and len(values) < PROFILED_ROWS
        return ColumnProfile(len(values), len(pairs), nulls, texts, complete)
    distinct = pc.count_distinct(values, mode="only_valid").as_py()
    ends: dict[str, Any] = {"min": None, "max": None}
    if not pa.types.is_boolean(values.type):
        ends = pc.min_max(values).as_py()
    return ColumnProfile(len(values), distinct, nulls, (), False, _text(ends["min"]), _text(ends["max"]))


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)

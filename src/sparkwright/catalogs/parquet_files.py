"""Parquet files: one schema over all of them, from their footers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as is_

from sparkwright.catalogs.schema import Schema, refuse_odd_names, refuse_twins
from sparkwright.domain import Column, Storage, TableName
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import from_arrow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sparkwright.catalogs.folders import Contents

_STORAGE = Storage(
    input_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    output_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    serde="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
)


def read_parquet_schema(name: TableName, contents: Contents) -> Schema:
    """The columns of all files, by name; a column that some files lack reads as NULL there."""
    columns: dict[str, tuple[str, str, Path]] = {}
    rows = 0
    for part in contents.parts:
        schema, count = _footer(name, part.path)
        rows += count
        refuse_twins(name, schema.names, part.path.name)
        for field in schema:
            kind, form = _hive_type(name, field), _form(field.type)
            known, first_form, first = columns.setdefault(field.name, (kind, form, part.path))
            if (known, first_form) != (kind, form):
                one, other = (known, kind) if known != kind else (first_form, form)
                raise UnreadableTable(
                    f"column {field.name!r} of table {str(name)!r} is {one} in {first.name!r} and {other} in "
                    f"{part.path.name!r}",
                    hint="write the files again with one type",
                )
    keys = {key.lower() for key in contents.keys}
    refuse_twins(name, tuple(columns), "its files taken together")
    refuse_odd_names(name, tuple(columns))
    kept = tuple(Column(column, kind) for column, (kind, _, _) in columns.items() if column.lower() not in keys)
    return Schema(kept, _STORAGE, {"classification": "parquet"}, rows)


def _footer(name: TableName, path: Path) -> tuple[pa.Schema, int]:
    try:
        with pq.ParquetFile(path) as file:
            return file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise UnreadableTable(
            f"table {str(name)!r} has a file that is not sound Parquet: {str(path)!r} ({error})",
            hint="write or copy the file again, or remove it",
        ) from error


def _hive_type(name: TableName, field: pa.Field) -> str:
    wrong = next((kind for kind in _all_types(field.type) if _is_beyond_engines(kind)), None)
    if wrong is None:
        try:
            return from_arrow(field.type)
        except UnreadableTable:
            wrong = field.type
    raise UnreadableTable(
        f"column {field.name!r} of table {str(name)!r} is of the type {str(wrong)!r}, which is not read",
        hint="write it as a plain number, text, date or timestamp",
    )


def _form(kind: pa.DataType) -> str:
    """The Arrow types within, which must be the same in all files: Sail fails on others, but for milliseconds."""
    plain = [str(each).replace("timestamp[ms", "timestamp[us") for each in _all_types(kind) if not each.num_fields]
    return ", ".join(plain)


def _all_types(kind: pa.DataType) -> Iterator[pa.DataType]:
    yield kind
    for index in range(kind.num_fields):
        yield from _all_types(kind.field(index).type)


def _is_beyond_engines(kind: pa.DataType) -> bool:
    """Types that Sail 0.7.2 fails on in a declared table, which it takes from the Arrow schema in the footer."""
    return bool(
        is_.is_dictionary(kind)
        or is_.is_null(kind)
        or is_.is_float16(kind)
        or is_.is_decimal256(kind)
        or is_.is_large_list(kind)
        or is_.is_fixed_size_list(kind)
        or is_.is_date64(kind)
    )

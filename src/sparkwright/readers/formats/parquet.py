"""Parquet: by name, or by place where the table says so; names and types come from the footers of some files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sparkwright.domain import Column, Evidence
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import VOID, from_arrow
from sparkwright.readers.by_name import read_by_name, read_by_place
from sparkwright.readers.merging import FileColumns, merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from sparkwright.domain import Reader, Table, Unreadable
    from sparkwright.store import Store, StoredFile

BY_PLACE = "parquet.column.index.access"
NANOSECONDS = "parquet timestamps in nanoseconds"
ARROW_TYPES = "parquet columns of Arrow types that Spark has not (dictionaries, large lists)"
ARROW_DIFFERS = "parquet files whose Arrow types differ"
NOTHING = "parquet columns of nothing but NULL without a type"
KEY_SPELLING = "partition keys that stand in the files in another case"


def read(table: Table) -> Reader | Unreadable:
    """How a Parquet table is read."""
    return read_by_place(table, "parquet") if is_by_place(table) else read_by_name(table, "parquet")


def is_by_place(table: Table) -> bool:
    """Whether the table says that its columns go by their place in the files."""
    said = table.storage.parameters.get(BY_PLACE, table.parameters.get(BY_PLACE, "false"))
    return said.strip().lower() == "true"


def look(table: Table, files: Sequence[StoredFile], store: Store) -> Evidence:
    """The columns in the footers; refused where two files disagree in what one table cannot hold."""
    try:
        return _evidence(table, [_footer(file.location, store) for file in files])
    except UnreadableTable as error:
        return Evidence(refusal=error.message, remedy=error.hint)


@dataclass(frozen=True)
class _Footer:
    """What a file's footer says; `old_times` are the columns with timestamps as INT96, which Arrow shows as others."""

    place: str
    schema: pa.Schema
    old_times: frozenset[str]


def _evidence(table: Table, footers: Sequence[_Footer]) -> Evidence:
    by_place = is_by_place(table)
    if by_place and len({tuple(name.lower() for name in one.schema.names) for one in footers}) > 1:
        raise UnreadableTable(
            "its columns go by their place in the files, and the files have different columns",
            hint=f"set {BY_PLACE!r} to 'false', or write the files again with the same columns",
        )
    wanted = {column.name.lower() for column in table.columns}
    features: dict[str, None] = {}
    found, kept_fields = [], []
    for one in footers:
        kept = [field for field in one.schema if by_place or field.name.lower() in wanted]
        _refuse_twins(one.place, kept)
        features.update(dict.fromkeys(_features(kept, one.old_times)))
        if _spells_a_key_otherwise(table, one.schema):
            features[KEY_SPELLING] = None
        kept_fields.append([field.name for field in kept])
        found.append(_columns(one.place, kept))
    merged = merge(found, table.partition_keys, form_feature=ARROW_DIFFERS)
    if merged.refusal:
        return merged
    columns = _with_nulls(merged.columns, [name for fields in kept_fields for name in fields], table)
    return replace(merged, columns=columns, features=(*features, *merged.features))


def _with_nulls(columns: Sequence[Column], names: Sequence[str], table: Table) -> tuple[Column, ...]:
    """The columns in the order of the files, and in their places those that are nothing but NULL in all of them."""
    known = {column.name.lower(): column for column in columns}
    keys = {key.name.lower() for key in table.partition_keys}
    found = {name.lower(): Column(name, VOID) for name in names if name.lower() not in keys} | known
    return tuple(found.values())


def _refuse_twins(place: str, fields: Sequence[pa.Field]) -> None:
    lower = [field.name.lower() for field in fields]
    if twins := sorted({field.name for field in fields if lower.count(field.name.lower()) > 1}):
        raise UnreadableTable(
            f"the file {place!r} has columns whose names differ only in case: {twins}",
            hint="write the files again with other names",
        )


def _spells_a_key_otherwise(table: Table, schema: pa.Schema) -> bool:
    keys = {key.name.lower(): key.name for key in table.partition_keys}
    return any(name.lower() in keys and name != keys[name.lower()] for name in schema.names)


def _footer(place: str, store: Store) -> _Footer:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with store.open(place) as stream, pq.ParquetFile(stream) as file:
            leaves = [file.schema.column(index) for index in range(len(file.schema.names))]
            old = frozenset(one.path.split(".")[0] for one in leaves if one.physical_type == "INT96")
            return _Footer(place, file.schema_arrow, old)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise UnreadableTable(
            f"the file {place!r} is not sound Parquet ({error})", hint="write or copy the file again, or remove it"
        ) from error


def _columns(place: str, fields: Sequence[pa.Field]) -> FileColumns:
    """The columns of one file; one of nothing but NULL says nothing of its type."""
    kept = [field for field in fields if str(field.type) != "null"]
    columns = []
    for field in kept:
        try:
            columns.append(Column(field.name, from_arrow(field.type)))
        except UnreadableTable as error:
            raise UnreadableTable(
                f"column {field.name!r} is of the type {field.type} in the file {place!r}, which Spark has not",
                hint=error.hint,
            ) from error
    return FileColumns(place, tuple(columns), tuple(_forms(field.type) for field in kept))


def _features(fields: Sequence[pa.Field], old_times: frozenset[str]) -> Iterator[str]:
    """What an engine must know for the columns of a file."""
    import pyarrow.types as is_

    for name, kind in ((field.name, inner) for field in fields for inner in _all_types(field.type)):
        if is_.is_null(kind):
            yield NOTHING
        elif is_.is_timestamp(kind) and kind.unit == "ns" and name not in old_times:
            yield NANOSECONDS
        elif (
            is_.is_dictionary(kind)
            or is_.is_large_list(kind)
            or is_.is_fixed_size_list(kind)
            or is_.is_date64(kind)
            or is_.is_decimal256(kind)
        ):
            yield ARROW_TYPES


def _forms(kind: pa.DataType, path: str = "") -> dict[str, str]:
    """The Arrow types within by their paths, which Sail wants to be the same in all files, but for milliseconds."""
    if not kind.num_fields:
        return {path: str(kind).replace("timestamp[ms", "timestamp[us")}
    inner = [kind.field(index) for index in range(kind.num_fields)]
    return {at: own for field in inner for at, own in _forms(field.type, f"{path}.{field.name}").items()}


def _all_types(kind: pa.DataType) -> Iterator[pa.DataType]:
    yield kind
    for index in range(kind.num_fields):
        yield from _all_types(kind.field(index).type)

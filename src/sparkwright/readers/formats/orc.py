"""ORC: by name as Spark reads it, by place as Athena does where the files' names are not the catalog's."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sparkwright.domain import Column, Evidence
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import from_arrow
from sparkwright.readers.by_name import read_by_name, read_by_place
from sparkwright.readers.merging import FileColumns, merge

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from sparkwright.domain import Reader, Table, Unreadable
    from sparkwright.store import Store, StoredFile

BY_PLACE = "orc.column.index.access"
_UNNAMED = re.compile(r"_col\d+")


def read(table: Table) -> Reader | Unreadable:
    """How a table of ORC is read."""
    if table.evidence is not None and table.evidence.marks.get("by") == "place":
        return read_by_place(table, "orc")
    return read_by_name(table, "orc")


def look(table: Table, files: Sequence[StoredFile], store: Store) -> Evidence:
    """The columns in the footers, and whether they go by name or by place."""
    try:
        found = [_columns(file.location, store) for file in files]
    except UnreadableTable as error:
        return Evidence(refusal=error.message, remedy=error.hint)
    own, named = _named(found, table)
    merged = merge(named, table.partition_keys)
    merged = replace(merged, features=())  # Spark reads its ORC whatever the case and the width of numbers are
    if merged.refusal or not own:
        return merged
    return _placed(table, merged, own)


def _named(found: Sequence[FileColumns], table: Table) -> tuple[list[str], list[FileColumns]]:
    """Files without names (`_col0`) under the catalog's, as Spark reads them; and all names as they stand in files."""
    named = []
    for file in found:
        if file.columns and all(_UNNAMED.fullmatch(column.name) for column in file.columns):
            columns = tuple(replace(one, name=to.name) for one, to in zip(file.columns, table.columns, strict=False))
            file = FileColumns(file.location, columns)  # noqa: PLW2901 - the same file, named
        named.append(file)
    return list(dict.fromkeys(column.name.lower() for file in named for column in file.columns)), named


def _placed(table: Table, merged: Evidence, own: Sequence[str]) -> Evidence:
    """By name or by place: as the table says, else by name where one side's names hold the other's."""
    said = table.storage.parameters.get(BY_PLACE, table.parameters.get(BY_PLACE, "")).strip().lower()
    keys = {key.name.lower() for key in table.partition_keys}
    wanted, names = {column.name.lower() for column in table.columns}, set(own) - keys
    if said == "false" or (said != "true" and (wanted <= names or names <= wanted)):
        return merged
    if said == "true" or not wanted & names:
        note = "the columns of its ORC files go by their place, for they have other names than the catalog's"
        return replace(merged, marks={"by": "place"}, notes=() if said == "true" else (note,))
    return Evidence(
        refusal=(
            f"some columns of its ORC files have names that the catalog has not ({', '.join(sorted(names - wanted))}), "
            "so that Athena reads it by place and Spark by name"
        ),
        remedy=f"set the SerDe's parameter {BY_PLACE!r} to 'true' or 'false'",
    )


def _columns(place: str, store: Store) -> FileColumns:
    schema = _schema(place, store)
    if any("tz=" in str(field.type) for field in schema):
        raise UnreadableTable(
            f"the file {place!r} has a timestamp with local time zone, which fails in Spark's ORC",
            hint="write it as a plain timestamp, or store the table as Parquet",
        )
    return FileColumns(place, tuple(Column(field.name, from_arrow(field.type)) for field in schema))


def _schema(place: str, store: Store) -> pa.Schema:
    import pyarrow as pa
    from pyarrow import orc

    try:
        with store.open(place) as stream:
            return orc.ORCFile(stream).schema
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise UnreadableTable(
            f"the file {place!r} is not sound ORC ({error})", hint="write or copy the file again, or remove it"
        ) from error

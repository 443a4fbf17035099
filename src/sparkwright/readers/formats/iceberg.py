"""Iceberg: the metadata file that the catalog names says snapshot and schema; other snapshots are not read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sparkwright.domain import Column, Evidence, Unreadable
from sparkwright.errors import UnreadableTable
from sparkwright.readers.formats.iceberg_metadata import (
    METADATA,
    Metadata,
    data_formats,
    fields_of,
    newest_names,
    read_metadata,
)
from sparkwright.readers.formats.lake import (
    bare_reader,
    features_of,
    is_made_as,
    is_placeholder,
    laid_over,
    left_out,
    place_of,
)
from sparkwright.readers.verdicts import Verdict, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sparkwright.domain import Reader, Table
    from sparkwright.readers.formats.iceberg_metadata import Field
    from sparkwright.store import Store, StoredFile

NO_SNAPSHOT = "none"
"""The version of a table that nothing was ever written to."""
ELSEWHERE = "iceberg metadata outside of the table's metadata folder"
BEHIND = "iceberg snapshots that the newest metadata file does not have"
UUIDS = "iceberg uuids"
_POINTER = "metadata_location"
_STORED = "stored."


def rule(table: Table) -> Verdict:
    """A table of Iceberg, by its type or by the metadata file that it names."""
    if not is_made_as(table, "iceberg") and not _pointer(table):
        return None
    return read(table)


def read(table: Table) -> Reader | Unreadable:
    """How a table of Iceberg is read: the snapshot of its metadata file, columns by their numbers."""
    place = _root(table)
    if not place:
        return refuse(table, "it is a table of Iceberg without a location", f"set its {_POINTER} in the catalog")
    reader = bare_reader(table, "iceberg", place)
    evidence = table.evidence
    if evidence is None or evidence.refusal:
        return reader
    own = evidence.columns
    stored = tuple(Column(evidence.marks.get(_STORED + one.name, one.name), one.type) for one in own)
    casts = laid_over(table, own, stored)
    if isinstance(casts, Unreadable):
        return casts
    return replace(
        reader,
        stored=_stored(stored, evidence.marks),
        casts=casts,
        options={METADATA: evidence.marks[METADATA]},
        notes=left_out(table, own),
    )


def _stored(columns: Sequence[Column], marks: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns of the snapshot, with the types that they had then."""
    return tuple(Column(one.name, marks.get(f"type.{one.name}", one.type)) for one in columns if one.name)


def _pointer(table: Table) -> str:
    return table.parameters.get(_POINTER, "").strip()


def _root(table: Table) -> str:
    """The folder above that of the metadata file: where engines that list look."""
    folder, _, name = _pointer(table).rpartition("/metadata/")
    return folder if folder and "/" not in name else place_of(table)


def look(table: Table, _: Sequence[StoredFile], store: Store) -> Evidence:
    """The current snapshot of the catalog's metadata file, and what an engine must know to read it."""
    root = _root(table)
    try:
        names = newest_names(root, store)
        place = _pointer(table) or (names[0] if names else "")
        if not place:
            raise UnreadableTable(
                f"it is a table of Iceberg, and no metadata file lies below {root!r}",
                hint="correct the table's location in the catalog",
            )
        metadata = read_metadata(place, store)
        return _evidence(table, metadata, names, store)
    except UnreadableTable as error:
        return Evidence(refusal=error.message, remedy=error.hint)


def _evidence(table: Table, metadata: Metadata, names: Sequence[str], store: Store) -> Evidence:
    root = _root(table)
    now, then = metadata.fields, metadata.stored_fields
    marks = {METADATA: metadata.place, **_renamed(now, then)}
    features = [f"iceberg {kind} files" for kind in data_formats(metadata, store) if kind != "parquet"]
    features += [UUIDS] if _has_uuid(table, now) else []
    features += [] if metadata.place.startswith(f"{root}/metadata/") else [ELSEWHERE]
    features += [BEHIND] if metadata.snapshot and not _is_seen(metadata, names, store) else []
    return Evidence(
        columns=tuple(Column(field.name, field.type) for field in now),
        version=str(metadata.snapshot or NO_SNAPSHOT),
        features=(*features, *features_of(root)),
        marks=marks,
    )


def _has_uuid(table: Table, fields: Sequence[Field]) -> bool:
    wanted = {column.name.lower() for column in table.all_columns}
    return any(field.has_uuid for field in fields if is_placeholder(table) or field.name.lower() in wanted)


def _renamed(now: Sequence[Field], then: Sequence[Field]) -> dict[str, str]:
    """Where the snapshot has other names or types: engines read a snapshot with the schema of its time."""
    before = {field.number: field for field in then}
    marks = {}
    for field in now:
        old = before.get(field.number)
        if old is None:
            if field.has_default:
                raise UnreadableTable(
                    f"column {field.name!r} was added with a default value after the newest snapshot",
                    hint="write a row to the table, so that a snapshot has the column",
                )
            marks[_STORED + field.name] = ""
            continue
        if old.type != field.type and old.shape != field.shape:
            raise UnreadableTable(
                f"the fields within column {field.name!r} were changed after the newest snapshot",
                hint="write a row to the table, so that a snapshot has the fields",
            )
        marks[_STORED + field.name] = old.name
        marks[f"type.{old.name}"] = old.type
    return {} if list(now) == list(then) else marks


def _is_seen(metadata: Metadata, names: Sequence[str], store: Store) -> bool:
    """Whether engines that take the newest metadata file find the same snapshot with the same schema in it."""
    for name in names:
        if name == metadata.place:
            continue
        other = read_metadata(name, store)
        snapshot = other.snapshots.get(metadata.snapshot or 0)
        if snapshot is None or fields_of(other.schema_of(snapshot)) != tuple(metadata.stored_fields):
            return False
    return bool(names)

"""What a rule or a format says of a table: a Reader, a View, a refusal, or nothing; and the parts that they share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sparkwright.domain import Cast, Column, Reader, Table, Unreadable, View

if TYPE_CHECKING:
    from collections.abc import Mapping

Verdict = Reader | View | Unreadable | None

STORED = "sparkwright.stored."
"""Prefix of the table parameters that hold the type of a column in the files where the catalog has another one."""


def refuse(table: Table, reason: str, remedy: str) -> Unreadable:
    """A refusal of this table."""
    return Unreadable(table.name, reason, remedy)


def stored_type(table: Table, column: Column) -> str:
    """The type of a column in the files, where the catalog's maker noted it."""
    return table.parameters.get(STORED + column.name, column.type)


def stored_keys(table: Table) -> tuple[Column, ...]:
    """Partition keys are texts in the names of folders; NULL is a text there too."""
    return tuple(Column(key.name, "string") for key in table.partition_keys)


def key_casts(table: Table) -> tuple[Cast, ...]:
    """The partition keys as the catalog has them."""
    return tuple(Cast(key.name, key.name, key.type) for key in table.partition_keys)


def options_of(table: Table) -> Mapping[str, str]:
    """Options of the reader that a catalog passes through under Spark's own names, and those that the files ask for."""
    said = table.storage.parameters
    options = {option: said[option] for option in ("recursiveFileLookup", "multiLine") if option in said}
    if table.evidence is not None and table.evidence.nested:
        options["recursiveFileLookup"] = "true"
    return options


def plain_reader(table: Table, kind: str) -> Reader:
    """A table whose files say names and types as the catalog does, or as was noted (`STORED`)."""
    own = tuple(Column(column.name, stored_type(table, column)) for column in table.columns)
    return Reader(
        table=table.name,
        format=kind,
        root=table.location,
        options=options_of(table),
        stored=own + stored_keys(table),
        casts=tuple(Cast(column.name, column.name, column.type) for column in table.all_columns),
        partition_keys=table.partition_keys,
        partitions=table.partitions,
    )


def with_evidence(reader: Reader, table: Table) -> Reader:
    """The reader with what a look at the files found: features that an engine must have, notes for the user."""
    evidence = table.evidence
    if evidence is None:
        return reader
    return replace(
        reader,
        needs=(*reader.needs, *evidence.features),
        notes=(*reader.notes, *evidence.notes),
        version=evidence.version,
    )

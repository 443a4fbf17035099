"""Hudi: read by its own timeline, as a snapshot or what is compacted, as the table was registered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sparkwright.domain import Cast, Evidence
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import spark_type
from sparkwright.readers.formats.lake import bare_reader, features_of, is_made_as, place_of
from sparkwright.readers.verdicts import Verdict, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Column, Reader, Table, Unreadable
    from sparkwright.store import Store, StoredFile

_PACKAGES = ("org.apache.hudi.", "com.uber.hoodie.")
QUERY_TYPE = "hoodie.datasource.query.type"


def by_provider(table: Table) -> Verdict:
    """A table that its catalog calls Hudi."""
    return read(table) if is_made_as(table, "hudi") else None


def by_format(table: Table) -> Verdict:
    """A table with an input format of Hudi."""
    return read(table) if table.storage.input_format.startswith(_PACKAGES) else None


def read(table: Table) -> Reader | Unreadable:
    """How a table of Hudi is read: keys of partitions are columns like others."""
    place = place_of(table)
    if not place:
        return refuse(table, "it is a table of Hudi, and its location is a placeholder", "set its location")
    try:
        casts = tuple(map(_cast, table.all_columns))
    except UnreadableTable as error:
        return refuse(table, error.message, error.hint)
    reader = bare_reader(table, "hudi", place)
    return replace(reader, options={QUERY_TYPE: query_type(table)}, stored=table.all_columns, casts=casts)


def _cast(column: Column) -> Cast:
    """The catalog's type, whatever the commit has; nested values stay as they are, for a cast goes by place there."""
    if column.type.startswith(("array<", "map<", "struct<")):
        return Cast(column.name, column.name, column.type)
    return Cast(column.name, column.name, column.type, ("CAST(", f" AS {spark_type(column.type)})"))


def query_type(table: Table) -> str:
    """Whether the table is over everything or over what is compacted: a table of merge on read is registered twice."""
    as_optimised = table.storage.parameters.get("hoodie.query.as.ro.table", "").strip().lower()
    if as_optimised in ("true", "false"):
        return "read_optimized" if as_optimised == "true" else "snapshot"
    name = table.storage.input_format.rpartition(".")[2]
    # Without a word on it, the plain input format reads what is compacted, as in Hive.
    return "read_optimized" if name in ("HoodieParquetInputFormat", "HoodieInputFormat") else "snapshot"


def look(table: Table, _: Sequence[StoredFile], store: Store) -> Evidence:
    """Whether there is a table of Hudi; its schema is the newest commit's."""
    place = place_of(table)
    try:
        with store.open(f"{place}/.hoodie/hoodie.properties") as stream:
            text = stream.read().decode("utf-8", "replace")
    except UnreadableTable:
        return Evidence(
            refusal=f"it is a table of Hudi, and nothing of Hudi lies at {place!r}",
            remedy="correct the table's location in the catalog",
        )
    notes: tuple[str, ...] = ()
    if _property(text, "hoodie.table.type") == "MERGE_ON_READ" and query_type(table) == "read_optimized":
        notes = ("it is the read-optimised table: rows that were not compacted yet are not in it",)
    return Evidence(features=features_of(place), notes=notes)


def _property(text: str, key: str) -> str:
    lines = (line.partition("=") for line in text.splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == key), "")

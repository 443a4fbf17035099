"""Make tables readable on a platform: partitions, a look at the files, the verdict, and the declarations for a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sparkwright.domain import Reader, Scan, Table, TableName, Unreadable, View
from sparkwright.errors import UnreadableTable
from sparkwright.readers.classify import classify
from sparkwright.readers.declare import declare
from sparkwright.readers.look import look

if TYPE_CHECKING:
    from sparkwright.catalogs import Catalog
    from sparkwright.platforms import Platform
    from sparkwright.store import Store


@dataclass(frozen=True)
class Readable:
    """All that a job needs to read tables on a platform; `notes` are for the user."""

    readers: tuple[Reader | View, ...] = ()
    declarations: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def verdict(table: Table, platform: Platform) -> Reader | View:
    """How the platform reads the table, going by its metadata; raises `UnreadableTable` with the reason."""
    found = classify(table, platform)
    if isinstance(found, Unreadable):
        raise UnreadableTable(f"{table.name} cannot be read: {found.reason}", hint=found.remedy)
    return found


def readable(
    table: Table, platform: Platform, *, catalog: Catalog, store: Store, scans: Sequence[Scan] = ()
) -> Readable:
    """The table on the platform, with the partitions that the scans leave; raises `UnreadableTable`."""
    found = verdict(table, platform)
    if isinstance(found, View):
        raise UnreadableTable(f"{table.name} cannot be read: it is a view", hint="name the tables under it")
    if table.partition_keys:
        table = replace(table, partitions=catalog.partitions(table, scans))
        found = verdict(table, platform)
        assert isinstance(found, Reader)
    found = verdict(replace(table, evidence=look(table, found, store)), platform)
    assert isinstance(found, Reader)
    return Readable((found,), declare(found, platform.dialect), {}, found.notes)


__all__ = ["Readable", "TableName", "readable", "verdict"]

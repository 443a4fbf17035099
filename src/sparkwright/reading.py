"""Make tables readable on a platform: partitions, a look at the files, the verdict, and the declarations for a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sparkwright.domain import Reader, Scan, Table, Unreadable, View
from sparkwright.errors import UnreadableTable
from sparkwright.estimate import Scanned, sum_of
from sparkwright.readers.classify import classify
from sparkwright.readers.declare import declare
from sparkwright.readers.formats.lake import LAKES, is_placeholder
from sparkwright.readers.groups import by_storage, joined
from sparkwright.readers.listing import LISTLESS, Places, check_places, placed
from sparkwright.readers.look import look
from sparkwright.readers.partitions import matched
from sparkwright.readers.projection import is_projected, projected
from sparkwright.readers.spark_settings import session_settings
from sparkwright.readers.views import resolve
from sparkwright.store import is_remote

if TYPE_CHECKING:
    from sparkwright.catalogs import Catalog
    from sparkwright.platforms import Platform
    from sparkwright.store import Store


@dataclass(frozen=True)
class Readable:
    """All that a job needs to read one table on a platform; `notes` are for the user, `places` where its rows lie.

    `below` are the tables that a view reads.
    """

    table: Table
    found: Reader | View
    declarations: tuple[str, ...]
    scanned: Scanned
    settings: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    below: tuple[Readable, ...] = ()

    @property
    def readers(self) -> tuple[Reader, ...]:
        """The readers of files in it, its own or those of what is below."""
        own = (self.found, *self.found.others) if isinstance(self.found, Reader) else ()
        return (*own, *(reader for one in self.below for reader in one.readers))


@dataclass(frozen=True)
class Sources:
    """Where tables and their files are looked up, and when: projected partitions are reckoned from `now`."""

    catalog: Catalog
    store: Store
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def verdict(table: Table, platform: Platform) -> Reader | View:
    """How the platform reads the table, going by what is known of it; raises `UnreadableTable` with the reason."""
    found = classify(table, platform)
    if isinstance(found, Unreadable):
        raise _refused(found)
    return found


def _refused(found: Unreadable) -> UnreadableTable:
    return UnreadableTable(f"{found.table} cannot be read: {found.reason}", hint=found.remedy)


def completed(table: Table, platform: Platform, sources: Sources) -> Table:
    """The table with its own columns, where the catalog has none: a lake format knows them itself.

    Writers put `col array<string>` where Hive could not read the real ones. Raises `UnreadableTable`.
    """
    if not is_placeholder(table):
        return table
    found = verdict(table, platform)
    if not isinstance(found, Reader) or found.format not in LAKES:
        return table
    evidence = look(table, found, sources.store)
    verdict(replace(table, evidence=evidence), platform)
    return replace(table, columns=evidence.columns, partition_keys=()) if evidence.columns else table


def readable(table: Table, platform: Platform, sources: Sources, scans: Sequence[Scan] = ()) -> Readable:
    """The table on the platform, with the partitions that the scans leave; raises `UnreadableTable`."""
    found = verdict(table, platform)
    if isinstance(found, View):
        return _view(table, platform, sources)
    table, total = _with_partitions(table, found, sources, scans)
    places = check_places(table, _reader(table, platform), sources.store, scans)
    table = replace(table, partitions=places.partitions)
    reader = _looked_at(table, platform, places, sources.store)
    final = placed(reader, places)
    return Readable(
        table=table,
        found=final,
        declarations=declare(final, platform.dialect),
        scanned=_scanned(table, reader, places, total),
        settings=session_settings((final,), platform.dialect),
        notes=final.notes,
        places=tuple(dict.fromkeys((table.location, *(each.location for each in table.partitions)))),
    )


def _view(table: Table, platform: Platform, sources: Sources) -> Readable:
    """The view over all that its tables hold: a program's filters do not reach through it."""
    found = resolve(table, sources.catalog.table, lambda below: classify(below, platform))
    if isinstance(found, Unreadable):
        raise _refused(found)
    try:
        parts = [readable(below, platform, sources) for below in found.tables]
    except UnreadableTable as error:
        raise UnreadableTable(f"{table.name} is a view, and under it {error.message}", hint=error.hint) from error
    views = [statement for view in found.views for statement in declare(view, platform.dialect)]
    notes = [*(note for part in parts for note in part.notes), *(note for view in found.views for note in view.notes)]
    return Readable(
        table=table,
        found=found.views[-1],
        declarations=(*(statement for part in parts for statement in part.declarations), *views),
        scanned=sum_of([part.scanned for part in parts]),
        settings={name: value for part in parts for name, value in part.settings.items()},
        notes=tuple(dict.fromkeys(notes)),
        places=tuple(dict.fromkeys(place for part in parts for place in part.places)),
        below=tuple(parts),
    )


def _reader(table: Table, platform: Platform) -> Reader:
    found = verdict(table, platform)
    assert isinstance(found, Reader)
    return found


def _with_partitions(table: Table, reader: Reader, sources: Sources, scans: Sequence[Scan]) -> tuple[Table, int | None]:
    """The table with the partitions that the scans leave, and how many there are in all where that is known."""
    if not reader.partition_keys:
        return table, None
    if is_projected(table):
        return replace(table, partitions=projected(table, scans, sources.now)), None
    registered = table.partitions or sources.catalog.partitions(table, scans)
    total = len(registered) if table.partitions or not any(scan.filters for scan in scans) else None
    return replace(table, partitions=matched(registered, table.partition_keys, scans)), total


def _looked_at(table: Table, platform: Platform, places: Places, store: Store) -> Reader:
    """The reader after a look at the files, those of partitions that are stored otherwise by themselves."""
    groups = by_storage(table)
    if isinstance(groups, Unreadable):
        raise _refused(groups)
    readers = []
    for group in groups:
        evidence = group.evidence  # a catalog that has read the files itself, for the embedded engine
        if evidence is None or platform.dialect != "sail":
            evidence = look(group, _reader(group, platform), store)
        readers.append(_reader(replace(group, evidence=replace(evidence, nested=places.is_nested)), platform))
    return joined(table, readers)


def _scanned(table: Table, reader: Reader, places: Places, total: int | None) -> Scanned:
    is_local = not is_remote(table.location)
    if reader.format in LISTLESS:
        return Scanned(table.size.bytes, table.size.objects, is_local=is_local, is_exact=table.size.exact)
    count = len(table.partitions) if reader.partition_keys else None
    return Scanned(places.bytes, places.objects, count, total, is_local=is_local)

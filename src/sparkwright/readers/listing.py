"""List where a table's files lie, and tell a location that is missing from a table that is empty."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sparkwright.domain import Cast, Partition, Reader, View
from sparkwright.errors import PermissionRefused, UnreadableTable
from sparkwright.hive_types import spark_type
from sparkwright.readers.partitions import matched
from sparkwright.readers.places import NULL_PARTITION
from sparkwright.readers.projection import is_projected
from sparkwright.store import below

if TYPE_CHECKING:
    from sparkwright.domain import Scan, Table
    from sparkwright.store import Store, StoredFile

PAGE = 1_000  # objects that one call lists
MOST_LISTED = 100_000
MOST_PIECES = 1_000
THREADS = 16
LISTLESS = frozenset({"iceberg", "delta", "hudi", "symlink"})  # their own metadata say which files count


@dataclass(frozen=True)
class Places:
    """Where the files of a table lie.

    `partitions` are those that have files, with exact bytes and objects; `bytes` and `objects` of the whole are None
    where the listing was cut. `is_empty`: the table has no rows, and `notes` say why. `has_strays`: files of no
    partition lie below the root. `is_nested`: folders lie below the root, or below a partition, that are no partitions.
    `pieces` are the folders and files of a place where some of them are named `k=v`: Sail would make columns of those.
    """

    partitions: tuple[Partition, ...] = ()
    bytes: int | None = None
    objects: int | None = None
    is_empty: bool = False
    has_strays: bool | None = False
    is_nested: bool = False
    pieces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def check_places(table: Table, reader: Reader, store: Store, scans: Sequence[Scan] = ()) -> Places:
    """List what the reader of the table (with the partitions that the scans leave) would read.

    Raises `UnreadableTable` where nothing lies at the location, where none of the partitions has files, and where
    folders that the question needs are not registered; a table that was never filled has no rows, and a note.
    """
    if reader.format in LISTLESS or (table.evidence is not None and table.evidence.files):
        return Places(table.partitions)
    if not table.partition_keys:
        return _whole(table, reader, store)
    if not table.partitions:
        return _no_partitions(table, reader, store, scans)
    found = _of_partitions(table, reader, store)
    if not found.partitions:
        return _no_files(table, reader, store, scans)
    if found.has_strays is None:
        return replace(found, has_strays=True)
    if found.has_strays and not any(scan.filters for scan in scans) and not is_projected(table):
        return replace(found, notes=(f"files that lie below {reader.root} in no registered partition are not read",))
    return found


def placed(reader: Reader, places: Places) -> Reader | View:
    """The reader over the partitions that have files; a table that is empty is a view without rows.

    Engines find partitions, or nothing, in their own ways where there are none: so none is asked to look.
    """
    notes = tuple(dict.fromkeys((*reader.notes, *places.notes)))
    if places.is_empty:
        columns = ",\n  ".join(f"CAST(NULL AS {spark_type(cast.type)})" for cast in reader.casts)
        casts = tuple(Cast(cast.name, cast.name, cast.type) for cast in reader.casts)
        return View(reader.table, f"SELECT\n  {columns}\nWHERE 1 = 0", (), casts, notes)
    strays = bool(places.has_strays) or bool(reader.others)
    others = tuple(replace(_in_pieces(one, places), strays=strays) for one in reader.others)
    return replace(_in_pieces(reader, places), strays=strays, others=others, notes=notes)


def _in_pieces(reader: Reader, places: Places) -> Reader:
    """The reader with a partition for each piece of a place that cannot be read as a whole."""
    if not places.pieces:
        return reader
    wholes = reader.partitions or (Partition((), reader.root),)
    pieces = tuple(
        replace(whole, location=piece, bytes=None, objects=None)
        for whole in wholes
        for piece in places.pieces.get(whole.location, (whole.location,))
    )
    return replace(reader, partitions=pieces)


# --- a table without partition keys -----------------------------------------------------------------------------------


def _whole(table: Table, reader: Reader, store: Store) -> Places:
    """Everything below the location counts, as in Athena, folders named `k=v` too."""
    files = store.files(reader.root, MOST_LISTED)
    if not files:
        return _nothing(table, reader.root, store)
    is_cut = len(files) == MOST_LISTED
    return Places(
        bytes=None if is_cut else sum(file.bytes for file in files),
        objects=None if is_cut else len(files),
        is_nested=_is_nested(reader.root, files),
        pieces=_pieces(table, {reader.root: files}),
    )


def _is_nested(place: str, files: Sequence[StoredFile]) -> bool:
    return any(len(below(file.location, place.rstrip("/"))) > 1 for file in files)


def _pieces(table: Table, places: Mapping[str, Sequence[StoredFile]]) -> dict[str, tuple[str, ...]]:
    """The pieces of the places that have folders named `k=v`: a folder with no folders below it, or else its files."""
    found = {}
    for place, files in places.items():
        steps = [below(file.location, place.rstrip("/"))[:-1] for file in files]
        if any("=" in step for one in steps for step in one):
            above = {one[:end] for one in steps for end in range(len(one))}
            folders = {
                file.location if one in above else file.location.rpartition("/")[0] + "/": None
                for file, one in zip(files, steps, strict=True)
            }
            found[place] = tuple(folders)
    count = sum(map(len, found.values()))
    if count > MOST_PIECES:
        raise UnreadableTable(
            f"table {str(table.name)!r} cannot be read: {count:,} folders below it look like partitions, and are none",
            hint="give the table partition keys, and register its partitions (a crawler does)",
        )
    return found


def _nothing(table: Table, root: str, store: Store) -> Places:
    if not store.exists(root):
        raise UnreadableTable(
            f"nothing lies at the location of table {str(table.name)!r}: {root!r}",
            hint="correct the location in the catalog, or put the files back",
        )
    return Places(bytes=0, objects=0, is_empty=True, notes=(f"table {table.name} is empty: no file lies at {root}",))


# --- a table with partitions -----------------------------------------------------------------------------------------


def _of_partitions(table: Table, reader: Reader, store: Store) -> Places:
    """What each partition holds: the root is listed, or what far ones share, unless that is dearer than one by one."""
    root = reader.root.rstrip("/") + "/"
    near = [one.location for one in table.partitions if one.location.startswith(root)]
    far = [one.location for one in table.partitions if not one.location.startswith(root)]
    files, strays = _at_once(reader.root, near, store)
    if len(far) > THREADS:
        files |= _at_once(_shared(far), far, store)[0]
    alone = [place for place in dict.fromkeys((*near, *far)) if place not in files]
    with ThreadPoolExecutor(THREADS) as threads:
        files |= dict(zip(alone, map(list, threads.map(store.files, alone)), strict=True))
    counted = tuple(_counted(one, files[one.location]) for one in table.partitions if files[one.location])
    # Partitions that are packed in different ways are read one by one: Sail takes one way for a whole table.
    is_mixed = len({packing(file) for one in counted for file in files[one.location]}) > 1
    return Places(
        partitions=counted,
        bytes=sum(one.bytes or 0 for one in counted),
        objects=sum(one.objects or 0 for one in counted),
        has_strays=strays or (None if is_mixed else strays),
        is_nested=any(_is_nested(one.location, files[one.location]) for one in counted),
        pieces=_pieces(table, {one.location: files[one.location] for one in counted}),
    )


def packing(file: StoredFile) -> str:
    """How the name of a file says that it is compressed; empty where it does not."""
    end = file.location.rpartition(".")[2].lower()
    return end if end in ("gz", "bz2", "zst", "xz", "snappy", "lz4", "deflate") else ""


def _at_once(place: str, wanted: Sequence[str], store: Store) -> tuple[dict[str, list[StoredFile]], bool | None]:
    """What lies in each of the places below one place, and whether files lie in none of them.

    Nothing, and None, where a listing has more pages, one after another, than the places would take side by side.
    """
    most = min(MOST_LISTED, PAGE * max(1, len(wanted) // THREADS))
    if not wanted or not place:
        return {}, None
    try:
        listed = store.files(place, most)
    except PermissionRefused:  # it may be given for the places only
        return {}, None
    if len(listed) >= most:
        return {}, None
    files: dict[str, list[StoredFile]] = {}
    strays = _assign(wanted, listed, files)
    return files, strays


def _shared(places: Sequence[str]) -> str:
    """The folder that all places share; empty where they share none."""
    shared = takewhile(lambda steps: len(set(steps)) == 1, zip(*(place.split("/") for place in places), strict=False))
    folder = "".join(f"{steps[0]}/" for steps in shared)
    return folder if below(folder.partition("://")[2], "") else ""


def _assign(places: Sequence[str], listed: Sequence[StoredFile], files: dict[str, list[StoredFile]]) -> bool:
    """Give each file to the partitions above it; true where one has none."""
    owners: dict[str, list[str]] = {}
    for place in dict.fromkeys(places):
        files[place] = []
        owners.setdefault(place.rstrip("/"), []).append(place)
    has_strays = False
    for file in listed:
        steps = file.location.split("/")
        above = ("/".join(steps[:end]) for end in range(len(steps) - 1, 0, -1))
        own = [place for folder in above for place in owners.get(folder, ())]
        for place in own:
            files[place].append(file)
        has_strays = has_strays or not own
    return has_strays


def _counted(partition: Partition, files: Sequence[StoredFile]) -> Partition:
    return replace(partition, bytes=sum(file.bytes for file in files), objects=len(files))


def _no_files(table: Table, reader: Reader, store: Store, scans: Sequence[Scan]) -> Places:
    """None of the partitions has files: usual where they are projected or few are asked for, else a mistake."""
    count, example = len(table.partitions), table.partitions[0].location
    said = f"none of the {count:,} partitions of table {str(table.name)!r} that are asked for holds files"
    if is_projected(table):
        template = any(key.lower() == "storage.location.template" for key in table.parameters)
        if not template and not store.exists(reader.root):
            return _nothing(table, reader.root, store)
        return _empty(f"{said} (projected, for example {example})")
    if any(store.exists(one.location) for one in table.partitions[:8]):
        return _empty(f"{said}, only empty folders are there (for example {example})")
    if any(scan.filters for scan in scans) and store.exists(reader.root):
        return _empty(f"{said}: registered, but nothing is there (for example {example})")
    raise UnreadableTable(
        f"{said}: for example {example!r}", hint="put the files back, or drop the partitions from the catalog"
    )


def _empty(note: str) -> Places:
    return Places(bytes=0, objects=0, is_empty=True, notes=(note,))


def _no_partitions(table: Table, reader: Reader, store: Store, scans: Sequence[Scan]) -> Places:
    """None is registered, or none that the scans leave: 0 rows, unless there are folders that nobody registered."""
    if is_projected(table):
        return _empty(f"no projected partition of table {table.name} fits the question")
    files = store.files(reader.root, PAGE)
    if not files:
        return _nothing(table, reader.root, store)
    folders = _folders(table, reader.root, files)
    if matched(folders, table.partition_keys, scans) if folders else not any(scan.filters for scan in scans):
        raise UnreadableTable(
            f"no partition that the question needs is registered for table {str(table.name)!r}, and files lie at "
            f"{reader.root!r}",
            hint=f"register its partitions: MSCK REPAIR TABLE {table.name} in Athena, or run the crawler",
        )
    return _empty(f"no registered partition of table {table.name} fits the question")


def _folders(table: Table, root: str, files: Sequence[StoredFile]) -> list[Partition]:
    """The partitions that the folders of files spell by the table's keys."""
    found: dict[str, Partition] = {}
    pattern = "/".join(rf"{re.escape(key.name)}=([^/]*)" for key in table.partition_keys)
    for file in files:
        steps = re.match(pattern, "/".join(below(file.location, root.rstrip("/"))), re.IGNORECASE)
        if steps:
            values = tuple(None if text == NULL_PARTITION else unquote(text) for text in steps.groups())
            found.setdefault(steps.group(), Partition(values, f"{root.rstrip('/')}/{steps.group()}/"))
    return list(found.values())

"""A location that a question names, such as `s3://bucket/path/`, as a table: its files say what it holds."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from sparkwright.catalogs.files import FilesCatalog
from sparkwright.catalogs.formats import split_name
from sparkwright.domain import Table, TableName
from sparkwright.errors import UnreadableTable, UsageError

if TYPE_CHECKING:
    from sparkwright.store import Store, StoredFile

DATABASE = "locations"
MOST_FILES = 2_000
MOST_BYTES = 128 * 1024**2  # of text that has to be read whole to know its types
_TAIL, _HEAD = 64 * 1024, 1024**2
_THREADS = 16
_QUOTED = re.compile(r"(['\"`])((?:s3[an]?|file)://[^'\"`\n]+|/[^'\"`\n]+/[^'\"`\n]*)\1", re.IGNORECASE)
_NAMED = re.compile(r"(?<![\w/])((?:s3[an]?|file)://[^\s'\"`<>|]+|/[\w.@%+=-]+(?:/[\w.@%+=*-]*)+)", re.IGNORECASE)


def locations_in(text: str) -> tuple[str, ...]:
    """The locations that a text names: URIs of S3, and absolute paths, in quotes where they have blanks in them.

    The punctuation of the sentence is left out.
    """
    quoted = tuple(match.group(2) for match in _QUOTED.finditer(text))
    found = (match.group(1).rstrip(".,;:!?)") for match in _NAMED.finditer(_QUOTED.sub(" ", text)))
    return tuple(dict.fromkeys((*quoted, *found)))


def is_location(text: str) -> bool:
    """Whether a text is nothing but a location."""
    return locations_in(text) == (text,)


def name_of(location: str, taken: Sequence[TableName] = ()) -> TableName:
    """A name for the table of a location: its last step, with a number where that is taken."""
    last = PurePosixPath(location.split("://", 1)[-1].rstrip("/")).name
    stem = split_name(last)[0] if split_name(last)[1] else last
    bare = re.sub(r"\W+", "_", stem).strip("_").lower() or "location"
    if bare[0].isdigit():
        bare = f"t_{bare}"
    name = TableName(DATABASE, bare)
    number = 2
    while name in taken:
        name, number = TableName(DATABASE, f"{bare}_{number}"), number + 1
    return name


def table_at(location: str, store: Store, name: TableName) -> Table:
    """What lies at a location, as a table of that name; raises `UnreadableTable` where it is not one table."""
    if "*" in location or "?" in location:
        raise UsageError(f"{location!r} is a pattern", hint="name a folder or a file")
    with tempfile.TemporaryDirectory(prefix="sparkwright-look-") as folder:
        mirror = _Mirror(location, store, Path(folder))
        catalog = FilesCatalog(mirror.folder, database=DATABASE)
        names = catalog.tables(DATABASE)
        if len(names) != 1:
            found = ", ".join(each.name for each in names[:5]) or "no file"
            raise UnreadableTable(
                f"what lies at {location!r} is not one table: {found}",
                hint="name the folder of one table, or one file",
            )
        try:
            return mirror.placed(replace(catalog.table(names[0]), name=name))
        except UnreadableTable as error:  # it names the copy
            said = error.message.replace(f"table {str(names[0])!r}", f"what lies at {location!r}")
            raise UnreadableTable(said, hint=error.hint) from error


@dataclass
class _Mirror:
    """Copies of files with as much of each as its format needs: footers of Parquet, headers of Avro, all of a text."""

    location: str
    store: Store
    folder: Path

    def __post_init__(self) -> None:
        files = self.store.files(self.location, MOST_FILES + 1)
        self._check(files)
        is_file = len(files) == 1 and files[0].location.rstrip("/") == self.location.rstrip("/")
        self.place = self.location if is_file else self.location.rstrip("/") + "/"
        self.root = self.folder / (_last(self.location) if is_file else "folder")
        with ThreadPoolExecutor(_THREADS) as threads:
            list(threads.map(self._copy, files))

    def _check(self, files: Sequence[StoredFile]) -> None:
        if not files:
            raise UnreadableTable(
                f"nothing lies at {self.location!r}", hint="check the bucket and the path, and the credentials' account"
            )
        if len(files) > MOST_FILES:
            raise UnreadableTable(
                f"more than {MOST_FILES:,} files lie at {self.location!r}",
                hint="have the table in the Glue catalog, where its schema is known, and ask it by name",
            )
        whole = sum(file.bytes for file in files if _kind(file) not in ("parquet", "avro"))
        if whole > MOST_BYTES:
            raise UnreadableTable(
                f"{whole / 1024**2:,.0f} MB of text lie at {self.location!r}, too much to find out their types",
                hint="have the table in the Glue catalog, where its schema is known, and ask it by name",
            )

    def _copy(self, file: StoredFile) -> None:
        target = Path(f"{self.root}/{file.location[len(self.place) :]}") if self.place.endswith("/") else self.root
        target.parent.mkdir(parents=True, exist_ok=True)
        with self.store.open(file.location) as source, target.open("wb") as copy:
            copy.truncate(file.bytes)
            match _kind(file):
                case "parquet":
                    _copy_footer(source, copy, file.bytes)
                case "avro":
                    copy.write(source.read(_HEAD))
                case _:
                    copy.write(source.read())

    def placed(self, table: Table) -> Table:
        """The table with the locations of the real files."""
        own = f"{self.root}/" if self.place.endswith("/") else str(self.root)

        def real(place: str) -> str:
            return self.place + place[len(own) :]

        partitions = tuple(replace(each, location=real(each.location)) for each in table.partitions)
        return replace(table, location=real(table.location), partitions=partitions)


def _copy_footer(source: BinaryIO, copy: BinaryIO, size: int) -> None:
    """The magic number at the head and the footer at the end: what a reader of the schema looks at."""
    source.seek(max(0, size - _TAIL))
    tail = source.read()
    length = int.from_bytes(tail[-8:-4], "little") + 8
    if length > len(tail):
        source.seek(max(0, size - length))
        tail = source.read()
    source.seek(0)
    copy.seek(0)
    copy.write(source.read(4))
    copy.seek(size - len(tail))
    copy.write(tail)


def _kind(file: StoredFile) -> str:
    return split_name(_last(file.location))[1]


def _last(location: str) -> str:
    return location.rstrip("/").rsplit("/", 1)[-1]

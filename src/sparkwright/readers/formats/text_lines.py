"""Files of lines, whatever is in the lines: one text for each line, the header left out; what cannot be read so."""

from __future__ import annotations

import bz2
import gzip
from typing import TYPE_CHECKING, BinaryIO, cast

from sparkwright.domain import Cast, Column, Evidence, Reader, Table, Unreadable
from sparkwright.hive_types import spark_type
from sparkwright.readers.columns import literal
from sparkwright.readers.formats.csv import header_lines
from sparkwright.readers.verdicts import key_casts, options_of, refuse, stored_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sparkwright.store import Store, StoredFile

LINE = "\x00"
"""Where the line stands in the SQL of a column."""

# One column that no character ends: what would part or quote it is a NUL, and a line with one in it fails the read.
_WHOLE_LINES = {"header": "true", "sep": "\x00", "quote": "\x00", "escape": "\x00", "mode": "FAILFAST"}


def said(table: Table, name: str, default: str = "") -> str:
    """A property of the SerDe, or of the table where the SerDe has none: Hive hands both to it."""
    return table.storage.parameters.get(name, table.parameters.get(name, default))


def line_reader(table: Table, values: Sequence[str], notes: tuple[str, ...] = ()) -> Reader | Unreadable:
    """The table of lines whose columns are `values`: SQL in which `LINE` stands for the line."""
    refused = next(_not_in_lines(table), None)
    if refused is not None:
        return refused
    line = _name_of_line(table)
    header = header_lines(table) == 1
    own = tuple(
        Cast(line, column.name, column.type, tuple(_unmarked(value).split(LINE)))
        for column, value in zip(table.columns, values, strict=True)
    )
    return Reader(
        table=table.name,
        format="csv" if header else "text",
        root=table.location,
        options={**(_WHOLE_LINES if header else {}), **options_of(table)},
        stored=(Column(line, "string"), *stored_keys(table)),
        casts=own + key_casts(table),
        partition_keys=table.partition_keys,
        partitions=table.partitions,
        notes=notes,
    )


def _unmarked(value: str) -> str:
    """The SQL over the line without a byte order mark, which Hadoop drops and Sail leaves."""
    return value.replace(LINE, f"trim(LEADING {literal(chr(0xFEFF))} FROM {LINE})")


def _name_of_line(table: Table) -> str:
    taken = {key.name.lower() for key in table.partition_keys}
    return next(name for name in ("value", "line", *(f"line_{n}" for n in range(99))) if name not in taken)


def no_nested(table: Table, serde: str) -> Unreadable | None:
    """The refusal of arrays, maps and structs in a SerDe that has none."""
    for column in table.columns:
        if spark_type(column.type).startswith(("ARRAY", "MAP", "STRUCT")):
            return refuse(
                table, f"column {column.name!r} is of the type {column.type} in {serde}", "store the table as Parquet"
            )
    return None


def _not_in_lines(table: Table) -> Iterator[Unreadable]:
    skip = header_lines(table)
    if skip not in (0, 1):
        yield refuse(table, f"it skips {skip} header lines", "store it with one header line, or none")
    if said(table, "skip.footer.line.count", "0").strip().strip('"') not in ("", "0"):
        yield refuse(table, "it skips footer lines", "store it without a footer")
    encoding = said(table, "serialization.encoding", "UTF-8").strip()
    if encoding.lower().replace("-", "").replace("_", "") not in ("", "utf8", "usascii", "ascii"):
        yield refuse(table, f"its text is in the encoding {encoding!r}", "store it in UTF-8")
    for name in ("line.delim", "textinputformat.record.delimiter"):
        if said(table, name, "\n") not in ("", "\n", "10", "\\n"):
            yield refuse(table, f"its lines end in {said(table, name)!r}", "store it with a line feed after each row")
    if said(table, "serialization.last.column.takes.rest").strip().lower() == "true":
        yield refuse(
            table, "its last column takes the rest of the line", "store it with as many fields as there are columns"
        )


# --- a look at the files ---------------------------------------------------------------------------------------------

_PACKED = {".snappy": "snappy", ".lz4": "lz4", ".deflate": "deflate"}
_CLOSED = (".zip", ".lzo", ".7z", ".tar", ".tgz", ".rar", ".Z", ".xz", ".br")
_SAMPLE = 1 << 16


def look(table: Table, files: Sequence[StoredFile], store: Store) -> Evidence:
    """Say how the files are compressed, and what their first lines have that a header's reader leaves out."""
    closed = next((file.location for file in files if file.location.endswith(_CLOSED)), None)
    if closed:
        return Evidence(
            refusal=f"the file {closed!r} is compressed as no engine reads text", remedy="store it plain or as .gz"
        )
    packed = {name for file in files for end, name in _PACKED.items() if file.location.endswith(end)}
    if packed:
        return Evidence(features=tuple(f"text in {name}" for name in sorted(packed)))
    if is_mixed(files):
        return Evidence(features=(MIXED,))
    if not table.storage.serde or header_lines(table) != 1:
        return Evidence()
    return _blank(files, store)


MIXED = "files of one folder that are compressed in different ways"


def is_mixed(files: Sequence[StoredFile]) -> bool:
    """Whether files in one folder say by their names that they are compressed in different ways."""
    ways: dict[str, set[str]] = {}
    for file in files:
        folder, _, name = file.location.rpartition("/")
        end = name.rpartition(".")[2].lower()
        ways.setdefault(folder, set()).add(end if end in _ENGINES_UNPACK else "")
    return any(len(found) > 1 for found in ways.values())


_ENGINES_UNPACK = frozenset({"gz", "bz2", "zst"})


def _first_lines(file: StoredFile, store: Store) -> list[bytes]:
    """The lines that a file begins with, unpacked; none of one that cannot be unpacked here."""
    if file.location.endswith(".zst"):
        return []
    with store.open(file.location) as stream:
        unpacked: BinaryIO = stream
        if file.location.endswith(".gz"):
            unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=stream))
        elif file.location.endswith(".bz2"):
            unpacked = cast("BinaryIO", bz2.BZ2File(stream))
        try:
            return unpacked.read(_SAMPLE).splitlines()
        except (EOFError, OSError):  # the engine says it
            return []


def _blank(files: Sequence[StoredFile], store: Store) -> Evidence:
    """Behind a header, engines leave out blank lines, and JVM Spark those of nothing but blanks."""
    for file in files:
        lines = _first_lines(file, store)[1:]
        if any(line and not line.strip(bytes(range(33))) for line in lines):
            return Evidence(
                refusal=f"{file.location!r} has lines of nothing but blanks or separators behind its header, which "
                "engines leave out or take for rows, each as it likes",
                remedy="store it without a header line, or as Parquet",
            )
        if b"" in lines:
            return Evidence(
                notes=("blank lines are left out (Hive and Athena make rows of NULL or empty texts of them)",)
            )
    return Evidence()

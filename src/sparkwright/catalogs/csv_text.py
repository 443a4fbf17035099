"""The text of CSV files: how it is written, read strictly, and brought into Arrow as texts."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, cast

from sparkwright.errors import UnreadableTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from sparkwright.catalogs.folders import Part
    from sparkwright.domain import TableName

_CHUNK = 1 << 22
_LONGEST_FIELD = 1 << 27


@dataclass(frozen=True)
class CsvForm:
    """How a CSV file is written; None where nobody has said, empty where there is no such character."""

    separator: str | None = None
    quote: str = '"'
    escape: str = ""
    header: bool | None = None
    null: str = ""

    @property
    def backslash(self) -> str:
        """The escape before a quote, where it is not the quote itself (`""`, which is always understood)."""
        return "" if self.escape == self.quote else self.escape


@dataclass(frozen=True)
class CsvFile:
    """One file of a table."""

    table: TableName
    part: Part
    compression: str

    @property
    def name(self) -> str:
        """The file's own name, for messages."""
        return self.part.path.name

    @property
    def section(self) -> str:
        """The table's place in `tables.toml`, for hints."""
        name = self.table.name
        return f"[tables.{name if re.fullmatch('[A-Za-z0-9_-]+', name) else json.dumps(name, ensure_ascii=False)}]"

    def malformed(self, why: object) -> UnreadableTable:
        """The refusal of a file that cannot be read as CSV."""
        return UnreadableTable(
            f"table {str(self.table)!r} has a malformed line in {self.name!r}: {why}",
            hint="repair the file, or say under csv in tables.toml how it is written",
        )

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes, unpacked; what goes wrong on the way becomes a refusal that names the file."""
        path = self.part.path
        try:
            with (
                cast("BinaryIO", gzip.open(path)) if self.compression else path.open("rb") as stream
            ):  # GzipFile reads alike
                yield stream
        except (EOFError, gzip.BadGzipFile) as error:
            raise UnreadableTable(
                f"table {str(self.table)!r} cannot be unpacked: {error} ({str(path)!r})", hint="compress the file again"
            ) from error
        except UnicodeDecodeError as error:
            raise self.not_utf8() from error

    def not_utf8(self) -> UnreadableTable:
        """The refusal of a file in another encoding: engines put other characters in its place without a word."""
        return UnreadableTable(
            f"table {str(self.table)!r} is not text in UTF-8: {str(self.part.path)!r}",
            hint="convert it, for example with iconv -f latin1 -t utf-8",
        )


# --- looking -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marks:
    """Which marks that need care stand anywhere in a file."""

    quote: bool
    escaped_quote: bool
    lone_return: bool


def look(file: CsvFile, quote: str) -> Marks:
    """Search the whole file for quotes, for quotes after a backslash and for line ends of a mere carriage return."""
    mark = quote.encode()
    quoted = escaped = lone = False
    last = b""
    with file.open() as stream:
        while chunk := stream.read(_CHUNK):
            text = last + chunk
            quoted = quoted or bool(mark and mark in text)
            escaped = escaped or bool(mark and b"\\" + mark in text)
            lone = lone or (b"\r" in text[:-1] and text[:-1].count(b"\r") != text.count(b"\r\n"))
            last = chunk[-1:]
        lone = lone or last == b"\r"
    return Marks(quoted, escaped, lone)


def has_other_escapes(file: CsvFile, form: CsvForm) -> bool:
    """Whether the escape stands before anything but a quote or itself; readers differ on what that means."""
    if not form.backslash:
        return False
    pair = re.compile(re.escape(form.backslash.encode()) + rb"(.?)", re.DOTALL)
    known = (form.quote.encode(), form.backslash.encode())
    with file.open() as stream:
        return any(match[1] not in known for line in stream for match in pair.finditer(line))


def first_lines(file: CsvFile, form: CsvForm, count: int) -> list[list[str]]:
    """The first rows that are not blank."""
    with strict_rows(file, form) as rows:
        return list(islice((row for row in rows if row), count))


def first_line(file: CsvFile) -> str:
    """The first line that is not blank, as it stands."""
    with file.open() as stream:
        return next((line for line in io.TextIOWrapper(stream, "utf-8-sig") if line.strip()), "")


def has_breaks(file: CsvFile, form: CsvForm) -> bool:
    """Whether a value holds a line break; raises for what readers take differently, such as a quote never closed."""
    with strict_rows(file, form) as rows:
        before = 0
        found = False
        for _ in rows:
            found = found or rows.line_num - before > 1
            before = rows.line_num
        return found


class Rows:
    """The rows of a file as Python's strict reader takes them, with errors that name the file."""

    def __init__(self, file: CsvFile, stream: BinaryIO, form: CsvForm) -> None:
        csv.field_size_limit(_LONGEST_FIELD)
        self.file = file
        self.reader = csv.reader(
            io.TextIOWrapper(stream, "utf-8-sig", newline=""),
            delimiter=form.separator or ",",
            quotechar=form.quote or None,
            quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
            escapechar=form.backslash or None,
            strict=True,
        )

    @property
    def line_num(self) -> int:
        """How many lines were read."""
        return self.reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        try:
            yield from self.reader
        except csv.Error as error:
            raise self.file.malformed(f"{error}, near line {self.line_num}") from error


@contextmanager
def strict_rows(file: CsvFile, form: CsvForm) -> Iterator[Rows]:
    """The file's rows, one after the other."""
    with file.open() as stream:
        yield Rows(file, stream, form)


# --- into Arrow ------------------------------------------------------------------------------------------------------


def batches(file: CsvFile, form: CsvForm, names: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    """The file's rows as batches of texts, without the header; an empty field and the null text are NULL."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    heads = int(bool(form.header))
    if len(first_lines(file, form, heads + 1)) <= heads:
        return
    columns = [str(index) for index in range(len(names))]
    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(columns, pa.string()),
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        null_values=["", form.null] if form.null else [""],
    )
    parse = arrow_csv.ParseOptions(
        delimiter=form.separator,
        quote_char=form.quote or False,
        escape_char=form.backslash or False,
        newlines_in_values=True,
    )
    read = arrow_csv.ReadOptions(column_names=columns, skip_rows_after_names=heads)
    with file.open() as stream:
        try:
            for batch in arrow_csv.open_csv(_without_blank_start(stream), read, parse, convert):
                yield batch.rename_columns(list(names))
        except pa.ArrowInvalid as error:
            raise file.not_utf8() if "UTF8" in str(error) else file.malformed(error) from error


class _Joined(io.RawIOBase):
    """Bytes that were read already, and the stream that follows."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self.head = head
        self.stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self.head:
            found, self.head = (self.head, b"") if size < 0 else (self.head[:size], self.head[size:])
            return found + self.stream.read() if size < 0 else found
        return self.stream.read(size)


def _without_blank_start(stream: BinaryIO) -> BinaryIO:
    """The stream from its first line that is not blank; Arrow counts blank lines before the header as lines to skip."""
    head = stream.read(4096).removeprefix(b"\xef\xbb\xbf")
    while head and not (left := head.lstrip(b"\r\n")):
        head = stream.read(4096)
    return cast("BinaryIO", _Joined(left if head else b"", stream))  # Arrow asks for no more than read()

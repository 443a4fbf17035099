"""Which character separates the fields of a CSV file, by many of its lines; where they leave a doubt, none is taken."""

from __future__ import annotations

import io
import re
from collections import deque
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa

from sparkwright.catalogs.csv_text import CsvFile, CsvForm, first_line, strict_rows
from sparkwright.catalogs.guess import guess
from sparkwright.errors import UnreadableTable

if TYPE_CHECKING:
    from collections.abc import Sequence

SEPARATORS = (",", ";", "\t", "|")
"""The characters that are taken without being asked for."""
_OTHERS = (":", "^", "~", "\x01", "\x1f")
"""Characters that some files are separated by; never taken unasked, but a reason to ask."""
_LINES = 1000


def find_separator(file: CsvFile, form: CsvForm, kind: str) -> str:
    """The one character that splits every line looked at alike; raises where there are two, or another one does."""
    forms = {mark: replace(form, separator=mark) for mark in (*SEPARATORS, *_OTHERS, " ")}
    widths = {mark: [len(row) for row in _rows(file, forms[mark])] for mark in (*SEPARATORS, *_OTHERS)}
    even = [mark for mark, found in widths.items() if len(set(found)) == 1 and found[0] > 1]
    clean = [mark for mark in even if _keeps_quotes(file, forms[mark])]
    headed = [mark for mark in SEPARATORS if _splits_header(widths[mark])]
    even = clean or sorted(
        {*even, *headed} if even else ()
    )  # a quote within a field may be a sign of another separator
    if kind == "tsv" and _splits_header(widths["\t"]):
        return "\t"
    if len(even) == 1 and even[0] in SEPARATORS and kind != "tsv":
        return even[0]
    if even:
        raise _doubt(file, even)
    if headed:  # the line that differs will be refused
        return max(headed, key=lambda mark: widths[mark][0])
    later = [mark for mark in SEPARATORS if max(widths[mark], default=0) > 1]
    if later or _is_split_by_blanks(_rows(file, forms[" "])):
        raise _doubt(file, later or [" "])
    return "\t" if kind == "tsv" else ","


def _splits_header(widths: Sequence[int]) -> bool:
    return bool(widths) and widths[0] > 1


def _rows(file: CsvFile, form: CsvForm) -> list[list[str]]:
    """The first rows that are not blank; an empty one stands where the file cannot be read on in this form."""
    found: list[list[str]] = []
    try:
        with strict_rows(file, form) as rows:
            found.extend(islice((row for row in rows if row), _LINES))
    except UnreadableTable:
        found.append([])
    return found


def _keeps_quotes(file: CsvFile, form: CsvForm) -> bool:
    """Whether quotes stand around whole fields only; with a separator that is none, they stand anywhere in a field."""
    if not form.quote:
        return True
    with strict_rows(file, form) as rows:
        deque(islice((row for row in rows if row), _LINES), maxlen=0)
        lines = rows.line_num
    with file.open() as stream:
        text = "".join(islice(io.TextIOWrapper(stream, "utf-8-sig", newline=""), lines))
    quote, mark = re.escape(form.quote), re.escape(form.separator or "")
    escape = re.escape(form.backslash)
    inner = rf"[^{quote}{escape}]|{quote}{quote}" + (rf"|{escape}(?s:.)" if escape else "")
    field = rf"(?:^|(?<=[{mark}\r\n])){quote}(?:{inner})*{quote}(?=[{mark}\r\n]|$)"
    return form.quote not in re.sub(field, "", text)


def _is_split_by_blanks(rows: Sequence[Sequence[str]]) -> bool:
    """Whether blanks cut every line alike, and one of the pieces below the header is always a number or a time."""
    if len(rows) < 2 or len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
        return False
    whole = guess(pa.array([" ".join(row) for row in rows[1:]]))
    return whole == "string" and any(guess(pa.array(column)) != "string" for column in zip(*rows[1:], strict=True))


def _doubt(file: CsvFile, marks: Sequence[str]) -> UnreadableTable:
    return UnreadableTable(
        f"table {str(file.table)!r} may be separated by {' or '.join(map(repr, marks))}: {file.name!r} begins with "
        f"{first_line(file).strip()[:60]!r}",
        hint=f"say csv.separator = ... under {file.section} in tables.toml (a character that "
        "is not in the file, if it is one column), and remove what stands above the header",
    )

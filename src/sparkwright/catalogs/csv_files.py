"""CSV files: the names in their header, and types that hold for every value."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from sparkwright.catalogs.csv_separators import find_separator
from sparkwright.catalogs.csv_text import (
    CsvFile,
    CsvForm,
    batches,
    first_line,
    first_lines,
    has_breaks,
    has_other_escapes,
    look,
)
from sparkwright.catalogs.guess import Guess, guess
from sparkwright.catalogs.schema import Schema, refuse_odd_names, refuse_twins
from sparkwright.domain import Column, Storage, TableName
from sparkwright.errors import UnreadableTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sparkwright.catalogs.folders import Contents

MOST = 1 << 30
"""Bytes of files that are read, all of them, to find types; of a larger table the types must be declared."""
_SEPARATOR_LINE = re.compile(r'"?sep=.?"?[,;\t|]*', re.IGNORECASE)


def read_csv_schema(name: TableName, contents: Contents, form: CsvForm, declared: Mapping[str, str | None]) -> Schema:
    """Names and types of CSV files; `declared` are the types that `tables.toml` gives (None: to be found), in order."""
    files = [CsvFile(name, part, contents.compression) for part in contents.parts if not part.is_empty]
    if not files:
        raise UnreadableTable(f"table {str(name)!r} is empty: not even a header line", hint="remove it, or fill it")
    for file in files:
        _refuse_separator_line(file)
    form = _settle(files[0], form, contents.format, declared)
    names = _names(files[0], form, declared)
    _refuse_other_headers(files, form)
    types = {column: kind for column, kind in declared.items() if kind}
    if sum(file.part.bytes for file in files) > MOST:
        _refuse_undeclared(name, names, types)
        breaks, rows = True, None
    else:
        checks = [_check(file, form) for file in files]
        breaks = any(checks)
        guesses, rows = _guess(files, form, names)
        types = {column: one.type for column, one in zip(names, guesses, strict=True)} | types
    columns = tuple(Column(column, types[column]) for column in names)
    header = {"classification": "csv", "skip.header.line.count": str(int(bool(form.header)))}
    return Schema(columns, _storage(form, breaks=breaks), header, rows)


def _storage(form: CsvForm, *, breaks: bool) -> Storage:
    """As Glue would have it; `multiLine` keeps engines from cutting a file at a line break within quotes."""
    marks = {
        "field.delim": form.separator or ",",
        "quote.delim": form.quote,
        "escape.delim": form.escape,
        "serialization.null.format": form.null,
    }
    return Storage(parameters=marks | ({"multiLine": "true"} if breaks else {}))


def form_of(table_parameters: Mapping[str, str], storage: Storage) -> CsvForm:
    """The form that a table of this catalog was found to have."""
    said = storage.parameters
    return CsvForm(
        said["field.delim"],
        said["quote.delim"],
        said["escape.delim"],
        table_parameters["skip.header.line.count"] == "1",
        said["serialization.null.format"],
    )


# --- the header ------------------------------------------------------------------------------------------------------


def _settle(file: CsvFile, form: CsvForm, kind: str, declared: Mapping[str, str | None]) -> CsvForm:
    """Fill in what nobody has said: the separator, and whether there is a header."""
    form = replace(form, separator=form.separator or find_separator(file, form, kind))
    if form.header is not None:
        return form
    first = _first_row(file, form)
    if {cell.strip().lower() for cell in first} & {column.lower() for column in declared}:
        return replace(form, header=True)
    if _looks_like_values(first):
        raise UnreadableTable(
            f"table {str(file.table)!r} seems to have no header line: {file.name!r} begins with {first!r}",
            hint=f"say csv.header = true or false under {file.section} in tables.toml",
        )
    if len(first) > 1 and not any(cell.strip() for cell in first[1:]):
        raise UnreadableTable(
            f"table {str(file.table)!r} seems to have a title above its header: {file.name!r} begins with {first!r}",
            hint=f"remove that line; if it is the header, say csv.header = true under {file.section} in tables.toml",
        )
    return replace(form, header=True)


def _refuse_separator_line(file: CsvFile) -> None:
    """Excel's own first line (`sep=;`) is neither a header nor a row, and no engine skips it."""
    line = first_line(file).strip("\r\n")
    if _SEPARATOR_LINE.fullmatch(line):
        raise UnreadableTable(
            f"table {str(file.table)!r} has a line for Excel above its header: {file.name!r} begins with {line!r}",
            hint=f"remove that line, and say csv.separator under {file.section} in tables.toml if need be",
        )


def _first_row(file: CsvFile, form: CsvForm) -> list[str]:
    return next(iter(first_lines(file, form, 1)), [])


def _looks_like_values(first: Sequence[str]) -> bool:
    """Whether a first line can hardly be names: one of them is a number, a date or a truth value."""
    return any(guess(pa.array([cell.strip()])) != "string" for cell in first if cell.strip())


def _names(file: CsvFile, form: CsvForm, declared: Mapping[str, str | None]) -> tuple[str, ...]:
    first = _first_row(file, form)
    numbered = tuple(f"_c{index}" for index in range(len(first)))
    if form.header:
        names = tuple(cell.strip() or number for cell, number in zip(first, numbered, strict=True))
    else:
        names = tuple(declared) or numbered
    if len(names) != len(first):
        raise UnreadableTable(
            f"table {str(file.table)!r} has {len(first)} columns in {file.name!r}, and tables.toml names {len(names)}",
            hint="name every column of a file without a header, in order",
        )
    refuse_twins(file.table, names, file.name)
    refuse_odd_names(file.table, names)
    return names


def _refuse_other_headers(files: Sequence[CsvFile], form: CsvForm) -> None:
    """Engines read CSV by position, so every file must have the same columns in the same order."""
    first = _first_row(files[0], form)
    for file in files[1:]:
        other = _first_row(file, form)
        if (other != first) if form.header else (len(other) != len(first)):
            raise UnreadableTable(
                f"table {str(file.table)!r} has files with different columns: {files[0].name!r} begins with {first!r}, "
                f"{file.name!r} with {other!r}",
                hint="let all files of a table have the same columns in the same order",
            )


# --- the values ------------------------------------------------------------------------------------------------------


def _check(file: CsvFile, form: CsvForm) -> bool:
    """Refuse what readers take differently; say whether the file must be read as one piece."""
    marks = look(file, form.quote)
    if marks.escaped_quote and not form.escape:
        raise UnreadableTable(
            f"table {str(file.table)!r} has a backslash before a quote in {file.name!r}, which may mean two things",
            hint=f"say csv.escape = '\\' (or '\"') under {file.section} in tables.toml",
        )
    if has_other_escapes(file, form):
        raise UnreadableTable(
            f"table {str(file.table)!r} has {form.escape!r} before other characters than a quote in {file.name!r}",
            hint="write quotes within values twice, and leave csv.escape out",
        )
    return (marks.quote and has_breaks(file, form)) or marks.lone_return


def _guess(files: Sequence[CsvFile], form: CsvForm, names: tuple[str, ...]) -> tuple[list[Guess], int]:
    guesses = [Guess() for _ in names]
    rows = 0
    for file in files:
        for batch in batches(file, form, names):
            rows += batch.num_rows
            for one, column in zip(guesses, batch.columns, strict=True):
                one.show(column)
    return guesses, rows


def _refuse_undeclared(name: TableName, names: Sequence[str], types: Mapping[str, str]) -> None:
    missing = [column for column in names if column not in types]
    if missing:
        raise UnreadableTable(
            f"table {str(name)!r} is larger than what is read to find types ({MOST >> 20} MB)",
            hint=f"convert it to Parquet, or give the types of {', '.join(missing[:5])} in tables.toml",
        )

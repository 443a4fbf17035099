"""CSV as the files catalog has it: quoted as in RFC 4180, read as texts, then cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkwright.domain import Cast, Column, Reader, Table, Unreadable
from sparkwright.readers.verdicts import options_of, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class _Marks:
    """The characters that a CSV table is written with; empty where there is no such one."""

    separator: str
    quote: str
    escape: str
    null: str


def read(table: Table) -> Reader | Unreadable:
    """CSV without a SerDe: quoted as in RFC 4180, an empty field is NULL. All columns are read as texts, then cast."""
    said = table.storage.parameters
    marks = _Marks(
        said.get("field.delim", table.parameters.get("delimiter", ",")),
        said.get("quote.delim", '"'),
        said.get("escape.delim", ""),
        said.get("serialization.null.format", ""),
    )
    return _text_table(table, marks)


def _text_table(table: Table, marks: _Marks) -> Reader | Unreadable:
    skip = header_lines(table)
    if skip not in (0, 1):
        return refuse(table, f"it skips {skip} header lines", "store it with one header line, or none")
    refused = next(_not_in_csv(table), None)
    if refused:
        return refused
    options = {"header": "true" if skip else "false", "sep": marks.separator, "quote": marks.quote or "\x00"}
    options["escape"] = marks.escape or marks.quote or "\x00"
    return Reader(
        table=table.name,
        format="csv",
        root=table.location,
        options={**options, **options_of(table)},
        stored=tuple(Column(column.name, "string") for column in table.all_columns),
        casts=tuple(Cast(column.name, column.name, column.type) for column in table.all_columns),
        partition_keys=table.partition_keys,
        partitions=table.partitions,
        null_text=marks.null or None,
    )


def header_lines(table: Table) -> int | str:
    """How many lines stand before the rows; text that is no number comes as it is."""
    said = table.parameters.get("skip.header.line.count", table.storage.parameters.get("skip.header.line.count", "0"))
    text = str(said).strip().strip('"').lower()
    return {"true": 1, "false": 0}.get(text, int(text) if text.isdigit() else text)


def _not_in_csv(table: Table) -> Iterator[Unreadable]:
    if table.parameters.get("skip.footer.line.count", "0").strip() not in ("", "0"):
        yield refuse(table, "it skips footer lines", "store it without a footer")
    for column in table.columns:
        if column.type.startswith(("array<", "map<", "struct<", "binary")):
            yield refuse(
                table, f"column {column.name!r} is of the type {column.type} in CSV", "store the table as Parquet"
            )

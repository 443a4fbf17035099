"""Fetch the first rows of a table of local files into Arrow; used for profiles, never for answers."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa

from sparkwright.catalogs.csv_files import form_of
from sparkwright.catalogs.csv_text import CsvFile, batches
from sparkwright.catalogs.json_files import JsonFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sparkwright.catalogs.folders import Contents, Part
    from sparkwright.domain import Table

_BATCH = 65_536


def first_rows(table: Table, contents: Contents, names: Sequence[str], most: int) -> pa.Table:
    """At most `most` rows of the named columns, as the files have them (CSV: texts), partition keys as texts."""
    found: list[pa.Table] = []
    left = most
    for part in contents.parts:
        if left <= 0:
            break
        for piece in _pieces(table, contents, part, [name for name in names if name not in contents.keys]):
            rows = _with_keys(piece.slice(0, left), part, names)
            found.append(rows)
            left -= rows.num_rows
            if left <= 0:
                break
    if not found:
        return pa.table({name: pa.array([], pa.string()) for name in names})
    return pa.concat_tables(found, promote_options="permissive")


def _with_keys(rows: pa.Table, part: Part, names: Sequence[str]) -> pa.Table:
    for key, value in part.keys:
        if key in names:
            rows = rows.append_column(key, pa.repeat(pa.scalar(value, pa.string()), rows.num_rows))
    return rows


def _pieces(table: Table, contents: Contents, part: Part, names: list[str]) -> Iterator[pa.Table]:
    if part.is_empty:
        return
    match contents.format:
        case "parquet":
            yield from _parquet(part, names)
        case "csv" | "tsv":
            file = CsvFile(table.name, part, contents.compression)
            columns = tuple(column.name for column in table.columns)
            for batch in batches(file, form_of(table.parameters, table.storage), columns):
                yield pa.Table.from_batches([batch]).select(names)
        case "json":
            lines = JsonFile(table.name, part, contents.compression)
            for chunk in lines.chunks():
                rows = lines.parse(chunk)
                yield rows.select([name for name in names if name in rows.column_names])
        case "avro":
            yield from _avro(part, names)


def _parquet(part: Part, names: list[str]) -> Iterator[pa.Table]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(part.path) as file:
        there = [field for field in file.schema_arrow if field.name in names]
    texts = [field.name for field in there if pa.types.is_string(field.type)]
    with pq.ParquetFile(part.path, read_dictionary=texts) as file:
        for batch in file.iter_batches(_BATCH, columns=[field.name for field in there]):
            yield pa.Table.from_batches([batch])


def _avro(part: Part, names: list[str]) -> Iterator[pa.Table]:
    import fastavro

    with part.path.open("rb") as stream:
        records = iter(fastavro.reader(stream))
        while some := list(islice(records, _BATCH)):
            yield pa.Table.from_pylist([{name: record.get(name) for name in names} for record in some])

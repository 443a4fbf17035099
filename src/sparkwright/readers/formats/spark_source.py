"""Spark's data source tables (`spark.sql.sources.provider`): what Spark wrote, not the catalog's placeholders."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sparkwright.domain import Cast, Column, Evidence, Reader
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import Array, Map, Struct, parse
from sparkwright.readers.formats import avro, json, orc, parquet, xml
from sparkwright.readers.json_shapes import roomy
from sparkwright.readers.verdicts import Verdict, key_casts, options_of, refuse, stored_keys
from sparkwright.spark_tables import PLACEHOLDER, PROVIDER, provider, reader_options, restored, schema_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Table
    from sparkwright.store import Store, StoredFile

OPTIONS = "options of Spark's readers that change values"
BACKSLASHES = "csv backslashes that escape nothing"
LAKES = ("delta", "iceberg", "hudi")
_TRUE = ("true", "1", "yes")


def read(table: Table) -> Verdict:
    """How a data source table is read; nothing of tables that Spark did not make, and of lake formats."""
    kind = provider(table)
    if not kind or kind in LAKES:
        return None
    read_format = READS.get(kind)
    if read_format is None:
        return refuse(
            table,
            f"it was made by Spark as a data source table of {table.parameters[PROVIDER]!r}, which is not read",
            "store it as Parquet: spark.table(...).write.saveAsTable(...)",
        )
    try:
        if schema_text(table.parameters) is None:
            return refuse(
                table, "Spark wrote no schema into its parameters", "create the table again from Spark, with columns"
            )
        whole = restored(table)
        for column in whole.all_columns:
            parse(column.type)
    except UnreadableTable as error:
        return refuse(table, error.message, error.hint)
    return _places_refused(whole) or read_format(whole)


def _places_refused(table: Table) -> Verdict:
    if PLACEHOLDER in table.location:
        return refuse(
            table,
            f"its location is a placeholder ({table.location!r}), and its SerDe has no 'path'",
            "create the table again from Spark",
        )
    if table.partition_keys and table.parameters.get("spark.sql.partitionProvider", "").lower() != "catalog":
        return refuse(
            table,
            "Spark keeps its partitions out of the catalog",
            f"register them in Spark: MSCK REPAIR TABLE {table.name}",
        )
    return None


# --- formats ---------------------------------------------------------------------------------------------------------


def _said(table: Table) -> Mapping[str, str]:
    return {key.lower(): value for key, value in reader_options(table).items()}


_HARMLESS = {
    *("compression", "recursivefilelookup", "samplingratio", "inferschema", "codec", "mergeschema"),
    *("prefersdatefornonstring", "primitivesasstring", "lineSep".lower(), "quoteall", "escapequotes", "emptyvalue"),
}
"""Options that matter for writing or for inferring alone."""
_CSV_EQUAL = {"header", "sep", "delimiter"}


def _csv(table: Table) -> Verdict:
    """As Spark's own reader has it: typed, quotes escaped by a backslash, an empty field is NULL."""
    for column in table.columns:
        if isinstance(parse(column.type), Array | Map | Struct) or column.type == "binary":
            return refuse(
                table, f"column {column.name!r} is of the type {column.type} in CSV", "store the table as Parquet"
            )
    said = _said(table)
    options = {"mode": "FAILFAST", "escape": "\\", **reader_options(table), **options_of(table)}
    reader = _typed(table, "csv", options)
    odd = set(said) - _CSV_EQUAL - _HARMLESS
    return replace(reader, needs=(OPTIONS,)) if odd else reader


def _json(table: Table) -> Verdict:
    odd = set(_said(table)) - _HARMLESS
    reader = json.read(table)
    if not odd or not isinstance(reader, Reader):
        return reader
    plain = _typed(table, "json", {"mode": "FAILFAST", **reader_options(table), **options_of(table)})
    return replace(plain, needs=(OPTIONS,))


def _typed(table: Table, kind: str, options: Mapping[str, str]) -> Reader:
    """The columns with their own types, which Spark's reader finds in texts by itself."""
    return Reader(
        table=table.name,
        format=kind,
        root=table.location,
        options=dict(options),
        stored=(
            *(Column(column.name, str(roomy(parse(column.type)))) for column in table.columns),
            *stored_keys(table),
        ),
        casts=(*(Cast(column.name, column.name, column.type) for column in table.columns), *key_casts(table)),
        partition_keys=table.partition_keys,
        partitions=table.partitions,
    )


def _text(table: Table) -> Verdict:
    if [column.type for column in table.columns] != ["string"]:
        return refuse(table, "it is text, and has not one column of strings", "create the table again from Spark")
    reader = _typed(table, "text", options_of(table))
    own = Column("value", "string")
    cast = Cast("value", table.columns[0].name, "string")
    return replace(
        reader,
        stored=(own, *stored_keys(table)),
        casts=(cast, *key_casts(table)),
        needs=(OPTIONS,) if set(_said(table)) - _HARMLESS else (),
    )


READS: Mapping[str, Callable[[Table], Verdict]] = {
    "parquet": parquet.read,
    "orc": orc.read,
    "avro": avro.read,
    "json": _json,
    "csv": _csv,
    "text": _text,
    "xml": xml.read,
}

# --- the look at csv -------------------------------------------------------------------------------------------------

_MOST = 1 << 20
_ESCAPES_NOTHING = re.compile(rb'\\[^"\\]')


def look_at_csv(_table: Table, files: Sequence[StoredFile], store: Store) -> Evidence:
    """Backslashes that engines read in different ways, and quoted line breaks, which Spark cuts."""
    features: dict[str, None] = {}
    for file in files:
        if file.location.endswith((".gz", ".bz2", ".zst", ".snappy")):
            continue
        with store.open(file.location) as stream:
            head = stream.read(_MOST)
        if _ESCAPES_NOTHING.search(head):
            features[BACKSLASHES] = None
        lines = head.split(b"\n")
        if any(line.replace(b'\\"', b"").count(b'"') % 2 for line in lines[: len(lines) - (len(head) == _MOST)]):
            return Evidence(
                refusal=f"the file {file.location!r} has line breaks within quotes, where Spark ends the row",
                remedy="store the table as Parquet",
            )
    return Evidence(features=tuple(features))


def look_at_text(_table: Table, _files: Sequence[StoredFile], _store: Store) -> Evidence:
    """Lines are lines: there is nothing to find out."""
    return Evidence()

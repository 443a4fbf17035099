"""Decide how a table is read, from its metadata alone; what cannot be read right is refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkwright.domain import Cast, Column, Reader, Table, Unreadable
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sparkwright.platforms import Platform

STORED = "sparkwright.stored."
"""Prefix of the table parameters that hold the type of a column in the files where the catalog has another one."""


def classify(table: Table, platform: Platform) -> Reader | Unreadable:
    """How the platform's engine reads the table, or why it does not; the first rule that has a verdict decides."""
    verdict = next(found for rule in RULES if (found := rule(table)) is not None)
    if isinstance(verdict, Reader) and verdict.format in platform.unreadable:
        return _no(table, f"{platform.title} does not read {verdict.format}", platform.unreadable[verdict.format])
    return verdict


Verdict = Reader | Unreadable | None


def _no(table: Table, reason: str, remedy: str) -> Unreadable:
    return Unreadable(table.name, reason, remedy)


# --- what is refused before the format is looked at ------------------------------------------------------------------


def _view(table: Table) -> Verdict:
    if table.table_type != "VIRTUAL_VIEW":
        return None
    return _no(table, "it is a view", "name the tables under it")


def _lake_format(table: Table) -> Verdict:
    kind = table.parameters.get("table_type", "").lower()
    provider = table.parameters.get("spark.sql.sources.provider", "").lower()
    classification = table.parameters.get("classification", "").lower()
    for title in ("iceberg", "delta", "hudi"):
        if title in (kind, provider, classification) or (
            title == "iceberg" and "metadata_location" in table.parameters
        ):
            return _no(table, f"it is a table of {title.title()}", "export it to plain Parquet, and name that table")
    return None


def _spark_source(table: Table) -> Verdict:
    provider = table.parameters.get("spark.sql.sources.provider")
    if provider is None:
        return None
    return _no(table, f"it was made by Spark as a data source table of {provider}", "name a table in plain files")


def _manifest(table: Table) -> Verdict:
    if not table.storage.input_format.endswith("SymlinkTextInputFormat"):
        return None
    return _no(table, "it lists its files in a manifest (symlink format)", "name a table over the files themselves")


def _hudi(table: Table) -> Verdict:
    if not table.storage.input_format.startswith(("org.apache.hudi.", "com.uber.hoodie.")):
        return None
    return _no(table, "it is a table of Hudi", "export it to plain Parquet, and name that table")


def _odd_types(table: Table) -> Verdict:
    for column in table.all_columns:
        try:
            parse(column.type)
        except UnreadableTable as error:
            return _no(table, f"column {column.name!r}: {error.message}", error.hint)
    return None


# --- the formats -----------------------------------------------------------------------------------------------------


def _format(table: Table) -> Verdict:
    serde = table.storage.serde
    read = SERDES.get(serde) if serde else CLASSIFICATIONS.get(table.parameters.get("classification", "").lower())
    return read(table) if read else None


def _unknown(table: Table) -> Verdict:
    said = table.storage.serde or table.parameters.get("classification", "") or "nothing"
    return _no(
        table,
        f"its format is not known: SerDe {said!r}, input format {table.storage.input_format!r}",
        "store the table as Parquet",
    )


def _stored(table: Table) -> tuple[Column, ...]:
    """The columns as the files have them, partition keys last."""
    own = tuple(Column(c.name, table.parameters.get(STORED + c.name, c.type)) for c in table.columns)
    return own + _stored_keys(table)


def _stored_keys(table: Table) -> tuple[Column, ...]:
    """Partition keys are texts in the names of folders; NULL is a text there too."""
    return tuple(Column(key.name, "string") for key in table.partition_keys)


def _casts(table: Table) -> tuple[Cast, ...]:
    return tuple(Cast(column.name, column.name, column.type) for column in table.all_columns)


def _options(table: Table) -> Mapping[str, str]:
    """Options of the reader that a catalog passes through under Spark's own names."""
    said = table.storage.parameters
    return {option: said[option] for option in ("recursiveFileLookup", "multiLine") if option in said}


def _plain(kind: str) -> Callable[[Table], Reader]:
    def read(table: Table) -> Reader:
        return Reader(
            table=table.name,
            format=kind,
            root=table.location,
            options=_options(table),
            stored=_stored(table),
            casts=_casts(table),
            partition_keys=table.partition_keys,
            partitions=table.partitions,
        )

    return read


@dataclass(frozen=True)
class _Marks:
    """The characters that a CSV table is written with; empty where there is no such one."""

    separator: str
    quote: str
    escape: str
    null: str


def _csv(table: Table) -> Reader | Unreadable:
    """CSV without a SerDe: quoted as in RFC 4180, an empty field is NULL. All columns are read as texts, then cast."""
    said = table.storage.parameters
    marks = _Marks(
        said.get("field.delim", ","),
        said.get("quote.delim", '"'),
        said.get("escape.delim", ""),
        said.get("serialization.null.format", ""),
    )
    return _text_table(table, marks)


def _text_table(table: Table, marks: _Marks) -> Reader | Unreadable:
    skip = _header_lines(table)
    if skip not in (0, 1):
        return _no(table, f"it skips {skip} header lines", "store it with one header line, or none")
    refused = next(_not_in_csv(table), None)
    if refused:
        return refused
    options = {"header": "true" if skip else "false", "sep": marks.separator, "quote": marks.quote or "\x00"}
    options["escape"] = marks.escape or marks.quote or "\x00"
    return Reader(
        table=table.name,
        format="csv",
        root=table.location,
        options={**options, **_options(table)},
        stored=tuple(Column(column.name, "string") for column in table.all_columns),
        casts=_casts(table),
        partition_keys=table.partition_keys,
        partitions=table.partitions,
        null_text=marks.null or None,
    )


def _header_lines(table: Table) -> int | str:
    said = table.parameters.get("skip.header.line.count", table.storage.parameters.get("skip.header.line.count", "0"))
    text = str(said).strip().lower()
    return {"true": 1, "false": 0}.get(text, int(text) if text.isdigit() else text)


def _not_in_csv(table: Table) -> Iterator[Unreadable]:
    if table.parameters.get("skip.footer.line.count", "0").strip() not in ("", "0"):
        yield _no(table, "it skips footer lines", "store it without a footer")
    for column in table.columns:
        if column.type.startswith(("array<", "map<", "struct<", "binary")):
            yield _no(
                table, f"column {column.name!r} is of the type {column.type} in CSV", "store the table as Parquet"
            )


SERDES: Mapping[str, Callable[[Table], Reader | Unreadable]] = {
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": _plain("parquet"),
    "org.openx.data.jsonserde.JsonSerDe": _plain("json"),
    "org.apache.hive.hcatalog.data.JsonSerDe": _plain("json"),
    "org.apache.hadoop.hive.serde2.JsonSerDe": _plain("json"),
    "org.apache.hadoop.hive.serde2.avro.AvroSerDe": _plain("avro"),
    "org.apache.hadoop.hive.ql.io.orc.OrcSerde": _plain("orc"),
}
CLASSIFICATIONS: Mapping[str, Callable[[Table], Reader | Unreadable]] = {
    "parquet": _plain("parquet"),
    "csv": _csv,
    "json": _plain("json"),
    "avro": _plain("avro"),
    "orc": _plain("orc"),
}
RULES: tuple[Callable[[Table], Verdict], ...] = (
    _view,
    _lake_format,
    _spark_source,
    _manifest,
    _hudi,
    _odd_types,
    _format,
    _unknown,
)

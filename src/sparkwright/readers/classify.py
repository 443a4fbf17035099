"""Decide how a table is read, from its metadata alone; what cannot be read right is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sparkwright.domain import Reader, Table, Unreadable, View
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import parse
from sparkwright.readers.formats import avro, csv, json, orc, parquet
from sparkwright.readers.verdicts import Verdict, refuse, with_evidence

if TYPE_CHECKING:
    from sparkwright.platforms import Platform


def classify(table: Table, platform: Platform) -> Reader | View | Unreadable:
    """How the platform's engine reads the table, or why it does not; the first rule that has a verdict decides.

    Without evidence (`Table.evidence`) the verdict rests on the metadata alone: `readers.look` completes it.
    """
    verdict = next(found for rule in RULES if (found := rule(table)) is not None)
    if isinstance(verdict, Reader):
        if table.evidence is not None and table.evidence.refusal:
            return refuse(table, table.evidence.refusal, table.evidence.remedy)
        verdict = with_evidence(verdict, table)
        for need in (verdict.format, *verdict.needs):
            if need in platform.unreadable:
                return refuse(table, f"{platform.title} does not read {need}", platform.unreadable[need])
    return verdict


# --- what is refused before the format is looked at ------------------------------------------------------------------


def _view(table: Table) -> Verdict:
    if table.table_type != "VIRTUAL_VIEW":
        return None
    return refuse(table, "it is a view", "name the tables under it")


def _lake_format(table: Table) -> Verdict:
    kind = table.parameters.get("table_type", "").lower()
    provider = table.parameters.get("spark.sql.sources.provider", "").lower()
    classification = table.parameters.get("classification", "").lower()
    for title in ("iceberg", "delta", "hudi"):
        if title in (kind, provider, classification) or (
            title == "iceberg" and "metadata_location" in table.parameters
        ):
            return refuse(table, f"it is a table of {title.title()}", "export it to plain Parquet, and name that table")
    return None


def _spark_source(table: Table) -> Verdict:
    provider = table.parameters.get("spark.sql.sources.provider")
    if provider is None:
        return None
    return refuse(table, f"it was made by Spark as a data source table of {provider}", "name a table in plain files")


def _manifest(table: Table) -> Verdict:
    if not table.storage.input_format.endswith("SymlinkTextInputFormat"):
        return None
    return refuse(table, "it lists its files in a manifest (symlink format)", "name a table over the files themselves")


def _hudi(table: Table) -> Verdict:
    if not table.storage.input_format.startswith(("org.apache.hudi.", "com.uber.hoodie.")):
        return None
    return refuse(table, "it is a table of Hudi", "export it to plain Parquet, and name that table")


def _odd_types(table: Table) -> Verdict:
    for column in table.all_columns:
        try:
            parse(column.type)
        except UnreadableTable as error:
            return refuse(table, f"column {column.name!r}: {error.message}", error.hint)
    return None


# --- the formats -----------------------------------------------------------------------------------------------------


def _format(table: Table) -> Verdict:
    serde = table.storage.serde
    read = SERDES.get(serde) if serde else CLASSIFICATIONS.get(table.parameters.get("classification", "").lower())
    return read(table) if read else None


def _unknown(table: Table) -> Verdict:
    said = table.storage.serde or table.parameters.get("classification", "") or "nothing"
    return refuse(
        table,
        f"its format is not known: SerDe {said!r}, input format {table.storage.input_format!r}",
        "store the table as Parquet",
    )


Read = Callable[[Table], Reader | Unreadable]

SERDES: Mapping[str, Read] = {
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": parquet.read,
    "org.openx.data.jsonserde.JsonSerDe": json.read,
    "org.apache.hive.hcatalog.data.JsonSerDe": json.read,
    "org.apache.hadoop.hive.serde2.JsonSerDe": json.read,
    "org.apache.hadoop.hive.serde2.avro.AvroSerDe": avro.read,
    "org.apache.hadoop.hive.ql.io.orc.OrcSerde": orc.read,
}
CLASSIFICATIONS: Mapping[str, Read] = {
    "parquet": parquet.read,
    "csv": csv.read,
    "json": json.read,
    "avro": avro.read,
    "orc": orc.read,
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

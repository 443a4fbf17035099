"""Decide how a table is read, from its metadata alone; what cannot be read right is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sparkwright.domain import Reader, Table, Unreadable, View
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import VOID, Plain, parse
from sparkwright.readers.formats import (
    avro,
    csv,
    delta,
    grok,
    hudi,
    iceberg,
    json,
    lazy_simple,
    open_csv,
    orc,
    parquet,
    regex,
    spark_source,
    symlink,
    xml,
)
from sparkwright.readers.formats.foreign import refuse_foreign
from sparkwright.readers.lakes import is_lake
from sparkwright.readers.verdicts import Verdict, refuse, with_evidence
from sparkwright.readers.views import federated_rule, link_rule, view_rule

if TYPE_CHECKING:
    from sparkwright.platforms import Platform


_LAKE_FORMATION = (
    "its location is registered with Lake Formation, whose row and column filters this engine would pass by",
    "run it on EMR Serverless with Lake Formation enabled, or have its location deregistered",
)


def classify(table: Table, platform: Platform) -> Reader | View | Unreadable:
    """How the platform's engine reads the table, or why it does not; the first rule that has a verdict decides.

    Without evidence (`Table.evidence`) the verdict rests on the metadata alone: `readers.look` completes it.
    """
    if table.is_lake_formation and not platform.enforces_lake_formation:
        return refuse(table, *_LAKE_FORMATION)
    verdict = next(found for rule in RULES if (found := rule(table)) is not None)
    if isinstance(verdict, Reader):
        if table.evidence is not None and table.evidence.refusal:
            return refuse(table, table.evidence.refusal, table.evidence.remedy)
        if (missing := _missing(table, verdict)) is not None:
            return missing
        verdict = with_evidence(verdict, table)
        for need in (verdict.format, *verdict.needs):
            if need in platform.unreadable:
                return refuse(table, f"{platform.title} does not read {need}", platform.unreadable[need])
    return verdict


def _missing(table: Table, reader: Reader) -> Unreadable | None:
    """What no table can do without; an engine would take the empty location for the folder that it was started in."""
    if "://" not in reader.root and not reader.root.startswith("/"):
        said = f"its location {reader.root!r} is none" if reader.root else "it has no location in the catalog"
        return refuse(table, said, "set its location in the catalog, such as s3://bucket/path/")
    if not reader.casts and (table.evidence is not None or not is_lake(reader)):
        return refuse(table, "it has no columns in the catalog", "crawl it again, or add its columns in the catalog")
    return None


# --- what is refused before the format is looked at ------------------------------------------------------------------


def _odd_types(table: Table) -> Verdict:
    for column in table.all_columns:
        try:
            if parse(column.type) == Plain(VOID):
                return refuse(table, f"column {column.name!r} is of the type void", "correct its type in the catalog")
        except UnreadableTable as error:
            return refuse(table, f"column {column.name!r}: {error.message}", error.hint)
    return None


# --- the formats -----------------------------------------------------------------------------------------------------


def _format(table: Table) -> Verdict:
    serde = table.storage.serde
    read = SERDES.get(serde)
    if not serde:
        said = table.parameters.get("classification", "").strip().lower()
        read = CLASSIFICATIONS.get(said) or INPUT_FORMATS.get(table.storage.input_format)
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
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe": lazy_simple.read,
    "org.apache.hadoop.hive.serde2.MultiDelimitSerDe": lazy_simple.read_multi_delimit,
    "org.apache.hadoop.hive.contrib.serde2.MultiDelimitSerDe": lazy_simple.read_multi_delimit,
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": open_csv.read,
    "org.apache.hadoop.hive.serde2.RegexSerDe": regex.read,
    "com.amazonaws.glue.serde.GrokSerDe": grok.read,
    "org.apache.hadoop.hive.contrib.serde2.RegexSerDe": regex.read,
}
CLASSIFICATIONS: Mapping[str, Read] = {
    "parquet": parquet.read,
    "csv": csv.read,
    "json": json.read,
    "avro": avro.read,
    "orc": orc.read,
    "xml": xml.read,
}
INPUT_FORMATS: Mapping[str, Read] = {
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat": parquet.read,
    "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat": orc.read,
    "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat": avro.read,
}
RULES: tuple[Callable[[Table], Verdict], ...] = (
    link_rule,
    federated_rule,
    view_rule,
    iceberg.rule,
    delta.rule,
    hudi.by_provider,
    spark_source.read,
    hudi.by_format,
    refuse_foreign,
    _odd_types,
    symlink.rule,
    _format,
    _unknown,
)

"""Decide whether JVM Spark reads a table right through the Glue metastore (EMR), or has to be told how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sparkwright.hive_types import spark_type

if TYPE_CHECKING:
    from sparkwright.domain import Table

_SQL = "org.apache.hadoop.hive.ql.io."
_SERDE2 = "org.apache.hadoop.hive.serde2."
_PARQUET = _SQL + "parquet.serde.ParquetHiveSerDe"
_ORC = _SQL + "orc.OrcSerde"
_AVRO = _SERDE2 + "avro.AvroSerDe"
_LAZY_SIMPLE = _SERDE2 + "lazy.LazySimpleSerDe"

# Spark has these classes and they read what Athena reads.
_SAFE = frozenset(
    {
        _PARQUET,
        _ORC,
        _AVRO,
        _LAZY_SIMPLE,
        _SERDE2 + "RegexSerDe",
        _SERDE2 + "columnar.ColumnarSerDe",
        _SERDE2 + "columnar.LazyBinaryColumnarSerDe",
        _SERDE2 + "lazybinary.LazyBinarySerDe",
    }
)
_UNSAFE: Mapping[str, str] = {
    _SERDE2 + "OpenCSVSerde": "Hive's OpenCSVSerde makes every column a text and takes a header line for a row",
}
_SOURCES = frozenset({"parquet", "orc", "csv", "json", "text"})
_FILES_OF_SPARK = (_PARQUET, _ORC)  # read by Spark itself, not by the SerDe


def hive_path(table: Table) -> str:
    """Why the table has to be declared where Spark could ask the metastore; empty where its Hive path reads it right.

    Goes by the metadata, the partitions that the table carries and the evidence of its files.
    """
    return next((reason for rule in RULES if (reason := rule(table))), "")


def _elsewhere(table: Table) -> str:
    if table.target is not None:
        return "it is a link, and is declared as the table that it leads to"
    return "its rows are behind a federated connection" if table.federated else ""


def _view(table: Table) -> str:
    if table.table_type.upper() != "VIRTUAL_VIEW" and (table.location or not table.view):
        return ""
    return "Spark does not parse the text of an Athena view, and the tables under a view may have to be declared"


def _lake_format(table: Table) -> str:
    kinds = {table.parameters.get(key, "").lower() for key in ("table_type", "spark.sql.sources.provider")}
    kinds.add(table.parameters.get("classification", "").lower())
    if "metadata_location" in table.parameters:
        kinds.add("iceberg")
    if table.storage.input_format.startswith(("org.apache.hudi.", "com.uber.hoodie.")):
        kinds.add("hudi")
    found = sorted(kinds & {"iceberg", "delta", "hudi"})
    return f"a table of {found[0].title()} needs settings of its own in the session" if found else ""


def _spark_source(table: Table) -> str:
    provider = table.parameters.get("spark.sql.sources.provider", "").lower()
    if provider in ("", "hive") or provider in _SOURCES:
        return ""
    return f"Spark needs a package to read a table of {provider!r}"


def _nothing_said(table: Table) -> str:
    """The metastore's client throws on a table that lacks one of these."""
    storage = table.storage
    said = {"TableType": table.table_type, "InputFormat": storage.input_format, "OutputFormat": storage.output_format}
    said["SerializationLibrary"] = storage.serde
    lacking = [name for name, value in said.items() if not value]
    return f"the metastore's client refuses a table without {' and '.join(lacking)}" if lacking else ""


def _projection(table: Table) -> str:
    if table.parameters.get("projection.enabled", "").lower() != "true":
        return ""
    return "Spark does not know partition projection and reads the registered partitions only"


def _manifest(table: Table) -> str:
    if not table.storage.input_format.endswith("SymlinkTextInputFormat"):
        return ""
    return "Spark takes the lines of a manifest for rows, or reads files that are no longer part of the table"


def _serde(table: Table) -> str:
    serde = table.storage.serde
    if _is_source(table) or serde in _SAFE:
        return ""
    return _UNSAFE.get(serde) or f"Spark has no class {serde!r}"


def _lines_that_are_no_rows(table: Table) -> str:
    if _is_source(table):
        return ""
    for what in ("header", "footer"):
        key = f"skip.{what}.line.count"
        said = table.parameters.get(key, table.storage.parameters.get(key, ""))
        if str(said).strip() not in ("", "0"):
            return f"Spark takes {what} lines for rows"
    return ""


def _texts_of_hive(table: Table) -> str:
    """Where LazySimpleSerDe of Hive 2.3, which Spark has, goes by other marks than Athena or pads what it reads."""
    if table.storage.serde != _LAZY_SIMPLE or _is_source(table):
        return ""
    said = table.storage.parameters
    if "collection.delim" in said and "colelction.delim" not in said:
        return "Hive 2.3 knows 'collection.delim' only under its old spelling 'colelction.delim'"
    if "delimiter" in table.parameters and not {"field.delim", "serialization.format"} & set(said):
        return "its separator stands where the SerDe does not look ('delimiter' of the table)"
    if any("char(" in column.type.lower().replace("varchar(", "") for column in table.columns):
        return "Spark pads char columns with blanks"
    return ""


def _by_place(table: Table) -> str:
    said = {**table.storage.parameters, **table.parameters}
    for key in ("parquet.column.index.access", "orc.column.index.access"):
        if said.get(key, "").lower() == "true":
            return "Spark finds columns by their names, the table says by their places"
    return ""


def _other_files(table: Table) -> str:
    """What the files say themselves: Spark reads Parquet and ORC with the catalog's names and types."""
    if table.storage.serde not in _FILES_OF_SPARK or _is_source(table):
        return ""
    if table.evidence is None or not table.evidence.columns:
        return "the names in its files are not known" if table.storage.serde == _ORC else ""
    stored = {column.name.lower(): column for column in table.evidence.columns}
    for column in table.columns:
        found = stored.get(column.name.lower())
        if found is None and table.storage.serde == _ORC:
            return f"its files have no column {column.name!r}, which Athena finds by its place"
        if found is not None and spark_type(found.type).lower() != spark_type(column.type).lower():
            return f"column {column.name!r} has the type {found.type} in its files"
    return ""


def _avro_without_schema(table: Table) -> str:
    """The SerDe makes a schema of the catalog's: other spellings are then NULL, an enum or a fixed is an error."""
    if table.storage.serde != _AVRO or _is_source(table):
        return ""
    said = {**table.storage.parameters, **table.parameters}
    if any(f"avro.schema.{key}" in said for key in ("literal", "url")):
        return ""
    return "without its Avro schema in the table, the SerDe does not find what the files spell or type differently"


def _link(table: Table) -> str:
    return "a link has no columns of its own in the metastore" if table.target is not None else ""


def _nested_folders(table: Table) -> str:
    if table.evidence is None or not table.evidence.nested:
        return ""
    return "files lie in folders below its location, which Spark does not read"


def _partitions(table: Table) -> str:
    for partition in table.partitions:
        other = partition.storage is not None and partition.storage.serde != table.storage.serde
        if other and table.storage.serde in _FILES_OF_SPARK:
            return "a partition is stored in another format"
        if other and partition.storage is not None and partition.storage.serde not in _SAFE:
            return f"Spark has no class {partition.storage.serde!r}, which a partition needs"
    return ""


def _other_columns(table: Table) -> str:
    """Spark gives such a partition the table's columns by their place; what was added at the end is safe."""
    own = [(column.name.lower(), spark_type(column.type)) for column in table.columns]
    for partition in table.partitions:
        found = [(column.name.lower(), spark_type(column.type)) for column in partition.columns]
        if found != own[: len(found)]:
            return "a partition has columns of its own"
    return ""


def _is_source(table: Table) -> bool:
    return table.parameters.get("spark.sql.sources.provider", "hive").lower() != "hive"


RULES: tuple[Callable[[Table], str], ...] = (
    _elsewhere,
    _link,
    _view,
    _lake_format,
    _spark_source,
    _manifest,
    _nothing_said,
    _projection,
    _serde,
    _lines_that_are_no_rows,
    _texts_of_hive,
    _by_place,
    _nested_folders,
    _avro_without_schema,
    _other_files,
    _partitions,
    _other_columns,
)

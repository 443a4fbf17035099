"""Tables and partitions as Glue's API answers them, in our nouns; what is missing or odd is never guessed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sparkwright.domain import Column, Partition, Storage, Table, TableName, TableSize
from sparkwright.errors import UnreadableTable
from sparkwright.spark_tables import provider, restored

Json = Mapping[str, Any]

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_BY_NAME = ("parquethiveserde", "jsonserde", "avroserde", "parquetinputformat")
_LAKE = ("iceberg", "delta", "hudi")
_FILE = re.compile(r"\.(avro|csv|gz|bz2|json|jsonl|ndjson|orc|parquet|snappy|tsv|txt|xml|zst)$", re.IGNORECASE)
_PLACEHOLDER = "__PLACEHOLDER__"


# --- tables ----------------------------------------------------------------------------------------------------------


def to_table(database: str, raw: Json) -> Table:
    """A table of GetTable or GetTables; raises `UnreadableTable` for what no engine could be told of.

    `database` is the one that was asked, which for a linked database is not the one that AWS names. A resource link has
    its `target`, and the catalog of the target in `catalog_id`. `view` has the texts of a view by dialect, in lower
    case: `presto` (Athena's own, as Glue keeps it: base64 in a comment), `hive` (its expanded text), and one for each
    dialect of a multi-dialect view (`spark`, `athena`, `redshift`).
    """
    name = TableName(database, _text(raw.get("Name")))
    refuse_name(name.name, f"{name} cannot be the name of a table")
    storage = _part(raw, "StorageDescriptor")
    parameters = _texts(raw.get("Parameters"))
    keys = _columns(name, raw.get("PartitionKeys"))
    target = _part(raw, "TargetTable")
    federated = _part(raw, "FederatedTable")
    table = Table(
        name=name,
        columns=_without_keys(name, _columns(name, storage.get("Columns")), keys, to_storage(storage), parameters),
        location=folder(_text(storage.get("Location"))),
        partition_keys=keys,
        storage=to_storage(storage),
        parameters=parameters,
        comment=_text(raw.get("Description")) or parameters.get("comment", ""),
        table_type=_text(raw.get("TableType")),
        size=_size(parameters),
        catalog_id=_text(target.get("CatalogId") or raw.get("CatalogId")),
        target=TableName(_text(target.get("DatabaseName")), _text(target.get("Name"))) if target else None,
        federated=_text(federated.get("ConnectionName") or federated.get("Identifier")),
        view=_views(raw, parameters),
        view_text=_text(raw.get("ViewOriginalText")),
        is_lake_formation=raw.get("IsRegisteredWithLakeFormation") is True,
        version=_text(raw.get("VersionId")),
        owner=_text(raw.get("Owner")),
        updated_at=_moment(raw.get("UpdateTime")),
    )
    return restored(table)


def to_storage(descriptor: Json) -> Storage:
    """A storage descriptor, with the parameters of its SerDe."""
    serde = _part(descriptor, "SerdeInfo")
    return Storage(
        input_format=_text(descriptor.get("InputFormat")),
        output_format=_text(descriptor.get("OutputFormat")),
        serde=_text(serde.get("SerializationLibrary")),
        parameters=_texts(serde.get("Parameters")),
    )


def folder(location: str) -> str:
    """The location with the slash at its end that keeps `s3://b/t` apart from `s3://b/t_old`, unless it is a file."""
    if not location or location.endswith(("/", _PLACEHOLDER)) or _FILE.search(location):
        return location
    return location + "/"


def refuse_name(name: str, reason: str) -> None:
    """Raise for a name that SQL cannot hold."""
    if not name.strip() or not name.isprintable() or "`" in name:
        raise UnreadableTable(reason, hint="rename it in the catalog")


def names_its_columns(storage: Storage, parameters: Mapping[str, str]) -> bool:
    """Whether the files say their columns' names, so that nothing hangs on the order in which the catalog has them."""
    if parameters.get("parquet.column.index.access", "").lower() == "true":
        return False
    kind = parameters.get("table_type", "").lower()
    is_lake = kind in _LAKE or "spark.sql.sources.provider" in parameters
    return (
        is_lake
        or f"{storage.serde} {storage.input_format}".lower().rstrip().endswith(_BY_NAME)
        or any(mark in storage.serde.lower() for mark in _BY_NAME)
    )


def _is_former(column: Mapping[str, Any]) -> bool:
    """Whether it is a column that an Iceberg table once had: its catalog keeps those behind the others."""
    said = column.get("Parameters")
    return isinstance(said, Mapping) and str(said.get("iceberg.field.current", "")).lower() == "false"


def _columns(table: TableName, raw: Any) -> tuple[Column, ...]:
    """Columns as they stand; a missing type is an empty one, which the readers refuse by name."""
    found = tuple(
        Column(_text(one.get("Name")), _text(one.get("Type")), _text(one.get("Comment")))
        for one in _list(raw)
        if isinstance(one, Mapping) and not _is_former(one)
    )
    for column in found:
        refuse_name(column.name, f"table {str(table)!r} has a column named {column.name!r}")
    counted = Counter(column.name.lower() for column in found)
    twins = [column.name for column in found if counted[column.name.lower()] > 1]
    if twins:
        raise UnreadableTable(
            f"table {str(table)!r} has a column twice, as {', '.join(map(repr, twins))}",
            hint="rename one of them in the catalog; Spark takes names that differ only in case for the same",
        )
    return found


def _without_keys(
    table: TableName,
    columns: tuple[Column, ...],
    keys: tuple[Column, ...],
    storage: Storage,
    parameters: Mapping[str, str],
) -> tuple[Column, ...]:
    """The columns without those that are partition keys too: the key wins.

    Where columns are told apart by their place in a line, the ones behind would be read from the wrong place.
    """
    names = {key.name.lower() for key in keys}
    kept = tuple(column for column in columns if column.name.lower() not in names)
    if kept != columns[: len(kept)] and not names_its_columns(storage, parameters):
        double = next(column.name for column in columns if column.name.lower() in names)
        raise UnreadableTable(
            f"table {str(table)!r} has {double!r} both as a column and as a partition key, and its files tell columns "
            "apart by their place",
            hint="rename the column in the catalog",
        )
    return kept


def _views(raw: Json, parameters: Mapping[str, str]) -> dict[str, str]:
    original, expanded = _text(raw.get("ViewOriginalText")), _text(raw.get("ViewExpandedText"))
    found = {}
    if original and (parameters.get("presto_view") == "true" or original.startswith("/* Presto ")):
        found["presto"] = original
    elif expanded or original:
        found["hive"] = expanded or original
    for one in _list(_part(raw, "ViewDefinition").get("Representations")):
        if not isinstance(one, Mapping):
            continue
        text = _text(one.get("ViewExpandedText") or one.get("ViewOriginalText"))
        dialect = _text(one.get("Dialect")).lower()
        if dialect and text:
            found[dialect] = text
    return found


# --- sizes -----------------------------------------------------------------------------------------------------------

_ROWS = ("recordCount", "numRows", "spark.sql.statistics.numRows")
_BYTES = ("sizeKey", "totalSize", "spark.sql.statistics.totalSize")
_OBJECTS = ("objectCount", "numFiles")


def _size(parameters: Mapping[str, str]) -> TableSize:
    """What a crawler or a writer counted some time ago: never exact."""
    rows, size = _first(parameters, _ROWS), _first(parameters, _BYTES)
    average = _first(parameters, ("averageRecordSize",))
    if size is None and rows is not None and average is not None:
        size = rows * average
    return TableSize(bytes=size, objects=_first(parameters, _OBJECTS), rows=rows, exact=False)


def _first(parameters: Mapping[str, str], names: Sequence[str]) -> int | None:
    counts = (_count(parameters.get(name, "")) for name in names)
    return next((count for count in counts if count is not None), None)


def _count(text: str) -> int | None:
    """A number that was counted; Hive writes -1 where it does not know."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text.strip()) else None


# --- partitions ------------------------------------------------------------------------------------------------------


def to_partition(table: Table, raw: Json) -> Partition:
    """A partition of GetPartitions; its storage and its columns only where they differ from the table's.

    `bytes` and `objects` are what a crawler counted, as inexact as `Table.size`.
    """
    values = tuple(_text(value) for value in _list(raw.get("Values")))
    if len(values) != len(table.partition_keys):
        raise UnreadableTable(
            f"table {str(table.name)!r} has a partition of {len(values)} values {values!r}, and "
            f"{len(table.partition_keys)} partition keys",
            hint="drop that partition, or crawl the table again",
        )
    descriptor = _part(raw, "StorageDescriptor")
    location = _text(descriptor.get("Location"))
    if not location:
        raise UnreadableTable(
            f"table {str(table.name)!r} has a partition without a location: {values!r}",
            hint="set its location in the catalog, or drop that partition",
        )
    parameters = _texts(raw.get("Parameters"))
    is_source = bool(provider(table))  # what Hive would know of it is a placeholder, as the table's is
    return Partition(
        values=tuple(None if value == NULL_PARTITION else value for value in values),
        location=folder(location),
        storage=None if is_source else _own_storage(table.storage, to_storage(descriptor)),
        bytes=_first(parameters, _BYTES),
        objects=_first(parameters, _OBJECTS),
        columns=() if is_source else _own_columns(table, descriptor),
    )


def _own_storage(table: Storage, own: Storage) -> Storage | None:
    """The partition's storage where it is another than the table's; what it does not say is as the table has it."""
    full = Storage(
        own.input_format or table.input_format,
        own.output_format or table.output_format,
        own.serde or table.serde,
        own.parameters if own.serde or own.parameters else table.parameters,
    )
    same = (full.input_format, full.serde, _telling(full)) == (table.input_format, table.serde, _telling(table))
    return None if same else full


def _telling(storage: Storage) -> dict[str, str]:
    """The SerDe's parameters without the one that Hive adds and that says nothing."""
    return {
        name: value
        for name, value in storage.parameters.items()
        if (name, value) != ("serialization.format", "1") and name != "path"
    }


def _own_columns(table: Table, descriptor: Json) -> tuple[Column, ...]:
    names = {key.name.lower() for key in table.partition_keys}
    columns = tuple(one for one in _columns(table.name, descriptor.get("Columns")) if one.name.lower() not in names)
    same = [_alike(one) for one in columns] == [_alike(one) for one in table.columns]
    return () if same else columns


def _alike(column: Column) -> tuple[str, str]:
    return column.name.lower(), re.sub(r"\s", "", column.type).lower()


# --- what JSON holds -------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _part(raw: Json, name: str) -> Json:
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def _texts(value: Any) -> dict[str, str]:
    return {str(k): _text(v) for k, v in value.items() if v is not None} if isinstance(value, Mapping) else {}


def _moment(value: Any) -> str:
    """A moment as ISO 8601 in UTC; boto3 gives a datetime, the cache a text, the wire a number."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        value = datetime.fromtimestamp(value, UTC)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return _text(value)

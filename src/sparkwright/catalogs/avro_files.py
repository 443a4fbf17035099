"""Avro files: the schema from their header, the same in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sparkwright.catalogs.schema import Schema, refuse_odd_names, refuse_twins
from sparkwright.domain import Column, Storage, TableName
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import Array, Decimal, HiveType, Map, Plain, Struct, StructField

if TYPE_CHECKING:
    from pathlib import Path

    from sparkwright.catalogs.folders import Contents

_STORAGE = Storage(
    input_format="org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
    output_format="org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
    serde="org.apache.hadoop.hive.serde2.avro.AvroSerDe",
)
_PLAIN = {
    "boolean": "boolean",
    "int": "int",
    "long": "bigint",
    "float": "float",
    "double": "double",
    "bytes": "binary",
    "string": "string",
    "enum": "string",
    "fixed": "binary",
}
_LOGICAL = {
    "date": "date",
    "timestamp-millis": "timestamp",
    "timestamp-micros": "timestamp",
    "local-timestamp-millis": "timestamp",
    "local-timestamp-micros": "timestamp",
}


def read_avro_schema(name: TableName, contents: Contents) -> Schema:
    """The columns that the header of every file spells; raises where two files differ."""
    first: Any = None
    for part in contents.parts:
        schema = _header(name, part.path)
        if first is not None and schema != first:
            raise UnreadableTable(
                f"table {str(name)!r} has files with different schemas: {contents.parts[0].path.name!r} and "
                f"{part.path.name!r}",
                hint="write the files again with one schema",
            )
        first = schema
    if not isinstance(first, dict) or first.get("type") != "record":
        raise UnreadableTable(f"table {str(name)!r} is Avro, but not of records", hint="write records")
    columns = tuple(Column(f["name"], str(_type(name, f["name"], f["type"]))) for f in first["fields"])
    names = tuple(column.name for column in columns)
    refuse_twins(name, names, contents.parts[0].path.name)
    refuse_odd_names(name, names)
    keys = {key.lower() for key in contents.keys}
    return Schema(
        tuple(column for column in columns if column.name.lower() not in keys), _STORAGE, {"classification": "avro"}
    )


def _header(name: TableName, path: Path) -> Any:
    import fastavro

    try:
        with path.open("rb") as stream:
            return fastavro.reader(stream).writer_schema
    except (ValueError, EOFError, StopIteration, KeyError, fastavro.schema.SchemaParseException) as error:
        raise UnreadableTable(
            f"table {str(name)!r} has a file that is not sound Avro: {str(path)!r} ({error})",
            hint="write or copy the file again, or remove it",
        ) from error


def _type(name: TableName, column: str, schema: Any) -> HiveType:
    """The Hive type of an Avro schema; a union is read only where it says no more than that a value may be missing."""
    if isinstance(schema, list):
        others = [branch for branch in schema if branch != "null"]
        if len(others) == 1:
            return _type(name, column, others[0])
        raise _refused(name, column, f"a union of {len(others)} types")
    if isinstance(schema, str):
        schema = {"type": schema}
    if "logicalType" in schema:
        return _logical(name, column, schema)
    match schema["type"]:
        case "record":
            return Struct(tuple(StructField(f["name"], _type(name, column, f["type"])) for f in schema["fields"]))
        case "array":
            return Array(_type(name, column, schema["items"]))
        case "map":
            return Map(Plain("string"), _type(name, column, schema["values"]))
        case str() as plain if plain in _PLAIN:
            return Plain(_PLAIN[plain])
        case list() | dict():
            return _type(name, column, schema["type"])
    raise _refused(name, column, str(schema["type"]))


def _logical(name: TableName, column: str, schema: dict[str, Any]) -> HiveType:
    logical = schema["logicalType"]
    if logical == "decimal":
        return Decimal(schema["precision"], schema.get("scale", 0))
    if logical in _LOGICAL:
        return Plain(_LOGICAL[logical])
    raise _refused(name, column, logical)


def _refused(name: TableName, column: str, what: str) -> UnreadableTable:
    return UnreadableTable(
        f"column {column!r} of table {str(name)!r} is {what} in Avro, which has no counterpart in Spark",
        hint="write it as another type",
    )

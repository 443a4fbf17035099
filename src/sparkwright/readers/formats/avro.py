"""Avro: by name; names and types come from the schema in the header of some files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sparkwright.domain import Column, Evidence
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import Array, Decimal, HiveType, Map, Plain, Struct, StructField
from sparkwright.readers.by_name import read_by_name
from sparkwright.readers.merging import WIDER, FileColumns, merge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Reader, Table, Unreadable
    from sparkwright.store import Store, StoredFile

UUID = "avro uuids"
LITERAL, URL = "avro.schema.literal", "avro.schema.url"
_WRITE_AGAIN = "write it as another type"
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
    "local-timestamp-millis": "timestamp_ntz",
    "local-timestamp-micros": "timestamp_ntz",
    "time-millis": "int",
    "time-micros": "bigint",
    "uuid": "string",
}


def read(table: Table) -> Reader | Unreadable:
    """How a table of Avro is read."""
    return read_by_name(table, "avro")


def look(table: Table, files: Sequence[StoredFile], store: Store) -> Evidence:
    """The columns that the files' headers spell; refused where engines would read them in different ways."""
    wanted = {column.name.lower() for column in table.columns}
    features: dict[str, None] = {}
    found = []
    try:
        reader_fields = _fields(_reader_schema(table, store))
        for file in files:
            fields = _fields(_header(file.location, store))
            _check_reader_schema(file.location, fields, reader_fields, wanted)
            kept = [field for field in fields if field["name"].lower() in wanted]
            if any('"uuid"' in json.dumps(field["type"]) for field in kept):
                features[UUID] = None
            columns = tuple(Column(f["name"], str(_type(f["name"], f["type"]))) for f in kept)
            found.append(FileColumns(file.location, columns))
    except UnreadableTable as error:
        return Evidence(refusal=error.message, remedy=error.hint)
    merged = merge(found, table.partition_keys)
    if WIDER in merged.features:
        return Evidence(
            refusal="a column has numbers of different widths in its Avro files",
            remedy="write the files again with one schema",
        )
    return Evidence(
        merged.columns, features=(*features, *merged.features), refusal=merged.refusal, remedy=merged.remedy
    )


def _header(place: str, store: Store) -> Any:
    import fastavro

    try:
        with store.open(place) as stream:
            return fastavro.reader(stream).writer_schema
    except (ValueError, EOFError, StopIteration, KeyError, fastavro.schema.SchemaParseException) as error:
        raise UnreadableTable(
            f"the file {place!r} is not sound Avro ({error})", hint="write or copy the file again, or remove it"
        ) from error


def _fields(schema: Any) -> Sequence[dict[str, Any]]:
    if schema is None:
        return ()
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise UnreadableTable("its Avro schema is not one of records", hint="write records")
    return list(schema["fields"])


# --- the schema to read by -------------------------------------------------------------------------------------------


def _reader_schema(table: Table, store: Store) -> Any:
    """The schema that the table names to read by, or None."""
    said = {**table.parameters, **table.storage.parameters}
    text = said.get(LITERAL, "")
    place = said.get(URL, "")
    if not text.strip() or text.strip().lower() == "none":
        if not place or place.lower() == "none":
            return None
        if "://" in place and not place.startswith(("s3", "file")):
            raise UnreadableTable(f"its Avro schema lies at {place!r}, which is not read", hint=f"set {LITERAL!r}")
        with store.open(place) as stream:
            text = stream.read(1 << 20).decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError as error:
        raise UnreadableTable(
            f"its Avro schema is not JSON ({error})", hint=f"correct {LITERAL!r} or {URL!r}"
        ) from error


def _check_reader_schema(
    place: str, fields: Sequence[dict[str, Any]], asked: Sequence[dict[str, Any]], wanted: set[str]
) -> None:
    """Raise where the schema to read by gives a column another value than its name and NULL do."""
    names = {field["name"].lower() for field in fields}
    for field in asked:
        name = field["name"]
        if name.lower() not in wanted or name.lower() in names:
            continue
        if any(alias.lower() in names for alias in field.get("aliases", ())):
            raise UnreadableTable(
                f"its Avro schema reads column {name!r} under an alias in the file {place!r}",
                hint="write the files again under one name",
            )
        if field.get("default") is not None:
            raise UnreadableTable(
                f"its Avro schema gives column {name!r} the default {field['default']!r}, and the file {place!r} lacks "
                "the column",
                hint="write the files again with the column",
            )


# --- types -----------------------------------------------------------------------------------------------------------


def _type(column: str, schema: Any) -> HiveType:
    """The Hive type of an Avro schema; a union is read only where it says no more than that a value may be missing."""
    if isinstance(schema, list):
        others = [branch for branch in schema if branch != "null"]
        if len(others) == 1:
            return _type(column, others[0])
        raise _refused(column, f"a union of {len(others)} types")
    if isinstance(schema, str):
        schema = {"type": schema}
    if "logicalType" in schema:
        return _logical(column, schema)
    match schema["type"]:
        case "record":
            return Struct(tuple(StructField(f["name"], _type(column, f["type"])) for f in schema["fields"]))
        case "array":
            return Array(_type(column, schema["items"]))
        case "map":
            return Map(Plain("string"), _type(column, schema["values"]))
        case str() as plain if plain in _PLAIN:
            return Plain(_PLAIN[plain])
        case list() | dict():
            return _type(column, schema["type"])
    raise _refused(column, repr(schema["type"]))


def _logical(column: str, schema: dict[str, Any]) -> HiveType:
    logical = schema["logicalType"]
    if logical == "decimal":
        return Decimal(schema["precision"], schema.get("scale", 0))
    if logical in _LOGICAL:
        return Plain(_LOGICAL[logical])
    raise _refused(column, f"{logical!r}")


def _refused(column: str, what: str) -> UnreadableTable:
    return UnreadableTable(
        f"column {column!r} is {what} in Avro, which engines read in different ways", hint=_WRITE_AGAIN
    )

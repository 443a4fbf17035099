"""Read Iceberg's metadata files: schemas with the numbers of their fields, snapshots, formats of the data files."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import Array, Decimal, HiveType, Map, Plain, Struct, StructField

if TYPE_CHECKING:
    from sparkwright.store import Store

METADATA = "metadata"
"""The mark, and the option of a reader, that holds the location of the metadata file."""
_NEWEST_VERSION = 3
_MANIFESTS = 8  # so many are opened to know the formats of data files
_ENTRIES = 100
_NAME = re.compile(r"(?:v(\d+)|(\d+)-[^/]*?)(?:\.gz)?\.metadata\.json(?:\.gz)?")


@dataclass(frozen=True)
class Field:
    """A column: its number, by which Iceberg knows it, its type, and the numbers of the fields within (`shape`)."""

    number: int
    name: str
    type: str
    shape: tuple[int, ...] = ()
    has_default: bool = False
    has_uuid: bool = False


@dataclass(frozen=True)
class Metadata:
    """A metadata file."""

    place: str
    content: Mapping[str, Any]

    @property
    def snapshot(self) -> int | None:
        """The current snapshot; None where nothing was written yet."""
        found = self.content.get("current-snapshot-id")
        return None if found in (None, -1) else int(found)

    @cached_property
    def snapshots(self) -> Mapping[int, Mapping[str, Any]]:
        """The snapshots by their numbers."""
        return {int(one["snapshot-id"]): one for one in self.content.get("snapshots") or ()}

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of the current schema."""
        return fields_of(self.schema_of({}))

    @property
    def stored_fields(self) -> tuple[Field, ...]:
        """The columns of the schema that the current snapshot was written with."""
        return fields_of(self.schema_of(self.snapshots.get(self.snapshot or 0, {})))

    def schema_of(self, snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema of a snapshot; the current one where it does not say."""
        number = snapshot.get("schema-id", self.content.get("current-schema-id"))
        schemas = self.content.get("schemas") or [self.content.get("schema") or {}]
        found = next((one for one in schemas if one.get("schema-id") == number), None)
        if found is None and number is not None and len(schemas) > 1:
            raise UnreadableTable(
                f"the metadata file {self.place!r} has no schema {number}", hint="restore an older metadata file"
            )
        chosen: Mapping[str, Any] = found or schemas[-1]
        return chosen


def read_metadata(place: str, store: Store) -> Metadata:
    """A metadata file; raises `UnreadableTable` where it is gone, not sound, or of a version not known here."""
    with store.open(place) as stream:
        text = stream.read()
    try:
        content = json.loads(gzip.decompress(text) if text[:2] == b"\x1f\x8b" else text)
        version = int(content["format-version"])
    except (ValueError, KeyError, TypeError, OSError, EOFError) as error:
        raise UnreadableTable(
            f"the metadata file {place!r} of the Iceberg table is not sound",
            hint="set metadata_location in the catalog to a metadata file that is",
        ) from error
    if version > _NEWEST_VERSION:
        raise UnreadableTable(
            f"it is a table of Iceberg's format version {version}", hint="export it to plain Parquet, or to version 2"
        )
    return Metadata(place, content)


def newest_names(root: str, store: Store) -> tuple[str, ...]:
    """The metadata files that an engine may take which lists the folder: by the hint, or those of the highest number.

    Sail 0.7.2 takes the youngest of several with one number; which one that is cannot be seen here.
    """
    folder = f"{root}/metadata/"
    numbers: dict[str, int] = {}
    hint = ""
    for file in store.hidden(folder):
        name = file.location[len(folder) :]
        if found := _NAME.fullmatch(name):
            numbers[file.location] = int(found[1] or found[2])
        elif name == "version-hint.text":
            with store.open(file.location) as stream:
                hint = stream.read().decode("utf-8", "replace").strip()
    hinted = [place for place, number in numbers.items() if hint.isdigit() and number == int(hint)]
    highest = max(numbers.values(), default=0)
    return tuple(hinted or [place for place, number in numbers.items() if number == highest])


# --- types -----------------------------------------------------------------------------------------------------------

_PLAIN: Mapping[str, str] = {
    "boolean": "boolean",
    "int": "int",
    "long": "bigint",
    "float": "float",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp_ntz",
    "timestamptz": "timestamp",
    "string": "string",
    "uuid": "string",
    "binary": "binary",
}
_DECIMAL = re.compile(r"decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)")


def fields_of(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The columns of a schema; raises `UnreadableTable` for a type that Spark has not."""
    return tuple(_field(one) for one in schema.get("fields") or ())


def _field(field: Mapping[str, Any]) -> Field:
    try:
        kind = str(_type(field["type"]))
    except UnreadableTable as error:
        raise UnreadableTable(f"column {field['name']!r}: {error.message}", hint=error.hint) from error
    inner = tuple(_inner(field["type"]))
    return Field(
        number=int(field["id"]),
        name=field["name"],
        type=kind,
        shape=tuple(number for number, _ in inner),
        has_default=field.get("initial-default") is not None,
        has_uuid=any(one == "uuid" for _, one in [(0, field["type"]), *inner]),
    )


def _type(kind: Any) -> HiveType:
    if isinstance(kind, str):
        return _plain(kind)
    match kind.get("type"):
        case "struct":
            return Struct(tuple(StructField(one["name"], _type(one["type"])) for one in kind["fields"]))
        case "list":
            return Array(_type(kind["element"]))
        case "map":
            return Map(_type(kind["key"]), _type(kind["value"]))
    return _plain(str(kind.get("type")))


def _plain(kind: str) -> HiveType:
    if found := _DECIMAL.fullmatch(kind):
        return Decimal(int(found[1]), int(found[2]))
    if kind.startswith("fixed["):
        return Plain("binary")
    if kind not in _PLAIN:
        raise UnreadableTable(f"Iceberg's type {kind!r} has no counterpart in Spark", hint="drop the column")
    return Plain(_PLAIN[kind])


def _inner(kind: Any) -> Iterator[tuple[int, Any]]:
    """The numbers and types of all fields within a type, in order."""
    if isinstance(kind, str):
        return
    for one in kind.get("fields", ()):
        yield int(one["id"]), one["type"]
        yield from _inner(one["type"])
    for part in ("element", "key", "value"):
        if part in kind:
            yield int(kind[f"{part}-id"]), kind[part]
            yield from _inner(kind[part])


# --- manifests -------------------------------------------------------------------------------------------------------


def data_formats(metadata: Metadata, store: Store) -> tuple[str, ...]:
    """The formats of some of the data files of the current snapshot, in lower case."""
    place = metadata.snapshots.get(metadata.snapshot or 0, {}).get("manifest-list")
    if not place:
        return ()
    manifests = [one["manifest_path"] for one in _records(place, store) if not one.get("content")]
    half = _MANIFESTS // 2
    chosen = manifests if len(manifests) <= _MANIFESTS else [*manifests[:half], *manifests[-half:]]
    return tuple(sorted({kind for one in chosen for kind in _formats(one, store)}))


def _formats(manifest: str, store: Store) -> Sequence[str]:
    entries = islice(_records(manifest, store), _ENTRIES)
    return [str(one["data_file"]["file_format"]).lower() for one in entries if one.get("status") != 2]


def _records(place: str, store: Store) -> Iterator[Mapping[str, Any]]:
    import fastavro

    with store.open(place) as stream:
        try:
            for record in fastavro.reader(stream):
                assert isinstance(record, dict)
                yield record
        except (ValueError, EOFError, fastavro.schema.SchemaParseException) as error:
            raise UnreadableTable(
                f"the file {place!r} of the Iceberg table is not sound", hint="restore an older metadata file"
            ) from error

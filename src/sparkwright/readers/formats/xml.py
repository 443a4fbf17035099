"""XML: one row for each element of the table's row tag, by the names of elements and attributes as the files have them.

Attributes are columns whose names begin with `_`, as in Spark.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from xml.parsers import expat

from sparkwright.domain import Column, Evidence, Reader
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import Array, HiveType, Map, Struct, StructField, parse
from sparkwright.readers.by_name import read_in_order
from sparkwright.readers.verdicts import options_of, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Table, Unreadable
    from sparkwright.store import Store, StoredFile

_MOST = 1 << 20
"""Bytes of a file that are looked at."""
_OPTIONS = {"mode": "FAILFAST", "ignoreSurroundingSpaces": "false"}  # Spark 3.5 and 4 differ in what they take


def read(table: Table) -> Reader | Unreadable:
    """How a table of XML is read."""
    tag = row_tag(table)
    if not tag:
        return refuse(table, "it is XML and does not say which element is a row", "set its parameter rowTag")
    reader = read_in_order(table, "xml")
    if not isinstance(reader, Reader):
        return reader
    return replace(reader, options={"rowTag": tag, **_OPTIONS, **options_of(table)})


def row_tag(table: Table) -> str:
    """The element that is a row."""
    said = {key.lower(): value for key, value in {**table.parameters, **table.storage.parameters}.items()}
    return said.get("rowtag") or said.get("xmlinput.start", "").strip("<> ")


@dataclass
class _Names:
    """The elements and attributes (`_name`) that stand below one."""

    inner: dict[str, _Names] = field(default_factory=dict)


@dataclass
class _Walk:
    """A walk through the first bytes of files."""

    tag: str
    row: _Names = field(default_factory=_Names)
    path: list[_Names] = field(default_factory=list)
    refused: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self.path:
            self.path.append(self.path[-1].inner.setdefault(name, _Names()))
        elif name == self.tag:
            self.path.append(self.row)
        if self.path:
            for attribute in attributes:
                self.path[-1].inner.setdefault("_" + attribute, _Names())

    def end(self, _name: str) -> None:
        """An element ends."""
        if self.path:
            self.path.pop()

    def entity(self, name: str, *_more: object) -> None:
        """An entity is declared."""
        self.refused = f"it declares the entity {name!r}"


def look(table: Table, files: Sequence[StoredFile], store: Store) -> Evidence:
    """The names in the first bytes of the files."""
    walk = _Walk(row_tag(table))
    try:
        for file in files:
            _walk_through(file.location, store, walk)
        columns = tuple(_column(column, walk.row) for column in table.columns)
    except UnreadableTable as error:
        return Evidence(refusal=error.message, remedy=error.hint)
    return Evidence(columns=columns)


def _walk_through(place: str, store: Store, walk: _Walk) -> None:
    if place.endswith((".gz", ".bz2", ".zst", ".snappy")):
        raise UnreadableTable(f"the file {place!r} is packed XML, which is not looked into", hint="unpack it")
    with store.open(place) as stream:
        head = stream.read(_MOST + 1)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    parser.EntityDeclHandler = walk.entity
    try:
        parser.Parse(head, len(head) <= _MOST)
    except expat.ExpatError as error:
        raise UnreadableTable(f"the file {place!r} is not sound XML ({error})", hint="correct the file") from error
    if walk.refused:
        raise UnreadableTable(f"the file {place!r} cannot be read: {walk.refused}", hint="write it without entities")
    walk.path.clear()


def _column(column: Column, names: _Names) -> Column:
    found = _named(column.name, names, column.name)
    kind = _with_names(parse(column.type), names.inner.get(found, _Names()), column.name)
    return Column(found, str(kind))


def _with_names(wanted: HiveType, names: _Names, path: str) -> HiveType:
    """The type with the files' own names, at every depth."""
    match wanted:
        case Struct(fields):
            found = [(_named(one.name, names, f"{path}.{one.name}"), one) for one in fields]
            return Struct(
                tuple(
                    StructField(own, _with_names(one.type, names.inner.get(own, _Names()), f"{path}.{one.name}"))
                    for own, one in found
                )
            )
        case Array(element):
            return Array(_with_names(element, names, path))
        case Map():
            raise UnreadableTable(f"{path!r} is a map in XML", hint="make it a struct in the catalog")
    return wanted


def _named(name: str, names: _Names, path: str) -> str:
    """The name of an element or attribute, ignoring case; the catalog's own where none is there."""
    for wanted in (name.lower(), "_" + name.lower()):
        same = [one for one in names.inner if one.lower() == wanted]
        if len(same) > 1:
            raise UnreadableTable(
                f"the element {path!r} is spelled in {len(same)} ways: {', '.join(map(repr, same))}",
                hint="write the files again with one spelling",
            )
        if same:
            return same[0]
    return name

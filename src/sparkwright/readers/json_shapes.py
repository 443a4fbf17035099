"""What values JSON lines hold under which keys, and how the catalog's columns are found in them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import Array, Decimal, HiveType, Map, Plain, Sized, Struct, StructField

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NOT_TEXTS = "json values that are no texts in a column of strings"
TWO_CASES = "json keys that differ only in case"


@dataclass
class Shape:
    """The kinds of values that stand in one place of the lines, the keys of its objects, the items of its lists."""

    kinds: dict[str, None] = field(default_factory=dict)
    keys: dict[str, Shape] = field(default_factory=dict)
    items: Shape | None = None

    def see(self, value: Any) -> None:
        """Take in one value, as `parse` gives it."""
        kind = _kind(value)
        if kind != "null":
            self.kinds[kind] = None
        if isinstance(value, Pairs):
            for key, inner in value:
                self.keys.setdefault(key, Shape()).see(inner)
        elif isinstance(value, list):
            self.items = self.items or Shape()
            for inner in value:
                self.items.see(inner)


class Pairs(list[tuple[str, Any]]):
    """The keys and values of an object, also those whose key comes twice."""


def parse(line: str) -> Any:
    """One line; raises ValueError where it is not JSON."""
    return json.loads(line, object_pairs_hook=Pairs)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "whole number"
        case float():
            return "fraction"
        case str():
            return "text"
        case Pairs():
            return "object"
    return "list"


@dataclass
class Keys:
    """How a catalog's names go to keys: `named` are the keys that the table names itself."""

    named: Mapping[str, str] = field(default_factory=dict)
    dots: bool = False
    exact: bool = False
    features: dict[str, None] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def key(self, name: str, shape: Shape, path: str) -> str:
        """The key of a column or field in the lines; its own name where no line has it."""
        wanted = self.named.get(name.lower(), name)
        same = [key for key in shape.keys if self._folded(key) == self._folded(wanted)]
        if wanted in same and (self.exact or name.lower() in self.named):
            if len(same) > 1:
                self.features[TWO_CASES] = None
            return wanted
        if len(same) > 1:
            raise UnreadableTable(
                f"the key of {path!r} is spelled in {len(same)} ways: {', '.join(map(repr, same))}",
                hint="write the files again with one spelling",
            )
        if not same or (self.exact and same[0] != wanted):
            self.missing.append(path)
            return wanted
        return same[0]

    def _folded(self, key: str) -> str:
        return (key.replace(".", "_") if self.dots else key).lower()

    def stored(self, wanted: HiveType, shape: Shape, path: str) -> HiveType:
        """The type to read a value as, with the lines' own keys; raises `UnreadableTable` where it is of another."""
        match wanted:
            case Struct(fields):
                _check(shape, ("object",), wanted, path)
                return Struct(tuple(self._field(one, shape, path) for one in fields))
            case Array(element):
                _check(shape, ("list",), wanted, path)
                return Array(self.stored(element, shape.items or Shape(), path))
            case Map(key, value):
                _check(shape, ("object",), wanted, path)
                if key != Plain("string"):
                    raise UnreadableTable(
                        f"{path!r} is a map whose keys are {key}, and in JSON they are texts",
                        hint="make the keys strings in the catalog",
                    )
                return Map(key, self.stored(value, _values(shape), path))
        return self._plain(wanted, shape, path)

    def _field(self, one: StructField, shape: Shape, path: str) -> StructField:
        inner = f"{path}.{one.name}"
        key = self.key(one.name, shape, inner)
        return StructField(key, self.stored(one.type, shape.keys.get(key, Shape()), inner))

    def _plain(self, wanted: HiveType, shape: Shape, path: str) -> HiveType:
        """A value of one word: as its own type, or as a text where the lines hold it as one."""
        word = str(wanted).split("(", maxsplit=1)[0]
        text = Plain("string")
        if word == "binary":
            raise UnreadableTable(
                f"{path!r} is binary in JSON, which SerDes spell in different ways",
                hint="make it a string in the catalog, and decode it in the question",
            )
        if isinstance(wanted, Sized) or word == "string":
            if any(kind != "text" for kind in shape.kinds):
                self.features[NOT_TEXTS] = None
            return text
        if word in ("date", "timestamp", "timestamp_ntz"):
            _check(shape, ("text",), wanted, path)
            return text
        _check(shape, (*_NATURAL[word], "text"), wanted, path)
        if "text" in shape.kinds:
            if len(shape.kinds) > 1:
                self.features[NOT_TEXTS] = None
            return text
        return roomy(wanted)


_ROOM = 6


def roomy(wanted: HiveType) -> HiveType:
    """A decimal with more digits after the point, to be rounded by a cast: Spark's readers round, Sail's cut."""
    if isinstance(wanted, Decimal) and wanted.precision + _ROOM <= 38:
        return Decimal(wanted.precision + _ROOM, wanted.scale + _ROOM)
    return wanted


_NATURAL = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), ("whole number",)),
    **dict.fromkeys(("float", "double", "decimal"), ("whole number", "fraction")),
    "boolean": ("boolean",),
}


def _values(shape: Shape) -> Shape:
    """The values of a map, whatever their keys, as one place."""
    found = Shape()
    for one in shape.keys.values():
        _join(found, one)
    return found


def _join(into: Shape, other: Shape) -> None:
    into.kinds.update(other.kinds)
    for key, inner in other.keys.items():
        _join(into.keys.setdefault(key, Shape()), inner)
    if other.items is not None:
        into.items = into.items or Shape()
        _join(into.items, other.items)


def _check(shape: Shape, kinds: Iterable[str], wanted: HiveType, path: str) -> None:
    other = next((kind for kind in shape.kinds if kind not in kinds), None)
    if other is not None:
        raise UnreadableTable(
            f"{path!r} is {wanted} in the catalog, and a {other} in the files",
            hint="correct its type in the catalog, or write the files again",
        )

"""Bring the columns of files to the catalog's names and types: which conversions are safe, and how structs are rebuilt.

A cast of structs goes by position in every engine, so fields that stand in another order are put in order by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sparkwright.domain import Cast, Column
from sparkwright.hive_types import Array, Decimal, HiveType, Map, Plain, Sized, Struct, parse
from sparkwright.identifiers import is_bare
from sparkwright.readers.columns import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD_STRUCTS = "structs with odd field names whose types differ in the files"
_WHOLE = ("tinyint", "smallint", "int", "bigint")
_FRACTIONS = ("float", "double")


def is_safe(stored: HiveType, wanted: HiveType) -> bool:
    """Whether a strict cast of every value gives what is meant, or fails: it does not round, cut or guess silently."""
    match stored, wanted:
        case Plain("void"), _:
            return True
        case Array(one), Array(other):
            return is_safe(one, other)
        case Map(key, value), Map(other_key, other_value):
            return is_safe(key, other_key) and is_safe(value, other_value)
        case Struct(fields), Struct(others):
            known = {field.name.lower(): field.type for field in fields}
            return all(is_safe(known[o.name.lower()], o.type) for o in others if o.name.lower() in known)
        case (Array() | Map() | Struct(), _) | (_, Array() | Map() | Struct()):
            return False
    return _word(stored) == _word(wanted) or _word(wanted) in _safe(stored)


def _safe(stored: HiveType) -> tuple[str, ...]:
    match stored:
        case Decimal(_, scale):
            return (*(_WHOLE if scale == 0 else ()), *_FRACTIONS, "string")
        case Plain(name) if name in _WHOLE:
            return (*_WHOLE, *_FRACTIONS, "decimal", "string")
    return _SAFE.get(_word(stored), ())


_SAFE = {
    "string": (*_WHOLE, *_FRACTIONS, "decimal", "boolean", "date", "timestamp", "binary"),
    "float": ("double",),
    "double": ("float",),
    "boolean": ("string",),
    "binary": ("string",),
    "date": ("timestamp", "string"),
    "timestamp": ("string", "timestamp_ntz"),
    "timestamp_ntz": ("timestamp", "string"),
}


def _word(kind: HiveType) -> str:
    """The type in one word; `char` and `varchar` are strings to Spark."""
    match kind:
        case Sized():
            return "string"
        case Decimal():
            return "decimal"
    return str(kind)


def cast_of(stored: Column, column: Column) -> Cast:
    """How a column of the files becomes the catalog's."""
    own, wanted = parse(stored.type), parse(column.type)
    if _is_in_order(own, wanted):
        return Cast(stored.name, column.name, column.type)
    return Cast(stored.name, column.name, column.type, value=tuple(_rebuilt("\0", own, wanted, 0).split("\0")))


def _is_in_order(own: HiveType, wanted: HiveType) -> bool:
    """Whether fields of structs stand in the same places, at every depth."""
    match own, wanted:
        case Array(one), Array(other):
            return _is_in_order(one, other)
        case Map(_, one), Map(_, other):
            return _is_in_order(one, other)
        case Struct(fields), Struct(others):
            names, wanted_names = [f.name.lower() for f in fields], [f.name.lower() for f in others]
            return names == wanted_names and all(
                _is_in_order(f.type, o.type) for f, o in zip(fields, others, strict=True)
            )
    return True


def _rebuilt(value: str, own: HiveType, wanted: HiveType, depth: int) -> str:
    """SQL for the value with the fields of its structs as they are wanted; missing ones are NULL."""
    if _is_in_order(own, wanted):
        return value
    inner = f"x{depth}"
    match own, wanted:
        case Array(one), Array(other):
            return f"transform({value}, {inner} -> {_rebuilt(inner, one, other, depth + 1)})"
        case Map(_, one), Map(_, other):
            values = f"transform(map_values({value}), {inner} -> {_rebuilt(inner, one, other, depth + 1)})"
            return f"map_from_arrays(map_keys({value}), {values})"
        case Struct(), Struct(others):
            known = {field.name.lower(): field for field in own.fields}
            parts = []
            for field in others:
                found = known.get(field.name.lower())
                part = "NULL"
                if found is not None:
                    part = _rebuilt(f"{value}[{literal(found.name)}]", found.type, field.type, depth)
                parts.append(f"{literal(field.name)}, {part}")
            return f"CASE WHEN {value} IS NULL THEN NULL ELSE named_struct({', '.join(parts)}) END"
    return value


def odd_structs(stored: Column, column: Column) -> bool:
    """Whether the cast of the column writes names of fields that are not safe without backquotes."""
    own, wanted = parse(stored.type), parse(column.type)
    return own != wanted and not all(is_bare(name) for name in _field_names(wanted))


def _field_names(kind: HiveType) -> Iterator[str]:
    match kind:
        case Array(element):
            yield from _field_names(element)
        case Map(_, value):
            yield from _field_names(value)
        case Struct(fields):
            for field in fields:
                yield field.name
                yield from _field_names(field.type)

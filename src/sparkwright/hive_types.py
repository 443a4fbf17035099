"""Read and write Hive type strings, as Glue and `tables.toml` have them; to Spark SQL, from Arrow and Spark's JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sparkwright.errors import UnreadableTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

# --- the tree --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plain:
    """A type of one word, such as `int`; its synonyms (`integer`) are gone."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Decimal:
    """A decimal of `precision` digits, `scale` of them after the point."""

    precision: int = 10
    scale: int = 0

    def __str__(self) -> str:
        return f"decimal({self.precision},{self.scale})"


@dataclass(frozen=True)
class Sized:
    """`char(n)` or `varchar(n)`."""

    name: str
    length: int

    def __str__(self) -> str:
        return f"{self.name}({self.length})"


@dataclass(frozen=True)
class Array:
    """A list of elements of one type."""

    element: HiveType

    def __str__(self) -> str:
        return f"array<{self.element}>"


@dataclass(frozen=True)
class Map:
    """Values by key."""

    key: HiveType
    value: HiveType

    def __str__(self) -> str:
        return f"map<{self.key},{self.value}>"


@dataclass(frozen=True)
class StructField:
    """A field of a struct; its name may hold any character."""

    name: str
    type: HiveType

    def __str__(self) -> str:
        return f"{_hive_name(self.name)}:{self.type}"


@dataclass(frozen=True)
class Struct:
    """Named fields, in order."""

    fields: tuple[StructField, ...]

    def __str__(self) -> str:
        return f"struct<{','.join(map(str, self.fields))}>"


HiveType = Plain | Decimal | Sized | Array | Map | Struct


def _hive_name(name: str) -> str:
    """The field name as Hive writes it, bare; in backquotes only where it could not be read back."""
    bare = name and name == name.strip() and not re.search(r"[,:<>`]", name)
    return name if bare else "`" + name.replace("`", "``") + "`"


# --- reading ---------------------------------------------------------------------------------------------------------

_PLAIN = {
    name: name
    for name in ("tinyint", "smallint", "int", "bigint", "float", "double", "boolean", "string", "binary", "date")
} | {
    "byte": "tinyint",
    "short": "smallint",
    "integer": "int",
    "long": "bigint",
    "real": "float",
    "double precision": "double",
    "bool": "boolean",
    "timestamp": "timestamp",
    "timestamp with local time zone": "timestamp",
    "timestamp_ltz": "timestamp",
    "timestamp_ntz": "timestamp_ntz",
}
VOID = "void"
"""The type of a column of files that is nothing but NULL; it has no values within other types."""
_REFUSED = {"uniontype", "interval", "interval_year_month", "interval_day_time", "variant", "geometry", "geography"}
_WORDS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\s+[A-Za-z_]+)*")
_NUMBER = re.compile(r"\s*(\d+)\s*")
_MOST_DIGITS = 38
_DEEPEST = 64


@lru_cache(maxsize=4096)
def parse(text: str) -> HiveType:
    """Read a Hive type string; raises `UnreadableTable` naming the text and the place."""
    return _Parser(text).whole()


class _Parser:
    """A recursive descent over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self) -> HiveType:
        found = self.type()
        self.spaces()
        if self.at < len(self.text):
            raise self.wrong(f"the type ends here, and {self.text[self.at :]!r} follows")
        return found

    def type(self) -> HiveType:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong(f"the type is nested more than {_DEEPEST} deep")
        self.spaces()
        start, words = self.at, self.words()
        found = self.named(words, start)
        self.depth -= 1
        return found

    def named(self, words: str, start: int) -> HiveType:
        match words:
            case "array":
                return Array(*self.arguments(1))
            case "map":
                return Map(*self.arguments(2))
            case "struct":
                return Struct(self.fields())
            case "decimal" | "numeric" | "dec":
                return self.decimal(start)
            case "char" | "varchar" | "character":
                return self.sized("varchar" if words == "varchar" else "char")
        if words in _PLAIN:
            return Plain(_PLAIN[words])
        if words == VOID and self.text.strip().lower() == VOID:
            return Plain(VOID)
        self.at = start
        if words in _REFUSED:
            raise self.wrong(f"the type {words!r} has no counterpart in Spark")
        raise self.wrong(f"{words!r} is not a type" if words else "a type is missing")

    def words(self) -> str:
        found = _WORDS.match(self.text, self.at)
        if not found:
            return ""
        self.at = found.end()
        return " ".join(found.group().lower().split())

    def spaces(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def sees(self, mark: str) -> bool:
        self.spaces()
        return self.text.startswith(mark, self.at)

    def take(self, mark: str) -> None:
        if not self.sees(mark):
            raise self.wrong(f"{mark!r} is missing")
        self.at += len(mark)

    def arguments(self, count: int) -> list[HiveType]:
        self.take("<")
        found = [self.type()]
        while len(found) < count:
            self.take(",")
            found.append(self.type())
        self.take(">")
        return found

    def fields(self) -> tuple[StructField, ...]:
        self.take("<")
        found = [] if self.sees(">") else [self.field()]
        while self.sees(","):
            self.take(",")
            found.append(self.field())
        self.take(">")
        return tuple(found)

    def field(self) -> StructField:
        name = self.quoted_name() if self.sees("`") else self.bare_name()
        self.take(":")
        return StructField(name, self.type())

    def quoted_name(self) -> str:
        found = re.compile(r"`((?:[^`]|``)*)`").match(self.text, self.at)
        if not found:
            raise self.wrong("the backquote is not closed")
        self.at = found.end()
        return found.group(1).replace("``", "`")

    def bare_name(self) -> str:
        found = re.compile(r"[^,:<>`]+").match(self.text, self.at)
        if not found or not found.group().strip():
            raise self.wrong("a field name is missing")
        self.at = found.end()
        return found.group().strip()

    def numbers(self, most: int) -> list[int]:
        self.take("(")
        found = [self.number()]
        while len(found) < most and self.sees(","):
            self.take(",")
            found.append(self.number())
        self.take(")")
        return found

    def number(self) -> int:
        found = _NUMBER.match(self.text, self.at)
        if not found:
            raise self.wrong("a number is missing")
        self.at = found.end()
        return int(found.group(1))

    def decimal(self, start: int) -> Decimal:
        precision, scale = [*(self.numbers(2) if self.sees("(") else [10]), 0][:2]
        if not 1 <= precision <= _MOST_DIGITS or scale > precision:
            self.at = start
            raise self.wrong(f"a decimal has 1 to {_MOST_DIGITS} digits, and no more of them after the point")
        return Decimal(precision, scale)

    def sized(self, name: str) -> HiveType:
        return Sized(name, self.numbers(1)[0]) if self.sees("(") else Plain("string")

    def wrong(self, why: str) -> UnreadableTable:
        return UnreadableTable(
            f"{self.text!r} is not a type that can be read: {why} (character {self.at + 1})",
            hint="types are written as in Hive, for example decimal(10,2), array<int> or struct<name:string>",
        )


# --- to Spark --------------------------------------------------------------------------------------------------------


def spark_type(text: str) -> str:
    """The type as Spark SQL writes it; `char` and `varchar` become `string`, as Spark reads them."""
    return _spark(parse(text))


def _spark(kind: HiveType) -> str:
    match kind:
        case Array(element):
            return f"ARRAY<{_spark(element)}>"
        case Map(key, value):
            return f"MAP<{_spark(key)}, {_spark(value)}>"
        case Struct(fields):
            return f"STRUCT<{', '.join(f'{_backquoted(f.name)}: {_spark(f.type)}' for f in fields)}>"
        case Sized():
            return "STRING"
        case _:
            return str(kind).upper().replace(",", ", ")


def _backquoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


# --- from Arrow ------------------------------------------------------------------------------------------------------

_ARROW: Mapping[str, str] = {
    "bool": "boolean",
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "uint8": "smallint",
    "uint16": "int",
    "uint32": "bigint",
    "uint64": "decimal(20,0)",
    "halffloat": "float",
    "float": "float",
    "double": "double",
    "string": "string",
    "large_string": "string",
    "string_view": "string",
    "binary": "binary",
    "large_binary": "binary",
    "binary_view": "binary",
    "date32[day]": "date",
    "date64[ms]": "date",
    "null": "string",
}


def from_arrow(kind: pa.DataType) -> str:
    """The Hive type that holds every value of an Arrow type; raises `UnreadableTable` where there is none.

    Unsigned integers go to the next wider type, a dictionary to the type of its values, a timestamp in nanoseconds to
    microseconds (Spark has no finer ones), a column of nothing but nulls to `string`.
    """
    return str(_from_arrow(kind))


def _from_arrow(kind: pa.DataType) -> HiveType:
    import pyarrow.types as is_

    if is_.is_dictionary(kind) or is_.is_run_end_encoded(kind):
        return _from_arrow(kind.value_type)
    if is_.is_timestamp(kind):
        return Plain("timestamp")
    if is_.is_fixed_size_binary(kind):
        return Plain("binary")
    if is_.is_decimal(kind) and kind.precision <= _MOST_DIGITS and 0 <= kind.scale <= kind.precision:
        return Decimal(kind.precision, kind.scale)
    if is_.is_struct(kind):
        return Struct(tuple(StructField(field.name, _from_arrow(field.type)) for field in kind))
    if is_.is_map(kind):
        return Map(_from_arrow(kind.key_type), _from_arrow(kind.item_type))
    if is_.is_list(kind) or is_.is_large_list(kind) or is_.is_fixed_size_list(kind):
        return Array(_from_arrow(kind.value_type))
    if str(kind) in _ARROW:
        return parse(_ARROW[str(kind)])
    raise UnreadableTable(f"the Arrow type {str(kind)!r} has no counterpart in Spark", hint="store it as another type")


# --- from Spark's own JSON -------------------------------------------------------------------------------------------

_RAW_TYPE = "__CHAR_VARCHAR_TYPE_STRING"
"""Where Spark keeps `char(3)` of a field whose type it writes as `string`."""


def from_spark_json(text: str) -> Struct:
    """A schema as Spark writes it into a table's parameters; raises `UnreadableTable` where it is none."""
    try:
        found = _from_spark(json.loads(text), 0)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableTable(
            f"the schema that Spark wrote is not sound: {type(error).__name__} in {text[:80]!r}",
            hint="create the table again from Spark",
        ) from error
    if not isinstance(found, Struct):
        raise UnreadableTable(
            f"the schema that Spark wrote is no struct: {text[:80]!r}", hint="create the table again from Spark"
        )
    return found


def _from_spark(kind: Any, depth: int) -> HiveType:
    if depth > _DEEPEST:
        raise ValueError(depth)
    if isinstance(kind, str):
        return Plain("string") if kind in ("void", "null") else parse(kind)
    match kind["type"]:
        case "struct":
            return Struct(tuple(_spark_field(one, depth + 1) for one in kind["fields"]))
        case "array":
            return Array(_from_spark(kind["elementType"], depth + 1))
        case "map":
            return Map(_from_spark(kind["keyType"], depth + 1), _from_spark(kind["valueType"], depth + 1))
        case "udt":
            return _from_spark(kind["sqlType"], depth + 1)
    raise KeyError(kind["type"])


def _spark_field(field: Any, depth: int) -> StructField:
    raw = (field.get("metadata") or {}).get(_RAW_TYPE)
    return StructField(field["name"], parse(raw) if raw else _from_spark(field["type"], depth))

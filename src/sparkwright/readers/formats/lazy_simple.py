"""LazySimpleSerDe: fields between separators, never quoted; what does not parse is NULL, short rows end in NULLs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sparkwright.domain import Reader, Table, Unreadable
from sparkwright.hive_types import Array, HiveType, Map, Plain, Sized, Struct, parse, spark_type
from sparkwright.readers.columns import literal
from sparkwright.readers.formats.hive_texts import parsed
from sparkwright.readers.formats.text_lines import LINE, line_reader, no_nested, said
from sparkwright.readers.formats.timestamp_formats import timestamp_in, understood
from sparkwright.readers.verdicts import refuse

# Code points that are no characters and stand in no text: they take the place of what is escaped while a line is split.
_ESCAPED_ESCAPE, _FIRST_ESCAPED = 0xFDD0, 0xFDD1


@dataclass(frozen=True)
class _Marks:
    """What a table is written with: the separator of each level (fields, items, keys, ...), the escape ("": none).

    Also the text for NULL, and formats of timestamps beside Hive's own.
    """

    separators: tuple[str, ...]
    escape: str
    null: str
    timestamps: tuple[str, ...] = ()

    def stands_for(self) -> tuple[tuple[str, str], ...]:
        """What is escaped and the code point that stands for it while the line is split, in order."""
        if not self.escape:
            return ()
        pairs = [(self.escape, chr(_ESCAPED_ESCAPE))]
        others = [mark for mark in self.separators if mark != self.escape]
        return (*pairs, *((mark, chr(_FIRST_ESCAPED + place)) for place, mark in enumerate(others)))


def read(table: Table) -> Reader | Unreadable:
    """How a table of LazySimpleSerDe is read."""
    marks = _marks(table)
    if isinstance(marks, Unreadable):
        return marks
    notes: tuple[str, ...] = ()
    if table.parameters.get("areColumnsQuoted", "").lower() == "true":
        notes = ("its columns are marked as quoted, and LazySimpleSerDe keeps the quotes",)
    return _fields(table, marks, notes)


def read_multi_delimit(table: Table) -> Reader | Unreadable:
    """How a table of MultiDelimitSerDe is read: one separator of several characters, no nested columns."""
    separator = said(table, "field.delim")
    if not separator or not separator.isprintable():
        return refuse(table, f"its separator is {separator!r}", "name the separator in the SerDe's field.delim")
    if said(table, "escape.delim"):
        return refuse(table, "it has an escape character, which MultiDelimitSerDe leaves out", "drop escape.delim")
    return no_nested(table, "MultiDelimitSerDe") or _fields(table, _Marks((separator,), "", _null(table)), ())


def _fields(table: Table, marks: _Marks, notes: tuple[str, ...]) -> Reader | Unreadable:
    line = LINE
    for mark, code in marks.stands_for():
        line = f"replace({line}, {literal(marks.escape + mark)}, {literal(code)})"
    fields = f"split({line}, {_pattern(marks.separators[0])}, -1)"
    values = []
    for place, column in enumerate(table.columns):
        kind = parse(column.type)
        if _depth(kind) >= len(marks.separators):
            return refuse(table, f"column {column.name!r} is nested too deep for text", "store the table as Parquet")
        values.append(_value(marks, kind, f"get({fields}, {place})", 1))
    return line_reader(table, values, notes)


# --- the marks -------------------------------------------------------------------------------------------------------

_CODES = range(128)


def _marks(table: Table) -> _Marks | Unreadable:
    own = said(table, "field.delim") or said(table, "serialization.format")
    spelled = {
        "field.delim": own or table.parameters.get("delimiter", "") or "\x01",
        "colelction.delim": said(table, "colelction.delim") or said(table, "collection.delim") or "\x02",
        "mapkey.delim": said(table, "mapkey.delim") or "\x03",
    }
    has_escape = "escape.delim" in table.storage.parameters or "escape.delim" in table.parameters
    if has_escape:
        spelled["escape.delim"] = said(table, "escape.delim") or "\\"
    characters = {name: _character(text) for name, text in spelled.items()}
    for name, character in characters.items():
        if not character or character in "\r\n":
            return refuse(
                table,
                f"its {name} is {spelled[name]!r}, of which LazySimpleSerDe takes the first byte",
                "write one ASCII character, or its number",
            )
    field, item, key = (characters[name] for name in ("field.delim", "colelction.delim", "mapkey.delim"))
    formats = tuple(one for one in said(table, "timestamp.formats").split(",") if one)
    for one in formats:
        if not understood(one):
            return refuse(table, f"its timestamps are written as {one!r}", "write them as yyyy-MM-dd HH:mm:ss")
    separators = (field, item, key, *map(chr, range(4, 9)))
    return _Marks(separators, characters.get("escape.delim", ""), _null(table), formats)


def _character(text: str) -> str:
    """The character that a property spells, as itself or as the number of a byte; empty where it is neither."""
    if re.fullmatch(r"\+?[0-9]{1,3}", text):
        return chr(int(text)) if int(text) in _CODES else ""
    return text if len(text) == 1 and text.isascii() else ""


def _null(table: Table) -> str:
    return said(table, "serialization.null.format", "\\N")


def _pattern(separator: str) -> str:
    """The separator as a regular expression, in a literal."""
    return literal("".join("\\" + c if c in "\\^$.|?*+()[]{}" else c for c in separator))


def _depth(kind: HiveType) -> int:
    match kind:
        case Array(element):
            return 1 + _depth(element)
        case Map(key, value):
            return 2 + max(_depth(key), _depth(value))
        case Struct(fields):
            return 1 + max((_depth(field.type) for field in fields), default=0)
        case _:
            return 0


# --- the values ------------------------------------------------------------------------------------------------------


def _value(marks: _Marks, kind: HiveType, text: str, level: int) -> str:
    """SQL of the value of a text, whose parts (if it has any) lie between the separators from `level` on."""
    own = f"nullif({text}, {_null_as_split(marks)})"
    match kind:
        case Array(element):
            return _array(marks, kind, element, own, level)
        case Map(key, value):
            return _map(marks, kind, key, value, own, level)
        case Struct(fields):
            return _struct(marks, kind, [field.type for field in fields], own, level)
        case Plain("timestamp") if marks.timestamps:
            return f"coalesce({', '.join(timestamp_in(one, own) for one in marks.timestamps)}, {parsed(kind, own)})"
        case Sized() | Plain("string") if marks.escape:
            return parsed(kind, _unescaped(marks, own))
        case _:
            return parsed(kind, own)


def _null_as_split(marks: _Marks) -> str:
    """The text for NULL is compared with what the file has, escapes and all."""
    text = marks.null
    for mark, code in marks.stands_for():
        text = text.replace(marks.escape + mark, code)
    return literal(text)


def _unescaped(marks: _Marks, text: str) -> str:
    r"""The text without escapes: `\n` and `\r` are line ends, before anything else an escape just goes."""
    plain = text
    for letter, meant in (("n", "\n"), ("r", "\r")):
        text = f"replace({text}, {literal(marks.escape + letter)}, {literal(meant)})"
    text = f"regexp_replace({text}, {literal(re.escape(marks.escape) + '(.)')}, '$1')"
    for mark, code in marks.stands_for():
        text = f"replace({text}, {literal(code)}, {literal(mark)})"
    touched = "".join([re.escape(marks.escape), *(code for _, code in marks.stands_for())])
    return f"CASE WHEN {plain} RLIKE {literal(f'[{touched}]')} THEN {text} ELSE {plain} END"


def _array(marks: _Marks, kind: HiveType, element: HiveType, text: str, level: int) -> str:
    each = f"a{level}"
    inner = _value(marks, element, each, level + 1)
    items = f"transform(split({text}, {_pattern(marks.separators[level])}, -1), {each} -> {inner})"
    return _unless_empty(text, items, "array()", kind)


def _map(marks: _Marks, kind: HiveType, key: HiveType, value: HiveType, text: str, level: int) -> str:
    """The first of several entries of a key holds; keys that are NULL go."""
    each = f"m{level}"
    sides = f"split({each}, {_pattern(marks.separators[level + 1])}, 2)"
    head = _value(marks, key, f"get({sides}, 0)", level + 2)
    tail = _value(marks, value, f"get({sides}, 1)", level + 2)
    entries = f"split({text}, {_pattern(marks.separators[level])}, -1)"
    pairs = f"transform({entries}, {each} -> named_struct('k', {head}, 'v', {tail}))"
    keys = f"transform({entries}, {each} -> {head})"
    firsts = f"filter({pairs}, (p{level}, i{level}) -> array_position({keys}, p{level}.k) = i{level} + 1)"
    return _unless_empty(text, f"map_from_entries({firsts})", "map()", kind)


def _struct(marks: _Marks, kind: HiveType, fields: list[HiveType], text: str, level: int) -> str:
    parts = f"split({text}, {_pattern(marks.separators[level])}, -1)"
    values = ", ".join(
        f"'f{place}', {_value(marks, field, f'get({parts}, {place})', level + 1)}" for place, field in enumerate(fields)
    )
    return f"CASE WHEN {text} IS NOT NULL THEN CAST(named_struct({values}) AS {spark_type(str(kind))}) END"


def _unless_empty(text: str, filled: str, empty: str, kind: HiveType) -> str:
    own = spark_type(str(kind))
    return f"CASE WHEN {text} = '' THEN CAST({empty} AS {own}) ELSE CAST({filled} AS {own}) END"

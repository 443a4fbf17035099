r"""OpenCSVSerde: fields in quotes where they need it, all of them texts; Athena gives them the catalog's types.

A line is split as opencsv 2.3 does (checked against it on JVM Spark): `""` and `\"` are a quote inside of quotes, an
escape before anything else goes, blanks before a quote go. Lines over which opencsv stumbles (a quote that is not
closed, text around quotes) fail the read: it drops fields of them, or leaves quotes in.
"""

from __future__ import annotations

from dataclasses import dataclass

from sparkwright.domain import Column, Reader, Table, Unreadable
from sparkwright.hive_types import Plain, Sized, parse, spark_type
from sparkwright.readers.columns import literal
from sparkwright.readers.formats.text_lines import LINE, line_reader, no_nested
from sparkwright.readers.verdicts import refuse

# Code points that are no characters and stand in no text, in the place of what would mislead the split.
_ESCAPE, _QUOTE, _SEPARATOR = "\ufdd0", "\ufdd1", "\ufdd2"
_ODD = "OpenCSVSerde: a quote is not closed in its line (a line break in quotes?), or text stands beside quotes: "


@dataclass(frozen=True)
class _Marks:
    separator: str
    quote: str
    escape: str


def read(table: Table) -> Reader | Unreadable:
    """How a table of OpenCSVSerde is read."""
    marks = _marks(table)
    if isinstance(marks, Unreadable):
        return marks
    refused = no_nested(table, "OpenCSVSerde")
    if refused:
        return refused
    width = len(table.columns)
    return line_reader(table, [_typed(one, _field(marks, place, width)) for place, one in enumerate(table.columns)])


def _marks(table: Table) -> _Marks | Unreadable:
    own = table.storage.parameters
    spelled = {
        "separatorChar": own.get("separatorChar") or ",",
        "quoteChar": own.get("quoteChar") or '"',
        "escapeChar": own.get("escapeChar") or "\\",
    }
    for name, text in spelled.items():
        if len(text) != 1:
            return refuse(
                table, f"its {name} is {text!r}, of which OpenCSVSerde takes the first character", "write one character"
            )
    separator, quote, escape = spelled.values()
    # OpenCSVSerde takes its own default, a double quote, for opencsv's, a backslash.
    escape = "\\" if escape == '"' else escape
    if len({separator, quote, escape}) < 3:
        return refuse(
            table, "separator, quote and escape of OpenCSVSerde are not three characters", "choose different ones"
        )
    return _Marks(separator, quote, escape)


def _field(marks: _Marks, place: int, width: int) -> str:
    """SQL of the text of a field; NULL where the line is too short, or empty.

    There is no lambda and no CASE around the split: only so Sail shares it among the columns.
    """
    field = f"get({_raw_fields(marks, width)}, {place})"
    quote, separator = _in_pattern(marks.quote), _in_pattern(marks.separator)
    bare = f"[^{quote}{_ESCAPE}{_QUOTE}][^{quote}]*"
    behind_blanks = f"[ \\t]+{quote}(?:[^{quote}{separator}][^{quote}]*)?{quote}"
    sound = literal(f"^(?:{bare}|{quote}[^{quote}]*{quote}|{behind_blanks}|)\\z")
    inner = f"regexp_replace({field}, {literal(f'^[ {chr(9)}]*{quote}([^{quote}]*){quote}')}, '$1')"
    meant = f"replace(replace({inner}, {literal(_QUOTE)}, {literal(marks.quote)}), {literal(_ESCAPE)}, "
    meant += f"{literal(marks.escape)})"
    odd = f"CAST(raise_error(concat({literal(_ODD)}, substring({LINE}, 1, 200))) AS STRING)"
    return f"CASE WHEN {field} RLIKE {sound} THEN {meant} WHEN {LINE} <> '' AND {field} IS NOT NULL THEN {odd} END"


def _raw_fields(marks: _Marks, width: int) -> str:
    """The fields in their outer quotes, without any inside.

    Each section in quotes gets a separator of our own behind it, as each separator outside of quotes becomes one; so
    that a section right behind another is a doubled quote, and else the separator behind a section goes.
    """
    line, mark, quote = f"nullif({LINE}, '')", marks.quote, _in_pattern(marks.quote)
    for escaped, code in ((marks.escape, _ESCAPE), (mark, _QUOTE)):
        line = f"replace({line}, {literal(marks.escape + escaped)}, {literal(code)})"
    line = f"replace({line}, {literal(marks.escape)}, '')"
    sections = literal(f"({quote}[^{quote}]*{quote})|{_in_pattern(marks.separator)}")
    parted = f"regexp_replace({line}, {sections}, {literal('$1' + _SEPARATOR)})"
    for joint, what in ((mark + _SEPARATOR + mark, _QUOTE), (mark + _SEPARATOR, mark)):
        parted = f"replace({parted}, {literal(joint)}, {literal(what)})"
    # A quote that is not closed, or with blanks before it among the first characters of a line, spoils all fields.
    count = f"(length({line}) - length(replace({line}, {literal(mark)}, ''))) % 2 = 1"
    early = literal(f"^(?:[ \\t]{{1,2}}|{_in_pattern(marks.separator)}[ \\t]){quote}")
    spoilt = f"repeat({literal(mark + _SEPARATOR)}, {width})"
    return (
        f"split(CASE WHEN {count} OR {line} RLIKE {early} THEN {spoilt} ELSE {parted} END, {literal(_SEPARATOR)}, -1)"
    )


def _in_pattern(character: str) -> str:
    return "\\" + character if character in "\\^$.|?*+()[]{}-" else character


def _typed(column: Column, text: str) -> str:
    """The text in the catalog's type: an empty one is NULL, what does not parse fails the read as in Athena."""
    kind = parse(column.type)
    if isinstance(kind, Sized) or kind == Plain("string"):
        return text
    given = f"nullif({text}, '')"
    value = f"CAST({given} AS {spark_type(column.type)})"
    match kind:
        case Plain("date"):
            return f"coalesce(date_from_unix_date(TRY_CAST({given} AS INT)), {value})"
        case Plain("timestamp" | "timestamp_ntz"):
            return f"coalesce(timestamp_millis(TRY_CAST({given} AS BIGINT)), {value})"
        case _:
            return value

r"""What Hive makes of a text for each type, as SQL: what does not parse is NULL. Checked against Hive 2.3 on JVM Spark.

Regular expressions are Java's and Rust's alike: no look-around, no possessive quantifiers, no repeated groups (Java's
stack overflows on long texts), `\z` for the end (Java's `$` lets a line terminator follow).
"""

from __future__ import annotations

from sparkwright.hive_types import Decimal, HiveType, Plain, Sized
from sparkwright.readers.columns import literal

_BLANK = "[\\x00-\\x20]*"
_DIGITS = "(?:[0-9]+[.]?[0-9]*|[.][0-9]+)"
_WHOLE = "^[+-]?[0-9]+\\z"
_WITH_POINT = "^[+-]?[0-9]+[.][0-9]*\\z"
_BARE_FRACTION = "^[+-]?[.][0-9]+\\z"
_DECIMAL = f"^[+-]?{_DIGITS}\\z"
_POWER = f"^[+-]?{_DIGITS}[eE][+-]?[0-9]{{1,2}}\\z"
_POWER_PARTS = "^([+-]?)([0-9]*)[.]?([0-9]*)[eE]([+-]?[0-9]+)\\z"
_PLAIN_FLOAT = f"^[+-]?{_DIGITS}(?:[eE][+-]?[0-9]+)?\\z"
_FLOAT = f"^{_BLANK}([+-]?(?:NaN|Infinity|{_DIGITS}(?:[eE][+-]?[0-9]+)?))[fFdD]?{_BLANK}\\z"
_DATE = "^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\\z"
_LATE_DAY = "^[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:29|30|31)\\z"
_TIMESTAMP = (
    f"^{_BLANK}([0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}) ([0-9]{{1,3}}):([0-9]{{1,3}}):([0-9]{{1,3}})"
    f"(?:[.]([0-9]{{1,9}}))?{_BLANK}\\z"
)
_BASE64 = "^[A-Za-z0-9+/]+={0,2}\\z"
_LIKE_BASE64 = "^[A-Za-z0-9+/=_\\s-]*\\z"
WHOLE_NUMBERS = ("tinyint", "smallint", "int", "bigint")


def parsed(kind: HiveType, text: str) -> str:
    """SQL of the value that LazySimpleSerDe makes of the text (SQL too, NULL where it is the text for NULL)."""
    match kind:
        case Decimal():
            return _decimal(text, str(kind))
        case Sized(name, length):
            cut = f"substring({text}, 1, {length})"
            return f"rtrim({cut})" if name == "char" else cut
        case Plain(name) if name in WHOLE_NUMBERS:
            return _whole(text, name)
        case Plain("float" | "double" as name):
            return _cases(
                f"{text} RLIKE {literal(_PLAIN_FLOAT)}",
                f"TRY_CAST({text} AS {name.upper()})",
                f"TRY_CAST({_piece(text, _FLOAT)} AS {name.upper()})",
            )
        case Plain("boolean"):
            return f"CASE lower({text}) WHEN 'true' THEN true WHEN 'false' THEN false END"
        case Plain("date"):
            return f"CASE WHEN {text} RLIKE {literal(_DATE)} THEN {_date(text)} END"
        case Plain("timestamp" | "timestamp_ntz"):
            return _timestamp(text)
        case Plain("binary"):
            return _binary(text)
        case _:
            return text


def _piece(text: str, pattern: str, group: int = 1) -> str:
    return f"regexp_extract({text}, {literal(pattern)}, {group})"


def _cases(condition: str, value: str, other: str) -> str:
    """What nearly all texts are comes first: a plain test is much cheaper than to take a text apart."""
    return f"CASE WHEN {condition} THEN {value} ELSE {other} END"


def _whole(text: str, name: str) -> str:
    """A whole number; what follows a point is dropped, `.5` is 0."""
    kind = name.upper()
    before = f"TRY_CAST(get(split({text}, '[.]', 2), 0) AS {kind})"
    return (
        f"CASE WHEN {text} RLIKE {literal(_WHOLE)} THEN TRY_CAST({text} AS {kind}) "
        f"WHEN {text} RLIKE {literal(_WITH_POINT)} THEN {before} "
        f"WHEN {text} RLIKE {literal(_BARE_FRACTION)} THEN CAST(0 AS {kind}) END"
    )


def _decimal(text: str, kind: str) -> str:
    """A decimal, rounded half up; Sail does not cast powers of ten, so the point is moved in the text."""
    zeros = "repeat('0', 100)"
    whole, power = _piece(text, _POWER_PARTS, 2), _piece(text, _POWER_PARTS, 4)
    digits = f"concat({zeros}, {whole}, {_piece(text, _POWER_PARTS, 3)}, {zeros})"
    point = f"100 + length({whole}) + TRY_CAST({power} AS INT)"
    left = f"trim(LEADING '0' FROM substring({digits}, 1, {point}))"
    right = f"trim(TRAILING '0' FROM substring({digits}, {point} + 1))"
    moved = f"concat({_piece(text, _POWER_PARTS)}, '0', {left}, '.', {right}, '0')"
    return (
        f"CASE WHEN {text} RLIKE {literal(_DECIMAL)} THEN TRY_CAST({text} AS {kind}) "
        f"WHEN {text} RLIKE {literal(_POWER)} THEN TRY_CAST({moved} AS {kind}) END"
    )


def _date(text: str) -> str:
    """A date; days that the month does not have run over into the next one, as in Java."""
    first = f"TRY_CAST(concat(substring_index({text}, '-', 2), '-1') AS DATE)"
    over = f"date_add({first}, TRY_CAST(substring_index({text}, '-', -1) AS INT) - 1)"
    return f"coalesce(TRY_CAST({text} AS DATE), CASE WHEN {text} RLIKE {literal(_LATE_DAY)} THEN {over} END)"


def _timestamp(text: str) -> str:
    """A timestamp; days, hours, minutes and seconds past their end run over, as in Java."""
    parts = [_piece(text, _TIMESTAMP, group) for group in (2, 3, 4)]
    seconds = " + ".join(
        f"TRY_CAST({part} AS BIGINT) * {worth}" for part, worth in zip(parts, (3600, 60, 1), strict=True)
    )
    micros = f"TRY_CAST(rpad(substring({_piece(text, _TIMESTAMP, 5)}, 1, 6), 6, '0') AS BIGINT)"
    days = f"CAST(unix_date({_date(_piece(text, _TIMESTAMP))}) AS BIGINT) * 86400"
    over = f"timestamp_micros(({days} + {seconds}) * 1000000 + {micros})"
    plain = f"TRY_CAST(trim({text}) AS TIMESTAMP)"
    return f"CASE WHEN {text} RLIKE {literal(_TIMESTAMP)} THEN coalesce({plain}, {over}) END"


def _binary(text: str) -> str:
    """Base64, or the bytes as they are where a character is not of its alphabet; fails where it is neither."""
    wrong = f"raise_error(concat('neither Base64 nor plain bytes in a binary column: ', {text}))"
    return (
        f"CASE WHEN {text} RLIKE {literal(_BASE64)} AND length({text}) % 4 = 0 THEN unbase64({text}) "
        f"WHEN {text} = '' OR NOT {text} RLIKE {literal(_LIKE_BASE64)} THEN CAST({text} AS BINARY) "
        f"WHEN {text} IS NOT NULL THEN CAST({wrong} AS BINARY) END"
    )

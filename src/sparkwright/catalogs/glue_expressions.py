"""What GetPartitions is asked for: a program's own filters as Glue's expression, which keeps at least what may match.

A condition is left out wherever Glue could understand it otherwise than Spark: other types than Glue documents, texts
beside numbers, letters beyond ASCII, an order among letters. Leaving one out costs pages, never rows.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from sparkwright.identifiers import is_bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sparkwright.domain import Column, Filter, Scan

LONGEST = 2048
_OPERATORS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def expression(keys: Sequence[Column], scans: Sequence[Scan]) -> str:
    """The expression that keeps every partition that some scan may need; empty where all of them may be.

    `(year = 2024 AND month IN ('01','02')) OR (year = 2025)`: the filters of one scan hold together, the scans are
    alternatives.
    """
    types = {key.name.lower(): key for key in keys}
    parts = [list(dict.fromkeys(_conditions(types, scan.filters))) for scan in scans]
    while parts and all(parts):
        text = _joined(parts)
        if len(text) <= LONGEST:
            return text
        longest = max(parts, key=lambda conditions: max(map(len, conditions)))
        longest.remove(max(longest, key=len))
    return ""


def _joined(parts: Sequence[Sequence[str]]) -> str:
    """The alternatives, each once; an alternative that another one contains is kept, it does no harm."""
    different = list(dict.fromkeys(" AND ".join(conditions) for conditions in parts))
    return different[0] if len(different) == 1 else " OR ".join(f"({one})" for one in different)


def _conditions(types: Mapping[str, Column], filters: Sequence[Filter]) -> Iterator[str]:
    for one in filters:
        key = types.get(one.column.lower())
        if key is not None and is_bare(key.name):
            condition = _condition(key, one)
            if condition:
                yield condition


def _condition(key: Column, one: Filter) -> str:
    """One comparison of a partition key, or nothing where it is in doubt."""
    write = _WRITERS.get(_kind(key))
    if write is None or not one.values:
        return ""
    literals = list(dict.fromkeys(write(value) for value in one.values))
    if "" in literals:
        return ""
    if one.op == "in":
        return _any_of(key, literals)
    if len(literals) > 1 or (one.op != "=" and not all(_is_ordered(key, literal) for literal in literals)):
        return ""
    return "" if one.op == "!=" and write is _text else f"{key.name} {_OPERATORS[one.op]} {literals[0]}"


def _is_ordered(key: Column, literal: str) -> bool:
    """Whether a value's place in the order is beyond doubt: letters have another one in some collations."""
    return _WRITERS[_kind(key)] is not _text or bool(_NUMERIC.fullmatch(literal))


def _kind(key: Column) -> str:
    return re.sub(r"\(.*", "", key.type.strip().lower())


def _any_of(key: Column, literals: Sequence[str]) -> str:
    """One of the values; where the list is too long for an expression, what lies between its ends."""
    if len(literals) == 1:
        return f"{key.name} = {literals[0]}"
    listed = f"{key.name} IN ({', '.join(literals)})"
    if len(listed) <= LONGEST:
        return listed
    if not all(_is_ordered(key, literal) for literal in literals):
        return ""
    ordered = sorted(literals, key=lambda literal: literal if literal.startswith("'") else int(literal))
    return f"{key.name} >= {ordered[0]} AND {key.name} <= {ordered[-1]}"


# --- literals, by the type of the key; empty where it is in doubt ----------------------------------------------------

_TEXT = re.compile(r"[ !#-&(-\[\]-~]*")  # printable ASCII without quotes and backslash, which parsers read differently
_NUMERIC = re.compile(r"'[0-9][0-9/:. -]*'")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.0+)?")
_INTEGER = re.compile(r"\s*\+?(\d{1,18})\s*")
_MOST = {"tinyint": 2**7, "smallint": 2**15, "int": 2**31, "integer": 2**31, "bigint": 2**63, "long": 2**63}


def _text(value: Any) -> str:
    """A text as it stands; one that begins or ends with blanks could be trimmed on its way."""
    is_plain = isinstance(value, str) and bool(_TEXT.fullmatch(value)) and value == value.strip() != ""
    return f"'{value}'" if is_plain else ""


def _integer(value: Any, most: int) -> str:
    """A whole number that the key's type can hold; negative ones are no literals in every parser."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, str):
        found = _INTEGER.fullmatch(value)
        value = int(found[1]) if found else -1
    if isinstance(value, float | Decimal):
        value = int(value) if math.isfinite(value) and value == int(value) else -1
    return str(value) if isinstance(value, int) and 0 <= value < most else ""


def _date(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"'{value.isoformat()}'"
    return f"'{value}'" if isinstance(value, str) and _DATE.fullmatch(value) and _is_date(value) else ""


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _timestamp(value: Any) -> str:
    """A moment in UTC as Glue writes it, to the second."""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return "" if moment.microsecond else f"'{moment.replace(tzinfo=None).isoformat(' ')}'"
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None or not _is_date(found[1]) or found[2] > "23:59:59":
        return ""
    return f"'{found[1]} {found[2]}'"


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(("string", "varchar", "char"), _text),
    **{kind: partial(_integer, most=most) for kind, most in _MOST.items()},
    "date": _date,
    "timestamp": _timestamp,
}

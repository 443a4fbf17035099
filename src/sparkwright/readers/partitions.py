"""Choose the partitions that a program's own filters leave; what is in doubt is kept."""

from __future__ import annotations

import operator
import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sparkwright.hive_types import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sparkwright.domain import Column, Filter, Partition, Scan


def prune(partitions: Sequence[Partition], keys: Sequence[Column], filters: Sequence[Filter]) -> tuple[Partition, ...]:
    """The partitions that may hold rows for which all filters are true; filters on other columns say nothing."""
    index = {key.name.lower(): (number, key) for number, key in enumerate(keys)}
    tests = [(*index[one.column.lower()], one) for one in filters if one.column.lower() in index]
    return tuple(
        partition
        for partition in partitions
        if all(may_hold(partition.values[number], key.type, one) for number, key, one in tests)
    )


def matched(partitions: Sequence[Partition], keys: Sequence[Column], scans: Sequence[Scan]) -> tuple[Partition, ...]:
    """The partitions that some scan leaves, in their order; all of them where no scan is known."""
    if not scans:
        return tuple(partitions)
    left = [set(map(id, prune(partitions, keys, scan.filters))) for scan in scans]
    return tuple(partition for partition in partitions if any(id(partition) in kept for kept in left))


def may_hold(stored: str | None, kind: str, one: Filter) -> bool:
    """Whether the filter can be true of the folder's value; NULL compares with nothing."""
    if stored is None:
        return False
    return any(_compare(stored, kind, one.op, value) for value in one.values)


def _compare(stored: str, kind: str, op: str, value: Any) -> bool:
    try:
        left, right = _alike(stored, kind, value)
        return bool(_OPERATORS[op](left, right))
    except (ValueError, KeyError, InvalidOperation):
        return True


def _alike(stored: str, kind: str, value: Any) -> tuple[Any, Any]:
    """Both sides as one type, as Spark would: beside a number or a date, a text becomes one."""
    read = reading_of(kind, value)
    return read(stored), read(value.isoformat() if isinstance(value, date) else str(value))


def reading_of(kind: str, value: Any) -> Callable[[str], Any]:
    """How the texts of folders are read to compare a key of that type with a filter's value."""
    if isinstance(value, bool):
        return truth
    if isinstance(value, (int, float, Decimal)):
        return number
    own = _READERS.get(re.sub(r"\(.*", "", str(parse(kind))), str)
    if isinstance(value, date):
        return moment if isinstance(value, datetime) or own is moment else day
    return own


def number(text: str) -> Decimal:
    """A number; `01` is 1."""
    return Decimal(text.strip())


def truth(text: str) -> bool:
    """A boolean."""
    return {"true": True, "false": False}[text.strip().lower()]


def moment(text: str) -> datetime:
    """A date or a time, in UTC as the session has it."""
    found = datetime.fromisoformat(text.strip())
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def day(text: str) -> date:
    """The date of a text that may have a time as well."""
    return datetime.fromisoformat(text.strip()).date()


_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint", "float", "double", "decimal"), number),
    **dict.fromkeys(("date", "timestamp", "timestamp_ntz"), moment),
    "boolean": truth,
}
_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": operator.eq,
}

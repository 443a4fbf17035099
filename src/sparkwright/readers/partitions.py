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

    from sparkwright.domain import Column, Filter, Partition


def prune(partitions: Sequence[Partition], keys: Sequence[Column], filters: Sequence[Filter]) -> tuple[Partition, ...]:
    """The partitions that may hold rows for which all filters are true; filters on other columns say nothing."""
    index = {key.name.lower(): (number, key) for number, key in enumerate(keys)}
    tests = [(*index[one.column.lower()], one) for one in filters if one.column.lower() in index]
    return tuple(
        partition
        for partition in partitions
        if all(_may_hold(partition.values[number], key.type, one) for number, key, one in tests)
    )


def _may_hold(stored: str | None, kind: str, one: Filter) -> bool:
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
    if isinstance(value, bool):
        return _truth(stored), value
    if isinstance(value, (int, float, Decimal)):
        return _number(stored), _number(str(value))
    if isinstance(value, date):
        return _moment(stored), _moment(value.isoformat())
    read = _READERS.get(re.sub(r"\(.*", "", str(parse(kind))), str)
    return read(stored), read(value)


def _number(text: str) -> Decimal:
    return Decimal(text.strip())


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text.strip().lower()]


def _moment(text: str) -> datetime:
    """A date or a time, in UTC as the session has it."""
    moment = datetime.fromisoformat(text.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint", "float", "double", "decimal"), _number),
    **dict.fromkeys(("date", "timestamp", "timestamp_ntz"), _moment),
    "boolean": _truth,
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

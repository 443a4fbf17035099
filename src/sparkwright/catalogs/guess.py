"""Guess the type of a column of texts; a guess holds for every value that was shown, or it is `string`."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_MINUTES = r"([01]\d|2[0-3]):[0-5]\d"
_SECONDS = r":[0-5]\d(\.\d{1,6})?"
_ZONE = r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
_INTEGER = r"-?(0|[1-9]\d*)"
_EXPONENT = r"([eE][+-]?\d{1,3})"
# 1E5 is a code as often as a number, and two codes (1E5, 10E4) would become one number.
_FLOAT = rf"{_INTEGER}(\.\d*{_EXPONENT}?|[eE][+-]\d{{1,3}})?|-?\.\d+{_EXPONENT}?"
_MOST_DIGITS = 800
"""No double has more digits, written out in full."""


def is_held(text: str) -> bool:
    """Whether a double holds the number to all the digits that are written: written as long, it is the same again."""
    number = float(text)
    if repr(number) == text:
        return True
    if not math.isfinite(number):
        return False
    if number == 0:
        return not re.search("[1-9]", re.split("[eE]", text)[0])
    written = Decimal(text)
    digits = len(written.as_tuple().digits)
    return digits <= _MOST_DIGITS and Decimal(format(number, f".{digits - 1}e")) == written


def are_held(numbers: pa.Array) -> bool:
    """Whether `is_held` is true of each; those that Arrow writes again as they stand are not looked at one by one."""
    doubtful = pc.or_(pc.greater(pc.utf8_length(numbers), 15), pc.match_substring_regex(numbers, "[eE]"))
    numbers = pc.filter(numbers, doubtful)
    try:
        again = pc.cast(pc.cast(numbers, pa.float64()), pa.string())
    except pa.ArrowInvalid:  # a form that Arrow does not read, such as 1.e5
        return all(map(is_held, numbers.to_pylist()))
    return all(map(is_held, pc.filter(numbers, pc.not_equal(numbers, again)).to_pylist()))


def _matches(values: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, rf"^(?:{pattern})$")).as_py())


def _is_boolean(values: pa.Array) -> bool:
    return _matches(values, "(?i)true|false")


def _is_bigint(values: pa.Array) -> bool:
    if not _matches(values, _INTEGER):
        return False
    try:
        pc.cast(values, pa.int64())
    except pa.ArrowInvalid:
        return False
    return True


def _is_long_integer(values: pa.Array) -> bool:
    return _matches(values, r"-?(0|[1-9]\d{0,37})")


def _is_double(values: pa.Array) -> bool:
    """Numbers that a double holds to all of their digits; only long ones and those with an exponent may not be."""
    if not _matches(values, rf"{_FLOAT}|NaN|-?Infinity"):
        return False
    return are_held(pc.filter(values, pc.invert(pc.match_substring_regex(values, "[Ny]"))))


def _are_short(whole: pa.Array) -> bool:
    """Whether whole numbers have so few digits that a double holds each of them exactly."""
    return (pc.max(pc.utf8_length(whole)).as_py() or 0) <= 15


def _is_date(values: pa.Array) -> bool:
    return _matches(values, _DATE) and _has_dates(values)


def _is_zoned(values: pa.Array) -> bool:
    return _matches(values, rf"{_DATE}[T ]{_MINUTES}{_SECONDS}{_ZONE}") and _has_dates(values)


def _is_unzoned(values: pa.Array) -> bool:
    return _matches(values, rf"{_DATE}[T ]{_MINUTES}({_SECONDS})?") and _has_dates(values)


def _has_dates(values: pa.Array) -> bool:
    """Whether the first ten characters are days of the calendar; 30 February is none, nor is the year 0."""
    days = pc.utf8_slice_codeunits(values, 0, 10)
    if pc.any(pc.starts_with(days, "0000")).as_py():
        return False
    try:
        pc.cast(days, pa.date32())
    except pa.ArrowInvalid:
        return False
    return True


# In the order of preference: what is a bigint is a double too.
_KINDS: Mapping[str, tuple[str, Callable[[pa.Array], bool]]] = {
    "boolean": ("boolean", _is_boolean),
    "bigint": ("bigint", _is_bigint),
    "long": ("decimal(38,0)", _is_long_integer),
    "double": ("double", _is_double),
    "date": ("date", _is_date),
    "zoned": ("timestamp", _is_zoned),
    "unzoned": ("timestamp", _is_unzoned),
}


class Guess:
    """What a column's type can still be after the batches shown to it."""

    def __init__(self) -> None:
        self.possible = list(_KINDS)
        self.seen = False

    def show(self, values: pa.Array | pa.ChunkedArray) -> None:
        """Look at one more batch of texts; nulls say nothing."""
        distinct = pc.unique(values).drop_null()
        if not len(distinct):
            return
        self.seen = True
        if "bigint" in self.possible and _is_bigint(
            distinct
        ):  # by far the most frequent kind, and others follow from it
            also = ("bigint", "long", "double") if _are_short(distinct) else ("bigint", "long")
            self.possible = [kind for kind in self.possible if kind in also]
        else:
            others = (kind for kind in self.possible if kind != "bigint")
            self.possible = [kind for kind in others if _KINDS[kind][1](distinct)]

    @property
    def type(self) -> str:
        """The Hive type that holds for everything shown."""
        return _KINDS[self.possible[0]][0] if self.seen and self.possible else "string"


def guess(values: pa.Array | pa.ChunkedArray) -> str:
    """The Hive type of one array of texts."""
    one = Guess()
    one.show(values)
    return one.type

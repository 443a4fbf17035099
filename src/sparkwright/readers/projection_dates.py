"""Dates of a partition projection: Java's date patterns, `NOW-3YEARS`, and steps of an interval, all in UTC."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_FIELDS = {"y": "year", "u": "year", "M": "month", "d": "day", "H": "hour", "m": "minute", "s": "second"}
_ORDER = ("year", "month", "day", "hour", "minute", "second")
_LEAST = {"year": 1, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}
_PIECE = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|([^A-Za-z'\[\]{}#]+)")
_HINTS = {"Y": "yyyy", "D": "dd", "h": "HH", "S": "seconds at the finest"}


@dataclass(frozen=True)
class _Token:
    """A literal text (`name` is empty), or a field with its width; width 0 is as many digits as it takes."""

    name: str
    text: str = ""
    width: int = 0


@dataclass(frozen=True)
class DatePattern:
    """A pattern of Java's DateTimeFormatter made of numbers: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss` and literals."""

    tokens: tuple[_Token, ...]

    @classmethod
    def parse(cls, pattern: str) -> DatePattern:
        """Read a pattern; raises `ValueError` naming what is not understood."""
        tokens, at = [], 0
        while at < len(pattern):
            found = _PIECE.match(pattern, at)
            if not found:
                raise ValueError(f"{pattern[at:]!r} is not understood")
            tokens.append(_token(found))
            at = found.end()
        made = cls(tuple(tokens))
        made._check()
        return made

    def _check(self) -> None:
        names = {token.name for token in self.tokens if token.name}
        if names != set(_ORDER[: len(names)]) or not names:
            raise ValueError("it names no full date: a year, then a month, then a day, and so on")
        for one, after in zip(self.tokens, self.tokens[1:], strict=False):
            if one.name and after.name and 0 in (one.width, after.width):
                raise ValueError("a field of one letter stands beside another field")

    @property
    def finest(self) -> str:
        """The smallest unit that the pattern spells."""
        return next(name for name in reversed(_ORDER) if any(token.name == name for token in self.tokens))

    @property
    def is_in_order(self) -> bool:
        """Whether its texts sort as its dates do."""
        names = [token.name for token in self.tokens if token.name]
        return names == sorted(names, key=_ORDER.index) and all(token.width or not token.name for token in self.tokens)

    @property
    def is_number(self) -> bool:
        """Whether its texts are digits and nothing else."""
        return all(token.name for token in self.tokens)

    def write(self, moment: datetime) -> str:
        """The text of a moment."""
        return "".join(
            str(getattr(moment, token.name)).zfill(token.width) if token.name else token.text for token in self.tokens
        )

    def read(self, text: str) -> datetime:
        """The moment of a text, at its beginning; raises `ValueError`."""
        pieces = (
            (rf"(\d{{{token.width}}})" if token.width else r"(\d{1,2})") if token.name else re.escape(token.text)
            for token in self.tokens
        )
        found = re.fullmatch("".join(pieces), text, re.ASCII)
        if not found:
            raise ValueError(f"{text!r} does not fit the format")
        values = dict(_LEAST)
        for token, digits in zip((token for token in self.tokens if token.name), found.groups(), strict=True):
            values[token.name] = int(digits)
        moment = datetime(**values)  # type: ignore[arg-type]  # the fields of a date, by name
        if self.write(moment) != text and all(token.width for token in self.tokens if token.name):
            raise ValueError(f"{text!r} says one field twice, and not alike")
        return moment


def _token(found: re.Match[str]) -> _Token:
    text = found.group()
    if found.group(3):
        return _Token("", text)
    if text.startswith("'"):
        return _Token("", found.group(1).replace("''", "'") or "'")
    letter, name = text[0], _FIELDS.get(text[0])
    if name is None or len(text) > (4 if name == "year" else 2) or (name == "year" and len(text) != 4):
        hint = f" (did it mean {_HINTS[letter]}?)" if letter in _HINTS else ""
        raise ValueError(f"{text!r} is not understood{hint}")
    return _Token(name, width=0 if len(text) == 1 else len(text))


# --- relative bounds -------------------------------------------------------------------------------------------------

_NOW = re.compile(
    r"\s*NOW\s*(?:([+-])\s*(\d+)\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?\s*)?", re.IGNORECASE | re.ASCII
)
SECONDS = {"SECONDS": 1, "MINUTES": 60, "HOURS": 3600, "DAYS": 86_400, "WEEKS": 604_800}
MONTHS = {"MONTHS": 1, "YEARS": 12}


def bound(text: str, pattern: DatePattern, now: datetime) -> datetime:
    """One end of a range, cut to what the pattern spells: `NOW`, `NOW-3YEARS`, or a text of the pattern."""
    found = _NOW.fullmatch(text)
    if not found:
        return pattern.read(text if _fits(pattern, text) else text.strip())
    moment = now.replace(tzinfo=None, microsecond=0)
    if found.group(1):
        count = int(found.group(1) + found.group(2))
        moment = later(moment, count, found.group(3).upper() + "S")
    return pattern.read(pattern.write(moment))


def _fits(pattern: DatePattern, text: str) -> bool:
    try:
        pattern.read(text)
    except ValueError:
        return False
    return True


def later(moment: datetime, count: int, unit: str) -> datetime:
    """The moment so many units later; months and years end at the end of the month, as in Java."""
    try:
        if unit in SECONDS:
            return moment + timedelta(seconds=count * SECONDS[unit])
        months = moment.year * 12 + moment.month - 1 + count * MONTHS[unit]
        year, month = divmod(months, 12)
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day)
    except (OverflowError, ValueError, calendar.IllegalMonthError) as error:
        raise ValueError("the date is out of the calendar") from error


def steps(left: datetime, right: datetime, count: int, unit: str) -> int:
    """How many values lie from left to right, both with them."""
    if unit in SECONDS:
        return (right - left) // timedelta(seconds=count * SECONDS[unit]) + 1
    months = (right.year - left.year) * 12 + right.month - left.month
    if later(left, months, "MONTHS") > right:
        months -= 1
    return months // (count * MONTHS[unit]) + 1

"""Timestamps in formats of the table's own (`timestamp.formats`, as Joda writes them), as SQL."""

from __future__ import annotations

import re

from sparkwright.readers.columns import literal

_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|(.)", re.DOTALL)
_LENGTHS = {"y": (4,), "M": (1, 2), "d": (1, 2), "H": (1, 2), "m": (1, 2), "s": (1, 2), "S": range(1, 10)}
_MISSING = {"y": "1970", "M": "01", "d": "01", "H": "00", "m": "00", "s": "00", "S": "0"}
_MILLIS = "^-?[0-9]{1,15}\\z"


def understood(pattern: str) -> bool:
    """Whether each letter of the format has a counterpart."""
    return pattern == "millis" or all(
        len(found.group()) in _LENGTHS.get(found.group(2), ()) for found in _TOKEN.finditer(pattern) if found.group(2)
    )


def timestamp_in(pattern: str, text: str) -> str:
    """SQL of the timestamp that a text in the format spells; NULL where it is not in it."""
    if pattern == "millis":
        return (
            f"CASE WHEN {text} RLIKE {literal(_MILLIS)} "
            f"THEN timestamp_millis(TRY_CAST(regexp_extract({text}, {literal(_MILLIS)}, 0) AS BIGINT)) END"
        )
    expression, groups = "", dict[str, str]()
    for found in _TOKEN.finditer(pattern):
        quoted, letter, other = found.groups()
        if letter:
            digits = "{4}" if letter == "y" else f"{{1,{max(len(found.group()), 2 if letter != 'S' else 1)}}}"
            groups.setdefault(letter, f"${len(groups) + 1}")
            expression += f"([0-9]{digits})"
        else:
            expression += re.escape(other if quoted is None else quoted.replace("''", "'") or "'")
    y, month, d, h, m, s, fraction = (groups.get(letter, missing) for letter, missing in _MISSING.items())
    spelled = literal(f"{y}-{month}-{d} {h}:{m}:{s}.{fraction}")
    whole = literal(f"^{expression}\\z")
    return f"CASE WHEN {text} RLIKE {whole} THEN TRY_CAST(regexp_replace({text}, {whole}, {spelled}) AS TIMESTAMP) END"

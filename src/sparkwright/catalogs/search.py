"""Find tables by words: ranked for a search, nearest for a name that is not there."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sparkwright.errors import TableNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sparkwright.domain import Table, TableName

_WORD = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("oxes", "ox"), ("s", ""))
_VERBAL = ("ing", "ed")
_STOP = frozenset(
    ("a", "an", "the", "of", "in", "on", "at", "by", "for", "to", "from", "and", "or", "is", "are", "was")
)
_NAME, _COLUMN, _COMMENT = 6.0, 3.0, 2.0
NEAR = 4
"""Letters that two words must share at their beginning to be alike."""


@lru_cache(maxsize=1 << 14)
def stems(text: str) -> tuple[str, ...]:
    """The words of a text or an identifier in lower case, without plural and verbal endings or words like `the`."""
    words = (word.lower() for word in _WORD.findall(text))
    return tuple(stem(word) for word in words if word not in _STOP)


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """One word without its plural or verbal ending: `airlines` and `airline` are one, so are `delayed` and `delay`."""
    for ending, instead in _ENDINGS:
        if (
            word.endswith(ending)
            and len(word) - len(ending) + len(instead) >= 3
            and not word.endswith(("ss", "us", "is"))
        ):
            word = word[: -len(ending)] + instead
            break
    for ending in _VERBAL:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def rank(words: str, tables: Iterable[Table], limit: int) -> tuple[TableName, ...]:
    """The tables that share words with the text, best first; ties in the order of names."""
    wanted = frozenset(stems(words))
    scored = [(_score(wanted, weights(table)), table.name) for table in tables]
    return tuple(name for score, name in sorted(scored, key=lambda one: (-one[0], one[1])) if score > 0)[:limit]


def _score(wanted: Iterable[str], words: Mapping[str, float]) -> float:
    """Each wanted word counts once; `TableCache.best` counts as this does, in SQL."""
    return sum(_best(words, word) for word in wanted)


def weights(table: Table) -> Mapping[str, float]:
    """The words of a table, each where it weighs most; a column's word weighs less than the table's own name."""
    found: dict[str, float] = {}
    _weigh(found, table.comment, _COMMENT)
    for column in table.all_columns:
        _weigh(found, column.comment, _COMMENT / 2)
        _weigh(found, column.name, _COLUMN)
    _weigh(found, table.name.name, _NAME)
    _weigh(found, table.name.database, _COMMENT / 2)
    return found


def _weigh(weights: dict[str, float], text: str, weight: float) -> None:
    for word in stems(text):
        weights[word] = max(weight, weights.get(word, 0.0))


def _best(weights: Mapping[str, float], word: str) -> float:
    """The weight of the word, or half of it for a word that only begins alike (`dest` and `destination`)."""
    if word in weights:
        return weights[word]
    near = (
        weight
        for other, weight in weights.items()
        if min(len(word), len(other)) >= NEAR and (other.startswith(word) or word.startswith(other))
    )
    return max(near, default=0.0) / 2


def table_not_found(name: TableName, known: Sequence[TableName]) -> TableNotFound:
    """The error for a table that is not there, with the nearest names."""
    names = {other.name.lower(): other.name for other in known}
    near = difflib.get_close_matches(name.name.lower(), list(names), n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(names[one] for one in near)}?" if near else some(sorted(names.values()))
    return TableNotFound(f"there is no table {str(name)!r}", hint=hint)


def some(names: Sequence[str]) -> str:
    """A few of the names, for a hint."""
    if not names:
        return "there are no tables at all"
    return f"there are {', '.join(names[:10])}" + (", ..." if len(names) > 10 else "")

"""Which columns hold a text: an index over the values that the profiles know."""

from __future__ import annotations

import re
from collections import defaultdict
from types import MappingProxyType

from sparkwright.generators.offline.plan import ColumnRef
from sparkwright.generators.offline.schema import Schema
from sparkwright.generators.offline.spans import ValueLink
from sparkwright.generators.offline.words import lemma

_SPACE = re.compile(r"\s+")
_EDGE = re.compile(r"^[\s\"'“”‘’.,;:!?()]+|[\s\"'“”‘’,;:!?()]+$")

# What people say for codes, in columns whose name says one of the words.
_CODED = MappingProxyType(
    {
        "female": ("f", "female", "woman"), "male": ("m", "male", "man"), "woman": ("f", "female", "woman"),
        "man": ("m", "male", "man"), "girl": ("f", "female", "girl"), "boy": ("m", "male", "boy"),
        "females": ("f", "female"), "males": ("m", "male"),
    }
)  # fmt: skip
_GENDERS = frozenset({"sex", "gender"})
_CORPORATE = frozenset(
    [
        "inc",
        "co",
        "corp",
        "ltd",
        "llc",
        "company",
        "corporation",
        "incorporated",
        "limited",
        "plc",
        "gmbh",
        "sa",
        "ag",
        "airlines",
        "airline",
        "airways",
        "air",
        "lines",
        "line",
        "group",
        "department",
        "dept",
        "university",
        "college",
        "of",
        "and",
        "the",
        "&",
    ]
)


def normal(text: str) -> str:
    """Text as values are compared: lower case, single spaces, no quotes or marks around it."""
    return _EDGE.sub("", _SPACE.sub(" ", text.lower()))


class Values:
    """From a normal text to the columns and stored values that it stands for."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._exact: dict[str, list[ValueLink]] = defaultdict(list)
        self._short: dict[str, list[ValueLink]] = defaultdict(list)
        self.longest = 1
        for ref in schema.columns():
            self._index(ref)

    def _index(self, ref: ColumnRef) -> None:
        profile = self._schema.column(ref).profile
        if profile is None or not self._schema.is_text(ref):
            return
        for value in profile.values:
            key = normal(value)
            if not key or len(key) > 80:
                continue
            self._exact[key].append(ValueLink(ref, value, 1.0))
            self.longest = max(self.longest, min(10, key.count(" ") + key.count("-") + 1))
        if ref in self._schema.labels(ref.table):
            self._index_short_names(ref, profile.values)

    def _index_short_names(self, ref: ColumnRef, values: tuple[str, ...]) -> None:
        """Names without what companies and institutions put behind them: `United` for `United Air Lines Inc.`."""
        short: dict[str, set[str]] = defaultdict(set)
        for value in values:
            words = [word.rstrip(".,") for word in value.lower().split()]
            while len(words) > 1 and words[-1] in _CORPORATE:
                words = words[:-1]
                short[" ".join(words)].add(value)
        for key, full in short.items():
            if len(full) == 1 and len(key) > 2:
                self._short[key].append(ValueLink(ref, next(iter(full)), 0.7))

    def find(self, text: str) -> tuple[ValueLink, ...]:
        """The values that a text stands for, however it is written."""
        key = normal(text)
        found = self._exact.get(key) or self._exact.get(lemma(key)) or ()
        if found:
            same = [link for link in found if link.value == text]
            return (
                tuple(same)
                if same and len({link.column for link in same}) == len({link.column for link in found})
                else tuple(found)
            )
        return self._coded(key) or tuple(self._short.get(key, ()))

    def _coded(self, key: str) -> tuple[ValueLink, ...]:
        """Codes of a gender column that the word stands for."""
        links = (link for code in _CODED.get(key, ()) for link in self._exact.get(code, ()))
        return tuple(link for link in links if _GENDERS & set(self._schema.words(link.column)))

    def in_column(self, ref: ColumnRef, text: str) -> tuple[str, ...]:
        """The stored values of one column that a text stands for."""
        return tuple(link.value for link in self.find(text) if link.column == ref)

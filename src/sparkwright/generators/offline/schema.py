"""The tables as the parser sees them: words that name them, kinds of columns, labels, keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from sparkwright.domain import Column, Table
from sparkwright.generators.offline.english import LABELS, SYNONYMS
from sparkwright.generators.offline.keys import KeyGraph, identifier
from sparkwright.generators.offline.plan import ColumnRef
from sparkwright.generators.offline.words import lemma, split_name

Words = tuple[str, ...]

_INTEGER = ("tinyint", "smallint", "int", "integer", "bigint", "long", "short", "byte")
_NUMERIC = (*_INTEGER, "float", "double", "real", "decimal", "numeric")
_GENERIC = frozenset(
    [
        "id",
        "code",
        "name",
        "number",
        "type",
        "date",
        "of",
        "in",
        "the",
        "and",
        "key",
        "value",
        "text",
        "line",
        "flag",
        "status",
        "count",
        "total",
        "first",
        "last",
        "f",
        "no",
        "to",
        "for",
        "by",
        "day",
        "time",
        "is",
        "has",
        "start",
        "end",
        "from",
        "year",
        "detail",
        "description",
        "title",
        "amount",
        "other",
    ]
)
_TABLE_NOISE = frozenset({"reference", "tbl", "table", "dim", "fact", "tb", "v", "stg"})
_COMMENT_HEAD = re.compile(r"[.,;:(\[]| in | of the | as ")
_MISSING = re.compile(
    r"\b(?:null|empty|missing|blank|none)\b\s*(?:if|when|for|where|means|:|=|→|-)+\s*([^.;)]*)", re.IGNORECASE
)


def _alternatives() -> dict[Words, set[Words]]:
    found: dict[Words, set[Words]] = defaultdict(set)
    for group in SYNONYMS:
        entries = [tuple(lemma(w) for w in entry.split()) for entry in group]
        for entry in entries:
            found[entry].update(other for other in entries if other != entry)
    return found


_ALTERNATIVES = _alternatives()


def spoken(word: str) -> tuple[str, ...]:
    """The words that a word may stand for: departure for left."""
    return tuple(other for entry in _ALTERNATIVES.get((word,), ()) for other in entry)


class Schema:
    """An index over tables: built once, asked by every question about them."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = {str(table.name): table for table in tables}
        self.keys = KeyGraph(tuple(self.tables.values()))
        self.table_words = {name: split_name(table.name.name) for name, table in self.tables.items()}
        self.phrases: dict[Words, dict[str | ColumnRef, float]] = defaultdict(dict)
        self._words: dict[ColumnRef, Words] = {}
        for name in self.tables:
            self._index_table(name)
        for ref in self.columns():
            self._index_column(ref)
        self.longest = max((len(words) for words in self.phrases), default=0)

    # --- columns -----------------------------------------------------------------------------------------------------

    def columns(self, table: str | None = None) -> Iterator[ColumnRef]:
        """References to all columns, or to those of one table."""
        for name in self.tables if table is None else (table,):
            for column in self.tables[name].all_columns:
                yield ColumnRef(name, column.name)

    def column(self, ref: ColumnRef) -> Column:
        """The column that a reference stands for."""
        column = self.tables[ref.table].column(ref.name)
        assert column is not None, ref
        return column

    def base_type(self, ref: ColumnRef) -> str:
        """The column's type without its parameters."""
        return re.split(r"[(<]", self.column(ref).type.strip().lower())[0]

    def is_numeric(self, ref: ColumnRef) -> bool:
        """Whether the column holds numbers."""
        return self.base_type(ref) in _NUMERIC

    def is_integer(self, ref: ColumnRef) -> bool:
        """Whether the column holds whole numbers."""
        return self.base_type(ref) in _INTEGER

    def is_temporal(self, ref: ColumnRef) -> bool:
        """Whether the column holds dates or timestamps."""
        return self.base_type(ref) in ("date", "timestamp", "timestamp_ntz", "timestamp_ltz")

    def is_text(self, ref: ColumnRef) -> bool:
        """Whether the column holds text."""
        return self.base_type(ref) in ("string", "varchar", "char")

    def is_of_one_year(self, ref: ColumnRef) -> bool:
        """Whether all dates of the column are known to lie in one year."""
        profile = self.column(ref).profile
        if profile is None:
            return False
        ends = (profile.minimum, profile.maximum) if profile.minimum and profile.maximum else profile.values
        complete = bool(profile.minimum and profile.maximum) or profile.complete
        return complete and len({value[:4] for value in ends}) == 1

    def is_numeric_text(self, ref: ColumnRef) -> bool:
        """Whether the column holds text, and all of the text that was seen is numbers."""
        profile = self.column(ref).profile
        if not self.is_text(ref) or profile is None or not profile.values:
            return False
        return all(re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", value) for value in profile.values[:200] if value)

    def is_date_text(self, ref: ColumnRef) -> bool:
        """Whether the column holds text, and what was seen of it is ISO dates."""
        profile = self.column(ref).profile
        values = [value for value in profile.values[:20] if value] if profile else []
        return self.is_text(ref) and bool(values) and all(re.match(r"\d{4}-\d{2}-\d{2}", value) for value in values)

    def is_key(self, ref: ColumnRef) -> bool:
        """Whether the column is (part of) a key, or named like one: not something to average."""
        table = self.tables[ref.table]
        return ref.name in table.primary_key or self.keys.is_foreign(ref) or identifier(ref.name)

    def is_unique(self, ref: ColumnRef) -> bool:
        """Whether no two rows of its table share a value, as far as is known."""
        table = self.tables[ref.table]
        profile = self.column(ref).profile
        return table.primary_key == (ref.name,) or bool(profile and profile.is_unique)

    def words(self, ref: ColumnRef) -> Words:
        """The lemmas of the column's name; an abbreviation is spelt out unless the comment says something else."""
        known = self._words.get(ref)
        if known is None:
            known = self._words[ref] = self._spelt(ref)
        return known

    def _spelt(self, ref: ColumnRef) -> Words:
        full = tuple(word for word in split_name(ref.name) if word != "of") or split_name(ref.name)
        comment = set(self.comment_words(ref))
        plain = tuple(lemma(part) for part in re.split(r"[^\w#%]+|_+", ref.name) if part and part.lower() != "of")
        if not comment or len(plain) != len(full):
            return full
        return tuple(long if long in comment else short for long, short in zip(full, plain, strict=True))

    def comment_words(self, ref: ColumnRef) -> Words:
        """The lemmas of the column's comment."""
        return tuple(lemma(word) for word in re.findall(r"\w+", self.column(ref).comment))

    # --- labels ------------------------------------------------------------------------------------------------------

    def labels(self, table: str) -> tuple[ColumnRef, ...]:
        """What a person calls a row of the table by: its name, or first and last name; empty where there is none."""
        texts = [ref for ref in self.columns(table) if self.is_text(ref)]
        split = {ref: self.words(ref) for ref in texts}
        own = set(self.table_words[table])
        exact = [
            ref for ref in texts if len(rest := [w for w in split[ref] if w not in own]) == 1 and rest[0] in LABELS
        ]
        if exact:
            return (exact[0],)
        people = [ref for ref in texts if split[ref][-2:] in (("first", "name"), ("last", "name"))]
        if len(people) == 2:
            return tuple(people)
        same = [ref for ref in texts if split[ref] == self.table_words[table]]
        if same:
            return (same[0],)
        ending = [
            ref for ref in texts if split[ref][-1:] in {(label,) for label in LABELS} and not self.keys.is_foreign(ref)
        ]
        if len(ending) == 1:
            return (ending[0],)
        details = [ref for ref in texts if [w for w in split[ref] if w not in own] in (["detail"], ["description"])]
        return (details[0],) if details else ()

    def identity(self, table: str) -> tuple[ColumnRef, ...]:
        """The columns that tell the rows of the table apart; empty where that is not known."""
        return tuple(ColumnRef(table, name) for name in self.keys.primary(table))

    @cached_property
    def missing_terms(self) -> dict[str, list[ColumnRef]]:
        """Words that a comment gives to rows that have no value in a column, as in "NULL if cancelled"."""
        found: dict[str, list[ColumnRef]] = defaultdict(list)
        for ref in self.columns():
            for match in _MISSING.finditer(self.column(ref).comment):
                for word in re.findall(r"[a-z]{3,}ed\b", match.group(1).lower()):
                    found[word.replace("ll", "l")].append(ref)
        return found

    # --- the index of phrases ----------------------------------------------------------------------------------------

    def _add(self, words: Words, target: str | ColumnRef, score: float) -> None:
        if not words:
            return
        for alternative, factor in _variants(words):
            known = self.phrases[alternative]
            known[target] = max(known.get(target, 0.0), score * factor)

    def _index_table(self, name: str) -> None:
        words = self.table_words[name]
        core = tuple(word for word in words if word not in _TABLE_NOISE) or words
        self._add(words, name, 1.0)
        self._add(core, name, 1.0)
        for start in range(1, len(core)):
            self._add(core[start:], name, 0.5 + 0.3 * (len(core) - start) / len(core))
        for end in range(1, len(core)):
            if not set(core[:end]) <= _GENERIC:
                self._add(core[:end], name, 0.35 + 0.2 * end / len(core))

    def _index_column(self, ref: ColumnRef) -> None:
        words, own = self.words(ref), self.table_words[ref.table]
        core = tuple(word for word in own if word not in _TABLE_NOISE) or own
        self._add(words, ref, 1.0)
        raw = tuple(lemma(part) for part in re.split(r"[^\w#%]+|_+", ref.name) if part)
        self._add(raw, ref, 1.0)
        rest = words
        while len(rest) > 1 and rest[0] in core:
            rest = rest[1:]
            self._add(rest, ref, 0.96)
        for subject in {core, core[-1:]}:
            if rest != core:
                self._add(subject + rest, ref, 1.02)
        if len(words) == 2 and words[0] not in ("first", "last", *core) and words[1] not in ("number", "count"):
            self._add((words[1], words[0]), ref, 0.85)
        self._index_parts(ref, words)
        self._index_comment(ref)

    def _index_parts(self, ref: ColumnRef, words: Words) -> None:
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                part = words[start:end]
                if len(part) == len(words) or (set(part) <= _GENERIC and end < len(words)):
                    continue
                closeness = 0.1 if end == len(words) else 0.0
                generic = 0.2 if set(part) <= _GENERIC else 0.0
                self._add(part, ref, 0.5 + 0.3 * len(part) / len(words) + closeness - generic)

    def _index_comment(self, ref: ColumnRef) -> None:
        head = _COMMENT_HEAD.split(self.column(ref).comment.strip(), maxsplit=1)[0]
        if len(head.split()) > 6:
            return
        self._add(_plain(head), ref, 0.9)
        kind, _, subject = head.partition(" of ")
        if subject and len(kind.split()) == 1:
            self._add(_plain(subject) + _plain(kind), ref, 0.9)
        words = _plain(head.split(" of ", 1)[0])
        tables = {word for names in self.table_words.values() for word in names}
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                part = words[start:end]
                if not set(part) <= _GENERIC | tables or (len(part) > 1 and not set(part) <= _GENERIC):
                    self._add(part, ref, 0.35 + 0.3 * len(part) / len(words))


def _plain(text: str) -> Words:
    """The lemmas of a piece of a comment."""
    words = (lemma(word) for word in re.findall(r"[A-Za-z]\w*", text))
    return tuple(word for word in words if word not in ("the", "a", "an", "of"))


def _variants(words: Words) -> Iterator[tuple[Words, float]]:
    """The words themselves, and with one piece replaced by a synonym."""
    yield words, 1.0
    if len(words) > 4:
        return
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            for other in _ALTERNATIVES.get(words[start:end], ()):
                yield words[:start] + other + words[end:], 0.8

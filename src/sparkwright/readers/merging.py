"""One set of columns over some files of a table: what they agree on, what is said where they do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sparkwright.domain import Column, Evidence
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import Array, HiveType, Map, Plain, Struct, StructField, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TWO_SPELLINGS = "column names that files spell in two ways"
WIDER = "files whose numbers differ in width"
_WIDTHS = (("tinyint", "smallint", "int", "bigint"), ("float", "double"))


class Differ(Exception):
    """Two types that no single one can stand for."""


@dataclass(frozen=True)
class FileColumns:
    """The columns of one file, partition keys among them, with their Hive types.

    `forms` are for each column the file's own types, by the path to them within the column.
    """

    location: str
    columns: tuple[Column, ...]
    forms: tuple[Mapping[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return self.location.rsplit("/", 1)[-1]


@dataclass
class _Merged:
    """A column as far as it was seen."""

    names: list[str]
    type: HiveType
    first: FileColumns
    forms: dict[str, str] = field(default_factory=dict)
    features: set[str] = field(default_factory=set)

    def see(self, column: Column, form: Mapping[str, str], file: FileColumns, form_feature: str) -> None:
        """Take in the column of one more file; raises `UnreadableTable` where it is of another type."""
        kind = parse(column.type)
        if column.name not in self.names:
            self.names.append(column.name)
            self.features.add(TWO_SPELLINGS)
        try:
            wider = unite(self.type, kind)
        except Differ as error:
            raise UnreadableTable(
                f"column {column.name!r} is {self.type} in the file {self.first.name!r} and {kind} in {file.name!r}",
                hint="write the files again with one type",
            ) from error
        if numbers_differ(self.type, kind):
            self.features.add(WIDER)
        elif form_feature and any(self.forms.setdefault(path, own) != own for path, own in form.items()):
            self.features.add(form_feature)
        self.type = wider


def merge(files: Iterable[FileColumns], keys: Sequence[Column], *, form_feature: str = "") -> Evidence:
    """The columns of the files taken together, without the partition keys; `refusal` where they do not agree.

    `form_feature` is what an engine must know where types agree and the files' own forms of them do not.
    """
    merged: dict[str, _Merged] = {}
    left_out = {key.name.lower() for key in keys}
    try:
        for file in files:
            forms = file.forms or tuple({} for _ in file.columns)
            for column, form in zip(file.columns, forms, strict=True):
                name = column.name.lower()
                if name not in left_out:
                    known = merged.setdefault(name, _Merged([column.name], parse(column.type), file))
                    known.see(column, form, file, form_feature)
    except UnreadableTable as error:
        return Evidence(refusal=error.message, remedy=error.hint)
    columns = tuple(Column(one.names[0], str(one.type)) for one in merged.values())
    return Evidence(columns=columns, features=tuple(sorted(set().union(*(one.features for one in merged.values())))))


def unite(one: HiveType, other: HiveType) -> HiveType:
    """The type that holds the values of both; raises `Differ` where there is none that engines read."""
    match one, other:
        case Array(a), Array(b):
            return Array(unite(a, b))
        case Map(key, a), Map(other_key, b):
            return Map(unite(key, other_key), unite(a, b))
        case Struct(fields), Struct(others):
            return _united_struct(fields, others)
        case Plain(a), Plain(b):
            for widths in _WIDTHS:
                if a in widths and b in widths:
                    return Plain(max(a, b, key=widths.index))
    if one != other:
        raise Differ
    return one


def _united_struct(fields: Sequence[StructField], others: Sequence[StructField]) -> Struct:
    known = {field.name: field for field in fields}
    for other in others:
        mine = known.get(other.name)
        known[other.name] = other if mine is None else StructField(mine.name, unite(mine.type, other.type))
    if len({name.lower() for name in known}) < len(known):
        raise Differ
    return Struct(tuple(known.values()))


def numbers_differ(one: HiveType, other: HiveType) -> bool:
    """Whether numbers within have different widths, at any depth; fields that only one has say nothing."""
    match one, other:
        case Array(a), Array(b):
            return numbers_differ(a, b)
        case Map(key, a), Map(other_key, b):
            return numbers_differ(key, other_key) or numbers_differ(a, b)
        case Struct(fields), Struct(others):
            known = {field.name: field.type for field in fields}
            return any(numbers_differ(known[o.name], o.type) for o in others if o.name in known)
    return one != other

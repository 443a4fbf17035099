"""The Reader of a table whose files name their columns: the files' own names and types, cast to the catalog's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sparkwright.domain import Cast, Column
from sparkwright.hive_types import parse
from sparkwright.readers.matching import ODD_STRUCTS, cast_of, is_safe, odd_structs
from sparkwright.readers.verdicts import STORED, key_casts, plain_reader, refuse, stored_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Reader, Table, Unreadable


def read_by_name(table: Table, kind: str) -> Reader | Unreadable:
    """Columns of the files go to the catalog's by name, ignoring case; one that no file has is NULL."""
    own = {column.name.lower(): column for column in _found(table)}
    pairs = [(column, own.get(column.name.lower(), column)) for column in table.columns]
    return _matched(table, kind, pairs)


def read_by_place(table: Table, kind: str) -> Reader | Unreadable:
    """The first column of the files is the catalog's first one, whatever their names; those behind are NULL."""
    found = _found(table)
    if not found:
        return plain_reader(table, kind)
    taken = {column.name.lower() for column in found}
    pairs = []
    for place, column in enumerate(table.columns):
        absent = column.name if column.name.lower() not in taken else f"_absent_{place}"
        pairs.append((column, found[place] if place < len(found) else replace(column, name=absent)))
    return _matched(table, kind, pairs)


def read_in_order(table: Table, kind: str) -> Reader | Unreadable:
    """A look put the columns of the files in the order of the catalog's, under whatever names."""
    found = _found(table)
    return _matched(table, kind, list(zip(table.columns, found, strict=True)) if found else [])


def _found(table: Table) -> Sequence[Column]:
    """The columns of the files; what the catalog's maker noted of them goes before a look."""
    if table.evidence is None or any(key.startswith(STORED) for key in table.parameters):
        return ()
    return table.evidence.columns


def _matched(table: Table, kind: str, pairs: Sequence[tuple[Column, Column]]) -> Reader | Unreadable:
    plain = plain_reader(table, kind)
    if not _found(table):
        return plain
    needs = []
    for column, stored in pairs:
        if not is_safe(parse(stored.type), parse(column.type)):
            return refuse(
                table,
                f"column {column.name!r} is {column.type} in the catalog and {stored.type} in the files",
                "correct its type in the catalog, or write the files again",
            )
        if odd_structs(stored, column):
            needs.append(ODD_STRUCTS)
    casts: list[Cast] = [cast_of(stored, column) for column, stored in pairs]
    return replace(
        plain,
        stored=(*(Column(stored.name, stored.type) for _, stored in pairs), *stored_keys(table)),
        casts=(*casts, *key_casts(table)),
        needs=tuple(dict.fromkeys((*plain.needs, *needs))),
    )

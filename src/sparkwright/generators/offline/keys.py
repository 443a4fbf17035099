"""Which columns lead from table to table: declared keys, and keys that names, types and values suggest."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sparkwright.domain import Column, Table
from sparkwright.generators.offline.plan import ColumnRef, Edge
from sparkwright.generators.offline.words import split_name

_ID = re.compile(
    r"(?:^|_)(?:id|code|key|no|num|number|uuid)$|(?<=[a-z])(?:Id|ID|Code|Key|No)$|^[A-Za-z]{1,6}(?:ID|Id)$",
    re.IGNORECASE,
)


def identifier(name: str) -> bool:
    """Whether a column's name says that it identifies something."""
    return _ID.search(name) is not None


class KeyGraph:
    """The keys of some tables, and the edges between them."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = {str(table.name): table for table in tables}
        self._primary = {name: table.primary_key or _guess_primary(table) for name, table in self._tables.items()}
        self._edges: dict[str, list[Edge]] = defaultdict(list)
        self._foreign: set[ColumnRef] = set()
        declared = list(self._declared())
        covered = {frozenset((edge.left, edge.right)) for edge in declared}
        inferred = [edge for edge in self._inferred() if frozenset((edge.left, edge.right)) not in covered]
        for edge in declared + inferred:
            self._add(edge)

    def primary(self, table: str) -> tuple[str, ...]:
        """The primary key's columns; empty where none is known."""
        return self._primary[table]

    def edges(self, table: str) -> tuple[Edge, ...]:
        """The edges that lead away from a table."""
        return tuple(self._edges[table])

    def is_foreign(self, ref: ColumnRef) -> bool:
        """Whether a column holds another table's key."""
        return ref in self._foreign

    def _add(self, edge: Edge) -> None:
        left_unique = self._is_unique(edge.left, tuple(a for a, _ in edge.on))
        right_unique = self._is_unique(edge.right, tuple(b for _, b in edge.on))
        forward = Edge(edge.left, edge.right, edge.on, many=not right_unique)
        back = Edge(edge.right, edge.left, tuple((b, a) for a, b in edge.on), many=not left_unique)
        self._foreign.update(ColumnRef(edge.left, a) for a, _ in edge.on)
        if forward not in self._edges[edge.left]:
            self._edges[edge.left].append(forward)
            self._edges[edge.right].append(back)

    def _is_unique(self, table: str, columns: tuple[str, ...]) -> bool:
        primary = self._primary[table]
        if primary and set(primary) <= set(columns):
            return _unique_by_profile(self._tables[table], primary) is not False
        return any(_unique_by_profile(self._tables[table], (column,)) for column in columns)

    def _declared(self) -> Iterator[Edge]:
        for name, table in self._tables.items():
            for key in table.foreign_keys:
                target = self._tables.get(str(key.table))
                if target is None:
                    continue
                pairs = tuple(zip(key.columns, key.references, strict=True))
                if all(table.column(a) and target.column(b) for a, b in pairs):
                    yield Edge(name, str(target.name), tuple((_exact(table, a), _exact(target, b)) for a, b in pairs))

    def _inferred(self) -> Iterator[Edge]:
        for name, table in self._tables.items():
            for other, target in self._tables.items():
                if other == name or len(self._primary[other]) != 1:
                    continue
                key = target.column(self._primary[other][0])
                if key is not None:
                    yield from self._matches(table, target, key)

    def _matches(self, table: Table, target: Table, key: Column) -> Iterator[Edge]:
        for column in table.all_columns:
            if not _comparable(column, key) or not _named_alike(column.name, key.name, target.name.name):
                continue
            if (column.name,) == self._primary[str(table.name)] and str(table.name) > str(target.name):
                continue
            if _contained(column, key):
                yield Edge(str(table.name), str(target.name), ((column.name, key.name),))


def _exact(table: Table, name: str) -> str:
    column = table.column(name)
    return column.name if column else name


def _guess_primary(table: Table) -> tuple[str, ...]:
    own = split_name(table.name.name)
    for column in table.columns:
        words = split_name(column.name)
        named = words in (("id",), (*own, "id"), (own[-1], "id"), (*own, "code"), (own[-1], "code"))
        if named and (column.profile is None or column.profile.is_unique):
            return (column.name,)
    first = table.columns[0] if table.columns else None
    if first and first.profile and first.profile.is_unique and (identifier(first.name) or _is_code(first)):
        return (first.name,)
    unique = [c.name for c in table.columns if c.profile and c.profile.is_unique and identifier(c.name)]
    return (unique[0],) if len(unique) == 1 else ()


def _is_code(column: Column) -> bool:
    values = column.profile.values if column.profile else ()
    return column.type == "string" and bool(values) and all(" " not in v and len(v) <= 12 for v in values[:200])


def _unique_by_profile(table: Table, columns: tuple[str, ...]) -> bool | None:
    if len(columns) != 1:
        return None
    column = table.column(columns[0])
    if column is None or column.profile is None or not column.profile.rows:
        return None
    return column.profile.distinct == column.profile.rows - column.profile.nulls


def _comparable(column: Column, key: Column) -> bool:
    text = ("string", "varchar", "char")
    return column.type.startswith(text) == key.type.startswith(text)


def _named_alike(name: str, key: str, table: str) -> bool:
    words, key_words, own = split_name(name), split_name(key), split_name(table)
    if name.lower() == key.lower():
        return key_words not in {("id",), ("name",)}
    if words == (own[-1], *key_words) or words == (*own, *key_words):
        return True
    if words == own or words == own[-1:]:
        return True
    return len(words) > len(key_words) >= 2 and words[-len(key_words) :] == key_words


def _contained(column: Column, key: Column) -> bool:
    """Whether the values that were seen of a column are values of the key; true where nothing is known."""
    if column.profile is None or key.profile is None or not column.profile.values or not key.profile.values:
        return True
    known = set(key.profile.values)
    seen = [value for value in column.profile.values if value]
    if not key.profile.complete:
        return any(value in known for value in seen[:500])
    return not seen or sum(value in known for value in seen) / len(seen) >= 0.5

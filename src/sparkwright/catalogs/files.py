"""A folder of files as a catalog: one database, whose tables are its files and sub-folders."""

from __future__ import annotations

import difflib
import fnmatch
import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sparkwright.catalogs.avro_files import read_avro_schema
from sparkwright.catalogs.csv_files import read_csv_schema
from sparkwright.catalogs.disk_cache import DiskCache
from sparkwright.catalogs.folders import Contents, Part, entries_of, is_folder, is_there, scan
from sparkwright.catalogs.formats import split_name
from sparkwright.catalogs.json_files import read_json_schema
from sparkwright.catalogs.parquet_files import read_parquet_schema
from sparkwright.catalogs.profiles import profile
from sparkwright.catalogs.schema import STORED, Schema, kept
from sparkwright.catalogs.search import rank, some, table_not_found
from sparkwright.catalogs.tables_toml import FILE, Declared, DeclaredTable, read_declared
from sparkwright.domain import Column, Evidence, Partition, Scan, Table, TableName, TableSize
from sparkwright.errors import CatalogError, TableNotFound, UnreadableTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

log = logging.getLogger(__name__)

_SOURCES = (
    *("arrow", "avro", "binaryfile", "console", "csv", "delta", "iceberg", "json", "noop", "parquet", "rate", "socket"),
    "text",
)
"""Databases that Sail 0.7.2 takes for a format: in `parquet.t` it reads a path `t`, and finds nothing there."""
_WHOLE = re.compile(r"0|-?[1-9][0-9]*")


class FilesCatalog:
    """The tables of one folder, or of one file. What was opened is kept until a file of it changes."""

    def __init__(self, path: Path | str, *, spec: str = "", cache: Path | None = None, database: str = "") -> None:
        self.path = Path(path).expanduser().absolute()
        self.spec = spec or f"files:{path}"
        if not is_there(self.path):
            raise CatalogError(f"there is no folder or file {str(self.path)!r}", hint="check the path after 'files:'")
        self.folder = self.path if self.path.is_dir() else self.path.parent
        self.database = database or self.folder.resolve().name or "files"
        _refuse_odd_database(self.database, self.folder)
        self._opened: dict[TableName, tuple[object, Table]] = {}
        self._profiled: dict[TableName, tuple[Table, Table]] = {}
        self._cache = DiskCache(cache)

    def databases(self) -> tuple[str, ...]:
        """The folder's name."""
        return (self.database,)

    def tables(self, database: str) -> tuple[TableName, ...]:
        """Every file and sub-folder that may be a table; none of them is opened.

        What no table can be named after is left out, with a warning: nobody could ask for it.
        """
        self._check_database(database)
        found = self._found(self._ignored())
        for name in found:
            if not _is_name(name):
                log.warning("folder=<%s>, name=<%r> | left out: no table can be named so", self.folder, name)
        return tuple(sorted(TableName(self.database, name) for name in found if _is_name(name)))

    def table(self, name: TableName) -> Table:
        """One table in full; raises `UnreadableTable` or `PermissionRefused` where its files cannot be read right."""
        name, contents, said = self._contents(name)
        key = (contents.signature, said)
        if name not in self._opened or self._opened[name][0] != key:
            self._opened[name] = (key, _open(name, contents, said, self._cache))
        return self._opened[name][1]

    def partitions(self, table: Table, scans: Sequence[Scan]) -> tuple[Partition, ...]:  # noqa: ARG002
        """All partitions: they were found with the table."""
        return table.partitions

    def search(self, words: str, limit: int = 20) -> tuple[TableName, ...]:
        """The tables whose names, columns and comments fit the words best; what cannot be opened is found by name."""
        return rank(words, self._all(), limit)

    def refresh(self) -> None:
        """Open every table anew."""
        self._opened.clear()
        self._profiled.clear()

    def profile(self, table: Table) -> Table:
        """The table with profiles on its columns, from at most its first rows; the same one for the same table."""
        bare, profiled = self._profiled.get(table.name, (None, table))
        if bare is not table:
            profiled = profile(table, self._contents(table.name)[1], self._cache)
            self._profiled[table.name] = (table, profiled)
        return profiled

    def _contents(self, name: TableName) -> tuple[TableName, Contents, DeclaredTable]:
        """The table's name as it is written, its files, and what is declared of it."""
        self._check_database(name.database)
        declared = read_declared(self.folder, self.database)
        _refuse_unknown_tables(declared, self._found(declared.ignore))
        name, root = self._find(name, declared.ignore)
        said = _said_of(declared, name)
        return name, scan(name, root, said.format), said

    def _all(self) -> Iterable[Table]:
        for name in self.tables(self.database):
            try:
                yield self.table(name)
            except CatalogError:
                yield Table(name=name, columns=(), location="")

    def _ignored(self) -> tuple[str, ...]:
        """The list of things to ignore; a broken `tables.toml` does not break the listing."""
        try:
            return read_declared(self.folder, self.database).ignore
        except CatalogError:
            return ()

    def _found(self, ignore: Sequence[str]) -> Mapping[str, list[Path]]:
        """Everything that may be a table, by name; two things of one name are a table that is refused when opened."""
        found: dict[str, list[Path]] = {}
        for entry in entries_of(self.folder) if self.path.is_dir() else [self.path]:
            if entry.name == FILE or any(fnmatch.fnmatch(entry.name, pattern) for pattern in ignore):
                continue
            folder = is_folder(entry)
            stem, kind, _ = split_name(entry.name)
            if folder or kind or entry == self.path:
                found.setdefault(entry.name if folder else stem, []).append(entry)
        return found

    def _find(self, name: TableName, ignore: Sequence[str]) -> tuple[TableName, Path]:
        found = self._found(ignore)
        same = [known for known in found if known.lower() == name.name.lower()]
        if not same:
            raise table_not_found(name, self.tables(self.database))
        paths = [path for known in same for path in found[known]]
        if len(paths) > 1:
            raise UnreadableTable(
                f"{len(paths)} things are named {name.name!r}: {', '.join(repr(path.name) for path in paths)}",
                hint="rename one, or name it under ignore in tables.toml",
            )
        if not _is_name(same[0]):
            raise UnreadableTable(f"{same[0]!r} cannot be the name of a table", hint="rename the file or folder")
        return TableName(self.database, same[0]), paths[0]

    def _check_database(self, database: str) -> None:
        if database.lower() != self.database.lower():
            raise TableNotFound(f"there is no database {database!r}", hint=f"the database here is {self.database!r}")


def _is_name(name: str) -> bool:
    """Whether a table or database can be named so in SQL, by every engine."""
    return bool(name.strip()) and name.isprintable() and "`" not in name


def _refuse_odd_database(database: str, folder: Path) -> None:
    if _is_name(database) and database.lower() not in _SOURCES:
        return
    why = "is read by Spark SQL as the name of a format" if _is_name(database) else "cannot be written in SQL"
    raise CatalogError(
        f"the folder {str(folder)!r} cannot be a database, for its name {database!r} {why}", hint="rename the folder"
    )


def _refuse_unknown_tables(declared: Declared, found: Mapping[str, list[Path]]) -> None:
    known = {name.lower(): name for name in found}
    for name in declared.tables:
        if name.lower() not in known:
            near = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.5)
            raise CatalogError(
                f"{FILE} speaks of a table {name!r} that is not there",
                hint=f"did you mean {known[near[0]]!r}?" if near else some(sorted(known.values())),
            )


def _said_of(declared: Declared, name: TableName) -> DeclaredTable:
    return next((said for key, said in declared.tables.items() if key.lower() == name.name.lower()), DeclaredTable())


def _open(name: TableName, contents: Contents, said: DeclaredTable, cache: DiskCache) -> Table:
    try:
        schema = kept(cache, (name, contents, said), lambda: _schema(name, contents, said))
    except RecursionError as error:
        raise UnreadableTable(
            f"table {str(name)!r} has a column nested too deep to be read", hint="write it flatter"
        ) from error
    if not schema.columns:
        raise UnreadableTable(f"table {str(name)!r} has no columns in its files", hint="write at least one column")
    columns, notes = _with_declared(schema.columns, said, csv=contents.format in ("csv", "tsv"))
    keys = _partition_keys(contents, said)
    _refuse_unknown_columns(name, (*columns, *keys), said)
    nested = {"recursiveFileLookup": "true"} if contents.nested else {}
    return Table(
        name=name,
        columns=columns,
        location=contents.location,
        partition_keys=keys,
        storage=replace(schema.storage, parameters={**schema.storage.parameters, **nested}),
        parameters={**schema.parameters, **notes, "EXTERNAL": "TRUE"},
        evidence=Evidence(),
        comment=said.comment,
        primary_key=said.primary_key,
        foreign_keys=said.foreign_keys,
        partitions=_partitions(contents) if keys else (),
        size=TableSize(sum(part.bytes for part in contents.parts), len(contents.parts), schema.rows),
    )


def _schema(name: TableName, contents: Contents, said: DeclaredTable) -> Schema:
    match contents.format:
        case "parquet":
            return read_parquet_schema(name, contents)
        case "csv" | "tsv":
            keys = {key.lower() for key in contents.keys}
            declared = {column: one.type for column, one in said.columns.items() if column.lower() not in keys}
            return read_csv_schema(name, contents, said.csv, declared)
        case "json":
            return read_json_schema(name, contents)
        case "avro":
            return read_avro_schema(name, contents)
    raise UnreadableTable(
        f"table {str(name)!r} is stored as {contents.format}, which is not read here",
        hint="store the table as Parquet",
    )


def _with_declared(
    columns: Sequence[Column], said: DeclaredTable, *, csv: bool
) -> tuple[tuple[Column, ...], Mapping[str, str]]:
    """The columns with declared comments and types, and a note of the files' own type where it is another one."""
    named = {column.lower(): one for column, one in said.columns.items()}
    found, notes = [], {}
    for column in columns:
        one = named.get(column.name.lower())
        if one is None:
            found.append(column)
            continue
        if not csv and one.type and one.type != column.type:
            notes[STORED + column.name] = column.type
        found.append(replace(column, type=one.type or column.type, comment=one.comment))
    return tuple(found), notes


def _refuse_unknown_columns(name: TableName, columns: Sequence[Column], said: DeclaredTable) -> None:
    known = {column.name.lower() for column in columns}
    used = [*said.columns, *said.primary_key, *(own for key in said.foreign_keys for own in key.columns)]
    for column in used:
        if column.lower() not in known:
            near = difflib.get_close_matches(column.lower(), sorted(known), n=1, cutoff=0.5)
            raise CatalogError(
                f"tables.toml names a column {column!r} that table {str(name)!r} has not",
                hint=f"did you mean {near[0]!r}?" if near else f"it has {', '.join(c.name for c in columns)}",
            )


def _partition_keys(contents: Contents, said: DeclaredTable) -> tuple[Column, ...]:
    bare = tuple(
        Column(key, _partition_type([part.keys[index][1] for part in contents.parts]))
        for index, key in enumerate(contents.keys)
    )
    return _with_declared(bare, said, csv=True)[0]


def _partition_type(values: Sequence[str | None]) -> str:
    """`int` or `bigint` where all values are whole numbers without leading zeros, else `string`."""
    present = [value for value in values if value is not None]
    if not present or not all(_WHOLE.fullmatch(value) for value in present):
        return "string"
    largest = max(abs(int(value)) for value in present)
    return "int" if largest < 1 << 31 else "bigint" if largest < 1 << 63 else "string"


def _partitions(contents: Contents) -> tuple[Partition, ...]:
    parts: dict[tuple[str | None, ...], list[Part]] = {}
    for part in contents.parts:
        parts.setdefault(tuple(value for _, value in part.keys), []).append(part)
    return tuple(
        Partition(values, _folder(contents, some[0]), None, sum(part.bytes for part in some), len(some))
        for values, some in parts.items()
    )


def _folder(contents: Contents, part: Part) -> str:
    steps = part.path.relative_to(contents.root).parts[: len(contents.keys)]
    return f"{contents.root.joinpath(*steps)}/"

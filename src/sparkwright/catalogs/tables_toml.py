"""The optional `tables.toml` of a folder: comments, types, keys, and how its CSV files are written."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sparkwright.catalogs.csv_text import CsvForm
from sparkwright.catalogs.formats import FORMATS
from sparkwright.domain import ForeignKey, TableName
from sparkwright.errors import CatalogError, UnreadableTable
from sparkwright.hive_types import Array, Map, Struct, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILE = "tables.toml"
_TOP = ("comment", "ignore", "tables")
_TABLE = ("comment", "format", "primary_key", "foreign_keys", "csv", "columns")
_COLUMN = ("type", "comment")
_CSV = ("header", "separator", "quote", "escape", "null")
_REFERENCE = re.compile(r"\s*(?P<own>[^>]+?)\s*->\s*(?P<table>[^()]+?)\s*\(\s*(?P<other>[^()]+?)\s*\)\s*")


@dataclass(frozen=True)
class DeclaredColumn:
    """What `tables.toml` says of a column; `type` None where it is to be found in the files."""

    type: str | None = None
    comment: str = ""


@dataclass(frozen=True)
class DeclaredTable:
    """What `tables.toml` says of a table."""

    comment: str = ""
    format: str = ""
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    csv: CsvForm = field(default_factory=CsvForm)
    columns: Mapping[str, DeclaredColumn] = field(default_factory=dict)


@dataclass(frozen=True)
class Declared:
    """All that a folder's `tables.toml` says."""

    comment: str = ""
    ignore: tuple[str, ...] = ()
    tables: Mapping[str, DeclaredTable] = field(default_factory=dict)


def read_declared(folder: Path, database: str) -> Declared:
    """Read the folder's `tables.toml`, if there is one; raises `CatalogError` naming the file and the key."""
    path = folder / FILE
    try:
        text = path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return Declared()
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{str(path)!r} cannot be read: {error}", hint="mend the file, or remove it") from error
    return _declared(path, database, text)


@lru_cache(maxsize=8)
def _declared(path: Path, database: str, text: str) -> Declared:
    try:
        return _Reader(path, database).declared(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"{str(path)!r} is not TOML: {error}", hint="see docs/catalogs.md") from error


class _Reader:
    """Turns the parsed file into nouns; every error names the file and the key."""

    def __init__(self, path: Path, database: str) -> None:
        self.path = path
        self.database = database

    def declared(self, found: Mapping[str, Any]) -> Declared:
        self.known(found, _TOP, "")
        tables = self.table_of(found, "tables", "")
        return Declared(
            self.text(found, "comment", ""),
            self.texts(found, "ignore", ""),
            {name: self.table(self.table_of(tables, name, "tables"), f"tables.{name}") for name in tables},
        )

    def table(self, found: Mapping[str, Any], at: str) -> DeclaredTable:
        self.known(found, _TABLE, at)
        columns = self.table_of(found, "columns", at)
        return DeclaredTable(
            comment=self.text(found, "comment", at),
            format=self.one_of(found, "format", at, sorted(set(FORMATS.values()))),
            primary_key=self.texts(found, "primary_key", at),
            foreign_keys=tuple(self.foreign_key(text, at) for text in self.texts(found, "foreign_keys", at)),
            csv=self.csv(self.table_of(found, "csv", at), f"{at}.csv"),
            columns={name: self.column(what, f"{at}.columns.{name}") for name, what in columns.items()},
        )

    def column(self, found: Any, at: str) -> DeclaredColumn:
        if isinstance(found, str):
            return DeclaredColumn(comment=found)
        if not isinstance(found, dict):
            raise self.wrong(at, "a comment, or { type = ..., comment = ... }", found)
        self.known(found, _COLUMN, at)
        kind = self.text(found, "type", at) or None
        try:
            if kind and isinstance(parse(kind), (Array, Map, Struct)):
                raise self.wrong(f"{at}.type", "a plain type (nested ones come from the files)", kind)
            return DeclaredColumn(str(parse(kind)) if kind else None, self.text(found, "comment", at))
        except UnreadableTable as error:
            raise CatalogError(f"{at} in {str(self.path)!r}: {error.message}", hint=error.hint) from error

    def csv(self, found: Mapping[str, Any], at: str) -> CsvForm:
        self.known(found, _CSV, at)
        header = found.get("header")
        if header is not None and not isinstance(header, bool):
            raise self.wrong(f"{at}.header", "true or false", header)
        return CsvForm(
            separator=self.mark(found, "separator", at) or None,
            quote=self.mark(found, "quote", at, '"'),
            escape=self.mark(found, "escape", at),
            header=header,
            null=self.text(found, "null", at),
        )

    def mark(self, found: Mapping[str, Any], key: str, at: str, default: str = "") -> str:
        value = self.text(found, key, at, default)
        if len(value.encode()) > 1 or value in ("\n", "\r"):
            raise self.wrong(f"{at}.{key}", "one ASCII character", value)
        return value

    def foreign_key(self, text: str, at: str) -> ForeignKey:
        match = _REFERENCE.fullmatch(text)
        own, other = (_split(match[part]) for part in ("own", "other")) if match else ((), ())
        if not match or len(own) != len(other):
            raise self.wrong(f"{at}.foreign_keys", "'column -> table(column)'", text)
        table = match["table"]
        name = TableName.parse(table) if "." in table and "`" not in table else TableName(self.database, table)
        return ForeignKey(own, name, other)

    def known(self, found: Mapping[str, Any], keys: Sequence[str], at: str) -> None:
        for key in found:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1, cutoff=0.5)
                where = f"{at}.{key}" if at else key
                raise CatalogError(
                    f"{str(self.path)!r} has an unknown key {where!r}",
                    hint=f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(keys)}",
                )

    def table_of(self, found: Mapping[str, Any], key: str, at: str) -> Mapping[str, Any]:
        value = found.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f"{at}.{key}".strip("."), "a table", value)
        return value

    def text(self, found: Mapping[str, Any], key: str, at: str, default: str = "") -> str:
        value = found.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(f"{at}.{key}".strip("."), "a text", value)
        return value

    def texts(self, found: Mapping[str, Any], key: str, at: str) -> tuple[str, ...]:
        value = found.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(f"{at}.{key}".strip("."), "a list of texts", value)
        return tuple(value)

    def one_of(self, found: Mapping[str, Any], key: str, at: str, choices: Sequence[str]) -> str:
        value = self.text(found, key, at)
        if value and value not in choices:
            raise self.wrong(f"{at}.{key}", f"one of {', '.join(choices)}", value)
        return value

    def wrong(self, at: str, wanted: str, found: object) -> CatalogError:
        return CatalogError(f"{at} in {str(self.path)!r} must be {wanted}, not {found!r}", hint="see docs/catalogs.md")


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(","))

"""What the checks know beside the text: the tables, their columns, and the locations that may be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sparkwright.identifiers import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sparkwright.domain import Table, TableName


@dataclass(frozen=True)
class Context:
    """The tables that a program may read, and the path prefixes that it may read beside them."""

    tables: tuple[Table, ...] = ()
    locations: tuple[str, ...] = ()

    @classmethod
    def of(cls, tables: Sequence[Table], locations: Sequence[str] = ()) -> Context:
        """Take the tables as they are and bring the locations into one form."""
        prefixes = tuple(p for p in (normal_path(location) for location in locations) if p is not None)
        return cls(tuple(tables), tuple(p.rstrip("/") + "/" for p in prefixes))

    @cached_property
    def by_name(self) -> dict[str, TableName]:
        """The tables by full name, in lower case."""
        return {str(table.name).lower(): table.name for table in self.tables}

    @cached_property
    def by_bare_name(self) -> dict[str, TableName]:
        """The tables whose bare name no other one shares, by that name in lower case."""
        names = [table.name for table in self.tables]
        bare = [name.name.lower() for name in names]
        return {name.name.lower(): name for name in names if bare.count(name.name.lower()) == 1}

    @cached_property
    def by_location(self) -> dict[str, TableName]:
        """The tables by normal location."""
        paths = ((normal_path(table.location), table.name) for table in self.tables)
        return {path: name for path, name in paths if path is not None}

    @cached_property
    def columns(self) -> frozenset[str]:
        """The names of all columns."""
        return frozenset(column.name for table in self.tables for column in table.all_columns)

    def table(self, parts: Sequence[str]) -> TableName | None:
        """The table that those name parts mean, fully qualified or not."""
        lowered = [part.lower() for part in parts]
        if len(lowered) == 3 and lowered[0] == "spark_catalog":
            lowered = lowered[1:]
        if len(lowered) == 1:
            return self.by_bare_name.get(lowered[0])
        known = self.by_name.get(".".join(lowered)) if len(lowered) == 2 else None
        return known if known and [known.database.lower(), known.name.lower()] == lowered else None

    def nearest_table(self, name: str) -> str:
        """The full name of the table whose name is most like that one, or an empty string."""
        names = {
            **{bare: str(full) for bare, full in self.by_bare_name.items()},
            **{k: str(v) for k, v in self.by_name.items()},
        }
        near = get_close_matches(name.lower(), names, n=1) or get_close_matches(
            name.lower().rpartition(".")[2], names, n=1
        )
        return names[near[0]] if near else ""

    def is_allowed_path(self, path: str) -> bool:
        """Whether a path lies under one of the locations."""
        normal = normal_path(path)
        return normal is not None and any((normal + "/").startswith(prefix) for prefix in self.locations)


_S3 = re.compile(r"s3[an]?://", re.IGNORECASE)
_DOUBTFUL = re.compile(r"[\x00-\x1f\x7f\\,?#]|\$\{|/\.{1,2}(/|$)|^\.{1,2}(/|$)|[^:]//")


def normal_path(path: str) -> str | None:
    """Bring a path into one form: `s3://bucket/key` or an absolute local path, without a slash at its end.

    None where it cannot be told where the path leads: `..`, percent-encoding, doubled slashes, other schemes.
    """
    text = _S3.sub("s3://", path.strip(), count=1)
    if text.startswith("s3://"):
        rest = text[len("s3://") :].rstrip("/")
        return (
            None
            if not rest or rest.startswith("/") or _DOUBTFUL.search(rest) or unquote(rest) != rest
            else "s3://" + rest
        )
    text = re.sub(r"^file:(//)?(?=/[^/])", "", text)
    if not text.startswith("/") or text.startswith("//") or ":" in text.split("/")[1]:
        return None
    text = text.rstrip("/")
    return None if not text or _DOUBTFUL.search(text) or unquote(text) != text else text


def spelled(name: TableName) -> str:
    """A table's full name as SQL and `spark.table` take it, in backquotes where a part needs them."""
    return f"{quoted(name.database)}.{quoted(name.name)}"


def nearest(name: str, names: Iterable[str]) -> str:
    """The name that is most like that one, ignoring case, or an empty string."""
    by_lower = {candidate.lower(): candidate for candidate in names}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[near[0]] if near else ""

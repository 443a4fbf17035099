"""Where tables come from: the Catalog protocol and the dict of kinds."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import platformdirs

from sparkwright.errors import SettingsError

if TYPE_CHECKING:
    from sparkwright.aws import AwsSession
    from sparkwright.domain import Partition, Scan, Table, TableName


class Catalog(Protocol):
    """A named collection of databases of tables.

    Every method raises `CatalogError` or one of its kinds where the catalog cannot be read.
    """

    spec: str

    def databases(self) -> tuple[str, ...]:
        """Names of all databases, sorted."""

    def tables(self, database: str) -> tuple[TableName, ...]:
        """Names of all tables of a database, sorted; one broken table never breaks the list."""

    def table(self, name: TableName) -> Table:
        """One table in full; raises `TableNotFound` with the nearest names."""

    def partitions(self, table: Table, scans: Sequence[Scan]) -> tuple[Partition, ...]:
        """The registered partitions of a table, at least all that some scan leaves; all of them without scans."""

    def search(self, words: str, limit: int = 20) -> tuple[TableName, ...]:
        """The tables whose names, comments and columns fit the words best, best first."""

    def refresh(self) -> None:
        """Forget what was kept of the catalog's contents: the next call asks again."""

    def profile(self, table: Table) -> Table:
        """The same table with profiles on the columns whose values can be had cheaply; else as it came."""


Progress = Callable[[str], None]


@dataclass(frozen=True)
class Places:
    """Where catalogs keep what they make: a folder for profiles (None: nowhere), and the sample lake's own folder.

    `ttl` is for how many seconds the tables of a catalog far away are kept.
    """

    cache: Path | None = None
    sample: Path | None = None
    ttl: float = 300.0


def open_catalog(
    spec: str,
    *,
    cache: Path | None = None,
    sample: Path | None = None,
    ttl: float = 300.0,
    on_progress: Progress | None = None,
) -> Catalog:
    """Open a catalog by its spec: `sample`, `files:PATH`, or `glue:REGION` (`glue:REGION/ACCOUNT@PROFILE` in full).

    `cache` is a folder for profiles and for the tables of a catalog far away, which hold for `ttl` seconds; `sample` is
    the folder of the sample lake (by default in the cache); `on_progress` is told what is built, table by table.
    """
    kind, _, rest = spec.partition(":")
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, list(KINDS), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(KINDS)}"
        raise SettingsError(f"{spec!r} is not a catalog", hint=hint)
    return KINDS[kind](spec, rest, Places(cache, sample, ttl), on_progress)


def session_of(catalog: Catalog) -> AwsSession | None:
    """The session with AWS behind a catalog, where there is one."""
    session: AwsSession | None = getattr(catalog, "session", None)
    return session


def _open_files(spec: str, path: str, places: Places, _: Progress | None) -> Catalog:
    from sparkwright.catalogs.files import FilesCatalog

    if not path:
        raise SettingsError(f"{spec!r} names no folder", hint="write files:PATH, for example files:./lake")
    return FilesCatalog(path, spec=spec, cache=places.cache)


def _open_sample(spec: str, rest: str, places: Places, on_progress: Progress | None) -> Catalog:
    from sparkwright.catalogs.sample import sample_catalog

    if rest:
        raise SettingsError(f"{spec!r} is not a catalog", hint="write sample, and nothing after it")
    home = places.cache or Path(platformdirs.user_cache_dir("sparkwright"))
    lake = places.sample or home / "sample" / "nycflights13"
    return sample_catalog(lake, cache=places.cache, on_progress=on_progress)


def _open_glue(spec: str, _: str, places: Places, __: Progress | None) -> Catalog:
    from sparkwright.catalogs.glue import GlueCatalog

    folder = places.cache / "glue" if places.cache is not None else None
    return GlueCatalog(spec, cache=folder, ttl=places.ttl)


KINDS: Mapping[str, Callable[[str, str, Places, Progress | None], Catalog]] = {
    "files": _open_files,
    "glue": _open_glue,
    "sample": _open_sample,
}

"""What lies in a table's folder: its files, their one format, and the partitions that the folders spell."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sparkwright.catalogs.formats import format_of, is_hidden, split_name
from sparkwright.errors import CatalogError, PermissionRefused, UnreadableTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sparkwright.domain import TableName

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_LAKE_FORMATS = (("_delta_log", "Delta"), (".hoodie", "Hudi"))


@dataclass(frozen=True)
class Part:
    """One data file and the `k=v` folders above it, in order."""

    path: Path
    keys: tuple[tuple[str, str | None], ...]
    bytes: int
    modified: int

    @property
    def is_empty(self) -> bool:
        """Whether the file holds no byte at all."""
        return self.bytes == 0


@dataclass(frozen=True)
class Contents:
    """The files of one table. `root` is the file itself for a table of one file; `nested` where folders lie in it."""

    root: Path
    format: str
    compression: str
    parts: tuple[Part, ...]
    keys: tuple[str, ...] = ()
    nested: bool = False

    @property
    def location(self) -> str:
        """The root as a location: a folder ends in `/`."""
        return f"{self.root}/" if self.root.is_dir() else str(self.root)

    @property
    def signature(self) -> tuple[tuple[str, int, int], ...]:
        """Changes whenever a file comes, goes or is written."""
        return tuple((str(part.path), part.bytes, part.modified) for part in self.parts)


def scan(name: TableName, root: Path, declared_format: str = "") -> Contents:
    """Look at every file of a table; raises `UnreadableTable` or `PermissionRefused` naming what stands in the way."""
    try:
        parts = tuple(_parts(name, root))
    except PermissionError as error:
        raise permission_refused(name, error) from error
    except OSError as error:
        raise UnreadableTable(
            f"table {str(name)!r} cannot be read: {error}", hint="check the disk or the link"
        ) from error
    if not parts:
        raise UnreadableTable(
            f"table {str(name)!r} has no data files: {str(root)!r} is empty",
            hint="put files of one format there, or remove the folder",
        )
    kind = declared_format or _one_format(name, root, parts)
    return Contents(
        root=root,
        format=kind,
        compression=_one_compression(name, parts),
        parts=parts,
        keys=_one_set_of_keys(name, root, parts),
        nested=root.is_dir() and any(part.path.parent != root for part in parts) and not parts[0].keys,
    )


def permission_refused(name: object, error: OSError) -> PermissionRefused:
    """The refusal for a place that the operating system does not let us look into."""
    return PermissionRefused(
        f"no permission to read {error.filename!r} of {str(name)!r}",
        hint=f"let user {os.getuid()} read it, for example with chmod -R a+rX",
    )


def _parts(name: TableName, root: Path) -> Iterator[Part]:
    """Walk depth first, in the order of names; a folder that was seen before (a loop of links) is an error."""
    if root.is_file():
        yield _part(root, ())
        return
    if not root.is_dir() and not root.is_symlink():
        raise _not_plain(name, root)
    yield from _walk(name, root, (), frozenset())


def _walk(
    name: TableName, folder: Path, keys: tuple[tuple[str, str | None], ...], above: frozenset[Path]
) -> Iterator[Part]:
    real = folder.resolve(strict=True)
    if real in above:
        raise UnreadableTable(f"table {str(name)!r} has a loop of links at {str(folder)!r}", hint="remove that link")
    entries = sorted(folder.iterdir())
    _refuse_lake_format(name, folder, entries)
    for entry in entries:
        if is_hidden(entry.name):
            continue
        _refuse_odd_name(name, entry)
        if entry.is_dir():
            yield from _walk(name, entry, keys + _key(name, entry), above | {real})
        elif entry.is_file() or entry.is_symlink():
            yield _part(entry, keys)
        else:
            raise _not_plain(name, entry)


def _part(path: Path, keys: tuple[tuple[str, str | None], ...]) -> Part:
    found = path.stat()
    with path.open("rb"):
        return Part(path, keys, found.st_size, found.st_mtime_ns)


def _refuse_odd_name(name: TableName, entry: Path) -> None:
    """Engines take no control characters in a path, and each has its own idea of a `%ff` that is no UTF-8."""
    decoded = unquote(entry.name) if "=" in entry.name else entry.name
    if any(ord(c) < 32 or ord(c) == 127 for c in entry.name) or "\ufffd" in decoded:
        raise UnreadableTable(
            f"table {str(name)!r} has a file or folder with a name that is not read: {entry.name!r}", hint="rename it"
        )


def _not_plain(name: TableName, path: Path) -> UnreadableTable:
    return UnreadableTable(
        f"table {str(name)!r} cannot be read: {str(path)!r} is neither a file nor a folder", hint="remove it"
    )


def _key(name: TableName, folder: Path) -> tuple[tuple[str, str | None], ...]:
    key, equals, value = folder.name.partition("=")
    if not equals:
        return ()
    if not key or not value:
        raise UnreadableTable(
            f"table {str(name)!r} has a partition folder without a {'value' if key else 'name'}: {str(folder)!r}",
            hint=f"rename it; a missing value is written {NULL_PARTITION}",
        )
    return ((unquote(key), None if value == NULL_PARTITION else unquote(value)),)


def _refuse_lake_format(name: TableName, folder: Path, entries: list[Path]) -> None:
    names = {entry.name for entry in entries}
    found = next((title for marker, title in _LAKE_FORMATS if marker in names), None)
    if found is None and "metadata" in names and any((folder / "metadata").glob("*.metadata.json")):
        found = "Iceberg"
    if found:
        raise UnreadableTable(
            f"table {str(name)!r} is of the format {found} ({str(folder)!r}), whose files must not be read as they lie",
            hint=f"export it with a {found} reader to plain Parquet, and point the catalog there",
        )


def _one_format(name: TableName, root: Path, parts: tuple[Part, ...]) -> str:
    formats = {part.path: format_of(part.path) for part in parts}
    kinds = set(formats.values())
    if len(kinds) == 1 and "" not in kinds:
        return kinds.pop()
    first: dict[str, Path] = {}
    for path, kind in formats.items():
        first.setdefault(kind, path)
    seen = ", ".join(f"{str(path.relative_to(root))!r} ({kind or 'unknown'})" for kind, path in sorted(first.items()))
    if kinds == {""}:
        raise UnreadableTable(
            f"table {str(name)!r} is of no known format: {seen}",
            hint=f"say format = ... under [tables.{name.name}] in tables.toml",
        )
    raise UnreadableTable(
        f"table {str(name)!r} mixes formats: {seen}",
        hint="keep one format in a folder; move the others out, or begin their names with '_'",
    )


def _one_compression(name: TableName, parts: tuple[Part, ...]) -> str:
    first: dict[str, Path] = {}
    for part in parts:
        first.setdefault(split_name(part.path.name)[2], part.path)
    if len(first) > 1:
        one, other = [path.name for path in first.values()][:2]
        raise UnreadableTable(
            f"table {str(name)!r} mixes compressed and other files: {one!r}, {other!r}",
            hint="compress all of its files alike, or none",
        )
    compression = next(iter(first))
    if compression not in ("", ".gz"):
        raise UnreadableTable(
            f"table {str(name)!r} is compressed as {compression!r}, which is not read", hint="use gzip, or Parquet"
        )
    return compression


def _one_set_of_keys(name: TableName, root: Path, parts: tuple[Part, ...]) -> tuple[str, ...]:
    keys = tuple(key for key, _ in parts[0].keys)
    for part in parts:
        other = tuple(key for key, _ in part.keys)
        if other != keys:
            one, two = ("/".join(k) or "none" for k in (keys, other))
            raise UnreadableTable(
                f"table {str(name)!r} has files under different partition folders: {one} for "
                f"{str(parts[0].path.relative_to(root))!r}, {two} for {str(part.path.relative_to(root))!r}",
                hint="let every file lie under the same k=v folders",
            )
    if any("=" not in step for part in parts for step in part.path.relative_to(root).parts[: len(keys)]):
        raise UnreadableTable(
            f"table {str(name)!r} has other folders above its partition folders", hint="put the k=v folders on top"
        )
    if len({key.lower() for key in keys}) < len(keys):
        raise UnreadableTable(f"table {str(name)!r} has a partition folder twice: {'/'.join(keys)}", hint="rename one")
    return keys


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder; raises `PermissionRefused` where we may not look."""
    try:
        return path.exists()
    except PermissionError as error:
        raise permission_refused(path, error) from error


def is_folder(entry: Path) -> bool:
    """Whether it is a folder; one that we may not look at is none."""
    try:
        return entry.is_dir()
    except PermissionError:
        return False


def entries_of(folder: Path) -> list[Path]:
    """What a folder holds that may be a table, in order; raises `CatalogError` where it cannot be listed."""
    try:
        return sorted(entry for entry in folder.iterdir() if not is_hidden(entry.name))
    except PermissionError as error:
        raise permission_refused(folder, error) from error
    except OSError as error:
        raise CatalogError(f"{str(folder)!r} cannot be listed: {error}", hint="check the path") from error

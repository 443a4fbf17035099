"""Where files lie: the Store protocol (list a place, open a file), on this machine's disk and in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from sparkwright.errors import PermissionRefused, UnreadableTable


@dataclass(frozen=True)
class StoredFile:
    """One file or object: its full location, its size in bytes."""

    location: str
    bytes: int


class Store(Protocol):
    """Files by their location. Every method raises `PermissionRefused` where we may not look."""

    def files(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        """The files below a location, at any depth, in order of their names; at most `limit`, none where none are.

        Hidden ones (a step of the path below the location begins with `_` or `.`) and empty markers of folders are
        left out, as engines leave them out. A location that is a file is that file.
        """

    def hidden(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        """As `files`, with the hidden ones: what lies in `_delta_log`, for one."""

    def exists(self, location: str) -> bool:
        """Whether anything lies there at all: a file, a hidden one, an empty folder or the marker of one."""

    def open(self, location: str) -> BinaryIO:
        """A file for reading, with seek; raises `UnreadableTable` where there is none."""


def is_hidden(step: str) -> bool:
    """Whether engines leave out what lies below such a step; `_k=v` is a partition."""
    return step.startswith(".") or (step.startswith("_") and "=" not in step)


def below(location: str, place: str) -> tuple[str, ...]:
    """The steps of a location below a place."""
    return tuple(step for step in location[len(place) :].split("/") if step)


def is_shown(location: str, place: str) -> bool:
    """Whether no step of the location below the place is hidden."""
    return not any(is_hidden(step) for step in below(location, place.rstrip("/")))


class LocalStore:
    """The files of this machine."""

    def files(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        """The files below a folder, or the file itself."""
        return tuple(islice((one for one in self._walk(location) if is_shown(one.location, location)), limit))

    def hidden(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        """As `files`, with the hidden ones."""
        return tuple(islice(self._walk(location), limit))

    def exists(self, location: str) -> bool:
        """Whether there is such a file or folder."""
        return Path(_path(location)).exists()

    def open(self, location: str) -> BinaryIO:
        """The file."""
        try:
            return Path(_path(location)).open("rb")
        except FileNotFoundError as error:
            raise UnreadableTable(f"there is no file {location!r}", hint="was it removed meanwhile?") from error
        except PermissionError as error:
            raise PermissionRefused(f"the file {location!r} may not be read", hint="check its permissions") from error

    def _walk(self, location: str) -> Iterator[StoredFile]:
        path = Path(_path(location))
        if path.is_file():
            yield StoredFile(str(path), path.stat().st_size)
            return
        try:
            entries = sorted(path.iterdir(), key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return
        except PermissionError as error:
            raise PermissionRefused(
                f"the folder {str(path)!r} may not be read", hint="check its permissions"
            ) from error
        for entry in entries:
            yield from self._walk(str(entry))


def is_remote(location: str) -> bool:
    """Whether a location lies elsewhere than on this machine."""
    return "://" in location and not location.startswith("file://")


def _path(location: str) -> str:
    return location.removeprefix("file://")


class MemoryStore:
    """Files held in memory, for tests; `denied` are locations that may not be looked at."""

    def __init__(self, files: Mapping[str, bytes], denied: tuple[str, ...] = ()) -> None:
        self.content = dict(files)
        self.denied = denied
        self.opened: list[str] = []

    def files(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        """The files below a location."""
        return tuple(islice((one for one in self.hidden(location) if is_shown(one.location, location)), limit))

    def hidden(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        """As `files`, with the hidden ones."""
        self._check(location)
        place = location.rstrip("/")
        names = sorted(name for name in self.content if name == place or name.startswith(place + "/"))
        return tuple(StoredFile(name, len(self.content[name])) for name in names if not name.endswith("/"))[:limit]

    def exists(self, location: str) -> bool:
        """Whether a file, or a marker of a folder (its name ends with a slash), lies there."""
        self._check(location)
        place = location.rstrip("/")
        return any(name == place or name.startswith(place + "/") for name in self.content)

    def open(self, location: str) -> BinaryIO:
        """A file's bytes."""
        self._check(location)
        if location not in self.content:
            raise UnreadableTable(f"there is no file {location!r}", hint="was it removed meanwhile?")
        self.opened.append(location)
        return io.BytesIO(self.content[location])

    def _check(self, location: str) -> None:
        if location.startswith(self.denied) and self.denied:
            raise PermissionRefused(f"{location!r} may not be read", hint="grant s3:GetObject and s3:ListBucket")

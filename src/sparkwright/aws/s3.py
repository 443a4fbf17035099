"""Files on S3: the Store over a session, and the one that sends each location to where it lies."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from sparkwright.aws.failures import is_code, mapped
from sparkwright.aws.sessions import AwsSession
from sparkwright.errors import UnreadableTable
from sparkwright.store import LocalStore, Store, StoredFile, is_shown

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = 1000
BLOCK = 256 * 1024
"""Bytes that one request asks for at least: a footer of Parquet or the first lines of a text in one go."""
_PLACE = re.compile(r"(?P<scheme>s3[an]?)://(?P<bucket>[^/]+)(?:/(?P<key>.*))?", re.DOTALL | re.IGNORECASE)
_READS = 4  # times that a body which breaks off is asked for again: botocore retries calls, not their bodies
_MARKER = "_$folder$"  # Hadoop's empty object for a folder


@dataclass(frozen=True)
class _Place:
    """A location on S3; `start` is what stands before the key, as it was written."""

    bucket: str
    key: str
    start: str

    @classmethod
    def parse(cls, location: str) -> _Place:
        found = _PLACE.fullmatch(location)
        if found is None:
            raise UnreadableTable(f"{location!r} is not a location on S3", hint="write it as s3://BUCKET/KEY")
        return cls(found["bucket"], found["key"] or "", f"{found['scheme']}://{found['bucket']}/")


class S3Store:
    """The objects of S3, under `s3://`, `s3a://` or `s3n://`; locations come back as they were asked for."""

    def __init__(self, session: AwsSession, *, page: int = PAGE) -> None:
        self._session = session
        self._page = page

    def files(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        """The objects below a location, or the object itself."""
        return tuple(islice((one for one in self._below(location) if is_shown(one.location, location)), limit))

    def hidden(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        """As `files`, with the hidden ones."""
        return tuple(islice(self._below(location), limit))

    def exists(self, location: str) -> bool:
        """Whether any object lies there, markers of folders too."""
        place = _Place.parse(location)
        key = place.key.rstrip("/")
        client = self._session.client("s3")
        for prefix in (f"{key}/", f"{key}{_MARKER}") if key else ("",):
            with mapped("s3", repr(location)):
                if client.list_objects_v2(Bucket=place.bucket, Prefix=prefix, MaxKeys=1).get("Contents"):
                    return True
        return bool(self.hidden(location, 1))

    def open(self, location: str) -> BinaryIO:
        """An object for reading, by ranges; raises where it is changed meanwhile."""
        place = _Place.parse(location)
        client = self._session.client("s3")
        with mapped("s3", repr(location)):
            said = client.head_object(Bucket=place.bucket, Key=place.key)
        raw = _Object(client, place, location, said["ContentLength"], said["ETag"])
        return io.BufferedReader(raw, buffer_size=BLOCK)

    def _below(self, location: str) -> Iterator[StoredFile]:
        """What lies in the folder; where nothing does, the object of exactly that name."""
        place = _Place.parse(location)
        is_folder = False
        prefix = f"{place.key.rstrip('/')}/" if place.key else ""
        for one in self._listed(place, prefix, location):
            is_folder = True
            yield one
        if not is_folder and place.key and not place.key.endswith("/"):
            # Among the keys that begin with its name, the object itself comes first.
            found = next(self._listed(place, place.key, location, most=1), None)
            if found is not None and found.location == place.start + place.key:
                yield found

    def _listed(self, place: _Place, prefix: str, location: str, most: int = 0) -> Iterator[StoredFile]:
        client = self._session.client("s3")
        asked: dict[str, Any] = {"Bucket": place.bucket, "Prefix": prefix, "MaxKeys": most or self._page}
        while True:
            with mapped("s3", repr(location)):
                page = client.list_objects_v2(**asked)
            for one in page.get("Contents", ()):
                if not one["Key"].endswith(("/", _MARKER)):
                    yield StoredFile(place.start + one["Key"], one["Size"])
            if most or not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]


class _Object(io.RawIOBase):
    """One version of an object as a file that can be sought in; each read is a request for a range."""

    def __init__(self, client: Any, place: _Place, location: str, size: int, version: str) -> None:
        self._client = client
        self._place = place
        self._location = location
        self._size = size
        self._version = version
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        content = self._range(self._at, self._at + wanted - 1)
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)

    def _range(self, first: int, last: int) -> bytes:
        from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError, ResponseStreamingError

        with mapped("s3", repr(self._location)):
            for left in reversed(range(_READS)):
                try:
                    said = self._client.get_object(
                        Bucket=self._place.bucket,
                        Key=self._place.key,
                        Range=f"bytes={first}-{last}",
                        IfMatch=self._version,
                    )
                    return bytes(said["Body"].read())
                except ClientError as error:
                    if is_code(error, "PreconditionFailed", "412"):
                        raise self._changed() from error
                    raise
                except (HTTPClientError, IncompleteReadError, ResponseStreamingError):
                    if not left:
                        raise
        raise AssertionError("unreachable")

    def _changed(self) -> UnreadableTable:
        return UnreadableTable(f"{self._location!r} was changed while it was read", hint="try again")


class Stores:
    """Every place: `s3://`, `s3a://` and `s3n://` on S3, `file://` and plain paths on this machine.

    The session is asked for only when a location on S3 is.
    """

    def __init__(self, session: AwsSession | None = None, *, s3: Store | None = None) -> None:
        self._session = session
        self._s3 = s3
        self._local = LocalStore()

    def files(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        """The files below a location, or the file itself."""
        return self._store(location).files(location, limit)

    def hidden(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        """As `files`, with the hidden ones."""
        return self._store(location).hidden(location, limit)

    def exists(self, location: str) -> bool:
        """Whether anything lies there at all."""
        return self._store(location).exists(location)

    def open(self, location: str) -> BinaryIO:
        """A file for reading, with seek."""
        return self._store(location).open(location)

    def _store(self, location: str) -> Store:
        scheme, mark, _ = location.partition("://")
        if not mark or scheme.lower() == "file":
            return self._local
        if scheme.lower() not in ("s3", "s3a", "s3n"):
            raise UnreadableTable(
                f"{location!r} lies at {scheme}://, where we cannot look",
                hint="copy the files to S3 or to this machine",
            )
        if self._s3 is None:
            self._s3 = S3Store(self._session or AwsSession())
        return self._s3

"""Where a table's rows lie: near its root as `k=v` folders or far from it, as each engine wants it written."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Column, Partition, Reader
    from sparkwright.platforms import Dialect

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_PATTERN_MARKS = frozenset("*?[]{}")


def location(place: str, dialect: Dialect) -> str:
    """A location as SQL of the dialect takes it.

    Sail takes `*`, `?`, `[` and `{` in a bare path or key for a pattern, and decodes what is percent-encoded in a URL
    (a folder `k=a%3Ab` on S3 has that very name); JVM Spark does neither.
    """
    if dialect != "sail":
        return place
    return _url(place) if place.startswith("/") else _decoded_once(place)


def load_path(place: str, dialect: Dialect = "sail") -> str:
    """A location as `load()` takes it, on Sail and on JVM Spark; a URL only where a bare path would be a pattern."""
    if place.startswith("/"):
        return _url(place) if _PATTERN_MARKS & set(place) else place
    return _decoded_once(place) if dialect == "sail" else place


_SPELLED = {ord(mark): f"%{ord(mark):02X}" for mark in "%?*[]{}#"}


def _decoded_once(place: str) -> str:
    """A URL that an engine which decodes it takes for the place itself; a local path has none of its own."""
    return place.translate(_SPELLED) if "://" in place else place


def _url(place: str) -> str:
    return PurePosixPath(place).as_uri() + ("/" if place.endswith("/") else "")


def is_far(reader: Reader, partition: Partition) -> bool:
    """Whether the partition lies elsewhere than in the folder under the root that its keys and values spell."""
    root = reader.root.rstrip("/") + "/"
    if reader.strays or partition.storage is not None or not partition.location.startswith(root):
        return True
    steps = [unquote(step) for step in partition.location[len(root) :].rstrip("/").split("/")]
    return steps != spelled(reader.partition_keys, partition)


def is_apart(reader: Reader, dialect: Dialect = "sail") -> bool:
    """Whether each partition must be read by itself: a read of the root would miss some, or find more.

    JVM Spark takes far partitions into a declared table, but no folders below a partition.
    """
    if not reader.partitions:
        return False
    if not reader.partition_keys:  # pieces of a place where Sail would take folders for columns
        return dialect == "sail"
    if reader.options.get("recursiveFileLookup") == "true":
        return True
    return dialect == "sail" and any(is_far(reader, partition) for partition in reader.partitions)


def spelled(keys: Sequence[Column], partition: Partition) -> list[str]:
    """The folders of a partition by its keys and values, such as `["year=2024", "month=01"]`."""
    pairs = zip(keys, partition.values, strict=True)
    return [f"{key.name}={NULL_PARTITION if value is None else value}" for key, value in pairs]

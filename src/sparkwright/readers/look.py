"""Look at a table's files for what its metadata cannot say: names and types in them, features, what lies where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from sparkwright.domain import Evidence

if TYPE_CHECKING:
    from sparkwright.domain import Reader, Table
    from sparkwright.store import Store, StoredFile

Look = Callable[["Table", Sequence["StoredFile"], "Store"], Evidence]


def look(table: Table, reader: Reader, store: Store) -> Evidence:
    """What the files say that the reader would read; `reader` is the verdict on the metadata alone."""
    looker = LOOKS.get(reader.format)
    if looker is None:
        return Evidence()
    return looker(table, sample(reader, store), store)


SAMPLED_PARTITIONS, SAMPLED_FILES = 8, 16


def sample(reader: Reader, store: Store) -> tuple[StoredFile, ...]:
    """Some files of the table: of its first and last partitions, or of its root."""
    places = [partition.location for partition in reader.partitions] or [reader.root]
    half = SAMPLED_PARTITIONS // 2
    chosen = places if len(places) <= SAMPLED_PARTITIONS else [*places[:half], *places[-half:]]
    each = max(2, SAMPLED_FILES // len(chosen))
    return tuple(file for place in chosen for file in store.files(place, each) if file.bytes > 0)


LOOKS: Mapping[str, Look] = {}

"""Look at a table's files for what its metadata cannot say: names and types in them, features, what lies where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from sparkwright.domain import Evidence
from sparkwright.readers.formats import (
    avro,
    delta,
    hudi,
    iceberg,
    json,
    orc,
    parquet,
    spark_source,
    symlink,
    text_lines,
    xml,
)
from sparkwright.readers.formats.hidden_lake import FORMATS, hidden_lake
from sparkwright.spark_tables import provider, restored

if TYPE_CHECKING:
    from sparkwright.domain import Reader, Table
    from sparkwright.store import Store, StoredFile

_Item = TypeVar("_Item")
Look = Callable[["Table", Sequence["StoredFile"], "Store"], Evidence]


def look(table: Table, reader: Reader, store: Store) -> Evidence:
    """What the files say that the reader would read; `reader` is the verdict on the metadata alone."""
    is_source = bool(provider(table)) and reader.format in SOURCE_LOOKS
    looker = (SOURCE_LOOKS if is_source else LOOKS).get(reader.format)
    if looker is None:
        return Evidence()
    hidden = hidden_lake(reader.root, store) if reader.format in FORMATS else None
    if hidden is not None:
        return hidden
    return looker(restored(table), sample(reader, store), store)


SAMPLED_PARTITIONS, SAMPLED_FILES = 8, 16
LISTED = 1_000  # what one call lists


def sample(reader: Reader, store: Store) -> tuple[StoredFile, ...]:
    """Some files of the table, the first and the last by name: of its first and last partitions, or of its root."""
    places = [partition.location for partition in reader.partitions] or [reader.root]
    chosen = _ends(places, SAMPLED_PARTITIONS)
    each = max(2, SAMPLED_FILES // len(chosen))
    listed = ([file for file in store.files(place, LISTED) if file.bytes > 0] for place in chosen)
    return tuple(file for files in listed for file in _ends(files, each))


def _ends(items: Sequence[_Item], most: int) -> Sequence[_Item]:
    """The first and the last of many."""
    return items if len(items) <= most else [*items[: most - most // 2], *items[-(most // 2) :]]


LOOKS: Mapping[str, Look] = {
    "parquet": parquet.look,
    "orc": orc.look,
    "avro": avro.look,
    "json": json.look,
    "text": text_lines.look,
    "csv": text_lines.look,
    "xml": xml.look,
    "iceberg": iceberg.look,
    "delta": delta.look,
    "hudi": hudi.look,
    "symlink": symlink.look,
}
SOURCE_LOOKS: Mapping[str, Look] = {"csv": spark_source.look_at_csv, "text": spark_source.look_at_text}
"""Looks at data source tables of Spark, where their format means something else there."""

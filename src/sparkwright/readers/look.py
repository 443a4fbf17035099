"""Look at a table's files for what its metadata cannot say: names and types in them, features, what lies where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
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
    files, is_whole = sample(reader, store)
    evidence = looker(restored(table), files, store)
    if is_whole or reader.format not in SILENT:
        return evidence
    return replace(evidence, notes=(*evidence.notes, SILENT[reader.format].format(len(files))))


SAMPLED_PARTITIONS, SAMPLED_FILES = 8, 16
SILENT: Mapping[str, str] = {
    "json": "the keys were looked up in {} of its JSON files: a key that others spell in another case reads as NULL"
}
"""What would go wrong without an error in files that nobody looked at; of such formats more files are looked at."""
_MORE = 4
LISTED = 1_000  # what one call lists
_THREADS = 16


def sample(reader: Reader, store: Store) -> tuple[tuple[StoredFile, ...], bool]:
    """Some files of some partitions, or of the root, spread evenly by name; and whether these are all of them."""
    places = [partition.location for partition in reader.partitions] or [reader.root]
    more = _MORE if reader.format in SILENT else 1
    chosen = spread(places, SAMPLED_PARTITIONS * more)
    each = max(2, SAMPLED_FILES * more // len(chosen))
    with ThreadPoolExecutor(_THREADS) as threads:
        listed = list(threads.map(lambda place: store.files(place, LISTED), chosen))
    full = [[file for file in files if file.bytes > 0] for files in listed]
    found = tuple(file for files in full for file in spread(files, each))
    is_whole = len(chosen) == len(places) and len(found) == sum(map(len, full))
    return found, is_whole and not any(len(files) == LISTED for files in listed)


def spread(items: Sequence[_Item], most: int) -> Sequence[_Item]:
    """Some of many, evenly, the first and the last among them."""
    if len(items) <= most:
        return items
    return [items[number * (len(items) - 1) // (most - 1)] for number in range(most)] if most > 1 else items[:1]


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

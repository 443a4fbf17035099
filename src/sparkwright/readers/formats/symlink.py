"""Symlink manifests: the Delta table above them where there is one, else the files that they name, as Parquet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sparkwright.domain import Cast, Evidence, Reader, Unreadable
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import spark_type
from sparkwright.readers.columns import literal
from sparkwright.readers.formats import delta, parquet
from sparkwright.readers.formats.lake import bare_reader, features_of
from sparkwright.readers.places import NULL_PARTITION
from sparkwright.readers.verdicts import Verdict, refuse
from sparkwright.store import StoredFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sparkwright.domain import Column, Table
    from sparkwright.store import Store

MOST_FILES = 200
_SAMPLE = 16
_LOG = "delta"
_SERDE = "ParquetHiveSerDe"


def rule(table: Table) -> Verdict:
    """A table whose location holds lists of files."""
    if not table.storage.input_format.endswith("SymlinkTextInputFormat"):
        return None
    if not table.storage.serde.endswith(_SERDE):
        return refuse(
            table,
            f"it lists its files in a manifest (symlink format), and they are not Parquet: {table.storage.serde!r}",
            "name a table over the files themselves",
        )
    return read(table)


def read(table: Table) -> Reader | Unreadable:
    """How the table is read: as Delta where a log lies above its manifests, else file by file."""
    evidence = table.evidence
    root = table.location.rstrip("/")
    if evidence is None or evidence.refusal:
        return bare_reader(table, "symlink", root.partition(delta.MANIFESTS)[0])
    if _LOG in evidence.marks:
        return delta.read(table, root)
    if not evidence.files:
        return refuse(table, "its manifests name no files", "generate the manifests again")
    found = [_file(table, file, evidence.marks) for file in evidence.files]
    refused = next((one for one in found if isinstance(one, Unreadable)), None)
    if refused:
        return refused
    first, *others = (one for one in found if isinstance(one, Reader))
    return replace(first, others=tuple(others))


def _file(table: Table, file: str, folders: Mapping[str, str]) -> Reader | Unreadable:
    """One file as a table; the keys of its partition are constants."""
    bare = replace(table, location=file, partition_keys=(), partitions=())
    reader = parquet.read(bare)
    if isinstance(reader, Unreadable):
        return reader
    values = dict(step.split("=", 1) for step in folders.get(file, "").split("/") if "=" in step)
    lost = [key.name for key in table.partition_keys if key.name not in values]
    if lost:
        return refuse(
            table, f"the manifest of {file!r} lies in no folder of {lost[0]!r}", "generate the manifests again"
        )
    keys = tuple(_constant(key, unquote(values[key.name]), reader.stored[0].name) for key in table.partition_keys)
    return replace(reader, root=file, casts=(*reader.casts, *keys))


def _constant(key: Column, value: str, beside: str) -> Cast:
    text = "NULL" if value == NULL_PARTITION else literal(value)
    return Cast(beside, key.name, key.type, (f"CAST({text} AS {spark_type(key.type)})",))


def look(table: Table, _: Sequence[StoredFile], store: Store) -> Evidence:
    """The Delta log above the manifests, or the files that they name."""
    place = table.location.rstrip("/")
    root = place.partition(delta.MANIFESTS)[0]
    if delta.has_log(root, store):
        found = delta.evidence_at(root, store)
        return replace(found, marks={_LOG: root})
    try:
        folders = dict(_listed(place, store))
    except UnreadableTable as error:
        return Evidence(refusal=error.message, remedy=error.hint)
    gone = next((file for file in folders if not store.exists(file)), None)
    if gone is not None:  # engines read a file that is not there as no rows
        return Evidence(
            refusal=f"its manifests name the file {gone!r}, which is not there", remedy="generate the manifests again"
        )
    some = [StoredFile(file, 1) for file in [*folders][:_SAMPLE]]
    found = parquet.look(replace(table, partition_keys=()), some, store)
    odd = {feature: None for file in folders for feature in features_of(file)}
    return replace(found, files=tuple(folders), marks=folders, features=(*found.features, *odd))


def _listed(place: str, store: Store) -> Iterator[tuple[str, str]]:
    """Each file that the manifests name, with the folder of its manifest below the table's location."""
    count = 0
    # What lies below a folder that begins with `_` is hidden only from those who list from above it.
    for manifest in store.files(place):
        folder = manifest.location[len(place) :].rpartition("/")[0]
        with store.open(manifest.location) as stream:
            for line in stream:
                file = line.decode("utf-8", "replace").strip()
                if not file:
                    continue
                count += 1
                if count > MOST_FILES:
                    raise UnreadableTable(
                        f"its manifests name more than {MOST_FILES} files",
                        hint="name a table over the folder of the files, or one of Delta",
                    )
                yield file, folder

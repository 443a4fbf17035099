"""Delta: the table's own log says version, schema and what a reader must know; never its files without the log."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sparkwright.domain import Column, Evidence, Unreadable
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import from_spark_json
from sparkwright.readers.formats.lake import bare_reader, features_of, is_made_as, laid_over, left_out, place_of
from sparkwright.readers.verdicts import Verdict, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sparkwright.domain import Reader, Table
    from sparkwright.store import Store, StoredFile

MANIFESTS = "/_symlink_format_manifest"
# All of them are read right by the engines, or stand in `Platform.unreadable` as "delta <feature>" (measured).
KNOWN = {
    "columnMapping",
    "deletionVectors",
    "timestampNtz",
    "v2Checkpoint",
    "vacuumProtocolCheck",
    "typeWidening",
    "typeWidening-preview",
    "variantType",
    "variantType-preview",
}
_COMMIT = re.compile(r"(\d{20})\.json")
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10})|\.[0-9a-f-]{36})?\.(parquet|json)")


def rule(table: Table) -> Verdict:
    """A table that its catalog calls Delta."""
    return read(table, place_of(table)) if is_made_as(table, "delta") else None


def read(table: Table, place: str) -> Reader | Unreadable:
    """How a table of Delta is read that lies at the place."""
    root = place.partition(MANIFESTS)[0]
    if not root:
        return refuse(
            table, "it is a table of Delta, and its location is a placeholder", "set its location in the catalog"
        )
    reader = bare_reader(table, "delta", root)
    if table.evidence is None or table.evidence.refusal:
        return reader
    own = table.evidence.columns
    casts = laid_over(table, own)
    if isinstance(casts, Unreadable):
        return casts
    return replace(reader, stored=own, casts=casts, notes=left_out(table, own))


def look(table: Table, _: Sequence[StoredFile], store: Store) -> Evidence:
    """The newest version in the table's log, with its schema and the features that a reader must know."""
    return evidence_at(place_of(table).partition(MANIFESTS)[0], store)


def has_log(root: str, store: Store) -> bool:
    """Whether a Delta log lies there."""
    return bool(store.hidden(f"{root}/_delta_log", 1))


def evidence_at(root: str, store: Store) -> Evidence:
    """What the log below the root says."""
    try:
        log = _read_log(f"{root}/_delta_log", store)
        columns = _columns(log.metadata)
    except UnreadableTable as error:
        return Evidence(refusal=error.message, remedy=error.hint)
    features = _features(log.protocol)
    if unknown := sorted(set(features) - KNOWN):
        return Evidence(
            refusal=f"its Delta log wants readers to know {', '.join(map(repr, unknown))}, which is not known here",
            remedy="drop the feature from the table, or export the table to plain Parquet",
        )
    needs = (*(f"delta {feature}" for feature in features), *features_of(root))
    return Evidence(columns=columns, version=str(log.version), features=needs)


@dataclass(frozen=True)
class _Log:
    """What the log says of its newest version."""

    version: int
    protocol: Mapping[str, Any]
    metadata: Mapping[str, Any]


def _read_log(folder: str, store: Store) -> _Log:
    commits, checkpoints = _listed(folder, store)
    if not commits and not checkpoints:
        raise UnreadableTable(
            f"it is a table of Delta, and there is no Delta log at {folder!r}",
            hint="correct the table's location in the catalog",
        )
    start = max(checkpoints, default=-1)
    newest = max(start, *commits) if commits else start
    gaps = [number for number in range(start + 1, newest + 1) if number not in commits]
    if gaps:
        raise UnreadableTable(
            f"the Delta log at {folder!r} is not whole: the commit of version {gaps[0]} is missing",
            hint="restore the file; a log without it cannot be read by any engine",
        )
    actions = _newest_first(commits, range(newest, start, -1), checkpoints.get(start, ()), store)
    found: dict[str, Mapping[str, Any]] = {}
    for action in actions:
        for key in ("protocol", "metaData"):
            if action.get(key) and key not in found:
                found[key] = action[key]
        if len(found) == 2:
            return _Log(newest, found["protocol"], found["metaData"])
    raise UnreadableTable(f"the Delta log at {folder!r} has no schema", hint="is it a table of Delta?")


def _listed(folder: str, store: Store) -> tuple[dict[int, str], dict[int, tuple[str, ...]]]:
    """The commits by version, and the checkpoints that are whole."""
    commits: dict[int, str] = {}
    parts: dict[tuple[int, int], list[str]] = {}
    for file in store.hidden(folder):
        name = file.location.rpartition("/")[2]
        if file.location != f"{folder}/{name}":
            continue  # sidecars and staged commits
        if commit := _COMMIT.fullmatch(name):
            commits[int(commit[1])] = file.location
        elif checkpoint := _CHECKPOINT.fullmatch(name):
            parts.setdefault((int(checkpoint[1]), int(checkpoint[3] or 1)), []).append(file.location)
    # Two checkpoints of the second kind for one version say the same.
    whole = {version: tuple(found) for (version, count), found in parts.items() if len(found) >= count}
    return commits, whole


def _newest_first(
    commits: Mapping[int, str], versions: Sequence[int], checkpoint: Sequence[str], store: Store
) -> Iterator[Mapping[str, Any]]:
    for version in versions:
        yield from _json_lines(commits[version], store)
    for place in checkpoint:
        yield from _json_lines(place, store) if place.endswith(".json") else _parquet_rows(place, store)


def _json_lines(place: str, store: Store) -> Iterator[Mapping[str, Any]]:
    with store.open(place) as stream:
        for line in stream:
            if b'"protocol"' in line or b'"metaData"' in line:
                yield _parsed(line, place)


def _parsed(line: bytes, place: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise UnreadableTable(f"the file {place!r} of the Delta log is not sound JSON", hint="restore it") from error
    return found if isinstance(found, dict) else {}


def _parquet_rows(place: str, store: Store) -> Iterator[Mapping[str, Any]]:
    """The rows of a checkpoint that are no files of the table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with store.open(place) as stream, pq.ParquetFile(stream) as file:
            wanted = [name for name in file.schema_arrow.names if name in ("protocol", "metaData")]
            for batch in file.iter_batches(columns=wanted):
                for name in wanted:
                    column = batch.column(batch.schema.get_field_index(name))
                    yield from ({name: _plain(value)} for value in column.drop_null().to_pylist())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UnreadableTable(
            f"the checkpoint {place!r} of the Delta log is not sound Parquet", hint="restore it"
        ) from error


def _plain(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An action without the parts that are NULL."""
    return {key: part for key, part in value.items() if part is not None}


def _columns(metadata: Mapping[str, Any]) -> tuple[Column, ...]:
    return tuple(Column(one.name, str(one.type)) for one in from_spark_json(metadata["schemaString"]).fields)


def _features(protocol: Mapping[str, Any]) -> tuple[str, ...]:
    """What a reader must know; before version 3 of the protocol the number says it."""
    version = int(protocol.get("minReaderVersion", 1))
    if version == 2:
        return ("columnMapping",)
    return tuple(sorted(protocol.get("readerFeatures") or ())) if version >= 3 else ()

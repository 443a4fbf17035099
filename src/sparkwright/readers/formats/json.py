"""JSON, one object in a line: by the keys as the files spell them, at every depth; a line that is none is an error."""

from __future__ import annotations

import bz2
import gzip
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, cast

from sparkwright.domain import Cast, Column, Evidence, Reader
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import parse as parse_type
from sparkwright.readers.columns import literal
from sparkwright.readers.formats.text_lines import MIXED, is_mixed
from sparkwright.readers.json_shapes import Keys, Pairs, Shape, parse
from sparkwright.readers.matching import ODD_STRUCTS, odd_structs
from sparkwright.readers.verdicts import STORED, key_casts, options_of, plain_reader, refuse, stored_keys
from sparkwright.spark_tables import provider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Table, Unreadable
    from sparkwright.store import Store, StoredFile

MALFORMED = "json lines that are no JSON"
_MOST, _LEAST, _MOST_IN_ALL = 1 << 19, 1 << 16, 1 << 23
"""Bytes of a file, unpacked, that are looked at; of many files fewer of each."""
_THREADS = 16
_LINE = "_sparkwright_line"
_ONE_A_LINE = "write one object a line, for example with jq -c '.[]?'"


def read(table: Table) -> Reader | Unreadable:
    """How a table of JSON is read."""
    if any(key.startswith(STORED) for key in table.parameters):
        plain = plain_reader(table, "json")
        return replace(plain, options={"mode": "FAILFAST", **plain.options})
    try:
        stored = _stored(table)
    except UnreadableTable as error:
        return refuse(table, error.message, error.hint)
    unique = {column.name: column for column in stored}
    if len({name.lower() for name in unique}) < len(unique):
        return refuse(
            table,
            "columns of it are read from keys that differ only in case",
            "read it with case.insensitive and one of the keys, or write the files again",
        )
    reader = Reader(
        table=table.name,
        format="json",
        root=table.location,
        options={"mode": "FAILFAST", **options_of(table)},
        stored=(*unique.values(), *stored_keys(table)),
        casts=(*(_cast(one, own) for one, own in zip(table.columns, stored, strict=True)), *key_casts(table)),
        partition_keys=table.partition_keys,
        partitions=table.partitions,
    )
    if any(odd_structs(own, one) for one, own in zip(table.columns, stored, strict=True)):
        reader = replace(reader, needs=(ODD_STRUCTS,))
    is_malformed = table.evidence is not None and MALFORMED in table.evidence.features
    return _with_null_rows(reader) if is_malformed else reader


def _stored(table: Table) -> Sequence[Column]:
    """The columns in the files, in the order of the catalog's."""
    if table.evidence is not None and table.evidence.columns:
        return table.evidence.columns
    return _found(table, Shape(), keys_of(table))


def _found(table: Table, shape: Shape, keys: Keys) -> tuple[Column, ...]:
    found = []
    for column in table.columns:
        key = keys.key(column.name, shape, column.name)
        # Spark writes bytes in base64; SerDes differ, so that a binary column of theirs is refused.
        kind = "string" if column.type == "binary" and provider(table) else column.type
        stored = keys.stored(parse_type(kind), shape.keys.get(key, Shape()), column.name)
        found.append(Column(key, str(stored)))
    return tuple(found)


def _cast(column: Column, own: Column) -> Cast:
    value = ("unbase64(", ")") if column.type == "binary" else ("", "")
    return Cast(own.name, column.name, column.type, value=value)


def keys_of(table: Table) -> Keys:
    """How the table's names go to keys, as its SerDe says."""
    said = {key.lower(): value for key, value in table.storage.parameters.items()}
    return Keys(
        named={key[len("mapping.") :]: value for key, value in said.items() if key.startswith("mapping.")},
        dots=said.get("dots.in.keys", "").lower() == "true",
        exact=said.get("case.insensitive", "").lower() == "false" or bool(provider(table)),
    )


def _with_null_rows(reader: Reader) -> Reader:
    """Lines that are no JSON as rows of NULL, as the SerDe has them; values of another type stay an error.

    Spark's own mode makes such values NULL as well, and keeps the line: one that is JSON had a value of another type.
    """
    test = f"IF({_LINE} IS NOT NULL AND get_json_object({_LINE}, '$') IS NOT NULL, raise_error("
    wrong = f"concat({literal('a value is not of its type: ')}, {_LINE})), "
    keys = {key.name for key in reader.partition_keys}
    casts = tuple(
        one if one.stored in keys else replace(one, value=(test + wrong + one.value[0], one.value[1] + ")"))
        for one in reader.casts
    )
    place = len(reader.stored) - len(keys)
    stored = (*reader.stored[:place], Column(_LINE, "string"), *reader.stored[place:])
    options = {**reader.options, "mode": "PERMISSIVE", "columnNameOfCorruptRecord": _LINE}
    return replace(reader, stored=stored, casts=casts, options=options)


# --- the look --------------------------------------------------------------------------------------------------------


@dataclass
class _Seen:
    """What the lines that were looked at hold."""

    shape: Shape = field(default_factory=Shape)
    malformed: str = ""
    blank: bool = False
    whole: bool = True


def look(table: Table, files: Sequence[StoredFile], store: Store) -> Evidence:
    """Keys and kinds of values in the first lines of the files; refused where engines would read them otherwise."""
    if any(key.startswith(STORED) for key in table.parameters):
        return Evidence()
    seen = _Seen()
    keys = keys_of(table)
    ignores = table.storage.parameters.get("ignore.malformed.json", "").strip().lower() == "true"
    try:
        most = min(_MOST, max(_LEAST, _MOST_IN_ALL // max(1, len(files))))
        with ThreadPoolExecutor(_THREADS) as threads:
            heads = threads.map(lambda file: _head(file.location, store, most), files)
            for file, head in zip(files, heads, strict=True):
                _see(file.location, head, seen)
        if seen.malformed and not ignores:
            raise UnreadableTable(seen.malformed, hint="correct the file, or remove it")
        columns = _found(table, seen.shape, keys)
    except UnreadableTable as error:
        return Evidence(refusal=error.message, remedy=error.hint)
    return Evidence(
        columns=columns,
        features=(*keys.features, *((MALFORMED,) if seen.malformed else ()), *((MIXED,) if is_mixed(files) else ())),
        notes=tuple(_notes(keys, seen)),
    )


def _notes(keys: Keys, seen: _Seen) -> list[str]:
    notes = []
    if keys.missing and seen.shape.keys:
        names = ", ".join(map(repr, keys.missing[:5])) + (", ..." if len(keys.missing) > 5 else "")
        notes.append(
            f"no line of the JSON files that were looked at has the key of {names}: NULL, unless others have it"
        )
    if not seen.whole:
        notes.append(
            "of large JSON files the first lines were looked at: a key that others spell in another case is NULL"
        )
    if seen.blank:
        notes.append("blank lines in its JSON files are left out")
    return notes


def _see(place: str, found: tuple[bytes, bool], seen: _Seen) -> None:
    head, is_cut = found
    seen.whole = seen.whole and not is_cut
    lines = head.split(b"\n")
    if is_cut:
        lines.pop()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            seen.blank = seen.blank or number < len(lines)
            continue
        try:
            value = parse(line.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            if "Extra data" in str(error) or line.strip() in (b"{", b"["):
                raise _not_one(place, number) from error
            seen.malformed = seen.malformed or f"line {number} of {place!r} is not JSON ({error})"
            continue
        if not isinstance(value, Pairs):
            raise _not_one(place, number)
        seen.shape.see(value)


def _not_one(place: str, number: int) -> UnreadableTable:
    return UnreadableTable(f"line {number} of {place!r} is not one JSON object", hint=_ONE_A_LINE)


_PACKED = (".snappy", ".zst", ".lz4", ".deflate", ".lzo", ".xz")


def _head(place: str, store: Store, most: int) -> tuple[bytes, bool]:
    """The first bytes of a file, unpacked, and whether there are more; none of one that cannot be unpacked here."""
    if place.endswith(_PACKED):
        return b"", False
    try:
        with store.open(place) as stream:
            unpacked: BinaryIO = stream
            if place.endswith(".gz"):
                unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=stream))
            elif place.endswith(".bz2"):
                unpacked = cast("BinaryIO", bz2.BZ2File(stream))
            found = unpacked.read(most + 1)
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise UnreadableTable(f"the file {place!r} cannot be unpacked: {error}", hint="compress it again") from error
    return found[:most], len(found) > most

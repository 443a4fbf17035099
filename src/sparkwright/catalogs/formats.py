"""Which format a file is of, by the end of its name or, where that says nothing, by its first bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMATS: Mapping[str, str] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".avro": "avro",
    ".orc": "orc",
}
COMPRESSIONS = (".gz", ".bz2", ".zst", ".xz", ".lz4", ".snappy", ".deflate", ".zip")
_TEXT = ("csv", "tsv", "json")
_MAGIC: Mapping[bytes, str] = {b"PAR1": "parquet", b"Obj\x01": "avro", b"ORC": "orc"}


def split_name(name: str) -> tuple[str, str, str]:
    """Split a file name into the table's name, the format and the compression; the last two may be empty.

    `orders.csv.gz` is `("orders", "csv", ".gz")`, `notes.md` is `("notes.md", "", "")`.
    """
    bare, compression = name, ""
    for end in COMPRESSIONS:
        if name.lower().endswith(end):
            bare, compression = name[: -len(end)], end
            break
    stem, dot, ending = bare.rpartition(".")
    kind = FORMATS.get(dot + ending.lower(), "")
    if not kind or not stem or (compression and kind not in _TEXT):
        return name, "", ""
    return stem, kind, compression


def is_hidden(name: str) -> bool:
    """Whether readers of data lakes skip the file or folder: `.x`, and `_x` unless it is `_k=v`."""
    return name.startswith(".") or (name.startswith("_") and "=" not in name)


def format_of(path: Path) -> str:
    """The format of a file; empty where nobody can tell."""
    _, kind, _ = split_name(path.name)
    if kind or "." in path.name.strip("."):
        return kind
    with path.open("rb") as stream:
        head = stream.read(4)
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "")

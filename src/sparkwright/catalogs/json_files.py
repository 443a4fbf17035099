"""JSON lines: one object a line, with types that hold for every value."""

from __future__ import annotations

import gzip
import io
import json
import math
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as is_
from pyarrow import json as arrow_json

from sparkwright.catalogs.guess import Guess, are_held, is_held
from sparkwright.catalogs.schema import STORED, Schema, refuse_odd_names, refuse_twins
from sparkwright.domain import Column, Storage, TableName
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import from_arrow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sparkwright.catalogs.folders import Contents, Part

MOST = 1 << 30
"""Bytes of files that are read, all of them, to find types; a larger table is refused."""
_CHUNK = 1 << 25
_STORAGE = Storage(
    input_format="org.apache.hadoop.mapred.TextInputFormat",
    output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    serde="org.openx.data.jsonserde.JsonSerDe",
)
_DEEPEST = 64
"""Levels of objects and lists in one line; Arrow's own reader dies on very deep ones."""
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_NUMBER = rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_SUSPECT = re.compile(
    rb"(?:[:\[,\s]((?=[-\d.]{16})%b|-?\d+(?:\.\d+)?[eE][+-]?\d+)|NaN|Inf(?:inity)?)(?=\s*[,\]}])" % _NUMBER
)
_FRACTION = re.compile(rb"(?<!\d)\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)(?=\s*[,\]}])")
# Sail 0.7.2 takes the escaped pair of U+20000 for U+10000: it joins the halves by `or` where it should add.
_MISREAD_HALF = re.compile(rb"\\u[dD][89abAB][4-7c-fC-F]")
_TIMES = ("date", "timestamp")


def read_json_schema(name: TableName, contents: Contents) -> Schema:
    """Names and types of JSON lines, from every line; nested objects are structs, mixed types are refused."""
    files = [JsonFile(name, part, contents.compression) for part in contents.parts if not part.is_empty]
    if sum(file.part.bytes for file in files) > MOST:
        raise UnreadableTable(
            f"table {str(name)!r} is larger than what is read to find types ({MOST >> 20} MB)",
            hint="convert it to Parquet",
        )
    schema, times, rows, doubtful = _scan(name, files)
    refuse_twins(name, schema.names, "its objects taken together")
    refuse_odd_names(name, schema.names)
    if doubtful and any(_has_inexact_numbers(file, schema) for file in files):
        raise UnreadableTable(
            f"table {str(name)!r} has numbers that cannot be read exactly: whole ones too long for a bigint (or beside "
            "fractions, for a double), fractions with more digits than a double holds, NaN or infinity",
            hint="write them as texts, in quotes",
        )
    keys = {key.lower() for key in contents.keys}
    stored = {field.name: from_arrow(field.type) for field in schema if field.name.lower() not in keys}
    columns = tuple(Column(column, times.get(column, kind)) for column, kind in stored.items())
    notes = {STORED + column: "string" for column in times if column in stored}
    return Schema(columns, _STORAGE, {"classification": "json", **notes}, rows)


def _scan(name: TableName, files: list[JsonFile]) -> tuple[pa.Schema, dict[str, str], int, bool]:
    """One schema over all lines, the top-level texts that are times, the count of lines, whether one is doubtful."""
    schemas: list[pa.Schema] = []
    guesses: dict[str, Guess] = {}
    rows = 0
    doubtful = False
    for file in files:
        for chunk in file.chunks():
            found = file.parse(chunk)
            rows += found.num_rows
            doubtful = doubtful or any(_has_large(part) for column in found.columns for part in column.chunks)
            doubtful = doubtful or _has_long_fractions(chunk)
            schemas.append(pa.schema([(field.name, _plain(field.type)) for field in found.schema]))
            texts = [field.name for field in schemas[-1] if is_.is_string(field.type)]
            again = file.parse(chunk, texts) if any(is_.is_timestamp(found[text].type) for text in texts) else found
            for text in texts:
                guesses.setdefault(text, Guess()).show(again[text])
    if not rows:
        raise UnreadableTable(f"table {str(name)!r} is empty: not one line", hint="remove it, or fill it")
    try:
        schema = pa.unify_schemas(schemas, promote_options="permissive")
    except (pa.ArrowTypeError, pa.ArrowInvalid) as error:
        raise UnreadableTable(
            f"table {str(name)!r} has values of different types under one key: {error}",
            hint="write each key with values of one type",
        ) from error
    schema = pa.schema([(field.name, _settled(field.type)) for field in schema])
    return schema, {text: guess.type for text, guess in guesses.items() if guess.type in _TIMES}, rows, doubtful


def _has_large(values: pa.Array) -> bool:
    """Whether a number within is not held exactly by a double, or is none."""
    if is_.is_struct(values.type):
        return any(_has_large(field) for field in values.flatten())
    if is_.is_list(values.type):
        return _has_large(values.flatten())
    if not (is_.is_floating(values.type) or is_.is_integer(values.type)):
        return False
    ends = pc.min_max(values)
    low, high = ends["min"].as_py(), ends["max"].as_py()
    nan = is_.is_floating(values.type) and bool(pc.any(pc.is_nan(values)).as_py())
    return nan or (low is not None and max(-low, high) >= 1 << 53)


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type without Arrow's own guess that texts are times."""
    if is_.is_timestamp(kind):
        return pa.string()
    if is_.is_struct(kind):
        return pa.struct([(field.name, _plain(field.type)) for field in kind])
    return pa.list_(_plain(kind.value_type)) if is_.is_list(kind) else kind


def _settled(kind: pa.DataType) -> pa.DataType:
    """The type to read by: what was always null is a text, what was always an empty object a map."""
    if is_.is_null(kind):
        return pa.string()
    if is_.is_struct(kind):
        fields = [(field.name, _settled(field.type)) for field in kind]
        return pa.struct(fields) if fields else pa.map_(pa.string(), pa.string())
    return pa.list_(_settled(kind.value_type)) if is_.is_list(kind) else kind


@dataclass(frozen=True)
class JsonFile:
    """One file of a table."""

    table: TableName
    part: Part
    compression: str

    def chunks(self) -> Iterator[bytes]:
        """The file's bytes in pieces that end with a line; raises unless every line is an object."""
        path = self.part.path
        rest = b""
        try:
            with (
                cast("BinaryIO", gzip.open(path)) if self.compression else path.open("rb") as stream
            ):  # GzipFile reads alike
                while piece := stream.read(_CHUNK):
                    whole, line_end, rest = (rest + piece).rpartition(b"\n")
                    if line_end and whole.strip():
                        yield self._checked(whole + line_end)
        except (EOFError, gzip.BadGzipFile) as error:
            raise self.wrong(f"cannot be unpacked: {error}", "compress the file again") from error
        if rest.strip():
            yield self._checked(rest)

    def parse(self, chunk: bytes, texts: list[str] | None = None) -> pa.Table:
        """The lines as Arrow; with `texts`, only these columns, as texts."""
        schema = None if texts is None else pa.schema([(text, pa.string()) for text in texts])
        try:
            return arrow_json.read_json(
                io.BytesIO(chunk),
                arrow_json.ReadOptions(block_size=len(chunk) + 1),
                arrow_json.ParseOptions(schema, unexpected_field_behavior="infer" if texts is None else "ignore"),
            )
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise self.wrong(f"is not JSON lines: {error}", "write one object a line, each key of one type") from error

    def wrong(self, what: str, hint: str) -> UnreadableTable:
        """The refusal of the file."""
        return UnreadableTable(f"table {str(self.table)!r}: {self.part.path.name!r} {what}", hint=hint)

    def _checked(self, chunk: bytes) -> bytes:
        try:
            chunk.decode("utf-8")
        except UnicodeDecodeError as error:
            raise self.wrong("is not text in UTF-8", "write the file again in UTF-8") from error
        if any(_is_escape(chunk, match.start()) for match in _MISREAD_HALF.finditer(chunk)):
            raise self.wrong(
                "has characters beyond U+1FFFF as escapes (\\ud840...), which the engine misreads",
                "write such characters as they are, in UTF-8",
            )
        if any(_is_deep(line) for line in chunk.splitlines()):
            raise self.wrong(f"has values nested more than {_DEEPEST} deep", "write them flatter")
        breaks = chunk.rstrip().count(b"\n")
        ends = len(re.findall(rb"\}\r?\n", chunk.rstrip()))
        plain = chunk.startswith(b"{") and chunk.count(b"\n{") == ends == breaks
        if not (plain and b"}{" not in chunk) and (line := _first_other_line(chunk)) is not None:
            raise self.wrong(
                f"is not JSON lines, for it has the line {line!r}",
                f"write one object a line, for example with jq -c '.[]?' {self.part.path.name}",
            )
        return chunk


def _is_deep(line: bytes) -> bool:
    """Whether objects and lists stand in each other more often than any reader takes."""
    if line.count(b"{") + line.count(b"[") <= _DEEPEST:
        return False
    brackets = _STRING.sub(b"", line).translate(None, _NO_BRACKETS)
    return max(accumulate(1 if bracket in b"{[" else -1 for bracket in brackets), default=0) > _DEEPEST


def _is_escape(chunk: bytes, at: int) -> bool:
    """Whether the backslash there is not itself escaped by another one before it."""
    before = chunk[max(0, at - 1000) : at]
    return (len(before) - len(before.rstrip(b"\\"))) % 2 == 0


def _first_other_line(chunk: bytes) -> str | None:
    """The first line that is not one whole object: of an array, of an object over several lines, or two on one line."""
    for line in chunk.splitlines():
        if not line.strip():
            continue
        try:
            if isinstance(json.loads(line.decode()), dict):  # of bytes, it would take a byte order mark
                continue
        except ValueError:
            pass
        return line[:60].decode(errors="replace")
    return None


def _has_inexact_numbers(file: JsonFile, schema: pa.Schema) -> bool:
    """Whether a number of the file does not fit the type of its column; only lines that look like it are parsed."""
    for chunk in file.chunks():
        end = 0
        for match in _SUSPECT.finditer(chunk):
            if match.start() >= end and (_is_long_fraction(match) or not _is_fraction(match)):
                start = chunk.rfind(b"\n", 0, match.start() + 1) + 1
                end = chunk.find(b"\n", match.end()) % (len(chunk) + 1)
                values = json.loads(chunk[start:end].decode(), parse_float=_fraction, parse_int=_whole)
                if any(_is_inexact(value, schema.field(column).type) for column, value in values.items()):
                    return True
    return False


def _has_long_fractions(chunk: bytes) -> bool:
    """Whether there is a fraction that a double does not hold; texts may look like one."""
    return not are_held(pa.array(_FRACTION.findall(chunk), pa.binary()).cast(pa.string()))


def _is_fraction(match: re.Match[bytes]) -> bool:
    return bool(match[1]) and any(mark in match[1] for mark in b".eE")


def _is_long_fraction(match: re.Match[bytes]) -> bool:
    """Whether it is a fraction that a double does not hold; of whole numbers the type of the column decides."""
    return _is_fraction(match) and not is_held(match[1].decode())


def _fraction(text: str) -> float:
    return float(text) if is_held(text) else math.nan


def _whole(text: str) -> int:
    return int(text[:40])  # beyond any type; Python refuses texts of thousands of digits


def _is_inexact(value: object, kind: pa.DataType) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) >= (1 << 53 if is_.is_floating(kind) else 1 << 63)
    if isinstance(value, dict) and is_.is_struct(kind):
        return any(_is_inexact(inner, kind.field(key).type) for key, inner in value.items())
    return isinstance(value, list) and any(_is_inexact(inner, kind.value_type) for inner in value)

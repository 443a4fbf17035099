"""Names and types of files against the catalog's: whatever the case, the order and what is missing."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparkwright.domain import Column, Reader, Storage, Table, TableName, Unreadable
from sparkwright.hive_types import Array, Decimal, HiveType, Map, Plain, Sized, Struct, StructField, parse
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify
from sparkwright.readers.declare import declare
from sparkwright.readers.json_shapes import Keys, Shape
from sparkwright.readers.json_shapes import parse as parse_line
from sparkwright.readers.look import look
from sparkwright.readers.matching import cast_of, is_safe
from sparkwright.readers.merging import unite
from sparkwright.store import LocalStore

_NAMES = st.text("abcdef", min_size=1, max_size=4)
_PLAIN = ("int", "bigint", "double", "string", "boolean", "date", "timestamp", "binary")
_LEAVES = st.sampled_from(_PLAIN).map(Plain) | st.just(Decimal(9, 2)) | st.just(Sized("varchar", 5))


def _struct(fields: list[tuple[str, HiveType]]) -> HiveType:
    return Struct(tuple(StructField(name, kind) for name, kind in fields))


TYPES: st.SearchStrategy[HiveType] = st.recursive(
    _LEAVES,
    lambda inner: (
        inner.map(Array)
        | inner.map(lambda value: Map(Plain("string"), value))
        | st.lists(st.tuples(_NAMES, inner), min_size=1, max_size=3, unique_by=lambda pair: pair[0]).map(_struct)
    ),
    max_leaves=6,
)


def shuffled(kind: HiveType, chance: random.Random) -> HiveType:
    """The same type with fields in another order and another case."""
    match kind:
        case Array(element):
            return Array(shuffled(element, chance))
        case Map(key, value):
            return Map(key, shuffled(value, chance))
        case Struct(fields):
            found = [StructField(chance.choice([f.name, f.name.upper()]), shuffled(f.type, chance)) for f in fields]
            chance.shuffle(found)
            return Struct(tuple(found))
    return kind


@settings(deadline=None)
@given(TYPES)
def test_a_type_is_cast_to_itself_without_more(kind: HiveType) -> None:
    assert is_safe(kind, kind)
    assert cast_of(Column("C", str(kind)), Column("c", str(kind))).value == ("", "")


@settings(deadline=None)
@given(TYPES, st.randoms())
def test_order_and_case_do_not_make_a_cast_unsafe(kind: HiveType, chance: random.Random) -> None:
    other = shuffled(kind, chance)
    assert is_safe(other, kind)
    cast = cast_of(Column("C", str(other)), Column("c", str(kind)))
    assert "col".join(cast.value).count("(") == "col".join(cast.value).count(")")


@settings(deadline=None)
@given(TYPES)
def test_what_is_united_with_itself_stays(kind: HiveType) -> None:
    assert unite(kind, kind) == kind


def _value(kind: HiveType) -> Any:
    """A JSON value of a type."""
    match kind:
        case Array(element):
            return [_value(element)]
        case Map(_, value):
            return {"Some Key": _value(value)}
        case Struct(fields):
            return {field.name: _value(field.type) for field in fields}
        case Plain("int" | "bigint"):
            return 1
        case Plain("double") | Decimal():
            return 1.5
        case Plain("boolean"):
            return True
    return "2024-01-01"


def _names(kind: HiveType) -> list[str]:
    match kind:
        case Array(element):
            return _names(element)
        case Map(_, value):
            return _names(value)
        case Struct(fields):
            return [name for field in fields for name in (field.name, *_names(field.type))]
    return []


@settings(deadline=None)
@given(TYPES.filter(lambda kind: "binary" not in str(kind)), st.randoms())
def test_keys_are_found_in_any_case_and_order(kind: HiveType, chance: random.Random) -> None:
    shape = Shape()
    shape.see(parse_line(json.dumps(_value(shuffled(kind, chance)))))
    keys = Keys()
    stored = keys.stored(kind, shape, "c")
    assert [name.lower() for name in _names(stored)] == _names(kind)
    assert keys.missing == []


@pytest.mark.parametrize("odd", ["a b", "a-b", "a.b"])
def test_a_struct_of_odd_names_is_cast_by_the_jvm_alone(tmp_path: Path, odd: str) -> None:
    pq.write_table(pa.table({"s": [{odd: 1}]}), tmp_path / "a.parquet")
    found = _classified(tmp_path, Column("s", f"struct<`{odd}`:int>"))
    assert isinstance(found, Unreadable)
    assert "structs with odd field names" in found.reason
    assert isinstance(_classified(tmp_path, Column("s", f"struct<`{odd}`:bigint>")), Reader)


def _classified(folder: Path, *columns: Column) -> Any:
    serde = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    table = Table(TableName("db", "t"), columns, f"{folder}/", storage=Storage(serde=serde))
    reader = classify(table, LOCAL)
    assert isinstance(reader, Reader)
    return classify(replace(table, evidence=look(table, reader, LocalStore())), LOCAL)


def test_moved_fields_are_read_right_on_sail(spark: Any, tmp_path: Path) -> None:
    moved = pa.struct([("b", pa.int32()), ("A", pa.list_(pa.struct([("y", pa.string()), ("X", pa.int64())])))])
    rows = [{"b": 1, "A": [{"y": "p", "X": 2}, None]}, None]
    pq.write_table(pa.table({"Id": [1, 2], "s": pa.array(rows, moved)}), tmp_path / "a.parquet")
    found = _classified(
        tmp_path, Column("id", "int"), Column("s", "struct<a:array<struct<x:int,y:string,z:date>>,b:bigint>")
    )
    assert isinstance(found, Reader), found
    for statement in declare(found, "sail"):
        spark.sql(statement)
    first, second = sorted(spark.table("db.t").collect())
    assert first.asDict(recursive=True) == {"id": 1, "s": {"a": [{"x": 2, "y": "p", "z": None}, None], "b": 1}}
    assert second.asDict() == {"id": 2, "s": None}
    assert parse(found.casts[1].type) == parse("struct<a:array<struct<x:int,y:string,z:date>>,b:bigint>")

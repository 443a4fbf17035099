"""Parquet: what a look at the footers finds, and how names and types of the files go to the catalog's."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkwright.domain import Cast, Column, Evidence, Reader, Storage, Table, TableName, Unreadable
from sparkwright.platforms import LOCAL, SPARK4, SPARK35
from sparkwright.readers.classify import classify
from sparkwright.readers.formats import parquet
from sparkwright.readers.look import look
from sparkwright.store import MemoryStore

SERDE = Storage(serde="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe")
TABLE = Table(TableName("db", "t"), (Column("id", "bigint"),), "/t/", storage=SERDE)


def parquet_file(columns: Mapping[str, Any]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), sink)
    return sink.getvalue()


def looked(table: Table, *files: Mapping[str, Any] | bytes) -> Evidence:
    content = {
        f"/t/{number}.parquet": file if isinstance(file, bytes) else parquet_file(file)
        for number, file in enumerate(files)
    }
    reader = classify(table, LOCAL)
    assert isinstance(reader, Reader)
    return look(table, reader, MemoryStore(content))


def read(table: Table, *files: Mapping[str, Any] | bytes) -> Reader:
    found = classify(replace(table, evidence=looked(table, *files)), replace(LOCAL, unreadable={}))
    assert isinstance(found, Reader), found
    return found


def refusal(table: Table, *files: Mapping[str, Any] | bytes) -> str:
    found = classify(replace(table, evidence=looked(table, *files)), replace(LOCAL, unreadable={}))
    assert isinstance(found, Unreadable), found
    assert found.remedy
    return found.reason


def with_columns(*columns: Column, **changes: Any) -> Table:
    return replace(TABLE, columns=columns, **changes)


def test_columns_have_the_names_and_types_of_the_files() -> None:
    reader = read(
        with_columns(Column("id", "bigint"), Column("v", "string")), {"Id": pa.array([1], pa.int32()), "V": ["x"]}
    )
    assert reader.stored == (Column("Id", "int"), Column("V", "string"))
    assert reader.casts == (Cast("Id", "id", "bigint"), Cast("V", "v", "string"))


def test_a_column_that_no_file_has_keeps_the_catalogs_name() -> None:
    reader = read(with_columns(Column("id", "bigint"), Column("later", "date")), {"id": [1]})
    assert reader.stored == (Column("id", "bigint"), Column("later", "date"))


def test_a_column_of_nothing_but_null_is_read_as_such_and_cast() -> None:
    reader = read(with_columns(Column("id", "bigint"), Column("v", "array<int>")), {"id": [1], "v": pa.nulls(1)})
    assert reader.stored == (Column("id", "bigint"), Column("v", "void"))
    assert reader.casts[1] == Cast("v", "v", "array<int>")


def test_a_column_of_nothing_but_null_keeps_its_place() -> None:
    by_place = replace(SERDE, parameters={parquet.BY_PLACE: "true"})
    table = with_columns(Column("x", "int"), Column("y", "string"), storage=by_place)
    files: tuple[dict[str, Any], ...] = ({"a": pa.nulls(1), "b": ["q"]}, {"a": pa.array([1], pa.int32()), "b": ["q"]})
    assert [column.name for column in read(table, files[0]).stored] == ["a", "b"]
    assert [column.name for column in read(table, *files).stored] == ["a", "b"]


def test_columns_that_the_catalog_has_not_are_of_no_matter() -> None:
    reader = read(TABLE, {"id": [1], "at": pa.array([1], pa.time64("us"))})
    assert reader.stored == (Column("id", "bigint"),)


def test_columns_go_by_place_where_the_table_says_so() -> None:
    said = replace(SERDE, parameters={"parquet.column.index.access": "true"})
    table = with_columns(Column("id", "bigint"), Column("a", "string"), Column("b", "int"), storage=said)
    reader = read(table, {"a": [1], "b": ["x"]})
    assert reader.casts == (Cast("a", "id", "bigint"), Cast("b", "a", "string"), Cast("_absent_2", "b", "int"))
    assert reader.stored == (Column("a", "bigint"), Column("b", "string"), Column("_absent_2", "int"))
    assert "different columns" in refusal(table, {"a": [1], "b": ["x"]}, {"b": ["x"], "a": [1]})


def test_structs_are_rebuilt_by_name_where_their_fields_moved() -> None:
    kind = pa.struct([("b", pa.int32()), ("A", pa.string())])
    table = with_columns(Column("s", "struct<a:string,b:int,c:date>"))
    (cast,) = read(table, {"s": pa.array([{"b": 1, "A": "x"}], kind)}).casts
    assert "col".join(cast.value) == (
        "CASE WHEN col IS NULL THEN NULL ELSE named_struct('a', col['A'], 'b', col['b'], 'c', NULL) END"
    )


def test_structs_whose_fields_differ_in_case_alone_are_cast() -> None:
    kind = pa.struct([("A", pa.string()), ("b", pa.int32())])
    table = with_columns(Column("s", "array<struct<a:string,b:int>>"))
    assert read(table, {"s": pa.array([[{"A": "x", "b": 1}]], pa.list_(kind))}).casts[0].value == ("", "")


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        (pa.float64(), "int"),
        (pa.float64(), "decimal(10,2)"),
        (pa.float64(), "string"),
        (pa.decimal128(10, 2), "bigint"),
        (pa.timestamp("us"), "date"),
        (pa.int64(), "timestamp"),
        (pa.list_(pa.int64()), "string"),
        (pa.bool_(), "int"),
    ],
)
def test_a_cast_that_would_change_values_silently_is_refused(stored: pa.DataType, wanted: str) -> None:
    table = with_columns(Column("id", wanted))
    assert f"column 'id' is {wanted} in the catalog" in refusal(table, {"id": pa.array([None], stored)})


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        (pa.int64(), "int"),
        (pa.int32(), "decimal(12,2)"),
        (pa.string(), "timestamp"),
        (pa.binary(), "string"),
        (pa.float32(), "double"),
        (pa.decimal128(10, 0), "bigint"),
        (pa.date32(), "timestamp"),
        (pa.string(), "char(3)"),
    ],
)
def test_a_cast_that_fails_or_is_right_is_made(stored: pa.DataType, wanted: str) -> None:
    table = with_columns(Column("id", wanted))
    assert read(table, {"id": pa.array([None], stored)}).casts[0].type == wanted


def test_files_that_disagree_in_a_type_are_refused_by_their_names() -> None:
    reason = refusal(TABLE, {"id": [1]}, {"id": ["1"]})
    assert reason == "column 'id' is bigint in the file '0.parquet' and string in '1.parquet'"


@pytest.mark.parametrize(
    ("files", "feature"),
    [
        (({"id": pa.array([1], pa.int32())}, {"id": [2]}), "files whose numbers differ in width"),
        (({"Id": [1]}, {"id": [2]}), "column names that files spell in two ways"),
        (({"id": pa.array(["a"]).dictionary_encode()},), parquet.ARROW_TYPES),
        (({"id": pa.nulls(1)},), parquet.NOTHING),
        (({"id": pa.array([1], pa.timestamp("ns"))},), parquet.NANOSECONDS),
        (
            ({"id": pa.array([1], pa.timestamp("us"))}, {"id": pa.array([1], pa.timestamp("us", "UTC"))}),
            parquet.ARROW_DIFFERS,
        ),
    ],
)
def test_what_not_every_engine_reads_is_a_feature(files: tuple[Mapping[str, Any], ...], feature: str) -> None:
    assert looked(TABLE, *files).features == (feature,)
    assert any(feature in platform.unreadable for platform in (LOCAL, SPARK35, SPARK4))


def test_fields_that_only_some_files_have_do_not_make_them_differ() -> None:
    one, two = pa.struct([("x", pa.int64())]), pa.struct([("x", pa.int64()), ("y", pa.string())])
    table = with_columns(Column("s", "struct<x:bigint,y:string>"))
    found = looked(table, {"s": pa.array([{"x": 1}], one)}, {"s": pa.array([{"x": 1, "y": "n"}], two)})
    assert found == Evidence(columns=(Column("s", "struct<x:bigint,y:string>"),))


def test_a_partition_key_in_the_files_is_left_out() -> None:
    table = with_columns(Column("id", "bigint"), partition_keys=(Column("day", "string"),))
    assert looked(table, {"id": [1], "day": ["x"]}) == Evidence(columns=(Column("id", "bigint"),))
    assert looked(table, {"id": [1], "Day": ["x"]}).features == (parquet.KEY_SPELLING,)


def test_names_that_differ_only_in_case_within_a_file_are_refused() -> None:
    assert "differ only in case: ['ID', 'id']" in refusal(TABLE, {"id": [1], "ID": [2]})


def test_a_file_that_is_no_parquet_is_named() -> None:
    assert refusal(TABLE, b"PAR? no").startswith("the file '/t/0.parquet' is not sound Parquet")


def test_types_that_the_catalogs_maker_noted_go_before_a_look() -> None:
    table = replace(
        TABLE, parameters={"sparkwright.stored.id": "int"}, evidence=Evidence(columns=(Column("ID", "string"),))
    )
    found = classify(table, LOCAL)
    assert isinstance(found, Reader)
    assert found.stored == (Column("id", "int"),)


def test_timestamps_of_old_hive_are_no_nanoseconds() -> None:
    sink = io.BytesIO()
    times = pa.table({"at": pa.array([1], pa.timestamp("us"))})
    pq.write_table(times, sink, use_deprecated_int96_timestamps=True)
    found = looked(with_columns(Column("at", "timestamp")), sink.getvalue())
    assert found == Evidence(columns=(Column("at", "timestamp"),))

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import (
    Array,
    Decimal,
    HiveType,
    Map,
    Plain,
    Sized,
    Struct,
    StructField,
    from_arrow,
    parse,
    spark_type,
)

_WORDS = ("tinyint", "smallint", "int", "bigint", "float", "double", "boolean", "string", "binary", "date", "timestamp")
_LEAVES = (
    st.sampled_from(_WORDS).map(Plain)
    | st.integers(1, 38).flatmap(lambda p: st.integers(0, p).map(lambda s: Decimal(p, s)))
    | st.builds(Sized, st.sampled_from(("char", "varchar")), st.integers(1, 65535))
)
_TYPES: st.SearchStrategy[HiveType] = st.recursive(
    _LEAVES,
    lambda inner: (
        inner.map(Array)
        | st.builds(Map, inner, inner)
        | st.lists(st.builds(StructField, st.text(min_size=1), inner), max_size=4).map(tuple).map(Struct)
    ),
    max_leaves=12,
)


@given(_TYPES)
def test_a_type_survives_being_written_and_read(kind: HiveType) -> None:
    assert parse(str(kind)) == kind


@given(st.text())
def test_any_text_is_a_type_or_refused(text: str) -> None:
    with suppress(UnreadableTable):
        assert parse(str(parse(text))) == parse(text)


@pytest.mark.parametrize(
    ("text", "spark"),
    [
        ("INTEGER", "INT"),
        ("Long", "BIGINT"),
        ("real", "FLOAT"),
        (" double  precision ", "DOUBLE"),
        ("decimal", "DECIMAL(10, 0)"),
        ("decimal( 12 )", "DECIMAL(12, 0)"),
        ("numeric(38,18)", "DECIMAL(38, 18)"),
        ("char(3)", "STRING"),
        ("varchar(255)", "STRING"),
        ("varchar", "STRING"),
        ("timestamp with local time zone", "TIMESTAMP"),
        ("timestamp_ntz", "TIMESTAMP_NTZ"),
        ("array<varchar(3)>", "ARRAY<STRING>"),
        ("map<string,array<int>>", "MAP<STRING, ARRAY<INT>>"),
        ("struct<a:int,b:struct<c:date>>", "STRUCT<`a`: INT, `b`: STRUCT<`c`: DATE>>"),
        ("struct<a b:int,c.d-e$f@g:int>", "STRUCT<`a b`: INT, `c.d-e$f@g`: INT>"),
        ("struct<`a:b`:int,`c``d`:int>", "STRUCT<`a:b`: INT, `c``d`: INT>"),
        ("struct< Größe : int >", "STRUCT<`Größe`: INT>"),
        ("struct<>", "STRUCT<>"),
    ],
)
def test_a_type_is_written_for_spark(text: str, spark: str) -> None:
    assert spark_type(text) == spark


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "a type is missing (character 1)"),
        ("uniontype<int,string>", "the type 'uniontype' has no counterpart in Spark (character 1)"),
        ("array<interval>", "the type 'interval' has no counterpart in Spark (character 7)"),
        ("foo", "'foo' is not a type (character 1)"),
        ("array<int", "'>' is missing (character 10)"),
        ("array<int>>", "the type ends here, and '>' follows (character 11)"),
        ("map<int>", "',' is missing (character 8)"),
        ("struct<a>", "':' is missing (character 9)"),
        ("struct<:int>", "a field name is missing (character 8)"),
        ("struct<`a:int>", "the backquote is not closed (character 8)"),
        ("decimal(39,0)", "a decimal has 1 to 38 digits, and no more of them after the point (character 1)"),
        ("decimal(5,6)", "a decimal has 1 to 38 digits, and no more of them after the point (character 1)"),
        ("char(x)", "a number is missing (character 6)"),
        ("array<" * 65 + "int" + ">" * 65, "the type is nested more than 64 deep (character 385)"),
    ],
)
def test_what_is_no_type_is_refused_at_its_place(text: str, why: str) -> None:
    with pytest.raises(UnreadableTable) as refusal:
        parse(text)
    assert refusal.value.message == f"{text!r} is not a type that can be read: {why}"


@pytest.mark.parametrize(
    ("arrow", "hive"),
    [
        (pa.uint8(), "smallint"),
        (pa.uint16(), "int"),
        (pa.uint32(), "bigint"),
        (pa.uint64(), "decimal(20,0)"),
        (pa.float16(), "float"),
        (pa.large_string(), "string"),
        (pa.string_view(), "string"),
        (pa.null(), "string"),
        (pa.binary(3), "binary"),
        (pa.date64(), "date"),
        (pa.timestamp("ns", "Europe/Paris"), "timestamp"),
        (pa.decimal256(38, 4), "decimal(38,4)"),
        (pa.dictionary(pa.int8(), pa.int64()), "bigint"),
        (pa.large_list(pa.list_(pa.int8(), 2)), "array<array<tinyint>>"),
        (pa.map_(pa.string(), pa.struct([("a:b", pa.bool_())])), "map<string,struct<`a:b`:boolean>>"),
    ],
)
def test_an_arrow_type_has_a_hive_type(arrow: pa.DataType, hive: str) -> None:
    assert from_arrow(arrow) == hive


@pytest.mark.parametrize(
    "arrow", [pa.time64("us"), pa.duration("s"), pa.decimal256(39, 0), pa.month_day_nano_interval()]
)
def test_an_arrow_type_without_counterpart_is_refused_by_name(arrow: pa.DataType) -> None:
    with pytest.raises(UnreadableTable) as refusal:
        from_arrow(arrow)
    assert refusal.value.message == f"the Arrow type {str(arrow)!r} has no counterpart in Spark"

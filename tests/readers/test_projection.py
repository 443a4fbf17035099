"""Partition projection: what Athena's properties spell, pruned before it is made."""

# ruff: noqa: E501 - a case is a line: properties, and the values that they spell

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparkwright.domain import Column, Filter, Partition, Scan, Table, TableName
from sparkwright.errors import UnreadableTable
from sparkwright.readers.partitions import matched
from sparkwright.readers.projection import escaped, is_projected, projected

NOW = datetime(2024, 3, 31, 13, 45, 10, tzinfo=UTC)
NAME = TableName("db", "t")


def table(said: dict[str, str], location: str = "s3://b/t", **keys: str) -> Table:
    return Table(
        NAME,
        (Column("id", "int"),),
        location,
        partition_keys=tuple(Column(name, kind) for name, kind in keys.items()),
        parameters={"projection.enabled": "true", **said},
    )


def one(kind: str = "string", **said: str) -> Table:
    return table({f"projection.k.{part.replace('_', '.')}": text for part, text in said.items()}, k=kind)


def values(source: Table, *filters: Filter) -> list[Any]:
    return [partition.values[0] for partition in projected(source, [Scan(NAME, filters)], NOW)]


def refusal(source: Table, *filters: Filter) -> str:
    with pytest.raises(UnreadableTable) as caught:
        projected(source, [Scan(NAME, filters)], NOW)
    return f"{caught.value.message} | {caught.value.hint}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (one(type="enum", values="A,B, C"), ["A", "B", " C"]),
        (one(type=" ENUM ", values="A,A"), ["A"]),
        (one(type="integer", range="1,3"), ["1", "2", "3"]),
        (one(type="Integer", range=" -1 , 1 "), ["-1", "0", "1"]),
        (one(type="integer", range="0001,0007", interval=" 3 "), ["1", "4", "7"]),
        (one(type="integer", range="8,11", digits="2"), ["08", "09", "10", "11"]),
        (one(type="date", format="yyyy-MM-dd", range="2024-02-28,2024-03-01"), ["2024-02-28", "2024-02-29", "2024-03-01"]),
        (one(type="date", format="yyyyMM", range="202311,202402"), ["202311", "202312", "202401", "202402"]),
        (one(type="date", format="yyyy", range="2022,NOW"), ["2022", "2023", "2024"]),
        (one(type="date", format="yyyy-MM-dd", range="NOW-1DAYS,NOW+1DAY"), ["2024-03-30", "2024-03-31", "2024-04-01"]),
        (one(type="date", format="yyyy-MM", range=" NOW - 1 MONTH , now "), ["2024-02", "2024-03"]),
        (one(type="date", format="dd-MM-yyyy", range="NOW-1WEEKS,NOW", interval="1", interval_unit="weeks"), ["24-03-2024", "31-03-2024"]),
        (one(type="date", format="yyyy-MM-dd'T'HH", range="2024-01-01T22,2024-01-02T01", interval_unit="HOURS"), ["2024-01-01T22", "2024-01-01T23", "2024-01-02T00", "2024-01-02T01"]),
        (one(type="date", format="yyyy/MM/dd/HH/mm/ss", range="2024/01/01/00/00/00,2024/01/01/00/00/02", interval="2", interval_unit="SECONDS"), ["2024/01/01/00/00/00", "2024/01/01/00/00/02"]),
        (one(type="date", format="yyyy-MM", range="2024-01,2024-05", interval="2", interval_unit="MONTHS"), ["2024-01", "2024-03", "2024-05"]),
        (one(type="date", format="yyyy-MM-dd", range="2020-02-28,NOW", interval="1", interval_unit="YEARS"), ["2020-02-28", "2021-02-28", "2022-02-28", "2023-02-28", "2024-02-28"]),
        (one(type="date", format="yyyy-MM-dd", range="2024-01-01,2024-01-02", interval="12", interval_unit="HOURS"), ["2024-01-01", "2024-01-02"]),
        (one("date", type="date", format="yyyy/MM/dd", range="2024/01/01,2024/01/02"), ["2024-01-01", "2024-01-02"]),
        (one("timestamp", type="date", format="yyyyMMddHH", range="2024010100,2024010101", interval_unit="HOURS"), ["2024-01-01 00:00:00", "2024-01-01 01:00:00"]),
    ],
)  # fmt: skip
def test_values_are_those_that_athena_spells(source: Table, expected: list[str]) -> None:
    assert values(source) == expected


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (one(), "'projection.k.type' is None: it is missing"),
        (one(type="list"), "'projection.k.type' is 'list': it is none of enum, integer, date, injected"),
        (one(type="enum"), "'projection.k.values' is None: it is missing"),
        (one(type="enum", values="a,,b"), "'projection.k.values' is 'a,,b': one of its values is empty"),
        (one(type="integer", range="1-3"), "'projection.k.range' is '1-3': it has not two ends"),
        (one(type="integer", range="3,1"), "its ends are not in order"),
        (one(type="integer", range="1,x"), "an end is no integer"),
        (one(type="integer", range="1,3", interval="0"), "'projection.k.interval' is '0': it is no positive integer"),
        (one(type="integer", range="1,3", digits="-2"), "'projection.k.digits' is '-2'"),
        (one(type="date", range="2024,2025"), "'projection.k.format' is None"),
        (one(type="date", format="YYYY-MM-dd", range="NOW,NOW"), "'YYYY' is not understood (did it mean yyyy?)"),
        (one(type="date", format="yyyy-MM-DD", range="NOW,NOW"), "'DD' is not understood (did it mean dd?)"),
        (one(type="date", format="yy-MM-dd", range="NOW,NOW"), "'yy' is not understood"),
        (one(type="date", format="yyyyMd", range="NOW,NOW"), "a field of one letter stands beside another field"),
        (one(type="date", format="yyyy-dd", range="NOW,NOW"), "it names no full date"),
        (one(type="date", format="yyyy-MM-dd[ HH]", range="NOW,NOW"), "'[ HH]' is not understood"),
        (one(type="date", format="yyyy-MM-dd", range="2024-02-30,NOW"), "'projection.k.range'"),
        (one(type="date", format="yyyy-MM-dd", range="NOW,NOW-1DAY"), "its ends are not in order"),
        (one(type="date", format="yyyy-MM-dd", range="NOW-9999YEARS,NOW"), "out of the calendar"),
        (one(type="date", format="yyyy-MM-dd HH", range="2024-01-01 00,NOW"), "'projection.k.interval.unit' is None"),
        (one(type="date", format="yyyy", range="2020,NOW", interval_unit="DECADES"), "it is none of MONTHS, YEARS"),
        (one(type="date", format="yyyy-MM-dd", range="2024-01-31,NOW", interval_unit="MONTHS"), "not every month has"),
        (one("date", type="date", format="yyyy-MM-dd HH", range="NOW,NOW", interval_unit="HOURS"), "it spells times"),
        (one(type="injected"), "add a filter such as k = 'one value'"),
    ],
)  # fmt: skip
def test_a_malformed_property_is_named(source: Table, said: str) -> None:
    assert said in refusal(source)


def test_locations_follow_the_template() -> None:
    said = {
        "projection.dt.type": "date",
        "projection.dt.format": "yyyy/MM/dd",
        "projection.dt.range": "2024/01/01,2024/01/01",
    }
    said |= {"projection.h.type": "integer", "projection.h.range": "0,1", "projection.h.digits": "2"}
    source = table({**said, "storage.location.template": "s3://b/far/${dt}/x/${H}"}, dt="date", h="int")
    assert projected(source, (), NOW) == (
        Partition(("2024-01-01", "00"), "s3://b/far/2024/01/01/x/00/"),
        Partition(("2024-01-01", "01"), "s3://b/far/2024/01/01/x/01/"),
    )


def test_locations_are_folders_of_keys_and_values_without_a_template() -> None:
    source = table({"projection.k.type": "enum", "projection.k.values": "a b,c/d"}, "s3://b/t/", k="string")
    assert [p.location for p in projected(source, (), NOW)] == ["s3://b/t/k=a b/", "s3://b/t/k=c%2Fd/"]


def test_a_template_without_a_key_is_refused() -> None:
    source = replace(
        one(type="enum", values="a"),
        parameters={**one(type="enum", values="a").parameters, "storage.location.template": "s3://b/x/"},
    )
    assert "'storage.location.template' is 's3://b/x/'" in refusal(source)


def test_injected_values_come_from_the_question() -> None:
    source = one(type="injected")
    assert values(source, Filter("K", "=", ("a",))) == ["a"]
    assert values(source, Filter("k", "in", ("a", "b", "a"))) == ["a", "b"]
    assert values(source, Filter("k", "in", ("a", "b")), Filter("k", "=", ("b",))) == ["b"]
    assert values(one("bigint", type="injected"), Filter("k", "=", (7,))) == ["7"]
    assert values(one("date", type="injected"), Filter("k", "=", (date(2024, 1, 2),))) == ["2024-01-02"]


@pytest.mark.parametrize("value", ["..", ".", "", "../x", "a/b", "a\n", 5])
def test_an_injected_value_does_not_lead_out_of_the_table(value: object) -> None:
    assert "cannot stand for partition key 'k'" in refusal(one(type="injected"), Filter("k", "=", (value,)))  # type: ignore[arg-type]


def test_a_day_of_ten_years_of_minutes_is_found_without_making_them_all() -> None:
    source = one(type="date", format="yyyy-MM-dd-HH-mm", range="2014-01-01-00-00,NOW", interval_unit="MINUTES")
    found = values(source, Filter("k", ">=", ("2024-01-01",)), Filter("k", "<", ("2024-01-02",)))
    assert (len(found), found[0], found[-1]) == (1440, "2024-01-01-00-00", "2024-01-01-23-59")
    assert values(source, Filter("k", "=", ("2020-05-05-05-05",))) == ["2020-05-05-05-05"]
    assert values(source, Filter("k", "=", ("2020-05-05",))) == []


def test_too_many_partitions_are_refused_with_the_keys_to_filter_on() -> None:
    many = one(type="integer", range="1,10001")
    assert "projects 10,001 partitions for this question" in refusal(many)
    assert "filter on k" in refusal(many)
    assert len(values(many, Filter("k", "<=", (10_000,)))) == 10_000
    assert "projects 1,000,000 values" in refusal(one(type="integer", range="1,1000000"), Filter("k", "!=", (1,)))


def test_scans_are_joined_and_a_partition_comes_once() -> None:
    source = one(type="integer", range="1,9")
    scans = [Scan(NAME, (Filter("k", "<", (4,)),)), Scan(NAME, (Filter("k", "in", (3, 7)),))]
    assert [p.values[0] for p in projected(source, scans, NOW)] == ["1", "2", "3", "7"]


@pytest.mark.parametrize("text", ["08", "09", "11"])
def test_the_first_and_the_last_value_are_found_by_their_text(text: str) -> None:
    mixed = one(type="integer", range="8,11", digits="2")
    assert values(mixed, Filter("k", "=", (text,))) == [text]
    longer = one(type="integer", range=f"{int(text)},{int(text) + 995}")  # neither order is that of the texts
    assert values(longer, Filter("k", "=", (str(int(text)),))) == [str(int(text))]


def test_only_a_partitioned_table_that_says_so_is_projected() -> None:
    source = one(type="integer", range="1,9")
    assert is_projected(source)
    assert is_projected(replace(source, parameters={"Projection.Enabled": " TRUE "}))
    assert not is_projected(replace(source, parameters={"projection.enabled": "false"}))
    assert not is_projected(replace(source, partition_keys=()))


def test_names_of_folders_are_escaped_as_hive_does() -> None:
    assert escaped("a:b/c d=%é") == "a%3Ab%2Fc d%3D%25é"


# --- the expansion that prunes first equals the one that prunes last ---------------------------------------------------

_INTEGERS = st.builds(
    lambda left, length, step, digits: {"type": "integer", "range": f"{left},{left + length}", "interval": str(step), **({"digits": str(digits)} if digits else {})},
    st.integers(-15, 120), st.integers(0, 40), st.integers(1, 4), st.integers(0, 4),
)  # fmt: skip
_FORMATS = st.sampled_from(("yyyy-MM-dd", "yyyyMMdd", "dd.MM.yyyy", "yyyy-M-d", "yyyy-MM", "yyyyMM", "yyyy"))


def _dates(left: date, days: int, pattern: str, step: int, unit: str) -> dict[str, str]:
    from sparkwright.readers.projection_dates import DatePattern

    wanted = DatePattern.parse(pattern)
    right = date.fromordinal(left.toordinal() + days)
    ends = ",".join(wanted.write(datetime(day.year, day.month, min(day.day, 28), tzinfo=UTC)) for day in (left, right))
    said = {"type": "date", "format": pattern, "range": ends}
    return {**said, "interval": str(step), "interval.unit": unit} if unit else said


_DATES = st.builds(
    _dates,
    st.dates(date(2019, 1, 1), date(2024, 1, 1)), st.integers(31, 400), _FORMATS, st.integers(1, 5),
    st.sampled_from(("", "DAYS", "WEEKS", "MONTHS", "YEARS", "HOURS")),
)  # fmt: skip
_ENUMS = st.lists(
    st.sampled_from(["a", "b", "1", "01", "10", "9", "2024-01-01", "x", "y"]), min_size=1, max_size=6
).map(lambda values: {"type": "enum", "values": ",".join(values)})
_WANTED = st.one_of(
    st.integers(-20, 20241231),
    st.integers(-5, 160),
    st.floats(-20, 170),
    st.dates(date(2019, 1, 1), date(2025, 1, 1)),
    st.dates(date(2019, 1, 1), date(2025, 1, 1)).map(str),
    st.dates(date(2019, 1, 1), date(2025, 1, 1)).map(lambda day: day.strftime("%Y%m%d")),
    st.integers(-20, 160).map(str),
    st.sampled_from(("", "a", "01", "001", "2020", "202005", "2020-05", "x", "-1")),
)
_FILTERS = st.one_of(
    st.builds(lambda op, value: Filter("K", op, (value,)), st.sampled_from(("=", "!=", "<", "<=", ">", ">=")), _WANTED),
    st.lists(_WANTED, max_size=4).map(lambda values: Filter("k", "in", tuple(values))),
    st.builds(lambda value: Filter("other", "=", (value,)), _WANTED),
)
_KINDS = st.sampled_from(("string", "varchar(20)", "int", "bigint", "date"))


@settings(deadline=None)
@given(_INTEGERS | _DATES | _ENUMS, _KINDS, st.lists(st.lists(_FILTERS, max_size=3), max_size=3))
def test_pruning_before_the_expansion_leaves_what_pruning_after_it_leaves(
    said: dict[str, str], kind: str, filters: list[list[Filter]]
) -> None:
    source = table({f"projection.k.{part}": text for part, text in said.items()}, k=kind)
    try:
        whole = projected(source, (), NOW)
    except UnreadableTable:
        return
    scans = [Scan(NAME, tuple(one)) for one in filters]
    assert set(projected(source, scans, NOW)) == set(matched(whole, source.partition_keys, scans))


@settings(deadline=None)
@given(_INTEGERS, _ENUMS, st.lists(_FILTERS, max_size=2), st.lists(_FILTERS, max_size=2))
def test_two_keys_are_every_pair_that_the_filters_leave(
    first: dict[str, str], second: dict[str, str], one: list[Filter], other: list[Filter]
) -> None:
    said = {f"projection.k.{part}": text for part, text in first.items()}
    said |= {f"projection.other.{part}": text for part, text in second.items()}
    source = table(said, k="int", other="string")
    alone = [
        [p.values[0] for p in projected(table(said, **{key: kind}), (), NOW)]
        for key, kind in (("k", "int"), ("other", "string"))
    ]
    whole = projected(source, (), NOW)
    assert [partition.values for partition in whole] == list(product(*alone))
    scans = [Scan(NAME, tuple(one)), Scan(NAME, tuple(other))]
    assert set(projected(source, scans, NOW)) == set(matched(whole, source.partition_keys, scans))

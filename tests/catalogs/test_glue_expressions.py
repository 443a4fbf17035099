"""Glue's expressions keep every partition that may match: held against `prune`, with moto to evaluate them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.glue.utils import PartitionFilter

from sparkwright.catalogs.glue_expressions import LONGEST, expression
from sparkwright.domain import Column, Filter, Partition, Scan, TableName
from sparkwright.readers.partitions import prune

NAME = TableName("db", "t")
KEYS = (
    Column("dt", "string"),
    Column("year", "int"),
    Column("day", "date"),
    Column("moment", "timestamp"),
    Column("price", "decimal(10,2)"),
    Column("flag", "boolean"),
    Column("region", "varchar(8)"),
    Column("small", "tinyint"),
    Column("order", "string"),
    Column("odd name", "string"),
)


def expressed(*scans: tuple[Filter, ...]) -> str:
    return expression(KEYS, [Scan(NAME, filters) for filters in scans])


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Filter("dt", "=", ("2024-01-01",)), "dt = '2024-01-01'"),
        (Filter("DT", "=", ("2024-01-01",)), "dt = '2024-01-01'"),
        (Filter("dt", "in", ("a", "b", "a")), "dt IN ('a', 'b')"),
        (Filter("dt", "in", ("a",)), "dt = 'a'"),
        (Filter("dt", ">=", ("2024-01-01",)), "dt >= '2024-01-01'"),
        (Filter("region", "=", ("eu",)), "region = 'eu'"),
        (Filter("year", "=", (2024,)), "year = 2024"),
        (Filter("year", "!=", (2024,)), "year <> 2024"),
        (Filter("year", "=", ("02024 ",)), "year = 2024"),
        (Filter("year", "<", (2024.0,)), "year < 2024"),
        (Filter("year", "in", (2023, Decimal(2024))), "year IN (2023, 2024)"),
        (Filter("day", "=", (date(2024, 1, 1),)), "day = '2024-01-01'"),
        (Filter("day", "<=", ("2024-01-01",)), "day <= '2024-01-01'"),
        (Filter("moment", "<", (datetime(2024, 1, 1, 12),)), "moment < '2024-01-01 12:00:00'"),
        (Filter("moment", "<", (datetime(2024, 1, 1, 12, tzinfo=UTC),)), "moment < '2024-01-01 12:00:00'"),
        (Filter("moment", "<", ("2024-01-01T12:00:00",)), "moment < '2024-01-01 12:00:00'"),
    ],
)
def test_a_filter_is_written_by_the_type_of_its_key(one: Filter, said: str) -> None:
    assert expressed((one,)) == said


@pytest.mark.parametrize(
    "one",
    [
        Filter("dt", "=", (20240101,)),
        Filter("dt", "=", (date(2024, 1, 1),)),
        Filter("dt", "=", ("it's",)),
        Filter("dt", "=", ("a\\b",)),
        Filter("dt", "=", ("München",)),
        Filter("dt", "=", (" a",)),
        Filter("dt", "=", ("",)),
        Filter("dt", "!=", ("a",)),
        Filter("dt", "<", ("b",)),
        Filter("dt", "in", ("a", "it's")),
        Filter("dt", "in", ()),
        Filter("year", "=", (True,)),
        Filter("year", "<", (2024.5,)),
        Filter("year", "=", (float("nan"),)),
        Filter("year", "=", (Decimal("Infinity"),)),
        Filter("year", "=", (-1,)),
        Filter("year", "=", ("2024x",)),
        Filter("year", "<", (2**31,)),
        Filter("small", "<", (128,)),
        Filter("day", "=", ("2024-02-30",)),
        Filter("day", "=", ("20240101",)),
        Filter("day", "=", (datetime(2024, 1, 1),)),
        Filter("moment", "=", ("2024-01-01",)),
        Filter("moment", "=", ("2024-01-01 24:00:00",)),
        Filter("moment", "=", (datetime(2024, 1, 1, microsecond=1),)),
        Filter("price", "=", (Decimal("1.50"),)),
        Filter("flag", "=", (True,)),
        Filter("order", "=", ("a",)),
        Filter("odd name", "=", ("a",)),
        Filter("id", "=", (1,)),
    ],
)
def test_what_is_in_doubt_is_left_out(one: Filter) -> None:
    assert expressed((one,)) == ""
    assert expressed((one, Filter("year", "=", (2024,)))) == "year = 2024"


def test_filters_of_one_scan_hold_together_and_scans_are_alternatives() -> None:
    first = (Filter("year", "=", (2024,)), Filter("dt", "in", ("a", "b")), Filter("id", "=", (1,)))
    second = (Filter("year", "=", (2025,)),)
    assert expressed(first, second, second) == "(year = 2024 AND dt IN ('a', 'b')) OR (year = 2025)"


def test_one_scan_without_a_filter_needs_all_partitions() -> None:
    assert expressed((Filter("year", "=", (2024,)),), (Filter("id", "=", (1,)),)) == ""
    assert expressed() == ""
    assert expressed(()) == ""


def test_a_list_too_long_becomes_the_range_it_lies_in() -> None:
    days = tuple(f"2024-{month:02}-{day:02}" for month in range(1, 13) for day in range(28, 0, -1))
    assert expressed((Filter("dt", "in", days),)) == "dt >= '2024-01-01' AND dt <= '2024-12-28'"
    numbers = tuple(range(9, 2000))
    assert expressed((Filter("year", "in", numbers),)) == "year >= 9 AND year <= 1999"
    assert expressed((Filter("dt", "in", tuple(f"a{number:04}" for number in range(500))),)) == ""


def test_an_expression_too_long_loses_its_longest_conditions() -> None:
    long = Filter("dt", "in", tuple(f"v{number:04}" for number in range(150)))
    also = Filter("region", "in", tuple(f"r{number:04}" for number in range(150)))
    said = expressed((long, also, Filter("year", "=", (2024,))))
    assert said.endswith(" AND year = 2024")
    assert ("dt IN" in said, "region IN" in said) in ((True, False), (False, True))
    assert len(said) <= LONGEST


def test_alternatives_that_do_not_fit_are_all_partitions() -> None:
    many = [(Filter("dt", "=", (f"a-long-value-of-a-key-{number}",)),) for number in range(100)]
    assert expressed(*many) == ""


# --- against prune ---------------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(["2024-01-01", "2024-1-1", "2023-12-31", "10", "9", "a", "B", "it's", "ä", "", " x", "2024"])
NUMBERS = st.one_of(st.integers(-3, 200), st.sampled_from([1.0, 1.5, Decimal("2"), True, "07", "x", 2**40]))
DATES = st.one_of(st.dates(date(2023, 12, 30), date(2024, 1, 3)), st.sampled_from(["2024-01-01", "2024-1-1", "x"]))
TIMES = st.one_of(
    st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 2)).map(lambda moment: moment.replace(microsecond=0)),
    st.sampled_from(["2024-01-01 00:00:00", "2024-01-01"]),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {"dt": TEXTS, "year": NUMBERS, "day": DATES, "moment": TIMES}
USED = tuple(key for key in KEYS if key.name in VALUES)


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    name = draw(st.sampled_from(sorted(VALUES)))
    op: Any = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "in"]))
    values = draw(st.lists(VALUES[name], min_size=1, max_size=3 if op == "in" else 1))
    return Filter(name, op, tuple(values))


PARTITIONS = st.tuples(
    TEXTS,
    st.integers(0, 200).map(lambda number: f"{number:02}"),
    st.dates(date(2023, 12, 30), date(2024, 1, 3)).map(str),
    st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 2)).map(lambda moment: moment.isoformat(" ", "seconds")),
)


def kept(said: str, values: tuple[str, ...]) -> bool:
    """Whether Glue, as moto has it, keeps the partition; what it refuses, it refuses for all partitions."""
    table = SimpleNamespace(versions={"1": {"PartitionKeys": [{"Name": key.name, "Type": key.type} for key in USED]}})
    try:
        return bool(PartitionFilter(said, table)(SimpleNamespace(partition_input={"Values": list(values)})))
    except (JsonRESTError, ServiceException):
        return True


@settings(deadline=None)  # a busy machine is no failure
@given(scans=st.lists(st.lists(filters(), max_size=3), min_size=1, max_size=3), values=PARTITIONS)
def test_every_partition_that_prune_keeps_is_kept(scans: list[list[Filter]], values: tuple[str, ...]) -> None:
    said = expression(USED, [Scan(NAME, tuple(one)) for one in scans])
    partition: Any = Partition(values, "s3://lake/t/")
    if said and any(prune([partition], USED, one) for one in scans):
        assert kept(said, values), said


def test_moto_takes_every_kind_of_expression_that_is_written() -> None:
    """Else the property above would hold for nothing."""
    scan = (
        Filter("dt", ">=", ("2024-01-01",)),
        Filter("year", "in", (2023, 2024)),
        Filter("day", "!=", (date(2024, 1, 1),)),
        Filter("moment", "<", (datetime(2024, 1, 1, 12),)),
    )
    said = expression(USED, [Scan(NAME, scan), Scan(NAME, (Filter("year", "=", (1999,)),))])
    assert kept(said, ("2024-01-01", "2024", "2024-01-02", "2024-01-01 00:00:00"))
    assert kept(said, ("", "1999", "2024-01-02", "2024-01-01 00:00:00"))
    for number, other in enumerate(("2023-12-31", "2025", "2024-01-01", "2024-01-01 12:00:00")):
        values = ["2024-01-01", "2024", "2024-01-02", "2024-01-01 00:00:00"]
        values[number] = other
        assert not kept(said, tuple(values)), other

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sparkwright.domain import Column, Filter, Partition, Scan, TableName
from sparkwright.readers.partitions import matched, prune


def kept(kind: str, values: tuple[str | None, ...], *filters: Filter) -> list[str | None]:
    partitions = tuple(Partition((value,), f"/t/{value}/") for value in values)
    return [partition.values[0] for partition in prune(partitions, (Column("k", kind),), filters)]


@pytest.mark.parametrize(
    ("kind", "values", "one", "expected"),
    [
        ("int", ("1", "2", "10"), Filter("k", "<", (10,)), ["1", "2"]),
        ("int", ("1", "2", "10"), Filter("K", ">=", ("2",)), ["2", "10"]),
        ("int", ("1", "2", None), Filter("k", "!=", (1,)), ["2"]),
        ("int", ("1", "2", "3"), Filter("k", "in", (1, 3, 5)), ["1", "3"]),
        ("int", ("1", None), Filter("k", "in", ()), []),
        ("string", ("01", "1", "2"), Filter("k", "=", ("01",)), ["01"]),
        ("string", ("01", "1", "2"), Filter("k", "=", (1,)), ["01", "1"]),
        ("string", ("a", "b"), Filter("k", ">", ("a",)), ["b"]),
        ("varchar(3)", ("10", "9"), Filter("k", "<", ("9",)), ["10"]),
        ("date", ("2024-01-01", "2024-02-01"), Filter("k", ">", (date(2024, 1, 15),)), ["2024-02-01"]),
        ("date", ("2024-01-01", "2024-02-01"), Filter("k", "<=", ("2024-01-01",)), ["2024-01-01"]),
        ("string", ("2024-01-01", "2024-02-01"), Filter("k", "=", (date(2024, 2, 1),)), ["2024-02-01"]),
        (
            "timestamp",
            ("2024-01-01 00:00:00",),
            Filter("k", "=", (datetime(2024, 1, 1, tzinfo=UTC),)),
            ["2024-01-01 00:00:00"],
        ),
        ("decimal(5,2)", ("1.50", "1.6"), Filter("k", "=", (Decimal("1.5"),)), ["1.50"]),
        ("boolean", ("true", "false"), Filter("k", "=", (True,)), ["true"]),
        ("int", ("1", "2"), Filter("other", "=", (9,)), ["1", "2"]),
        ("int", ("1", "2"), Filter("k", "=", ("x",)), ["1", "2"]),
        ("string", ("x", "2"), Filter("k", "=", (2,)), ["x", "2"]),
    ],
)
def test_partitions_that_cannot_match_are_left_out(
    kind: str, values: tuple[str | None, ...], one: Filter, expected: list[str]
) -> None:
    assert kept(kind, values, one) == expected


def test_filters_hold_together() -> None:
    assert kept("int", ("1", "2", "3"), Filter("k", ">", (1,)), Filter("k", "<", (3,))) == ["2"]


def test_no_filter_leaves_all() -> None:
    assert kept("int", ("1", None)) == ["1", None]


@pytest.mark.parametrize(
    ("kind", "values", "one", "expected"),
    [
        # a text beside a date is read as a date, with its time left out; what is no date stays in doubt
        ("string", ("2024-01-01", "2024-01-01 05:00:00", "2024-02-01", "2024-1-1"), Filter("k", "=", (date(2024, 1, 1),)), ["2024-01-01", "2024-01-01 05:00:00", "2024-1-1"]),
        ("string", ("2024-01-01", "2024-02-01"), Filter("k", "=", ("2024-02-01",)), ["2024-02-01"]),
        ("timestamp", ("2024-01-01 05:00:00", "2024-01-01 00:00:00"), Filter("k", "=", (date(2024, 1, 1),)), ["2024-01-01 00:00:00"]),
        ("int", ("01", "1", "2"), Filter("k", "=", (1,)), ["01", "1"]),
        ("string", ("true", "f", "FALSE"), Filter("k", "=", (False,)), ["f", "FALSE"]),
    ],
)  # fmt: skip
def test_a_value_is_compared_as_spark_compares_it(
    kind: str, values: tuple[str | None, ...], one: Filter, expected: list[str]
) -> None:
    assert kept(kind, values, one) == expected


def test_a_partition_that_one_scan_leaves_is_matched() -> None:
    keys = (Column("k", "int"),)
    partitions = tuple(Partition((str(value),), f"/t/k={value}/") for value in range(5))
    name = TableName("db", "t")
    scans = [Scan(name, (Filter("k", ">", (3,)),)), Scan(name, (Filter("k", "in", (4, 0)),))]
    assert [partition.values[0] for partition in matched(partitions, keys, scans)] == ["0", "4"]
    assert matched(partitions, keys, [*scans, Scan(name)]) == partitions
    assert matched(partitions, keys, ()) == partitions

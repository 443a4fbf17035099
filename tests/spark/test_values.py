"""Rows of all engines compare exactly, and in no order of theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.spark.values import plain, plain_rows


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (1.0, Decimal(1)),
        ("1", 1),
        (0.0, -0.0),
        (None, "None"),
        (date(2024, 1, 1), datetime(2024, 1, 1)),
        (b"a", "a"),
        ({"a": None}, {}),
        ([1, 2], [2, 1]),
        ("", None),
    ],
)
def test_values_of_different_types_differ(one: Any, other: Any) -> None:
    assert plain(one) != plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (float("nan"), float("nan")),
        (Decimal("1.50"), Decimal("1.5")),
        (Decimal("1E+2"), Decimal(100)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([1, (2,)], (1, [2])),
        (bytearray(b"a"), b"a"),
        (datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))), datetime(2024, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_same_value_is_the_same(one: Any, other: Any) -> None:
    assert plain(one) == plain(other)


def test_rows_have_no_order_but_a_number() -> None:
    assert plain_rows([(2, "b"), (1, None), (2, "b")]) == plain_rows([(1, None), (2, "b"), (2, "b")])
    assert plain_rows([(1,)]) != plain_rows([(1,), (1,)])

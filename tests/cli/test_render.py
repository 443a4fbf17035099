"""How values look on a terminal: short ones as they are, long fractions rounded, nothing read as markup."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from rich.console import Console
from tests.arrow import stream

from sparkwright.cli import render
from sparkwright.domain import Field, Finding, Result


def _shown(values: pa.Array, name: str = "x", **result: object) -> str:
    file = io.StringIO()
    rows = pa.Table.from_arrays([values], names=[name])
    render.result(
        Console(file=file, width=200),
        Result((Field(name, str(values.type)),), stream(rows), **({"truncated": False, "row_limit": 1_000} | result)),  # type: ignore[arg-type]  # fields of Result by name
    )
    return file.getvalue()


def _cells(text: str) -> list[str]:
    return [line.strip("│").strip() for line in text.splitlines() if line.startswith("│")]


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ([21.920704845814978, 15.556985294117647], ["21.9", "15.6"]),
        ([120.08999999999999, 5.0], ["120.09", "5.0"]),
        ([0.1 + 0.2, None], ["0.3", "NULL"]),
        ([1 / 3], ["0.3333"]),
        ([4 / 3], ["1.33"]),
        ([float("nan"), float("inf")], ["nan", "inf"]),
        ([1e300, 2.5], ["1e+300", "2.5"]),
        ([12345678.125], ["12345678.125"]),
    ],
)
def test_floats_are_shown_as_people_write_them(values: list[float], cells: list[str]) -> None:
    assert _cells(_shown(pa.array(values, pa.float64()))) == cells


def test_rounding_is_said_and_only_where_it_happens() -> None:
    assert "rounded" in _shown(pa.array([1 / 3]))
    assert "rounded" not in _shown(pa.array([0.5, 120.08999999999999]))


def test_other_types_are_shown_plainly() -> None:
    assert _cells(_shown(pa.array([Decimal("1.20")]))) == ["1.20"]
    assert _cells(_shown(pa.array([datetime(2013, 7, 4, 1, tzinfo=UTC)], pa.timestamp("us", "UTC")))) == [
        "2013-07-04 01:00:00"
    ]
    assert _cells(_shown(pa.array([b"\x00\xff"]))) == ["0x00ff"]
    assert _cells(_shown(pa.array([True, None]))) == ["True", "NULL"]


@pytest.mark.parametrize("text", ["[red]x[/red]", "[/]", "[link=http://x]y"])
def test_data_are_no_markup(text: str) -> None:
    assert _cells(_shown(pa.array([text]), name=text[:6])) == [text]


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\x07b", "a\x9bb", "back\x08space"])
def test_data_cannot_steer_the_terminal(text: str) -> None:
    shown = _shown(pa.array([text]), name=text)
    assert not {character for character in shown if not character.isprintable() and character != "\n"}


def test_a_finding_cannot_steer_the_terminal() -> None:
    file = io.StringIO()
    finding = Finding("plan", "error", "ValueError: \x1b]0;pwn\x07\x1b[2J", hint="\x1b[31m")
    render.findings(Console(file=file, width=200), [finding])
    assert "\x1b" not in file.getvalue()
    assert "\\x1b]0;pwn" in file.getvalue()


def test_a_cut_result_says_so() -> None:
    assert "cut at 2 rows by the limit of rows" in _shown(pa.array([1, 2]), truncated=True, cut_by="rows", row_limit=2)
    assert "limit of bytes" in _shown(pa.array([1, 2]), truncated=True, cut_by="bytes")


def test_more_rows_than_fit_are_said() -> None:
    shown = _shown(pa.array(range(60)))
    assert len(_cells(shown)) == render.SHOWN_ROWS
    assert "50 of 60 rows are shown here" in shown

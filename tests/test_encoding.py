"""An answer's JSON: types survive, and what json.dumps prints is valid."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkwright.domain import Answer, Field, Finding, Question, Result
from sparkwright.encoding import answer_json, result_json, rows_json
from sparkwright.errors import CannotAnswer, ProgramRefused, RunFailed
from tests.arrow import stream

CASES = [
    (pa.array([Decimal("1.20"), Decimal("-0.01")], pa.decimal128(10, 2)), ["1.20", "-0.01"]),
    (pa.array([Decimal("1E+5")], pa.decimal128(38, 0)), ["100000"]),
    (
        pa.array([datetime(2013, 7, 4, 1, 2, 3, 4, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        ["2013-07-04T01:02:03.000004+00:00"],
    ),
    (pa.array([datetime(2013, 7, 4)], pa.timestamp("us")), ["2013-07-04T00:00:00"]),
    (pa.array([date(2013, 7, 4)]), ["2013-07-04"]),
    (pa.array([float("nan"), float("inf"), float("-inf"), 0.5]), ["NaN", "Infinity", "-Infinity", 0.5]),
    (pa.array([b"\x00\xff"]), ["AP8="]),
    (pa.array([timedelta(days=1)]), ["86400 s"]),
    (pa.array([None, True, False]), [None, True, False]),
    (pa.array([2**63 - 1]), [2**63 - 1]),
    (pa.array([{"a": 1, "b": [float("nan"), None]}]), [{"a": 1, "b": ["NaN", None]}]),
    (pa.array([[("k", Decimal("1.5"))], []], pa.map_(pa.string(), pa.decimal128(3, 1))), [{"k": "1.5"}, {}]),
    (pa.array([[(1, "x")]], pa.map_(pa.int32(), pa.string())), [[[1, "x"]]]),
    (pa.array([[[1, 2], None]]), [[[1, 2], None]]),
]


@pytest.mark.parametrize(("values", "expected"), CASES, ids=lambda case: str(getattr(case, "type", "")) or None)
def test_a_value_keeps_its_meaning(values: pa.Array, expected: list[object]) -> None:
    rows = rows_json(pa.table({"x": values}))
    assert rows == [[value] for value in expected]
    json.dumps(rows, allow_nan=False)


def test_columns_of_the_same_name_stay_apart() -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    assert rows_json(table) == [[1, 2]]


def test_no_rows_are_an_empty_list() -> None:
    assert rows_json(pa.table({"a": pa.array([], pa.int32())})) == []


@given(st.lists(st.tuples(st.floats(), st.text(), st.binary(), st.booleans() | st.none())))
def test_whatever_stands_in_a_cell_the_json_is_valid(rows: list[tuple[float, str, bytes, bool | None]]) -> None:
    types = [pa.float64(), pa.string(), pa.binary(), pa.bool_()]
    columns = [pa.array([row[i] for row in rows], types[i]) for i in range(4)]
    encoded = rows_json(pa.table(dict(zip("abcd", columns, strict=True))))
    text = json.dumps(encoded, allow_nan=False)
    assert [row[1] for row in json.loads(text)] == [row[1] for row in rows]


def test_an_answer_has_every_key_of_the_contract() -> None:
    result = Result((Field("n", "bigint"),), stream(pa.table({"n": [1]})), truncated=True, row_limit=1, cut_by="rows")
    shown = answer_json(Answer("r-1", Question("how many?"), result=result, state="succeeded"))
    assert list(shown) == [
        "id", "state", "question", "platform", "platform_reason", "program", "tables", "assumptions", "findings",
        "estimate", "result", "printed", "timings", "error",
    ]  # fmt: skip
    assert shown["result"] == {
        "columns": [{"name": "n", "type": "bigint"}],
        "rows": [[1]],
        "truncated": True,
        "cut_by": "rows",
        "row_limit": 1,
        "uri": None,
    }
    assert shown["error"] is None


def test_an_error_keeps_how_far_it_came() -> None:
    declined = answer_json(Answer("r-1", Question("?"), state="declined"), CannotAnswer("no", hint="ask otherwise"))
    assert (declined["state"], declined["error"]) == (
        "declined",
        {"type": "CannotAnswer", "message": "no", "hint": "ask otherwise", "line": None},
    )
    finding = Finding("import", "error", "no os", line=1, column=1)
    refused = answer_json(Answer("r-1", draft="import os"), ProgramRefused((finding,)))
    assert (refused["state"], refused["program"], refused["findings"][0]["line"]) == ("refused", "import os", 1)


def test_a_failed_run_shows_the_programs_own_exception() -> None:
    error = RunFailed("'x'", kind="KeyError", line=3)
    assert answer_json(Answer("r-1", state="failed"), error)["error"] == {
        "type": "KeyError",
        "message": "'x'",
        "hint": "",
        "line": 3,
    }


def test_a_result_without_columns_is_still_json() -> None:
    table = pa.table({"a": [1, 2]}).select([])
    assert result_json(Result((), stream(table), truncated=False, row_limit=5))["columns"] == []

"""The history: kept, found again, and clear about what is wrong with its file."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from sparkwright.domain import Answer, Field, Job, Program, Question, Result, Run, RunError, RunState
from sparkwright.errors import RunFailed, UsageError
from sparkwright.history import ARROW_KEPT, History
from tests.arrow import stream

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def _history(folder: Path) -> History:
    return History(folder / "deep" / "history.db", clock=lambda: NOON)


def _answer(run_id: str, arrow: bytes | None = None) -> Answer:
    rows = arrow or stream(pa.table({"n": [1]}))
    return Answer(
        run_id,
        Question("how many?"),
        result=Result((Field("n", "bigint"),), rows, truncated=False, row_limit=10),
        state="succeeded",
        printed="hello\n",
    )


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    history = _history(tmp_path)
    assert history.newest() == ()
    assert not history.path.exists()


def test_what_is_kept_comes_back_newest_first(tmp_path: Path) -> None:
    history = _history(tmp_path)
    history.add("ask", "sample", _answer("r-a"))
    history.add("run", "files:x", _answer("r-b"))
    assert [(record.id, record.kind, record.catalog) for record in history.newest()] == [
        ("r-b", "run", "files:x"),
        ("r-a", "ask", "sample"),
    ]
    record = history.get("r-a")
    assert (record.at, record.state, record.question, record.log) == (
        "2026-01-02T12:00:00+00:00",
        "succeeded",
        "how many?",
        "hello",
    )
    assert record.answer["result"]["rows"] == [[1]]


def test_the_rows_of_a_large_result_are_not_kept_and_that_is_said(tmp_path: Path) -> None:
    history = _history(tmp_path)
    history.add("ask", "sample", _answer("r-a", stream(pa.table({"n": list(range(ARROW_KEPT // 8 + 1))}))))
    kept = history.get("r-a").answer["result"]
    assert (kept["rows"], kept["columns"]) == (None, [{"name": "n", "type": "bigint"}])


def test_a_failure_is_kept_with_its_traceback(tmp_path: Path) -> None:
    history = _history(tmp_path)
    job = Job("r-a", Program("1 / 0", ()), "local")
    error = RunError("ZeroDivisionError", "division by zero", line=1, traceback="Traceback: …")
    run = Run("r-a", job, RunState.FAILED, error=error)
    history.add(
        "run",
        "sample",
        Answer("r-a", run=run, state="failed"),
        RunFailed("division by zero", kind="ZeroDivisionError", line=1),
    )
    record = history.get("r-a")
    assert (record.state, record.log, record.answer["error"]["line"]) == ("failed", "Traceback: …", 1)


def test_the_beginning_of_an_id_is_enough_if_it_is_the_only_one(tmp_path: Path) -> None:
    history = _history(tmp_path)
    for run_id in ("r-ab", "r-ac", "r-b%"):
        history.add("ask", "sample", _answer(run_id))
    assert history.get("r-b").id == "r-b%"
    with pytest.raises(UsageError, match="several runs begin with 'r-a'"):
        history.get("r-a")
    with pytest.raises(UsageError, match="there is no run 'r-%'"):
        history.get("r-%")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    path.write_text("this is not a database, but long enough to look like one" * 20)
    with pytest.raises(UsageError, match=r"history\.db") as caught:
        History(path).newest()
    assert "SPARKWRIGHT_HOME" in caught.value.hint

"""What every engine must hold, over each that there is."""

from collections.abc import Iterator
from typing import Protocol

import pyarrow as pa
import pytest
from tests.arrow import stream

from sparkwright.domain import Field, Job, Limits, Program, Result, Run, RunError, RunState
from sparkwright.engines import Engine
from sparkwright.engines.fake import FakeEngine, Reply
from sparkwright.engines.local import LocalEngine
from sparkwright.errors import EngineUnavailable, RunCancelled, RunFailed

GOOD = "result = spark.range(3)\n"
BAD = "x = 1\nraise KeyError('x')\n"
LONG = "while True:\n    pass\n"


def _fake_reply(job: Job) -> Reply:
    if job.program.source == GOOD:
        rows = pa.table({"id": pa.array(range(min(3, job.limits.rows)), pa.int64())})
        limit = job.limits.rows
        return Result(
            (Field("id", "bigint"),),
            stream(rows),
            truncated=limit < 3,
            row_limit=limit,
            cut_by="rows" if limit < 3 else "",
        )
    return RunError("KeyError", "'x'", line=2)


class Case(Protocol):
    param: str


@pytest.fixture(params=["fake", "local"], scope="module")
def engine(request: Case) -> Iterator[Engine]:
    if request.param == "fake":
        yield FakeEngine(_fake_reply, polls=3)
        return
    local = LocalEngine()
    yield local
    local.close()


def _job(run_id: str, source: str, rows: int = 10) -> Job:
    return Job(run_id, Program(source, ()), "local", Limits(rows=rows, seconds=30))


def _end(engine: Engine, run: Run) -> Run:
    while not run.state.is_final:
        run = engine.poll(run, timeout=1.0)
    return run


def test_a_job_ends_with_its_rows(engine: Engine) -> None:
    run = engine.submit(_job("r-1", GOOD))
    assert run.state in (RunState.SUBMITTED, RunState.RUNNING)
    run = _end(engine, run)
    assert (run.state, run.error) == (RunState.SUCCEEDED, None)
    result = engine.fetch(run)
    assert (result.columns, result.rows) == ((Field("id", "bigint"),), [(0,), (1,), (2,)])
    assert (result.truncated, result.row_limit) == (False, 10)


def test_a_result_says_that_it_was_cut(engine: Engine) -> None:
    result = engine.fetch(_end(engine, engine.submit(_job("r-2", GOOD, rows=2))))
    assert (len(result.rows), result.truncated, result.cut_by, result.row_limit) == (2, True, "rows", 2)


def test_a_programs_own_exception_has_its_type_and_line(engine: Engine) -> None:
    run = _end(engine, engine.submit(_job("r-3", BAD)))
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert (run.error.type, run.error.message, run.error.line) == ("KeyError", "'x'", 2)
    with pytest.raises(RunFailed) as caught:
        engine.fetch(run)
    assert (caught.value.kind, caught.value.line) == ("KeyError", 2)


def test_the_same_job_is_not_started_twice(engine: Engine) -> None:
    first = engine.submit(_job("r-4", GOOD))
    again = engine.submit(_job("r-4", GOOD))
    assert again.id == first.id
    assert _end(engine, first).state is _end(engine, again).state is RunState.SUCCEEDED


def test_a_cancelled_run_stays_cancelled(engine: Engine) -> None:
    run = engine.submit(_job("r-5", LONG))
    cancelled = engine.cancel(run)
    assert cancelled.state is RunState.CANCELLED
    assert engine.poll(run).state is RunState.CANCELLED
    with pytest.raises(RunCancelled):
        engine.fetch(cancelled)


def test_cancelling_what_is_over_changes_nothing(engine: Engine) -> None:
    run = _end(engine, engine.submit(_job("r-6", GOOD)))
    assert engine.cancel(run).state is RunState.SUCCEEDED


def test_an_unknown_run_is_named(engine: Engine) -> None:
    with pytest.raises(EngineUnavailable, match="r-none"):
        engine.poll(Run("r-none", _job("r-none", GOOD), RunState.RUNNING))

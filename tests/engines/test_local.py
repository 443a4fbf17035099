"""The local engine: isolated, bounded, and clear about why a program was stopped."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sparkwright.domain import Field, Job, Limits, Program, Run, RunState
from sparkwright.engines.local import KEPT_RUNS, LocalEngine
from sparkwright.errors import EngineUnavailable
from sparkwright.program.plan_check import PlanRequest

GIB = 1024**3
BIG = Limits(memory=GIB, seconds=60)
DECLARED = (
    "CREATE DATABASE IF NOT EXISTS db",
    "CREATE OR REPLACE VIEW db.t AS SELECT CAST(NULL AS INT) AS a, CAST(NULL AS STRING) AS b WHERE false",
)


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    engine = LocalEngine()
    yield engine
    engine.close()


_count = 0


def _run(engine: LocalEngine, source: str, limits: Limits | None = None, **job: object) -> Run:
    global _count  # noqa: PLW0603  (ids must differ within the module's one engine)
    _count += 1
    run = engine.submit(Job(f"r-{_count}", Program(source, ()), "local", limits or Limits(seconds=30), **job))  # type: ignore[arg-type]  # fields of Job by name
    while not run.state.is_final:
        run = engine.poll(run, timeout=1.0)
    return run


def _works(engine: LocalEngine) -> bool:
    run = _run(engine, "result = spark.range(1)")
    return run.state is RunState.SUCCEEDED and engine.fetch(run).rows == [(0,)]


@pytest.mark.parametrize(
    ("source", "limits", "kind"),
    [
        ("while True:\n    pass", Limits(seconds=1), "TimeLimitExceeded"),
        ("kept = []\nwhile True:\n    kept.append([0] * 10**6)", BIG, "MemoryLimitExceeded"),
        ("kept = [0] * 10**12", Limits(memory=GIB), "MemoryError"),
        ("while True:\n    print('x' * 1000)", Limits(seconds=60), "PrintedTooMuch"),
        ("result = spark.range(10**8).selectExpr('collect_list(id)')", BIG, "MemoryLimitExceeded"),
    ],
    ids=["loops", "allocates", "allocates at once", "prints", "collects in the engine"],
)  # fmt: skip
def test_a_program_without_end_is_stopped_and_the_next_one_runs(
    engine: LocalEngine, source: str, limits: Limits, kind: str
) -> None:
    run = _run(engine, source, limits)
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert run.error.type == kind
    assert _works(engine)


def test_a_stopped_program_leaves_no_process_and_no_file(engine: LocalEngine) -> None:
    _run(engine, "while True:\n    pass", Limits(seconds=0.5))
    before = psutil.Process(engine.zygote().process.pid).children()
    engine.plan(PlanRequest("result = spark.range(1)", (), ()))  # the planner and the next child are there after this
    _, alive = psutil.wait_procs([child for child in before if child.pid not in engine.waiting_pids], timeout=5)
    assert not alive
    kept = {folder.name for folder in engine.folder.glob("run-*")}
    assert len(kept) <= 1  # the folder of the child that is kept for the next run


def test_what_is_printed_is_kept_up_to_its_limit_and_the_rest_is_counted(engine: LocalEngine) -> None:
    run = _run(engine, "print('x' * 100)\nresult = spark.range(1)", Limits(printed=10))
    assert run.printed == "xxxxxxxxxx\n[91 more characters were printed and not kept]\n"


def test_old_results_are_forgotten_and_that_is_said(engine: LocalEngine) -> None:
    runs = [_run(engine, "result = spark.range(1)") for _ in range(KEPT_RUNS + 1)]
    with pytest.raises(EngineUnavailable, match=runs[0].id):
        engine.fetch(runs[0])
    assert [engine.fetch(run).rows for run in runs[1:]] == [[(0,)]] * KEPT_RUNS


def test_what_a_failed_program_printed_is_kept(engine: LocalEngine) -> None:
    run = _run(engine, "print('so far')\nraise ValueError('no')")
    assert (run.printed, run.error and run.error.line) == ("so far\n", 2)


def test_text_that_no_encoder_takes_is_written_out(engine: LocalEngine) -> None:
    run = _run(engine, "print('\\ud800')\nresult = spark.range(1)")
    assert (run.state, run.printed) == (RunState.SUCCEEDED, "\\ud800\n")
    run = _run(engine, "raise ValueError('\\ud800')")
    assert run.error is not None
    assert run.error.message == "\\ud800"


def _looping(engine: LocalEngine) -> psutil.Process | None:
    """The child that has been at work for a while: nothing but an endless program takes that long."""
    for child in psutil.Process(engine.zygote().process.pid).children():
        with contextlib.suppress(psutil.Error):
            if child.pid not in engine.waiting_pids and child.cpu_times().user > 1:
                return child
    return None


def test_a_worker_that_dies_is_told_and_the_next_run_works(engine: LocalEngine) -> None:
    run = engine.submit(Job("r-dies", Program("while True:\n    pass", ()), "local", Limits(seconds=30)))
    while (child := _looping(engine)) is None:
        run = engine.poll(run, timeout=0.05)
        assert not run.state.is_final
    child.kill()
    while not run.state.is_final:
        run = engine.poll(run, timeout=1.0)
    assert (run.state, run.error and run.error.type) == (RunState.FAILED, "WorkerDied")
    assert _works(engine)


def test_workers_that_die_while_they_wait_are_replaced(engine: LocalEngine) -> None:
    assert engine.plan(PlanRequest("result = spark.range(1)", (), ())).error is None
    waiting = [psutil.Process(pid) for pid in engine.waiting_pids]
    assert waiting
    for process in waiting:
        process.kill()
    psutil.wait_procs(waiting, timeout=5)
    assert engine.plan(PlanRequest("result = spark.range(1)", (), ())).error is None
    assert _works(engine)


def test_a_program_cannot_import_open_or_see_the_environment(engine: LocalEngine) -> None:
    # The rules refuse such programs; this is the second wall, inside of the worker.
    for source, kind in (
        ("import os", "ImportError"),
        ("open('/etc/passwd')", "NameError"),
        ("eval('1')", "NameError"),
        ("__import__('os')", "ImportError"),
    ):
        run = _run(engine, source)
        assert run.error is not None
        assert run.error.type == kind


def test_a_worker_sees_none_of_the_callers_environment(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = psutil.Process(engine.zygote().process.pid).environ()
    assert set(environment) - {"LC_CTYPE"} == {
        "HOME", "TMPDIR", "PATH", "LANG", "TZ", "RUST_LOG", "OPENBLAS_NUM_THREADS", "PYTHONDONTWRITEBYTECODE",
    }  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part of the isolation is Linux's")
def test_the_kernel_keeps_a_worker_from_the_network_and_from_writing_outside(
    engine: LocalEngine, tmp_path: Path
) -> None:
    # A hostile program that got past every rule: it runs with all builtins in a forked child that is isolated alike.
    source = (
        "import os, socket, sys\n"
        "from sparkwright.engines.isolation import isolate\n"
        f"own = {str(tmp_path)!r} + '/own'\n"
        "os.mkdir(own)\n"
        "print(sorted(isolate(own, network=False)))\n"
        "for act in (\n"
        f"    lambda: open({str(tmp_path)!r} + '/outside', 'w'),\n"
        f"    lambda: os.mkdir({str(tmp_path)!r} + '/folder'),\n"
        "    lambda: socket.create_connection(('192.0.2.1', 80), timeout=2),\n"
        "    lambda: open(own + '/inside', 'w').close(),\n"
        "):\n"
        "    try:\n"
        "        act()\n"
        "        print('done')\n"
        "    except OSError as error:\n"
        "        print(error.strerror)\n"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    granted, write, folder, connect, own = done.stdout.splitlines()
    _run(engine, "result = spark.range(1)")
    assert granted == str(sorted(engine.isolation))
    assert own == "done"
    if "files" in engine.isolation:
        assert (write, folder) == ("Permission denied", "Permission denied")
    if "network" in engine.isolation:
        assert connect == "Network is unreachable"


def test_a_request_outside_the_tables_is_stopped_at_the_wire(engine: LocalEngine) -> None:
    for source in (
        "result = spark.table('other.t')",
        "result = spark.read.parquet('/etc')",
        "spark.range(1).write.parquet('/tmp/x')",
    ):
        run = _run(engine, source)
        assert run.error is not None
        assert run.error.type == "PlanRefused", run.error


def test_a_result_is_cut_by_rows_and_by_bytes(engine: LocalEngine) -> None:
    by_rows = engine.fetch(_run(engine, "result = spark.range(1_000_001)", Limits(rows=1_000_000)))
    assert (by_rows.truncated, by_rows.cut_by, by_rows.to_arrow().num_rows) == (True, "rows", 1_000_000)
    by_bytes = engine.fetch(_run(engine, "result = spark.range(1_000_000)", Limits(rows=2_000_000, bytes=100_000)))
    assert (by_bytes.truncated, by_bytes.cut_by) == (True, "bytes")
    assert 10_000 < by_bytes.to_arrow().num_rows < 12_600
    assert len(by_bytes.arrow) <= 100_000
    whole = engine.fetch(_run(engine, "result = spark.range(1_000_001)", Limits(rows=1_000_001)))
    assert (whole.truncated, whole.to_arrow().num_rows) == (False, 1_000_001)


def test_a_row_larger_than_the_limit_is_left_out_and_said(engine: LocalEngine) -> None:
    result = engine.fetch(_run(engine, "result = spark.sql(\"SELECT repeat('x', 100000) AS x\")", Limits(bytes=10_000)))
    assert (result.rows, result.truncated, result.cut_by) == ([], True, "bytes")


ALL_TYPES = '''
result = spark.sql("""
  SELECT 1 AS a, 2 AS a, 1.20BD AS d, DATE '2013-07-04' AS day, TIMESTAMP '2013-07-04 01:02:03' AS at,
    named_struct('x', array(1, NULL), 'y', named_struct('z', 'w')) AS s, map('k', 1) AS m, X'00FF' AS bin,
    CAST('NaN' AS DOUBLE) AS nan, CAST(NULL AS INT) AS n, TIMESTAMP_NTZ '2013-07-04 01:02:03' AS local, true AS b
""")
'''


def test_every_type_survives(engine: LocalEngine) -> None:
    from sparkwright.encoding import result_json

    shown = result_json(engine.fetch(_run(engine, ALL_TYPES, settings={"spark.sql.session.timeZone": "UTC"})))
    assert [column["name"] for column in shown["columns"]][:3] == ["a", "a", "d"]
    assert shown["rows"] == [
        [
            1, 2, "1.20", "2013-07-04", "2013-07-04T01:02:03+00:00",
            {"x": [1, None], "y": {"z": "w"}}, {"k": 1}, "AP8=", "NaN", None, "2013-07-04T01:02:03", True,
        ]
    ]  # fmt: skip


def test_no_rows_still_have_columns(engine: LocalEngine) -> None:
    result = engine.fetch(_run(engine, "result = spark.range(0)"))
    assert (result.columns, result.rows, result.truncated) == ((Field("id", "bigint"),), [], False)


def test_a_program_without_a_result_is_told_so(engine: LocalEngine) -> None:
    for source, message in (
        ("x = 1", "does not bind"),
        ("result = 1", "is a int, not a DataFrame"),
        ("result = spark.range(3).drop('id')", "has no columns"),
    ):
        run = _run(engine, source)
        assert run.error is not None
        assert run.error.type == "NoResult"
        assert message in run.error.message


def test_a_whole_result_is_saved(engine: LocalEngine, tmp_path: Path) -> None:
    import pyarrow.dataset as ds

    folder = f"{tmp_path}/out"
    result = engine.fetch(_run(engine, "result = spark.range(5000)", Limits(rows=10), save=folder))
    assert (len(result.rows), result.truncated, result.uri) == (10, True, folder)
    assert sorted(ds.dataset(folder, format="parquet").to_table()["id"].to_pylist()) == list(range(5000))


# --- plans -----------------------------------------------------------------------------------------------------------


def test_a_plan_has_the_results_columns(engine: LocalEngine) -> None:
    report = engine.plan(PlanRequest("result = spark.table('db.t').groupBy('b').count()", DECLARED, ("db.t",)))
    assert (report.error, report.columns) == (None, (Field("b", "string"), Field("count", "bigint")))


def test_a_plan_error_points_at_its_statement(engine: LocalEngine) -> None:
    source = "t = spark.table('db.t')\nx = t.select('c')\nresult = x\n"
    report = engine.plan(PlanRequest(source, DECLARED, ("db.t",)))
    assert report.error is not None
    assert (report.error.type, report.error.line) == ("AnalysisException", 2)


def test_a_filter_is_analysed_although_its_schema_is_that_of_its_parent(engine: LocalEngine) -> None:
    source = "t = spark.table('db.t')\nresult = t.where('nope > 1')\n"
    report = engine.plan(PlanRequest(source, DECLARED, ("db.t",)))
    assert report.error is not None
    assert (report.error.type, report.error.line) == ("AnalysisException", 2)


def test_one_check_leaves_nothing_to_the_next(engine: LocalEngine) -> None:
    made = engine.plan(
        PlanRequest("spark.range(1).createOrReplaceTempView('v')\nx = 1\nresult = spark.table('v')", (), ())
    )
    assert made.error is None
    for source in ("result = spark.table('v')", "result = spark.range(x)"):
        assert engine.plan(PlanRequest(source, (), ())).error is not None


def test_a_plan_that_does_not_end_is_stopped_and_the_next_one_is_built(engine: LocalEngine) -> None:
    stuck = engine.plan(PlanRequest("while True:\n    pass", (), ()), seconds=1.0)
    assert stuck.error is not None
    assert stuck.error.type == "TimeLimitExceeded"
    assert engine.plan(PlanRequest("result = spark.range(1)", (), ())).error is None


def test_a_plan_says_that_rows_were_asked_for(engine: LocalEngine) -> None:
    source = "n = spark.table('db.t').count()\nresult = spark.range(1)"
    assert engine.plan(PlanRequest(source, DECLARED, ("db.t",))).acted
    assert not engine.plan(PlanRequest("result = spark.table('db.t')", DECLARED, ("db.t",))).acted


def test_closing_ends_every_process(tmp_path: Path) -> None:
    engine = LocalEngine()
    run = engine.submit(Job("r-1", Program("while True:\n    pass", ()), "local", Limits(seconds=60)))
    zygote = psutil.Process(engine.zygote().process.pid)
    engine.plan(PlanRequest("result = spark.range(1)", (), ()))
    processes = [zygote, *zygote.children(recursive=True)]
    engine.close()
    _, alive = psutil.wait_procs(processes, timeout=5)
    assert not alive
    assert engine.poll(run).state is RunState.CANCELLED
    assert not engine.folder.exists()


def test_only_runs_get_the_environment_of_remote_tables_and_each_gets_a_fresh_one() -> None:
    given: list[int] = []

    def environment() -> dict[str, str]:
        given.append(len(given))
        return {"AWS_REGION": "eu-west-1"}

    engine = LocalEngine(environment=environment, warm=False)
    try:
        assert engine.plan(PlanRequest("result = spark.range(1)\n", (), ())).error is None
        assert given == []  # the planner reads no rows: it gets neither network nor credentials
        for number in range(2):
            run = engine.submit(Job(f"r-{number}", Program("result = spark.range(1)\n", ()), "local", Limits(rows=1)))
            while not run.state.is_final:
                run = engine.poll(run, timeout=1.0)
            assert run.state is RunState.SUCCEEDED
        assert len(given) >= 2
        assert "network" not in engine.isolation
    finally:
        engine.close()

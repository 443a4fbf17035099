"""The story, told with fakes: what goes back to the writer, what is left out, what an error carries."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkwright import pipeline
from sparkwright.catalogs.fake import FakeCatalog
from sparkwright.domain import (
    Answer,
    Column,
    Draft,
    Field,
    Filter,
    Finding,
    Job,
    Limits,
    Partition,
    Question,
    Result,
    RunError,
    RunState,
    Scan,
    Storage,
    Table,
    TableName,
)
from sparkwright.engines.fake import FakeEngine
from sparkwright.errors import CannotAnswer, ProgramRefused, RunCancelled, RunFailed, TableNotFound, UnreadableTable
from sparkwright.pipeline import Event, Parts, Story
from sparkwright.platforms import LOCAL
from sparkwright.program.plan_check import PlanReport, PlanRequest
from sparkwright.reading import Sources, readable
from sparkwright.store import MemoryStore
from tests.arrow import stream

GOOD = 'result = spark.table("db.t")\n'
COUNT = Question("how many?")
LIMITS = Limits(rows=10)


def _parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": pa.array([1], pa.int32())}), sink)
    return sink.getvalue()


PARQUET = _parquet()


def _table(name: str, classification: str = "parquet") -> Table:
    return Table(
        TableName("db", name),
        (Column("a", "int"),),
        f"/lake/{name}/",
        parameters={"classification": classification},
        storage=Storage(),
    )


@dataclass
class Writer:
    """Writes the drafts that it was given, one after the other; keeps what it was told."""

    drafts: Sequence[str]
    spec: str = "scripted"
    sees_values: bool = False
    told: list[tuple[Finding, ...]] = field(default_factory=list)

    def generate(self, question: Question, tables: Sequence[Table], findings: Sequence[Finding] = ()) -> Draft:
        self.told.append(tuple(findings))
        return Draft(self.drafts[min(len(self.told), len(self.drafts)) - 1], "scripted", ("a guess",))


class Planner:
    """Finds every plan good."""

    def plan(self, request: PlanRequest) -> PlanReport:
        return PlanReport(columns=(Field("a", "int"),))


def _reply(job: Job) -> Result:
    return Result((Field("a", "int"),), stream(pa.table({"a": [1]})), truncated=False, row_limit=job.limits.rows)


def _story(writer: Writer, *tables: Table, engine: FakeEngine | None = None) -> Story:
    given = tables or (_table("t"),)
    catalog = FakeCatalog(given)
    runs = engine or FakeEngine(_reply)
    return Story(
        Parts(
            catalog,
            lambda: writer,
            Planner(),
            lambda _, remote: runs,
            store=MemoryStore({f"/lake/{table.name.name}/a": PARQUET for table in given if table.name.name != "gone"}),
        ),
        Answer("r-1"),
    )


def _ask(story: Story, question: Question = COUNT, **options: object) -> Answer:
    return pipeline.ask(story, question, on="auto", limits=LIMITS, **options)  # type: ignore[arg-type]  # dry_run only


def test_a_question_becomes_an_answer_with_all_that_it_rests_on() -> None:
    events: list[Event] = []
    story = _story(Writer([GOOD]))
    story.emit = events.append
    answer = _ask(story)
    assert answer.result is not None
    assert (answer.result.rows, answer.state, answer.assumptions) == ([(1,)], "succeeded", ("a guess",))
    assert answer.program is not None
    assert answer.program.source == GOOD
    assert answer.tables == (TableName("db", "t"),)
    assert answer.estimate is not None
    assert answer.estimate.platform == "local"
    assert [event.stage for event in events] == ["tables", "write", "check", "tables", "run"]
    assert {"tables", "write", "check", "run"} <= set(answer.timings)


def test_a_dry_run_runs_nothing() -> None:
    engine = FakeEngine(_reply)
    answer = _ask(_story(Writer([GOOD]), engine=engine), dry_run=True)
    assert (engine.submitted, answer.state, answer.result) == ([], "written", None)
    assert answer.estimate is not None


def test_findings_go_back_to_the_writer_until_the_draft_is_right() -> None:
    writer = Writer(['result = spark.table("db.wrong")\n', "import os\n", GOOD])
    answer = _ask(_story(writer))
    assert answer.state == "succeeded"
    assert [bool(findings) for findings in writer.told] == [False, True, True]
    assert "db.wrong" in writer.told[1][0].message


def test_after_three_repairs_the_findings_are_the_answer() -> None:
    writer = Writer([f"import os{i}\n" for i in range(9)])
    with pytest.raises(ProgramRefused) as caught:
        _ask(_story(writer))
    assert len(writer.told) == 1 + pipeline.REPAIRS
    assert caught.value.answer is not None
    assert caught.value.answer.draft == "import os3\n"


def test_a_writer_that_repeats_itself_is_not_asked_again() -> None:
    writer = Writer(["import os\n"])
    with pytest.raises(ProgramRefused):
        _ask(_story(writer))
    assert len(writer.told) == 2


def test_a_table_that_cannot_be_read_is_left_out_and_said() -> None:
    answer = _ask(_story(Writer([GOOD]), _table("t"), _table("orcs", "orc")))
    (note,) = [finding for finding in answer.findings if finding.rule == "table-left-out"]
    assert "db.orcs" in note.message
    assert answer.state == "succeeded"


def test_a_table_whose_files_are_gone_is_not_read_as_no_rows() -> None:
    with pytest.raises(UnreadableTable, match="/lake/gone/"):
        _ask(
            _story(Writer(['result = spark.table("db.gone")\n']), _table("gone")),
            Question("how many?", (TableName("db", "gone"),)),
        )


def test_a_program_over_a_table_that_cannot_be_read_is_refused_for_that() -> None:
    story = _story(Writer(['result = spark.table("db.orcs")\n']), _table("t"), _table("orcs", "orc"))
    with pytest.raises(UnreadableTable, match=r"db\.orcs"):
        _ask(story)


def test_a_selected_table_that_cannot_be_read_is_refused_by_name() -> None:
    story = _story(Writer([GOOD]), _table("t"), _table("orcs", "orc"))
    with pytest.raises(UnreadableTable, match=r"db\.orcs"):
        _ask(story, Question("how many?", (TableName("db", "orcs"),)))


def test_a_selected_table_that_does_not_exist_is_named() -> None:
    with pytest.raises(TableNotFound, match=r"db\.u"):
        _ask(_story(Writer([GOOD])), Question("how many?", (TableName("db", "u"),)))


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_question_is_declined(text: str) -> None:
    with pytest.raises(CannotAnswer) as caught:
        _ask(_story(Writer([GOOD])), Question(text))
    assert caught.value.answer is not None
    assert caught.value.answer.state == "declined"


def test_a_failed_run_carries_what_it_came_to() -> None:
    engine = FakeEngine(lambda _: RunError("KeyError", "'x'", line=1))
    with pytest.raises(RunFailed) as caught:
        _ask(_story(Writer([GOOD]), engine=engine))
    assert caught.value.answer is not None
    assert (caught.value.kind, caught.value.answer.state) == ("KeyError", "failed")


def test_an_interrupt_cancels_the_run() -> None:
    class Interrupted(FakeEngine):
        def poll(self, run, timeout=0.0):  # type: ignore[no-untyped-def]  # as the engine's
            raise KeyboardInterrupt

    with pytest.raises(RunCancelled) as caught:
        _ask(_story(Writer([GOOD]), engine=Interrupted(_reply)))
    assert caught.value.answer is not None
    assert caught.value.answer.state == RunState.CANCELLED.value


def test_a_limit_that_the_author_wrote_becomes_the_runs_limit() -> None:
    answer = _ask(_story(Writer(['result = spark.table("db.t").limit(3)\n'])))
    assert answer.run is not None
    assert answer.run.job.limits.rows == 3
    assert answer.program is not None
    assert "limit" not in answer.program.source


def test_of_a_large_catalog_a_program_gets_the_tables_that_it_names_and_near_ones_for_a_name_that_is_wrong() -> None:
    tables = [_table(f"t{number:03}") for number in range(pipeline.ALL_TABLES + 1)] + [_table("orders")]
    story = _story(Writer([]), *tables)
    answer = pipeline.run(story, Draft('result = spark.table("db.t007")\n', "user"), on="auto", limits=LIMITS)
    assert answer.tables == (TableName("db", "t007"),)
    wrong = _story(Writer([]), *tables)
    with pytest.raises(ProgramRefused) as refused:
        pipeline.run(wrong, Draft('result = spark.table("db.ordres")\n', "user"), on="auto", limits=LIMITS)
    assert "db.orders" in refused.value.hint


def test_only_the_partitions_that_a_programs_own_filters_leave_are_declared() -> None:
    partitions = tuple(Partition((day,), f"/lake/days/day={day}/") for day in ("a", "b", "c"))
    days = replace(_table("days"), partition_keys=(Column("day", "string"),), partitions=partitions)
    files = MemoryStore({f"{one.location}1.parquet": PARQUET for one in partitions})
    scans = (Scan(days.name, (Filter("day", "=", ("b",)),)),)
    found = readable(days, LOCAL, Sources(FakeCatalog([days]), files), scans)
    places = [line for statement in found.declarations for line in statement.split("\n") if "LOCATION" in line]
    assert places == ["LOCATION 'file:///lake/days/day%3Db/'"]
    assert (found.scanned.matched, found.scanned.total, found.scanned.objects) == (1, 3, 1)

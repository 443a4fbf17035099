"""Admission as a whole: ordinary programs come through, hostile ones do not, and findings point into the draft."""

from __future__ import annotations

import statistics
import time

import pytest

from sparkwright.domain import Field, Finding, Program, TableName
from sparkwright.errors import ProgramRefused
from sparkwright.program import PlanChecker, PlanReport, PlanRequest, admit, check
from sparkwright.program.plan_check import declare_empty
from tests.program.conftest import TABLES, draft
from tests.program.hostile import AT_THE_WIRE, HOSTILE
from tests.program.ordinary import PROGRAMS, WARNED

LOCATIONS = ("s3://allowed/t/",)


class Remembering:
    """A checker that agrees with everything and remembers what it was asked."""

    def __init__(self, report: PlanReport | None = None) -> None:
        self.report = report or PlanReport()
        self.requests: list[PlanRequest] = []

    def plan(self, request: PlanRequest) -> PlanReport:
        self.requests.append(request)
        return self.report


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_ordinary_program_is_admitted_and_its_plan_builds(name: str, checker: PlanChecker) -> None:
    program, findings = check(draft(PROGRAMS[name]), TABLES, checker=checker)
    assert [f for f in findings if f.severity != "note"] == []
    assert program is not None
    assert program.columns


@pytest.mark.parametrize("name", WARNED)
def test_what_fails_for_want_of_rows_alone_is_admitted_with_a_warning(name: str, checker: PlanChecker) -> None:
    program, findings = check(draft(WARNED[name]), TABLES, checker=checker)
    assert [f.severity for f in findings if f.severity != "note"] == ["warning"]
    assert program is not None


@pytest.mark.parametrize("name", PROGRAMS)
def test_house_form_stays_as_it_is(name: str) -> None:
    once = admit(draft(PROGRAMS[name]), TABLES, checker=None)
    again = admit(draft(once.source), TABLES, checker=None)
    assert again.source == once.source
    assert [f for f in again.warnings if f.severity == "note"] == []


@pytest.mark.parametrize(("kind", "source"), HOSTILE, ids=[f"{kind}-{i}" for i, (kind, _) in enumerate(HOSTILE)])
def test_a_hostile_program_is_refused_by_the_rules_alone(kind: str, source: str) -> None:
    program, findings = check(draft(source), TABLES, checker=None, locations=LOCATIONS)
    assert program is None
    assert any(f.severity == "error" for f in findings)


@pytest.mark.parametrize(
    ("kind", "source"), AT_THE_WIRE, ids=[f"{kind}-{i}" for i, (kind, _) in enumerate(AT_THE_WIRE)]
)
def test_what_only_the_plan_shows_is_refused_at_the_wire(kind: str, source: str, checker: PlanChecker) -> None:
    with pytest.raises(ProgramRefused):
        admit(draft(source), TABLES, checker=checker, locations=LOCATIONS)


def test_there_are_many_of_both() -> None:
    assert len(HOSTILE) + len(AT_THE_WIRE) >= 300
    assert len(PROGRAMS) >= 90


def test_a_program_says_what_it_reads_and_what_it_gives() -> None:
    columns = (Field("carrier", "string"),)
    checker = Remembering(PlanReport(columns=columns))
    program = admit(draft('result = spark.table("nyc.airlines").select("carrier")'), TABLES, checker=checker)
    assert program == Program(
        'result = spark.table("nyc.airlines").select("carrier")\n',
        tables=(TableName("nyc", "airlines"),),
        columns=columns,
        draft_lines=(1,),
    )


def test_tables_in_sql_and_behind_views_are_counted() -> None:
    source = (
        'spark.table("nyc.planes").createOrReplaceTempView("p")\n'
        'result = spark.sql("WITH a AS (SELECT * FROM nyc.airlines) SELECT * FROM a, p")'
    )
    program = admit(draft(source), TABLES, checker=None)
    assert program.tables == (TableName("nyc", "planes"), TableName("nyc", "airlines"))


def test_a_text_that_is_not_known_before_the_run_may_read_every_table() -> None:
    source = 'c = spark.table("nyc.planes").columns[0]\nresult = spark.sql(f"SELECT {c} FROM nyc.planes")'
    program = admit(draft(source), TABLES, checker=None)
    assert program.tables == tuple(table.name for table in TABLES)


def test_the_plan_check_is_asked_only_for_what_passed_the_rules() -> None:
    checker = Remembering()
    with pytest.raises(ProgramRefused):
        admit(draft("import os"), TABLES, checker=checker)
    assert checker.requests == []


def test_only_the_tables_that_are_read_are_declared() -> None:
    checker = Remembering()
    admit(draft('result = spark.table("nyc.airlines")'), TABLES, checker=checker)
    assert checker.requests == [
        PlanRequest(
            'result = spark.table("nyc.airlines")\n',
            declarations=declare_empty([table for table in TABLES if table.name.name == "airlines"]),
            tables=("nyc.airlines",),
        )
    ]


def test_a_refusal_carries_every_finding_and_the_draft() -> None:
    source = "import os\nresult = open('x')\n"
    with pytest.raises(ProgramRefused) as refused:
        admit(draft(source), TABLES, checker=None)
    assert [(f.rule, f.line) for f in refused.value.findings] == [("imports", 1), ("names", 2)]
    assert refused.value.source == source


def test_findings_point_into_the_draft_as_it_was_written() -> None:
    source = (
        "Here is the program:\n\n```python\nfrom pyspark.sql import SparkSession\n\n"
        "def main():\n    session = SparkSession.builder.getOrCreate()\n\n"
        '    df = session.table("nyc.flights")\n    df.rdd.first()\n    df.show()\n\nmain()\n```\n'
    )
    _, findings = check(draft(source), TABLES, checker=None)
    assert [(f.rule, f.line, f.column) for f in findings if f.severity == "error"] == [("attributes", 10, 5)]


def test_an_allowed_location_is_read_and_its_neighbour_is_not() -> None:
    program = admit(
        draft('result = spark.read.parquet("s3a://allowed/t/2024/")'), TABLES, checker=None, locations=LOCATIONS
    )
    assert program.locations == ("s3://allowed/t/",)
    with pytest.raises(ProgramRefused):
        admit(draft('result = spark.read.parquet("s3://allowed/t_old/")'), TABLES, checker=None, locations=LOCATIONS)


def test_the_plan_of_an_allowed_read_reaches_the_engine(checker: PlanChecker, tmp_path: object) -> None:
    source = f'result = spark.read.schema("a int").load("{tmp_path}/t", format="csv", header=True)'
    _, findings = check(draft(source), TABLES, checker=checker, locations=(str(tmp_path),))
    assert not any("outside" in f.message for f in findings)


def test_a_limit_at_the_end_is_lifted_and_told() -> None:
    program = admit(draft('result = spark.table("nyc.flights").limit(10)'), TABLES, checker=None)
    assert program.row_limit == 10
    assert program.source == 'result = spark.table("nyc.flights")\n'
    assert program.warnings == (Finding("limit", "note", "a limit without an order is left to the run: 10 rows", 1),)


def test_a_limit_in_sql_without_an_order_is_a_warning() -> None:
    program = admit(draft('result = spark.sql("SELECT * FROM nyc.flights LIMIT 5")'), TABLES, checker=None)
    assert [(f.rule, f.severity) for f in program.warnings] == [("sql", "warning")]


def test_a_setting_that_may_change_the_answer_is_a_warning() -> None:
    source = 'spark.conf.set("spark.sql.session.timeZone", "CET")\nresult = spark.table("nyc.flights")'
    program = admit(draft(source), TABLES, checker=None)
    assert [(f.severity, f.line) for f in program.warnings] == [("warning", 1), ("note", 1)]


def test_rewriting_and_rules_are_quick() -> None:
    lines = "\n".join(
        f'df = df.withColumn("c{i}", F.col("dep_delay") + {i}).filter("month > {i % 12}")' for i in range(24)
    )
    source = f'from pyspark.sql import functions as F\n\n# flights\ndf = spark.table("nyc.flights")\n{lines}\n'
    source += 'result = df.groupBy("carrier").agg(F.avg("c1").alias("a"))\n'
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        check(draft(source), TABLES, checker=None)
        times.append(time.perf_counter() - begin)
    assert statistics.median(times) < 0.25, "ten times the goal of 25 ms, so that a busy machine passes"

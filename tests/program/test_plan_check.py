"""The plan check says what is wrong in the words of the program."""

from __future__ import annotations

import pytest

from sparkwright.domain import RunError
from sparkwright.program import PlanChecker, PlanReport, PlanRequest, check
from sparkwright.program.plan_check import declare_empty
from tests.program.conftest import TABLES, draft, table

IMPORTS = "from pyspark.sql import functions as F, Window\n"
FLIGHTS = 'spark.table("nyc.flights")'

# ruff: noqa: E501
# A program, with a mark at the place that the finding names (where it names one); message and hint.
CASES: dict[str, tuple[str, str, str]] = {
    "an unknown column": (
        f'df = {FLIGHTS}\n\nresult = df.select("§carier")',
        "there is no column 'carier' here", "did you mean carrier?",
    ),
    "an unknown column in a call on several lines": (
        IMPORTS + f'result = (\n    {FLIGHTS}\n    .groupBy("carrier")\n    .agg(F.avg("§dep_dely"))\n)',
        "there is no column 'dep_dely' here", "did you mean dep_delay?",
    ),
    "an unknown column in SQL": (
        'result = spark.sql("""\nSELECT carrier,\n       §dep_dely\nFROM nyc.flights\n""")',
        "there is no column 'dep_dely' here", "did you mean dep_delay?",
    ),
    "a column of another table": (
        f'a = {FLIGHTS}\nb = spark.table("nyc.planes")\nresult = a.select("§model")',
        "there is no column 'model' here", "model is a column of nyc.planes; it is not among the columns at this place",
    ),
    "a join on a column of one side": (
        f'result = {FLIGHTS}.join(spark.table("nyc.airports"), "§faa")',
        "there is no column 'faa' here", "faa is a column of nyc.airports; it is not among the columns at this place",
    ),
    "an ambiguous column": (
        f'a = {FLIGHTS}\nb = spark.table("nyc.airlines")\nresult = a.join(b, a.§carrier == b.carrier).select("carrier")',
        "column 'carrier' is ambiguous: more than one side of a join has it",
        "say whose it is (alias both sides and write a.name), or join on the column's name",
    ),
    "a column that is not grouped by": (
        'result = spark.sql("SELECT carrier, origin, count(*) FROM nyc.flights GROUP BY carrier")',
        "a column is selected that is neither grouped by nor aggregated",
        "group by it, or take an aggregate of it such as F.first or F.max",
    ),
    "a union of unequal widths": (
        f'result = {FLIGHTS}.union(spark.table("nyc.airlines"))',
        "the sides of a union have 18 and 2 columns", "select the same columns on both sides",
    ),
    "types that do not go together": (
        IMPORTS + f'result = {FLIGHTS}.select(F.col("carrier") + F.col("time_hour"))',
        "these types do not go together: string + timestamp", "cast one side with .cast(...)",
    ),
    "an explode of a string": (
        IMPORTS + f'result = {FLIGHTS}.select(F.§explode("carrier"))',
        "explode takes an array or a map", "explode a column of such a type",
    ),
    "a kind of join that does not exist": (
        f'result = {FLIGHTS}.join(spark.table("nyc.airlines"), "carrier", "§lefft")',
        "there is no kind of join 'lefft'", "did you mean left?",
    ),
    "too many arguments": (
        IMPORTS + f'result = {FLIGHTS}.select(F.§upper("carrier", "x"))',
        "function 'upper' takes 1 positional argument but 2 were given", "",
    ),
    "an aggregate in an aggregate": (
        IMPORTS + f'result = {FLIGHTS}.select(F.sum(F.max("dep_delay")))',
        "an aggregate stands inside of another one", "aggregate in two steps, with a name for the first",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_error_of_the_engine_is_said_in_the_words_of_the_program(name: str, checker: PlanChecker) -> None:
    marked, message, hint = CASES[name]
    before, mark, _ = marked.partition("§")
    program, findings = check(draft(marked.replace("§", "")), TABLES, checker=checker)
    assert program is None
    assert (findings[0].message, findings[0].hint) == (message, hint)
    if mark:
        assert (findings[0].line, findings[0].column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    else:
        assert findings[0].column is None


class Reporting:
    """A checker with one answer."""

    def __init__(self, report: PlanReport) -> None:
        self.report = report

    def plan(self, request: PlanRequest) -> PlanReport:
        return self.report


def test_what_is_not_recognised_is_passed_on_whole() -> None:
    report = PlanReport(error=RunError("SomethingOdd", "the moon\nis full", line=1))
    _, findings = check(draft(f"result = {FLIGHTS}"), TABLES, checker=Reporting(report))
    assert (findings[0].severity, findings[0].message) == ("error", "SomethingOdd: the moon\nis full")


def test_a_python_error_after_rows_were_fetched_is_a_warning() -> None:
    report = PlanReport(error=RunError("IndexError", "list index out of range", line=1), acted=True)
    program, findings = check(draft(f"result = {FLIGHTS}"), TABLES, checker=Reporting(report))
    assert program is not None
    assert findings[0].severity == "warning"
    assert findings[0].message == "could not be checked past line 1 without data: list index out of range"


def test_the_same_error_without_fetched_rows_is_an_error() -> None:
    report = PlanReport(error=RunError("IndexError", "list index out of range", line=1))
    program, _ = check(draft(f"result = {FLIGHTS}"), TABLES, checker=Reporting(report))
    assert program is None


def test_rows_that_are_not_there_do_not_stop_a_program(checker: PlanChecker) -> None:
    source = f'top = {FLIGHTS}.first()["carrier"]\nresult = {FLIGHTS}.filter(f"carrier = \'{{top}}\'")'
    source = source.replace(".filter(f\"carrier = '{top}'\")", '.where(spark.table("nyc.flights").carrier == top)')
    program, findings = check(draft(source), TABLES, checker=checker)
    assert program is not None
    assert [f.severity for f in findings] == ["warning"]


def test_every_type_is_declared(checker: PlanChecker) -> None:
    columns = (
        "a:tinyint b:smallint c:int d:bigint e:float f:double g:decimal(10,2) h:string i:varchar(5) j:char(2) k:boolean l:date "
        "m:timestamp n:binary o:array<int> p:map<string,bigint> q:struct<x:int,y:array<string>>"
    )
    odd = table("odd-name", columns, database="my-db")
    assert declare_empty([odd])[0] == "CREATE DATABASE IF NOT EXISTS `my-db`"
    program, findings = check(draft('result = spark.table("`my-db`.`odd-name`")'), [odd], checker=checker)
    assert program is not None, findings
    assert [field.type for field in program.columns][-3:] == [
        "array<int>",
        "map<string,bigint>",
        "struct<x:int,y:array<string>>",
    ]


@pytest.mark.parametrize(
    ("source", "kind"),
    [(f"result = {FLIGHTS}.count()", "int"), (f'result = {FLIGHTS}.groupBy("carrier")', "GroupedData")],
)
def test_a_result_that_is_no_dataframe_is_named(source: str, kind: str, checker: PlanChecker) -> None:
    program, findings = check(draft("x = 1\n" + source), TABLES, checker=checker)
    assert program is None
    assert findings[0].message == f"`result` is of type {kind}, not a DataFrame"
    assert findings[0].line == 2

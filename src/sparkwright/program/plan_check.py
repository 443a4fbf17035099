"""Check a program's plan against zero-row tables of the real schema; data is never touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sparkwright.hive_types import spark_type
from sparkwright.identifiers import quoted
from sparkwright.program.engine_errors import explain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Field, Finding, RunError, Scan, Table, TableName
    from sparkwright.program.context import Context
    from sparkwright.program.reading import Reading


@dataclass(frozen=True)
class PlanRequest:
    """What a planner needs: a source that passed the rules, and SQL that declares zero-row tables.

    `tables` are the names that the program may read (`db.t`, lower case), `locations` the path prefixes, ending in `/`.
    """

    source: str
    declarations: tuple[str, ...]
    tables: tuple[str, ...]
    locations: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanReport:
    """What came of building the plan: the result's columns, or the error that stopped it.

    `error.line` is the first line of the statement that failed. `error.type` is `PlanRefused` where the plan itself
    broke a rule (`plan_rules.judge`). `acted` says that the program had fetched rows before (it saw zero rows, so a
    Python error after that says nothing about the real data). `scans` are the reads of
    tables in the plan of the result, `has_explicit_reads` says that there are others.
    """

    columns: tuple[Field, ...] = ()
    error: RunError | None = None
    acted: bool = False
    scans: tuple[Scan, ...] = ()
    has_explicit_reads: bool = False


class PlanChecker(Protocol):
    """An isolated worker that builds plans on the embedded engine."""

    def plan(self, request: PlanRequest) -> PlanReport:
        """Build the plan of a program, never raising for what the program does."""


NOWHERE = "/nonexistent/sparkwright"  # a location that does not exist reads as no rows, on Sail and on Spark


def declare_empty(tables: Sequence[Table]) -> tuple[str, ...]:
    """SQL that makes each table exist with its real schema and no rows, on Sail and on Spark.

    Example: ``CREATE OR REPLACE TABLE nyc.airlines (carrier STRING, name STRING) USING parquet LOCATION ...``.
    """
    databases = dict.fromkeys(table.name.database for table in tables)
    created = [f"CREATE DATABASE IF NOT EXISTS {quoted(database)}" for database in databases]
    return (*created, *(_empty_table(table) for table in tables))


def _empty_table(table: Table) -> str:
    """A table without files, as Sail loses the backquotes of odd names in the text of a view."""
    columns = ", ".join(f"{quoted(column.name)} {spark_type(column.type)}" for column in table.all_columns)
    return f"CREATE OR REPLACE TABLE {table.name.quoted} ({columns}) USING parquet LOCATION '{NOWHERE}'"


def check_plan(
    source: str, reading: Reading, used: Sequence[TableName], checker: PlanChecker
) -> tuple[PlanReport, list[Finding]]:
    """Build the program's plan: what came of it, and what the engine says against it."""
    context = reading.context
    report = checker.plan(plan_request(source, context, used))
    if report.error is None:
        return report, []
    return report, [explain(report.error, reading, source, acted=report.acted)]


def plan_request(source: str, context: Context, used: Sequence[TableName]) -> PlanRequest:
    """What the planner is asked: only tables that the program reads are declared."""
    tables = [table for table in context.tables if table.name in used]
    names = tuple(str(table.name).lower() for table in tables)
    return PlanRequest(source, declare_empty(tables), names, context.locations)

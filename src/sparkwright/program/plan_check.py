"""Check a program's plan against zero-row tables of the real schema; data is never touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sparkwright.domain import Field, RunError


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
    Python error after that says nothing about the real data).
    """

    columns: tuple[Field, ...] = ()
    error: RunError | None = None
    acted: bool = False


class PlanChecker(Protocol):
    """An isolated worker that builds plans on the embedded engine."""

    def plan(self, request: PlanRequest) -> PlanReport:
        """Build the plan of a program, never raising for what the program does."""

"""What goes to a worker and what comes back, as JSON: the runner's request and outcome, in our nouns."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path
from typing import Any

from sparkwright.domain import Field, Filter, Job, Limits, Result, RunError, Scan, TableName
from sparkwright.platforms import LOCAL
from sparkwright.program.plan_check import PlanReport, PlanRequest
from sparkwright.program.vocabulary import BUILTINS, MODULES

SAVED = "saved"  # the folder below a run's own that a whole result is written to
Json = dict[str, Any]


def run_request(job: Job, folder: Path) -> Json:
    """A job as the runner takes it; what is saved goes below the run's own folder."""
    return {
        "mode": "run",
        "id": job.id,
        "source": job.program.source,
        "save": str(folder / SAVED) if job.save else "",
        "save_rows": job.program.row_limit,
        "settings": dict(job.settings),
        "declarations": list(job.declarations),
        "tables": [str(name).lower() for name in job.program.tables],
        "locations": list(job.program.locations),
        **_contract(job.limits),
    }


def plan_request(request: PlanRequest, limits: Limits) -> Json:
    """A plan check as the runner takes it."""
    return {
        "mode": "plan",
        "id": "plan",
        "source": request.source,
        "save": "",
        "save_rows": None,
        "settings": dict(LOCAL.settings),
        "declarations": list(request.declarations),
        "tables": list(request.tables),
        "locations": list(request.locations),
        **_contract(limits),
    }


def _contract(limits: Limits) -> dict[str, Any]:
    return {
        "builtins": sorted(BUILTINS),
        "modules": sorted(MODULES),
        "limits": {
            "rows": limits.rows,
            "bytes": limits.bytes,
            "printed": limits.printed,
            "memory": limits.memory,
        },
    }


def result(outcome: Json, uri: str) -> Result:
    """The result of an outcome that succeeded."""
    return Result(
        columns=_columns(outcome),
        arrow=base64.b64decode(outcome["arrow"]),
        truncated=bool(outcome["truncated"]),
        row_limit=outcome["row_limit"],
        cut_by=outcome["truncated"],
        printed=outcome["printed"],
        uri=uri or None,
    )


def plan_report(outcome: Json) -> PlanReport:
    """What a plan's outcome says."""
    found = outcome["scans"]
    has_explicit_reads = any(scan["table"] is None for scan in found)
    failed = error(outcome["error"]) if outcome["error"] else None
    return PlanReport(_columns(outcome), failed, outcome["acted"], _scans(found), has_explicit_reads)


def error(said: Json) -> RunError:
    """The error of an outcome."""
    return RunError(said["type"], said["message"], line=said["line"], traceback=said["traceback"])


def _columns(outcome: Json) -> tuple[Field, ...]:
    return tuple(Field(column["name"], column["type"]) for column in outcome["columns"])


def _scans(found: list[dict[str, Any]]) -> tuple[Scan, ...]:
    """The reads of tables that have a database; what is left are temporary views, whose own reads stand beside them."""
    named = ((scan["table"], scan["filters"]) for scan in found if "." in (scan["table"] or ""))
    return tuple(Scan(TableName.parse(name), tuple(map(_filter, filters))) for name, filters in named)


def _filter(found: dict[str, Any]) -> Filter:
    values = (date.fromisoformat(one["date"]) if isinstance(one, dict) else one for one in found["values"])
    return Filter(found["column"], found["op"], tuple(values))

"""An answer as one JSON object whose types survive: the contract of every face.

Decimals are strings, dates and timestamps ISO 8601, NaN and infinities strings, binary base64, durations seconds as a
string such as `86400 s`; maps with text keys are objects, others lists of pairs; structs are objects. Rows are arrays
in the order of the columns, so that columns of the same name stay apart.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sparkwright.domain import Answer, Finding, Result
from sparkwright.errors import ProgramRefused, SparkwrightError

if TYPE_CHECKING:
    import pyarrow

Json = Any  # None, bool, int, float, str, list or dict of these: what json.dumps takes with allow_nan=False


def answer_json(answer: Answer, error: SparkwrightError | None = None) -> dict[str, Json]:
    """The object that `ask --json` and `run --json` print; `error` is what ended it early."""
    run, program = answer.run, answer.program
    findings = error.findings if isinstance(error, ProgramRefused) else answer.findings
    return {
        "id": answer.id,
        "state": answer.state if error is None else _state(answer, error),
        "question": answer.question.text if answer.question else None,
        "platform": answer.estimate.platform if answer.estimate else None,
        "platform_reason": answer.estimate.reason if answer.estimate else None,
        "program": program.source if program else answer.draft,
        "tables": [str(name) for name in (program.tables if program else answer.tables)],
        "assumptions": list(answer.assumptions),
        "findings": [finding_json(finding) for finding in findings],
        "estimate": asdict(answer.estimate) if answer.estimate else None,
        "result": result_json(answer.result) if answer.result else None,
        "printed": answer.printed,
        "timings": {stage: round(milliseconds, 1) for stage, milliseconds in answer.timings.items()},
        "error": error_json(error, run.error.traceback if run and run.error else "") if error else None,
    }


def _state(answer: Answer, error: SparkwrightError) -> str:
    if isinstance(error, ProgramRefused):
        return "refused"
    return answer.run.state.value if answer.run else answer.state


def finding_json(finding: Finding) -> dict[str, Json]:
    """A finding as an object with all of its fields."""
    return asdict(finding)


def error_json(error: SparkwrightError, traceback: str = "") -> dict[str, Json]:
    """An error as `type`, `message`, `hint` and `line` (of the program, where it has one)."""
    shown: dict[str, Json] = {
        "type": getattr(error, "kind", "") or type(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "line": getattr(error, "line", None),
    }
    return shown | ({"traceback": traceback} if traceback else {})


def result_json(result: Result) -> dict[str, Json]:
    """A result's columns and rows."""
    return {
        "columns": [asdict(column) for column in result.columns],
        "rows": rows_json(result.to_arrow()),
        "truncated": result.truncated,
        "cut_by": result.cut_by or None,
        "row_limit": result.row_limit,
        "uri": result.uri,
    }


def rows_json(table: pyarrow.Table) -> list[list[Json]]:
    """The rows of an Arrow table as lists of JSON values."""
    if not table.num_columns:
        return [[] for _ in range(table.num_rows)]
    columns = [[_value(value, column.type) for value in column.to_pylist()] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _value(value: Any, kind: pyarrow.DataType) -> Json:
    """One value, read with its type: a list of pairs is a map only if Arrow says so."""
    import pyarrow.types as t

    if value is None:
        return None
    if t.is_map(kind):
        return _map([(_value(k, kind.key_type), _value(v, kind.item_type)) for k, v in value], kind)
    if t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind):
        return [_value(item, kind.value_type) for item in value]
    if t.is_struct(kind):
        return {
            kind.field(i).name: _value(value[kind.field(i).name], kind.field(i).type) for i in range(kind.num_fields)
        }
    encode = next((encode for types, encode in _SCALARS if isinstance(value, types)), None)
    return encode(value) if encode else value


def _map(pairs: list[tuple[Json, Json]], kind: pyarrow.MapType) -> Json:
    import pyarrow.types as t

    if t.is_string(kind.key_type) or t.is_large_string(kind.key_type):
        return dict(pairs)
    return [list(pair) for pair in pairs]


def _float(value: float) -> Json:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


_SCALARS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Json]], ...] = (
    (bool, bool),
    (float, _float),
    (Decimal, lambda value: format(value, "f")),
    ((datetime, date, time), lambda value: value.isoformat()),
    (timedelta, lambda value: f"{value.total_seconds():g} s"),
    ((bytes, bytearray), lambda value: base64.b64encode(value).decode("ascii")),
)

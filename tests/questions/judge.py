"""Judge whether the rows of an answer are what a question asked for.

`bench/nl/score.py` is stricter in one point: here an answer may hold columns beside the gold's, because a person who
asks for the worst airlines is well served by their delays too. Everything that the gold holds must be there.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

Cell = tuple[str, float | str]
Row = Sequence[object]

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")


@dataclass(frozen=True)
class Question:
    """A question and its gold SQL, in DuckDB's dialect.

    `alternatives` are other answers that a careful reader accepts (the carrier's name for its code, a date for month
    and day). When `ordered`, `sort` holds the positions of the gold columns whose sequence counts, so that rows which
    tie may stand in any order; without it the whole rows count. `rows` is the size of the first gold.
    """

    id: str
    question: str
    kind: str
    sql: str
    ordered: bool
    sort: tuple[int, ...] = ()
    alternatives: tuple[str, ...] = ()
    rows: int | None = None


@dataclass(frozen=True)
class Refusal:
    """A question that these tables cannot answer; `part` says what is wrong with it."""

    id: str
    question: str
    part: str


def load(path: Path) -> tuple[Question, ...]:
    """Read a file of questions with gold SQL."""
    return tuple(_question(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def load_refusals(path: Path) -> tuple[Refusal, ...]:
    """Read a file of questions that must be declined."""
    return tuple(Refusal(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def gold(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    """Run a gold SQL."""
    rows: list[tuple[object, ...]] = connection.execute(sql).fetchall()
    return rows


def golds(connection: duckdb.DuckDBPyConnection, question: Question) -> tuple[list[tuple[object, ...]], ...]:
    """Run every gold of a question, its alternatives included."""
    return tuple(gold(connection, sql) for sql in (question.sql, *question.alternatives))


def is_answered(connection: duckdb.DuckDBPyConnection, question: Question, answer_rows: Iterable[Row]) -> bool:
    """Whether the rows are right by any gold of the question. This is the judgement to count."""
    rows = list(answer_rows)
    return any(is_right(question, gold_rows, rows) for gold_rows in golds(connection, question))


def is_right(question: Question, gold_rows: Iterable[Row], answer_rows: Iterable[Row]) -> bool:
    """Whether each gold column stands in a column of its own in the answer, row by row, in order where ordered."""
    expected = [tuple(map(cell, row)) for row in gold_rows]
    actual = [tuple(map(cell, row)) for row in answer_rows]
    if len(expected) != len(actual):
        return False
    if not expected:
        return True
    sort = _sort_columns(question, len(expected[0]))
    return any(
        [[row[i] for i in sort] for row in expected] == [[row[columns[i]] for i in sort] for row in actual]
        for columns in _matches(expected, actual, ())
    )


def cell(value: object) -> Cell:
    """Bring a value into the form in which it compares: a null, a number at 6 significant digits, or text."""
    if value is None:
        return ("null", "")
    if isinstance(value, date):
        return ("text", _iso(value))
    text = str(value).strip()
    number = _number(text) if not isinstance(value, bool) else float(value)
    if number is not None:
        return ("number", float(f"{number:.6g}"))
    return ("text", _iso_text(text))


def _question(sort: Sequence[int] = (), alternatives: Sequence[str] = (), **fields: Any) -> Question:
    return Question(sort=tuple(sort), alternatives=tuple(alternatives), **fields)


def _sort_columns(question: Question, width: int) -> tuple[int, ...]:
    if not question.ordered:
        return ()
    return tuple(i % width for i in question.sort) or tuple(range(width))


def _matches(
    expected: list[tuple[Cell, ...]], actual: list[tuple[Cell, ...]], columns: tuple[int, ...]
) -> Iterator[tuple[int, ...]]:
    """Yield, for each gold column, the answer column that holds it, such that the rows agree as multisets."""
    if len(columns) == len(expected[0]):
        yield columns
        return
    prefix = Counter(row[: len(columns) + 1] for row in expected)
    for candidate in range(len(actual[0])):
        chosen = (*columns, candidate)
        if candidate not in columns and Counter(tuple(row[i] for i in chosen) for row in actual) == prefix:
            yield from _matches(expected, actual, chosen)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _iso_text(text: str) -> str:
    if not ISO_DAY.fullmatch(text):
        return text
    try:
        return _iso(datetime.fromisoformat(text))
    except ValueError:
        return text


def _iso(value: date) -> str:
    """Write a day as a date, also when it comes as a timestamp at midnight, and a moment in UTC."""
    if not isinstance(value, datetime):
        return value.isoformat()
    moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return (moment.date() if moment == datetime.combine(moment, datetime.min.time()) else moment).isoformat()

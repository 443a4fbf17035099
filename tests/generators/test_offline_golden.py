"""A question, what is assumed and the program that is written for it, as files to read; `REGOLD=1` writes them anew."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from sparkwright.domain import Question, Table
from sparkwright.generators.offline import OfflineGenerator

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.txt"))


def written(question: str, tables: Sequence[Table]) -> str:
    draft = OfflineGenerator().generate(Question(question), tables)
    return "\n".join([question, *(f"- {assumption}" for assumption in draft.assumptions), "", draft.source])


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_an_ordinary_question_gets_the_program_that_a_person_would_write(path: Path, tables: tuple[Table, ...]) -> None:
    text = path.read_text(encoding="utf-8")
    actual = written(text.splitlines()[0], tables)
    if os.environ.get("REGOLD"):
        path.write_text(actual, encoding="utf-8")
        return
    assert actual == text


def test_there_are_golden_programs() -> None:
    assert len(GOLDEN) >= 20

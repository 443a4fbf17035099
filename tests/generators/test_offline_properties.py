"""Whatever is asked: a program that compiles, the same each time, or a refusal."""

import ast

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generators.shop import ODD, SHOP

from sparkwright.domain import Question
from sparkwright.errors import CannotAnswer
from sparkwright.generators.offline import OfflineGenerator

TABLES = (*SHOP, ODD)
WORDS = """
 show how many what is the average of by for each per and or not without more than less between 5 2024
top most oldest customers customer orders order names name status Delivered Open Paris age total price
city days month January sorted descending with whose in that have no "Ann Lee" 'zzz' 's , ? . number
maximum minimum distinct above the average a.b group highest latest first 10 two hours minutes after
before never both all details from to on Mondays first quarter
""".split()  # noqa: SIM905


KEPT = OfflineGenerator()


def source_or_part(text: str, generator: OfflineGenerator = KEPT) -> str:
    try:
        draft = generator.generate(Question(text), TABLES)
    except CannotAnswer as refused:
        return f"declined: {refused.part}: {refused.message}"
    ast.parse(draft.source)
    assert "result = " in draft.source
    return draft.source


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gets_a_program_or_a_refusal(text: str) -> None:
    source_or_part(text)


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_any_words_of_a_question_get_a_program_that_compiles_or_a_refusal(text: str) -> None:
    source_or_part(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join))
def test_a_question_gets_the_same_program_from_a_new_generator(text: str) -> None:
    assert source_or_part(text, OfflineGenerator()) == source_or_part(text)

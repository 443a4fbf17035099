"""The judge accepts what a careful reader accepts, and nothing else."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from tests.questions.judge import Question, Row, is_answered, is_right, load, load_refusals

ANY_ORDER = Question("q", "flights per carrier", "group", "select 1", ordered=False)
IN_ORDER = Question("q", "carriers by flights", "order", "select 1", ordered=True)
BY_COUNT = Question("q", "carriers by flights", "order", "select 1", ordered=True, sort=(1,))

GOLD: list[Row] = [("UA", 3), ("AA", 2), ("DL", 2)]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([("UA", 3), ("AA", 2), ("DL", 2)], id="the same rows"),
        pytest.param([("DL", 2), ("UA", 3), ("AA", 2)], id="in another order"),
        pytest.param([(3, "UA"), (2, "AA"), (2, "DL")], id="columns swapped"),
        pytest.param([("UA", "United", 3), ("AA", "American", 2), ("DL", "Delta", 2)], id="an extra column"),
        pytest.param([("UA", 9, 3), ("AA", 9, 2), ("DL", 8, 2)], id="an extra number"),
        pytest.param([("UA ", "3"), ("AA", 2.0), ("DL", Decimal("2.00"))], id="numbers as text, double and decimal"),
        pytest.param([["UA", 3], ["AA", 2], ["DL", 2]], id="rows as lists"),
    ],
)
def test_rows_that_say_the_same_are_right(answer: list[Row]) -> None:
    assert is_right(ANY_ORDER, GOLD, answer)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([], id="no rows"),
        pytest.param([("UA", 3), ("AA", 2)], id="a row missing"),
        pytest.param([("UA", 3), ("AA", 2), ("DL", 2), ("DL", 2)], id="a row twice"),
        pytest.param([("UA", 3), ("AA", 2), ("AA", 2)], id="a row in place of another"),
        pytest.param([("UA", 2), ("AA", 3), ("DL", 2)], id="right columns, rows not aligned"),
        pytest.param([("UA",), ("AA",), ("DL",)], id="a column missing"),
        pytest.param([(3,), (2,), (2,)], id="the label missing"),
        pytest.param([("UA", 4), ("AA", 2), ("DL", 2)], id="another number"),
        pytest.param([("ua", 3), ("AA", 2), ("DL", 2)], id="another spelling"),
        pytest.param([("UA", 3), ("AA", 2), ("DL", None)], id="null for a number"),
        pytest.param([("UA", 3), ("AA", 2), (None, 2)], id="null for text"),
    ],
)
def test_other_rows_are_wrong(answer: list[Row]) -> None:
    assert not is_right(ANY_ORDER, GOLD, answer)


def test_one_answer_column_does_not_serve_two_gold_columns() -> None:
    assert is_right(ANY_ORDER, [(1, 1)], [(1, 1)])
    assert not is_right(ANY_ORDER, [(1, 1)], [(1,)])
    assert not is_right(ANY_ORDER, [(1, 1)], [(1, 2)])


def test_no_rows_are_right_when_there_are_none() -> None:
    assert is_right(ANY_ORDER, [], [])
    assert not is_right(ANY_ORDER, [], [(0,)])


def test_order_counts_where_it_was_asked_for() -> None:
    assert is_right(IN_ORDER, GOLD, GOLD)
    assert not is_right(IN_ORDER, GOLD, [("AA", 2), ("UA", 3), ("DL", 2)])


def test_rows_that_tie_may_stand_in_any_order() -> None:
    tied: list[Row] = [("UA", 3), ("DL", 2), ("AA", 2)]
    assert is_right(BY_COUNT, GOLD, tied)
    assert not is_right(IN_ORDER, GOLD, tied)
    assert not is_right(BY_COUNT, GOLD, [("DL", 2), ("AA", 2), ("UA", 3)])


def test_a_tie_does_not_excuse_a_row_that_is_not_there() -> None:
    assert not is_right(BY_COUNT, GOLD, [("UA", 3), ("AA", 2), ("WN", 2)])


def test_order_is_judged_in_the_column_that_matches_not_in_one_that_looks_alike() -> None:
    gold: list[Row] = [(1,), (2,)]
    assert is_right(IN_ORDER, gold, [(2, 1), (1, 2)])
    assert not is_right(IN_ORDER, gold, [("x", 2), ("y", 1)])


def test_a_sort_column_may_be_counted_from_the_end() -> None:
    question = Question("q", "wettest days", "top", "select 1", ordered=True, sort=(-1,))
    assert is_right(question, [(6, 7, 3.71), (5, 9, 1.46)], [(date(2013, 6, 7), 3.71, 6, 7), ("x", 1.46, 5, 9)])
    assert not is_right(question, [(6, 7, 3.71), (5, 9, 1.46)], [(5, 9, 1.46), (6, 7, 3.71)])


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (12.639070257304708, 12.63907025730471),
        (12.639070257304708, 12.6391),
        (12.639070257304708, "12.63907"),
        (4.0, 4),
        (4.0, Decimal(4)),
        (0.0, -0.0),
        (8.49999999999998, 8.5),
        (None, None),
        (True, 1),
        (date(2013, 7, 4), "2013-07-04"),
        (date(2013, 7, 4), datetime(2013, 7, 4)),
        (date(2013, 7, 4), "2013-07-04T00:00:00Z"),
        (datetime(2013, 7, 4, 5), "2013-07-04 05:00:00"),
        (datetime(2013, 7, 4, 5), "2013-07-04T05:00:00+00:00"),
        (datetime(2013, 7, 4, 5), datetime(2013, 7, 4, 5, tzinfo=UTC)),
        (datetime(2013, 7, 4, 5), "2013-07-04T01:00:00-04:00"),
    ],
)
def test_a_value_is_the_same_in_each_of_its_forms(gold: object, answer: object) -> None:
    assert is_right(ANY_ORDER, [(gold,)], [(answer,)])


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (12.639070257304708, 12.64),
        (12.639070257304708, 12.6),
        (12.639070257304708, 13),
        (336776, 336777),
        (0.0268051, 2.68051),
        (0, None),
        ("", None),
        (None, "null"),
        (date(2013, 7, 4), date(2013, 7, 5)),
        (date(2013, 7, 4), datetime(2013, 7, 4, 0, 0, 1)),
        (datetime(2013, 7, 4, 5), datetime(2013, 7, 4, 9)),
        (datetime(2013, 7, 4, 5), "2013-07-04T05:00:00-04:00"),
        ("2013-99-99", date(2013, 9, 9)),
    ],
)
def test_another_value_is_wrong(gold: object, answer: object) -> None:
    assert not is_right(ANY_ORDER, [(gold,)], [(answer,)])


def test_any_gold_of_a_question_will_do() -> None:
    question = Question(
        "q", "the busiest carrier", "top", "select 'UA'", ordered=False, alternatives=("select 'United'",)
    )
    connection = duckdb.connect()
    assert is_answered(connection, question, [("UA", 3)])
    assert is_answered(connection, question, [("United",)])
    assert not is_answered(connection, question, [("AA",)])


def test_a_line_of_a_file_is_a_question(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"id": "a", "question": "how many?", "kind": "count", "sql": "select 1", "ordered": false}\n'
        '{"id": "b", "question": "top", "kind": "top", "sql": "select 2", "ordered": true, "sort": [0], '
        '"alternatives": ["select 3"], "rows": 1}\n'
    )
    assert load(path) == (
        Question("a", "how many?", "count", "select 1", ordered=False),
        Question("b", "top", "top", "select 2", ordered=True, sort=(0,), alternatives=("select 3",), rows=1),
    )


def test_a_line_of_the_refusals_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "refuse.jsonl"
    path.write_text('{"id": "r", "question": "", "part": "empty"}\n')
    assert [(refusal.question, refusal.part) for refusal in load_refusals(path)] == [("", "empty")]

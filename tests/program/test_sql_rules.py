"""SQL is judged as Spark reads it: ordinary SQL passes, and in doubt it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkwright.program.context import Context
from sparkwright.program.sql_rules import judge_expression, judge_statement, read_statement, split_name
from tests.program.conftest import TABLES

CONTEXT = Context.of(TABLES, ["s3://allowed/t/"])
GOLDEN = Path(__file__).parent / "golden"
EXPRESSIONS = (GOLDEN / "expressions.sql").read_text().splitlines()
QUERIES = (GOLDEN / "queries.sql").read_text().splitlines()


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_ordinary_expression_passes(text: str) -> None:
    assert judge_expression(text, CONTEXT) == ()


@pytest.mark.parametrize("text", QUERIES)
def test_an_ordinary_query_passes(text: str) -> None:
    assert judge_statement(text, CONTEXT) == ()


@pytest.mark.parametrize(
    "text",
    [
        "1 FROM secret.t",
        "1 WHERE true",
        "1, 2 FROM nyc.flights",
        "1; DROP TABLE x",
        "1 UNION SELECT 2",
        "1) FROM (SELECT 1",
        "1 LIMIT 1",
        "(SELECT max(x) FROM secret.t)",
        "reflect('a', 'b')",
        "1 -- \\\n, reflect('a', 'b')",
    ],
)
def test_what_is_more_than_an_expression_is_refused(text: str) -> None:
    assert judge_expression(text, CONTEXT) != ()


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("SELECT * FROM a.b, `c d`.`e.f`", [("a", "b"), ("c d", "e.f")]),
        ("WITH x AS (SELECT * FROM a.b) SELECT * FROM x", [("a", "b")]),
        ("WITH x AS (SELECT * FROM x) SELECT * FROM x", [("x",)]),
        ("WITH x AS (SELECT 1), y AS (SELECT * FROM x) SELECT * FROM y", []),
        ("WITH y AS (SELECT * FROM x), x AS (SELECT 1) SELECT * FROM y", [("x",)]),
        ("SELECT * FROM (WITH x AS (SELECT 1) SELECT * FROM x) JOIN x", [("x",)]),
        ("WITH x AS (SELECT 1) SELECT (SELECT max(1) FROM x)", []),
        ("WITH RECURSIVE x AS (SELECT 1 UNION ALL SELECT * FROM x) SELECT * FROM x", []),
    ],
)
def test_the_tables_of_a_statement_are_those_that_it_does_not_define(text: str, tables: list[tuple[str, ...]]) -> None:
    assert sorted(read_statement(text).tables) == sorted(tables)


def test_a_path_is_allowed_below_a_location_only() -> None:
    assert judge_statement("SELECT * FROM parquet.`s3a://allowed/t/2024`", CONTEXT) == ()
    assert judge_statement("SELECT * FROM parquet.`s3://allowed/t_old`", CONTEXT) != ()


def test_a_view_is_a_table_without_a_database() -> None:
    assert judge_statement("SELECT * FROM v", CONTEXT, frozenset({"v"})) == ()
    assert judge_statement("SELECT * FROM nyc.v", CONTEXT, frozenset({"v"})) != ()


def test_the_nearest_table_is_named() -> None:
    problem = ("'nyc.flihgts' is none of the tables of this question", "did you mean nyc.flights?")
    assert judge_statement("SELECT * FROM nyc.flihgts", CONTEXT) == (problem,)


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a.b", ("a", "b")), ("`a.b`", ("a.b",)), ("`a`.`b.c`", ("a", "b.c")), (" a ", ("a",)), ("", ("",))],
)
def test_a_name_is_split_at_dots_outside_of_backquotes(text: str, parts: tuple[str, ...]) -> None:
    assert split_name(text) == parts

"""Each pass against a golden pair, and each pass on what is in house form already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst
import pytest

from sparkwright.program.context import Context
from sparkwright.program.fences import normal_text, without_fences
from sparkwright.program.passes.tree import Pass, Rewriting
from sparkwright.program.rewrite import PASSES, TEXT_PASSES, rewrite
from tests.program.conftest import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = sorted((Path(__file__).parent / "golden" / "rewrite").glob("*.txt"))
CONTEXT = Context.of(TABLES)
HOUSE_FORM = (
    (Path(__file__).parent / "golden" / "rewrite" / "house-form.txt").read_text().split("===== ")[1].partition("\n")[2]
)


@pytest.mark.parametrize("path", GOLDEN, ids=[path.stem for path in GOLDEN])
def test_a_draft_becomes_its_golden_form(path: Path) -> None:
    _, before, after = path.read_text().split("===== ", 2)
    source = before.partition("\n")[2].replace("\\r", "\r").replace("\\ufeff", "\ufeff")
    rewritten = rewrite(source, CONTEXT)
    assert f"after\n{rewritten.source}===== row limit: {rewritten.row_limit}\n" == after


@pytest.mark.parametrize("path", GOLDEN, ids=[path.stem for path in GOLDEN])
def test_a_golden_form_stays_as_it_is(path: Path) -> None:
    source = path.read_text().split("===== ")[2].partition("\n")[2]
    rewritten = rewrite(source, CONTEXT)
    assert (rewritten.source, rewritten.notes) == (source, ())


@pytest.mark.parametrize("each", dict.fromkeys(PASSES), ids=lambda each: each.__name__)
def test_a_pass_leaves_house_form_alone(each: Pass) -> None:
    rewriting = Rewriting(CONTEXT)
    assert each(cst.parse_module(HOUSE_FORM), rewriting).code == HOUSE_FORM
    assert (rewriting.notes, rewriting.row_limit) == ([], None)


@pytest.mark.parametrize("each", dict.fromkeys(TEXT_PASSES), ids=lambda each: each.__name__)
def test_a_text_pass_leaves_house_form_alone(each: Callable[[str], str]) -> None:
    assert each(HOUSE_FORM) == HOUSE_FORM


@pytest.mark.parametrize("each", dict.fromkeys(PASSES), ids=lambda each: each.__name__)
def test_every_pass_shows_before_and_after(each: Pass) -> None:
    assert each.__doc__ is not None
    assert "Before::" in each.__doc__
    assert "After" in each.__doc__


def test_of_several_blocks_the_longest_python_one_counts() -> None:
    text = "```python\nx = 1\n```\n```sql\nSELECT 1, 2, 3, 4, 5, 6\n```\n```python\nresult = x + 1\n```\n"
    assert without_fences(text) == "result = x + 1\n"


def test_of_two_equally_long_blocks_the_later_counts() -> None:
    assert without_fences("```py\na = 1\n```\nor\n```py\nb = 2\n```\n") == "b = 2\n"


def test_a_fence_in_a_text_is_no_fence() -> None:
    text = 'x = """\n```python\nimport os\n```\n"""\n'
    assert without_fences(text) == text


def test_an_unmarked_block_counts_where_no_other_does() -> None:
    assert without_fences("so:\n```\na = 1\n```\n") == "a = 1\n"


def test_prose_without_code_stays_and_is_an_error() -> None:
    assert rewrite("I cannot do that.", CONTEXT).error is not None


def test_an_indented_program_is_moved_to_the_left() -> None:
    assert normal_text("\n    a = 1\n    b = 2\n\n") == "a = 1\nb = 2\n"


@pytest.mark.parametrize(
    "source",
    [
        "def main():\n    if 1:\n        return 2\n    x = 3\n\n\nmain()\n",
        "def main(a, b):\n    return a\n\n\nmain(1, 2)\n",
        "def main():\n    x = 1\n\n\nmain()\nmain()\n",
        "x = 5\n\n\ndef main():\n    x = 1\n\n\nmain()\n",
    ],
)
def test_a_main_that_is_not_simple_stays(source: str) -> None:
    assert rewrite(source, CONTEXT).source == source


def test_a_limit_stays_where_the_result_is_used_again() -> None:
    source = 'result = spark.table("nyc.flights").limit(5)\nprint(result.columns)\n'
    assert rewrite(source, CONTEXT).source == source


def test_a_limit_stays_where_nobody_knows_the_order() -> None:
    source = 'def f(x):\n    return x\n\n\nresult = f(spark.table("nyc.flights")).limit(5)\n'
    assert rewrite(source, CONTEXT).row_limit is None


@pytest.mark.parametrize(
    "sql",
    [
        r"SELECT '\n' FROM flights",
        "SELECT * FROM",
        "WITH flights AS (SELECT 1) SELECT * FROM flights",
        "SELECT flights FROM nyc.flights",
        "SELECT * FROM x.flights",
    ],
)
def test_sql_stays_where_a_name_is_not_certainly_a_table(sql: str) -> None:
    source = f"result = spark.sql({sql!r})\n"
    assert rewrite(source, CONTEXT).source == source


def test_a_short_name_that_two_tables_share_stays() -> None:
    from tests.program.conftest import table

    context = Context.of([table("t", "a:int", "x"), table("t", "a:int", "y")])
    source = 'result = spark.table("t")\n'
    assert rewrite(source, context).source == source


def test_a_read_of_a_part_of_a_table_stays() -> None:
    source = 'result = spark.read.parquet("s3://lake/nyc/flights/year=2013/")\n'
    assert rewrite(source, CONTEXT).source == source


def test_a_loop_that_prints_rows_is_not_taken_for_a_preparation() -> None:
    source = 'df = spark.table("nyc.flights")\nfor row in df.collect():\n    print(row)\n'
    assert rewrite(source, CONTEXT).source == source

"""Whatever the text: nothing crashes, nothing slips through, and rewriting twice is rewriting once."""

from __future__ import annotations

import ast
import builtins

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sparkwright.program import check
from sparkwright.program.context import Context, normal_path
from sparkwright.program.lines import draft_lines
from sparkwright.program.parsing import parse
from sparkwright.program.rewrite import rewrite, syntax_error
from sparkwright.program.sql_rules import judge_expression, judge_statement
from tests.program.conftest import TABLES, draft
from tests.program.hostile import HOSTILE
from tests.program.ordinary import PROGRAMS

CONTEXT = Context.of(TABLES, ["s3://allowed/t/"])
FEW = settings(max_examples=150, deadline=None)

sources = st.sampled_from([*PROGRAMS.values(), *(s for _, s in HOSTILE if len(s) < 2_000)])
PIECES = """
    spark .table( .sql( .read .parquet( .show() .collect() .limit(5) result = df "nyc.flights" 'x' ( ) [ ] : , . *
    ** def lambda if for in import from F .col( \\ # ``` ```python
"""
BLOCKS = [
    "\n",
    "\n    ",
    "\t",
    "if __name__ == '__main__':",
    "def main():\n    ",
    "main()\n",
    "session = SparkSession.builder\n",
]
pieces = st.sampled_from([*PIECES.split(), *BLOCKS, '"""'])


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A program with a piece taken out, put in or moved."""
    source = draw(sources)
    begin = draw(st.integers(0, len(source)))
    end = draw(st.integers(begin, min(len(source), begin + 40)))
    return source[:begin] + draw(pieces) + source[end:]


texts = st.one_of(st.text(max_size=200), st.lists(pieces, max_size=25).map("".join), broken())


@FEW
@given(texts)
@example("\ud800")
@example("\x00")
@example("#\f")
@example("a\rb")
@example("0 \nA=SparkSession.builder")
def test_rewriting_never_raises_and_is_idempotent(text: str) -> None:
    once = rewrite(text, CONTEXT)
    if once.error is None:
        again = rewrite(once.source, CONTEXT)
        assert again.source == once.source


@FEW
@given(texts)
def test_checking_never_raises_and_its_findings_lie_in_the_draft(text: str) -> None:
    program, findings = check(draft(text), TABLES, checker=None)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(f.line is None or 1 <= f.line <= lines for f in findings)
    assert (program is None) == any(f.severity == "error" for f in findings)


@FEW
@given(broken())
def test_an_admitted_program_calls_nothing_that_is_refused(text: str) -> None:
    program, _ = check(draft(text), TABLES, checker=None)
    if program is None:
        return
    assert syntax_error(program.source) is None
    tree = parse(program.source)
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    assert not names & {"eval", "exec", "open", "getattr", "compile", "__import__", "globals", "vars", "type"}
    assert not {n for n in names if n.startswith("__") and hasattr(builtins, n)}
    attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    assert not attributes & {"write", "rdd", "sparkContext", "catalog", "conf", "toPandas"}
    assert not any(a.startswith("_") for a in attributes)


WORDS = """
    SELECT * FROM nyc.flights nyc.planes secret.t WHERE a = 1 ; ( ) , -- /* */ 'x' "y" ` `nyc`.`flights` WITH AS UNION
    ALL JOIN ON INSERT INTO DROP TABLE DELETE reflect( upper( carrier EXISTS VALUES LATERAL VIEW explode( ' " $ ${ { }
    r' [ ] :: :x ?
"""
words = st.sampled_from([*WORDS.split(), "\\", "\n"])
sql = st.one_of(
    st.text(max_size=80), st.lists(words, max_size=20).map(" ".join), st.lists(words, max_size=20).map("".join)
)


@FEW
@given(sql)
@example("SELECT 1 -- \\\n; DROP TABLE x")
def test_sql_rules_never_raise_and_let_no_other_table_or_statement_through(text: str) -> None:
    judge_expression(text, CONTEXT)
    if judge_statement(text, CONTEXT):
        return
    import sqlglot
    from sqlglot import exp

    trees = [t for t in sqlglot.parse(text, read="spark") if t is not None]
    assert len(trees) == 1
    assert isinstance(trees[0], exp.Query | exp.Values)
    assert not list(trees[0].find_all(exp.Insert, exp.Drop, exp.Delete, exp.Command))
    assert all(table.name != "t" or table.db != "secret" for table in trees[0].find_all(exp.Table))


@FEW
@given(st.text(alphabet="s3an:/.\\%2eabt*{}[]? \n", max_size=30))
def test_an_allowed_path_lies_under_the_location_letter_by_letter(path: str) -> None:
    allowed = "s3://allowed/t/" + path
    if CONTEXT.is_allowed_path(allowed):
        normal = normal_path(allowed)
        assert normal is not None
        assert (normal + "/").startswith("s3://allowed/t/")
        assert ".." not in normal.split("/")
    assert not CONTEXT.is_allowed_path("s3://allowed/t_old/" + path)
    assert not CONTEXT.is_allowed_path("s3://allowed/u/" + path)


@FEW
@given(texts, texts)
def test_lines_map_into_the_draft(old: str, new: str) -> None:
    mapped = draft_lines(old, new)
    assert all(0 <= line <= old.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1 for line in mapped)

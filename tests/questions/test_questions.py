"""Every gold of every question runs, has rows that a reply can hold, and is right by its own judgement."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from tests.questions.duck import TABLES, connect, connect_csv
from tests.questions.judge import Question, gold, golds, is_right, load, load_refusals

HERE = Path(__file__).parent
QUESTIONS = (*load(HERE / "nycflights13.jsonl"), *load(HERE / "holdout.jsonl"))
REFUSALS = load_refusals(HERE / "refuse.jsonl")
MOST_ROWS = 1000


@pytest.fixture(scope="module")
def csv_tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect_csv() as connection:
        yield connection


@pytest.fixture(scope="module")
def lake(csv_tables: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    (folder / "weather").mkdir()
    (folder / "airports").mkdir()
    csv_tables.execute(f"copy flights to '{folder}/flights' (format parquet, partition_by (month))")
    csv_tables.execute(f"copy weather to '{folder}/weather/part-0.parquet' (format parquet)")
    csv_tables.execute(f"copy planes to '{folder}/planes.parquet' (format parquet)")
    csv_tables.execute(f"copy airlines to '{folder}/airlines.csv' (format csv, header)")
    csv_tables.execute(f"copy airports to '{folder}/airports/part-0.json' (format json)")
    return folder


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_gold_has_the_rows_that_were_looked_at(csv_tables: duckdb.DuckDBPyConnection, question: Question) -> None:
    first, *others = golds(csv_tables, question)
    assert len(first) == question.rows
    assert all(0 < len(rows) <= MOST_ROWS for rows in (first, *others))
    assert all(is_right(question, rows, rows) for rows in (first, *others))


@pytest.mark.parametrize("question", [q for q in QUESTIONS if not q.ordered and (q.rows or 0) > 1], ids=lambda q: q.id)
def test_a_gold_without_its_last_row_is_wrong(csv_tables: duckdb.DuckDBPyConnection, question: Question) -> None:
    rows = gold(csv_tables, question.sql)
    assert is_right(question, rows, rows[::-1])
    assert not is_right(question, rows, rows[:-1])


def test_a_lake_holds_what_the_csv_files_hold(csv_tables: duckdb.DuckDBPyConnection, lake: Path) -> None:
    with connect(lake) as connection:
        for table in TABLES:
            columns = ", ".join(str(row[0]) for row in gold(csv_tables, f"describe {table}"))
            sql = f"select {columns} from {table} order by all"
            assert gold(connection, sql) == gold(csv_tables, sql)


def test_a_lake_without_a_table_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="airlines"):
        connect(tmp_path)


def test_no_question_stands_twice() -> None:
    texts = [q.question.lower() for q in QUESTIONS] + [r.question.lower() for r in REFUSALS]
    ids = [q.id for q in QUESTIONS] + [r.id for r in REFUSALS]
    assert len(set(texts)) == len(texts)
    assert len(set(ids)) == len(ids)

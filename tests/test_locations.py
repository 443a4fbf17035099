"""A location in a question, or with `locations=`, is a table of its own."""

from pathlib import Path

import pytest

from sparkwright import Workspace
from sparkwright.errors import ProgramRefused, UnreadableTable


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("id,amount\n1,2.5\n2,3.25\n", encoding="utf-8")
    return path


def test_a_question_names_the_location_that_it_is_about(sample: Workspace, orders: Path) -> None:
    answer = sample.ask(f"what is the total amount in {orders}?")
    assert answer.result is not None
    assert answer.result.rows == [(5.75,)]
    assert f"locations.orders is what lies at {orders}" in answer.assumptions


def test_a_location_with_blanks_stands_in_quotes(sample: Workspace, orders: Path) -> None:
    place = orders.parent / "my orders" / "all of them.csv"
    place.parent.mkdir()
    orders.rename(place)
    answer = sample.ask(f"Read data from '{place}' and show first 10 rows")
    assert answer.result is not None
    assert answer.result.rows == [(1, 2.5), (2, 3.25)]


def test_a_program_reads_it_where_it_was_named_and_nowhere_else(sample: Workspace, orders: Path) -> None:
    source = 'result = spark.table("locations.orders").where("id = 2").select("amount")\n'
    answer = sample.run(source, locations=(str(orders),))
    assert answer.result is not None
    assert answer.result.rows == [(3.25,)]
    assert f"file://{orders}" in sample.show(source, locations=(str(orders),))
    with pytest.raises(ProgramRefused, match=r"locations\.orders"):
        sample.run(source)


def test_nothing_at_a_location_is_an_error_that_names_it(sample: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="nothing lies at"):
        sample.ask(f"Read data from {tmp_path}/none/ and show first 10 rows")

"""Questions that only want to see some rows of one table."""

import pytest

from sparkwright.domain import Column, Question, Table, TableName
from sparkwright.errors import CannotAnswer
from sparkwright.generators.offline.generator import OfflineGenerator

ORDERS = Table(TableName("sales", "web_orders"), (Column("id", "int"), Column("amount", "double")), "/x")
FIRST = Table(TableName("sales", "first"), (Column("year", "int"),), "/y")


def written(text: str, tables: tuple[Table, ...] = (ORDERS, FIRST)) -> str:
    return OfflineGenerator().generate(Question(text), tables).source


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Query sales.web_orders and show first 10 rows", 10),
        ("Read data from sales.web_orders and show first 10 rows", 10),
        ("show the first 5 rows of web_orders", 5),
        ("Show me 3 sample records from the web orders table.", 3),
        ("show some rows of `sales`.`web_orders`", 10),
        ("read web_orders, then show me the top twenty rows please", 20),
        ("first 7 rows of web_orders", 7),
        ("preview web_orders", 10),
    ],
)
def test_a_look_at_some_rows_is_a_limit(text: str, rows: int) -> None:
    assert written(text) == f'result = spark.table("sales.web_orders").limit({rows})\n'


def test_a_table_called_first_is_looked_at_as_well() -> None:
    assert written("show the first 2 rows of sales.first") == 'result = spark.table("sales.first").limit(2)\n'


@pytest.mark.parametrize(
    "text", ["show the first 10 rows of customers", "show the first 10 rows of web_orders by shoe size"]
)
def test_what_is_no_plain_look_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(CannotAnswer):
        written(text)


def test_a_full_name_is_followed_in_other_questions() -> None:
    assert "sales.web_orders" in written("how many sales.web_orders are there?")


def test_the_only_table_need_not_be_understood_where_it_is_named() -> None:
    assert "sum" in written("what is the total amount in sales.web_orders", (ORDERS,))

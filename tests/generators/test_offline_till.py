"""What restricts is never dropped, years are kept apart, and what ranks is added up: asked of a small till."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.generators.till import CUSTOMER_ROWS, ORDERS_ROWS, TILL
from tests.questions.judge import Question as Asked
from tests.questions.judge import is_answered

from sparkwright.domain import Question
from sparkwright.errors import CannotAnswer
from sparkwright.generators.offline import OfflineGenerator

JOINED = "orders join customers using (customer_id)"
ANSWERED = [
    ("how many orders are paid?", "select count(*) from orders where status = 'paid'"),
    ("paid orders", "select order_id from orders where status = 'paid'"),
    ("orders that are open", "select order_id from orders where status = 'open'"),
    ("how many cancelled orders", "select count(*) from orders where status = 'cancelled'"),
    ("how many orders are not paid", "select count(*) from orders where status <> 'paid'"),
    ("how many orders are paid or open", "select count(*) from orders where status in ('paid', 'open')"),
    ("orders paid in January", "select order_id from orders where status = 'paid' and month(ordered_on) = 1"),
    (
        "total amount of paid orders in February 2024",
        "select sum(amount) from orders where status = 'paid' and strftime(ordered_on, '%Y-%m') = '2024-02'",
    ),
    ("customers with paid orders", f"select distinct name from {JOINED} where status = 'paid'"),
    ("number of orders by month", "select year(ordered_on), month(ordered_on), count(*) from orders group by all"),
    ("number of orders by month of the year", "select month(ordered_on), count(*) from orders group by all"),
    (
        "total amount by quarter",
        "select year(ordered_on), quarter(ordered_on), sum(amount) from orders group by all",
    ),
    (
        "which month had the most orders",
        "select year(ordered_on), month(ordered_on), count(*) from orders group by all order by 3 desc, 1, 2 limit 1",
    ),
    ("top 2 customers by amount", f"select name, sum(amount) from {JOINED} group by all order by 2 desc limit 2"),
    ("top 2 customers by orders", f"select name, count(*) from {JOINED} group by all order by 2 desc, 1 limit 2"),
    (
        "which customer has the highest total amount",
        f"select name, sum(amount) from {JOINED} group by all order by 2 desc limit 1",
    ),
    ("orders above 20", "select order_id from orders where amount > 20"),
    ("amount by customer", f"select name, sum(amount) from {JOINED} group by all"),
    (
        "average amount of open orders per city",
        f"select city, avg(amount) from {JOINED} where status = 'open' group by 1",
    ),
    ("customers who never had an open order", "select * from (values ('Bob'), ('Cem'))"),
    ("customers with only one order", f"select name from {JOINED} group by all having count(*) = 1"),
    (
        "how many customers have more than one order",
        "select count(*) from (select customer_id from orders group by all having count(*) > 1)",
    ),
    (
        "how many customers have more than one open order",
        "select count(*) from (select customer_id from orders where status = 'open' group by all having count(*) > 1)",
    ),
    ("average amount of orders that are not cancelled", "select avg(amount) from orders where status <> 'cancelled'"),
    ("percentage of orders that are paid", "select 100.0 * avg((status = 'paid')::int) from orders"),
    ("what percentage of orders is not paid", "select 100.0 * avg((status <> 'paid')::int) from orders"),
    ("share of paid orders by customer", f"select name, avg((status = 'paid')::int) from {JOINED} group by all"),
    (
        "the latest order of each customer",
        f"select name, max(ordered_on), max_by(order_id, ordered_on) from {JOINED} group by all",
    ),
    (
        "for each city the customer with the highest total amount",
        "select * from (values ('Paris', 'Ada', 85.0), ('Rome', 'Bob', 35.0))",
    ),
]
DECLINED = [
    ("how many orders are shipped", "shipped"),
    ("how many orders shipped by month", "shipped"),
    ("customers who ordered", "ordered"),
    ("how many customers paid", "paid"),
    ("how many orders were paid by Ada", "paid"),
    ("customers with several orders", "several"),
    ("the other orders", "other"),
    ("current orders", "current"),
    ("orders near Paris", "near"),
    ("customers with orders only in Paris", "only"),
    ("how much did Ada order", "how much"),
    ("customers with less than 1 order", "1"),
    ("share of orders by customer", "share of"),
    ("status by customer", "by"),
    ("customers in Paris or with open orders", "or"),
    ("how many open and paid orders", "open"),
    ("paid customers", "paid"),
    ("percentage of orders that are paid and from Paris", "percentage of"),
]


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory, spark: Any) -> duckdb.DuckDBPyConnection:
    """The till's rows in DuckDB, and as tables of Sail."""
    folder: Path = tmp_path_factory.mktemp("till")
    connection = duckdb.connect()
    connection.execute(
        "create table orders(order_id bigint, customer_id bigint, ordered_on date, amount double, status text)"
    )
    connection.executemany("insert into orders values (?, ?, ?, ?, ?)", [list(row) for row in ORDERS_ROWS])
    connection.execute("create table customers(customer_id bigint, name text, city text)")
    connection.executemany("insert into customers values (?, ?, ?)", [list(row) for row in CUSTOMER_ROWS])
    spark.sql("CREATE DATABASE IF NOT EXISTS till")
    for name in ("orders", "customers"):
        connection.execute(f"copy {name} to '{folder}/{name}.parquet' (format parquet)")
        spark.sql(f"CREATE TABLE IF NOT EXISTS till.{name} USING parquet LOCATION '{folder}/{name}.parquet'")
    return connection


@pytest.mark.parametrize(("question", "sql"), ANSWERED, ids=[question for question, _ in ANSWERED])
def test_what_the_till_holds_is_answered_right(
    question: str, sql: str, till: duckdb.DuckDBPyConnection, spark: Any
) -> None:
    scope: dict[str, Any] = {"spark": spark}
    exec(compile(OfflineGenerator().generate(Question(question), TILL).source, "<program>", "exec"), scope)
    rows = [tuple(row) for row in scope["result"].collect()]
    assert is_answered(till, Asked("till", question, "own", sql, False), rows), rows


@pytest.mark.parametrize(("question", "part"), DECLINED, ids=[question for question, _ in DECLINED])
def test_a_word_that_may_restrict_is_never_passed_over(question: str, part: str) -> None:
    with pytest.raises(CannotAnswer) as refused:
        OfflineGenerator().generate(Question(question), TILL)
    assert refused.value.part == part


@pytest.mark.parametrize(
    ("question", "assumption"),
    [
        ("top 2 customers by amount", "'amount' is added up for each of what is ranked"),
        ("which customer has the highest amount", "the highest single 'amount' ranks, not the total"),
        ("number of orders by month of the year", "the same month of different years is taken together"),
        ("orders placed in January", "'January' is taken as that of any year"),
        ("orders placed in January 2024", "the date of 'placed' is taken as 'ordered_on'"),
        ("orders above 20", "'20' is compared with 'amount'"),
        ("customers with less than 3 orders", "those that have none at all are left out"),
        ("percentage of orders that are paid", "the share is of all orders"),
    ],
)
def test_what_a_reader_might_take_otherwise_is_listed(question: str, assumption: str) -> None:
    assert assumption in OfflineGenerator().generate(Question(question), TILL).assumptions


@pytest.mark.parametrize(
    ("question", "part", "hint"),
    [
        ("how many ordrs are paid", "ordrs", "did you mean orders?"),
        ("how many orders by cty", "cty", "did you mean city (a column of customers)?"),
        ("list all orders of Pari", "Pari", "did you mean 'Paris' (a value of city)?"),
        ("how many zebras", "zebras", "say it with the names of tables and columns; `sparkwright describe"),
    ],
)
def test_a_word_that_nobody_knows_is_named_with_what_is_near(question: str, part: str, hint: str) -> None:
    with pytest.raises(CannotAnswer) as refused:
        OfflineGenerator().generate(Question(question), TILL)
    assert refused.value.part == part
    assert (refused.value.hint or "").startswith(hint)


def test_of_equal_ones_the_first_by_name_is_shown() -> None:
    source = OfflineGenerator().generate(Question("which customer has the most orders?"), TILL).source
    assert '.orderBy(F.desc("count"), F.asc_nulls_last("name"))' in source

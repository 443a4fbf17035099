"""What may be left out is said, and what may come out wrong is declined: a shop with rows that lack a partner."""

from typing import Any

import pytest
from tests.generators.shop import column, table

from sparkwright.domain import Column, ColumnProfile, Question, Table
from sparkwright.errors import CannotAnswer
from sparkwright.generators.offline import OfflineGenerator
from sparkwright.generators.offline.plan import Aggregate, ColumnRef, Plan, Source
from sparkwright.generators.offline.render import render

CUSTOMERS = table(
    "customers",
    column("customer_id", "bigint", (1, 2, 3)),
    column("name", "string", ("Ada", "Bob", "Cem")),
    column("city", "string", ("Paris", "Rome", "Paris")),
    key="customer_id",
)
NAMESAKES = table(
    "customers",
    column("customer_id", "bigint", (1, 2, 3)),
    column("name", "string", ("Ada", "Ada", "Cem")),
    key="customer_id",
)


def orders(customers: tuple[int | None, ...], statuses: tuple[str | None, ...]) -> Table:
    return table(
        "orders",
        column("order_id", "bigint", (1, 2, 3, 4)),
        column("customer_id", "bigint", customers),
        column("status", "string", statuses),
        column("amount", "double", (1.0, 2.0, 3.0, 4.0)),
        column("ordered_on", "date", ("2024-01-03", "2024-02-03", "2024-02-09", "2025-01-01")),
        key="order_id",
        foreign=[("customer_id", "customers", "customer_id")],
    )


ORDERS = orders((1, 1, 2, None), ("paid", "open", None, "cancelled"))
WHOLE = orders((1, 1, 2, 3), ("paid", "open", "open", "cancelled"))
ITEMS = table(
    "order_items",
    column("order_id", "bigint", (1, 1, 2, 3, 4)),
    column("product", "string", ("pen", "ink", "pen", "ink", "ink")),
    column("quantity", "int", (1, 2, 3, 4, 5)),
    foreign=[("order_id", "orders", "order_id")],
)
SHOP = (CUSTOMERS, ORDERS, ITEMS)


def assumed(question: str, *tables: Table) -> tuple[str, ...]:
    return tuple(OfflineGenerator().generate(Question(question), tables).assumptions)


def source(question: str, tables: tuple[Table, ...]) -> str:
    return OfflineGenerator().generate(Question(question), tables).source


@pytest.mark.parametrize(
    ("question", "assumption"),
    [
        ("number of orders by city", "rows of orders without a matching row in customers are left out"),
        ("latest order per customer", "rows of customers without a matching row in orders are left out"),
        ("how many orders are not paid", "rows with no status (NULL) are left out"),
        ("orders whose status is not paid", "rows with no status (NULL) are left out"),
    ],
)
def test_rows_that_are_left_out_are_said(question: str, assumption: str) -> None:
    assert assumption in assumed(question, *SHOP)


@pytest.mark.parametrize("question", ["number of orders by city", "how many orders are not paid"])
def test_nothing_is_said_where_the_profiles_show_that_no_row_is_left_out(question: str) -> None:
    assert not any("left out" in note for note in assumed(question, CUSTOMERS, WHOLE))


def test_a_profile_of_the_first_rows_only_shows_nothing_of_the_rest() -> None:
    first = ColumnProfile(500_000, 2, 0, ("open", "paid"), True)
    many = table("orders", column("order_id", "bigint", (1, 2)), Column("status", "string", "", first))
    assert "rows with no status (NULL) are left out" in assumed("how many orders are not paid", many)
    cut = table("sales", *measured("bigint", 5, rows=500_000).columns)
    assert "decimal(38,0)" in source("total amount", (cut,))


def measured(type_: str, most: int, rows: int = 4) -> Table:
    profile = ColumnProfile(rows, 2, 0, ("1", str(most)), True, "1", str(most))
    return table("sales", column("sale_id", "bigint", (1, 2, 3, 4)), Column("amount", type_, "", profile))


def test_a_sum_that_may_pass_64_bits_is_one_of_decimals() -> None:
    assert 'F.sum(F.col("amount").cast("decimal(38,0)"))' in source("total amount", (measured("bigint", 2**61),))
    assert 'F.sum("amount")' in source("total amount", (measured("bigint", 2**60),))


def test_a_wide_sum_does_not_wrap_on_the_embedded_engine(spark: Any) -> None:
    amount = ColumnRef("shop_wide.sales", "amount")
    spark.sql("CREATE DATABASE IF NOT EXISTS shop_wide")
    spark.createDataFrame([(2**62,)] * 4, "amount bigint").createOrReplaceTempView("wide_sales")
    plan = Plan(Source(amount.table), (Aggregate("sum", amount), Aggregate("avg", amount)), wide=frozenset([amount]))
    scope: dict[str, Any] = {"spark": spark}
    program = render(plan).replace("shop_wide.sales", "wide_sales")
    exec(compile(program, "<program>", "exec"), scope)
    assert [tuple(row) for row in scope["result"].collect()] == [(2**64, 2.0**62)]


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("total amount by product", "orders"),
        ("average amount by product", "orders"),
        ("amount per quantity", "quantity"),
        ("amount per customer", "customer"),
        ("products not in paid orders", "not"),
        ("cities without orders", "not"),
        ("how many cities have no orders", "not"),
        ("top 2 orders per customer", "per"),
    ],
)
def test_a_figure_that_would_come_out_wrong_is_declined(question: str, part: str) -> None:
    with pytest.raises(CannotAnswer) as refused:
        OfflineGenerator().generate(Question(question), SHOP)
    assert refused.value.part == part


def test_the_latest_of_each_is_one_row_for_each() -> None:
    assert 'Window.partitionBy(F.col("customers.name"))' in source("latest order per customer", SHOP)
    with pytest.raises(CannotAnswer, match="same name"):
        source("latest order per customer", (NAMESAKES, ORDERS))


def test_the_very_name_goes_before_a_synonym() -> None:
    program = source("average quantity per order", SHOP)
    assert 'F.avg("quantity")' in program
    assert "shop.order_items" in program


@pytest.mark.parametrize(
    ("question", "predicates"),
    [
        ("flights that arrived early", ['F.col("arr_delay") < 0']),
        ("flights that departed late but arrived early", ['F.col("dep_delay") > 0', 'F.col("arr_delay") < 0']),
    ],
)
def test_early_and_late_are_of_the_verb_before(question: str, predicates: list[str], tables: tuple[Table, ...]) -> None:
    program = source(question, tables)
    assert all(predicate in program for predicate in predicates)
    assert program.count(".filter(") == len(predicates)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("carriers that fly to ATL but not to ORD", "not"),
        ("which carriers fly to ATL and not to ORD", "not"),
        ("carriers that do not fly to ATL", "not"),
        ("how many seats flew to LAX", "seats"),
        ("average seats of flights to LAX", "seats"),
        ("flights by planes with 4 engines", "planes"),
        ("flights by planes made by BOEING", "planes"),
    ],
)
def test_what_single_rows_do_not_say_is_declined(question: str, part: str, tables: tuple[Table, ...]) -> None:
    with pytest.raises(CannotAnswer) as refused:
        OfflineGenerator().generate(Question(question), tables)
    assert refused.value.part == part


def test_one_of_several_values_is_said_to_be_enough(tables: tuple[Table, ...]) -> None:
    assert "one of 'ATL', 'ORD' is enough" in assumed("carriers that fly to ATL and ORD", *tables)
    assert not assumed("flights to ATL and ORD", *tables)


def test_airlines_that_fly_here_but_not_there_are_a_difference_of_sets(tables: tuple[Table, ...]) -> None:
    program = source("airlines that fly to ATL but not to ORD", tables)
    assert '"left_semi"' in program
    assert '"left_anti"' in program


def test_what_is_true_of_partners_is_listed_once(tables: tuple[Table, ...]) -> None:
    draft = OfflineGenerator().generate(Question("manufacturers of planes that flew to HNL"), tables)
    assert ".distinct()" in draft.source
    assert "each value is listed once" in draft.assumptions

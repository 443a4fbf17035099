"""Plans as programs: quoting, joins, sub-queries, names that do not clash."""

import ast

from tests.generators.shop import ODD, SHOP

from sparkwright.domain import Question
from sparkwright.generators.offline import OfflineGenerator
from sparkwright.generators.offline.plan import Aggregate, ColumnRef, Compare, Edge, Exists, Ordering, Plan, Source
from sparkwright.generators.offline.render import render

CITY = ColumnRef("shop.customers", "city")
AGE = ColumnRef("shop.customers", "age")
TO_ORDERS = Edge("shop.customers", "shop.orders", (("customer_id", "customer_id"),), many=True)


def body(plan: Plan) -> str:
    source = render(plan)
    ast.parse(source)
    return source.removeprefix("from pyspark.sql import functions as F\n\n")


def test_a_plain_select_is_one_line_without_imports() -> None:
    assert render(Plan(Source("shop.customers"), (CITY,))) == (
        'result = spark.table("shop.customers").select("city")\n'
    )


def test_odd_names_are_quoted() -> None:
    column = ColumnRef("shop.odd names", "a.b")
    assert body(Plan(Source("shop.odd names", where=(Compare(column, ">", 1),)), (column,))) == (
        'result = spark.table("shop.`odd names`").filter(F.col("`a.b`") > 1).select("`a.b`")\n'
    )


def test_a_text_with_quotes_stays_a_text() -> None:
    source = body(Plan(Source("shop.customers", where=(Compare(CITY, "=", "x\"'); drop('"),)), (CITY,)))
    constants = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    assert "x\"'); drop('" in constants


def test_groups_are_aggregated_sorted_and_cut() -> None:
    plan = Plan(
        Source("shop.customers"),
        (CITY, Aggregate("avg", AGE)),
        (CITY,),
        (Compare(Aggregate("count"), ">", 1),),
        (Ordering(Aggregate("avg", AGE), "desc"),),
        3,
    )
    assert body(plan) == (
        "result = (\n"
        '    spark.table("shop.customers")\n'
        '    .groupBy("city")\n'
        '    .agg(F.avg("age").alias("avg_age"), F.count("*").alias("count"))\n'
        '    .filter(F.col("count") > 1)\n'
        '    .orderBy(F.desc("avg_age"))\n'
        "    .limit(3)\n"
        '    .select("city", "avg_age")\n'
        ")\n"
    )


def test_rows_without_a_partner_are_an_anti_join() -> None:
    plan = Plan(Source("shop.customers", exists=(Exists(TO_ORDERS, Source("shop.orders"), negated=True),)), (CITY,))
    assert '"left_anti"' in body(plan)


def test_a_comparison_with_an_average_reads_the_average_once() -> None:
    average = Plan(Source("shop.customers"), (Aggregate("avg", AGE),))
    source = body(Plan(Source("shop.customers", where=(Compare(AGE, ">", average),)), (CITY,)))
    assert ".crossJoin(avg_age)" in source
    assert source.count("F.avg(") == 1


def test_an_aggregate_never_takes_the_name_of_a_group() -> None:
    count = ColumnRef("shop.odd names", "count")
    source = body(Plan(Source("shop.odd names"), (count, Aggregate("count")), (count,)))
    assert '.alias("count_of_rows")' in source


def test_a_question_about_odd_names_compiles() -> None:
    draft = OfflineGenerator().generate(Question("how many odd names are there for each group"), (ODD,))
    assert '.groupBy("group")' in draft.source


def test_a_join_says_on_what_and_which_table_a_column_is_from() -> None:
    draft = OfflineGenerator().generate(Question("number of orders by customer name"), SHOP)
    assert 'F.col("orders.customer_id") == F.col("customers.customer_id")' in draft.source

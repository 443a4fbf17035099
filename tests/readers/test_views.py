"""Views: Athena's in Spark's words with Trino's meaning, or refused by name."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.readers.view_cases import CASES, COLUMNS, QUERIES, ROWS

from sparkwright.domain import Column, Reader, Table, TableName, Unreadable, View
from sparkwright.errors import TableNotFound, UnreadableTable
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify
from sparkwright.readers.views import Resolved, declare_view, explicit_view, followed, resolve

DATABASE = "views"


def plain(name: str, location: str = "s3://b/t/", **kinds: str) -> Table:
    columns = tuple(Column(column, kind) for column, kind in kinds.items())
    return Table(TableName(DATABASE, name), columns, location, parameters={"classification": "parquet"})


def payload(sql: str, **more: Any) -> str:
    said = json.dumps({"originalSql": sql, "catalog": "awsdatacatalog", "schema": DATABASE, "columns": [], **more})
    return f"/* Presto View: {base64.b64encode(said.encode()).decode()} */"


def athena(name: str, sql: str, **kinds: str) -> Table:
    return replace(plain(name, "", **kinds), table_type="VIRTUAL_VIEW", parameters={}, view={"presto": payload(sql)})


def of_dialects(name: str, view: dict[str, str], **kinds: str) -> Table:
    return replace(plain(name, "", **kinds), table_type="VIRTUAL_VIEW", parameters={}, view=view)


T = plain("t", **COLUMNS)
U = plain("u", id="int", s="string", c="char(3)", p="decimal(38,2)", l="array<int>")


def lookup(*tables: Table) -> Callable[[TableName], Table]:
    known = {table.name: table for table in (T, U, *tables)}

    def look_up(name: TableName) -> Table:
        if name not in known:
            raise TableNotFound(f"there is no table {str(name)!r}", hint="look for it")
        return known[name]

    return look_up


def verdict(table: Table) -> Reader | View | Unreadable:
    return classify(table, LOCAL)


def resolved(table: Table, *others: Table) -> Resolved:
    found = resolve(table, lookup(table, *others), verdict)
    assert isinstance(found, Resolved), found
    return found


def reason(table: Table, *others: Table) -> str:
    found = resolve(table, lookup(table, *others), verdict)
    assert isinstance(found, Unreadable), found
    assert (found.table, bool(found.remedy)) == (table.name, True)
    return found.reason


@pytest.fixture(scope="module")
def base(spark: Any) -> Any:
    names = ", ".join(f"`{name}`" for name in COLUMNS)
    spark.sql(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    spark.sql(f"CREATE OR REPLACE VIEW {DATABASE}.t ({names}) AS SELECT * FROM VALUES {ROWS}")
    return spark


def rows(spark: Any, table: Table) -> list[tuple[Any, ...]]:
    view = resolved(table).views[-1]
    for statement in declare_view(view, "sail"):
        spark.sql(statement)
    found = spark.table(table.name.quoted)
    assert found.columns == [column.name for column in table.columns]
    return sorted((tuple(row) for row in found.collect()), key=repr)


@pytest.mark.parametrize(("expression", "kind", "values"), CASES, ids=[case[0] for case in CASES])
def test_an_expression_has_the_value_that_trino_gives_it(
    base: Any, expression: str, kind: str, values: list[Any]
) -> None:
    view = athena("v", f"SELECT id, {expression} FROM t", id="int", found=kind)
    assert rows(base, view) == sorted(zip([7, -7], values, strict=True), key=repr)


@pytest.mark.parametrize(("sql", "kinds", "expected"), QUERIES, ids=[query[0] for query in QUERIES])
def test_a_query_has_the_rows_that_trino_gives_it(
    base: Any, sql: str, kinds: dict[str, str], expected: list[tuple[Any, ...]]
) -> None:
    assert rows(base, athena("v", sql, **kinds)) == sorted(expected, key=repr)


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("approx_distinct(id)", "the function 'approx_distinct'"),
        ("no_such(id)", "the function 'no_such'"),
        ("try(id / 0)", "the function 'try'"),
        ("random()", "the function 'rand'"),
        ("current_timestamp", "the function 'current_timestamp'"),
        ("from_unixtime(id)", "the function 'unix_to_time'"),
        ("\"a b\" / 2", "the digits of a quotient of decimals"),
        ("avg(\"a b\")", "the average of decimals"),
        ("cast(x AS varchar)", "a cast of float to VARCHAR"),
        ("cast(ts AS varchar)", "a cast of timestamp to VARCHAR"),
        ("cast(x AS decimal(10,2))", "a cast of float to DECIMAL(10, 2)"),
        ("try_cast(note AS double)", "TRY_CAST of text to DOUBLE"),
        ("try_cast(note AS date)", "TRY_CAST of text to DATE"),
        ("substr(note, -2)", "SUBSTR from a place"),
        ("substr(note, id)", "SUBSTR from a place"),
        ("split_part(note, note, 1)", "SPLIT_PART with a delimiter"),
        ("replace(note, '', 'x')", "REPLACE of a text"),
        ("note LIKE 'a\\_'", "LIKE with a backslash"),
        ("regexp_like(note, '(?=a)')", "the regular expression '(?=a)'"),
        ("regexp_like(note, '\\bx')", "the regular expression '\\\\bx'"),
        ("regexp_like(note, 'a++')", "the regular expression 'a++'"),
        ("regexp_extract(note, '(a)|(b)', 2)", "REGEXP_EXTRACT of a group that may be missing"),
        ("regexp_replace(note, '(a)', '$1')", "REGEXP_REPLACE with groups"),
        ("round(x, 2)", "ROUND of a float to some digits"),
        ("floor(x)", "of a float"),
        ("date_format(ts, '%W')", "DATE_FORMAT with"),
        ("date_diff('hour', ts, ts)", "DATE_DIFF in HOUR of timestamp and timestamp"),
        ("date_add('week', 1, ts)", "DATE_ADD of WEEK to timestamp"),
        ("date_trunc('month', note)", "DATE_TRUNC of text to MONTH"),
        ("at_timezone(ts, 'UTC')", "the function 'at_timezone'"),
        ("lag(id) IGNORE NULLS OVER (ORDER BY d)", "IGNORENULLS"),
        ("array_agg(id)", "the function 'array_agg'"),
        ("max_by(id, d)", "the function 'arg_max'"),
        ("count(DISTINCT id, d)", "the count of several columns"),
        ("nosuch", "a name that is not known"),
    ],
)  # fmt: skip
def test_what_does_not_mean_the_same_is_refused_by_name(expression: str, part: str) -> None:
    said = reason(athena("v", f"SELECT {expression} FROM t", found="string"))
    assert said.startswith("it is a view, and its text has what we do not translate exactly: ")
    assert part in said


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("SELECT id FROM t TABLESAMPLE BERNOULLI (10)", "TABLESAMPLE"),
        ("SELECT x FROM UNNEST(ARRAY[1]) AS q(x)", "the function 'array'"),
        ("SELECT id FROM t OFFSET 1", "OFFSET"),
        ("SELECT id FROM t AS q(id)", "new names for the columns of 't'"),
        ("SELECT id FROM other.db.t", "the catalog 'other'"),
        ("SELECT c FROM u", "column 'c': CHAR compares with its padding"),
        ("SELECT p + 1 FROM u", "decimals of more than 38 digits"),
        ("SELECT p * 1.5 FROM (SELECT p FROM u)", "decimals of more than 38 digits"),
        ("SELECT l[1] FROM u", "BRACKET"),
        ("WITH RECURSIVE w(n) AS (SELECT 1 UNION ALL SELECT n FROM w) SELECT n FROM w", "WITH RECURSIVE"),
        ("DELETE FROM t", "something else than one query"),
        ("SELECT 1; SELECT 2", "something else than one query"),
        ("SELECT (", "a text that cannot be parsed"),
        ("SELECT id, d FROM t", "2 columns, where the catalog has 1"),
    ],
)
def test_a_query_that_does_not_mean_the_same_is_refused_by_name(sql: str, part: str) -> None:
    assert part in reason(athena("v", sql, found="string"))


@pytest.mark.parametrize(
    ("view", "part"),
    [
        ({"presto": "/* Presto View: e30= */"}, "without its SQL"),
        ({"presto": "/* Presto View: abc */"}, "cannot be decoded"),
        ({"redshift": "SELECT 1"}, "without a text that we read (its dialects: redshift)"),
    ],
)
def test_a_text_that_is_no_view_is_refused_from_the_metadata(view: dict[str, str], part: str) -> None:
    found = verdict(of_dialects("v", view, id="int"))
    assert isinstance(found, Unreadable)
    assert part in found.reason


def test_a_view_is_known_before_its_tables_are() -> None:
    found = verdict(athena("v", "WITH t AS (SELECT 1 AS id) SELECT t.id FROM t JOIN X.U ON true", id="int"))
    assert isinstance(found, View)
    assert found.tables == (TableName("x", "u"),)


def test_sparks_dialect_is_taken_before_athenas() -> None:
    view = of_dialects("v", {"athena": "SELECT id / 2 FROM t", "spark": "SELECT id + 1 FROM t"}, id="int")
    assert "id + 1" in resolved(view).views[0].sql
    only = of_dialects("v", {"athena": "SELECT id / 2 FROM t"}, id="int")
    assert "DIV 2" in resolved(only).views[0].sql


def test_a_hive_view_reads_its_expanded_text(base: Any) -> None:
    sql = f"SELECT `t`.`id` AS `id`, concat(`t`.`note`, '!') AS `a b`, `t`.`order` / 2 FROM `{DATABASE}`.`t` `t` WHERE `t`.`id` < 0"
    view = of_dialects("hive_v", {"hive": sql}, id="int", **{"a b": "string"}, half="double")
    assert rows(base, view) == [(-7, "x1y22!", 1.0)]


def test_a_hive_view_calls_what_is_known_only() -> None:
    assert "'reflect'" in reason(
        of_dialects("v", {"hive": "SELECT reflect('java.lang.System', 'exit') FROM t"}, a="string")
    )
    assert "LATERAL" in reason(of_dialects("v", {"hive": "SELECT e FROM u LATERAL VIEW explode(l) x AS e"}, a="int"))


def test_views_over_views_come_after_what_they_stand_on() -> None:
    one = athena("one", "SELECT id, s FROM u", id="int", s="string")
    two = athena("two", "SELECT id / 2 AS h FROM one UNION ALL SELECT id FROM t", h="int")
    found = resolve(two, lookup(one, two), verdict)
    assert isinstance(found, Resolved)
    assert [table.name.name for table in found.tables] == ["u", "t"]
    assert [view.table.name for view in found.views] == ["one", "two"]


def test_views_in_a_circle_are_refused() -> None:
    one, two = athena("one", "SELECT id FROM two", id="int"), athena("two", "SELECT id FROM one", id="int")
    assert "its views go in a circle" in reason(one, two)
    itself = athena("one", "SELECT id FROM one", id="int")
    assert "views.one -> views.one" in reason(itself)


def test_a_view_over_a_table_that_is_refused_is_refused_for_that() -> None:
    bad = replace(plain("bad", id="int"), parameters={"classification": "ion"})
    said = reason(athena("v", "SELECT id FROM bad", id="int"), bad)
    assert said.startswith("it is a view over views.bad, which cannot be read: ")
    assert reason(athena("v", "SELECT id FROM nowhere", id="int")) == (
        "it is a view over views.nowhere, which cannot be read: there is no table 'views.nowhere'"
    )


def test_a_view_is_declared_with_the_types_and_names_of_the_catalog() -> None:
    view = resolved(athena("v", 'SELECT id AS "Odd Name" FROM t', **{"odd name": "bigint"})).views[0]
    assert declare_view(view, "sail") == (
        "CREATE DATABASE IF NOT EXISTS views",
        "CREATE OR REPLACE VIEW views.v (`odd name`) AS SELECT CAST(q.c0 AS BIGINT) FROM (SELECT t.id AS "
        "sparkwright_0 FROM views.t AS t(id, big, sparkwright_1, note, d, ts, x, sparkwright_2, ok)) AS q(c0)",
    )


def test_a_view_over_a_table_of_an_odd_name_is_refused_on_sail_only() -> None:
    odd = replace(plain("x", id="int"), name=TableName(DATABASE, "odd-name"))
    view = resolved(athena("v", 'SELECT id FROM "odd-name"', id="int"), odd).views[0]
    with pytest.raises(UnreadableTable, match="a name that Sail cannot use within a view"):
        declare_view(view, "sail")
    assert "FROM views.`odd-name` AS " in declare_view(view, "spark")[1]


def test_the_explicit_read_of_a_view_gives_the_same_rows(base: Any) -> None:
    view = resolved(athena("v", "SELECT id / 2, note FROM t", h="int", **{"the note": "string"})).views[0]
    scope: dict[str, Any] = {"spark": base}
    exec(explicit_view(view, "found"), scope)
    assert scope["found"].columns == ["h", "the note"]
    assert sorted(row[0] for row in scope["found"].collect()) == [-3, 3]


def test_a_link_is_followed_under_its_own_name() -> None:
    link = replace(plain("link", ""), columns=(), target=T.name)
    far = replace(plain("far", ""), columns=(), target=link.name)
    assert followed(far, lookup(link)) == replace(T, name=far.name, target=T.name)
    assert followed(T, lookup()) is T


def test_a_link_into_nothing_or_in_a_circle_is_refused() -> None:
    link = replace(plain("link", ""), columns=(), target=TableName("far", "t"), catalog_id="123456789012")
    with pytest.raises(UnreadableTable, match=r"a link to far\.t of the account 123456789012"):
        followed(link, lookup())
    circle = replace(link, target=link.name)
    with pytest.raises(UnreadableTable, match="go in a circle"):
        followed(circle, lookup(circle))
    found = verdict(link)
    assert isinstance(found, Unreadable)
    assert "a link to far.t of the account 123456789012" in found.reason


def test_a_federated_table_is_refused_with_its_connection() -> None:
    found = verdict(replace(T, federated="redshift-1"))
    assert isinstance(found, Unreadable)
    assert "the connection 'redshift-1'" in found.reason

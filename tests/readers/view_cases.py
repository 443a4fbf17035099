"""Expressions of Athena's views with what Trino makes of them, written by hand; run on Sail here, on JVM Spark apart.

The table has two rows: `id` 7 and -7, and what else is said in `ROWS`.
"""

# ruff: noqa: E501 - a case is a line: an expression, its type, the values in both rows

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

COLUMNS: dict[str, str] = {
    "id": "int",
    "big": "bigint",
    "a b": "decimal(10,2)",
    "note": "string",
    "d": "date",
    "ts": "timestamp",
    "x": "double",
    "order": "int",
    "ok": "boolean",
}
ROWS = (
    "(7, 9223372036854775807L, CAST(2.50 AS DECIMAL(10,2)), ' a|b\\\\.|c\\t', DATE'2024-01-31', "
    "TIMESTAMP'2024-01-31 05:06:07', 2.5D, 1, true), "
    "(-7, 3L, CAST(-2.50 AS DECIMAL(10,2)), 'x1y22', DATE'2024-02-25', TIMESTAMP'2024-02-25 23:59:59', -2.5D, 2, NULL)"
)
Case = tuple[str, str, list[Any]]
D, T = dt.date, dt.datetime
CASES: tuple[Case, ...] = (
    ("id / 2", "int", [3, -3]),
    ("id / 2 * 2", "int", [6, -6]),
    ("id / (4 / 2)", "int", [3, -3]),
    ("(big - 1) / 2", "bigint", [4611686018427387903, 1]),
    ("id % 4", "int", [3, -3]),
    ("id / x", "double", [2.8, 2.8]),
    ('"a b" * 1.5', "decimal(12,3)", [Decimal("3.750"), Decimal("-3.750")]),
    ("id * 1.5", "decimal(12,1)", [Decimal("10.5"), Decimal("-10.5")]),
    ("1.50 + id", "decimal(13,2)", [Decimal("8.50"), Decimal("-5.50")]),
    ("1e3 + id", "double", [1007.0, 993.0]),
    ("CAST(x AS integer)", "int", [3, -3]),
    ('CAST("a b" AS bigint)', "bigint", [3, -3]),
    ("CAST(id AS varchar)", "varchar", ["7", "-7"]),
    ('CAST("a b" AS varchar)', "varchar", ["2.50", "-2.50"]),
    ("CAST(d AS varchar)", "varchar", ["2024-01-31", "2024-02-25"]),
    ("CAST(ok AS varchar)", "varchar", ["true", None]),
    ("CAST('12' AS integer) + id", "int", [19, 5]),
    ("CAST(note AS varchar(3))", "varchar(3)", [" a|", "x1y"]),
    ("TRY_CAST(substr(note, 2, 1) AS integer)", "int", [None, 1]),
    ("TRY_CAST(' 1' AS integer)", "int", [None, None]),
    ("trim(note)", "varchar", ["a|b\\.|c", "x1y22"]),
    ("rtrim(note) || '!'", "varchar", [" a|b\\.|c!", "x1y22!"]),
    ("split_part(note, '|', 2)", "varchar", ["b\\.", None]),
    ("split_part(note, '\\.', 2)", "varchar", ["|c\t", None]),
    ("split_part('a,,b', ',', 2)", "varchar", ["", ""]),
    ("substr(note, 3)", "varchar", ["|b\\.|c\t", "y22"]),
    ("strpos(note, 'b')", "bigint", [4, 0]),
    ("replace(note, '\\', '/')", "varchar", [" a|b/.|c\t", "x1y22"]),
    ("regexp_like(note, '\\d{2}$')", "boolean", [False, True]),
    ("regexp_like(note, '^[\\s]a[|]')", "boolean", [True, False]),
    ("regexp_extract(note, '([a-z])(\\d)', 2)", "varchar", [None, "1"]),
    ("regexp_replace(note, '[0-9]+', '#')", "varchar", [" a|b\\.|c\t", "x#y#"]),
    ("note LIKE '%1_2%'", "boolean", [False, True]),
    ("note LIKE '%$_%' ESCAPE '$'", "boolean", [False, False]),
    ("upper(note)", "varchar", [" A|B\\.|C\t", "X1Y22"]),
    ("length(note)", "bigint", [9, 5]),
    ("reverse(note)", "varchar", ["\tc|.\\b|a ", "22y1x"]),
    ("lpad(CAST(\"order\" AS varchar), 3, '0')", "varchar", ["001", "002"]),
    ("starts_with(note, 'x')", "boolean", [False, True]),
    ("date_trunc('month', d)", "date", [D(2024, 1, 1), D(2024, 2, 1)]),
    ("date_trunc('week', d)", "date", [D(2024, 1, 29), D(2024, 2, 19)]),
    ("date_trunc('hour', ts)", "timestamp", [T(2024, 1, 31, 5), T(2024, 2, 25, 23)]),
    ("date_format(ts, '%Y-%m-%dT%H:%i:%s')", "varchar", ["2024-01-31T05:06:07", "2024-02-25T23:59:59"]),
    ("date_format(d, '%d.%m.%Y')", "varchar", ["31.01.2024", "25.02.2024"]),
    ("date_add('month', 1, d)", "date", [D(2024, 2, 29), D(2024, 3, 25)]),
    ("date_add('week', -1, d)", "date", [D(2024, 1, 24), D(2024, 2, 18)]),
    ("date_add('day', id, d)", "date", [D(2024, 2, 7), D(2024, 2, 18)]),
    ("date_add('hour', 20, ts)", "timestamp", [T(2024, 2, 1, 1, 6, 7), T(2024, 2, 26, 19, 59, 59)]),
    ("date_diff('day', d, DATE '2024-03-01')", "bigint", [30, 5]),
    ("d + interval '1' day", "date", [D(2024, 2, 1), D(2024, 2, 26)]),
    ("ts - interval '6' hour", "timestamp", [T(2024, 1, 30, 23, 6, 7), T(2024, 2, 25, 17, 59, 59)]),
    ("day_of_week(d)", "bigint", [3, 7]),
    ("year(d) * 100 + month(ts)", "bigint", [202401, 202402]),
    ("extract(day FROM d)", "bigint", [31, 25]),
    ("round(x)", "double", [3.0, -3.0]),
    ('round("a b", 1)', "decimal(11,1)", [Decimal("2.5"), Decimal("-2.5")]),
    ('ceil("a b")', "decimal(10,0)", [Decimal(3), Decimal(-2)]),
    ("greatest(id, \"order\", NULL)", "int", [None, None]),
    ("least(id, \"order\")", "int", [1, -7]),
    ("CASE WHEN ok THEN 'y' ELSE 'n' END", "varchar", ["y", "n"]),
    ("IF(x > 0, 'p', NULL)", "varchar", ["p", None]),
    ("coalesce(ok, false)", "boolean", [True, False]),
    ("nullif(id, 7)", "int", [None, -7]),
    ("id IN (7, 8)", "boolean", [True, False]),
    ("ok IS DISTINCT FROM true", "boolean", [False, True]),
    ("sum(id) OVER (ORDER BY d)", "bigint", [7, 0]),
    ("row_number() OVER (ORDER BY ok)", "bigint", [1, 2]),
    ("row_number() OVER (ORDER BY ok DESC)", "bigint", [1, 2]),
    ("lag(id) OVER (ORDER BY \"order\")", "int", [None, 7]),
    ("'it''s \\n' || note", "varchar", ["it's \\n a|b\\.|c\t", "it's \\nx1y22"]),
)  # fmt: skip
QUERIES: tuple[tuple[str, dict[str, str], list[tuple[Any, ...]]], ...] = (
    ('SELECT count(*) "The count", sum("a b") s, avg(id) a FROM t', {"n": "bigint", "s": "decimal(38,2)", "a": "double"}, [(2, Decimal("0.00"), 0.0)]),
    ("SELECT count(*) FILTER (WHERE id > 0), count(DISTINCT d), count_if(ok), bool_and(ok) FROM t", {"a": "bigint", "b": "bigint", "c": "bigint", "d": "boolean"}, [(1, 2, 1, True)]),
    ("WITH w AS (SELECT ok AS \"is it\", sum(id) / 2 AS h FROM t GROUP BY 1) SELECT h, w.\"is it\" FROM w ORDER BY 2 LIMIT 1", {"h": "bigint", "o": "boolean"}, [(3, True)]),
    ('SELECT a.id, b."order" FROM t a LEFT JOIN t b ON a.id = -b.id AND b.ok', {"i": "int", "o": "int"}, [(-7, 1), (7, None)]),
    ("SELECT id, big FROM t JOIN (SELECT max(id) AS id FROM t) USING (id)", {"i": "int", "b": "bigint"}, [(7, 2**63 - 1)]),
    ("SELECT id FROM t WHERE EXISTS (SELECT 1 FROM t u WHERE u.id < t.id) UNION ALL SELECT -1", {"i": "int"}, [(-1,), (7,)]),
    ('SELECT "order", sum(id) FROM t GROUP BY GROUPING SETS (("order"), ())', {"o": "int", "s": "bigint"}, [(1, 7), (2, -7), (None, 0)]),
    ("SELECT * FROM t WHERE id NOT IN (SELECT id FROM t WHERE ok)", {f"c{n}": kind for n, kind in enumerate(COLUMNS.values())}, [(-7, 3, Decimal("-2.50"), "x1y22", D(2024, 2, 25), T(2024, 2, 25, 23, 59, 59), -2.5, 2, None)]),
)  # fmt: skip

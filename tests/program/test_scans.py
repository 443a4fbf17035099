"""What a plan scans: filters count only where every row has to pass them."""

import datetime
from collections.abc import Iterator

import pytest

from sparkwright.domain import Filter, Scan, TableName
from sparkwright.engines.local import LocalEngine
from sparkwright.program.plan_check import PlanRequest

DECLARED = (
    "CREATE DATABASE IF NOT EXISTS db",
    "CREATE OR REPLACE VIEW db.t AS SELECT CAST(NULL AS INT) m, CAST(NULL AS STRING) s, DATE'2013-01-01' d WHERE false",
    "CREATE OR REPLACE VIEW db.u AS SELECT CAST(NULL AS INT) AS m, CAST(NULL AS STRING) AS s WHERE false",
)  # fmt: skip
T, U = TableName("db", "t"), TableName("db", "u")
HEAD = "from pyspark.sql import functions as F\nimport datetime\nt = spark.table('db.t')\nu = spark.table('db.u')\n"


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    engine = LocalEngine()
    yield engine
    engine.close()


def _eq(column: str, value: object) -> Filter:
    return Filter(column, "=", (value,))  # type: ignore[arg-type]  # any literal


CASES = [
    ("t", [Scan(T)]),
    ("t.filter(F.col('m') == 7)", [Scan(T, (_eq("m", 7),))]),
    ("t.filter(t.m == 7).select('s')", [Scan(T, (_eq("m", 7),))]),
    ("t.filter('m = 7 AND s IN (\"a\", \"b\")')", [Scan(T, (_eq("m", 7), Filter("s", "in", ("a", "b"))))]),
    ("t.filter(F.col('m').between(3, 5))", [Scan(T, (Filter("m", ">=", (3,)), Filter("m", "<=", (5,))))]),
    ("t.filter(F.col('m').isin(1, 2))", [Scan(T, (Filter("m", "in", (1, 2)),))]),
    (
        "t.filter(F.col('d') >= datetime.date(2013, 7, 4))",
        [Scan(T, (Filter("d", ">=", (datetime.date(2013, 7, 4),)),))],
    ),
    ("t.filter((F.col('m') == 7) | (F.col('s') == 'a'))", [Scan(T)]),
    ("t.filter(~(F.col('m') == 7))", [Scan(T)]),
    ("t.filter(F.col('m') == F.length('s'))", [Scan(T)]),
    ("t.orderBy('m').filter(F.col('m') == 7)", [Scan(T, (_eq("m", 7),))]),
    ("t.limit(5).filter(F.col('m') == 7)", [Scan(T)]),
    ("t.select(F.length('s').alias('m')).filter(F.col('m') == 7)", [Scan(T)]),
    ("t.select('m', 's').filter(F.col('m') == 7)", [Scan(T, (_eq("m", 7),))]),
    ("t.select(F.struct('m').alias('s')).select('s.m').filter(F.col('m') == 7)", [Scan(T)]),
    ("spark.sql('SELECT 1 FROM db.t AS x(s, m, d) WHERE m = \"a\"')", [Scan(T)]),
    ("t.withColumn('m', F.col('m') + 1).filter(F.col('m') == 7)", [Scan(T)]),
    ("t.groupBy('m').count().filter(F.col('m') == 7)", [Scan(T)]),
    ("t.alias('x').filter(F.col('x.m') == 7)", [Scan(T, (_eq("m", 7),))]),
    ("t.filter('m = 1').join(u.filter('m = 2'), 's')", [Scan(T, (_eq("m", 1),)), Scan(U, (_eq("m", 2),))]),
    ("t.join(u, 's').filter(t.m == 7)", [Scan(T), Scan(U)]),
    ("t.filter('m = 1').union(t.filter('m = 2'))", [Scan(T, (_eq("m", 1),)), Scan(T, (_eq("m", 2),))]),
    ("spark.sql('SELECT s FROM db.t WHERE m = 7 AND s LIKE \"a%\"')", [Scan(T, (_eq("m", 7),))]),
    ("spark.sql('SELECT s FROM db.t WHERE m BETWEEN 1 AND 2 OR s = 1')", [Scan(T)]),
    (
        "spark.sql('SELECT 1 FROM db.t a JOIN db.u b ON a.s = b.s WHERE a.m = 1 AND b.m = 2')",
        [Scan(T, (_eq("m", 1),)), Scan(U, (_eq("m", 2),))],
    ),
    ("spark.sql('SELECT 1 FROM db.t a JOIN db.u b ON a.s = b.s WHERE a.m + b.m = 1')", [Scan(T), Scan(U)]),
    ("spark.sql('WITH x AS (SELECT * FROM db.t WHERE m = 3) SELECT * FROM x WHERE m = 4')", [Scan(T, (_eq("m", 3),))]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_plan_tells_its_scans(engine: LocalEngine, expression: str, expected: list[Scan]) -> None:
    report = engine.plan(PlanRequest(f"{HEAD}result = {expression}\n", DECLARED, ("db.t", "db.u")))
    assert report.error is None
    assert sorted(report.scans, key=str) == sorted(expected, key=str)


def test_a_temporary_view_is_looked_through(engine: LocalEngine) -> None:
    source = HEAD + "t.filter('m = 7').createOrReplaceTempView('v')\nresult = spark.sql('SELECT * FROM v')\n"
    report = engine.plan(PlanRequest(source, DECLARED, ("db.t", "db.u")))
    assert report.error is None
    assert report.scans == (Scan(T, (_eq("m", 7),)),)

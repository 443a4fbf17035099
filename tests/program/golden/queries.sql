SELECT * FROM nyc.flights f LEFT SEMI JOIN nyc.planes p ON f.tailnum=p.tailnum
SELECT * FROM nyc.flights f NATURAL JOIN nyc.planes
SELECT * FROM nyc.flights f, LATERAL (SELECT * FROM nyc.planes p WHERE p.tailnum=f.tailnum)
SELECT * FROM nyc.flights f LATERAL VIEW OUTER explode(xs) t AS x LATERAL VIEW posexplode(ys) u AS i, y
SELECT * FROM (SELECT 1 a) PIVOT (sum(a) AS s, max(a) FOR a IN (1 AS one, 2 AS two))
SELECT a FROM nyc.flights GROUP BY ALL
SELECT a, b FROM nyc.flights GROUP BY a, b WITH ROLLUP
SELECT a FROM nyc.flights GROUP BY CUBE(a,b)
SELECT * FROM nyc.flights ORDER BY a DESC NULLS LAST, b LIMIT 10 OFFSET 5
SELECT DISTINCT a FROM nyc.flights
SELECT * FROM nyc.flights MINUS SELECT * FROM nyc.planes
SELECT * FROM nyc.flights INTERSECT ALL SELECT * FROM nyc.planes
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n+1 FROM r WHERE n<5) SELECT * FROM r
WITH a(x,y) AS (SELECT 1,2) SELECT x FROM a
SELECT * FROM nyc.flights TABLESAMPLE (100 ROWS)
SELECT * FROM nyc.flights WHERE (a,b) IN (SELECT a,b FROM nyc.planes)
SELECT (SELECT max(a) FROM nyc.planes) AS m
SELECT a AS `my col`, `b c` FROM nyc.flights
SELECT t.* FROM nyc.flights AS t(a,b)
SELECT * FROM VALUES (1,'a'),(2,'b') t(x,y)
SELECT /*+ REPARTITION(3), BROADCAST(t) */ * FROM nyc.flights t
SELECT sum(a) OVER w, avg(a) OVER (w ROWS UNBOUNDED PRECEDING) FROM nyc.flights WINDOW w AS (PARTITION BY b)
SELECT * FROM explode(array(1,2)) AS t(x)
SELECT * FROM range(1,10,2) r
SELECT a FROM nyc.flights DISTRIBUTE BY a SORT BY a
FROM nyc.flights SELECT carrier WHERE month=1
SELECT transform(collect_list(struct(a,b)), s -> s.a) FROM nyc.flights
SELECT * FROM nyc.flights QUALIFY row_number() OVER (PARTITION BY a ORDER BY b) = 1
SELECT CAST(a AS TIMESTAMP_NTZ), drop_time AS drop FROM nyc.flights
SELECT a insert_date, max(b) `delete` FROM nyc.flights GROUP BY 1
(SELECT 1)
SELECT 1 UNION (SELECT 2 ORDER BY 1 LIMIT 1)
SELECT * FROM nyc.flights f JOIN nyc.planes p USING (tailnum, year) WHERE f.year IS NOT NULL AND NOT (f.a OR f.b)
SELECT date, year, month, timestamp, value, key, type, end, start FROM nyc.flights
SELECT count(*) AS count, sum(x) AS sum, min(y) min FROM nyc.flights
SELECT origin, count(*) FROM nyc.flights GROUP BY GROUPING SETS ((origin), ())

"""The full script for a JVM Spark of one's own: what its session must have from its start."""

from sparkwright.domain import Job, Program, Reader, Table, TableName
from sparkwright.estimate import Scanned
from sparkwright.platforms import LOCAL, SPARK4, SPARK35, Platform
from sparkwright.reading import Readable
from sparkwright.showing import script_of

NAME = TableName("db", "t")
JOB = Job("r-1", Program('result = spark.table("db.t")\n', (NAME,)), "local")


def _script(platform: Platform, kind: str, place: str) -> str:
    found = Readable(Table(NAME, (), place), Reader(NAME, kind, place), (), Scanned(), places=(place,))
    return script_of(JOB, [found], platform, "declare")


def test_tables_on_s3_need_hadoops_part_for_it_in_the_version_of_that_spark() -> None:
    for platform, version in ((SPARK35, "3.3.4"), (SPARK4, "3.4.1")):
        script = _script(platform, "parquet", "s3://b/t/")
        assert f".config('spark.jars.packages', 'org.apache.hadoop:hadoop-aws:{version}')" in script
        assert ".config('spark.hadoop.fs.s3.impl', 'org.apache.hadoop.fs.s3a.S3AFileSystem')" in script


def test_a_lake_format_needs_its_package_and_its_extension() -> None:
    script = _script(SPARK35, "delta", "/lake/t")
    assert "'io.delta:delta-spark_2.12:3.3.2'" in script
    assert "DeltaSparkSessionExtension" in script
    assert "hadoop-aws" not in script


def test_plain_local_files_and_the_embedded_engine_need_nothing() -> None:
    assert "SparkSession.builder.getOrCreate()" in _script(SPARK35, "parquet", "/lake/t/")
    assert ".config(" not in _script(LOCAL, "parquet", "s3://b/t/")

"""The platforms, as data: the only place that says how they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Dialect = Literal["sail", "spark"]

# One program means one thing everywhere: these are set alike on every platform.
SESSION_SETTINGS: Mapping[str, str] = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "false",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}


@dataclass(frozen=True)
class Platform:
    """What a platform is like.

    `unreadable` maps what its engine cannot read to what to do instead: a format (`orc`), or a feature of one (`delta
    deletionVectors`), named as in `Reader.format` and `Reader.needs`. `packages` are what a JVM Spark must be given to
    read a format, or from S3 (`s3`), as Maven has it. `enforces_lake_formation` says that row and column filters hold
    there.
    """

    name: str
    title: str
    dialect: Dialect
    settings: Mapping[str, str] = field(default_factory=lambda: SESSION_SETTINGS)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    enforces_lake_formation: bool = False


_SPARK_ELSEWHERE = "run it where JVM Spark runs (EMR Serverless), or store the table as Parquet"
_OTHER_FILES = "run it where JVM Spark runs (EMR Serverless), or write the files again, all with the same plain types"
_SAIL_CANNOT = (
    dict.fromkeys(("orc", "xml", "hudi"), _SPARK_ELSEWHERE)
    | dict.fromkeys(
        (
            "parquet columns of Arrow types that Spark has not (dictionaries, large lists)",
            "parquet files whose Arrow types differ",
            "files whose numbers differ in width",
        ),
        _OTHER_FILES,
    )
    | dict.fromkeys(
        (
            "column names that files spell in two ways",
            "partition keys that stand in the files in another case",
            "structs with odd field names whose types differ in the files",
            "json values that are no texts in a column of strings",
            "json keys that differ only in case",
            "json lines that are no JSON",
            "avro uuids",
            "csv backslashes that escape nothing",
            "files of one folder that are compressed in different ways",
            "regex look-around",
            "text in deflate",
            "text in lz4",
            "text in snappy",
            "options of Spark's readers that change values",
            "iceberg avro files",
            "iceberg orc files",
            "iceberg uuids",
            "iceberg metadata outside of the table's metadata folder",
            "iceberg snapshots that the newest metadata file does not have",
            "lake locations with spaces, percent signs or letters beyond ASCII",
        ),
        _SPARK_ELSEWHERE,
    )
)
_AGAIN = "write the files again, with one type and with microseconds"
_JVM_CANNOT = {
    "parquet timestamps in nanoseconds": f"run it on this machine (Sail), or {_AGAIN}",
    "parquet columns of nothing but NULL without a type": f"run it on this machine (Sail), or {_AGAIN}",
}
_WIDENED = {"delta typeWidening": "run it on this machine (Sail) or on Spark 4: Delta reads such a table from 4.0"}
_NO_VARIANT = dict.fromkeys(("delta variantType", "delta variantType-preview"), "export the table without the variant")
_SPARK35_CANNOT = {
    **_JVM_CANNOT,
    **_NO_VARIANT,
    **_WIDENED,
    "files whose numbers differ in width": "run it on Spark 4, or write them again",
}
_SPARK4_CANNOT = {**_JVM_CANNOT, "hudi": "run it on Spark 3.5: Hudi has no published build for Spark 4.0"}
_SPARK35_PACKAGES = {
    "s3": "org.apache.hadoop:hadoop-aws:3.3.4",
    "delta": "io.delta:delta-spark_2.12:3.3.2",
    "iceberg": "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.0",
    "hudi": "org.apache.hudi:hudi-spark3.5-bundle_2.12:1.0.2",
    "avro": "org.apache.spark:spark-avro_2.12:3.5.6",
    "xml": "com.databricks:spark-xml_2.12:0.18.0",
}
_SPARK4_PACKAGES = {
    "s3": "org.apache.hadoop:hadoop-aws:3.4.1",
    "delta": "io.delta:delta-spark_2.13:4.0.0",
    "iceberg": "org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.10.0",
    "avro": "org.apache.spark:spark-avro_2.13:4.0.1",
}

LOCAL = Platform(name="local", title="this machine (Sail)", dialect="sail", unreadable=_SAIL_CANNOT)
SPARK35 = Platform(
    name="spark35",
    title="JVM Spark 3.5",
    dialect="spark",
    unreadable=_SPARK35_CANNOT,
    packages=_SPARK35_PACKAGES,
)
SPARK4 = Platform(
    name="spark4",
    title="JVM Spark 4.0",
    dialect="spark",
    # A number of JSON in a column of strings is then written as Spark 3.5 and the SerDes write it.
    settings={**SESSION_SETTINGS, "spark.sql.json.enableExactStringParsing": "false"},
    unreadable=_SPARK4_CANNOT,
    packages=_SPARK4_PACKAGES,
)

PLATFORMS: Mapping[str, Platform] = {platform.name: platform for platform in (LOCAL,)}
SCRIPTS: Mapping[str, Platform] = {platform.name: platform for platform in (LOCAL, SPARK35, SPARK4)}
"""Where a full script can be written for: the platforms that run programs, and JVM Sparks that one has oneself."""

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
    deletion vectors`), named as in `Reader.format` and `Reader.needs`.
    """

    name: str
    title: str
    dialect: Dialect
    settings: Mapping[str, str] = field(default_factory=lambda: SESSION_SETTINGS)
    unreadable: Mapping[str, str] = field(default_factory=dict)


_SPARK_ELSEWHERE = "run it where JVM Spark runs (EMR Serverless), or store the table as Parquet"
_SAIL_CANNOT = dict.fromkeys(("orc", "xml", "hudi"), _SPARK_ELSEWHERE)
_SPARK35_CANNOT: Mapping[str, str] = {}
_SPARK4_CANNOT = {"hudi": "run it on Spark 3.5: Hudi has no published build for Spark 4.0"}

LOCAL = Platform(name="local", title="this machine (Sail)", dialect="sail", unreadable=_SAIL_CANNOT)
SPARK35 = Platform(name="spark35", title="JVM Spark 3.5", dialect="spark", unreadable=_SPARK35_CANNOT)
SPARK4 = Platform(name="spark4", title="JVM Spark 4.0", dialect="spark", unreadable=_SPARK4_CANNOT)

PLATFORMS: Mapping[str, Platform] = {platform.name: platform for platform in (LOCAL,)}
SCRIPTS: Mapping[str, Platform] = {platform.name: platform for platform in (LOCAL, SPARK35, SPARK4)}
"""Where a full script can be written for: the platforms that run programs, and JVM Sparks that one has oneself."""

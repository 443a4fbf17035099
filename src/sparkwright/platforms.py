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
    """What a platform is like. `unreadable` maps a format that its engine cannot read to what to do instead."""

    name: str
    title: str
    dialect: Dialect
    settings: Mapping[str, str] = field(default_factory=lambda: SESSION_SETTINGS)
    unreadable: Mapping[str, str] = field(default_factory=dict)


_SAIL_CANNOT = {"orc": "run it where JVM Spark runs, or store the table as Parquet"}

LOCAL = Platform(name="local", title="this machine (Sail)", dialect="sail", unreadable=_SAIL_CANNOT)

PLATFORMS: Mapping[str, Platform] = {platform.name: platform for platform in (LOCAL,)}

"""The Spark settings that readers of lake formats need: those of a running session, and those of its start."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from sparkwright.domain import Reader
from sparkwright.readers.formats.iceberg import NO_SNAPSHOT
from sparkwright.readers.formats.iceberg_metadata import METADATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sparkwright.domain import View
    from sparkwright.platforms import Dialect

_DELTA_CATALOG = {"spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog"}
_DELTA_EXTENSION = {"spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension"}


def session_settings(readers: Iterable[Reader | View], dialect: Dialect) -> Mapping[str, str]:
    """Settings that a running session takes, before its first statement (`Job.settings`)."""
    found: dict[str, str] = {}
    if dialect == "spark":
        for reader in _all(readers):
            if reader.format == "delta":
                found |= _DELTA_CATALOG
            elif reader.format == "iceberg" and reader.version != NO_SNAPSHOT:
                found |= _iceberg(reader)
    return found


def start_settings(readers: Iterable[Reader | View], dialect: Dialect) -> Mapping[str, str]:
    """Settings that a session of JVM Spark must have from its start, beside the jars (`Platform.packages`)."""
    formats = {reader.format for reader in _all(readers)}
    return {**_DELTA_EXTENSION, **_DELTA_CATALOG} if dialect == "spark" and "delta" in formats else {}


def iceberg_catalog(reader: Reader) -> str:
    """A catalog for one metadata file, so that a session may see another one of the same table later."""
    return "sparkwright_" + hashlib.sha256(reader.options[METADATA].encode()).hexdigest()[:12]


def _iceberg(reader: Reader) -> Mapping[str, str]:
    """A catalog that holds one table `t`, whose metadata file is the one that was looked at.

    Iceberg reads no path in SQL, and its folder catalog wants `v1.metadata.json`: Hadoop's file system of links shows
    it the file under that name. Nothing is written, and any catalog may be the session's own beside it (Delta's).
    """
    name, place = iceberg_catalog(reader), reader.options[METADATA]
    key = f"spark.sql.catalog.{name}"
    shown = "v1.gz.metadata.json" if ".gz." in place or place.endswith(".gz") else "v1.metadata.json"
    target = quote(f"file://{place}" if place.startswith("/") else place, safe=":/=+,@!~$&()'")
    return {
        key: "org.apache.iceberg.spark.SparkCatalog",
        f"{key}.type": "hadoop",
        f"{key}.warehouse": f"viewfs://{name}/",
        f"{key}.hadoop.fs.viewfs.mounttable.{name}.link./t/metadata/{shown}": target,
    }


def _all(readers: Iterable[Reader | View]) -> Iterable[Reader]:
    for reader in readers:
        if isinstance(reader, Reader):
            yield reader
            yield from _all(reader.others)

"""Write out a program's full script for a platform: its session, how its tables are read there, the program itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from sparkwright.domain import Reader
from sparkwright.engines.script import full_script, with_reads
from sparkwright.readers.reads import explicit_read, variable
from sparkwright.readers.spark_settings import start_settings
from sparkwright.store import is_remote

if TYPE_CHECKING:
    from sparkwright.domain import Job, TableName
    from sparkwright.platforms import Dialect, Platform
    from sparkwright.reading import Readable

Style = Literal["declare", "reads"]


def script_of(job: Job, readables: Sequence[Readable], platform: Platform, style: Style) -> str:
    """What really runs for a job, ready to be pasted elsewhere; tables are declared, or read by `spark.read`."""
    source, declarations = job.program.source, job.declarations
    if style == "reads":
        source, declarations = with_reads(source, _reads(readables, platform.dialect)), _of_views(readables)
    return full_script(
        source,
        dialect=platform.dialect,
        settings=job.settings,
        declarations=declarations,
        rows=job.limits.rows,
        start=_start(readables, platform),
    )


def _start(readables: Sequence[Readable], platform: Platform) -> Mapping[str, str]:
    """What a session of JVM Spark of one's own must have from its start: packages, and how it reads S3."""
    readers = [reader for one in readables for reader in one.readers]
    start = dict(start_settings(readers, platform.dialect))
    packages = {platform.packages[reader.format] for reader in readers if reader.format in platform.packages}
    far = any(is_remote(place) for one in readables for place in one.places)
    if far and platform.dialect == "spark":
        packages.add(platform.packages["s3"])
        start["spark.hadoop.fs.s3.impl"] = "org.apache.hadoop.fs.s3a.S3AFileSystem"
    if packages:
        start["spark.jars.packages"] = ",".join(sorted(packages))
    return start


def _reads(readables: Sequence[Readable], dialect: Dialect) -> tuple[tuple[TableName, str, str], ...]:
    return tuple(
        (one.table.name, variable(one.table.name.name), explicit_read(one.found, dialect))
        for one in readables
        if isinstance(one.found, Reader)
    )


def _of_views(readables: Sequence[Readable]) -> tuple[str, ...]:
    """The declarations of what is no read of files: views, with the tables under them."""
    views = (one for one in readables if not isinstance(one.found, Reader))
    return tuple(statement for one in views for statement in one.declarations)

"""What a program will scan, and where it should run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sparkwright.domain import Estimate, Partition, Table, TableName
from sparkwright.errors import UsageError
from sparkwright.platforms import PLATFORMS


def estimate(
    tables: Sequence[Table],
    matched: Mapping[TableName, Sequence[Partition]],
    on: str = "auto",
    *,
    is_partial: bool = False,
) -> Estimate:
    """Sum the files of the tables that a program reads, and choose its platform.

    `matched` holds, for each table, the partitions that the program's own filters leave. `is_partial` says that the
    program reads more than tables, so that the sums are not known.
    """
    platform, reason = choose(tables, on)
    partitioned = [table for table in tables if table.partition_keys]
    size = None if is_partial else _sum(_count(t.size.bytes, (p.bytes for p in matched[t.name]), t) for t in tables)
    objects = (
        None if is_partial else _sum(_count(t.size.objects, (p.objects for p in matched[t.name]), t) for t in tables)
    )
    return Estimate(
        bytes=size,
        objects=objects,
        partitions_matched=sum(len(matched[table.name]) for table in partitioned) if partitioned else None,
        partitions_total=sum(len(table.partitions) for table in partitioned) if partitioned else None,
        platform=platform,
        reason=reason,
        cost_usd=0.0,
    )


def _count(whole: int | None, parts: Iterable[int | None], table: Table) -> int | None:
    return _sum(parts) if table.partition_keys else whole


def _sum(counts: Iterable[int | None]) -> int | None:
    """The sum, or None where one of them is not known."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def choose(tables: Sequence[Table], on: str) -> tuple[str, str]:
    """The platform's name and why it was taken; raises `UsageError` for one that there is not."""
    if on not in ("auto", *PLATFORMS):
        raise UsageError(f"there is no platform {on!r}", hint=f"use auto or {', '.join(PLATFORMS)}")
    if on != "auto":
        return on, "asked for"
    return "local", "all tables are on this machine" if tables else "nothing is read from elsewhere"

"""What a program will scan, and where it should run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sparkwright.domain import Estimate
from sparkwright.errors import UsageError
from sparkwright.platforms import PLATFORMS


@dataclass(frozen=True)
class Scanned:
    """What a program scans of one table: None where nobody knows; `matched` and `total` count partitions.

    `is_exact` is false where a crawler's estimate stands in for a listing.
    """

    bytes: int | None = None
    objects: int | None = None
    matched: int | None = None
    total: int | None = None
    is_local: bool = True
    is_exact: bool = True


def estimate(scanned: Sequence[Scanned], on: str = "auto", *, is_partial: bool = False) -> Estimate:
    """Sum what a program scans of its tables, and choose its platform.

    `is_partial` says that the program reads more than tables, so that the sums are not known.
    """
    platform, reason = choose(scanned, on)
    whole = sum_of(scanned)
    return Estimate(
        bytes=None if is_partial else whole.bytes,
        objects=None if is_partial else whole.objects,
        partitions_matched=whole.matched,
        partitions_total=whole.total,
        platform=platform,
        reason=reason,
        cost_usd=0.0,
        is_exact=whole.is_exact,
    )


def sum_of(scanned: Sequence[Scanned]) -> Scanned:
    """What is scanned of several tables, as if they were one."""
    partitioned = [one for one in scanned if one.matched is not None]
    return Scanned(
        _sum(one.bytes for one in scanned),
        _sum(one.objects for one in scanned),
        _sum(one.matched for one in partitioned) if partitioned else None,
        _sum(one.total for one in partitioned) if partitioned else None,
        is_local=all(one.is_local for one in scanned),
        is_exact=all(one.is_exact for one in scanned),
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    """The sum, or None where one of them is not known."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def choose(scanned: Sequence[Scanned], on: str) -> tuple[str, str]:
    """The platform's name and why it was taken; raises `UsageError` for one that there is not."""
    if on not in ("auto", *PLATFORMS):
        raise UsageError(f"there is no platform {on!r}", hint=f"use auto or {', '.join(PLATFORMS)}")
    if on != "auto":
        return on, "asked for"
    if all(one.is_local for one in scanned):
        return "local", "all tables are on this machine" if scanned else "nothing is read from elsewhere"
    return "local", "the embedded engine reads the tables from where they lie"

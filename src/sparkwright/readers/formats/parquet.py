"""Parquet: read by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sparkwright.readers.verdicts import plain_reader

if TYPE_CHECKING:
    from sparkwright.domain import Reader, Table, Unreadable


def read(table: Table) -> Reader | Unreadable:
    """How a Parquet table is read."""
    return plain_reader(table, "parquet")

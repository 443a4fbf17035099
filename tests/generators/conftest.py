import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("RUST_LOG", "error")

import duckdb
import pytest
from tests.questions.duck import connect

from sparkwright.catalogs.sample import sample_catalog
from sparkwright.domain import Table

DATABASE = "nycflights13"


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offline") / "lake"
    sample_catalog(folder)
    return folder


@pytest.fixture(scope="session")
def tables(lake: Path) -> tuple[Table, ...]:
    catalog = sample_catalog(lake)
    return tuple(catalog.profile(catalog.table(name)) for name in catalog.tables(DATABASE))


@pytest.fixture(scope="session")
def duck(lake: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(lake) as connection:
        yield connection


@pytest.fixture(scope="session")
def spark(duck: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Sail session over the sample lake; it runs only programs that the offline generator wrote."""
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("parquet")
    server = SparkConnectServer("127.0.0.1", 0)
    server.start()
    host, port = server.listening_address
    session = SparkSession.builder.remote(f"sc://{host}:{port}").create()
    session.client.set_retry_policies([])
    session.conf.set("spark.sql.session.timeZone", "UTC")
    session.sql(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    for name in ("airlines", "airports", "flights", "planes", "weather"):
        duck.execute(f"copy {name} to '{folder}/{name}.parquet' (format parquet)")
        session.sql(f"CREATE TABLE {DATABASE}.{name} USING parquet LOCATION '{folder}/{name}.parquet'")
    yield session
    session.stop()
    server.stop()

"""A Sail server for the session, and the two ways to read a table of a folder."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import pytest

from sparkwright.catalogs.files import FilesCatalog
from sparkwright.domain import Reader, TableName
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify
from sparkwright.readers.declare import declare
from sparkwright.readers.reads import explicit_read, variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Row = tuple[Any, ...]


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session on an embedded server, set up as every platform is."""
    os.environ.setdefault("RUST_LOG", "error")
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    _, port = server.listening_address
    session = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").create()
    for key, value in LOCAL.settings.items():
        session.conf.set(key, value)
    yield session
    session.stop()
    server.stop()


def reader_of(folder: Path, name: str) -> Reader:
    """How the table of a folder is read here; its refusal is a failure."""
    catalog = FilesCatalog(folder)
    reader = classify(catalog.table(TableName(catalog.database, name)), LOCAL)
    assert isinstance(reader, Reader), reader
    return reader


def plain(value: Any) -> Any:
    """A value that equals itself: no NaN, and dicts for Spark's rows."""
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if hasattr(value, "asDict"):
        return {key: plain(inner) for key, inner in value.asDict().items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return {key: plain(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def collected(frame: Any) -> list[Row]:
    """The rows of a frame as tuples, in an order of their own."""
    return sorted((tuple(plain(value) for value in row) for row in frame.collect()), key=repr)


@pytest.fixture
def read(spark: Any) -> Callable[[Path, str], list[Row]]:
    """Read a table by its declaration and by its explicit read; both must give the same rows and the same columns."""

    def rows(folder: Path, name: str) -> list[Row]:
        reader = reader_of(folder, name)
        for statement in declare(reader, "sail"):
            spark.sql(statement)
        declared = spark.table(reader.table.quoted)
        scope: dict[str, Any] = {"spark": spark}
        exec(explicit_read(reader), scope)
        explicit = scope[variable(reader.table.name)]
        assert explicit.columns == declared.columns
        found = collected(declared)
        assert collected(explicit) == found
        return found

    return rows


@pytest.fixture
def rows_of() -> Callable[[Any], list[Row]]:
    """The rows of a frame in an order of their own."""
    return collected

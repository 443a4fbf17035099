"""The three tests that the original analysis asked for, on the emulated AWS, by the public API alone."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkwright import generators
from sparkwright.domain import Column, Draft, Finding, Question, Table, TableName
from sparkwright.workspace import Workspace
from tests.forms.aws import emulated_aws, session, settings

BUCKET, DATABASE = "original", "shop"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet."
ROWS = [(n, Decimal(n) / 4, date(2024, 1, n), "north" if n <= 6 else "south") for n in range(1, 13)]


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """An AWS with one folder of Parquet, and one table that is partitioned."""
    with emulated_aws() as url:
        made = session(url)
        s3, glue = made.client("s3"), made.client("glue")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": made.region})
        _put(s3, "path/all.parquet", ROWS, keys=True)
        _put(s3, "orders/region=north/0.parquet", ROWS[:6])
        _put(s3, "orders/region=south/0.parquet", ROWS[6:])
        glue.create_database(DatabaseInput={"Name": DATABASE})
        glue.create_table(DatabaseName=DATABASE, TableInput=_orders())
        for region in ("north", "south"):
            descriptor = _descriptor(f"orders/region={region}/")
            given = {"Values": [region], "StorageDescriptor": descriptor}
            glue.create_partition(DatabaseName=DATABASE, TableName="orders", PartitionInput=given)
        yield url


def _put(s3: Any, key: str, rows: list[tuple[Any, ...]], *, keys: bool = False) -> None:
    ids, prices, days, regions = map(list, zip(*rows, strict=True))
    table = {"id": ids, "price": pa.array(prices, pa.decimal128(10, 2)), "sold_on": days}
    sink = io.BytesIO()
    pq.write_table(pa.table({**table, "region": regions} if keys else table), sink)
    s3.put_object(Bucket=BUCKET, Key=key, Body=sink.getvalue())


def _orders() -> dict[str, Any]:
    return {
        "Name": "orders",
        "Description": "what was sold",
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": [{"Name": "region", "Type": "string", "Comment": "where it was sold"}],
        "StorageDescriptor": _descriptor("orders/"),
        "Parameters": {"classification": "parquet"},
    }


def _descriptor(key: str) -> dict[str, Any]:
    return {
        "Columns": [
            {"Name": "id", "Type": "bigint", "Comment": "number of the order"},
            {"Name": "price", "Type": "decimal(10,2)", "Comment": "in euro"},
            {"Name": "sold_on", "Type": "date"},
        ],
        "Location": f"s3://{BUCKET}/{key}",
        "InputFormat": PARQUET + "MapredParquetInputFormat",
        "OutputFormat": PARQUET + "MapredParquetOutputFormat",
        "SerdeInfo": {"SerializationLibrary": PARQUET + "serde.ParquetHiveSerDe"},
    }


class Recorder:
    """A generator that keeps what it is given."""

    spec, sees_values = "recorder", False

    def __init__(self) -> None:
        self.given: list[tuple[Table, ...]] = []

    def generate(self, question: Question, tables: Sequence[Table], findings: Sequence[Finding] = ()) -> Draft:
        """Write the same draft for every question."""
        self.given.append(tuple(tables))
        return Draft(f"result = spark.table('{DATABASE}.orders').limit(10)\n", self.spec)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """The recorder, to be chosen as `model="recorder"`."""
    made = Recorder()
    monkeypatch.setitem(generators.KINDS, "recorder", lambda spec, rest: made)
    return made


@pytest.fixture
def arguments(aws: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """How the workspace is opened: on the emulated AWS, with a home of its own."""
    for name, value in settings(aws).items():
        monkeypatch.setenv(name, value)
    return {"catalog": "glue", "home": tmp_path}


def test_data_at_a_location_is_read_without_a_metastore(arguments: dict[str, Any]) -> None:
    with Workspace.open(**arguments) as workspace:
        answer = workspace.ask(f"Read data from s3://{BUCKET}/path/ and show first 10 rows")
    assert answer.result is not None
    assert answer.program is not None
    assert "enableHiveSupport" not in answer.program.source
    assert [column.name for column in answer.result.columns] == ["id", "price", "sold_on", "region"]
    assert len(answer.result.rows) == 10
    assert set(answer.result.rows) <= set(ROWS)


def test_a_table_is_queried_through_the_catalog(arguments: dict[str, Any]) -> None:
    with Workspace.open(**arguments) as workspace:
        answer = workspace.ask(f"Query {DATABASE}.orders and show first 10 rows")
    assert answer.result is not None
    assert answer.tables == (TableName(DATABASE, "orders"),)
    assert [column.name for column in answer.result.columns] == ["id", "price", "sold_on", "region"]
    assert len(answer.result.rows) == 10
    assert set(answer.result.rows) <= set(ROWS)


def test_the_full_schema_of_a_selected_table_is_what_the_generator_is_given(
    arguments: dict[str, Any], recorder: Recorder
) -> None:
    with Workspace.open(**arguments, model="recorder") as workspace:
        answer = workspace.ask("show me the orders", tables=(f"{DATABASE}.orders",))
    assert answer.result is not None
    assert len(answer.result.rows) == 10
    ((table,),) = recorder.given
    assert (table.name, table.comment, table.location) == (
        TableName(DATABASE, "orders"),
        "what was sold",
        f"s3://{BUCKET}/orders/",
    )
    assert table.columns == (
        Column("id", "bigint", "number of the order"),
        Column("price", "decimal(10,2)", "in euro"),
        Column("sold_on", "date"),
    )
    assert table.partition_keys == (Column("region", "string", "where it was sold"),)
    assert table.storage.serde == PARQUET + "serde.ParquetHiveSerDe"
    assert table.storage.input_format == PARQUET + "MapredParquetInputFormat"

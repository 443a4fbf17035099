"""What lies in no files that an engine reads is refused by name, with a way out."""

from __future__ import annotations

from typing import Any

import pytest

from sparkwright.domain import Column, Reader, Storage, Table, TableName, Unreadable
from sparkwright.platforms import SPARK35
from sparkwright.readers.classify import classify


def verdict(serde: str = "", input_format: str = "", **parameters: str) -> Any:
    storage = Storage(input_format=input_format, serde=serde)
    table = Table(TableName("db", "t"), (Column("a", "int"),), "s3://b/t/", storage=storage, parameters=parameters)
    return classify(table, SPARK35)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"serde": "com.amazon.ionhiveserde.IonHiveSerDe"}, "it is Amazon Ion, which is not read"),
        ({"serde": "org.apache.hadoop.hive.serde2.columnar.ColumnarSerDe"}, "it is RCFile, which is not read"),
        (
            {
                "serde": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                "input_format": "org.apache.hadoop.mapred.SequenceFileInputFormat",
            },
            "it is SequenceFile, which is not read",
        ),
        (
            {"serde": "com.amazon.emr.hive.serde.CloudTrailSerde"},
            "it is CloudTrail's JSON, whose rows are in one array a file, which is not read",
        ),
        ({"classification": "Ion"}, "it is Amazon Ion, which is not read"),
        ({"classification": "kinesis"}, "it is a Kinesis stream, which is not read"),
        ({"classification": "postgresql"}, "it is a table of a database (postgresql), which is not read"),
        (
            {"storage_handler": "org.apache.hadoop.hive.hbase.HBaseStorageHandler"},
            "its rows are behind a storage handler (org.apache.hadoop.hive.hbase.HBaseStorageHandler)",
        ),
    ],
)
def test_foreign_tables_are_refused(said: dict[str, str], reason: str) -> None:
    found = verdict(**said)
    assert isinstance(found, Unreadable)
    assert found.reason == reason
    assert found.remedy


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"classification": "PARQUET"}, "parquet"),
        ({"input_format": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"}, "parquet"),
        ({"input_format": "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat"}, "orc"),
        ({"input_format": "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat"}, "avro"),
    ],
)
def test_without_a_serde_the_classification_decides_then_the_input_format(said: dict[str, str], kind: str) -> None:
    found = verdict(**said)
    assert isinstance(found, Reader)
    assert found.format == kind

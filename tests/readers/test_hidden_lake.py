from __future__ import annotations

import pytest

from sparkwright.domain import Column, Reader, Storage, Table, TableName
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify
from sparkwright.readers.formats.hidden_lake import hidden_lake
from sparkwright.readers.look import look
from sparkwright.store import MemoryStore

PARQUET = Storage(serde="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("_delta_log/00000000000000000000.json", "Delta"),
        (".hoodie/hoodie.properties", "Hudi"),
        ("metadata/00001-a.metadata.json", "Iceberg"),
    ],
)
def test_a_lake_format_below_plain_files_is_refused(name: str, title: str) -> None:
    store = MemoryStore({f"s3://b/t/{name}": b"", "s3://b/t/a.parquet": b""})
    table = Table(TableName("db", "t"), (Column("a", "int"),), "s3://b/t/", storage=PARQUET)
    reader = classify(table, LOCAL)
    assert isinstance(reader, Reader)
    found = look(table, reader, store)
    assert f"a table of {title} lies at its location" in found.refusal
    assert found.remedy


@pytest.mark.parametrize("name", ["a.parquet", "metadata/a.parquet", "x/_delta_log/0.json"])
def test_plain_files_are_none(name: str) -> None:
    assert hidden_lake("s3://b/t", MemoryStore({f"s3://b/t/{name}": b""})) is None

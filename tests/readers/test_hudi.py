from __future__ import annotations

from dataclasses import replace

import pytest

from sparkwright.domain import Cast, Column, Reader, Storage, Table, TableName, Unreadable
from sparkwright.platforms import LOCAL, SPARK4, SPARK35
from sparkwright.readers.classify import classify
from sparkwright.readers.formats import hudi
from sparkwright.store import MemoryStore

PLAIN = "org.apache.hudi.hadoop.HoodieParquetInputFormat"
REALTIME = "org.apache.hudi.hadoop.realtime.HoodieParquetRealtimeInputFormat"
TABLE = Table(
    TableName("db", "t"),
    (Column("id", "int"), Column("s", "struct<a:int>")),
    "s3://b/t/",
    partition_keys=(Column("p", "string"),),
    storage=Storage(PLAIN),
)
MERGED = b"#comment\nhoodie.table.type=MERGE_ON_READ\n"


def test_keys_of_partitions_are_columns_like_others() -> None:
    found = classify(TABLE, SPARK35)
    assert isinstance(found, Reader)
    assert (found.format, found.root, found.partition_keys) == ("hudi", "s3://b/t", ())
    assert [cast.name for cast in found.casts] == ["id", "s", "p"]


def test_values_are_brought_to_the_catalogs_types_but_for_nested_ones() -> None:
    found = classify(TABLE, SPARK35)
    assert isinstance(found, Reader)
    assert found.casts[:2] == (Cast("id", "id", "int", ("CAST(", " AS INT)")), Cast("s", "s", "struct<a:int>"))


@pytest.mark.parametrize(
    ("input_format", "parameters", "expected"),
    [
        (PLAIN, {}, "read_optimized"),
        (REALTIME, {}, "snapshot"),
        (PLAIN, {"hoodie.query.as.ro.table": "false"}, "snapshot"),
        (REALTIME, {"hoodie.query.as.ro.table": "TRUE"}, "read_optimized"),
        ("", {}, "snapshot"),
    ],
)
def test_a_table_is_read_as_it_was_registered(input_format: str, parameters: dict[str, str], expected: str) -> None:
    table = replace(TABLE, storage=Storage(input_format, parameters=parameters))
    assert hudi.query_type(table) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"storage": Storage("com.uber.hoodie.hadoop.HoodieInputFormat")},
        {"storage": Storage(), "parameters": {"spark.sql.sources.provider": "hudi"}},
        {"storage": Storage(), "parameters": {"classification": "Hudi"}},
    ],
)
def test_a_table_of_hudi_is_known_by_its_metadata(changes: dict[str, object]) -> None:
    found = classify(replace(TABLE, **changes), SPARK35)  # type: ignore[arg-type]  # fields by their names
    assert isinstance(found, Reader)
    assert found.format == "hudi"


@pytest.mark.parametrize("platform", [LOCAL, SPARK4])
def test_an_engine_that_cannot_read_it_says_so(platform: object) -> None:
    found = classify(TABLE, platform)  # type: ignore[arg-type]  # of the list above
    assert isinstance(found, Unreadable)
    assert "does not read hudi" in found.reason


def test_what_is_not_compacted_yet_is_said() -> None:
    store = MemoryStore({"s3://b/t/.hoodie/hoodie.properties": MERGED})
    assert "not compacted yet" in hudi.look(TABLE, (), store).notes[0]
    assert hudi.look(replace(TABLE, storage=Storage(REALTIME)), (), store).notes == ()


def test_a_folder_without_hudis_timeline_is_refused() -> None:
    found = hudi.look(TABLE, (), MemoryStore({"s3://b/t/a.parquet": b"x"}))
    assert "nothing of Hudi lies at 's3://b/t'" in found.refusal

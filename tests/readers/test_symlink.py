from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
from tests.readers.test_delta import FIRST, log

from sparkwright.domain import Cast, Column, Evidence, Reader, Storage, Table, TableName, Unreadable
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify
from sparkwright.readers.formats import symlink
from sparkwright.readers.formats.lake import ODD_LOCATION
from sparkwright.store import MemoryStore

MANIFESTS = "s3://b/t/_symlink_format_manifest"
STORAGE = Storage(
    input_format="org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat",
    serde="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
)
TABLE = Table(TableName("db", "t"), (Column("id", "bigint"),), f"{MANIFESTS}/", storage=STORAGE)
KEYED = replace(TABLE, partition_keys=(Column("d", "int"), Column("e", "string")))


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"ID": pa.array([1], pa.int64())}), sink)
    return sink.getvalue()


def looked(files: Mapping[str, bytes], table: Table = TABLE) -> Evidence:
    return symlink.look(table, (), MemoryStore(files))


def read(files: Mapping[str, bytes], table: Table = TABLE) -> Reader | Unreadable:
    found = classify(replace(table, evidence=looked(files, table)), LOCAL)
    assert isinstance(found, Reader | Unreadable)
    return found


def test_a_delta_log_above_the_manifests_is_read_instead() -> None:
    table = replace(TABLE, columns=(Column("id", "bigint"), Column("label", "string")))
    found = read({**log(FIRST), f"{MANIFESTS}/manifest": b"s3://b/stale.parquet\n"}, table)
    assert isinstance(found, Reader)
    assert (found.format, found.root, found.version) == ("delta", "s3://b/t", "0")


def test_without_a_log_each_listed_file_is_read() -> None:
    files = {f"s3://b/{name}.parquet": parquet() for name in ("one", "two", "three")}
    found = read({**files, f"{MANIFESTS}/manifest": b"s3://b/one.parquet\n\ns3://b/two.parquet"})
    assert isinstance(found, Reader)
    assert [one.root for one in (found, *found.others)] == ["s3://b/one.parquet", "s3://b/two.parquet"]
    assert {one.casts for one in (found, *found.others)} == {(Cast("ID", "id", "bigint"),)}


def test_the_folders_of_manifests_are_values_of_the_keys() -> None:
    manifest = f"{MANIFESTS}/d=7/e=a%20b/manifest"
    found = read({"s3://b/one.parquet": parquet(), manifest: b"s3://b/one.parquet"}, KEYED)
    assert isinstance(found, Reader)
    assert found.partition_keys == ()
    assert found.casts[1:] == (
        Cast("ID", "d", "int", ("CAST('7' AS INT)",)),
        Cast("ID", "e", "string", ("CAST('a b' AS STRING)",)),
    )


def test_the_default_partition_is_null() -> None:
    manifest = f"{MANIFESTS}/d=__HIVE_DEFAULT_PARTITION__/e=x/manifest"
    found = read({"s3://b/one.parquet": parquet(), manifest: b"s3://b/one.parquet"}, KEYED)
    assert isinstance(found, Reader)
    assert found.casts[1].value == ("CAST(NULL AS INT)",)


def test_a_manifest_outside_of_the_keys_folders_is_refused() -> None:
    found = read({"s3://b/one.parquet": parquet(), f"{MANIFESTS}/d=1/manifest": b"s3://b/one.parquet"}, KEYED)
    assert isinstance(found, Unreadable)
    assert "lies in no folder of 'e'" in found.reason


def test_a_file_that_is_gone_is_refused() -> None:
    files = {"s3://b/one.parquet": parquet(), f"{MANIFESTS}/manifest": b"s3://b/one.parquet\ns3://b/two.parquet"}
    assert "'s3://b/two.parquet', which is not there" in looked(files).refusal


def test_manifests_that_name_nothing_are_refused() -> None:
    found = read({f"{MANIFESTS}/manifest": b"\n"})
    assert isinstance(found, Unreadable)
    assert found.reason == "its manifests name no files"


def test_too_many_files_are_refused() -> None:
    lines = "\n".join(f"s3://b/{number}.parquet" for number in range(symlink.MOST_FILES + 1))
    assert "more than 200 files" in looked({f"{MANIFESTS}/manifest": lines.encode()}).refusal


def test_files_that_are_not_parquet_are_refused() -> None:
    found = classify(replace(TABLE, storage=replace(STORAGE, serde="org.openx.data.jsonserde.JsonSerDe")), LOCAL)
    assert isinstance(found, Unreadable)
    assert "not Parquet" in found.reason


def test_a_listed_file_with_an_odd_name_is_a_feature() -> None:
    files = {"s3://b/d=a%20b/one.parquet": parquet(), f"{MANIFESTS}/manifest": b"s3://b/d=a%20b/one.parquet"}
    assert looked(files).features == (ODD_LOCATION,)

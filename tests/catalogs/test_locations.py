"""A location that a question names is a table."""

import gzip
import io
from pathlib import Path

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkwright.catalogs.locations import is_location, locations_in, name_of, table_at
from sparkwright.domain import TableName
from sparkwright.errors import UnreadableTable, UsageError
from sparkwright.store import LocalStore, MemoryStore

NAME = TableName("locations", "t")


def parquet(rows: int) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"Id": pa.array(range(rows), pa.int64()), "name": ["x" * 100] * rows}), sink)
    return sink.getvalue()


def test_locations_are_found_in_a_sentence() -> None:
    text = "Read data from s3://bucket/path/ and /data/x.csv, then join s3a://b/c. Costs 3/4 and a/b?"
    assert locations_in(text) == ("s3://bucket/path/", "/data/x.csv", "s3a://b/c")
    assert locations_in("Read 's3://b/a b/' and \"/my files/x.csv\"") == ("s3://b/a b/", "/my files/x.csv")
    assert is_location("s3://bucket/path/")
    assert not is_location("see s3://bucket/path/")


def test_a_table_is_named_after_the_last_step() -> None:
    assert name_of("s3://b/My Data/2024-orders/") == TableName("locations", "t_2024_orders")
    assert name_of("s3://b/a/orders.csv.gz", [TableName("locations", "orders")]) == TableName("locations", "orders_2")


def test_parquet_is_known_by_its_footers_and_partitions_by_their_folders() -> None:
    body = parquet(50_000)
    store = MemoryStore({f"s3://b/t/m=0{month}/a.parquet": body for month in (1, 2)} | {"s3://b/t/_SUCCESS": b""})
    table = table_at("s3://b/t", store, NAME)
    assert [(c.name, c.type) for c in table.all_columns] == [("Id", "bigint"), ("name", "string"), ("m", "string")]
    assert table.location == "s3://b/t/"
    assert [p.location for p in table.partitions] == ["s3://b/t/m=01/", "s3://b/t/m=02/"]
    assert (table.size.bytes, table.size.objects, table.size.rows) == (2 * len(body), 2, 100_000)


def test_one_csv_file_has_the_types_of_its_texts() -> None:
    store = MemoryStore({"s3://b/in/orders.csv.gz": gzip.compress(b"id,amount\n1,2.5\n2,3.25\n")})
    table = table_at("s3://b/in/orders.csv.gz", store, NAME)
    assert (table.name, table.location) == (NAME, "s3://b/in/orders.csv.gz")
    assert [c.type for c in table.columns] == ["bigint", "double"]


def test_avro_is_known_by_its_header() -> None:
    sink = io.BytesIO()
    schema = {"type": "record", "name": "r", "fields": [{"name": "a", "type": "long"}]}
    fastavro.writer(sink, fastavro.parse_schema(schema), [{"a": 1}])
    table = table_at("s3://b/av/", MemoryStore({"s3://b/av/x.avro": sink.getvalue()}), NAME)
    assert [(c.name, c.type) for c in table.columns] == [("a", "bigint")]


def test_a_folder_of_this_machine_is_read_as_well(tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "a.parquet").write_bytes(parquet(3))
    assert table_at(f"{tmp_path}/o", LocalStore(), NAME).location == f"{tmp_path}/o/"


def test_an_empty_place_and_a_pattern_are_refused() -> None:
    with pytest.raises(UnreadableTable, match="nothing lies at 's3://b/none/'"):
        table_at("s3://b/none/", MemoryStore({}), NAME)
    with pytest.raises(UsageError, match="pattern"):
        table_at("s3://b/*.csv", MemoryStore({}), NAME)


def test_a_folder_of_two_formats_is_refused_by_its_location() -> None:
    store = MemoryStore({"s3://b/mixed/a.csv": b"a,b\n1,x\n", "s3://b/mixed/b.json": b'{"a": 1}\n'})
    with pytest.raises(UnreadableTable, match="what lies at 's3://b/mixed/' mixes formats"):
        table_at("s3://b/mixed/", store, NAME)

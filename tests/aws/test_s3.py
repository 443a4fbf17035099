"""Files on S3 (moto over HTTP) as every Store has them, and where each location is looked for."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkwright.aws import AwsSession, S3Store, Stores
from sparkwright.aws.s3 import BLOCK
from sparkwright.errors import PermissionRefused, UnreadableTable
from sparkwright.store import MemoryStore, Store, StoredFile
from tests.aws.faults import in_front_of

SessionAt = Callable[[str], AwsSession]

OBJECTS = {
    "t/": b"",
    "t/day=1/a.csv": b"1",
    "t/day=1/_SUCCESS": b"",
    "t/day=1/b.csv": b"22",
    "t/_k=v/c.csv": b"333",
    "t/_delta_log/0.json": b"{}",
    "t/.hidden/d.csv": b"4",
    "t/day=2_$folder$": b"",
    "t_old/x.csv": b"old",
    "t.csv": b"beside",
    "odd/a b+c%20d/é=1.csv": b"odd",
    "empty.csv": b"",
}


@pytest.fixture(scope="module")
def client(moto: str) -> Any:
    """S3 with the objects in `lake`, and an empty bucket `scratch`."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    made = boto3.client("s3", region_name="eu-west-1", endpoint_url=moto, **keys)
    for bucket in ("lake", "scratch"):
        made.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key, body in OBJECTS.items():
        made.put_object(Bucket="lake", Key=key, Body=body)
    return made


@pytest.fixture
def store(moto: str, client: Any, session_at: SessionAt) -> S3Store:
    return S3Store(session_at(moto))


def names(found: tuple[StoredFile, ...]) -> list[str]:
    return [one.location for one in found]


def test_a_folder_is_what_lies_below_it_and_never_beside_it(store: S3Store) -> None:
    shown = (
        StoredFile("s3://lake/t/_k=v/c.csv", 3),
        StoredFile("s3://lake/t/day=1/a.csv", 1),
        StoredFile("s3://lake/t/day=1/b.csv", 2),
    )
    assert store.files("s3://lake/t/") == store.files("s3://lake/t") == shown
    assert store.files("s3://lake/t/", 2) == shown[:2]
    assert names(store.hidden("s3://lake/t/")) == [
        "s3://lake/t/.hidden/d.csv",
        "s3://lake/t/_delta_log/0.json",
        "s3://lake/t/_k=v/c.csv",
        "s3://lake/t/day=1/_SUCCESS",
        "s3://lake/t/day=1/a.csv",
        "s3://lake/t/day=1/b.csv",
    ]


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("s3://lake/t.csv", ["s3://lake/t.csv"]),
        ("s3://lake/t.csv/", []),
        ("s3://lake/t.cs", []),
        ("s3://lake/empty.csv", ["s3://lake/empty.csv"]),
        ("s3://lake/nothing/", []),
        ("s3://lake/t_old", ["s3://lake/t_old/x.csv"]),
        ("s3://lake/odd/", ["s3://lake/odd/a b+c%20d/é=1.csv"]),
        ("s3://lake/t/_delta_log", ["s3://lake/t/_delta_log/0.json"]),
    ],
)
def test_a_location_is_a_folder_an_object_or_nothing(location: str, found: list[str], store: S3Store) -> None:
    assert names(store.files(location)) == found


@pytest.mark.parametrize("scheme", ["s3", "s3a", "s3n", "S3"])
def test_locations_come_back_as_they_were_asked_for(scheme: str, store: S3Store) -> None:
    assert names(store.files(f"{scheme}://lake/t_old/")) == [f"{scheme}://lake/t_old/x.csv"]
    assert store.open(f"{scheme}://lake/t_old/x.csv").read() == b"old"


def test_a_whole_bucket_is_a_location(store: S3Store) -> None:
    shown = [f"s3://lake/{key}" for key in sorted(OBJECTS) if key in ("empty.csv", "t.csv") or key.startswith("odd")]
    assert [name for name in names(store.files("s3://lake")) if "/t/" not in name and "old" not in name] == shown


def test_more_than_a_page_is_listed_whole_and_no_more_than_is_asked_for(
    store: S3Store, moto: str, session_at: SessionAt
) -> None:
    whole = store.hidden("s3://lake/")
    with in_front_of(moto) as proxy:
        paged = S3Store(session_at(proxy.url), page=3)
        assert paged.hidden("s3://lake/") == whole
        assert proxy.asked.total() == 4
        assert len(paged.hidden("s3://lake/", 2)) == 2
        assert proxy.asked.total() == 5


def test_a_file_can_be_sought_in(store: S3Store, client: Any) -> None:
    body = bytes(range(256)) * (BLOCK // 64)
    client.put_object(Bucket="scratch", Key="big", Body=body)
    with store.open("s3://scratch/big") as file:
        assert file.read(10) == body[:10]
        file.seek(-8, io.SEEK_END)
        assert (file.tell(), file.read(), file.read()) == (len(body) - 8, body[-8:], b"")
        file.seek(BLOCK + 3)
        assert file.read(5) == body[BLOCK + 3 : BLOCK + 8]
        file.seek(2, io.SEEK_CUR)
        assert file.read(1) == body[BLOCK + 10 : BLOCK + 11]
        file.seek(0)
        assert file.read() == body


def test_an_empty_file_is_empty(store: S3Store) -> None:
    assert store.open("s3://lake/empty.csv").read() == b""


def test_the_footer_of_parquet_takes_few_requests(client: Any, moto: str, session_at: SessionAt) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": pa.array(range(400_000)), "b": [str(number) for number in range(400_000)]}), sink)
    assert len(sink.getvalue()) > 4 * BLOCK
    client.put_object(Bucket="scratch", Key="a.parquet", Body=sink.getvalue())
    with in_front_of(moto) as proxy, S3Store(session_at(proxy.url)).open("s3://scratch/a.parquet") as file:
        assert pq.read_schema(file).names == ["a", "b"]
        assert proxy.asked.total() <= 3


def test_a_file_that_is_not_there_is_refused_by_name(store: S3Store) -> None:
    with pytest.raises(UnreadableTable, match=r"there is no 's3://lake/nope\.csv'"):
        store.open("s3://lake/nope.csv")


def test_a_bucket_that_is_not_there_is_refused_by_name(store: S3Store) -> None:
    with pytest.raises(UnreadableTable, match="there is no bucket for 's3://elsewhere/t/'"):
        store.files("s3://elsewhere/t/")


def test_a_file_that_is_changed_while_it_is_read_is_refused(store: S3Store, client: Any) -> None:
    client.put_object(Bucket="scratch", Key="moving", Body=b"a" * 3 * BLOCK)
    with store.open("s3://scratch/moving") as file:
        file.read(1)
        client.put_object(Bucket="scratch", Key="moving", Body=b"b" * 3 * BLOCK)
        file.seek(2 * BLOCK)
        with pytest.raises(UnreadableTable, match="was changed while it was read"):
            file.read(1)


def _breaking(fault: Any, when: Callable[[int, str], bool]) -> Callable[[int, str], Any]:
    return lambda number, operation: fault if when(number, operation) else None


def test_a_body_that_breaks_off_is_asked_for_again(
    client: Any, moto: str, session_at: SessionAt, waits: list[float]
) -> None:
    body = bytes(range(256)) * 4096
    client.put_object(Bucket="scratch", Key="big", Body=body)
    with in_front_of(moto, _breaking("reset", lambda number, verb: verb == "GET" and number % 2 == 0)) as proxy:
        with S3Store(session_at(proxy.url)).open("s3://scratch/big") as file:
            assert file.read() == body
        assert proxy.asked["GET"] > proxy.answered["GET"] > 0


def test_a_refusal_names_the_action_and_the_place(client: Any, moto: str, session_at: SessionAt) -> None:
    denied = (403, "AccessDenied", "Access Denied")
    with in_front_of(moto, _breaking(denied, lambda _number, _verb: True)) as proxy:
        closed = S3Store(session_at(proxy.url))
        with pytest.raises(PermissionRefused) as refusal:
            closed.files("s3://lake/t/")
        assert refusal.value.hint == "grant s3:ListBucket on 's3://lake/t/'"
        with pytest.raises(PermissionRefused) as refusal:
            closed.open("s3://lake/t.csv")
        assert refusal.value.hint == "grant s3:GetObject on 's3://lake/t.csv'"


# --- which store -----------------------------------------------------------------------------------------------------


def test_each_location_is_looked_for_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("local")
    there = MemoryStore({f"{scheme}://b/a.csv": b"there" for scheme in ("s3", "s3a", "s3n")})
    stores: Store = Stores(s3=there)
    for location in ("s3://b/a.csv", "s3a://b/a.csv", "s3n://b/a.csv"):
        assert stores.open(location).read() == b"there"
        assert names(stores.files(location)) == names(stores.hidden(location)) == [location]
    for location in (str(tmp_path / "a.csv"), f"file://{tmp_path}/a.csv"):
        with stores.open(location) as file:
            assert file.read() == b"local"
        assert names(stores.files(location)) == [str(tmp_path / "a.csv")]


@pytest.mark.parametrize("location", ["hdfs://nn/t/", "gs://b/t/", "s3://", "s3:///key"])
def test_a_place_that_we_cannot_look_into_is_refused(location: str) -> None:
    with pytest.raises(UnreadableTable, match=location):
        Stores(AwsSession("eu-west-1")).files(location)

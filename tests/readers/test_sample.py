"""Which files of a table are looked at."""

from __future__ import annotations

from sparkwright.domain import Partition, Reader, TableName
from sparkwright.readers.look import SAMPLED_FILES, sample
from sparkwright.store import MemoryStore


def names(reader: Reader, content: dict[str, bytes]) -> list[str]:
    return [file.location for file in sample(reader, MemoryStore(content))]


def test_the_first_and_the_last_files_of_a_folder_are_looked_at() -> None:
    content = {f"/t/{number:03d}": b"x" for number in range(100)} | {"/t/empty": b""}
    found = names(Reader(TableName("db", "t"), "parquet", "/t/"), content)
    assert len(found) == SAMPLED_FILES
    assert (found[0], found[-1]) == ("/t/000", "/t/099")


def test_the_first_and_the_last_partitions_are_looked_at() -> None:
    partitions = tuple(Partition((str(number),), f"/t/k={number:03d}/") for number in range(100))
    content = {f"{partition.location}{file}": b"x" for partition in partitions for file in "abc"}
    found = names(Reader(TableName("db", "t"), "parquet", "/t/", partitions=partitions), content)
    assert (len(found), found[0], found[-1]) == (SAMPLED_FILES, "/t/k=000/a", "/t/k=099/c")


def test_few_files_are_all_looked_at() -> None:
    content = {"/t/a": b"x", "/t/b": b"x", "/t/_hidden": b"x"}
    assert names(Reader(TableName("db", "t"), "parquet", "/t/"), content) == ["/t/a", "/t/b"]

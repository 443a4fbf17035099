"""Which files of a table are looked at."""

from __future__ import annotations

from sparkwright.domain import Column, Partition, Reader, Table, TableName
from sparkwright.readers.look import SAMPLED_FILES, look, sample
from sparkwright.store import MemoryStore


def names(reader: Reader, content: dict[str, bytes]) -> list[str]:
    return [file.location for file in sample(reader, MemoryStore(content))[0]]


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


def test_of_json_more_files_are_looked_at_and_it_is_said_where_that_was_not_all() -> None:
    content = {f"/t/{number:03d}.json": b'{"id": 1}' for number in range(50)}
    table = Table(TableName("db", "t"), (Column("id", "int"),), "/t/", parameters={"classification": "json"})
    reader = Reader(table.name, "json", "/t/")
    odd = content | {"/t/025.json": b'{"ID": 1}'}
    assert "spelled in 2 ways" in look(table, reader, MemoryStore(odd)).refusal
    assert look(table, reader, MemoryStore(content)).notes == ()
    many = {f"/t/{number:03d}.json": b'{"id": 1}' for number in range(200)}
    (note,) = look(table, reader, MemoryStore(many)).notes
    assert "in 64 of its JSON files" in note

"""What lies where: a location that is missing, a table that is empty, partitions that nobody filled or registered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sparkwright.domain import Column, Filter, Partition, Reader, Scan, Table, TableName, View
from sparkwright.errors import PermissionRefused, UnreadableTable
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify
from sparkwright.readers.declare import declare
from sparkwright.readers.listing import PAGE, Places, check_places, placed
from sparkwright.store import MemoryStore, StoredFile

NAME = TableName("db", "t")
ROOT = "s3://b/t/"
PLAIN = Table(NAME, (Column("id", "int"),), ROOT, parameters={"classification": "parquet"})
KEYED = replace(PLAIN, partition_keys=(Column("k", "string"),))
ONE_KEY = [Scan(NAME, (Filter("k", "=", ("1",)),))]


class CountedStore(MemoryStore):
    """Counts how often it is asked for a listing."""

    listed = 0

    def files(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
        self.listed += 1
        return super().files(location, limit)


def store(*keys: str) -> CountedStore:
    return CountedStore({f"s3://b/{key}": b"12345" for key in keys})


def keyed(*values: str | None, at: str = ROOT) -> Table:
    return replace(KEYED, partitions=tuple(Partition((value,), f"{at}k={value}/") for value in values))


def reader(table: Table) -> Reader:
    found = classify(table, LOCAL)
    assert isinstance(found, Reader)
    return found


def places(table: Table, files: MemoryStore, scans: list[Scan] | None = None) -> Places:
    return check_places(table, reader(table), files, scans or ())


def refusal(table: Table, files: MemoryStore, scans: list[Scan] | None = None) -> str:
    with pytest.raises(UnreadableTable) as caught:
        places(table, files, scans)
    return f"{caught.value.message} | {caught.value.hint}"


def test_the_files_of_a_table_are_counted() -> None:
    assert places(PLAIN, store("t/a.parquet", "t/b.parquet", "t/_SUCCESS", "t2/c.parquet")) == Places(
        bytes=10, objects=2
    )


def test_nothing_at_all_is_an_error() -> None:
    assert refusal(PLAIN, store("other/a.parquet")).startswith(
        "nothing lies at the location of table 'db.t': 's3://b/t/'"
    )


@pytest.mark.parametrize("left", ["t/", "t/_SUCCESS", "t/_temporary/0/a.parquet"])
def test_a_table_that_was_never_filled_is_empty_and_said_to_be(left: str) -> None:
    found = places(PLAIN, store(left))
    assert (found.is_empty, found.notes) == (True, ("table db.t is empty: no file lies at s3://b/t/",))


def test_an_empty_table_is_declared_as_a_view_without_rows() -> None:
    found = placed(reader(keyed("1")), Places(is_empty=True, notes=("why",)))
    assert isinstance(found, View)
    assert found.notes == ("why",)
    assert declare(found, "sail") == (
        "CREATE DATABASE IF NOT EXISTS db",
        "CREATE OR REPLACE VIEW db.t (id, k) AS SELECT CAST(q.c0 AS INT), CAST(q.c1 AS STRING) FROM (SELECT\n"
        "  CAST(NULL AS INT),\n  CAST(NULL AS STRING)\nWHERE 1 = 0) AS q(c0, c1)",
    )


def test_folders_below_are_seen() -> None:
    found = places(PLAIN, store("t/x/a.parquet", "t/b.parquet"))
    assert (found.is_nested, found.pieces) == (True, {})


def test_folders_that_look_like_partitions_are_read_piece_by_piece() -> None:
    found = places(
        PLAIN, store("t/k=1/a.parquet", "t/k=1/x/b.parquet", "t/k=2/c.parquet", "t/k=2/d.parquet", "t/e.parquet")
    )
    pieces = ("s3://b/t/e.parquet", "s3://b/t/k=1/a.parquet", "s3://b/t/k=1/x/", "s3://b/t/k=2/")
    assert found.pieces == {ROOT: pieces}
    made = placed(reader(PLAIN), found)
    assert isinstance(made, Reader)
    assert [partition.location for partition in made.partitions] == list(pieces)
    assert sum("CREATE OR REPLACE TABLE" in one for one in declare(made, "sail")) == 4
    assert sum("CREATE TABLE" in one for one in declare(made, "spark")) == 1


def test_partitions_have_their_sizes_and_those_without_files_go() -> None:
    table = keyed("1", "2", "3")
    found = places(table, store("t/k=1/a.parquet", "t/k=3/a.parquet", "t/k=3/x/b.parquet"))
    one, _, three = table.partitions
    assert found.partitions == (replace(one, bytes=5, objects=1), replace(three, bytes=10, objects=2))
    assert (found.bytes, found.objects, found.has_strays, found.is_nested) == (15, 3, False, True)


def test_a_table_of_one_page_is_listed_once() -> None:
    files = store("t/k=1/a.parquet", "t/k=2/a.parquet")
    places(keyed("1", "2"), files)
    assert files.listed == 1


def test_few_partitions_of_a_large_table_are_listed_one_by_one() -> None:
    files = store(*(f"t/k={n}/a.parquet" for n in range(PAGE + 1)))
    found = places(keyed("7", "9"), files, ONE_KEY)
    assert (len(found.partitions), found.has_strays, files.listed) == (2, True, 3)


def test_many_partitions_of_a_large_table_are_listed_at_once() -> None:
    keys = [str(n) for n in range(PAGE + 1)]
    files = store(*(f"t/k={key}/a.parquet" for key in keys))
    found = places(keyed(*keys[:65]), files)
    assert (len(found.partitions), files.listed) == (65, 1)


def test_many_far_partitions_are_listed_by_the_folder_that_they_share() -> None:
    far = tuple(Partition((str(n),), f"s3://b/far/{n}/") for n in range(40))
    files = store(*(f"far/{n}/a.parquet" for n in range(50)))
    found = places(replace(KEYED, partitions=far), files)
    assert (len(found.partitions), files.listed, found.has_strays) == (40, 1, True)


def test_far_partitions_are_listed_where_they_lie() -> None:
    far = Partition(("2",), "s3://b/elsewhere/")
    table = replace(keyed("1"), partitions=(*keyed("1").partitions, far))
    found = places(table, store("t/k=1/a.parquet", "elsewhere/a.parquet", "elsewhere2/b.parquet"))
    assert [partition.objects for partition in found.partitions] == [1, 1]


def test_far_partitions_that_share_no_folder_are_listed_one_by_one() -> None:
    far = tuple(Partition((str(n),), f"s3://b{n}/x/") for n in range(20))
    files = MemoryStore({"s3://b7/x/a.parquet": b"1"})
    assert [one.values for one in places(replace(KEYED, partitions=far), files).partitions] == [("7",)]


def test_a_root_that_may_not_be_listed_is_no_obstacle() -> None:
    class Denied(MemoryStore):
        def files(self, location: str, limit: int | None = None) -> tuple[StoredFile, ...]:
            if location == ROOT:
                raise PermissionRefused("no", hint="ask")
            return super().files(location, limit)

    found = places(keyed("1"), Denied({"s3://b/t/k=1/a.parquet": b"1"}))
    assert (len(found.partitions), found.has_strays) == (1, True)


def test_a_partition_around_another_one_holds_its_files_too() -> None:
    around = Partition(("0",), ROOT)
    table = replace(keyed("1"), partitions=(around, *keyed("1").partitions))
    assert [p.objects for p in places(table, store("t/a.parquet", "t/k=1/b.parquet")).partitions] == [2, 1]


def test_files_of_no_partition_are_strays_and_said_to_be() -> None:
    files = store("t/k=1/a.parquet", "t/k=2/a.parquet")
    found = places(keyed("1"), files)
    assert found.has_strays
    assert found.notes == ("files that lie below s3://b/t/ in no registered partition are not read",)
    assert places(keyed("1"), files, ONE_KEY).notes == ()


def test_a_root_with_strays_is_not_read_as_a_whole() -> None:
    table = keyed("1")
    made = placed(reader(table), places(table, store("t/k=1/a.parquet", "t/k=2/a.parquet")))
    assert isinstance(made, Reader)
    assert "LOCATION 's3://b/t/k=1/'" in "\n".join(declare(made, "sail"))
    assert "LOCATION 's3://b/t/'" not in "\n".join(declare(made, "sail"))


def test_registered_partitions_without_any_object_are_an_error() -> None:
    said = refusal(keyed("1", "2"), store("t/_SUCCESS"))
    assert said.startswith("none of the 2 partitions of table 'db.t' that are asked for holds files: for example ")
    assert "s3://b/t/k=1/" in said


def test_registered_partitions_of_empty_folders_are_no_rows() -> None:
    found = places(keyed("1", "2"), store("t/k=1/", "t/k=2/_SUCCESS"))
    assert found.is_empty
    assert "only empty folders are there" in found.notes[0]


def test_folders_that_nobody_registered_are_refused_where_the_question_needs_them() -> None:
    files = store("t/k=1/a.parquet", "t/k=x%2Fy/a.parquet")
    assert "MSCK REPAIR TABLE db.t" in refusal(KEYED, files)
    assert "MSCK REPAIR TABLE db.t" in refusal(KEYED, files, ONE_KEY)
    assert "MSCK REPAIR TABLE db.t" in refusal(KEYED, files, [Scan(NAME, (Filter("k", "=", ("x/y",)),))])
    found = places(KEYED, files, [Scan(NAME, (Filter("k", "=", ("2",)),))])
    assert found.notes == ("no registered partition of table db.t fits the question",)


def test_a_partitioned_table_without_files_is_empty_or_missing() -> None:
    assert places(KEYED, store("t/")).is_empty
    assert "nothing lies at the location" in refusal(KEYED, store("other/a"))


def test_projected_partitions_without_files_are_no_rows() -> None:
    said = {"projection.enabled": "true", "projection.k.type": "enum", "projection.k.values": "1"}
    table = replace(keyed("1"), parameters={**PLAIN.parameters, **said})
    found = places(table, store("t/k=2/a.parquet"))
    assert found.is_empty
    assert "(projected, for example s3://b/t/k=1/)" in found.notes[0]
    assert "nothing lies at the location" in refusal(table, store("other/a"))
    none = replace(table, partitions=())
    assert places(none, store("t/k=2/a.parquet")).notes == ("no projected partition of table db.t fits the question",)


def test_lake_formats_say_themselves_which_files_count() -> None:
    made = replace(reader(PLAIN), format="iceberg")
    assert check_places(PLAIN, made, store()) == Places()


def test_partitions_that_are_packed_in_different_ways_are_read_one_by_one_on_sail() -> None:
    table = keyed("1", "2")
    same = places(table, store("t/k=1/a.csv.gz", "t/k=2/b.GZ"))
    assert same.has_strays is False
    mixed = places(table, store("t/k=1/a.csv", "t/k=2/b.csv.gz"))
    assert (mixed.has_strays, mixed.notes) == (True, ())


def test_a_day_that_is_registered_and_has_no_files_is_an_answer_with_a_note() -> None:
    files = store("t/k=2/a.parquet")
    found = places(keyed("1"), files, ONE_KEY)
    assert found.is_empty
    assert "registered, but nothing is there" in found.notes[0]
    assert "holds files" in refusal(keyed("1"), files)
    assert "holds files" in refusal(keyed("1"), store("other/a.parquet"), ONE_KEY)  # the whole location is gone

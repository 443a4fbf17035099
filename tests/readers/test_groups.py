"""Partitions that are stored otherwise than their table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sparkwright.domain import Column, Partition, Reader, Storage, Table, TableName, Unreadable
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify
from sparkwright.readers.declare import declare
from sparkwright.readers.groups import by_storage, joined
from sparkwright.readers.reads import explicit_read

HIVE = "org.apache.hadoop.hive."
PARQUET = Storage(serde=HIVE + "ql.io.parquet.serde.ParquetHiveSerDe", parameters={"serialization.format": "1"})
TEXT = Storage(serde=HIVE + "serde2.lazy.LazySimpleSerDe", parameters={"field.delim": ","})
ORC = Storage(serde=HIVE + "ql.io.orc.OrcSerde")
KEY = (Column("y", "string"),)
COLUMNS = (Column("id", "bigint"), Column("name", "string"))
TABLE = Table(TableName("db", "t"), COLUMNS, "s3://b/t/", partition_keys=KEY, storage=PARQUET)


def part(value: str, storage: Storage | None = None, **kinds: str) -> Partition:
    own = tuple(Column(name, kind) for name, kind in kinds.items())
    return Partition((value,), f"s3://b/t/y={value}/", storage=storage, columns=own)


def groups(table: Table, *partitions: Partition) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    found = by_storage(replace(table, partitions=partitions))
    assert not isinstance(found, Unreadable), found
    for one in found:
        assert all(each.storage is None and each.columns == () for each in one.partitions)
    return [
        (
            one.storage.serde.rpartition(".")[2],
            tuple(column.name for column in one.columns),
            tuple(partition.values[0] or "" for partition in one.partitions),
        )
        for one in found
    ]


def test_partitions_as_their_table_are_one_group() -> None:
    noise = replace(PARQUET, parameters={})
    same = ("ParquetHiveSerDe", ("id", "name"), ("1", "2", "3"))
    assert groups(TABLE, part("1"), part("2", noise), part("3", None, id="bigint", name="string")) == [same]


def test_another_serde_is_a_group_of_its_own_and_the_tables_comes_first() -> None:
    found = groups(TABLE, part("1", TEXT), part("2"), part("3", TEXT))
    assert found == [("ParquetHiveSerDe", ("id", "name"), ("2",)), ("LazySimpleSerDe", ("id", "name"), ("1", "3"))]


def test_other_options_of_a_text_are_a_group_of_their_own() -> None:
    other = replace(TEXT, parameters={"field.delim": "|"})
    assert len(groups(replace(TABLE, storage=TEXT), part("1"), part("2", other))) == 2


def test_older_columns_count_by_place_in_texts_and_not_in_parquet() -> None:
    text = replace(TABLE, storage=TEXT)
    assert groups(text, part("1", None, Name="string", id="int"), part("2"))[1][1] == ("name", "id")
    assert groups(TABLE, part("1", None, name="string", id="bigint"), part("2"))[0][2] == ("1", "2")


def test_columns_added_at_the_end_are_the_same_in_orc() -> None:
    orc = replace(TABLE, storage=ORC)
    assert len(groups(orc, part("1", None, id="bigint"), part("2"))) == 1
    assert len(groups(orc, part("1", None, name="string"), part("2"))) == 2


def test_parquet_of_other_types_is_looked_at_by_itself() -> None:
    found = groups(TABLE, part("1", None, id="int"), part("2"))
    assert found == [("ParquetHiveSerDe", ("id", "name"), ("2",)), ("ParquetHiveSerDe", ("id", "name"), ("1",))]


@pytest.mark.parametrize(
    ("stored", "wanted", "fits"),
    [
        ("int", "bigint", True),
        ("bigint", "int", False),
        ("tinyint", "smallint", True),
        ("int", "string", False),
        ("varchar(3)", "string", True),
        ("char(3)", "string", False),
        ("string", "int", False),
        ("decimal(5,2)", "decimal(10,2)", True),
        ("decimal(5,2)", "decimal(10,3)", False),
        ("float", "double", False),
        ("date", "date", True),
    ],
)
def test_a_type_is_widened_where_no_value_changes(stored: str, wanted: str, fits: bool) -> None:
    table = replace(TABLE, columns=(Column("c", wanted), Column("d", "int")), storage=TEXT)
    found = by_storage(replace(table, partitions=(part("1", None, d="int", c=stored),)))
    assert isinstance(found, Unreadable) is not fits
    if isinstance(found, Unreadable):
        assert found.reason == f"partition y=1 has column 'c' as {stored}, the table as {wanted}"
    else:
        assert found[1].columns == (Column("d", "int"), Column("c", wanted))


def whole(table: Table) -> Reader:
    found = by_storage(table)
    assert not isinstance(found, Unreadable)
    readers = [classify(one, LOCAL) for one in found]
    assert all(isinstance(one, Reader) for one in readers)
    return joined(table, [one for one in readers if isinstance(one, Reader)])


def test_the_groups_are_joined_under_the_tables_columns() -> None:
    csv = Storage(parameters={"field.delim": ";"})
    old = replace(TABLE, storage=Storage(), parameters={"classification": "csv"})
    made = whole(replace(old, partitions=(part("1"), part("2", csv, name="string"))))
    assert [cast.name for cast in made.others[0].casts] == ["id", "name", "y"]
    assert made.others[0].casts[0].value == ("NULL",)
    view = declare(made, "spark")[-1]
    assert view.count("UNION ALL") == 1
    assert "CAST(NULL AS BIGINT) AS id" in view
    assert explicit_read(made).count("spark.read") == 2


def test_a_table_all_of_whose_partitions_are_stored_otherwise_has_one_reader() -> None:
    made = whole(replace(TABLE, partitions=(part("1", TEXT), part("2", TEXT))))
    assert (made.others, len(made.partitions)) == ((), 2)


def test_a_table_without_partitions_is_itself() -> None:
    plain = replace(TABLE, partition_keys=())
    assert by_storage(plain) == (plain,)

"""What Glue answers, in our nouns."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparkwright.catalogs.glue_tables import folder, to_partition, to_table
from sparkwright.domain import Column, Partition, Storage, Table, TableName, TableSize
from sparkwright.errors import UnreadableTable

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

# As a crawler writes it.
CRAWLED: dict[str, Any] = {
    "Name": "orders",
    "DatabaseName": "sales",
    "Description": "What was ordered",
    "Owner": "owner",
    "CreateTime": datetime(2024, 5, 1, 10, 0, tzinfo=UTC),
    "UpdateTime": datetime(2024, 5, 1, 12, 30, tzinfo=timezone(timedelta(hours=2))),
    "StorageDescriptor": {
        "Columns": [{"Name": "id", "Type": "bigint", "Comment": "Number"}, {"Name": "total", "Type": "decimal(10,2)"}],
        "Location": "s3://lake/sales/orders",
        "InputFormat": TEXT_INPUT,
        "OutputFormat": TEXT_OUTPUT,
        "Compressed": False,
        "NumberOfBuckets": -1,
        "SerdeInfo": {"SerializationLibrary": LAZY, "Parameters": {"field.delim": ","}},
        "BucketColumns": [],
        "SortColumns": [],
        "Parameters": {"classification": "csv"},
    },
    "PartitionKeys": [{"Name": "month", "Type": "string", "Comment": "As in 2024-01"}],
    "TableType": "EXTERNAL_TABLE",
    "Parameters": {
        "classification": "csv",
        "skip.header.line.count": "1",
        "recordCount": "120",
        "averageRecordSize": "20",
        "sizeKey": "2400",
        "objectCount": "3",
    },
    "IsRegisteredWithLakeFormation": False,
    "CatalogId": "123456789012",
    "VersionId": "7",
}
ORDERS = Table(
    TableName("sales", "orders"),
    (Column("id", "bigint", "Number"), Column("total", "decimal(10,2)")),
    "s3://lake/sales/orders/",
    partition_keys=(Column("month", "string", "As in 2024-01"),),
    storage=Storage(TEXT_INPUT, TEXT_OUTPUT, LAZY, {"field.delim": ","}),
    parameters=CRAWLED["Parameters"],
    comment="What was ordered",
    size=TableSize(bytes=2400, objects=3, rows=120, exact=False),
    catalog_id="123456789012",
    version="7",
    owner="owner",
    updated_at="2024-05-01T10:30:00+00:00",
)


def crawled(**changes: Any) -> dict[str, Any]:
    return {**CRAWLED, **changes}


def stored(**changes: Any) -> dict[str, Any]:
    return crawled(StorageDescriptor={**CRAWLED["StorageDescriptor"], **changes})


def test_a_crawled_table_is_read_whole() -> None:
    assert to_table("sales", CRAWLED) == ORDERS


def test_a_name_alone_is_a_table() -> None:
    bare = to_table("sales", {"Name": "t"})
    assert bare == Table(TableName("sales", "t"), (), "", table_type="", size=TableSize(exact=False))


def test_a_linked_database_keeps_its_own_name() -> None:
    assert to_table("link", crawled(DatabaseName="theirs")).name == TableName("link", "orders")


def test_the_comment_may_stand_in_the_parameters() -> None:
    assert to_table("sales", crawled(Description=None, Parameters={"comment": "Hive's"})).comment == "Hive's"


def test_lake_formation_and_federation_are_noted() -> None:
    table = to_table(
        "sales",
        crawled(
            IsRegisteredWithLakeFormation=True,
            FederatedTable={"Identifier": "ns.t", "DatabaseIdentifier": "ns", "ConnectionName": "redshift-prod"},
        ),
    )
    assert (table.is_lake_formation, table.federated) == (True, "redshift-prod")


def test_a_resource_link_has_its_target_and_the_catalog_of_that() -> None:
    link = {"CatalogId": "999999999999", "DatabaseName": "theirs", "Name": "orders", "Region": "eu-west-1"}
    table = to_table("sales", {"Name": "linked", "CatalogId": "123456789012", "TargetTable": link})
    assert (table.target, table.catalog_id, table.columns) == (TableName("theirs", "orders"), "999999999999", ())


# --- views -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "view"),
    [
        (
            {
                "Parameters": {"presto_view": "true", "comment": "Presto View"},
                "ViewOriginalText": "/* Presto View: eyJ9 */",
                "ViewExpandedText": "/* Presto View */",
            },
            {"presto": "/* Presto View: eyJ9 */"},
        ),
        ({"ViewOriginalText": "/* Presto View: eyJ9 */"}, {"presto": "/* Presto View: eyJ9 */"}),
        ({"ViewOriginalText": "SELECT * FROM t", "ViewExpandedText": "SELECT `t`.`id` FROM `db`.`t`"}, None),
        ({"ViewOriginalText": "SELECT 1"}, {"hive": "SELECT 1"}),
        (
            {
                "IsMultiDialectView": True,
                "ViewDefinition": {
                    "Representations": [
                        {"Dialect": "SPARK", "ViewOriginalText": "SELECT 1", "ViewExpandedText": "SELECT 1 AS a"},
                        {"Dialect": "ATHENA", "ViewOriginalText": "SELECT 2"},
                        {"Dialect": "REDSHIFT"},
                    ]
                },
            },
            {"spark": "SELECT 1 AS a", "athena": "SELECT 2"},
        ),
        ({}, {}),
    ],
)
def test_the_texts_of_a_view_stand_under_their_dialect(raw: dict[str, Any], view: dict[str, str] | None) -> None:
    table = to_table("db", {"Name": "v", "TableType": "VIRTUAL_VIEW", **raw})
    assert table.view == ({"hive": "SELECT `t`.`id` FROM `db`.`t`"} if view is None else view)
    assert table.view_text == raw.get("ViewOriginalText", "")
    assert table.table_type == "VIRTUAL_VIEW"


# --- sizes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        ({"numRows": "5", "totalSize": "100", "numFiles": "2"}, (100, 2, 5)),
        ({"spark.sql.statistics.numRows": "5", "spark.sql.statistics.totalSize": "100"}, (100, None, 5)),
        ({"recordCount": "5", "averageRecordSize": "10"}, (50, None, 5)),
        ({"numRows": "-1", "totalSize": "-1", "numFiles": "0"}, (None, 0, None)),
        ({"recordCount": "many", "sizeKey": "1e3", "objectCount": ""}, (None, None, None)),
        ({"recordCount": "x", "numRows": "7"}, (None, None, 7)),
        ({"recordCount": 12}, (None, None, 12)),
        ({"sizeKey": None}, (None, None, None)),
        ({"sizeKey": "٣"}, (None, None, None)),
        ({"sizeKey": "9" * 400}, (None, None, None)),
    ],
)
def test_statistics_are_estimates_and_malformed_ones_are_none(
    parameters: dict[str, Any], size: tuple[int | None, int | None, int | None]
) -> None:
    assert to_table("db", {"Name": "t", "Parameters": parameters}).size == TableSize(*size, exact=False)


# --- what is odd -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (crawled(Name="a`b"), r"sales\.a`b cannot be the name of a table"),
        (crawled(Name="a\nb"), "cannot be the name of a table"),
        (crawled(Name=None), "cannot be the name of a table"),
        (stored(Columns=[{"Type": "int"}]), "has a column named ''"),
        (stored(Columns=[{"Name": "a`b", "Type": "int"}]), "has a column named 'a`b'"),
        (stored(Columns=[{"Name": "a", "Type": "int"}, {"Name": "A", "Type": "int"}]), "a column twice, as 'a', 'A'"),
        (
            stored(Columns=[{"Name": "month", "Type": "int"}, {"Name": "id", "Type": "int"}]),
            "'month' both as a column and as a partition key",
        ),
    ],
)
def test_what_no_engine_could_be_told_of_is_refused_by_name(raw: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnreadableTable, match=reason):
        to_table("sales", raw)


@pytest.mark.parametrize(
    ("serde", "parameters"),
    [
        (PARQUET, {}),
        ("org.openx.data.jsonserde.JsonSerDe", {}),
        ("org.apache.hadoop.hive.serde2.avro.AvroSerDe", {}),
        (LAZY, {"table_type": "ICEBERG"}),
        (LAZY, {"spark.sql.sources.provider": "json"}),
    ],
)
def test_a_partition_key_wins_over_a_column_of_its_name(serde: str, parameters: dict[str, str]) -> None:
    columns = [{"Name": "Month", "Type": "int"}, {"Name": "id", "Type": "int"}]
    raw = stored(Columns=columns, SerdeInfo={"SerializationLibrary": serde})
    table = to_table("sales", {**raw, "Parameters": parameters})
    assert table.all_columns == (Column("id", "int"), Column("month", "string", "As in 2024-01"))


def test_a_column_at_the_end_of_a_line_can_be_left_out() -> None:
    raw = stored(Columns=[{"Name": "id", "Type": "int"}, {"Name": "month", "Type": "int"}])
    assert to_table("sales", raw).columns == (Column("id", "int"),)


def test_columns_by_their_place_cannot_be_left_out_of_parquet_read_by_index() -> None:
    columns = [{"Name": "month", "Type": "int"}, {"Name": "id", "Type": "int"}]
    raw = stored(Columns=columns, SerdeInfo={"SerializationLibrary": PARQUET})
    with pytest.raises(UnreadableTable, match="by their place"):
        to_table("sales", {**raw, "Parameters": {"parquet.column.index.access": "true"}})


def test_values_that_are_no_texts_become_texts() -> None:
    raw = crawled(Parameters={"skip.header.line.count": 1, "projection.enabled": True, "none": None})
    assert to_table("db", raw).parameters == {"skip.header.line.count": "1", "projection.enabled": "true"}


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)  # a busy machine is no failure
@given(where=st.sampled_from(sorted([*CRAWLED, "TargetTable", "FederatedTable", "ViewDefinition"])), junk=JUNK)
def test_no_field_of_an_answer_breaks_anything(where: str, junk: Any) -> None:
    with suppress(UnreadableTable):
        assert to_table("sales", crawled(**{where: junk})).name.database == "sales"


@settings(deadline=None)  # a busy machine is no failure
@given(where=st.sampled_from(sorted(CRAWLED["StorageDescriptor"])), junk=JUNK)
def test_no_field_of_a_storage_descriptor_breaks_anything(where: str, junk: Any) -> None:
    with suppress(UnreadableTable):
        assert to_table("sales", stored(**{where: junk})).name.name == "orders"


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("s3://b/t", "s3://b/t/"),
        ("s3://b/t/", "s3://b/t/"),
        ("s3://b", "s3://b/"),
        ("s3://b/v1.2", "s3://b/v1.2/"),
        ("s3://b/t/x.csv", "s3://b/t/x.csv"),
        ("s3://b/t/x.csv.gz", "s3://b/t/x.csv.gz"),
        ("s3://b/t-__PLACEHOLDER__", "s3://b/t-__PLACEHOLDER__"),
        ("", ""),
    ],
)
def test_a_folder_ends_in_a_slash(location: str, found: str) -> None:
    assert folder(location) == found


# --- partitions ------------------------------------------------------------------------------------------------------

MARCH = {**CRAWLED["StorageDescriptor"], "Location": "s3://lake/sales/orders/month=2024-03"}


def partition(**changes: Any) -> Partition:
    return to_partition(ORDERS, {"Values": ["2024-03"], "StorageDescriptor": {**MARCH, **changes}})


def test_a_partition_like_its_table_has_a_location_and_nothing_else() -> None:
    assert partition() == Partition(("2024-03",), "s3://lake/sales/orders/month=2024-03/")


@pytest.mark.parametrize(
    "changes",
    [
        {"SerdeInfo": None, "InputFormat": None, "Columns": None},
        {"SerdeInfo": {"SerializationLibrary": LAZY, "Parameters": {"field.delim": ",", "serialization.format": "1"}}},
        {"OutputFormat": "other"},
        {"Columns": [{"Name": "ID", "Type": "BIGINT"}, {"Name": "total", "Type": "decimal(10, 2)", "Comment": "!"}]},
    ],
)
def test_what_a_partition_leaves_out_or_spells_otherwise_is_no_difference(changes: dict[str, Any]) -> None:
    assert partition(**changes) == partition()


def test_a_partition_may_be_stored_otherwise() -> None:
    serde = {"SerializationLibrary": LAZY, "Parameters": {"field.delim": ";"}}
    assert partition(SerdeInfo=serde).storage == Storage(TEXT_INPUT, TEXT_OUTPUT, LAZY, {"field.delim": ";"})
    parquet = partition(SerdeInfo={"SerializationLibrary": PARQUET}, InputFormat="P", OutputFormat="Q")
    assert parquet.storage == Storage("P", "Q", PARQUET, {})


def test_a_partition_may_have_columns_of_its_own() -> None:
    columns = [{"Name": "id", "Type": "int"}, {"Name": "month", "Type": "string"}]
    assert partition(Columns=columns).columns == (Column("id", "int"),)


def test_hives_default_partition_is_null() -> None:
    raw = {"Values": ["__HIVE_DEFAULT_PARTITION__"], "StorageDescriptor": MARCH}
    assert to_partition(ORDERS, raw).values == (None,)


def test_a_crawlers_counts_of_a_partition_are_kept() -> None:
    raw = {"Values": ["x"], "StorageDescriptor": MARCH, "Parameters": {"sizeKey": "10", "objectCount": "2"}}
    found = to_partition(ORDERS, raw)
    assert (found.bytes, found.objects) == (10, 2)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (
            {"Values": ["a", "b"], "StorageDescriptor": MARCH},
            r"a partition of 2 values \('a', 'b'\), and 1 partition keys",
        ),
        ({"StorageDescriptor": MARCH}, "a partition of 0 values"),
        ({"Values": ["a"]}, r"a partition without a location: \('a',\)"),
    ],
)
def test_a_partition_that_lies_nowhere_is_refused(raw: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnreadableTable, match=reason):
        to_partition(ORDERS, raw)

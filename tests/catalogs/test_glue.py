"""The Glue catalog over a client in memory: what it asks, what it keeps, what it follows."""

from __future__ import annotations

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sparkwright.catalogs.glue import GlueCatalog, parse_spec
from sparkwright.domain import Column, Filter, Partition, Scan, Storage, Table, TableName
from sparkwright.errors import CatalogError, PermissionRefused, SettingsError, TableNotFound, UnreadableTable

ORDERS = TableName("sales", "orders")
PARQUET = {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"}
LAZY = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"}
Json = dict[str, Any]


def raw(name: str, *columns: str, keys: tuple[str, ...] = (), serde: Json = PARQUET, **more: Any) -> Json:
    return {
        "Name": name,
        "DatabaseName": "sales",
        "UpdateTime": datetime(2024, 5, 1, tzinfo=UTC),
        "StorageDescriptor": {
            "Columns": [{"Name": column, "Type": "int"} for column in columns],
            "Location": f"s3://lake/{name}",
            "SerdeInfo": serde,
        },
        "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
        **more,
    }


def part(*values: str, **descriptor: Any) -> Json:
    return {"Values": list(values), "StorageDescriptor": {"Location": f"s3://lake/{'/'.join(values)}", **descriptor}}


def failure(code: str, operation: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class StubGlue:
    """Answers as boto3's client would, a page at a time; `calls` has each operation with what it was asked."""

    meta = SimpleNamespace(region_name="eu-west-1", endpoint_url="https://glue.eu-west-1.amazonaws.com")

    def __init__(self, **databases: list[Json]) -> None:
        self.databases = databases
        self.partitions: list[Json] = []
        self.refuse: Callable[[str, Json], ClientError | None] = lambda _operation, _asked: None
        self.page = 2
        self.calls: list[tuple[str, Json]] = []

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.calls]

    def _note(self, operation: str, asked: Json) -> None:
        self.calls.append((operation, asked))
        error = self.refuse(operation, asked)
        if error is not None:
            raise error

    def get_databases(self, **asked: Any) -> Json:
        self._note("GetDatabases", asked)
        return self._paged("DatabaseList", [{"Name": name} for name in self.databases], asked)

    def get_tables(self, **asked: Any) -> Json:
        self._note("GetTables", asked)
        return self._paged("TableList", self._database("GetTables", asked["DatabaseName"]), asked)

    def get_table(self, **asked: Any) -> Json:
        self._note("GetTable", asked)
        for table in self._database("GetTable", asked["DatabaseName"]):
            if table["Name"] == asked["Name"]:
                return {"Table": table}
        raise failure("EntityNotFoundException", "GetTable", "Entity Not Found")

    def get_partitions(self, **asked: Any) -> Json:
        self._note("GetPartitions", asked)
        return self._paged("Partitions", self.partitions, asked)

    def _database(self, operation: str, name: str) -> list[Json]:
        if name not in self.databases:
            raise failure("EntityNotFoundException", operation, f"Database {name} not found.")
        return self.databases[name]

    def _paged(self, key: str, found: list[Json], asked: Json) -> Json:
        start = int(asked.get("NextToken", 0))
        page: Json = {key: found[start : start + self.page]}
        return page | ({"NextToken": str(start + self.page)} if start + self.page < len(found) else {})


@pytest.fixture
def glue() -> StubGlue:
    return StubGlue(
        sales=[
            raw("orders", "id", "total", keys=("day",), Description="What was ordered"),
            raw("customers", "id", "name"),
        ],
        hr=[raw("people", "id", "salary")],
    )


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def opened(glue: StubGlue, folder: Path | None = None, clock: Clock | None = None, **more: Any) -> GlueCatalog:
    return GlueCatalog("glue:eu-west-1", client=glue, cache=folder, clock=clock or Clock(), **more)


# --- specs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "parts"),
    [
        ("glue", ("", "", "")),
        ("glue:eu-west-1", ("eu-west-1", "", "")),
        ("glue:eu-west-1@analytics", ("eu-west-1", "", "analytics")),
        ("glue:@analytics", ("", "", "analytics")),
        ("glue:eu-west-1/123456789012", ("eu-west-1", "123456789012", "")),
        ("glue:/123456789012@me@corp", ("", "123456789012", "me@corp")),
        ("glue:eu-west-1/123456789012:s3tablescatalog/b", ("eu-west-1", "123456789012:s3tablescatalog/b", "")),
    ],
)
def test_a_spec_says_region_catalog_and_profile(spec: str, parts: tuple[str, str, str]) -> None:
    assert parse_spec(spec) == parts


@pytest.mark.parametrize("spec", ["glue:EU", "glue:eu west", "glue:eu-west-1/", "glue:eu-west-1@", "glu:eu-west-1"])
def test_a_spec_that_is_none_is_refused_with_an_example(spec: str) -> None:
    with pytest.raises(SettingsError, match=spec) as refusal:
        parse_spec(spec)
    assert "glue:eu-west-1" in refusal.value.hint


def test_a_catalog_id_goes_with_every_call(glue: StubGlue) -> None:
    catalog = GlueCatalog("glue:eu-west-1/123456789012", client=glue)
    catalog.partitions(catalog.table(ORDERS), ())
    catalog.search("orders")
    assert {asked["CatalogId"] for _, asked in glue.calls} == {"123456789012"}
    opened(glue).databases()
    assert "CatalogId" not in glue.calls[-1][1]


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_what_was_listed_is_described_and_found_without_a_call(glue: StubGlue) -> None:
    catalog = opened(glue)
    assert catalog.databases() == ("hr", "sales")
    assert catalog.tables("sales") == (TableName("sales", "customers"), ORDERS)
    glue.calls.clear()
    orders = catalog.table(ORDERS)
    assert (orders.comment, orders.updated_at) == ("What was ordered", "2024-05-01T00:00:00+00:00")
    assert glue.calls == []
    assert catalog.search("what did customers order") == (ORDERS, TableName("sales", "customers"))
    assert glue.operations == ["GetTables"], "only hr was not listed yet"


def test_a_table_from_the_cache_is_the_table_that_glue_gave(glue: StubGlue, tmp_path: Path) -> None:
    first = opened(glue, tmp_path).table(ORDERS)
    assert opened(StubGlue(), tmp_path).table(ORDERS) == first


def test_another_process_has_what_this_one_fetched(glue: StubGlue, tmp_path: Path) -> None:
    opened(glue, tmp_path).load()
    other = StubGlue()
    catalog = opened(other, tmp_path)
    assert catalog.tables("hr") == (TableName("hr", "people"),)
    assert catalog.search("salary") == (TableName("hr", "people"),)
    assert other.calls == []


@pytest.mark.parametrize("change", ["spec", "region", "endpoint"])
def test_another_catalog_never_sees_it(change: str, glue: StubGlue, tmp_path: Path) -> None:
    opened(glue, tmp_path).load()
    other = StubGlue(only=[])
    if change == "region":
        other.meta = SimpleNamespace(**{**vars(glue.meta), "region_name": "us-east-1"})
    if change == "endpoint":
        other.meta = SimpleNamespace(**{**vars(glue.meta), "endpoint_url": "http://localhost"})
    spec = "glue:eu-west-1/999999999999" if change == "spec" else "glue:eu-west-1"
    assert GlueCatalog(spec, client=other, cache=tmp_path, clock=Clock()).databases() == ("only",)


def test_what_is_kept_is_nobody_elses_to_read(glue: StubGlue, tmp_path: Path) -> None:
    opened(glue, tmp_path / "glue").load()
    (file,) = (tmp_path / "glue").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_holds_for_its_time_and_no_longer(glue: StubGlue, tmp_path: Path) -> None:
    clock = Clock()
    catalog = opened(glue, tmp_path, clock, ttl=60)
    catalog.load()
    glue.databases["sales"].append(raw("returns", "id"))
    glue.databases["it"] = [raw("hosts", "id")]
    clock.now += 59
    assert (len(catalog.tables("sales")), len(catalog.databases()), len(catalog.search("id"))) == (2, 2, 3)
    clock.now += 1
    assert (len(catalog.tables("sales")), len(catalog.databases()), len(catalog.search("id"))) == (3, 3, 5)


def test_one_table_holds_for_its_time_too(glue: StubGlue) -> None:
    clock = Clock()
    catalog = opened(glue, clock=clock, ttl=60)
    catalog.table(ORDERS)
    glue.databases["sales"][0] = raw("orders", "id", Description="changed")
    clock.now += 30
    assert catalog.table(ORDERS).comment == "What was ordered"
    clock.now += 30
    assert catalog.table(ORDERS).comment == "changed"


def test_a_refresh_asks_again(glue: StubGlue, tmp_path: Path) -> None:
    catalog = opened(glue, tmp_path)
    catalog.load()
    glue.databases["sales"] = [raw("returns", "id")]
    catalog.refresh()
    assert catalog.tables("sales") == (TableName("sales", "returns"),)
    assert catalog.search("orders") == ()


def test_a_time_of_nothing_keeps_nothing(glue: StubGlue) -> None:
    catalog = opened(glue, ttl=0)
    for _ in range(2):
        assert catalog.table(ORDERS).columns
        assert len(catalog.tables("sales")) == 2
    assert glue.operations == ["GetTable", "GetTables"] * 2


def test_threads_share_what_one_of_them_fetches(glue: StubGlue) -> None:
    catalog = opened(glue)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(catalog.tables, ["sales"] * 32))
    assert found == {(TableName("sales", "customers"), ORDERS)}
    assert glue.operations == ["GetTables"]


# --- tables ----------------------------------------------------------------------------------------------------------


def test_a_table_is_one_call_and_found_without_regard_to_case(glue: StubGlue) -> None:
    assert opened(glue).table(TableName("SALES", "Orders")).name == ORDERS
    assert glue.operations == ["GetTable"]


def test_a_table_that_is_not_there_names_the_nearest(glue: StubGlue) -> None:
    with pytest.raises(TableNotFound, match=r"there is no table 'sales\.oders'") as refusal:
        opened(glue).table(TableName("sales", "oders"))
    assert refusal.value.hint == "did you mean orders, customers?"


def test_a_table_made_since_the_listing_is_found(glue: StubGlue) -> None:
    catalog = opened(glue)
    catalog.load()
    glue.databases["sales"].append(raw("returns", "id"))
    assert catalog.table(TableName("sales", "returns")).name.name == "returns"


def test_a_database_that_is_not_there_names_those_that_are(glue: StubGlue) -> None:
    with pytest.raises(TableNotFound, match="there is no database 'slaes'") as refusal:
        opened(glue).tables("slaes")
    assert refusal.value.hint == "there are hr, sales"


def test_a_broken_table_is_listed_and_refused_by_name(glue: StubGlue) -> None:
    broken = raw("broken", "id", "ID")
    glue.databases["sales"] += [broken, {"Name": "a`b"}, {"Description": "nameless"}]
    catalog = opened(glue)
    assert [name.name for name in catalog.tables("sales")] == ["a`b", "broken", "customers", "orders"]
    assert catalog.search("broken") == (TableName("sales", "broken"),)
    with pytest.raises(UnreadableTable, match="'id', 'ID'"):
        catalog.table(TableName("sales", "broken"))
    with pytest.raises(UnreadableTable, match="cannot be the name of a table"):
        catalog.table(TableName("sales", "a`b"))


def test_a_page_given_twice_is_an_error_and_no_endless_loop(glue: StubGlue) -> None:
    glue.get_databases = lambda **_: {"DatabaseList": [], "NextToken": "same"}  # type: ignore[method-assign]  # a fault
    with pytest.raises(CatalogError, match="the same page of the catalog twice"):
        opened(glue).databases()


def test_an_empty_page_is_not_the_last(glue: StubGlue) -> None:
    pages = {None: ([], "1"), "1": ([{"Name": "a"}], "2"), "2": ([], "")}

    def get_databases(**asked: Any) -> Json:
        found, token = pages[asked.get("NextToken")]
        return {"DatabaseList": found, "NextToken": token}

    glue.get_databases = get_databases  # type: ignore[method-assign]  # pages as a filter leaves them
    assert opened(glue).databases() == ("a",)


def test_a_database_closed_to_us_is_left_out_of_a_search(glue: StubGlue) -> None:
    closed = failure(
        "AccessDeniedException", "GetTables", "Insufficient Lake Formation permission(s): Required Describe on hr"
    )
    glue.refuse = lambda operation, asked: closed if asked.get("DatabaseName") == "hr" else None
    catalog = opened(glue)
    assert catalog.search("id") == (TableName("sales", "customers"), ORDERS)
    with pytest.raises(PermissionRefused, match="Required Describe on hr") as refusal:
        catalog.tables("hr")
    assert refusal.value.hint == "ask who keeps Lake Formation to grant Describe on hr"


def test_a_database_out_of_order_is_left_out_of_a_search_and_throttling_is_not(glue: StubGlue) -> None:
    for code, is_left_out in (("FederationSourceException", True), ("ThrottlingException", False)):
        error = failure(code, "GetTables")
        glue.refuse = lambda _, asked, error=error: error if asked.get("DatabaseName") == "hr" else None  # type: ignore[misc]  # bound here
        if is_left_out:
            assert len(opened(glue).search("id")) == 2
        else:
            with pytest.raises(CatalogError, match=code):
                opened(glue).search("id")


def test_all_databases_closed_is_an_error_and_no_empty_answer(glue: StubGlue) -> None:
    glue.refuse = lambda operation, _: failure("AccessDeniedException", operation) if operation == "GetTables" else None
    with pytest.raises(PermissionRefused, match="glue:GetTables"):
        opened(glue).search("id")


def test_a_missing_table_is_said_so_where_listing_is_forbidden(glue: StubGlue) -> None:
    glue.refuse = lambda operation, _: failure("AccessDeniedException", operation) if operation == "GetTables" else None
    with pytest.raises(TableNotFound, match=r"there is no table 'sales\.nope'") as refusal:
        opened(glue).table(TableName("sales", "nope"))
    assert refusal.value.hint == "grant glue:GetTables on database 'sales' to see its neighbours"


def test_a_profile_is_the_table_as_it_came(glue: StubGlue) -> None:
    catalog = opened(glue)
    table = catalog.table(ORDERS)
    glue.calls.clear()
    assert catalog.profile(table) is table
    assert glue.calls == []


# --- links -----------------------------------------------------------------------------------------------------------


def linked(**target: str) -> Json:
    own = {"CatalogId": "999999999999", "DatabaseName": "sales", "Name": "orders", **target}
    return {"Name": "link", "DatabaseName": "mine", "TargetTable": own}


def test_a_link_is_followed_to_the_catalog_of_its_target(glue: StubGlue) -> None:
    glue.databases["mine"] = [linked(Region="eu-west-1")]
    table = opened(glue).table(TableName("mine", "link"))
    assert (table.name, table.target, table.catalog_id) == (TableName("mine", "link"), ORDERS, "999999999999")
    assert (table.location, table.columns) == ("s3://lake/orders/", (Column("id", "int"), Column("total", "int")))
    assert glue.calls[-1] == (
        "GetTable",
        {"DatabaseName": "sales", "Name": "orders", "CatalogId": "999999999999"},
    )


def test_the_partitions_of_a_link_are_those_of_its_target(glue: StubGlue) -> None:
    glue.databases["mine"] = [linked()]
    glue.partitions = [part("2024-01-01")]
    catalog = opened(glue)
    assert len(catalog.partitions(catalog.table(TableName("mine", "link")), ())) == 1
    asked = glue.calls[-1][1]
    assert (asked["CatalogId"], asked["DatabaseName"], asked["TableName"]) == ("999999999999", "sales", "orders")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ({"Region": "us-east-1"}, r"a link to 'sales\.orders' in the region 'us-east-1'"),
        ({"Name": "gone"}, r"a link to 'sales\.gone', which is not there"),
    ],
)
def test_a_link_that_cannot_be_followed_is_refused_by_name(target: dict[str, str], reason: str, glue: StubGlue) -> None:
    glue.databases["mine"] = [linked(**target)]
    with pytest.raises(UnreadableTable, match=reason):
        opened(glue).table(TableName("mine", "link"))


# --- partitions ------------------------------------------------------------------------------------------------------

TODAY = Filter("day", "=", ("2024-01-02",))


def described(glue: StubGlue, **changes: Any) -> tuple[GlueCatalog, Table]:
    glue.databases["sales"][0] = raw("orders", "id", keys=("day",), **changes)
    catalog = opened(glue)
    table = catalog.table(ORDERS)
    glue.calls.clear()
    return catalog, table


def test_a_table_without_keys_has_no_partitions_and_asks_for_none(glue: StubGlue) -> None:
    catalog = opened(glue)
    assert catalog.partitions(catalog.table(TableName("sales", "customers")), ()) == ()
    assert glue.operations == ["GetTable"]


def test_filters_of_this_table_are_sent_and_those_of_others_are_not(glue: StubGlue) -> None:
    catalog, table = described(glue)
    glue.partitions = [part("2024-01-02")]
    other = Scan(TableName("sales", "customers"), (Filter("day", "=", ("1999-01-01",)),))
    for scans, sent in (
        ([Scan(ORDERS, (TODAY,)), other], "day = '2024-01-02'"),
        ([Scan(TableName("Sales", "ORDERS"), (TODAY,))], "day = '2024-01-02'"),
        ([other], None),
        ([], None),
        ([Scan(ORDERS, (TODAY,)), Scan(ORDERS)], None),
    ):
        assert catalog.partitions(table, scans) == (Partition(("2024-01-02",), "s3://lake/2024-01-02/"),)
        assert glue.calls[-1][1].get("Expression") == sent


@pytest.mark.parametrize("code", ["InvalidInputException", "InvalidStateException"])
def test_an_expression_that_glue_does_not_follow_narrows_nothing(code: str, glue: StubGlue) -> None:
    catalog, table = described(glue)
    glue.partitions = [part("2024-01-01"), part("__HIVE_DEFAULT_PARTITION__")]
    glue.refuse = lambda operation, asked: failure(code, operation) if "Expression" in asked else None
    found = catalog.partitions(table, [Scan(ORDERS, (TODAY,))])
    assert [one.values for one in found] == [("2024-01-01",), (None,)]


def test_more_than_a_page_is_fetched_in_segments_each_partition_once(glue: StubGlue) -> None:
    catalog, table = described(glue)
    glue.partitions = [part(f"2024-01-{day:02}") for day in range(1, 6)]
    found = catalog.partitions(table, ())
    assert [one.values for one in found] == [(f"2024-01-{day:02}",) for day in range(1, 6)]
    segments = {asked["Segment"]["SegmentNumber"] for _, asked in glue.calls if "Segment" in asked}
    assert segments == set(range(10))
    assert {asked["MaxResults"] for _, asked in glue.calls} == {1000}


def test_columns_of_partitions_are_left_out_where_files_name_theirs(glue: StubGlue) -> None:
    for serde, is_left_out in ((PARQUET, True), (LAZY, False)):
        catalog, table = described(glue, serde=serde)
        glue.partitions = [part("2024-01-01")]
        catalog.partitions(table, ())
        assert [asked.get("ExcludeColumnSchema", False) for _, asked in glue.calls] == [is_left_out]


def test_columns_are_fetched_where_a_partition_is_stored_otherwise(glue: StubGlue) -> None:
    catalog, table = described(glue)
    glue.partitions = [part("a", SerdeInfo=LAZY, Columns=[{"Name": "b", "Type": "int"}]), part("c")]
    first, second = catalog.partitions(table, ())
    assert (first.storage, first.columns) == (Storage(serde=LAZY["SerializationLibrary"]), (Column("b", "int"),))
    assert (second.storage, second.columns) == (None, ())
    assert [asked.get("ExcludeColumnSchema", False) for _, asked in glue.calls] == [True, False]

"""Glue over real HTTP: as many calls as there are pages, and nothing lost or doubled where calls fail."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from sparkwright.aws import AwsSession
from sparkwright.catalogs.glue import GlueCatalog
from sparkwright.domain import Column, Filter, Scan, Table, TableName
from sparkwright.errors import CatalogError, PermissionRefused
from tests.aws.faults import THROTTLED, Proxy, in_front_of
from tests.aws.glue_server import GlueServer, big, hourly, running, serving

SPEC = "glue:eu-west-1"
EVENTS = TableName("lake", "events")
SessionAt = Callable[[str], AwsSession]


@pytest.fixture(scope="module")
def ten_thousand() -> Iterator[GlueServer]:
    glue = big(50, 200)
    with serving(glue):
        yield glue


@pytest.fixture(scope="module")
def fifty_thousand() -> Iterator[GlueServer]:
    glue = hourly(2084)
    with serving(glue):
        yield glue


@pytest.fixture
def proxy() -> Iterator[Callable[..., Proxy]]:
    """Proxies that end with the test."""
    opened: list[Any] = []

    def start(glue: GlueServer, fault: Callable[[int, str], Any] = lambda _number, _operation: None) -> Proxy:
        opened.append(in_front_of(glue.url, fault))
        found: Proxy = opened[-1].__enter__()
        return found

    yield start
    for one in opened:
        one.__exit__(None, None, None)


def all_names(glue: GlueServer) -> list[TableName]:
    return sorted(TableName(database, table["Name"]) for database, found in glue.databases.items() for table in found)


def listed(catalog: GlueCatalog) -> list[TableName]:
    return [name for database in catalog.databases() for name in catalog.tables(database)]


def values(glue: GlueServer) -> list[tuple[str, ...]]:
    return sorted(tuple(one["Values"]) for one in glue.partitions["lake", "events"])


# --- calls -----------------------------------------------------------------------------------------------------------


def test_a_first_listing_makes_one_call_for_each_page_and_a_second_process_none(
    ten_thousand: GlueServer, proxy: Callable[..., Proxy], session_at: SessionAt, tmp_path: Path
) -> None:
    before = proxy(ten_thousand)
    session = session_at(before.url)
    assert listed(GlueCatalog(SPEC, session=session, cache=tmp_path)) == all_names(ten_thousand)
    assert before.asked == {"GetDatabases": 1, "GetTables": 100}

    spent = {}
    calls: dict[str, tuple[Callable[[GlueCatalog], int], int]] = {
        "listing": (lambda catalog: len(listed(catalog)), 10_000),
        "search": (lambda catalog: len(catalog.search("refunds of customers by country", limit=10)), 10),
        "describe": (lambda catalog: len(catalog.table(TableName("db_49", "ticket_ticket_09999")).columns), 10),
    }
    for what, (call, count) in calls.items():
        times = []
        for _ in range(3):
            started = time.perf_counter()
            found = call(GlueCatalog(SPEC, session=session, cache=tmp_path))
            times.append(time.perf_counter() - started)
            assert found == count
        spent[what] = min(times)
    assert before.asked == {"GetDatabases": 1, "GetTables": 100}
    assert max(spent.values()) < 1, spent


def test_all_databases_are_loaded_side_by_side_with_the_same_calls(
    proxy: Callable[..., Proxy], session_at: SessionAt
) -> None:
    glue = big(12, 101)
    with serving(glue):
        before = proxy(glue)
        catalog = GlueCatalog(SPEC, session=session_at(before.url))
        best, *_ = catalog.search("refunds of a supplier", limit=3)
        assert set(best.name.split("_")[:2]) == {"refund", "supplier"}
        assert listed(catalog) == all_names(glue)
        assert before.asked == {"GetDatabases": 1, "GetTables": 24}


def test_a_single_table_is_one_call(
    ten_thousand: GlueServer, proxy: Callable[..., Proxy], session_at: SessionAt
) -> None:
    before = proxy(ten_thousand)
    catalog = GlueCatalog(SPEC, session=session_at(before.url))
    for _ in range(2):
        assert catalog.table(TableName("db_03", "order_order_00600")).comment == "Each order with its order, number 600"
    assert before.asked == {"GetTable": 1}


def test_one_day_of_fifty_thousand_partitions_is_one_page(
    fifty_thousand: GlueServer, proxy: Callable[..., Proxy], session_at: SessionAt
) -> None:
    before = proxy(fifty_thousand)
    catalog = GlueCatalog(SPEC, session=session_at(before.url))
    table = catalog.table(EVENTS)
    found = catalog.partitions(table, [Scan(EVENTS, (Filter("day", "=", (date(2024, 2, 29),)),))])
    assert [one.values for one in found] == [("2024-02-29", f"{hour:02}") for hour in range(24)]
    assert before.asked == {"GetTable": 1, "GetPartitions": 1}


def test_a_range_of_days_is_as_many_pages_as_it_fills(
    fifty_thousand: GlueServer, proxy: Callable[..., Proxy], session_at: SessionAt
) -> None:
    before = proxy(fifty_thousand)
    catalog = GlueCatalog(SPEC, session=session_at(before.url))
    days = (Filter("day", ">=", ("2023-01-01",)), Filter("day", "<", ("2023-05-01",)))
    found = catalog.partitions(catalog.table(EVENTS), [Scan(EVENTS, days)])
    assert len(found) == 120 * 24
    assert before.asked["GetPartitions"] == 3


def test_all_partitions_are_fetched_in_segments(
    fifty_thousand: GlueServer, proxy: Callable[..., Proxy], session_at: SessionAt
) -> None:
    before = proxy(fifty_thousand)
    catalog = GlueCatalog(SPEC, session=session_at(before.url))
    found = catalog.partitions(catalog.table(EVENTS), ())
    assert [one.values for one in found] == values(fifty_thousand)
    assert {one.columns for one in found} == {()}
    assert {one.storage for one in found} == {None}
    # One page to see that there are more, then 10 segments of 5 002 partitions, of 6 pages each.
    assert before.asked["GetPartitions"] == 1 + 10 * 6


# --- faults ----------------------------------------------------------------------------------------------------------


def every_third_throttled(number: int, _: str) -> Any:
    return THROTTLED if number % 3 == 0 else None


def every_fifth_cut(kind: str) -> Callable[[int, str], Any]:
    return lambda number, _: kind if number % 5 == 0 else None


def both(number: int, operation: str) -> Any:
    return every_third_throttled(number, operation) or every_fifth_cut("reset")(number, operation)


FAULTS = {"throttled": every_third_throttled, "reset": every_fifth_cut("reset"), "both": both}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_table_is_lost_or_doubled_where_calls_fail(
    fault: Callable[[int, str], Any], proxy: Callable[..., Proxy], session_at: SessionAt, waits: list[float]
) -> None:
    glue = big(30, 110, fields=1)
    with serving(glue):
        before = proxy(glue, fault)
        catalog = GlueCatalog(SPEC, session=session_at(before.url))
        catalog.load()
        assert listed(catalog) == all_names(glue)
        assert before.answered == {"GetDatabases": 1, "GetTables": 60}
        assert before.asked.total() > 61 + 61 // 5
        assert len(waits) == before.asked.total() - 61
        assert len(set(waits)) == len(waits), "there is no jitter"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_partition_is_lost_or_doubled_where_calls_fail(
    fault: Callable[[int, str], Any], proxy: Callable[..., Proxy], session_at: SessionAt, waits: list[float]
) -> None:
    glue = hourly(425)
    with serving(glue):
        before = proxy(glue, fault)
        catalog = GlueCatalog(SPEC, session=session_at(before.url))
        found = catalog.partitions(catalog.table(EVENTS), ())
        assert [one.values for one in found] == values(glue)
        assert before.answered == {"GetTable": 1, "GetPartitions": 1 + 10 * 2}
        assert len(waits) == before.asked.total() - 22 > 4


def test_a_page_that_ends_early_without_a_length_is_asked_for_again(
    proxy: Callable[..., Proxy], session_at: SessionAt
) -> None:
    glue = big(3, 110)
    with serving(glue):
        before = proxy(glue, every_fifth_cut("close"))
        catalog = GlueCatalog(SPEC, session=session_at(before.url))
        assert listed(catalog) == all_names(glue)
        assert before.asked.total() == 8
        assert before.answered == {"GetDatabases": 1, "GetTables": 6}


def test_a_page_of_something_else_is_not_an_empty_catalog(session_at: SessionAt) -> None:
    class Portal(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "19")
            self.end_headers()
            self.wfile.write(b"<h1>Please log in</h1>"[:19])

        def log_message(self, *_: Any) -> None:
            pass

    with running(Portal) as url, pytest.raises(CatalogError, match="answer to get_databases for the catalog broke off"):
        GlueCatalog(SPEC, session=session_at(url)).databases()


def test_throttling_that_does_not_end_is_an_error_that_says_so(
    ten_thousand: GlueServer, proxy: Callable[..., Proxy], session_at: SessionAt, waits: list[float]
) -> None:
    before = proxy(ten_thousand, lambda _number, _operation: THROTTLED)
    with pytest.raises(CatalogError, match="refused glue:GetDatabases on the catalog again and again") as refusal:
        GlueCatalog(SPEC, session=session_at(before.url)).databases()
    assert "Rate exceeded" in refusal.value.message
    assert before.asked == Counter(GetDatabases=12)
    assert max(waits) <= 20


def denied(_: int, operation: str) -> Any:
    who, where = "arn:aws:sts::123456789012:assumed-role/analyst/me", "arn:aws:glue:eu-west-1:123456789012:catalog"
    message = (
        f"User: {who} is not authorized to perform: glue:{operation} on resource: {where} because no identity-based "
        f"policy allows the glue:{operation} action"
    )
    return (400, "AccessDeniedException", message) if operation != "GetDatabases" else None


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("GetTables", lambda catalog: catalog.tables("db_00")),
        ("GetTables", lambda catalog: catalog.search("refund")),
        ("GetTable", lambda catalog: catalog.table(TableName("db_00", "order_order_00000"))),
        ("GetPartitions", lambda catalog: catalog.partitions(_partitioned(), ())),
    ],
)
def test_a_missing_permission_names_who_what_and_where(
    operation: str,
    call: Callable[[GlueCatalog], object],
    ten_thousand: GlueServer,
    proxy: Callable[..., Proxy],
    session_at: SessionAt,
) -> None:
    before = proxy(ten_thousand, denied)
    with pytest.raises(PermissionRefused) as refusal:
        call(GlueCatalog(SPEC, session=session_at(before.url)))
    assert "'arn:aws:sts::123456789012:assumed-role/analyst/me' has no permission" in refusal.value.message
    assert refusal.value.hint == f"grant glue:{operation} on arn:aws:glue:eu-west-1:123456789012:catalog"


def _partitioned() -> Table:
    return Table(TableName("db_00", "t"), (), "s3://lake/t/", partition_keys=(Column("day", "date"),))


def test_a_closed_database_does_not_hide_the_others(
    proxy: Callable[..., Proxy], session_at: SessionAt, caplog: pytest.LogCaptureFixture
) -> None:
    glue = big(3, 10)
    with serving(glue):
        before = proxy(glue, lambda number, operation: denied(number, operation) if number == 2 else None)
        found = GlueCatalog(SPEC, session=session_at(before.url)).search("order", limit=100)
        assert len({name.database for name in found}) == 2
        assert "left out" in caplog.text


def test_a_place_that_does_not_answer_is_named(session_at: SessionAt, waits: list[float]) -> None:
    with pytest.raises(CatalogError, match=r"not reached \(glue, the catalog\).*127\.0\.0\.1:9/") as refusal:
        GlueCatalog(SPEC, session=session_at("http://127.0.0.1:9/")).databases()
    assert "AWS_ENDPOINT_URL" in refusal.value.hint

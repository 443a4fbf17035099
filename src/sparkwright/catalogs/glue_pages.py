"""Glue's API page by page: nothing lost, nothing doubled, and errors that name the action and the resource."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sparkwright.aws import is_code, mapped
from sparkwright.domain import TableName
from sparkwright.errors import CatalogError

log = logging.getLogger(__name__)

Raw = dict[str, Any]

TABLES, PARTITIONS, SEGMENTS = 100, 1000, 10
"""The most that Glue gives: tables or databases on a page, partitions on a page, segments of a table's partitions."""
_BROKEN = 3  # times that an answer which broke off is asked for again


@dataclass(frozen=True)
class Asked:
    """Which partitions of which table: `catalog_id` empty for the session's own, `expression` empty for all."""

    table: TableName
    catalog_id: str = ""
    expression: str = ""
    with_columns: bool = True


class GluePages:
    """The calls of one Glue client; `catalog_id` is empty for the account's own catalog."""

    def __init__(self, client: Callable[[], Any], catalog_id: str = "", *, threads: int = SEGMENTS) -> None:
        self._client = client
        self._catalog_id = catalog_id
        self._threads = threads

    def databases(self) -> list[Raw]:
        """All databases."""
        return list(self._pages("get_databases", "DatabaseList", "the catalog", MaxResults=TABLES))

    def tables(self, database: str) -> list[Raw]:
        """All tables of a database, each in full."""
        place = f"database {database!r}"
        return list(self._pages("get_tables", "TableList", place, DatabaseName=database, MaxResults=TABLES))

    def table(self, name: TableName, catalog_id: str = "") -> Raw:
        """One table."""
        answer = self._answer(
            "get_table", "Table", f"table {str(name)!r}", catalog_id, DatabaseName=name.database, Name=name.name
        )
        found: Raw = answer["Table"]
        return found

    def partitions(self, asked: Asked) -> list[Raw]:
        """The partitions that the expression keeps, or all; each once, in the order of their values.

        Without an expression, what one page does not hold is fetched in segments, side by side. An expression that
        Glue does not follow (or that fails on a value of some partition) narrows nothing.
        """
        if not asked.expression:
            return _each_once(self._all(asked))
        try:
            return _each_once(self._segment(asked, Expression=asked.expression))
        except CatalogError as error:
            if not is_code(error, "InvalidInputException", "InvalidStateException"):
                raise
            log.warning("table=<%s>, expression=<%s> | not followed by Glue: all are read", asked.table, error)
            return _each_once(self._all(asked))

    def _all(self, asked: Asked) -> Iterator[Raw]:
        first = self._page(asked)
        if not first.get("NextToken"):
            yield from first["Partitions"]
            return
        with ThreadPoolExecutor(self._threads, thread_name_prefix="glue") as pool:
            for part in pool.map(lambda number: self._numbered(asked, number), range(SEGMENTS)):
                yield from part

    def _numbered(self, asked: Asked, number: int) -> list[Raw]:
        return list(self._segment(asked, Segment={"SegmentNumber": number, "TotalSegments": SEGMENTS}))

    def _segment(self, asked: Asked, **which: Any) -> Iterator[Raw]:
        place = f"the partitions of table {str(asked.table)!r}"
        return self._pages("get_partitions", "Partitions", place, asked.catalog_id, **_of(asked), **which)

    def _page(self, asked: Asked) -> Raw:
        place = f"the partitions of table {str(asked.table)!r}"
        return self._answer("get_partitions", "Partitions", place, asked.catalog_id, **_of(asked))

    def _pages(self, operation: str, key: str, place: str, catalog_id: str = "", **which: Any) -> Iterator[Raw]:
        """The items of all pages; a page may be empty and still not the last."""
        seen: set[str] = set()
        while True:
            answer = self._answer(operation, key, place, catalog_id, **which)
            yield from answer[key]
            token = answer.get("NextToken")
            if not token:
                return
            if token in seen:
                raise CatalogError(f"Glue gave the same page of {place} twice", hint="try again")
            seen.add(token)
            which["NextToken"] = token

    def _answer(self, operation: str, key: str, place: str, catalog_id: str = "", **which: Any) -> Raw:
        """One answer, whole: botocore takes a body that broke off, or a page of HTML, for one with nothing in it."""
        chosen = catalog_id or self._catalog_id
        if chosen:
            which["CatalogId"] = chosen
        for _ in range(_BROKEN):
            with mapped("glue", place):
                answer: Raw = getattr(self._client(), operation)(**which)
            if key in answer:
                return answer
            if _is_whole(answer):
                return {**answer, key: []}
        raise CatalogError(
            f"Glue's answer to {operation} for {place} broke off, or is none of Glue's",
            hint="try again; check AWS_ENDPOINT_URL and the proxies on the way",
        )


def _of(asked: Asked) -> Raw:
    more = {} if asked.with_columns else {"ExcludeColumnSchema": True}
    return {
        "DatabaseName": asked.table.database,
        "TableName": asked.table.name,
        "MaxResults": PARTITIONS,
        **more,
    }


def _is_whole(answer: Raw) -> bool:
    """Whether the answer is Glue's and said how long it is, so that one cut short would have been noticed."""
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    is_framed = "content-length" in headers or "transfer-encoding" in headers
    return is_framed and "json" in headers.get("content-type", "")


def _each_once(found: Iterator[Raw]) -> list[Raw]:
    """By their values: an emulator that knows no segments gives all in each, and pages shift while partitions come."""
    different = {tuple(map(str, one.get("Values", ()))): one for one in found}
    return [different[values] for values in sorted(different)]

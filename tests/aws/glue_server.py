"""A small Glue that pages, segments and filters as the real one does (moto gives all tables and partitions at once)."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

from moto.core.exceptions import JsonRESTError, ServiceException
from moto.glue.utils import PartitionFilter

Json = dict[str, Any]


class Refused(Exception):
    """An error of the service: its code and its message."""


@dataclass
class GlueServer:
    """Databases of tables, partitions by database and table, and every request that was answered."""

    databases: dict[str, list[Json]] = field(default_factory=dict)
    partitions: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    requests: list[tuple[str, Json]] = field(default_factory=list)
    filtered: dict[tuple[str, str, str], list[Json]] = field(default_factory=dict)
    url: str = ""

    def answer(self, operation: str, asked: Json) -> Json:
        self.requests.append((operation, asked))
        answers = {
            "GetDatabases": self._get_databases,
            "GetTables": self._get_tables,
            "GetTable": self._get_table,
            "GetPartitions": self._get_partitions,
        }
        return answers[operation](asked)

    def _get_databases(self, asked: Json) -> Json:
        return _page("DatabaseList", [{"Name": name} for name in sorted(self.databases)], asked, most=100)

    def _get_tables(self, asked: Json) -> Json:
        return _page("TableList", self._database(asked["DatabaseName"]), asked, most=100)

    def _get_table(self, asked: Json) -> Json:
        return {"Table": self._table(asked["DatabaseName"], asked["Name"])}

    def _get_partitions(self, asked: Json) -> Json:
        table = self._table(asked["DatabaseName"], asked["TableName"])
        found = self.partitions.get((asked["DatabaseName"], asked["TableName"]), [])
        if asked.get("Expression"):
            key = (asked["DatabaseName"], asked["TableName"], asked["Expression"])
            if key not in self.filtered:  # all pages of one answer come from one look
                self.filtered[key] = _filtered(table, found, asked["Expression"])
            found = self.filtered[key]
        if "Segment" in asked:
            which = asked["Segment"]
            assert which["TotalSegments"] <= 10
            found = found[which["SegmentNumber"] :: which["TotalSegments"]]
        if asked.get("ExcludeColumnSchema"):
            found = [{**one, "StorageDescriptor": _without_columns(one["StorageDescriptor"])} for one in found]
        return _page("Partitions", found, asked, most=1000)

    def _database(self, name: str) -> list[Json]:
        if name not in self.databases:
            raise Refused("EntityNotFoundException", f"Database {name} not found.")
        return self.databases[name]

    def _table(self, database: str, name: str) -> Json:
        found = next((table for table in self._database(database) if table["Name"] == name), None)
        if found is None:
            raise Refused("EntityNotFoundException", "Entity Not Found")
        return found


def _without_columns(descriptor: Json) -> Json:
    return {name: value for name, value in descriptor.items() if name != "Columns"}


def _filtered(table: Json, found: Sequence[Json], expression: str) -> list[Json]:
    """What moto keeps, whose expressions were checked against AWS."""
    keep = PartitionFilter(expression, SimpleNamespace(versions={"1": table}))
    try:
        return [one for one in found if keep(SimpleNamespace(partition_input=one))]
    except (JsonRESTError, ServiceException) as error:
        code = getattr(error, "code", "") or getattr(error, "error_type", "")
        raise Refused(code if isinstance(code, str) else type(error).__name__, str(error)) from error


def _page(key: str, found: Sequence[Json], asked: Json, *, most: int) -> Json:
    count = asked.get("MaxResults", most)
    if not 1 <= count <= most:
        raise Refused("InvalidInputException", f"MaxResults must be from 1 to {most}, not {count}")
    start = int(base64.b64decode(asked["NextToken"])) if asked.get("NextToken") else 0
    page: Json = {key: list(found[start : start + count])}
    if start + count < len(found):
        page["NextToken"] = base64.b64encode(str(start + count).encode()).decode()
    return page


@contextmanager
def serving(glue: GlueServer) -> Iterator[str]:
    """The end point at which the server answers, in AWS's JSON 1.1."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            try:
                status, answer = 200, glue.answer(operation, asked)
            except Refused as error:
                status, answer = 400, {"__type": error.args[0], "Message": error.args[1]}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with running(Handler) as url:
        glue.url = url
        yield url


@contextmanager
def running(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The end point of an HTTP server in a thread."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- what stands in it -----------------------------------------------------------------------------------------------

FIRST = date(2019, 1, 1)
SUBJECTS = ("order", "customer", "invoice", "shipment", "click", "session", "refund", "product", "supplier", "ticket")
FIELDS = ("id", "amount", "currency", "created_at", "country", "status", "channel", "discount", "quantity", "email")


def big(databases: int, tables: int, fields: int = 10) -> GlueServer:
    """Databases `db_00`, ... of so many tables each, as crawlers make them, with comments on every column."""
    return GlueServer(
        {
            f"db_{d:02}": [_crawled(f"db_{d:02}", d * tables + t, fields) for t in range(tables)]
            for d in range(databases)
        }
    )


def _crawled(database: str, number: int, fields: int) -> Json:
    subject, other = SUBJECTS[number % 10], SUBJECTS[number // 10 % 10]
    columns = [
        {
            "Name": f"{of}_{field}",
            "Type": "string",
            "Comment": f"The {field} of the {of}, as the {subject} system has it",
        }
        for of in (subject, other)
        for field in FIELDS[:fields]
    ]
    return {
        "Name": f"{subject}_{other}_{number:05}",
        "DatabaseName": database,
        "Description": f"Each {subject} with its {other}, number {number}",
        "UpdateTime": 1.7e9,
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": [{"Name": "dt", "Type": "string"}],
        "Parameters": {"classification": "parquet", "recordCount": str(number), "sizeKey": "1000", "objectCount": "1"},
        "StorageDescriptor": {
            "Columns": list({column["Name"]: column for column in columns}.values()),
            "Location": f"s3://lake/{database}/{number}/",
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
        },
    }


def hourly(days: int) -> GlueServer:
    """One table `lake.events` with a partition for each of 24 hours of so many days from 2019 on."""
    table = _crawled("lake", 0, 10)
    keys = [{"Name": "day", "Type": "date"}, {"Name": "hour", "Type": "string"}]
    glue = GlueServer({"lake": [{**table, "Name": "events", "PartitionKeys": keys}]})
    glue.partitions["lake", "events"] = [
        _hour(table["StorageDescriptor"], str(FIRST + timedelta(day)), f"{hour:02}")
        for day in range(days)
        for hour in range(24)
    ]
    return glue


def _hour(descriptor: Json, day: str, hour: str) -> Json:
    place = f"s3://lake/events/day={day}/hour={hour}/"
    return {"Values": [day, hour], "StorageDescriptor": {**descriptor, "Location": place}}

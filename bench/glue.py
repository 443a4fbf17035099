"""How long a Glue catalog of 10 000 tables takes: cold, cached in a new process, and boto3's own paginator beside it.

    python bench/glue.py [--databases 50] [--tables 200] [--latency 20] [--json]

Glue is the tests' stand-in over HTTP, in a process of its own, which waits LATENCY milliseconds before each answer.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sparkwright.aws import AwsSession
from sparkwright.catalogs.glue import GlueCatalog
from sparkwright.domain import TableName

REGION = "eu-west-1"
_SERVE = """
import sys, time
from tests.aws.glue_server import big, serving
glue = big(int(sys.argv[1]), int(sys.argv[2]))
answer = glue.answer
glue.answer = lambda *asked: (time.sleep(float(sys.argv[3]) / 1000), answer(*asked))[1]
with serving(glue) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@contextmanager
def _server(databases: int, tables: int, latency: float) -> Iterator[str]:
    command = [sys.executable, "-c", _SERVE, str(databases), str(tables), str(latency)]
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def _ms(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _walk() -> int:
    """What one writes by hand: every table, by boto3's paginators."""
    import boto3

    glue = boto3.client("glue", region_name=REGION)
    databases = [one["Name"] for page in glue.get_paginator("get_databases").paginate() for one in page["DatabaseList"]]
    pages = (page for name in databases for page in glue.get_paginator("get_tables").paginate(DatabaseName=name))
    return sum(len(page["TableList"]) for page in pages)


def measure(databases: int, tables: int, latency: float) -> dict[str, float]:
    """Every figure, in milliseconds."""
    with _server(databases, tables, latency) as url, tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_CONFIG_FILE": os.devnull,
        }
        figures = {"boto3_paginators": _ms(_walk)}

        def opened() -> GlueCatalog:
            return GlueCatalog(f"glue:{REGION}", session=AwsSession(REGION), cache=Path(folder), ttl=3600)

        def listing(catalog: GlueCatalog) -> object:
            return [name for database in catalog.databases() for name in catalog.tables(database)]

        name = TableName("db_00", "order_order_00000")
        figures["cold_describe"] = _ms(lambda: opened().table(name))
        cold = opened()
        figures["cold_load"] = _ms(cold.load)
        for what, call in {
            "listing": listing,
            "search": lambda catalog: catalog.search("refunds by country and channel"),
            "describe": lambda catalog: catalog.table(name),
        }.items():
            figures[f"cached_{what}_anew"] = _ms(lambda call=call: call(opened()))  # type: ignore[misc]  # bound here
            figures[f"cached_{what}"] = _ms(lambda call=call: call(cold))  # type: ignore[misc]  # bound here
        return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", type=int, default=50)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--latency", type=float, default=20)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    figures = measure(chosen.databases, chosen.tables, chosen.latency)
    if chosen.json:
        print(json.dumps(figures))
        return
    print(f"{chosen.databases * chosen.tables} tables in {chosen.databases} databases, {chosen.latency:g} ms a call")
    for name, spent in figures.items():
        print(f"{name.replace('_', ' '):24} {spent:9.1f} ms")


if __name__ == "__main__":
    main()

"""An engine that answers on standard input and output, one JSON object a line: `python -m tests.spark.server CONFIG`.

CONFIG is JSON: `engine` (`sail`, `spark` or `hive`) and Spark's `settings` from its start. Requests have an `op`:
`rows` (declare tables, run a program or read a table by its name), `exec` (run a script of a writer), `put_tables` and
`take_tables` (of the Hive metastore). Runs in the environments of all engines: pyspark, nothing else.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import traceback
from typing import Any

from tests.spark import metastore
from tests.spark.values import plain_rows


class Sail:
    """Sail in this process; each request has a session of its own."""

    def __init__(self, settings: dict[str, str]) -> None:
        from pysail.spark import SparkConnectServer

        self.server = SparkConnectServer("127.0.0.1", 0)
        self.server.start(background=True)

    def session(self) -> Any:
        """A session with a catalog of its own."""
        from pyspark.sql import SparkSession

        _, port = self.server.listening_address
        session: Any = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").create()
        session.client.set_retry_policies([])
        return session

    def collect(self, frame: Any) -> list[Any]:
        """The rows, from Arrow: nothing is converted to anybody's time zone."""
        table = frame.toArrow()
        columns = [column.to_pylist(maps_as_pydicts="strict") for column in table.columns]
        return list(zip(*columns, strict=True)) if columns else []

    def put(self, session: Any, key: str, value: str) -> None:
        """Set a setting of the session."""
        session.conf.set(key, value)


class Spark:
    """JVM Spark in local mode, with or without a Hive metastore in memory."""

    def __init__(self, settings: dict[str, str]) -> None:
        from pyspark.sql import SparkSession

        builder: Any = SparkSession.builder
        for key, value in settings.items():
            builder = builder.config(key, value)
        self.root = builder.getOrCreate()
        self.root.sparkContext.setLogLevel("ERROR")

    def session(self) -> Any:
        """A session that shares the catalog with all others."""
        return self.root.newSession()

    def collect(self, frame: Any) -> list[Any]:
        """The rows; the process runs in UTC."""
        found: list[Any] = frame.collect()
        return found

    def put(self, session: Any, key: str, value: str) -> None:
        """Set a setting of the session; a static one has to be there since the start."""
        try:
            session.conf.set(key, value)
        except Exception:
            there = self.root.sparkContext.getConf().get(key, "").split(",")
            if not set(value.split(",")) <= set(there):
                raise


ENGINES = {"sail": Sail, "spark": Spark, "hive": Spark}


def rows(engine: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Declare the tables, then run the program (its `result`) or read the table."""
    session = engine.session()
    for key, value in request.get("settings", {}).items():
        engine.put(session, key, value)
    for statement in request.get("declarations", ()):
        session.sql(statement)
    frame = session.table(request["table"]) if request.get("table") else _result(session, request)
    columns = [[field.name, field.dataType.simpleString()] for field in frame.schema.fields]
    return {"columns": columns, "rows": plain_rows(engine.collect(frame))}


def _result(session: Any, request: dict[str, Any]) -> Any:
    scope = {"spark": session}
    exec(compile(request["program"], "program", "exec"), scope)
    return scope[request.get("result", "result")]


def execute(engine: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Run a script with `spark`; what it prints is the answer."""
    session = engine.session()
    for key, value in request.get("settings", {}).items():
        engine.put(session, key, value)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(request["script"], "script", "exec"), {"spark": session, "__name__": "__main__"})
    return {"printed": printed.getvalue()}


def put_tables(engine: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Put tables of Glue into the Hive metastore, as they are."""
    return {"put": [metastore.put(engine.root, one["table"], one["partitions"]) for one in request["tables"]]}


def take_tables(engine: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Take all tables of a database out of the Hive metastore, in Glue's JSON; their files stay."""
    return {"tables": metastore.take(engine.root, request["database"])}


OPS = {"rows": rows, "exec": execute, "put_tables": put_tables, "take_tables": take_tables}


def answer(engine: Any, line: str) -> dict[str, Any]:
    """One answer; whatever goes wrong is one too."""
    request = json.loads(line)
    try:
        return OPS[request["op"]](engine, request)
    except Exception as error:
        traceback.print_exc()
        lines = (line for line in str(error).splitlines() if not line.lstrip().startswith(("at ", "...")))
        return {"error": type(error).__name__, "message": "\n".join(lines)[:4000]}


def main() -> None:
    """Answer until the input ends; what Spark prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    config = json.loads(sys.argv[1])
    engine = ENGINES[config["engine"]](config["settings"])
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(engine, line)), file=answers, flush=True)
    os._exit(0)  # the JVM ends with its launcher's input; Sail's threads do not hold us up


if __name__ == "__main__":
    main()

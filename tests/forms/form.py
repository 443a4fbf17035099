"""What a form of table is: how it comes into the emulated lake, and the rows that every engine must read from it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

Row = tuple[Any, ...]
Engine = Literal["sail", "spark35", "spark4", "metastore"]
ENGINES: tuple[Engine, ...] = ("sail", "spark35", "spark4", "metastore")
DATABASE, BUCKET = "forms", "forms-lake"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""When all tables are read: projections are reckoned from it."""


@dataclass(frozen=True)
class Lake:
    """The emulated AWS: real boto3 clients over HTTP, one bucket, one database. `writer` runs a script elsewhere.

    `writer(name, script)` runs Python source in an environment with real writers and returns what it printed:
    `wrangler` (awswrangler), `own` (the tests' own, with deltalake and pyiceberg), `spark35` (JVM Spark 3.5 with Hive
    support, whose tables are copied from its metastore into Glue). Scripts find the end point in AWS_* variables.
    """

    glue: Any
    s3: Any
    writer: Callable[[str, str], str]

    def uri(self, key: str) -> str:
        """The location of a key."""
        return f"s3://{BUCKET}/{key}"

    def put(self, key: str, body: bytes | str | pa.Table) -> str:
        """Write one object (a table as Parquet) and return its location."""
        if isinstance(body, pa.Table):
            sink = io.BytesIO()
            pq.write_table(body, sink)
            body = sink.getvalue()
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode() if isinstance(body, str) else body)
        return self.uri(key)

    def table(self, table_input: Mapping[str, Any], partitions: tuple[Mapping[str, Any], ...] = ()) -> None:
        """Create a table (a Glue TableInput) with its partitions (PartitionInputs)."""
        self.glue.create_table(DatabaseName=DATABASE, TableInput=dict(table_input))
        if partitions:
            self.glue.batch_create_partition(
                DatabaseName=DATABASE, TableName=table_input["Name"], PartitionInputList=[dict(p) for p in partitions]
            )


@dataclass(frozen=True)
class Form:
    """One form of table.

    `name` is the table's name in Glue, `title` says what is special, `writer` in whose shape it is ("crawler",
    "Athena", "awswrangler", "Spark 3.5", "Firehose", ...), `is_real` that this writer really made the metadata. `make`
    brings it into the lake. `rows` are what `SELECT *` gives, in any order (or `program`, where there is one).
    `refused` has, for an engine (or "*"), a piece of the reason with which it is refused there. `metastore` is ""
    where Spark's Hive path reads it right too, else why it does not.
    """

    name: str
    title: str
    writer: str
    make: Callable[[Lake], None]
    rows: tuple[Row, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    metastore: str = ""
    is_real: bool = False
    program: str = ""


def columns(**types: str) -> list[dict[str, str]]:
    """Columns of a storage descriptor, by name and Hive type."""
    return [{"Name": name, "Type": kind} for name, kind in types.items()]

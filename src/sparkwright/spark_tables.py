"""What Spark wrote into the parameters of a table of its own: the schema with its case, partitions, the true location.

Of a data source table, the columns, SerDe and location in the catalog may be placeholders that no engine should read.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sparkwright.domain import Column
from sparkwright.errors import UnreadableTable
from sparkwright.hive_types import from_spark_json, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sparkwright.domain import Table

PROVIDER = "spark.sql.sources.provider"
PLACEHOLDER = "-__PLACEHOLDER__"
"""How the location of a table ends that has none of its own: where it really lies stands in the SerDe's `path`."""
_SCHEMA = "spark.sql.sources.schema"


def provider(table: Table) -> str:
    """The format of a data source table, in one short word (`csv`); empty for a table of Hive."""
    said = table.parameters.get(PROVIDER, "").strip()
    short = _CLASS.match(said.lower())
    return short[1] if short else "" if said.lower() == "hive" else said.lower()


_CLASS = re.compile(
    r"(?:org\.apache\.spark\.sql\.(?:execution\.datasources\.(?:v2\.)?)?|com\.databricks\.spark\.)"
    r"(parquet|orc|json|csv|text|avro|xml|hive)(?:\..*)?$"
)


def restored(table: Table) -> Table:
    """The table as Spark restores it; a table that Spark did not make comes as it is.

    A table of Hive keeps its catalog's columns where they differ from Spark's in more than case, for they are newer.
    Raises `UnreadableTable` where what Spark wrote is not sound.
    """
    text = schema_text(table.parameters)
    if text is None:
        return table
    columns = _columns(text)
    keys = _partition_keys(table.parameters)
    known = {column.name.lower(): column for column in columns}
    if missing := [key for key in keys if key.lower() not in known]:
        raise UnreadableTable(
            f"the schema that Spark wrote has no partition column {missing[0]!r}", hint="create the table again"
        )
    lower = {key.lower() for key in keys}
    own = tuple(column for column in columns if column.name.lower() not in lower)
    parts = tuple(known[key.lower()] for key in keys)
    if not provider(table):
        same = _shape((*own, *parts)) == _shape(table.all_columns)
        return replace(table, columns=own, partition_keys=parts) if same else table
    return replace(table, columns=own, partition_keys=parts, location=true_location(table))


def catalog_keys(table: Table) -> tuple[Column, ...]:
    """The partition keys as the catalog spells them: Spark writes those of its own tables in lower case."""
    if not provider(table):
        return table.partition_keys
    return tuple(replace(key, name=key.name.lower()) for key in table.partition_keys)


def schema_text(parameters: Mapping[str, str]) -> str | None:
    """The schema that Spark wrote, whole or in numbered parts; raises `UnreadableTable` where a part is missing."""
    if _SCHEMA in parameters:
        return parameters[_SCHEMA]
    count = parameters.get(f"{_SCHEMA}.numParts")
    if count is None:
        return None
    parts = [parameters.get(f"{_SCHEMA}.part.{number}") for number in range(_number(count))]
    if None in parts:
        raise UnreadableTable(
            f"part {parts.index(None)} of {count} of the schema that Spark wrote is missing",
            hint="create the table again from Spark",
        )
    return "".join(part for part in parts if part is not None)


def true_location(table: Table) -> str:
    """Where the files of a data source table lie."""
    path = table.storage.parameters.get("path", "") or table.location
    path = re.sub(r"^s3[an]://", "s3://", re.sub(r"^file:/(?!/)", "/", path))
    return path if path.endswith(("/", PLACEHOLDER)) or _FILE.search(path) else path + "/"


_FILE = re.compile(r"\.(avro|csv|gz|bz2|json|jsonl|ndjson|orc|parquet|snappy|tsv|txt|xml|zst)$", re.IGNORECASE)


def reader_options(table: Table) -> Mapping[str, str]:
    """What the table's maker gave to Spark's reader; the rest of the SerDe's parameters is Hive's, and not meant."""
    return {key: value for key, value in table.storage.parameters.items() if key.lower() not in _HIVE}


_HIVE = ("path", "serialization.format")


def _columns(text: str) -> tuple[Column, ...]:
    fields = from_spark_json(text).fields
    comments = [(field.get("metadata") or {}).get("comment", "") for field in json.loads(text)["fields"]]
    return tuple(Column(f.name, str(f.type), comment) for f, comment in zip(fields, comments, strict=True))


def _partition_keys(parameters: Mapping[str, str]) -> list[str]:
    count = _number(parameters.get(f"{_SCHEMA}.numPartCols", "0"))
    return [parameters.get(f"{_SCHEMA}.partCol.{number}", "") for number in range(count)]


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 4:
        raise UnreadableTable(
            f"{text!r} is not a count of parts of a schema that Spark wrote", hint="create the table again from Spark"
        )
    return int(text)


def _shape(columns: Sequence[Column]) -> list[tuple[str, str]]:
    return [(column.name.lower(), str(parse(column.type)).lower()) for column in columns]

"""What Hive 2.3 (through JVM Spark 3.5) makes of awkward texts, recorded once, is what Sail makes of them.

`golden/hive_texts.json` has a value for each text and type (the others are NULL), `golden/hive_tables.json` whole
tables and the lines that OpenCSVSerde split.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sparkwright.domain import Column, Reader, Storage, Table, TableName
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify
from sparkwright.readers.declare import declare

GOLDEN = Path(__file__).parent / "golden"
TEXTS = json.loads((GOLDEN / "hive_texts.json").read_text())
TABLES = json.loads((GOLDEN / "hive_tables.json").read_text())
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"


def declared(spark: Any, folder: Path, body: str, columns: Sequence[tuple[str, str]], storage: Storage) -> str:
    """A table of one file of that text; its name for SQL."""
    (folder / "a.txt").write_bytes(body.encode())
    table = Table(
        TableName("golden", "t"), tuple(Column(name, kind) for name, kind in columns), f"{folder}/", storage=storage
    )
    reader = classify(table, LOCAL)
    assert isinstance(reader, Reader), reader
    for statement in declare(reader, "sail"):
        spark.sql(statement)
    return "golden.t"


def shown(name: str, kind: str) -> str:
    """A column as the recording has it: nested values as JSON, others that are neither texts nor whole as texts."""
    if kind.startswith(("array", "map", "struct")):
        return f"to_json(named_struct('x', {name}))"
    if kind in ("date", "timestamp", "float", "double", "boolean") or kind.startswith("decimal"):
        return f"CAST({name} AS STRING)"
    return name


def comparable(value: Any, kind: str) -> Any:
    """A value as it can be compared: engines write numbers and absent fields differently."""
    if value is None or isinstance(value, int):
        return value
    if kind in ("float", "double"):
        return repr(float(value)) if kind == "double" else f"{float(value):.5g}"
    if kind.startswith("decimal"):
        return Decimal(value)
    return without_nulls(json.loads(value)) if kind.startswith(("array", "map", "struct")) else value


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", TEXTS["values"])
def test_a_text_is_read_as_hive_reads_it(spark: Any, tmp_path: Path, kind: str) -> None:
    texts, values = TEXTS["texts"], TEXTS["values"][kind]
    body = "".join(f"{place}\x02{text}\n" for place, text in enumerate(texts))
    name = declared(
        spark, tmp_path, body, (("i", "int"), ("v", kind)), Storage(serde=LAZY, parameters={"field.delim": "\x02"})
    )
    got = {row[0]: row[1] for row in spark.sql(f"SELECT i, {shown('v', kind)} FROM {name}").collect()}
    same = kind == "string" or kind.startswith("varchar")
    wanted = {text: values.get(text, text if same and text != "\\N" else None) for text in texts}
    found = {text: comparable(got[place], kind) for place, text in enumerate(texts)}
    assert found == {text: comparable(value, kind) for text, value in wanted.items()}


@pytest.mark.parametrize("case", TABLES["cases"], ids=lambda case: str(case["title"]))
def test_a_table_is_read_as_hive_reads_it(spark: Any, tmp_path: Path, case: dict[str, Any]) -> None:
    kinds = [kind for _, kind in case["columns"]]
    storage = Storage(serde=case["serde"], parameters=case["parameters"])
    name = declared(spark, tmp_path, case["body"], case["columns"], storage)
    columns = ", ".join(shown(column, kind) for column, kind in case["columns"])
    got = [tuple(row) for row in spark.sql(f"SELECT {columns} FROM {name}").collect()]
    assert [tuple(map(comparable, row, kinds)) for row in got] == [
        tuple(map(comparable, row, kinds)) for row in case["rows"]
    ]


_LOUD = "OpenCSVSerde: a quote is not closed"


def test_a_line_of_open_csv_is_split_as_opencsv_splits_it_or_fails_the_read(spark: Any, tmp_path: Path) -> None:
    columns = (("a", "string"), ("b", "string"), ("c", "string"))
    refused = []
    for number, (line, fields) in enumerate(TABLES["open_csv"]):
        (tmp_path / str(number)).mkdir()
        name = declared(spark, tmp_path / str(number), line + "\n", columns, Storage(serde=OPEN_CSV))
        try:
            assert [list(row) for row in spark.sql(f"SELECT * FROM {name}").collect()] == [fields], line
        except Exception as error:
            if _LOUD not in str(error):
                raise
            refused.append(line)
    # Unclosed quotes and text beside quotes, nothing that is written as it should be.
    assert len(refused) == 20
    assert all('"' in line for line in refused)

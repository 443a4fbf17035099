"""JSON: keys and kinds of values in the files, and what of them is refused or left to other engines."""

from __future__ import annotations

import bz2
import gzip
from dataclasses import replace
from typing import Any

import pytest

from sparkwright.domain import Cast, Column, Evidence, Reader, Storage, Table, TableName, Unreadable
from sparkwright.platforms import LOCAL, SPARK35
from sparkwright.readers.classify import classify
from sparkwright.readers.formats.json import MALFORMED
from sparkwright.readers.json_shapes import NOT_TEXTS, TWO_CASES
from sparkwright.readers.look import look
from sparkwright.store import MemoryStore

OPENX = "org.openx.data.jsonserde.JsonSerDe"


def table(said: dict[str, str] | None = None, **types: str) -> Table:
    columns = tuple(Column(name, kind) for name, kind in types.items())
    return Table(TableName("db", "t"), columns, "/t/", storage=Storage(serde=OPENX, parameters=said or {}))


def looked(one: Table, *files: str | bytes, name: str = "json") -> Evidence:
    content = {
        f"/t/{number}.{name}": file.encode() if isinstance(file, str) else file for number, file in enumerate(files)
    }
    reader = classify(one, LOCAL)
    assert isinstance(reader, Reader)
    return look(one, reader, MemoryStore(content))


def stored(one: Table, *files: str | bytes, name: str = "json") -> tuple[Column, ...]:
    found = classify(replace(one, evidence=looked(one, *files, name=name)), replace(LOCAL, unreadable={}))
    assert isinstance(found, Reader), found
    return found.stored


def refusal(one: Table, *files: str | bytes) -> str:
    found = classify(replace(one, evidence=looked(one, *files)), replace(LOCAL, unreadable={}))
    assert isinstance(found, Unreadable), found
    assert found.remedy
    return found.reason


def test_keys_have_the_case_of_the_files_at_every_depth() -> None:
    one = table(userid="int", items="array<struct<sku:string,more:map<string,struct<a:int>>>>")
    line = '{"userId":1,"Items":[{"SKU":"x","more":{"K":{"A":1}}}]}'
    assert stored(one, line) == (
        Column("userId", "int"),
        Column("Items", "array<struct<SKU:string,more:map<string,struct<A:int>>>>"),
    )


def test_lines_are_read_strictly() -> None:
    found = classify(table(id="int"), LOCAL)
    assert isinstance(found, Reader)
    assert found.options == {"mode": "FAILFAST"}


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("int", ["1", "null"], "int"),
        ("int", ['"1"'], "string"),
        ("double", ["1", "1.5"], "double"),
        ("decimal(10,2)", ["1.50"], "decimal(16,8)"),
        ("decimal(36,2)", ["1.50"], "decimal(36,2)"),
        ("boolean", ['"true"'], "string"),
        ("timestamp", ['"2024-01-01 00:00:00"'], "string"),
        ("date", ["null"], "string"),
        ("varchar(3)", ['"abc"'], "string"),
    ],
)
def test_a_value_is_read_as_the_kind_that_it_has_in_the_files(kind: str, values: list[str], expected: str) -> None:
    assert stored(table(v=kind), *(f'{{"v":{value}}}' for value in values)) == (Column("v", expected),)


@pytest.mark.parametrize(
    ("kind", "value", "other"),
    [
        ("int", "1.5", "a fraction"),
        ("int", "[1]", "a list"),
        ("timestamp", "1700000000", "a whole number"),
        ("boolean", "1", "a whole number"),
        ("struct<a:int>", '"x"', "a text"),
        ("array<int>", '{"a":1}', "a object"),
        ("map<string,int>", "[]", "a list"),
    ],
)
def test_a_value_of_another_kind_is_refused_by_name(kind: str, value: str, other: str) -> None:
    assert refusal(table(v=kind), f'{{"v":{value}}}') == f"'v' is {kind} in the catalog, and {other} in the files"


@pytest.mark.parametrize("value", ["1", "1.5", "true", '{"a":1}', "[1]"])
def test_values_that_are_no_texts_in_a_column_of_strings_are_a_feature(value: str) -> None:
    assert looked(table(v="string"), f'{{"v":{value}}}').features == (NOT_TEXTS,)
    assert NOT_TEXTS in LOCAL.unreadable
    assert NOT_TEXTS not in SPARK35.unreadable


def test_numbers_of_which_some_are_quoted_are_a_feature() -> None:
    assert looked(table(v="int"), '{"v":1}', '{"v":"2"}').features == (NOT_TEXTS,)


def test_the_serde_maps_names_to_keys() -> None:
    one = table({"mapping.at": "@Timestamp", "dots.in.keys": "true"}, at="timestamp", http_status="int")
    assert stored(one, '{"@Timestamp":"2024-01-01 00:00:00","http.status":200}') == (
        Column("@Timestamp", "string"),
        Column("http.status", "int"),
    )


def test_two_columns_of_one_key_are_stored_once() -> None:
    one = table({"mapping.b": "a"}, a="int", b="int")
    found = classify(replace(one, evidence=looked(one, '{"a":1}')), LOCAL)
    assert isinstance(found, Reader)
    assert (found.stored, found.casts) == ((Column("a", "int"),), (Cast("a", "a", "int"), Cast("a", "b", "int")))


def test_a_key_in_two_spellings_is_refused_unless_the_table_says_which() -> None:
    lines = ('{"Id":1,"id":2}',)
    assert refusal(table(id="int"), *lines) == "the key of 'id' is spelled in 2 ways: 'Id', 'id'"
    exact = table({"case.insensitive": "false", "mapping.id": "id"}, id="int")
    assert looked(exact, *lines) == Evidence(columns=(Column("id", "int"),), features=(TWO_CASES,))


def test_a_column_that_no_line_has_is_noted() -> None:
    found = looked(table(id="int", gone="date"), '{"id":1}')
    assert found.columns == (Column("id", "int"), Column("gone", "string"))
    assert "'gone'" in found.notes[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a":1}\n{broken\n', "line 2 of '/t/0.json' is not JSON"),
        ('{"a":1}{"a":2}\n', "line 1 of '/t/0.json' is not one JSON object"),
        ('{\n"a":1\n}\n', "line 1 of '/t/0.json' is not one JSON object"),
        ('[{"a":1},{"a":2}]\n', "line 1 of '/t/0.json' is not one JSON object"),
        ('"a"\n', "line 1 of '/t/0.json' is not one JSON object"),
    ],
)
def test_lines_that_are_not_one_object_are_refused(text: str, reason: str) -> None:
    assert refusal(table(a="int"), text).startswith(reason)


def test_a_binary_column_of_a_serde_is_refused() -> None:
    found = classify(table(b="binary"), LOCAL)
    assert isinstance(found, Unreadable)
    assert found.reason == "'b' is binary in JSON, which SerDes spell in different ways"


def test_ignored_lines_become_rows_of_null_and_values_of_another_type_an_error() -> None:
    one = table({"ignore.malformed.json": "true"}, a="int")
    evidence = looked(one, '{"a":1}\n{broken\n')
    assert evidence.features == (MALFORMED,)
    found = classify(replace(one, evidence=evidence), SPARK35)
    assert isinstance(found, Reader)
    assert found.options == {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_sparkwright_line"}
    assert found.stored == (Column("a", "int"), Column("_sparkwright_line", "string"))
    assert "raise_error" in found.casts[0].value[0]
    assert isinstance(classify(replace(one, evidence=evidence), LOCAL), Unreadable)


def test_blank_lines_are_noted() -> None:
    assert looked(table(a="int"), '{"a":1}\n\n{"a":2}\n').notes == ("blank lines in its JSON files are left out",)
    assert looked(table(a="int"), '{"a":1}\n').notes == ()


@pytest.mark.parametrize(("name", "pack"), [("json.gz", gzip.compress), ("bz2", bz2.compress)])
def test_packed_files_are_looked_into(name: str, pack: Any) -> None:
    assert stored(table(a="int"), pack(b'{"A":1}\n'), name=name) == (Column("A", "int"),)


def test_a_file_that_cannot_be_unpacked_is_named() -> None:
    assert "'/t/0.json.gz' cannot be unpacked" in looked(table(a="int"), b"no gzip", name="json.gz").refusal


def test_only_the_first_bytes_of_a_file_are_looked_at() -> None:
    line = '{"a":1,"fill":"' + "x" * 1000 + '"}\n'
    assert looked(table(a="int"), line * 2200 + "{broken").refusal == ""


def test_what_was_not_looked_at_is_read_by_the_catalogs_names() -> None:
    assert stored(table(a="int"), b"\xff", name="json.zst") == (Column("a", "int"),)

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparkwright.domain import Cast, Column, Evidence, Reader, Table, TableName, Unreadable
from sparkwright.platforms import LOCAL, SPARK35
from sparkwright.readers.classify import classify
from sparkwright.readers.formats import iceberg
from sparkwright.readers.formats.iceberg_metadata import fields_of, newest_names
from sparkwright.store import MemoryStore

ROOT = "s3://b/t"
CURRENT = f"{ROOT}/metadata/00001-aa.metadata.json"
TABLE = Table(
    TableName("db", "t"),
    (Column("id", "int"), Column("label", "string")),
    ROOT,
    parameters={"table_type": "ICEBERG", "metadata_location": CURRENT},
)


def field(number: int, name: str, kind: Any, **more: Any) -> dict[str, Any]:
    return {"id": number, "name": name, "required": False, "type": kind, **more}


def schema(number: int, *fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"schema-id": number, "type": "struct", "fields": list(fields)}


PLAIN = schema(0, field(1, "id", "int"), field(2, "label", "string"))


def metadata(
    *schemas: Mapping[str, Any], now: int = 0, then: int = 0, snapshot: int | None = 7, **more: Any
) -> dict[str, Any]:
    snapshots = [{"snapshot-id": snapshot, "schema-id": then}] if snapshot else []
    return {
        "format-version": 2,
        "schemas": list(schemas),
        "current-schema-id": now,
        "current-snapshot-id": snapshot,
        "snapshots": snapshots,
        **more,
    }


def looked(said: Mapping[str, Any], more: Mapping[str, bytes] | None = None, table: Table = TABLE) -> Evidence:
    store = MemoryStore({CURRENT: json.dumps(said).encode(), **(more or {})})
    return iceberg.look(table, (), store)


def read(evidence: Evidence, table: Table = TABLE) -> Reader | Unreadable:
    found = classify(replace(table, evidence=evidence), SPARK35)
    assert isinstance(found, Reader | Unreadable)
    return found


def avro(rows: Sequence[Mapping[str, Any]], shape: Mapping[str, Any]) -> bytes:
    sink = io.BytesIO()
    fastavro.writer(sink, fastavro.parse_schema(dict(shape)), rows)
    return sink.getvalue()


def manifests(*formats: str) -> dict[str, bytes]:
    text = {"type": "string"}
    listed = {
        "type": "record",
        "name": "manifest_file",
        "fields": [{"name": "manifest_path", **text}, {"name": "content", "type": "int"}],
    }
    data = {"type": "record", "name": "r2", "fields": [{"name": "file_format", **text}]}
    entry = {
        "type": "record",
        "name": "entry",
        "fields": [{"name": "status", "type": "int"}, {"name": "data_file", "type": data}],
    }
    names = [f"{ROOT}/metadata/m{number}.avro" for number in range(len(formats))]
    rows = [{"manifest_path": name, "content": 0} for name in names]
    files = {
        name: avro([{"status": 1, "data_file": {"file_format": kind}}], entry)
        for name, kind in zip(names, formats, strict=True)
    }
    return {f"{ROOT}/metadata/snap.avro": avro(rows, listed), **files}


def test_the_snapshot_and_the_schema_are_those_of_the_catalogs_metadata_file() -> None:
    assert read(looked(metadata(PLAIN))) == Reader(
        table=TABLE.name,
        format="iceberg",
        root=ROOT,
        options={"metadata": CURRENT},
        stored=(Column("id", "int"), Column("label", "string")),
        casts=(Cast("id", "id", "int"), Cast("label", "label", "string")),
        version="7",
    )


def test_columns_changed_after_the_snapshot_are_found_by_their_numbers() -> None:
    now = schema(1, field(2, "name", "string"), field(1, "id", "long"), field(3, "extra", "date"))
    table = replace(TABLE, columns=(Column("name", "string"), Column("id", "bigint"), Column("extra", "date")))
    found = read(looked(metadata(PLAIN, now, now=1), table=table), table)
    assert isinstance(found, Reader)
    assert found.stored == (Column("label", "string"), Column("id", "int"))
    assert found.casts == (
        Cast("label", "name", "string"),
        Cast("id", "id", "bigint"),
        Cast("label", "extra", "date", ("CAST(NULL AS DATE)",)),
    )


def test_fields_within_that_changed_after_the_snapshot_are_refused() -> None:
    before = field(1, "s", {"type": "struct", "fields": [field(2, "a", "int")]})
    after = field(1, "s", {"type": "struct", "fields": [field(2, "a", "int"), field(3, "b", "int")]})
    assert "the fields within column 's'" in looked(metadata(schema(0, before), schema(1, after), now=1)).refusal


def test_a_renamed_field_within_is_read_by_its_place() -> None:
    before = field(1, "s", {"type": "struct", "fields": [field(2, "a", "int")]})
    after = field(1, "s", {"type": "struct", "fields": [field(2, "b", "int")]})
    table = replace(TABLE, columns=(Column("s", "struct<b:int>"),))
    found = read(looked(metadata(schema(0, before), schema(1, after), now=1), table=table), table)
    assert isinstance(found, Reader)
    assert (found.stored, found.casts) == ((Column("s", "struct<a:int>"),), (Cast("s", "s", "struct<b:int>"),))


def test_a_default_that_no_snapshot_has_is_refused() -> None:
    now = schema(1, *PLAIN["fields"], field(3, "extra", "int", **{"initial-default": 4}))
    assert "'extra' was added with a default value" in looked(metadata(PLAIN, now, now=1)).refusal


@pytest.mark.parametrize("nothing", [None, -1])
def test_a_table_without_a_snapshot_has_no_rows(nothing: int | None) -> None:
    said = {**metadata(PLAIN, snapshot=None), "current-snapshot-id": nothing}
    assert looked(said).version == "none"


def test_a_metadata_file_may_be_compressed() -> None:
    store = MemoryStore({CURRENT: gzip.compress(json.dumps(metadata(PLAIN)).encode())})
    assert iceberg.look(TABLE, (), store).version == "7"


def test_the_first_version_may_have_one_schema_only() -> None:
    said = {**metadata(snapshot=7), "format-version": 1, "schema": {"fields": PLAIN["fields"]}}
    del said["schemas"], said["current-schema-id"], said["snapshots"][0]["schema-id"]
    assert looked(said).columns == TABLE.columns


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "is not sound"),
        (metadata(PLAIN) | {"format-version": 4}, "format version 4"),
        (metadata(schema(0, field(1, "t", "time"))), "column 't': Iceberg's type 'time'"),
        (metadata(PLAIN, schema(1), now=5), "has no schema 5"),
    ],
)
def test_what_is_not_known_is_refused(said: Mapping[str, Any], reason: str) -> None:
    assert reason in looked(said).refusal
    assert looked(said).remedy


def test_a_missing_metadata_file_is_refused() -> None:
    assert CURRENT in iceberg.look(TABLE, (), MemoryStore({})).refusal


def test_the_formats_of_data_files_are_features() -> None:
    said = metadata(PLAIN)
    said["snapshots"][0]["manifest-list"] = f"{ROOT}/metadata/snap.avro"
    assert looked(said, manifests("PARQUET")).features == ()
    found = looked(said, manifests("PARQUET", "ORC"))
    assert found.features == ("iceberg orc files",)
    refused = classify(replace(TABLE, evidence=found), LOCAL)
    assert isinstance(refused, Unreadable)
    assert "iceberg orc files" in refused.reason


def test_uuids_are_a_feature_where_the_catalog_has_them() -> None:
    said = metadata(schema(0, *PLAIN["fields"], field(3, "u", "uuid")))
    assert looked(said).features == ()
    assert looked(said, table=replace(TABLE, columns=(Column("u", "string"),))).features == ("iceberg uuids",)


@pytest.mark.parametrize(
    ("newest", "features"),
    [
        (metadata(PLAIN), ()),
        (metadata(PLAIN) | {"current-snapshot-id": 8}, ()),
        (metadata(PLAIN, snapshot=8), (iceberg.BEHIND,)),
        (metadata(schema(0, field(1, "other", "int"))), (iceberg.BEHIND,)),
    ],
)
def test_a_snapshot_that_the_newest_metadata_file_lacks_is_a_feature(
    newest: Mapping[str, Any], features: tuple[str, ...]
) -> None:
    more = {f"{ROOT}/metadata/00002-bb.metadata.json": json.dumps(newest).encode()}
    assert looked(metadata(PLAIN), more).features == features


def test_metadata_in_another_folder_is_a_feature() -> None:
    place = "s3://b/elsewhere/00001-aa.metadata.json"
    table = replace(TABLE, parameters={"table_type": "ICEBERG", "metadata_location": place})
    store = MemoryStore({place: json.dumps(metadata(PLAIN)).encode(), CURRENT: json.dumps(metadata(PLAIN)).encode()})
    assert iceberg.look(table, (), store).features == (iceberg.ELSEWHERE,)


def test_without_a_pointer_the_newest_metadata_file_counts() -> None:
    table = replace(TABLE, parameters={"table_type": "ICEBERG"})
    assert looked(metadata(PLAIN), table=table).marks["metadata"] == CURRENT


def test_the_folder_of_the_metadata_goes_before_the_catalogs_location() -> None:
    found = classify(replace(TABLE, location="s3://b/old"), LOCAL)
    assert isinstance(found, Reader)
    assert found.root == ROOT


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["v1.metadata.json", "v2.metadata.json", "v10.gz.metadata.json"], ["v10.gz.metadata.json"]),
        (["00001-a.metadata.json", "00002-b.metadata.json"], ["00002-b.metadata.json"]),
        (["00002-a.metadata.json", "00002-b.metadata.json"], ["00002-a.metadata.json", "00002-b.metadata.json"]),
        (["snap-1.avro", "x.metadata.json", "deep/v9.metadata.json"], []),
    ],
)
def test_the_newest_metadata_files_are_known_by_their_numbers(names: Sequence[str], expected: Sequence[str]) -> None:
    store = MemoryStore({f"{ROOT}/metadata/{name}": b"" for name in names})
    assert newest_names(ROOT, store) == tuple(f"{ROOT}/metadata/{name}" for name in expected)


def test_the_hint_goes_before_the_numbers() -> None:
    names = {f"{ROOT}/metadata/v{number}.metadata.json": b"" for number in (1, 2)}
    store = MemoryStore({**names, f"{ROOT}/metadata/version-hint.text": b"1\n"})
    assert newest_names(ROOT, store) == (f"{ROOT}/metadata/v1.metadata.json",)


KINDS = st.recursive(
    st.sampled_from(["int", "long", "string", "decimal(9, 2)", "fixed[16]", "timestamptz"]),
    lambda inner: st.one_of(
        inner.map(lambda kind: {"type": "list", "element-id": 9, "element": kind}),
        inner.map(lambda kind: {"type": "map", "key-id": 8, "key": "string", "value-id": 9, "value": kind}),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda kinds: {"type": "struct", "fields": [field(n, f"f{n}", kind) for n, kind in enumerate(kinds)]}
        ),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(KINDS)
def test_every_type_has_its_counterpart(kind: Any) -> None:
    (found,) = fields_of(schema(0, field(1, "c", kind)))
    text = json.dumps(kind)
    assert len(found.shape) == text.count('"id"') + text.count("-id")
    assert found.type.count("<") == text.count('"fields"') + text.count('"element-id"') + text.count('"key-id"')

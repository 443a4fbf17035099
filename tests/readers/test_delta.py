from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparkwright.domain import Cast, Column, Evidence, Reader, Storage, Table, TableName, Unreadable
from sparkwright.platforms import LOCAL, SPARK35
from sparkwright.readers.classify import classify
from sparkwright.readers.formats import delta
from sparkwright.readers.formats.lake import ODD_LOCATION
from sparkwright.store import MemoryStore

ROOT = "s3://b/t"
TABLE = Table(
    TableName("db", "t"), (Column("id", "bigint"), Column("label", "string")), ROOT, parameters={"table_type": "DELTA"}
)
OLD = {"minReaderVersion": 1, "minWriterVersion": 2}


def schema(**types: str) -> str:
    fields = [{"name": name, "type": kind, "nullable": True, "metadata": {}} for name, kind in types.items()]
    return json.dumps({"type": "struct", "fields": fields})


def metadata(**types: str) -> Mapping[str, Any]:
    return {"metaData": {"id": "1", "schemaString": schema(**types)}}


def commit(*actions: Mapping[str, Any]) -> bytes:
    return "\n".join(json.dumps(action) for action in actions).encode()


def log(*commits: bytes, first: int = 0) -> dict[str, bytes]:
    return {f"{ROOT}/_delta_log/{first + number:020}.json": body for number, body in enumerate(commits)}


def checkpoint(protocol: Mapping[str, Any], said: Mapping[str, Any]) -> bytes:
    rows = [
        {"protocol": dict(protocol), "metaData": None, "add": None},
        {"protocol": None, "metaData": dict(said["metaData"]), "add": None},
        {"protocol": None, "metaData": None, "add": {"path": "x.parquet"}},
    ]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


FIRST = commit({"commitInfo": {}}, {"protocol": OLD}, metadata(id="long", Label="string"))
LATER = commit({"add": {"path": "a.parquet"}})


def looked(files: Mapping[str, bytes], table: Table = TABLE) -> Evidence:
    return delta.look(table, (), MemoryStore(files))


def verdict(files: Mapping[str, bytes], table: Table = TABLE) -> Reader | Unreadable:
    found = classify(replace(table, evidence=looked(files, table)), SPARK35)
    assert isinstance(found, Reader | Unreadable)
    return found


def test_the_newest_version_and_its_schema_are_in_the_log() -> None:
    assert looked(log(FIRST, LATER, LATER)) == Evidence(
        columns=(Column("id", "bigint"), Column("Label", "string")), version="2"
    )


def test_a_later_schema_counts() -> None:
    found = looked(log(FIRST, commit(metadata(id="long", Label="string", extra="date"))))
    assert [column.name for column in found.columns] == ["id", "Label", "extra"]


def test_the_catalogs_names_are_laid_over_the_tables_own() -> None:
    assert verdict(log(FIRST)) == Reader(
        table=TABLE.name,
        format="delta",
        root=ROOT,
        stored=(Column("id", "bigint"), Column("Label", "string")),
        casts=(Cast("id", "id", "bigint"), Cast("Label", "label", "string")),
        version="0",
    )


def test_a_column_that_the_catalog_lacks_is_left_out_and_said() -> None:
    found = verdict(log(commit({"protocol": OLD}, metadata(id="long", label="string", fresh="date"))))
    assert isinstance(found, Reader)
    assert [cast.name for cast in found.casts] == ["id", "label"]
    assert found.notes == (
        "the table has columns that the catalog has not, and they are left out: 'fresh'; run the crawler again",
    )


def test_a_column_that_only_the_catalog_has_is_refused_by_name() -> None:
    found = verdict(log(commit({"protocol": OLD}, metadata(id="long"))))
    assert isinstance(found, Unreadable)
    assert found.reason == "the catalog has columns that the table itself has not: 'label'"


def test_columns_that_stand_in_for_the_real_ones_are_not_asked() -> None:
    found = verdict(log(FIRST), replace(TABLE, columns=(Column("col", "array<string>"),)))
    assert isinstance(found, Reader)
    assert found.casts == (Cast("id", "id", "bigint"), Cast("Label", "Label", "string"))
    assert found.notes == ()


def test_nested_columns_keep_the_tables_own_type_for_casts_go_by_place() -> None:
    own = {"type": "struct", "fields": [{"name": name, "type": "integer", "metadata": {}} for name in ("a", "b")]}
    text = json.dumps({"type": "struct", "fields": [{"name": "s", "type": own, "metadata": {}}]})
    files = log(commit({"protocol": OLD}, {"metaData": {"schemaString": text}}))
    found = verdict(files, replace(TABLE, columns=(Column("s", "struct<b:int,a:int>"),)))
    assert isinstance(found, Reader)
    assert found.casts == (Cast("s", "s", "struct<a:int,b:int>"),)


def test_keys_of_partitions_are_columns_like_others() -> None:
    found = verdict(log(FIRST), replace(TABLE, columns=TABLE.columns[:1], partition_keys=TABLE.columns[1:]))
    assert isinstance(found, Reader)
    assert found.partition_keys == ()
    assert [cast.name for cast in found.casts] == ["id", "label"]


def test_a_log_goes_on_behind_its_checkpoint() -> None:
    files = log(LATER, LATER, first=11) | {
        f"{ROOT}/_delta_log/{10:020}.checkpoint.parquet": checkpoint(OLD, metadata(id="long", label="string")),
        f"{ROOT}/_delta_log/_sidecars/x.parquet": b"not looked at",
    }
    assert looked(files).version == "12"
    assert looked(files).columns == TABLE.columns


def test_a_checkpoint_of_several_parts_counts_where_all_are_there() -> None:
    part = checkpoint(OLD, metadata(id="long", label="string"))
    names = [f"{ROOT}/_delta_log/{3:020}.checkpoint.{number:010}.{2:010}.parquet" for number in (1, 2)]
    assert looked(dict.fromkeys(names, part)).version == "3"
    assert "no schema" in looked({**log(LATER, LATER, LATER, LATER), names[0]: part}).refusal


def test_a_checkpoint_of_the_second_kind_may_be_json() -> None:
    name = f"{ROOT}/_delta_log/{4:020}.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json"
    features = {"minReaderVersion": 3, "readerFeatures": ["v2Checkpoint"]}
    found = looked({name: commit({"protocol": features}, metadata(id="long", label="string"))})
    assert (found.version, found.features) == ("4", ("delta v2Checkpoint",))


@pytest.mark.parametrize(
    ("protocol", "features"),
    [
        ({"minReaderVersion": 2}, ("delta columnMapping",)),
        ({"minReaderVersion": 3, "readerFeatures": ["deletionVectors"]}, ("delta deletionVectors",)),
        ({"minReaderVersion": 3, "readerFeatures": None}, ()),
    ],
)
def test_what_a_reader_must_know_is_said(protocol: Mapping[str, Any], features: tuple[str, ...]) -> None:
    assert looked(log(commit({"protocol": protocol}, metadata(id="long", label="string")))).features == features


def test_a_feature_that_is_not_known_is_refused_by_name() -> None:
    protocol = {"minReaderVersion": 3, "readerFeatures": ["catalogManaged", "deletionVectors"]}
    assert "'catalogManaged'" in looked(log(commit({"protocol": protocol}, metadata(id="long")))).refusal


def test_a_log_with_a_gap_is_refused() -> None:
    files = log(FIRST, LATER, LATER)
    del files[f"{ROOT}/_delta_log/{1:020}.json"]
    assert "the commit of version 1 is missing" in looked(files).refusal


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({f"{ROOT}/a.parquet": b"x"}, "there is no Delta log"),
        (log(b'{"metaData": '), "not sound JSON"),
        ({f"{ROOT}/_delta_log/{1:020}.checkpoint.parquet": b"x"}, "not sound Parquet"),
        (log(commit({"protocol": OLD}, {"metaData": {"schemaString": "{"}})), "not sound"),
        (log(commit({"protocol": OLD}, metadata(v="variant"))), "no counterpart in Spark"),
    ],
)
def test_a_table_without_a_sound_log_is_refused(files: Mapping[str, bytes], reason: str) -> None:
    assert reason in looked(files).refusal
    assert looked(files).remedy


def test_the_path_that_spark_noted_goes_before_a_placeholder() -> None:
    said = {"spark.sql.sources.provider": "delta"}
    table = replace(TABLE, location="s3://b/t-__PLACEHOLDER__", parameters=said)
    assert isinstance(classify(table, LOCAL), Unreadable)
    found = classify(replace(table, storage=Storage(parameters={"path": f"{ROOT}/"})), LOCAL)
    assert isinstance(found, Reader)
    assert found.root == ROOT


def test_a_location_that_sail_does_not_find_is_said() -> None:
    store = MemoryStore({name.replace("/t/", "/t é/"): body for name, body in log(FIRST).items()})
    found = delta.look(replace(TABLE, location="s3://b/t é"), (), store)
    assert found.features == (ODD_LOCATION,)
    refused = classify(replace(TABLE, location="s3://b/t é", evidence=found), LOCAL)
    assert isinstance(refused, Unreadable)


@settings(deadline=None)
@given(st.lists(st.sampled_from([FIRST, LATER]), max_size=6).map(lambda more: [FIRST, *more]))
def test_the_version_is_the_number_of_the_last_commit(commits: list[bytes]) -> None:
    assert looked(log(*commits)).version == str(len(commits) - 1)

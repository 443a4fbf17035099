"""What cannot be read right is refused by name, with the reason and a way out; the listing always loads."""

# ruff: noqa: E501 - a case is a line: its files and what is said of them

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkwright.catalogs.files import FilesCatalog
from sparkwright.domain import TableName
from sparkwright.errors import CatalogError, PermissionRefused, TableNotFound, UnreadableTable

Setup = Callable[[Path], object]


def texts(**files: str | bytes) -> Setup:
    """Write files; `__` in a name stands for a folder, the last `_` for the dot."""

    def write(lake: Path) -> None:
        for key, content in files.items():
            path = lake / ".".join(key.replace("__", "/").rsplit("_", 1))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def tables(**files: Mapping[str, object]) -> Setup:
    """Write Parquet files, named likewise."""

    def write(lake: Path) -> None:
        for key, columns in files.items():
            path = lake / ".".join(key.replace("__", "/").rsplit("_", 1))
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.table(dict(columns)), path)

    return write


def steps(*setups: Setup) -> Setup:
    return lambda lake: [setup(lake) for setup in setups]


def avro_files(lake: Path) -> None:
    (lake / "t").mkdir()
    for number, kind in enumerate(("long", "string")):
        with (lake / "t" / f"{number}.avro").open("wb") as stream:
            schema = {"type": "record", "name": "r", "fields": [{"name": "a", "type": kind}]}
            fastavro.writer(stream, schema, [{"a": 1 if kind == "long" else "x"}])


def avro_union(lake: Path) -> None:
    with (lake / "t.avro").open("wb") as stream:
        schema = {"type": "record", "name": "r", "fields": [{"name": "a", "type": ["long", "string"]}]}
        fastavro.writer(stream, schema, [{"a": 1}])


def zigzag(number: int) -> bytes:
    """An integer as Avro writes it."""
    number <<= 1
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def deep_avro(lake: Path) -> None:
    """Written by hand, for no writer goes so deep."""
    kind = '{"type":"array","items":' * 2000 + '"long"' + "}" * 2000
    schema = f'{{"type":"record","name":"r","fields":[{{"name":"a","type":{kind}}}]}}'.encode()
    key = b"avro.schema"
    header = zigzag(1) + zigzag(len(key)) + key + zigzag(len(schema)) + schema + zigzag(0)
    (lake / "t.avro").write_bytes(b"Obj\x01" + header + bytes(16))


def loop(lake: Path) -> None:
    texts(t__x_csv="a\n1\n")(lake)
    (lake / "t" / "again").symlink_to(lake / "t")


def broken_link(lake: Path) -> None:
    texts(t__x_csv="a\n1\n")(lake)
    (lake / "t" / "y.csv").symlink_to(lake / "nowhere")


def pipe(lake: Path) -> None:
    texts(t__x_csv="a\n1\n")(lake)
    os.mkfifo(lake / "t" / "y.csv")


def deep_parquet(lake: Path) -> None:
    kind: pa.DataType = pa.int64()
    for _ in range(300):
        kind = pa.struct([("a", kind)])
    pq.write_table(pa.table({"a": pa.nulls(1, kind)}), lake / "t.parquet")


CASES: dict[str, tuple[Setup, str]] = {
    "empty folder": (lambda lake: (lake / "t").mkdir(), "has no data files"),
    "folder of hidden files": (texts(t___x_csv="a\n1\n"), "has no data files"),
    "mixed formats": (steps(texts(t__x_csv="a\n1\n"), tables(t__y_parquet={"a": [1]})), "mixes formats: 'x.csv' .csv., 'y.parquet'"),
    "a foreign file": (steps(tables(t__y_parquet={"a": [1]}), texts(t__README_md="hi")), "mixes formats"),
    "unknown format": (texts(t__part_xyz="a"), "no known format"),
    "mixed compression": (texts(t__x_csv="a\n1\n", **{"t__y.csv_gz": gzip.compress(b"a\n1\n")}), "mixes compressed"),
    "other compression": (texts(**{"t.csv_zst": b"x"}), "compressed as '.zst'"),
    "cut gzip": (texts(**{"t.csv_gz": gzip.compress(b"a\n" + bytes(range(97, 120)) * 99)[:-20]}), "cannot be unpacked"),
    "corrupt parquet": (texts(t_parquet=b"PAR1 this is not parquet"), "not sound Parquet"),
    "empty parquet": (texts(t_parquet=b""), "not sound Parquet"),
    "parquet without its end": (steps(tables(t_parquet={"a": list(range(999))}), lambda lake: os.truncate(lake / "t.parquet", 500)), "not sound Parquet"),
    "orc": (texts(t_orc=b"ORC"), "stored as orc"),
    "delta": (steps(tables(t__x_parquet={"a": [1]}), texts(t___delta_log__0_json="{}")), "is of the format Delta"),
    "iceberg": (steps(tables(t__data__x_parquet={"a": [1]}), texts(**{"t__metadata__v1.metadata_json": "{}"})), "is of the format Iceberg"),
    "hudi": (steps(tables(t__x_parquet={"a": [1]}), lambda lake: (lake / "t/.hoodie").mkdir()), "is of the format Hudi"),
    "types that differ": (tables(t__x_parquet={"a": pa.array([1], pa.int32())}, t__y_parquet={"a": [1]}), "'a' of table 'lake.t' is int in 'x.parquet' and bigint in 'y.parquet'"),
    "times with and without a zone": (tables(t__x_parquet={"a": pa.array([1], pa.timestamp("us"))}, t__y_parquet={"a": pa.array([1], pa.timestamp("us", "UTC"))}), r"'a' of table 'lake.t' is timestamp.us. in 'x.parquet' and timestamp.us, tz=UTC. in 'y.parquet'"),
    "times with and without a zone within": (tables(t__x_parquet={"a": pa.array([[1]], pa.list_(pa.timestamp("us")))}, t__y_parquet={"a": pa.array([[1]], pa.list_(pa.timestamp("us", "UTC")))}), "tz=UTC. in 'y.parquet'"),
    "times of two zones": (tables(t__x_parquet={"a": pa.array([1], pa.timestamp("us", "Asia/Tokyo"))}, t__y_parquet={"a": pa.array([1], pa.timestamp("us", "UTC"))}), "tz=UTC. in 'y.parquet'"),
    "numbers with and without a sign": (tables(t__x_parquet={"a": pa.array([1], pa.uint8())}, t__y_parquet={"a": pa.array([1], pa.int16())}), "is uint8 in 'x.parquet' and int16 in 'y.parquet'"),
    "texts of two kinds": (tables(t__x_parquet={"a": pa.array(["x"], pa.large_string())}, t__y_parquet={"a": ["x"]}), "is large_string in 'x.parquet' and string in 'y.parquet'"),
    "parquet nested deep": (deep_parquet, "too deeply nested"),
    "names that differ in case": (tables(t__x_parquet={"a": [1]}, t__y_parquet={"A": [1]}), "has a column twice, as 'a', 'A'"),
    "dictionary": (tables(t_parquet={"a": pa.array(["x"]).dictionary_encode()}), "'a' of table 'lake.t' is of the type 'dictionary"),
    "time of day": (tables(t_parquet={"a": pa.array([1], pa.time64("us"))}), "of the type 'time64"),
    "too many digits": (tables(t_parquet={"a": pa.array([Decimal(1)], pa.decimal256(40, 0))}), "of the type 'decimal256"),
    "column without a name": (tables(t_parquet={"": [1]}), "has a column named ''"),
    "partitions of other keys": (tables(**{"t__k=1__x_parquet": {"a": [1]}, "t__l=1__x_parquet": {"a": [1]}}), "different partition folders"),
    "partitions beside files": (tables(**{"t__k=1__x_parquet": {"a": [1]}, "t__x_parquet": {"a": [1]}}), "different partition folders"),
    "partitions under other folders": (tables(**{"t__z__k=1__x_parquet": {"a": [1]}}), "other folders above its partition folders"),
    "partition without a value": (tables(**{"t__k=__x_parquet": {"a": [1]}}), "partition folder without a value"),
    "partition that is no UTF-8": (tables(**{"t__k=%ff__x_parquet": {"a": [1]}}), "a name that is not read: 'k=%ff'"),
    "control character in a name": (tables(**{"t__a\nb_parquet": {"a": [1]}}), "a name that is not read"),
    "loop of links": (loop, "loop of links"),
    "broken link": (broken_link, "cannot be read"),
    "pipe": (pipe, "neither a file nor a folder"),
    "empty csv": (texts(t_csv=""), "not even a header line"),
    "csv without a header": (texts(t_csv="1,2\n3,4\n"), "seems to have no header line"),
    "csv of dates without a header": (texts(t_csv="x,2024-01-01\n"), "seems to have no header line"),
    "csv with excel's line": (texts(t_csv="sep=;\nid;s\n1;a\n"), "a line for Excel above its header: 't.csv' begins with 'sep=;'"),
    "csv with excel's line in quotes": (texts(t_csv='\ufeff"sep=,"\r\nid,s\r\n1,a\r\n'), "a line for Excel"),
    "csv with a title": (texts(t_csv="Report 2024,\na,b\n1,2\n"), "a title above its header"),
    "csv with a title and no blank cells": (texts(t_csv="Report 2024\na;b\n1;2\n"), "may be separated by ';'"),
    "csv of two separators": (texts(t_csv="name;price,eur\nA;1,5\nB;2,5\n"), "may be separated by ',' or ';': 't.csv' begins with 'name;price,eur'"),
    "csv of bars and commas": (texts(t_csv="a|b,c|d,e,f\n1|2,3|4,5,6\n"), "may be separated by ',' or '|'"),
    "csv of a header that two separators split": (texts(t_csv="a|b,c|d,e,f\n"), "may be separated by ',' or '|'"),
    "csv with colons": (texts(t_csv="a:b\n1:2\n"), "may be separated by ':'"),
    "csv with control characters": (texts(t_csv="a\x01b\n1\x012\n"), "may be separated by"),
    "csv with blanks": (texts(t_csv="id value\nx 2\ny 3.5\n"), "may be separated by ' '"),
    "csv of one column with semicolons": (texts(t_csv="note\nhello; world\nbye\n"), "may be separated by ';'"),
    "csv with semicolons in quotes and a line of another length": (texts(t_csv='a,"b;c"\n1,"x;y",2\n'), "may be separated by ',' or ';'"),
    "tsv with commas": (texts(t_tsv="a,b\n1,2\n"), "may be separated by ','"),
    "csv with lines of another length": (texts(t_csv="a;b\n1;2\n3;4;5\n"), "malformed line"),
    "csv in latin-1": (texts(t_csv=b"a\n\xe9\n"), "not text in UTF-8"),
    "csv in utf-16": (texts(t_csv="a,b\n1,2\n".encode("utf-16")), "not text in UTF-8"),
    "short csv row": (texts(t_csv="a,b\n1,2\n3\n"), "malformed line"),
    "long csv row": (texts(t_csv="a,b\n1,2\n3,4,5\n"), "malformed line"),
    "csv quote never closed": (texts(t_csv='a,b\n1,"2\n3,4\n'), "malformed line"),
    "csv text after a quote": (texts(t_csv='a,b\n1,"2"x\n'), "malformed line"),
    "csv with escaped quotes": (texts(t_csv='a,b\n1,"x\\"y"\n'), "a backslash before a quote"),
    "csv column twice": (texts(t_csv="a,A\n1,2\n"), "has a column twice"),
    "csv in parts with other headers": (texts(t__x_csv="a,b\n1,2\n", t__y_csv="b,a\n1,2\n"), "'x.csv' begins with .'a', 'b'., 'y.csv' with"),
    "json array": (texts(t_json='[{"a": 1}]'), "is not JSON lines"),
    "json over several lines": (texts(t_json='{\n"a": 1\n}\n'), "is not JSON lines"),
    "two json objects on a line": (texts(t_json='{"a": 1}{"a": 2}\n'), "is not JSON lines"),
    "json with a mark": (texts(t_json=b'\xef\xbb\xbf{"a": 1}\n'), "is not JSON lines"),
    "json cut short": (texts(t_json='{"a": 1}\n{"a": '), "is not JSON lines"),
    "json of mixed types": (texts(t_json='{"a": 1}\n{"a": "x"}\n'), "changed from number to string"),
    "json of mixed types in parts": (texts(t__x_json='{"a": 1}\n', t__y_json='{"a": "x"}\n'), "different types under one key"),
    "json key twice": (texts(t_json='{"a": 1, "a": 2}\n'), "specified twice"),
    "json keys that differ in case": (texts(t_json='{"a": 1}\n{"A": 2}\n'), "has a column twice"),
    "json of long integers": (texts(t_json='{"a": 9223372036854775808}\n'), "cannot be read exactly"),
    "json of long integers beside fractions": (texts(t_json='{"a": 0.5}\n{"a": 9007199254740993}\n'), "cannot be read exactly"),
    "json of long integers within": (texts(t_json='{"a": {"b": [0.5, 9007199254740993]}}\n'), "cannot be read exactly"),
    "json of NaN": (texts(t_json='{"a": NaN}\n'), "cannot be read exactly"),
    "json of fractions with too many digits": (texts(t_json='{"a": 123456789012345678.5}\n'), "cannot be read exactly"),
    "json of small fractions with too many digits": (texts(t_json='{"a": 0.12345678901234567891}\n'), "cannot be read exactly"),
    "json of fractions too large": (texts(t_json='{"a": [1.5, 1e400 ]}\n'), "Number too big to be stored in double"),
    "json of fractions too small": (texts(t_json='{"a": 1e-400}\n'), "cannot be read exactly"),
    "json nested deep": (texts(t_json='{"a":' * 200 + "1" + "}" * 200), "nested more than 64 deep"),
    "json nested so deep that arrow dies": (texts(t_json='{"a":' + "[" * 200_000 + "]" * 200_000 + "}"), "nested more than 64 deep"),
    "json nested deep beside brackets": (texts(t_json='{"b":"[","c":{},"a":' * 200_000 + "1" + "}" * 200_000), "nested more than 64 deep"),
    "json nested deep over lines": (texts(t_json='{"a":\n' * 200_000 + "1" + "}\n" * 200_000), "is not JSON lines"),
    "json in latin-1": (texts(t_json=b'{"a": "\xe9"}\n'), "not text in UTF-8"),
    "json of escapes that Sail misreads": (texts(t_json='{"a": "\\ud840\\udc00"}\n'), "beyond U.1FFFF as escapes"),
    "empty json": (texts(t_json=""), "is empty"),
    "blank json": (texts(t_json="\n\n"), "is empty"),
    "corrupt avro": (texts(t_avro=b"Obj\x01 this is not avro"), "not sound Avro"),
    "empty avro": (texts(t_avro=b""), "not sound Avro"),
    "avro of two schemas": (avro_files, "different schemas: '0.avro' and '1.avro'"),
    "avro nested deep": (deep_avro, "a column nested too deep"),
    "avro union": (avro_union, "a union of 2 types"),
    "two of one name": (texts(t_csv="a\n1\n", t_json='{"a": 1}\n'), "2 things are named 't'"),
    "two whose names differ in case": (texts(t_csv="a\n1\n", T_csv="a\n1\n"), "2 things are named 't'"),
}  # fmt: skip


@pytest.mark.parametrize(("setup", "reason"), CASES.values(), ids=CASES.keys())
def test_a_table_is_refused_by_name(setup: Setup, reason: str, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    lake.mkdir()
    texts(good_csv="a\n1\n")(lake)
    setup(lake)
    catalog = FilesCatalog(lake)
    assert {TableName("lake", "good"), TableName("lake", "t")} <= set(catalog.tables("lake"))
    assert catalog.table(TableName("lake", "good")).size.rows == 1
    with pytest.raises(UnreadableTable, match=reason) as refusal:
        catalog.table(TableName("lake", "t"))
    assert "'lake.t'" in refusal.value.message or "'t'" in refusal.value.message
    assert refusal.value.hint
    assert catalog.search("good") == (TableName("lake", "good"),)


def as_nobody(code: str, lake: Path) -> str:
    """Run code in a process that gives up its rights, for root may look everywhere."""
    command = [sys.executable, "-c", f"lake = {str(lake)!r}\n{code}"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout + result.stderr


_TRY = """
import os
from sparkwright.catalogs.files import FilesCatalog
from sparkwright.domain import TableName
from sparkwright.errors import CatalogError
os.setgid(65534)
os.setuid(65534)
try:
    catalog = FilesCatalog(lake)
    print([name.name for name in catalog.tables("lake")])
    print(catalog.table(TableName("lake", "t")).size.rows)
except CatalogError as error:
    print(type(error).__name__, error.message, error.hint)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("closed", ["lake/t", "lake/t/x.csv", "lake/t/k", "lake"])
def test_a_place_without_permission_is_refused_by_name(closed: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    top = Path("/tmp") / f"sparkwright-{os.getpid()}-{closed.replace('/', '-')}"
    lake = top / "lake"
    try:
        (lake / "t" / "k").mkdir(parents=True)
        texts(t__x_csv="a\n1\n", t__k__y_csv="a\n2\n")(lake)
        top.chmod(0o755)
        (top / closed).chmod(0)
        said = as_nobody(_TRY, lake)
    finally:
        subprocess.run(["rm", "-rf", str(top)], check=True)
    assert "PermissionRefused no permission to read" in said
    assert str(top / closed) in said
    assert "chmod" in said
    assert closed == "lake" or "['t']" in said


def test_an_unknown_table_names_the_nearest(tmp_path: Path) -> None:
    texts(flights_csv="a\n1\n", planes_csv="a\n1\n")(tmp_path)
    with pytest.raises(TableNotFound) as refusal:
        FilesCatalog(tmp_path, database="db").table(TableName("db", "flihgts"))
    assert (refusal.value.message, refusal.value.hint) == ("there is no table 'db.flihgts'", "did you mean flights?")


def test_an_unknown_database_names_the_one_there_is(tmp_path: Path) -> None:
    with pytest.raises(TableNotFound, match="no database 'nope'") as refusal:
        FilesCatalog(tmp_path, database="db").tables("nope")
    assert refusal.value.hint == "the database here is 'db'"


@pytest.mark.parametrize(
    "name", ["csv", "parquet", "json", "avro", "text", "delta", "Parquet", "iceberg", "binaryFile"]
)
def test_a_folder_named_after_a_format_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(CatalogError, match=f"{name}' is read by Spark SQL as the name of a format") as refusal:
        FilesCatalog(tmp_path / name)
    assert refusal.value.hint == "rename the folder"


@pytest.mark.parametrize("name", ["a`b", "a\nb"])
def test_what_no_table_can_be_named_after_is_not_listed(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / f"{name}.csv").write_text("a\n1\n")
    catalog = FilesCatalog(tmp_path, database="db")
    assert catalog.tables("db") == ()
    assert repr(name) in caplog.text
    with pytest.raises(UnreadableTable, match="cannot be the name of a table"):
        catalog.table(TableName("db", name))


@pytest.mark.parametrize("name", ["a.b", "a b", "select", "it's", "1st"])
def test_what_is_listed_can_be_typed_back(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.csv").write_text("a\n1\n")
    catalog = FilesCatalog(tmp_path, database="d.b")
    (listed,) = catalog.tables("d.b")
    assert catalog.table(TableName.parse(listed.quoted)).name == listed == TableName("d.b", name)


@pytest.mark.parametrize(("name", "section"), [("t", "[tables.t]"), ("a.b", '[tables."a.b"]')])
def test_a_hint_names_the_section_as_toml_has_it(name: str, section: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.csv").write_text("a:b\n1:2\n")
    with pytest.raises(UnreadableTable) as refusal:
        FilesCatalog(tmp_path, database="db").table(TableName("db", name))
    assert f"under {section} in tables.toml" in refusal.value.hint


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no folder or file"):
        FilesCatalog(tmp_path / "nope")


def test_permission_is_a_kind_of_catalog_error() -> None:
    assert issubclass(PermissionRefused, CatalogError)

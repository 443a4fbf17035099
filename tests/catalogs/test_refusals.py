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


def loop(lake: Path) -> None:
    texts(t__x_csv="a\n1\n")(lake)
    (lake / "t" / "again").symlink_to(lake / "t")


def broken_link(lake: Path) -> None:
    texts(t__x_csv="a\n1\n")(lake)
    (lake / "t" / "y.csv").symlink_to(lake / "nowhere")


def pipe(lake: Path) -> None:
    texts(t__x_csv="a\n1\n")(lake)
    os.mkfifo(lake / "t" / "y.csv")


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
    "json in latin-1": (texts(t_json=b'{"a": "\xe9"}\n'), "not text in UTF-8"),
    "json of escapes that Sail misreads": (texts(t_json='{"a": "\\ud840\\udc00"}\n'), "beyond U.1FFFF as escapes"),
    "empty json": (texts(t_json=""), "is empty"),
    "blank json": (texts(t_json="\n\n"), "is empty"),
    "corrupt avro": (texts(t_avro=b"Obj\x01 this is not avro"), "not sound Avro"),
    "empty avro": (texts(t_avro=b""), "not sound Avro"),
    "avro of two schemas": (avro_files, "different schemas: '0.avro' and '1.avro'"),
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


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no folder or file"):
        FilesCatalog(tmp_path / "nope")


def test_permission_is_a_kind_of_catalog_error() -> None:
    assert issubclass(PermissionRefused, CatalogError)

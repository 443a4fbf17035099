"""Every form of table that the files catalog reads, read by Sail with rows that are known in advance."""

# ruff: noqa: E501 - a table form is a line: its name, its files, its rows

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Read = Callable[[Path, str], list[tuple[Any, ...]]]


def write(folder: Path, files: dict[str, str | bytes | pa.Table]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pa.Table):
            pq.write_table(content, path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def avro(path: Path, schema: Any, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        fastavro.writer(stream, schema, rows)


T = pa.table
ONE = {"t.parquet": T({"Id": [1, 2], "name": ["x", None]})}
ODD = [
    "%",
    "%zz",
    "%2f",
    "a+b",
    "a&b",
    "a#b",
    "a?b",
    "a*b",
    "[x]",
    "{x}",
    '"q"',
    "it's",
    "a\\b",
    "é",
    "日本",
    "a;b",
    "a:b",
    "a=b",
    "a%20b",
    "~",
    "`",
    "$x",
    "%5B",
    ".",
    "..",
    "NULL",
    "null",
    "-5",
    "1.0",
    "-0",
    "1e3",
    "true",
]
CASES: list[tuple[str, dict[str, str | bytes | pa.Table], list[tuple[Any, ...]]]] = [
    ("parquet", ONE, [(1, "x"), (2, None)]),
    ("parquet without rows", {"t.parquet": T({"a": pa.array([], pa.int64())})}, []),
    ("parquet in parts", {"t/1.parquet": T({"a": [1]}), "t/2.parquet": T({"a": [2]})}, [(1,), (2,)]),
    ("parquet in nested folders", {"t/1.parquet": T({"a": [1]}), "t/x/y/2.parquet": T({"a": [2]})}, [(1,), (2,)]),
    ("a column that a part lacks", {"t/1.parquet": T({"a": [1]}), "t/2.parquet": T({"a": [2], "b": ["z"]})}, [(1, None), (2, "z")]),
    ("columns in another order", {"t/1.parquet": T({"a": [1], "b": ["x"]}), "t/2.parquet": T({"b": ["y"], "a": [2]})}, [(1, "x"), (2, "y")]),
    ("odd column names", {"t.parquet": T({"a b": [1], "c.d": [2], "é": [4], "i'j": [5], "k\\l": [6]})}, [(1, 2, 4, 5, 6)]),
    ("unsigned integers", {"t.parquet": T({"a": pa.array([2**64 - 1], pa.uint64()), "b": pa.array([2**32 - 1], pa.uint32()), "c": pa.array([255], pa.uint8())})}, [(Decimal(2**64 - 1), 2**32 - 1, 255)]),
    ("timestamps of all units", {"t.parquet": T({"a": pa.array([10**18 + 1000], pa.timestamp("ns")), "b": pa.array([1], pa.timestamp("us", "UTC")), "c": pa.array([1000], pa.timestamp("ms")), "d": pa.array([0], pa.timestamp("us", "America/New_York"))})}, [(dt.datetime(2001, 9, 9, 1, 46, 40, 1), dt.datetime(1970, 1, 1, 0, 0, 0, 1), dt.datetime(1970, 1, 1, 0, 0, 1), dt.datetime(1970, 1, 1))]),
    ("nested types", {"t.parquet": T({"s": pa.array([{"p q": 1, "r": [1, None]}]), "m": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64()))})}, [({"p q": 1, "r": [1, None]}, {"k": 1})]),
    ("decimals, dates, bytes", {"t.parquet": T({"a": pa.array([Decimal("1.50")], pa.decimal128(5, 2)), "b": [dt.date(2024, 2, 29)], "c": [b"x"], "d": [True]})}, [(Decimal("1.50"), dt.date(2024, 2, 29), b"x", True)]),
    ("partitions of numbers", {f"t/month={m}/x.parquet": T({"a": [m * 10]}) for m in (1, 2, 12)}, [(10, 1), (120, 12), (20, 2)]),
    ("partitions with zeros stay texts", {"t/m=01/x.parquet": T({"a": [1]}), "t/m=12/x.parquet": T({"a": [2]})}, [(1, "01"), (2, "12")]),
    ("a partition of NULL", {"t/k=5/x.parquet": T({"a": [1]}), "t/k=__HIVE_DEFAULT_PARTITION__/x.parquet": T({"a": [2]})}, [(1, 5), (2, None)]),
    ("percent-decoded partitions", {"t/k=a%2Fb/x.parquet": T({"a": [1]}), "t/k=c d/x.parquet": T({"a": [2]}), "t/k=é=f/x.parquet": T({"a": [3]})}, [(1, "a/b"), (2, "c d"), (3, "é=f")]),
    ("odd partitions", {f"t/k={value}/x.parquet": T({"a": [number]}) for number, value in enumerate(ODD)}, [(number, unquote(value)) for number, value in enumerate(ODD)]),
    ("two partition keys", {"t/y=2024/m=01/x.csv": "a\n1\n", "t/y=2025/m=12/x.csv": "a\n2\n"}, [(1, 2024, "01"), (2, 2025, "12")]),
    ("a partition key that is also in the file", {"t/k=1/x.parquet": T({"a": [1], "k": [9]})}, [(1, 1)]),
    ("a partition key in capitals", {"t/Year=1/x.parquet": T({"a": [1]})}, [(1, 1)]),
    ("hidden files are no data", {**{f"t/{n}": T({"a": [9]}) for n in ("_x.parquet", ".y.parquet", "_tmp/z.parquet", ".h/z.parquet")}, "t/1.parquet": T({"a": [1]}), "t/_SUCCESS": ""}, [(1,)]),
    ("csv", {"t.csv": "a,b\n1,x\n2,\n"}, [(1, "x"), (2, None)]),
    ("csv of a header only", {"t.csv": "a,b\n"}, []),
    ("csv of a header without a line end", {"t.csv": "a,b"}, []),
    ("csv without a last line end", {"t.csv": "a,b\n1,2"}, [(1, 2)]),
    ("csv in windows form", {"t.csv": b"\xef\xbb\xbfa,b\r\n1,x\r\n"}, [(1, "x")]),
    ("csv in old mac form", {"t.csv": "a,b\r1,x\r2,y\r"}, [(1, "x"), (2, "y")]),
    ("csv with blank lines", {"t.csv": "\n\na,b\n\n1,x\n\n"}, [(1, "x")]),
    ("csv with quotes", {"t.csv": 'a,b\n"x, y","say ""hi"""\n"",z\n'}, [("x, y", 'say "hi"'), (None, "z")]),
    ("csv with line breaks in values", {"t.csv": 'a,b\n"x\ny",1\n"p\r\nq",2\n'}, [("p\r\nq", 2), ("x\ny", 1)]),
    ("csv with a break in the header", {"t.csv": 'a,"b c"\n1,2\n'}, [(1, 2)]),
    ("csv with backslashes", {"t.csv": "a,b\nc:\\new,d\\\n"}, [("c:\\new", "d\\")]),
    ("csv keeps spaces", {"t.csv": "a,b\n x , y\n"}, [(" x ", " y")]),
    ("csv keeps leading zeros", {"t.csv": "zip,n\n02139,1\n10001,2\n"}, [("02139", 1), ("10001", 2)]),
    ("csv keeps what looks like a comment", {"t.csv": "a,b\n#x,1\n"}, [("#x", 1)]),
    ("csv keeps words for missing values", {"t.csv": "a,b\nNA,null\n1,\\N\n"}, [("1", "\\N"), ("NA", "null")]),
    ("csv of long integers", {"t.csv": "a\n9223372036854775807\n9223372036854775808\n"}, [(Decimal(2**63 - 1),), (Decimal(2**63),)]),
    ("csv of integers too long for all", {"t.csv": f"a\n{'9' * 39}\n"}, [("9" * 39,)]),
    ("csv of doubles", {"t.csv": "a\n1\n-2.5\n1e+3\nNaN\n"}, [(-2.5,), (1.0,), (1000.0,), ("NaN",)]),
    ("csv of booleans", {"t.csv": "a,b\ntrue,t\nFALSE,f\n"}, [(False, "f"), (True, "t")]),
    ("csv of dates", {"t.csv": "a,b\n2024-02-29,2023-02-29\n0001-01-01,x\n"}, [(dt.date(1, 1, 1), "x"), (dt.date(2024, 2, 29), "2023-02-29")]),
    ("csv of times", {"t.csv": "a,b,c\n2013-01-01T05:00:00Z,2013-01-01 05:00:00.5,2013-01-01T05:00:00+02:00\n"}, [(dt.datetime(2013, 1, 1, 5), dt.datetime(2013, 1, 1, 5, 0, 0, 500000), dt.datetime(2013, 1, 1, 3))]),
    ("csv of times with and without a zone", {"t.csv": "a\n2013-01-01T05:00:00Z\n2013-01-01T05:00:00\n"}, [("2013-01-01T05:00:00",), ("2013-01-01T05:00:00Z",)]),
    ("csv of nanoseconds", {"t.csv": "a\n2013-01-01 05:00:00.123456789\n"}, [("2013-01-01 05:00:00.123456789",)]),
    ("csv of codes that look like powers of ten", {"t.csv": "a,b,c\n1E5,12e4,2E7\n10E4,120e3,1\n"}, [("1E5", "12e4", "2E7"), ("10E4", "120e3", "1")]),
    ("csv of powers of ten", {"t.csv": "a,b,c\n1.0E5,1e-7,-.5e3\n2.5,3e+2,1\n"}, [(1e5, 1e-7, -500.0), (2.5, 300.0, 1.0)]),
    ("csv of more digits than a double holds", {"t.csv": "a,b,c,d\n12345678901234567.89,9007199254740993.0,1e+400,1e-400\n"}, [("12345678901234567.89", "9007199254740993.0", "1e+400", "1e-400")]),
    ("csv of as many digits as a double holds", {"t.csv": "a,b,c\n0.30000000000000004,0.10000000000000001,1.00000000000000000000\n5e-324,9007199254740992.0,1.7976931348623157e+308\n"}, [(0.30000000000000004, 0.1, 1.0), (5e-324, 2.0**53, 1.7976931348623157e308)]),
    ("csv with another separator in some fields", {"t.csv": "a;b\n1,5;x\n2;x|y\n"}, [("1,5", "x"), ("2", "x|y")]),
    ("csv with another separator in every row", {"t.csv": "id,tags\n1,a;b\n2,c;d\n"}, [(1, "a;b"), (2, "c;d")]),
    ("csv with a quote within a field", {"t.csv": 'size;name\n5" pipe;x\n6";y\n'}, [('5" pipe', "x"), ('6"', "y")]),
    ("csv with another separator in quotes", {"t.csv": 'a,"b;c"\n1,"x;y"\n'}, [(1, "x;y")]),
    ("csv of one column with blanks", {"t.csv": "full name\nAda Lovelace\nJohn Smith\n"}, [("Ada Lovelace",), ("John Smith",)]),
    ("csv of one column of times", {"t.csv": "start time\n2024-01-01 10:00:00\n"}, [(dt.datetime(2024, 1, 1, 10),)]),
    ("json of as many digits as a double holds", {"t.json": '{"a": 0.30000000000000004, "b": [1e5, 5e-324], "c": "12345678901234567.89", "d": ", 1.2.3.4.5.6.7.8.9]"}\n'}, [(0.30000000000000004, [1e5, 5e-324], "12345678901234567.89", ", 1.2.3.4.5.6.7.8.9]")]),
    ("csv with semicolons", {"t.csv": "a;b\n1;x,y\n"}, [(1, "x,y")]),
    ("csv with bars", {"t.csv": "a|b\n1|x\n"}, [(1, "x")]),
    ("csv with tabs", {"t.csv": "a\tb\n1\tx\n"}, [(1, "x")]),
    ("tsv", {"t.tsv": "a\tb,c\n1\tx\n"}, [(1, "x")]),
    ("csv in gzip", {"t.csv.gz": gzip.compress(b"a,b\n1,x\n")}, [(1, "x")]),
    ("csv without a name for a column", {"t.csv": ",b\n1,x\n"}, [(1, "x")]),
    ("csv of one column", {"t.csv": "a\n1\n\n3\n"}, [(1,), (3,)]),
    ("csv in parts, one of them empty", {"t/1.csv": "a,b\n1,x\n", "t/2.csv": "", "t/3.csv": "a,b\n2,y\n"}, [(1, "x"), (2, "y")]),
    ("csv of nothing but missing values", {"t.csv": "a,b\n,\n"}, [(None, None)]),
    ("csv with other letters", {"t.csv": "nämé,b\n☃,𝕏\n"}, [("☃", "𝕏")]),
    ("json lines", {"t.jsonl": '{"a": 1, "b": "x"}\n\n{"a": null}\n{}\n'}, [(1, "x"), (None, None), (None, None)]),
    ("json keeps capitals", {"t.json": '{"userId": 1, "Größe": 2.5, "ok": true}\n'}, [(1, 2.5, True)]),
    ("json nested", {"t.ndjson": '{"a": {"p q": 1, "r": [{"s": 1}, {}]}, "e": {}, "l": []}\n{"a": {"z": "y"}}\n'}, [({"p q": 1, "r": [{"s": 1}, {"s": None}], "z": None}, {}, []), ({"p q": None, "r": None, "z": "y"}, None, None)]),
    ("json of times", {"t.json": '{"a": "2024-01-02", "b": "2024-01-02T03:04:05.5Z", "c": {"d": "2024-01-02"}, "e": "2024-13-01"}\n'}, [(dt.date(2024, 1, 2), dt.datetime(2024, 1, 2, 3, 4, 5, 500000), {"d": "2024-01-02"}, "2024-13-01")]),
    ("json of numbers", {"t.json": '{"a": 1, "b": 9223372036854775807}\n{"a": 2.5, "b": -1}\n'}, [(1.0, 2**63 - 1), (2.5, -1)]),
    ("json of texts that look like numbers", {"t.json": '{"a": "007", "b": "true"}\n'}, [("007", "true")]),
    ("json in gzip", {"t.json.gz": gzip.compress(b'{"a": 1}\n')}, [(1,)]),
    ("json in windows form", {"t.json": b'{"a": 1}\r\n{"a": 2}\r\n'}, [(1,), (2,)]),
    ("json in parts with other keys", {"t/1.json": '{"a": 1}\n', "t/2.json": '{"b": "x", "a": 2.5}\n'}, [(1.0, None), (2.5, "x")]),
    ("json with other letters", {"t.json": '{"a": "\\ud83d\\ude00é\\n"}\n'}, [("😀é\n",)]),
    ("json in partitions", {"t/d=2024-01-01/x.json": '{"a": 1}\n'}, [(1, "2024-01-01")]),
    ("json of nothing but null", {"t.json": '{"a": null, "b": 1}\n'}, [(None, 1)]),
    ("keywords as column names", {"t.parquet": T({"null": [1], "select": ["x"], "current_date": [2], "c1": [3]})}, [(1, "x", 2, 3)]),
    ("a column whose name begins with another one", {"t.csv": "a,a b,null\n1,2,3\n"}, [(1, 2, 3)]),
]  # fmt: skip


@pytest.mark.parametrize(("title", "files", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_table_is_read(title: str, files: dict[str, Any], expected: list[Any], tmp_path: Path, read: Read) -> None:
    assert read(write(tmp_path / "lake", files), "t") == sorted(expected, key=repr)


@pytest.mark.parametrize("name", ["a b", "a.b", "it's", 'say "x"', "Ünï-cödé", "1st", "select", "a\\b", "a*b", "a[b]", "a{b}", "a?b", "a%20b", "a#b", "x=1"])  # fmt: skip
def test_odd_names_of_folders_and_tables_are_read(name: str, tmp_path: Path, read: Read) -> None:
    lake = write(
        tmp_path / name, {f"{name}.csv": "a\n1\n", f"{name}x/k=1/part.csv": "a\n2\n", f"{name}y/part.csv": "a\n3\n"}
    )
    assert read(lake, name) == [(1,)]
    assert read(lake, f"{name}x") == [(2, 1)]
    assert read(lake, f"{name}y") == [(3,)]


def test_avro_is_read(tmp_path: Path, read: Read) -> None:
    schema = {
        "type": "record",
        "name": "r",
        "fields": [
            {"name": "Id", "type": ["null", "long"]},
            {"name": "d", "type": {"type": "int", "logicalType": "date"}},
            {"name": "t", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "m", "type": {"type": "map", "values": "int"}},
            {"name": "e", "type": {"type": "enum", "name": "en", "symbols": ["A", "B"]}},
            {"name": "n", "type": {"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}},
            {"name": "l", "type": {"type": "array", "items": ["null", "string"]}},
            {"name": "s", "type": {"type": "record", "name": "inner", "fields": [{"name": "x", "type": "boolean"}]}},
        ],
    }
    row = {
        "Id": None,
        "d": dt.date(2020, 1, 1),
        "t": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        "m": {"a": 1},
        "e": "B",
        "n": Decimal("1.25"),
        "l": ["q", None],
        "s": {"x": True},
    }
    avro(tmp_path / "lake" / "t" / "k=1" / "x.avro", schema, [row])
    expected = (
        None,
        dt.date(2020, 1, 1),
        dt.datetime(2020, 1, 1),
        {"a": 1},
        "B",
        Decimal("1.25"),
        ["q", None],
        {"x": True},
    )
    assert read(tmp_path / "lake", "t") == [(*expected, 1)]


def test_a_large_csv_with_line_breaks_is_not_cut_at_them(tmp_path: Path, read: Read) -> None:
    lines = "".join(f'{n},"{n}, first\n{n}, second {"z" * 200}"\n' for n in range(60_000))
    found = read(write(tmp_path / "lake", {"t.csv": "a,b\n" + lines}), "t")
    assert len(found) == 60_000
    assert {row[0] for row in found} == set(range(60_000))


def test_links_are_followed(tmp_path: Path, read: Read) -> None:
    lake = write(tmp_path / "lake", {"t/1.csv": "a\n1\n"})
    write(tmp_path / "elsewhere", {"2.csv": "a\n2\n"})
    (lake / "t" / "more").symlink_to(tmp_path / "elsewhere")
    assert read(lake, "t") == [(1,), (2,)]


def test_declared_types_null_texts_and_names_hold(tmp_path: Path, read: Read) -> None:
    toml = """
    [tables.t.csv]
    header = false
    separator = ":"
    quote = ""
    null = "NA"
    [tables.t.columns]
    id = { type = "int" }
    price = { type = "decimal(10,2)" }
    day = { type = "date" }
    note = {}
    """
    lake = write(tmp_path / "lake", {"t.csv": '1:1.50:2024-01-01:"x"\n2:NA:NA:NA\n', "tables.toml": toml})
    assert read(lake, "t") == [(1, Decimal("1.50"), dt.date(2024, 1, 1), '"x"'), (2, None, None, None)]


def test_a_declared_separator_ends_the_doubt(tmp_path: Path, read: Read) -> None:
    toml = "[tables.t.csv]\nseparator = ';'\n"
    lake = write(tmp_path / "lake", {"t.csv": "name;price,eur\nA;1,5\nB;2,5\n", "tables.toml": toml})
    assert read(lake, "t") == [("A", "1,5"), ("B", "2,5")]


@pytest.mark.parametrize("name", ["orc", "jdbc", "hudi", "files", "xml"])
def test_a_database_named_after_another_format_is_read(name: str, tmp_path: Path, read: Read) -> None:
    assert read(write(tmp_path / name, {"t.csv": "a\n1\n"}), "t") == [(1,)]


def test_a_declared_type_is_cast_to_from_what_the_file_has(tmp_path: Path, read: Read) -> None:
    toml = '[tables.t.columns]\na = { type = "string" }\nk = { type = "date" }\n'
    lake = write(tmp_path / "lake", {"t/k=2024-01-01/x.parquet": T({"a": [1]}), "tables.toml": toml})
    assert read(lake, "t") == [("1", dt.date(2024, 1, 1))]


def test_a_value_that_does_not_fit_its_declared_type_fails_loudly(tmp_path: Path, read: Read) -> None:
    lake = write(tmp_path / "lake", {"t.csv": "a\n1\nx\n", "tables.toml": '[tables.t.columns]\na = { type = "int" }\n'})
    with pytest.raises(Exception, match="Cannot cast string 'x'"):
        read(lake, "t")


def test_escaped_quotes_are_read_where_they_are_declared(tmp_path: Path, read: Read) -> None:
    toml = "[tables.t.csv]\nescape = '\\'\n"
    lake = write(tmp_path / "lake", {"t.csv": 'a,b\n"say \\"hi\\"","x ""y"" \\\\"\n', "tables.toml": toml})
    assert read(lake, "t") == [('say "hi"', 'x "y" \\')]


def test_a_single_file_is_a_catalog(tmp_path: Path, read: Read) -> None:
    lake = write(tmp_path / "lake", {"t.csv": "a\n1\n", "other.csv": "a\n2\n"})
    assert read(lake / "t.csv", "t") == [(1,)]


def test_json_is_written_as_it_was_meant(tmp_path: Path, read: Read) -> None:
    rows = [{"a": n, "b": f"{n}\u2028\x85 line", "c": [n, None]} for n in range(100)]
    lake = write(tmp_path / "lake", {"t.jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)})
    assert read(lake, "t") == sorted(((row["a"], row["b"], row["c"]) for row in rows), key=repr)

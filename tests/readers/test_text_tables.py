"""How text tables are read by their metadata, what is refused by name, and what a look at the files adds."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import gzip
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sparkwright.domain import Cast, Column, Reader, Storage, Table, TableName, Unreadable
from sparkwright.platforms import LOCAL, SPARK35
from sparkwright.readers.classify import classify
from sparkwright.readers.declare import declare
from sparkwright.readers.formats.java_regex import portable
from sparkwright.readers.formats.text_lines import look
from sparkwright.store import MemoryStore

SERDE2 = "org.apache.hadoop.hive.serde2."
LAZY, OPEN_CSV, REGEX = (SERDE2 + name for name in ("lazy.LazySimpleSerDe", "OpenCSVSerde", "RegexSerDe"))
GROK = "com.amazonaws.glue.serde.GrokSerDe"
TABLE = Table(TableName("db", "t"), (Column("a", "string"),), "/lake/t/", storage=Storage(serde=LAZY))


def test_a_table_without_a_header_is_read_as_lines() -> None:
    assert classify(TABLE, LOCAL) == Reader(
        table=TableName("db", "t"),
        format="text",
        root="/lake/t/",
        stored=(Column("value", "string"),),
        casts=(
            Cast(
                "value",
                "a",
                "string",
                ("nullif(get(split(trim(LEADING '\\ufeff' FROM ", "), '\\u0001', -1), 0), '\\\\N')"),
            ),
        ),
    )


@pytest.mark.parametrize("said", ["1", '"1"', "true", " 1 "])
def test_a_header_is_left_out_by_a_reader_of_whole_lines(said: str) -> None:
    for table in (
        replace(TABLE, parameters={"skip.header.line.count": said}),
        replace(TABLE, storage=Storage(serde=LAZY, parameters={"skip.header.line.count": said})),
    ):
        reader = classify(table, LOCAL)
        assert isinstance(reader, Reader), reader
        assert (reader.format, reader.options["header"], reader.options["mode"]) == ("csv", "true", "FAILFAST")


def test_a_key_named_as_the_line_does_not_hide_it() -> None:
    reader = classify(replace(TABLE, partition_keys=(Column("Value", "string"),)), LOCAL)
    assert isinstance(reader, Reader)
    assert [column.name for column in reader.stored] == ["line", "Value"]


@pytest.mark.parametrize(
    ("serde", "said", "kind", "reason"),
    [
        (LAZY, {"field.delim": "||"}, "string", "its field.delim is '||', of which LazySimpleSerDe takes the first byte"),
        (LAZY, {"field.delim": "\\t"}, "string", "its field.delim is '\\\\t', of which LazySimpleSerDe takes the first byte"),
        (LAZY, {"field.delim": "§"}, "string", "its field.delim is '§', of which LazySimpleSerDe takes the first byte"),
        (LAZY, {"serialization.encoding": "UTF-16"}, "string", "its text is in the encoding 'UTF-16'"),
        (LAZY, {"textinputformat.record.delimiter": "|"}, "string", "its lines end in '|'"),
        (LAZY, {"serialization.last.column.takes.rest": "true"}, "string", "its last column takes the rest of the line"),
        (LAZY, {"skip.header.line.count": "2"}, "string", "it skips 2 header lines"),
        (LAZY, {"skip.footer.line.count": "1"}, "string", "it skips footer lines"),
        (LAZY, {"timestamp.formats": "EEE, d MMM"}, "timestamp", "its timestamps are written as 'EEE'"),
        (LAZY, {}, "array<" * 8 + "int" + ">" * 8, "column 'a' is nested too deep for text"),
        (SERDE2 + "MultiDelimitSerDe", {}, "string", "its separator is ''"),
        (SERDE2 + "MultiDelimitSerDe", {"field.delim": "||"}, "array<int>", "column 'a' is of the type array<int> in MultiDelimitSerDe"),
        (OPEN_CSV, {"separatorChar": "||"}, "string", "its separatorChar is '||', of which OpenCSVSerde takes the first character"),
        (OPEN_CSV, {"separatorChar": "\\"}, "string", "separator, quote and escape of OpenCSVSerde are not three characters"),
        (OPEN_CSV, {}, "map<string,string>", "column 'a' is of the type map<string,string> in OpenCSVSerde"),
        (REGEX, {}, "string", "its RegexSerDe has no input.regex"),
        (REGEX, {"input.regex": "(a"}, "string", "its regular expression '(a' is not understood"),
        (REGEX, {"input.regex": "(a)(b)"}, "string", "its regular expression has 2 groups for 1 columns"),
        (REGEX, {"input.regex": "x(a*)?"}, "string", "the group of column 'a' may be empty or left out, and engines do not tell which"),
        (REGEX, {"input.regex": "(a)(?=b)"}, "string", "this machine (Sail) does not read regex look-around"),
        (REGEX, {"input.regex": "(a++)"}, "string", "this machine (Sail) does not read regex look-around"),
        (REGEX, {"input.regex": "(a)\\1"}, "string", "this machine (Sail) does not read regex look-around"),
        (REGEX, {"input.regex": "(.*)"}, "binary", "column 'a' is binary in RegexSerDe"),
        (GROK, {"input.format": "%{NOPE:a}"}, "string", "its grok pattern 'NOPE' is not known"),
        (GROK, {"input.format": "%{WORD:b}"}, "string", "no grok pattern is named as column 'a'"),
    ],
)  # fmt: skip
def test_what_is_not_read_right_is_refused_by_name(serde: str, said: dict[str, str], kind: str, reason: str) -> None:
    table = replace(TABLE, columns=(Column("a", kind),), storage=Storage(serde=serde, parameters=said))
    found = classify(table, LOCAL)
    assert isinstance(found, Unreadable), found
    assert found.reason == reason
    assert found.remedy


def test_what_only_java_matches_is_read_there() -> None:
    table = replace(TABLE, storage=Storage(serde=REGEX, parameters={"input.regex": "(?!b)(\\w)"}))
    assert isinstance(classify(table, SPARK35), Reader)


@pytest.mark.parametrize(
    ("java", "both"),
    [
        ("(\\d+)\\s(\\W)", "([0-9]+)[ \\t\\n\\x0B\\f\\r]([^a-zA-Z0-9_])"),
        ("[\\w.-]*\\-\\\"\\<", "[a-zA-Z0-9_.-]*\\-\"<"),
        ("(?<host>a|b)\\Q.(\\E", "(a|b)\\.\\("),
        (".(?s)", ".(?s)"),
        ("a.c", "a[^\\n\\r\\x{85}\\x{2028}\\x{2029}]c"),
        ("\\p{Alnum}\\u0041\\Z", "[a-zA-Z0-9]\\x{0041}\\z"),
        ("(?:x){2,3}?", "(?:x){2,3}?"),
    ],
)  # fmt: skip
def test_a_regular_expression_of_java_is_written_for_both_engines(java: str, both: str) -> None:
    found = portable(java)
    assert (found.text, found.lacks, found.is_odd) == (both, (), False)


def _look(files: dict[str, bytes], **said: str) -> Any:
    table = replace(TABLE, parameters={key.replace("_", "."): value for key, value in said.items()})
    store = MemoryStore({f"/lake/t/{name}": body for name, body in files.items()})
    return look(table, store.files("/lake/t/"), store)


def test_a_look_says_how_files_are_compressed() -> None:
    assert _look({"a.snappy": b"x", "b.lz4": b"y"}).features == ("text in lz4", "text in snappy")
    assert "is compressed as no engine reads text" in _look({"a.zip": b"x"}).refusal
    assert _look({"a.gz": b"x"}).features == ()


def test_a_look_tells_a_folder_whose_files_are_packed_in_different_ways() -> None:
    for names, mixed in ((("a.csv", "b.csv.gz"), True), (("x/a.csv", "y/b.gz"), False), (("a.gz", "b.GZ"), False)):
        store = MemoryStore({f"/lake/t/{name}": b"1" for name in names})
        features = look(TABLE, store.files("/lake/t/"), store).features
        assert features == (("files of one folder that are compressed in different ways",) if mixed else ())


def test_a_look_finds_blank_lines_in_what_is_packed() -> None:
    store = MemoryStore({"/lake/t/a.csv.gz": gzip.compress(b"a\n1\n\n2\n")})
    table = replace(TABLE, parameters={"skip.header.line.count": "1"})
    assert look(table, store.files("/lake/t/"), store).notes[0].startswith("blank lines are left out")
    broken = MemoryStore({"/lake/t/a.csv.gz": b"no gzip"})
    assert look(table, broken.files("/lake/t/"), broken).notes == ()


def test_a_look_finds_the_lines_that_a_reader_with_a_header_leaves_out() -> None:
    header = {"skip_header_line_count": "1"}
    assert _look({"a.csv": b"h\n1\n"}, **header).notes == ()
    assert _look({"a.csv": b"h\n1\n\n"}, **header).notes != ()
    assert "lines of nothing but blanks" in _look({"a.csv": b"h\n\t\t\n"}, **header).refusal
    assert _look({"a.csv": b"h\n\t\t\n\n"}).notes == ()


def _read(spark: Any, body: str, columns: int, storage: Storage) -> list[tuple[str | None, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.txt").write_bytes(body.encode())
        own = tuple(Column(f"c{place}", "string") for place in range(columns))
        reader = classify(replace(TABLE, columns=own, location=f"{folder}/", storage=storage), LOCAL)
        assert isinstance(reader, Reader), reader
        for statement in declare(reader, "sail"):
            spark.sql(statement)
        return [tuple(row) for row in spark.table("db.t").collect()]


_FIELDS = st.none() | st.text(alphabet=st.sampled_from("ab,;|\t\\\"'$^. N\nré€\U0001f600"), max_size=6)
_ROWS = st.lists(st.tuples(_FIELDS, _FIELDS), min_size=1, max_size=4)
_SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _lazy(field: str | None, separator: str) -> str:
    if field is None:
        return "\\N"
    return field.replace("\\", "\\\\").replace(separator, "\\" + separator).replace("\n", "\\n")


@_SLOW
@given(_ROWS, st.sampled_from((",", ";", "|", "\t", "^", "$", ".", "\x01")))
@example([("\\N", None), ("a\\\\,b", "\\")], ",")
def test_what_is_written_with_escapes_is_read_as_it_was(
    spark: Any, rows: list[tuple[str | None, str | None]], separator: str
) -> None:
    body = "".join(separator.join(_lazy(field, separator) for field in row) + "\n" for row in rows)
    said = {"field.delim": separator, "escape.delim": "\\"}
    assert _read(spark, body, 2, Storage(serde=LAZY, parameters=said)) == rows


@_SLOW
@given(
    st.lists(st.tuples(_FIELDS, _FIELDS), min_size=1, max_size=4), st.sampled_from((",", ";", "|", "\t")), st.booleans()
)
@example([('"', '""'), ("\\", '\\"')], ",", True)
def test_what_is_written_in_quotes_is_read_as_it_was(
    spark: Any, rows: list[tuple[str | None, str | None]], separator: str, doubled: bool
) -> None:
    texts = [tuple((field or "").replace("\n", " ") for field in row) for row in rows]
    quote = '""' if doubled else '\\"'

    def written(field: str) -> str:
        return '"' + field.replace("\\", "\\\\").replace('"', quote) + '"'

    body = "".join(separator.join(map(written, row)) + "\n" for row in texts)
    assert _read(spark, body, 2, Storage(serde=OPEN_CSV, parameters={"separatorChar": separator})) == texts


def test_a_line_of_a_million_characters_is_read(spark: Any) -> None:
    long = "x" * 1_000_000
    for serde, said in ((LAZY, {"field.delim": ","}), (OPEN_CSV, {}), (REGEX, {"input.regex": "([^,]*),(.*)"})):
        rows = _read(spark, f"{long},y\n", 2, Storage(serde=serde, parameters=said))
        assert rows == [(long, "y")]

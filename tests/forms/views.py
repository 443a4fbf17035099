"""Views of Athena, Hive and several dialects; resource links; tables of a connection."""

# ruff: noqa: E501 - a form is a line: its name, what is special, its rows

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tests.forms.form import DATABASE, Form, Lake, columns
from tests.forms.partitions import table


def _base(lake: Lake, name: str) -> None:
    """A table of orders under a view."""
    rows = {
        "id": pa.array([1, 2, 3], pa.int32()),
        "customer": pa.array([7, 8, 7], pa.int64()),
        "Unit Price": pa.array([Decimal("2.50"), Decimal("1.00"), None], pa.decimal128(10, 2)),
        "day": pa.array([date(2024, 1, 31), date(2024, 2, 25), None], pa.date32()),
    }
    lake.put(f"{name}/a.parquet", pa.table(rows))
    kinds = {"id": "int", "customer": "bigint", "unit price": "decimal(10,2)", "day": "date"}
    table(lake, name, kinds, {})


def _customers(lake: Lake, name: str) -> None:
    lake.put(f"{name}/k=1/a.parquet", pa.table({"id": pa.array([7], pa.int64()), "name": ["ann"]}))
    lake.put(f"{name}/k=2/a.parquet", pa.table({"id": pa.array([8], pa.int64()), "name": ["bob"]}))
    parts = tuple(
        {
            "Values": [key],
            "StorageDescriptor": {
                "Columns": columns(id="bigint", name="string"),
                "Location": lake.uri(f"{name}/k={key}/"),
            },
        }
        for key in ("1", "2")
    )
    from tests.forms.basic import PARQUET

    for part in parts:
        part["StorageDescriptor"].update(PARQUET)  # type: ignore[attr-defined]
    table(lake, name, {"id": "bigint", "name": "string"}, {"k": "string"}, parts)


_TRINO = {"int": "integer", "string": "varchar"}


def _athena(lake: Lake, name: str, sql: str, /, **kinds: str) -> None:
    """A view as CREATE VIEW in Athena stores it."""
    shown = [{"name": column, "type": _TRINO.get(kind, kind)} for column, kind in kinds.items()]
    payload = json.dumps({"originalSql": sql, "catalog": "awsdatacatalog", "schema": DATABASE, "columns": shown})
    encoded = base64.b64encode(payload.encode()).decode()
    _view(
        lake,
        name,
        kinds,
        ViewOriginalText=f"/* Presto View: {encoded} */",
        ViewExpandedText="/* Presto View */",
        Parameters={"comment": "Presto View", "presto_view": "true"},
    )


def _view(lake: Lake, name: str, kinds: Mapping[str, str], **more: Any) -> None:
    storage = {"Columns": columns(**kinds), "Location": "", "SerdeInfo": {}}
    lake.table({"Name": name, "TableType": "VIRTUAL_VIEW", "StorageDescriptor": storage, "PartitionKeys": [], **more})


def _joined(lake: Lake) -> None:
    _base(lake, "view_orders")
    _customers(lake, "view_customers")
    sql = """SELECT c.name, o.id / 2 AS half, o."unit price" * 1.5 AS "Dear Price", day_of_week(day) AS weekday
        FROM view_orders o LEFT JOIN view_customers c ON o.customer = c.id"""
    _athena(lake, "view_joined", sql, name="string", half="int", **{"dear price": "decimal(12,3)"}, weekday="bigint")


def _grouped(lake: Lake) -> None:
    """A view over a view over a table, with a CTE, a window and NULLs last."""
    _base(lake, "view_grouped_base")
    _athena(
        lake,
        "view_grouped_below",
        "SELECT customer, count(*) AS n, max(day) AS last FROM view_grouped_base GROUP BY 1",
        customer="bigint",
        n="bigint",
        last="date",
    )
    sql = f"""WITH w AS (SELECT customer, n, date_trunc('month', last) m, row_number() OVER (ORDER BY last) r FROM "{DATABASE}"."view_grouped_below")
        SELECT * FROM w ORDER BY n DESC LIMIT 10"""
    _athena(lake, "view_grouped", sql, customer="bigint", n="bigint", m="date", r="bigint")


def _hive(lake: Lake) -> None:
    _base(lake, "view_hive_base")
    expanded = f"SELECT `t`.`id` AS `id`, concat('c', `t`.`customer`) AS `who`, `t`.`unit price` + 1 AS `more` FROM `{DATABASE}`.`view_hive_base` `t` WHERE `t`.`id` < 3"
    _view(
        lake,
        "view_hive",
        {"id": "int", "who": "string", "more": "decimal(12,2)"},
        ViewOriginalText="SELECT id, ...",
        ViewExpandedText=expanded,
    )


def _dialects(lake: Lake) -> None:
    """A view of several dialects: Spark's is taken."""
    _base(lake, "view_dialects_base")
    text = f"SELECT id, customer FROM {DATABASE}.view_dialects_base"
    shown = [("ATHENA", "3", text + " WHERE no_such_function(id)"), ("SPARK", "3.3", text + " WHERE id > 1")]
    said = [
        {"Dialect": dialect, "DialectVersion": version, "ViewOriginalText": sql, "ViewExpandedText": sql}
        for dialect, version, sql in shown
    ]
    _view(
        lake,
        "view_dialects",
        {"id": "int", "customer": "bigint"},
        ViewDefinition={"IsProtected": True, "Representations": said},
    )


def _refused(lake: Lake) -> None:
    _base(lake, "view_refused_base")
    _athena(lake, "view_refused", "SELECT approx_distinct(customer) AS n FROM view_refused_base", n="bigint")


def _circle(lake: Lake) -> None:
    _athena(lake, "view_circle", "SELECT id FROM view_circle_other", id="int")
    _athena(lake, "view_circle_other", "SELECT id FROM view_circle", id="int")


def _over_refused(lake: Lake) -> None:
    table(
        lake,
        "view_over_base",
        {"id": "int"},
        {},
        storage={"SerdeInfo": {"SerializationLibrary": "com.amazon.ionhiveserde.IonHiveSerDe"}},
    )
    _athena(lake, "view_over_refused", "SELECT id FROM view_over_base", id="int")


def _link(lake: Lake) -> None:
    _base(lake, "link_target")
    lake.table(
        {"Name": "link", "TargetTable": {"CatalogId": "123456789012", "DatabaseName": DATABASE, "Name": "link_target"}}
    )


def _federated(lake: Lake) -> None:
    lake.table(
        {
            "Name": "federated",
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {"Columns": columns(id="int"), "Location": ""},
            "FederatedTable": {"ConnectionName": "redshift-1", "Identifier": "arn:x"},
        }
    )


ANSWERS = "Spark does not parse the text of an Athena view"
FORMS: tuple[Form, ...] = (
    Form("view_joined", "an Athena view: integer division, a join, odd names", "Athena", _joined, rows=(("ann", 0, Decimal("3.750"), 3), ("bob", 1, Decimal("1.500"), 7), ("ann", 1, None, None)), metastore=ANSWERS),
    Form("view_grouped", "an Athena view over another one: CTE, window, NULLs last", "Athena", _grouped, rows=((7, 2, date(2024, 1, 1), 1), (8, 1, date(2024, 2, 1), 2)), metastore=ANSWERS),
    Form("view_hive", "a view of Hive or Spark", "Hive", _hive, rows=((1, "c7", Decimal("3.50")), (2, "c8", Decimal("2.00"))), metastore=ANSWERS),
    Form("view_dialects", "a view of several dialects", "Athena", _dialects, rows=((2, 8), (3, 7)), metastore=ANSWERS),
    Form("view_refused", "an Athena view with a function that Spark counts otherwise", "Athena", _refused, refused={"*": "the function 'approx_distinct'"}),
    Form("view_circle", "views in a circle", "Athena", _circle, refused={"*": "its views go in a circle"}),
    Form("view_over_refused", "a view over a table that is refused", "Athena", _over_refused, refused={"*": "it is a view over forms.view_over_base, which cannot be read"}),
    Form("link", "a resource link", "Lake Formation", _link, rows=((1, 7, Decimal("2.50"), date(2024, 1, 31)), (2, 8, Decimal("1.00"), date(2024, 2, 25)), (3, 7, None, None)), metastore="it is a link"),
    Form("federated", "a table of a federated connection", "Athena", _federated, refused={"*": "through the connection 'redshift-1'"}),
)  # fmt: skip

"""A small shop as tables, made by hand: what the unit tests of the offline generator ask about."""

from collections.abc import Sequence

from sparkwright.domain import Column, ColumnProfile, ForeignKey, Table, TableName


def column(name: str, type_: str, values: Sequence[object] = (), comment: str = "") -> Column:
    present = [str(value) for value in values if value is not None]
    distinct = tuple(dict.fromkeys(present))
    profile = ColumnProfile(len(values), len(distinct), len(values) - len(present), distinct, True)
    return Column(name, type_, comment, profile if values else None)


def table(name: str, *columns: Column, key: str = "", foreign: Sequence[tuple[str, str, str]] = ()) -> Table:
    return Table(
        TableName("shop", name),
        columns,
        f"s3://shop/{name}/",
        primary_key=(key,) if key else (),
        foreign_keys=tuple(ForeignKey((a,), TableName("shop", other), (b,)) for a, other, b in foreign),
    )


CUSTOMERS = table(
    "customers",
    column("customer_id", "int", (1, 2, 3)),
    column("customer_name", "string", ("Ann Lee", "Bob Ray", "Cem Oz")),
    column("city", "string", ("Paris", "Rome", "Paris")),
    column("age", "int", (30, 41, 52)),
    key="customer_id",
)
ORDERS = table(
    "orders",
    column("order_id", "int", (1, 2, 3, 4)),
    column("customer_id", "int", (1, 1, 2, 3)),
    column("status", "string", ("Delivered", "Open", "Open", "Cancelled")),
    column("total_price", "double", (10.0, 20.0, 5.0, 7.5)),
    column("ordered_on", "date", ("2024-01-03", "2024-02-03", "2024-02-09", "2025-01-01")),
    column("duration", "int", (60, 90, 30, 45), "Time to deliver, in minutes"),
    key="order_id",
    foreign=[("customer_id", "customers", "customer_id")],
)
ODD = table("odd names", column("a.b", "int", (1, 2)), column("group", "string", ("x", "y")))
SHOP = (CUSTOMERS, ORDERS)


def without_keys(*tables: Table) -> tuple[Table, ...]:
    return tuple(Table(t.name, t.columns, t.location) for t in tables)

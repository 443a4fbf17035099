"""A till over two years as tables, made by hand: orders that are paid, open or cancelled, and who placed them."""

from collections.abc import Sequence

from sparkwright.domain import Column, ColumnProfile, Table, TableName

ORDERS_ROWS: tuple[tuple[int, int, str, float, str], ...] = (
    (1, 1, "2024-01-05", 10.0, "paid"),
    (2, 1, "2024-02-06", 25.0, "open"),
    (3, 2, "2024-02-07", 30.0, "paid"),
    (4, 2, "2024-03-08", 5.0, "cancelled"),
    (5, 3, "2025-01-09", 40.0, "paid"),
    (6, 1, "2025-01-10", 50.0, "open"),
)
CUSTOMER_ROWS: tuple[tuple[int, str, str], ...] = ((1, "Ada", "Paris"), (2, "Bob", "Rome"), (3, "Cem", "Paris"))


def column(name: str, type_: str, values: Sequence[object]) -> Column:
    present = sorted(str(v) for v in values)
    distinct = tuple(dict.fromkeys(present))
    profile = ColumnProfile(len(values), len(distinct), 0, distinct, True, distinct[0], distinct[-1])
    return Column(name, type_, "", profile)


def table(called: str, rows: Sequence[tuple[object, ...]], /, **types: str) -> Table:
    columns = tuple(column(n, t, values) for (n, t), values in zip(types.items(), zip(*rows, strict=True), strict=True))
    return Table(TableName("till", called), columns, f"file:///till/{called}/")


ORDERS = table(
    "orders", ORDERS_ROWS, order_id="bigint", customer_id="bigint", ordered_on="date", amount="double", status="string"
)
CUSTOMERS = table("customers", CUSTOMER_ROWS, customer_id="bigint", name="string", city="string")
TILL = (ORDERS, CUSTOMERS)

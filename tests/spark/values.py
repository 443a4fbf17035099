"""Values of rows as JSON that compares exactly: the type of a value is part of it, NaN equals itself.

Runs in the environments of all engines: the standard library only.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """One value: None and texts as they are, others as `[kind, text]`; structs and maps are both `dict`."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return [type(value).__name__, repr(value)]
    if isinstance(value, Decimal):
        return ["decimal", f"{value.normalize():f}"]
    if isinstance(value, datetime):
        utc = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return ["timestamp", utc.isoformat(" ")]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, (bytes, bytearray)):
        return ["binary", bytes(value).hex()]
    return _nested(value)


def _nested(value: Any) -> Any:
    if hasattr(value, "asDict"):
        return plain(value.asDict())
    if isinstance(value, dict):
        return ["dict", sorted(([plain(key), plain(inner)] for key, inner in value.items()), key=json.dumps)]
    if isinstance(value, (list, tuple)):
        return ["list", [plain(inner) for inner in value]]
    raise TypeError(f"a value of the type {type(value)!r} is not expected in a row")


def plain_rows(rows: Any) -> list[str]:
    """Rows as texts, in an order of their own."""
    return sorted(json.dumps([plain(value) for value in row], ensure_ascii=False) for row in rows)

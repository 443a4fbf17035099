"""Partition projection: the partitions of a table that its properties spell, those that the question asks for only.

Source: Amazon Athena's guide, "Setting up partition projection" and "Supported types for partition projection": with
`projection.enabled` the registered partitions are ignored, values are generated from `projection.<key>.*`, in UTC, and
lie at `storage.location.template` or at `<location>/key=value/`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import product
from math import prod

from sparkwright.domain import Filter, Partition, Scan, Table
from sparkwright.errors import UnreadableTable
from sparkwright.readers.projection_dimensions import Dimension, Properties, dates, enum, injected, integer

MOST_PROJECTED = 10_000

_TYPES = {"enum": enum, "integer": integer, "date": dates}
_ESCAPED = re.compile(r"""[\x00-\x1f"#%'*/:=?\\\x7f{\[\]^]""")  # as Hive escapes names of folders


def is_projected(table: Table) -> bool:
    """Whether the table's partitions are projected; then the registered ones do not count."""
    said = {key.lower(): value for key, value in table.parameters.items()}
    return bool(table.partition_keys) and said.get("projection.enabled", "").strip().lower() == "true"


def projected(table: Table, scans: Sequence[Scan], now: datetime) -> tuple[Partition, ...]:
    """The projected partitions that some scan of the table leaves, all of them without scans; files may lie there.

    Each key is narrowed by the filters before its values are made. Raises `UnreadableTable` naming the property that is
    malformed, the key that the question must filter on, or that they are too many.
    """
    said = {key.lower(): value for key, value in table.parameters.items()}
    template = _template(table, said)
    now = now.astimezone(UTC) if now.tzinfo else now
    keys = [Properties(str(table.name), key, said, now) for key in table.partition_keys]
    fixed = [_TYPES[kind](key) if (kind := _kind(key)) in _TYPES else None for key in keys]
    found: dict[tuple[str, ...], Partition] = {}
    for filters in [scan.filters for scan in scans] or [()]:
        whole = [one or injected(key, filters) for one, key in zip(fixed, keys, strict=True)]
        for partition in _expanded(table, template, whole, filters):
            found[tuple(map(str, partition.values))] = partition
    if len(found) > MOST_PROJECTED:
        raise _too_many(table, len(found))
    return tuple(found.values())


def _kind(said: Properties) -> str:
    kind = said.need("type").strip().lower()
    if kind not in (*_TYPES, "injected"):
        said.refuse("type", "it is none of enum, integer, date, injected")
    return kind


def _expanded(table: Table, template: str, whole: Sequence[Dimension], filters: Sequence[Filter]) -> list[Partition]:
    places = [one.places(filters) for one in whole]
    count = prod(map(len, places))
    if count > MOST_PROJECTED:
        raise _too_many(table, count)
    spots = [[one.at(place) for place in own] for one, own in zip(whole, places, strict=True)]
    return [
        Partition(tuple(value for value, _ in row), _located(template, table, [path for _, path in row]))
        for row in product(*spots)
    ]


def _too_many(table: Table, count: int) -> UnreadableTable:
    keys = ", ".join(key.name for key in table.partition_keys)
    return UnreadableTable(
        f"table {str(table.name)!r} projects {count:,} partitions for this question; the most are {MOST_PROJECTED:,}",
        hint=f"narrow the question: filter on {keys}",
    )


_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


def _template(table: Table, said: dict[str, str]) -> str:
    """The template of locations; empty where they are `<location>/key=value/`."""
    template = said.get("storage.location.template", "").strip()
    if not template:
        return ""
    keys = {key.name.lower() for key in table.partition_keys}
    named = {name.lower() for name in _PLACEHOLDER.findall(template)}
    if named != keys:
        wrong = ", ".join(sorted(named ^ keys))
        raise UnreadableTable(
            f"table {str(table.name)!r} cannot be read: its property 'storage.location.template' is {template!r}: the "
            f"placeholders are not those of the partition keys ({wrong})",
            hint="give it one placeholder for each partition key, such as ${dt}",
        )
    return template


def _located(template: str, table: Table, paths: Sequence[str]) -> str:
    if template:
        values = {key.name.lower(): path for key, path in zip(table.partition_keys, paths, strict=True)}
        place = _PLACEHOLDER.sub(lambda found: values[found.group(1).lower()], template)
    else:
        steps = (f"{escaped(key.name)}={escaped(path)}" for key, path in zip(table.partition_keys, paths, strict=True))
        place = "/".join((table.location.rstrip("/"), *steps))
    return place if place.endswith("/") else place + "/"


def escaped(text: str) -> str:
    """A key or value as the name of a folder."""
    return _ESCAPED.sub(lambda found: f"%{ord(found.group()):02X}", text)

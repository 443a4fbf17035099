"""Partitions that are stored otherwise than their table: one table for each way, and their readers joined again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sparkwright.domain import Cast, Column, Partition, Reader, Storage, Table
from sparkwright.hive_types import Decimal, Plain, Sized, parse
from sparkwright.readers.verdicts import refuse

if TYPE_CHECKING:
    from sparkwright.domain import Unreadable
    from sparkwright.hive_types import HiveType

_BY_NAME = ("ParquetHiveSerDe", "JsonSerDe", "AvroSerDe")
_BY_PLACE_AT_THE_END = ("OrcSerde",)  # by name or by place: what was added at the end is the same both ways
_NOISE = frozenset({"serialization.format", "path"})


def by_storage(table: Table) -> tuple[Table, ...] | Unreadable:
    """The table over the partitions that are stored as it is, then one more for each other way; or a refusal.

    A partition's own list of columns counts where the files do not name their columns (texts, by place): it says which
    there are and in which order, and the table's types hold where no value changes by it. Where files name them, they
    say the types as well.
    """
    groups: dict[object, list[Partition]] = {None: []}
    made: dict[object, Table] = {None: table}
    for partition in table.partitions:
        storage = partition.storage or table.storage
        own = _own_columns(table, storage, partition)
        types = _other_types(table, partition)
        is_alike = _key(storage) == _key(table.storage) and own == table.columns and not types
        key = None if is_alike else (_key(storage), own, types)
        if key not in made:
            changed = _changed(table, partition, own)
            if changed:
                return changed
            made[key] = replace(table, storage=storage, columns=_of_table(table, own))
        groups.setdefault(key, []).append(replace(partition, storage=None, columns=()))
    return tuple(replace(made[key], partitions=tuple(group)) for key, group in groups.items() if group or key is None)


def joined(table: Table, readers: Sequence[Reader]) -> Reader:
    """One reader of the table: the first has partitions, the others add theirs under the same columns.

    A column that an older partition lacks is NULL there.
    """
    brought = [_brought(table, reader) for reader in readers if reader.partitions] or [readers[0]]
    first, *others = brought
    notes = tuple(dict.fromkeys(note for one in brought for note in one.notes))
    needs = tuple(dict.fromkeys(need for one in brought for need in one.needs))
    return replace(first, others=(*first.others, *others), notes=notes, needs=needs)


def _brought(table: Table, reader: Reader) -> Reader:
    own = {cast.name.lower(): cast for cast in reader.casts}
    any_stored = reader.stored[0].name if reader.stored else reader.casts[0].stored
    casts = tuple(
        own.get(column.name.lower()) or Cast(any_stored, column.name, column.type, ("NULL",))
        for column in table.all_columns
    )
    return replace(reader, casts=casts)


def _own_columns(table: Table, storage: Storage, partition: Partition) -> tuple[Column, ...]:
    """The columns of a partition's files as far as they matter; the table's where the files say it themselves."""
    if not partition.columns or storage.serde.endswith(_BY_NAME):
        return table.columns
    names = [column.name.lower() for column in partition.columns]
    if storage.serde.endswith(_BY_PLACE_AT_THE_END) and names == [c.name.lower() for c in table.columns][: len(names)]:
        return table.columns
    pairs = zip(partition.columns, table.columns, strict=False)
    if len(names) == len(table.columns) and all(
        one.name.lower() == other.name.lower() and parse(one.type) == parse(other.type) for one, other in pairs
    ):
        return table.columns
    return tuple(Column(column.name.lower(), column.type) for column in partition.columns)


def _other_types(table: Table, partition: Partition) -> tuple[Column, ...]:
    """The columns that a partition has under another type: its files are looked at by themselves."""
    return tuple(
        column
        for column in partition.columns
        if (wanted := table.column(column.name)) and parse(wanted.type) != parse(column.type)
    )


def _key(storage: Storage) -> object:
    noise = _NOISE if storage.serde.endswith((*_BY_NAME, *_BY_PLACE_AT_THE_END)) else frozenset({"path"})
    said = sorted((name, value) for name, value in storage.parameters.items() if name not in noise)
    return storage.serde, storage.input_format, tuple(said)


def _of_table(table: Table, own: tuple[Column, ...]) -> tuple[Column, ...]:
    """A partition's columns in its order, with the table's types where the table has them."""
    return tuple(table_column if (table_column := table.column(column.name)) else column for column in own)


def _changed(table: Table, partition: Partition, own: tuple[Column, ...]) -> Unreadable | None:
    """A refusal where a value of the partition would be another one under the table's type."""
    for column in own:
        wanted = table.column(column.name)
        if wanted is not None and not _widens(parse(column.type), parse(wanted.type)):
            return refuse(
                table,
                f"partition {_values(table, partition)} has column {column.name!r} as {column.type}, the table as "
                f"{wanted.type}",
                "write the partition anew with the table's types, or ask for other partitions",
            )
    return None


def _values(table: Table, partition: Partition) -> str:
    return ", ".join(f"{key.name}={value}" for key, value in zip(table.partition_keys, partition.values, strict=True))


_INTEGERS = ("tinyint", "smallint", "int", "bigint")


def _widens(stored: HiveType, wanted: HiveType) -> bool:
    """Whether each value of the stored type is the same one of the other."""
    if stored == wanted:
        return True
    if isinstance(stored, Plain) and isinstance(wanted, Plain):
        pair = (stored.name, wanted.name)
        if all(name in _INTEGERS for name in pair):
            return _INTEGERS.index(stored.name) < _INTEGERS.index(wanted.name)
        return False
    if isinstance(stored, Decimal) and isinstance(wanted, Decimal):
        return stored.scale == wanted.scale and stored.precision <= wanted.precision
    return isinstance(stored, Sized) and stored.name == "varchar" and str(wanted) == "string"

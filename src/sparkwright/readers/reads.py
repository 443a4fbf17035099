"""Write the explicit read of a table, for people who paste code: the same rows as its declaration."""

from __future__ import annotations

import json
import keyword
import re
from typing import TYPE_CHECKING

from sparkwright.readers.columns import named, schema_of, stored_columns
from sparkwright.readers.lakes import is_lake, lake_read
from sparkwright.readers.places import is_apart, load_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Partition, Reader
    from sparkwright.platforms import Dialect


def explicit_read(reader: Reader, dialect: Dialect = "sail") -> str:
    """Python source that binds a DataFrame of the table's rows to a variable named after the table.

    It is the same for both dialects, but for Iceberg and for partition keys.
    """
    first, *others = (read for one in (reader, *reader.others) for read in _reads(one, dialect))
    calls = [*first, *(f".unionAll({_chain(read, '        ')})" for read in others)]
    return f"{variable(reader.table.name)} = {_chain(calls)}\n"


def _reads(reader: Reader, dialect: Dialect) -> list[list[str]]:
    """The reads of a reader: of its root, or of each partition where one lies elsewhere."""
    if is_lake(reader):
        return [lake_read(reader, dialect)]
    if is_apart(reader):
        return [_read(reader, partition, dialect) for partition in reader.partitions]
    return [_read(reader, None, dialect)]


def variable(name: str) -> str:
    """A Python variable for a table's name."""
    word = re.sub(r"\W", "_", name)
    return (
        word if word.isidentifier() and not keyword.iskeyword(word) and word not in ("spark", "result") else f"t_{word}"
    )


def _read(reader: Reader, partition: Partition | None, dialect: Dialect) -> list[str]:
    options = [f".option({_text(key)}, {_text(value)})" for key, value in reader.options.items()]
    columns = "".join(f"        {_text(column)},\n" for column in named(reader, partition, dialect))
    return [
        f"spark.read.format({_text(reader.format)})",
        f".schema({_text(schema_of(stored_columns(reader, partition)))})",
        *options,
        f".load({_text(load_path(partition.location if partition else reader.root, dialect))})",
        f".selectExpr(\n{columns}    )",
    ]


def _chain(calls: Sequence[str], indent: str = "    ") -> str:
    return "(\n" + "".join(f"{indent}{call}\n" for call in calls) + indent[4:] + ")"


def _text(text: str) -> str:
    """A Python string literal in double quotes."""
    return json.dumps(text, ensure_ascii=not text.isprintable())

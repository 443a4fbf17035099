"""Find a lake format below a table that its catalog takes for plain files: those hold rows that are deleted by now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sparkwright.domain import Evidence
from sparkwright.readers.formats.iceberg_metadata import newest_names

if TYPE_CHECKING:
    from sparkwright.store import Store

FORMATS = frozenset({"parquet", "orc", "avro"})
"""The formats of the files of lake formats."""


def hidden_lake(root: str, store: Store) -> Evidence | None:
    """A refusal, where the metadata of a lake format lie at the location of plain files."""
    place = root.rstrip("/")
    if store.hidden(f"{place}/_delta_log", 1):
        return _refusal("Delta", "table_type=DELTA")
    if store.hidden(f"{place}/.hoodie", 1):
        return _refusal("Hudi", "spark.sql.sources.provider=hudi")
    if newest_names(place, store):
        return _refusal("Iceberg", "table_type=ICEBERG and metadata_location")
    return None


def _refusal(title: str, parameter: str) -> Evidence:
    return Evidence(
        refusal=f"the catalog has it as plain files, and a table of {title} lies at its location",
        remedy=f"register it as a table of {title} (parameter {parameter}); its bare files hold rows that are deleted",
    )

"""Views: Athena's, Hive's and Spark's, and those of several dialects; resource links and federated tables."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sparkwright.domain import Cast, Reader, Table, TableName, Unreadable, View
from sparkwright.errors import CatalogError, UnreadableTable
from sparkwright.hive_types import spark_type
from sparkwright.identifiers import is_bare, quoted
from sparkwright.readers.verdicts import Verdict, refuse
from sparkwright.readers.views_sql import Tongue, parsed, spoken, tables_of
from sparkwright.readers.views_terms import Differs

if TYPE_CHECKING:
    from sparkwright.platforms import Dialect

DEEPEST = 16
_PAYLOAD = re.compile(r"\s*/\* Presto View: ([A-Za-z0-9+/=\s]+) \*/\s*")
_CATALOGS = ("awsdatacatalog", "hive", "spark_catalog", "glue_catalog")
_REMEDY = "name the tables under it, or store its rows as a table (CREATE TABLE AS)"


def view_rule(table: Table) -> Verdict:
    """A view as its text stands: `resolve` gives it Spark's words, with the types of the tables under it."""
    if table.table_type.upper() != "VIRTUAL_VIEW" and not (table.view and not table.location):
        return None
    try:
        tongue, text, database = _text(table)
        tables = tables_of(parsed(text, tongue), database, _known(table))
    except Differs as error:
        return _refused(table, error)
    return View(table.name, text, tables, _casts(table))


def federated_rule(table: Table) -> Verdict:
    """A table whose rows lie in another system."""
    if not table.federated:
        return None
    return refuse(
        table,
        f"its rows are read through the connection {table.federated!r} (federated)",
        "query it with Athena and store the rows in S3",
    )


def link_rule(table: Table) -> Verdict:
    """A resource link that nobody followed (the catalog does; then it has the columns of what it leads to)."""
    if table.target is None or table.all_columns:
        return None
    where = f" of the account {table.catalog_id}" if table.catalog_id else ""
    return refuse(
        table, f"it is a link to {table.target}{where}, which cannot be looked up", "name the table that it links to"
    )


def followed(table: Table, lookup: Callable[[TableName], Table]) -> Table:
    """The table that a resource link leads to, under the link's own name; other tables as they are.

    Raises `UnreadableTable` for a link into nothing, or in a circle.
    """
    found, seen = table, [table.name]
    while found.target is not None and not found.all_columns:
        target = found.target
        if target in seen or len(seen) > DEEPEST:
            raise UnreadableTable(
                f"{table.name} cannot be read: its links go in a circle ({' -> '.join(map(str, seen))})",
                hint="name the table itself",
            )
        try:
            found = lookup(target)
        except CatalogError as error:
            refused = link_rule(found)
            assert isinstance(refused, Unreadable)
            raise UnreadableTable(
                f"{table.name} cannot be read: {refused.reason}: {error.message}", hint=refused.remedy
            ) from error
        seen.append(target)
    return found if found is table else replace(found, name=table.name, target=found.target or seen[-1])


# --- what a view says ------------------------------------------------------------------------------------------------


def _text(table: Table) -> tuple[Tongue, str, str]:
    """The language of a view's text, the text, and the database of names without one; raises `Differs`."""
    said = {dialect.lower(): text for dialect, text in table.view.items() if text}
    database = (table.target or table.name).database
    if "spark" in said:
        return "spark", said["spark"], database
    presto = said.get("presto") or said.get("athena", "") or table.view_text
    if _PAYLOAD.match(presto):
        payload = _payload(presto)
        return "trino", payload["originalSql"], payload.get("schema") or database
    if "athena" in said:
        return "trino", said["athena"], database
    if table.parameters.get("presto_view", "").lower() == "true":
        raise Differs("a text without the form of Athena's views")
    text = said.get("hive") or table.view_text
    if not text.strip():
        raise _NoText(f"it is a view without a text that we read (its dialects: {', '.join(sorted(said)) or 'none'})")
    return "spark", text, database


def _payload(text: str) -> dict[str, Any]:
    found = _PAYLOAD.fullmatch(text)
    try:
        said = json.loads(base64.b64decode("".join(found.group(1).split()), validate=True)) if found else None
    except (binascii.Error, ValueError) as error:
        raise Differs("a text in Presto's form that cannot be decoded") from error
    if not isinstance(said, dict) or not isinstance(said.get("originalSql"), str):
        raise Differs("a text in Presto's form without its SQL")
    return said


def _known(table: Table) -> tuple[str, ...]:
    return (*_CATALOGS, *([table.catalog_id] if table.catalog_id else []))


def _casts(table: Table) -> tuple[Cast, ...]:
    return tuple(Cast(column.name, column.name, column.type) for column in table.all_columns)


class _NoText(Differs):
    """A view that says nothing."""


def _refused(table: Table, error: Differs) -> Unreadable:
    part = f"it is a view, and its text has what we do not translate exactly: {error}"
    return refuse(table, str(error) if isinstance(error, _NoText) else part, _REMEDY)


# --- resolving -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Resolved:
    """All that a view stands on: the plain tables that it reads, and its views, those below first, itself last."""

    tables: tuple[Table, ...]
    views: tuple[View, ...]


def resolve(
    table: Table, lookup: Callable[[TableName], Table], classify: Callable[[Table], Reader | View | Unreadable]
) -> Resolved | Unreadable:
    """The view in Spark's words with everything below it, or why not: a part, a cycle, a table that is refused.

    `lookup` gives a table by its name (and raises `CatalogError`), `classify` its verdict by the metadata.
    """
    tables: dict[TableName, Table] = {}
    views: dict[TableName, View] = {}
    try:
        _descend(table, lookup, classify, (), tables, views)
    except _Refusal as refusal:
        return refusal.said if refusal.said.table == table.name else _under(table, refusal.said)
    return Resolved(tuple(tables.values()), tuple(views.values()))


class _Refusal(Exception):
    def __init__(self, said: Unreadable) -> None:
        super().__init__(said.reason)
        self.said = said


def _under(table: Table, said: Unreadable) -> Unreadable:
    return refuse(table, f"it is a view over {said.table}, which cannot be read: {said.reason}", said.remedy)


def _descend(
    table: Table,
    lookup: Callable[[TableName], Table],
    classify: Callable[[Table], Reader | View | Unreadable],
    above: tuple[TableName, ...],
    tables: dict[TableName, Table],
    views: dict[TableName, View],
) -> None:
    path = (*above, _low(table.name))
    if _low(table.name) in above or len(path) > DEEPEST:
        said = " -> ".join(map(str, path))
        raise _Refusal(refuse(table, f"its views go in a circle, or more than {DEEPEST} deep: {said}", _REMEDY))
    verdict = classify(table)
    if isinstance(verdict, Unreadable):
        raise _Refusal(verdict)
    if isinstance(verdict, Reader):
        tables.setdefault(_low(table.name), table)
        return
    below: dict[TableName, Table] = {}
    for name in verdict.tables:
        try:
            below[name] = followed(lookup(name), lookup)
        except CatalogError as error:
            raise _Refusal(Unreadable(name, error.message, error.hint)) from error
    for one in below.values():
        if _low(one.name) not in views:
            _descend(one, lookup, classify, path, tables, views)
    views[_low(table.name)] = _translated(table, below)


def _low(name: TableName) -> TableName:
    return TableName(name.database.lower(), name.name.lower())


def _translated(table: Table, below: dict[TableName, Table]) -> View:
    try:
        tongue, text, database = _text(table)
        tree = parsed(text, tongue)
        tables = tables_of(tree, database, _known(table))
        sql, count = spoken(tree, tongue, below)
        if count != len(table.all_columns):
            raise Differs(f"{count} columns, where the catalog has {len(table.all_columns)}")
    except Differs as error:
        raise _Refusal(_refused(table, error)) from error
    return View(table.name, sql, tables, _casts(table))


# --- declaring -------------------------------------------------------------------------------------------------------


def declare_view(view: View, dialect: Dialect) -> tuple[str, ...]:
    """SQL statements, in order, after which the view can be read by its name; those of its tables come before.

    Columns count by their place: names stand outside of the text, as Sail drops backquotes from it.
    """
    if dialect == "sail":
        odd = [str(name) for name in view.tables if not (is_bare(name.database) and is_bare(name.name))]
        if odd:
            raise UnreadableTable(
                f"{view.table} cannot be read: it is a view over {odd[0]!r}, a name that Sail cannot use within a view",
                hint="run it where JVM Spark runs, or name that table itself",
            )
    names = ", ".join(quoted(cast.name) for cast in view.casts)
    return (
        f"CREATE DATABASE IF NOT EXISTS {quoted(view.table.database)}",
        f"CREATE OR REPLACE VIEW {view.table.quoted} ({names}) AS {_typed(view)}",
    )


def explicit_view(view: View, variable: str) -> str:
    """Python source that binds a DataFrame of the view's rows, over tables that are declared."""
    names = ", ".join(f"{quoted(cast.name)}" for cast in view.casts)
    text = json.dumps(f"SELECT * FROM ({_typed(view)}) AS v({names})", ensure_ascii=False)  # noqa: S608 - no data
    return f"{variable} = spark.sql({text})\n"


def _typed(view: View) -> str:
    casts = ", ".join(f"CAST(q.c{n} AS {spark_type(cast.type)})" for n, cast in enumerate(view.casts))
    places = ", ".join(f"c{n}" for n in range(len(view.casts)))
    return f"SELECT {casts} FROM ({view.sql}) AS q({places})"  # noqa: S608 - no data

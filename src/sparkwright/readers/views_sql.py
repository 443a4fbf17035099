"""A view's query over tables that are known: its columns resolved, its words Spark's, its names safe without quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from sparkwright.domain import TableName
from sparkwright.hive_types import spark_type
from sparkwright.identifiers import is_bare
from sparkwright.readers.views_terms import Differs, name_of
from sparkwright.readers.views_trino import translated

if TYPE_CHECKING:
    from sparkwright.domain import Table

Tongue = Literal["trino", "spark"]
LONGEST = 100_000


def parsed(text: str, tongue: Tongue) -> exp.Query:
    """The one query of a view's text; raises `Differs`."""
    if len(text) > LONGEST:
        raise Differs(f"a text of more than {LONGEST} characters")
    try:
        trees = [tree for tree in sqlglot.parse(text, read=tongue) if tree is not None]
    except (SqlglotError, RecursionError) as error:
        raise Differs(f"a text that cannot be parsed: {str(error).splitlines()[0]}") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise Differs("something else than one query")
    if any(isinstance(node, exp.With) and node.args.get("recursive") for node in trees[0].walk()):
        raise Differs("WITH RECURSIVE")
    return trees[0]


def tables_of(tree: exp.Query, database: str, catalogs: Iterable[str]) -> tuple[TableName, ...]:
    """The tables that a query reads by their full names; raises `Differs` for one of another catalog."""
    known = {name.lower() for name in catalogs}
    found: dict[TableName, None] = {}
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            raise Differs(f"the table function {table.this.sql()[:60]!r}")
        if not table.db and table.name.lower() in _visible(table):
            continue
        alias = table.args.get("alias")
        if alias is not None and alias.columns:
            raise Differs(f"new names for the columns of {table.name!r}")
        if table.catalog and table.catalog.lower() not in known:
            raise Differs(f"the catalog {table.catalog!r}")
        table.set("catalog", None)
        table.set("db", exp.to_identifier((table.db or database).lower(), quoted=True))
        table.set("this", exp.to_identifier(table.name.lower(), quoted=True))
        found[TableName(table.db, table.name)] = None
    return tuple(found)


def _visible(table: exp.Table) -> set[str]:
    """The names of common table expressions above a table."""
    names: set[str] = set()
    node: exp.Expr | None = table
    while node is not None:
        with_ = node.args.get("with_")
        if with_ is not None:
            names |= {cte.alias.lower() for cte in with_.expressions}
        node = node.parent
    return names


def spoken(tree: exp.Query, tongue: Tongue, tables: Mapping[TableName, Table]) -> tuple[str, int]:
    """The query in Spark SQL, over tables by their full names, and how many columns it has; raises `Differs`."""
    said: dict[str, dict[str, dict[str, str]]] = {}
    for name, table in tables.items():
        columns = {column.name.lower(): _schema_type(column.type) for column in table.all_columns}
        said.setdefault(name.database.lower(), {})[name.name.lower()] = columns
    schema = MappingSchema(said, dialect="hive" if tongue == "trino" else "spark") if said else None  # type: ignore[arg-type]  # nested dicts are fine
    whole: exp.Expr = tree.transform(_decimal) if tongue == "trino" else tree
    try:
        whole = qualify(whole, schema=schema, dialect=tongue, quote_identifiers=False, identify=False)
        whole = annotate_types(whole, schema=schema, dialect=tongue)
    except SqlglotError as error:
        raise Differs(f"a name that is not known: {str(error).splitlines()[0]}") from error
    whole = translated(whole) if tongue == "trino" else _allowed(whole)
    _make_bare(whole, tables)
    return whole.sql("spark"), len(whole.selects) if isinstance(whole, exp.Query) else 0


def _schema_type(kind: str) -> str:
    """A type for sqlglot; CHAR stays one, though Spark reads it as a text."""
    return kind if kind.lower().startswith("char(") else spark_type(kind)


def _decimal(node: exp.Expr) -> exp.Expr:
    """1.50 is a decimal in Trino, and sqlglot takes it for a double."""
    if isinstance(node, exp.Literal) and not node.is_string and node.name.replace(".", "", 1).isdigit():
        whole, point, rest = node.name.partition(".")
        if point:
            digits = len(whole.lstrip("0")) + len(rest)
            return exp.cast(node.copy(), f"decimal({max(1, digits)},{len(rest)})")
    return node


def _make_bare(tree: exp.Expr, tables: Mapping[TableName, Table]) -> None:
    """Give every odd name one that needs no quotes: Sail drops them from the text of a view.

    A table with odd columns gets new names for all of them, by their place.
    """
    names: dict[str, str] = {}

    def bare(name: str) -> str:
        return name if is_bare(name) else names.setdefault(name.lower(), f"sparkwright_{len(names)}")

    whole = {id(part) for table in tree.find_all(exp.Table) for part in (table.this, table.args.get("db"))}
    for node in list(tree.find_all(exp.Identifier)):
        if id(node) not in whole or not node.find_ancestor(exp.Table).args.get("db"):  # type: ignore[union-attr]
            node.set("this", bare(node.name))
            node.set("quoted", False)
        else:
            node.set("quoted", not is_bare(node.name))
    for table in tree.find_all(exp.Table):
        known = tables.get(TableName(table.db, table.name)) if table.db else None
        if known is None or all(is_bare(column.name) for column in known.all_columns):
            continue
        columns = [exp.to_identifier(bare(column.name.lower())) for column in known.all_columns]
        alias = exp.to_identifier(bare(table.alias_or_name))
        table.set("alias", exp.TableAlias(this=alias, columns=columns))


# --- Spark's own words -----------------------------------------------------------------------------------------------

_FUNCTIONS = frozenset(
    """
    abs add_months and array array_contains array_distinct array_join array_max array_min array_size avg ceil
    ceiling coalesce concat concat_ws cos count count_if current_date date date_add date_format
    date_from_unix_date date_sub date_trunc datediff day dayofmonth dayofweek dayofyear dense_rank element_at
    every exp extract first_value floor get_json_object greatest hour if ifnull initcap instr isnan isnotnull
    isnull lag last_day last_value lead least left length ln locate log log10 lower lpad ltrim make_date
    map_keys map_values max max_by md5 mean min min_by minute mod month months_between named_struct next_day
    ntile nullif nvl nvl2 percent_rank pmod pow power quarter rank regexp_extract regexp_like regexp_replace
    repeat replace reverse right round row_number rpad rtrim second sha1 sha2 sign size sort_array split sqrt
    stddev stddev_pop stddev_samp struct substr substring sum to_date to_timestamp translate trim trunc try_cast
    unix_date unix_timestamp upper variance weekofyear when year
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
_CLASSES = {found for name in _FUNCTIONS if (found := exp.FUNCTION_BY_NAME.get(name.upper()))}
_OTHER = (
    exp.Cast, exp.TryCast, exp.Case, exp.If, exp.And, exp.Or, exp.Count, exp.TimeToStr, exp.TsOrDsToDate, exp.TsOrDsAdd,
    exp.TsOrDsDiff, exp.TimestampTrunc, exp.StrPosition, exp.Pad, exp.Trim, exp.RegexpLike, exp.Exists, exp.CurrentDate,
    exp.DayOfWeek, exp.DayOfMonth, exp.DayOfYear, exp.WeekOfYear, exp.StrToTime, exp.StrToUnix, exp.UnixToStr,
    exp.Extract, exp.Array, exp.Struct,
)  # fmt: skip
_REFUSED_PARTS = (
    exp.TableSample, exp.Lateral, exp.Pivot, exp.Lock, exp.Into, exp.Hint, exp.QueryTransform, exp.Parameter,
    exp.Placeholder, exp.Command, exp.Lambda,
)  # fmt: skip


def _allowed(tree: exp.Expr) -> exp.Expr:
    """The tree, where it calls what is known to read nothing and to be the same on all engines; raises `Differs`."""
    for node in tree.walk():
        if isinstance(node, _REFUSED_PARTS):
            raise Differs(name_of(node))
        if isinstance(node, exp.Anonymous):
            if node.name.lower() not in _FUNCTIONS:
                raise Differs(name_of(node))
        elif isinstance(node, exp.Func) and not isinstance(node, (*_OTHER, *_CLASSES)):
            raise Differs(name_of(node))
    return tree

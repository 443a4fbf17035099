"""What SQL a program may say: one query over the tables that it knows, and nothing that acts."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError

from sparkwright.domain import Finding
from sparkwright.program import vocabulary
from sparkwright.program.context import spelled
from sparkwright.program.spark_functions import REFUSED_FUNCTIONS, SQL_FUNCTIONS, TABLE_FUNCTIONS, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sparkwright.program.context import Context

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # a command that it does not know is refused, not logged

LONGEST = 50_000
_DEEPEST = 60

# What a query is made of, beside functions, operators and predicates.
_PARTS: frozenset[str] = words(
    """
    JSONPath JSONPathRoot JSONPathKey JSONPathSubscript JSONPathWildcard FromTimeZone
    Select Union Except Intersect Subquery Values CTE With From Join JoinHint Where Group Having Order Ordered Limit
    Offset Distinct Table TableAlias Alias Aliases Identifier Column Star Literal Lateral Hint Window WindowSpec Tuple
    Paren Interval Var DataType DataTypeParam ColumnDef Cube Rollup GroupingSets Pivot PivotAlias PivotAny
    UnpivotColumns TableSample Qualify Lambda Kwarg PropertyEQ Bracket Slice Dot Placeholder Boolean Null Case If Cast
    TryCast Cluster Distribute Sort IntervalSpan IntervalOp IgnoreNulls RespectNulls Filter WithinGroup Named
    NamedWindow Version HexString RawString National In Between Exists Any All Not Neg Escape AtTimeZone WeekStart
    ByteString Explode Posexplode Inline Having AnonymousAggFunc CurrentDate CurrentTimestamp Parameter
    ParameterizedAgg
    """
)
_SPARK = sqlglot.Dialect.get_or_raise("spark")
_BEFORE_PARENTHESES = {"grouping sets"} | words(
    """
    in and or not exists values over using on when then else case select from where join inner left right full outer
    cross semi anti by rollup cube sets as union all any some intersect except minus having filter group distinct
    tablesample pivot unpivot for between interval limit offset qualify lateral if decimal dec numeric varchar char is
    end asc desc with order sort cluster distribute partition window view recursive percent cast try_cast safe_cast
    like ilike rlike true false null
    include exclude nulls first last collate timestamp_ntz timestamp_ltz array map struct
    """
)
_TABLE_PARTS = frozenset(
    {"this", "db", "catalog", "alias", "joins", "laterals", "pivots", "hints", "sample", "version"}
)
_DOUBTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\$\{"), "`${...}` is replaced before Spark reads the statement"),
    (re.compile(r"\{[#%{]"), "template marks such as `{{` or `{#` are no SQL"),
    (re.compile(r"--[^\n]*\\\r?\n"), "a comment that ends in a backslash goes on in the next line for Spark only"),
    (re.compile(r"\b[rR](['\"])[^'\"]*\\\1"), "a raw text that ends in a backslash is read in two ways"),
    (re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\u2028\u2029]|\r(?!\n)"), "control characters are read in two ways"),
)


@dataclass(frozen=True)
class Sql:
    """What came of judging a text: the reasons against it with their hints, and the tables that it names.

    Each table is a name's parts, without those that the statement itself defines.
    """

    problems: tuple[tuple[str, str], ...] = ()
    tables: tuple[tuple[str, ...], ...] = ()
    paths: tuple[str, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()


@dataclass
class _Gathered:
    problems: list[tuple[str, str]] = field(default_factory=list)
    tables: list[tuple[str, ...]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


def judge_statement(text: str, context: Context, views: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    """The reasons, with hints, why a statement may not run; none if it may."""
    return _judge(read_statement(text), context, views)


def judge_expression(text: str, context: Context, views: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    """The reasons, with hints, why a column expression in SQL may not run; none if it may."""
    return _judge(read_expression(text), context, views)


def _judge(sql: Sql, context: Context, views: frozenset[str]) -> tuple[tuple[str, str], ...]:
    problems = list(sql.problems)
    problems += [problem for parts in sql.tables if (problem := table_problem(parts, context, views))]
    problems += [problem for path in sql.paths if (problem := path_problem(path, context))]
    return tuple(dict.fromkeys(problems))


def table_problem(
    parts: tuple[str, ...], context: Context, views: frozenset[str] = frozenset()
) -> tuple[str, str] | None:
    """Why those name parts are no table of the program, and what to do; None if they are."""
    if len(parts) == 1 and parts[0].lower() in views:
        return None
    found = context.table(parts)
    if found is not None and len(parts) > 1:
        return None
    name = ".".join(parts)
    if found is not None:
        return f"table {name!r} is named without its database", f"write {spelled(found)}"
    near = context.nearest_table(name)
    return (
        f"{name!r} is none of the tables of this question",
        f"did you mean {near}?" if near else "select the table first",
    )


def split_name(text: str) -> tuple[str, ...]:
    """The parts of a table's name as Spark splits it: at dots outside of backquotes."""
    parts, quoted, part = [], False, ""
    for character in text.strip():
        if character == "`":
            quoted = not quoted
        elif character == "." and not quoted:
            parts.append(part)
            part = ""
        else:
            part += character
    return (*parts, part)


def path_problem(path: str, context: Context) -> tuple[str, str] | None:
    """Why a path may not be read, and what to do; None if it may."""
    if context.is_allowed_path(path):
        return None
    return (
        f"{path!r} is outside of the locations that this program may read",
        "read a table by its name, or name the location",
    )


@lru_cache(maxsize=512)
def read_statement(text: str) -> Sql:
    """Read one SQL statement."""
    return _read(text, expression=False)


@lru_cache(maxsize=512)
def read_expression(text: str) -> Sql:
    """Read one column expression in SQL."""
    return _read(text, expression=True)


def _read(text: str, *, expression: bool) -> Sql:
    doubt = _doubt(text)
    if doubt:
        return Sql(problems=((f"this SQL cannot be read with certainty: {doubt}", ""),))
    try:
        statements = [
            s for s in sqlglot.parse(f"SELECT {text}\n" if expression else text, read="spark") if s is not None
        ]
    except SqlglotError as error:
        return Sql(problems=((f"this SQL cannot be read: {_first_error(error)}", ""),))
    except RecursionError:
        return Sql(problems=(("this SQL is nested too deeply to be read", "build it in steps"),))
    if len(statements) != 1:
        return Sql(problems=((f"one SQL statement is expected, not {len(statements)}", "run them one by one"),))
    return _read_tree(statements[0], text, expression=expression)


def _read_tree(tree: exp.Expr, text: str, *, expression: bool) -> Sql:
    if not isinstance(tree, exp.Query | exp.Values) or isinstance(tree, exp.Table):
        return Sql(
            problems=((f"only queries may run, not {_first_words(text)}", "keep the SELECT and bind it to `result`"),)
        )
    if expression and not _is_bare_projection(tree):
        return Sql(problems=(("a column expression is expected, not a query", "use spark.sql(...) for queries"),))
    gathered = _Gathered()
    gathered.problems += _unknown_calls(text, tree)
    try:
        for node in tree.walk(prune=lambda n: isinstance(n, exp.Hint)):
            _judge_node(node, gathered)
    except RecursionError:
        return Sql(problems=(("this SQL is nested too deeply to be read", "build it in steps"),))
    warnings = () if expression else tuple(_warnings(tree))
    return Sql(tuple(gathered.problems), tuple(gathered.tables), tuple(gathered.paths), warnings)


def _unknown_calls(text: str, tree: exp.Expr) -> list[tuple[str, str]]:
    """Names that stand before a parenthesis and are no function, whatever the parser takes them for."""
    tokens = _SPARK.tokenize(text)
    names = {
        this.text.lower()
        for this, after in pairwise(tokens)
        if after.token_type is TokenType.L_PAREN
        and this.text[:1].isidentifier()
        and this.token_type is not TokenType.STRING
    }
    strange = names - SQL_FUNCTIONS - TABLE_FUNCTIONS - _BEFORE_PARENTHESES
    if not strange:
        return []
    local = {str(alias.name).lower() for alias in tree.find_all(exp.TableAlias, exp.Hint)} | _hinted(tree)
    local |= {
        name.name.lower()
        for window in tree.find_all(exp.Window)
        for name in [window.this]
        if window.arg_key == "windows"
    }
    hint = "use Spark's own functions"
    return [(f"function {name!r} is none that a program may call", hint) for name in sorted(strange - local)]


def _hinted(tree: exp.Expr) -> set[str]:
    hints = " ".join(hint.sql("spark") for hint in tree.find_all(exp.Hint)).lower()
    return set(re.findall(r"[a-z_]+", hints))


def _doubt(text: str) -> str:
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if _depth(text) > _DEEPEST:
        return "it is nested too deeply"
    return next((reason for pattern, reason in _DOUBTS if pattern.search(text)), "")


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "([":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]":
            depth -= 1
    words = re.findall(r"\b(?:case|not)\b|[-+~!]{1}(?=\s*[-+~!])", text, re.IGNORECASE)
    return max(deepest, len(words) // 4)


def _first_error(error: SqlglotError) -> str:
    details = getattr(error, "errors", None)
    if details:
        first = details[0]
        return f"{first.get('description', error)} near {first.get('highlight', '')!r}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _first_words(text: str) -> str:
    """How a statement begins, without comments: `DROP TABLE`."""
    bare = re.sub(r"/\*.*?\*/|--[^\n]*", " ", text, flags=re.DOTALL)
    return " ".join(bare.split()[:2]).upper()[:40]


def _is_bare_projection(tree: exp.Expr) -> bool:
    given = {key for key, value in tree.args.items() if value}
    return isinstance(tree, exp.Select) and given <= {"expressions"}


def _judge_node(node: exp.Expr, into: _Gathered) -> None:
    if isinstance(node, exp.Table):
        _judge_table(node, into)
    elif isinstance(node, exp.Anonymous):
        _judge_function(node.name, node, into)
    elif isinstance(node, exp.Func):
        _judge_known_function(node, into)
    elif isinstance(node, exp.Query | exp.With):
        _judge_query(node, into)
    elif not isinstance(node, exp.Binary | exp.Unary | exp.Predicate) and type(node).__name__ not in _PARTS:
        into.problems.append((f"{type(node).__name__.upper()} has no place in a program's SQL", ""))
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Func):
        into.problems.append((f"{node.sql('spark')!r} calls a function of a catalog", "use Spark's own functions"))


def _judge_query(node: exp.Expr, into: _Gathered) -> None:
    name = type(node).__name__
    if name not in _PARTS:
        into.problems.append((f"{name.upper()} has no place in a program's SQL", ""))
    for key in ("into", "locks", "kind", "operation_modifiers"):
        if node.args.get(key):
            into.problems.append((f"SELECT with {key.upper()} has no place in a program's SQL", ""))


def _judge_function(name: str, node: exp.Expr, into: _Gathered) -> None:
    if name.lower() not in SQL_FUNCTIONS and not _is_table_function(node, name):
        hint = "it runs code outside of the query" if name.lower() in REFUSED_FUNCTIONS else ""
        into.problems.append(
            (f"function {name!r} is none that a program may call", hint or "use Spark's own functions")
        )


def _is_table_function(node: exp.Expr, name: str) -> bool:
    return isinstance(node.parent, exp.Table) and name.lower() in TABLE_FUNCTIONS


def _judge_known_function(node: exp.Func, into: _Gathered) -> None:
    name = type(node).__name__
    if name.startswith(("Read", "AI", "ML", "Predict", "Load", "Open")) or name in _FOREIGN:
        into.problems.append(
            (f"function {node.sql_name().lower()!r} is none that a program may call", "use Spark's own functions")
        )


_FOREIGN = frozenset(
    {"OpenJSON", "XMLTable", "JSONTable", "FileFormat", "Transform_", "VectorSearch", "FeaturesAtTime"}
)


def _judge_table(node: exp.Table, into: _Gathered) -> None:
    strange = {key for key, value in node.args.items() if value} - _TABLE_PARTS
    if strange:
        into.problems.append((f"a table with {', '.join(sorted(strange)).upper()} has no place in a program's SQL", ""))
    source = node.this
    if isinstance(source, exp.Func):
        name = source.name if isinstance(source, exp.Anonymous) else source.sql_name()
        if name.lower() not in TABLE_FUNCTIONS:
            into.problems.append((f"table function {name.lower()!r} is none that a program may call", ""))
        return
    parts = _parts(node)
    if parts is None:
        into.problems.append((f"{node.sql('spark')!r} is no table name", "write database.table"))
    elif len(parts) == 2 and is_path(parts):
        into.paths.append(parts[1])
    elif not (len(parts) == 1 and parts[0].lower() in set(visible_names(node))):
        into.tables.append(parts)


def _parts(node: exp.Table) -> tuple[str, ...] | None:
    parts = [p for p in (node.args.get("catalog"), node.args.get("db"), node.this) if p]
    if not parts or not all(isinstance(p, exp.Identifier) for p in parts):
        return None
    return tuple(str(p.this) for p in parts)


def is_path(parts: tuple[str, ...]) -> bool:
    """Whether two name parts are a format and a path, such as parquet.`s3://b/t`."""
    return parts[0].lower() in vocabulary.READ_FORMATS and ("/" in parts[1] or ":" in parts[1])


def visible_names(node: exp.Expr) -> Iterator[str]:
    """The names of the common table expressions that a table name at that place can mean."""
    below: exp.Expr = node
    above = node.parent
    while above is not None:
        if isinstance(above, exp.With):
            position = next((i for i, cte in enumerate(above.expressions) if cte is below), 0)
            visible = above.expressions[: position + 1 if above.args.get("recursive") else position]
            yield from (cte.alias.lower() for cte in visible)
        else:
            clause = above.args.get("with_") or above.args.get("with")
            if isinstance(clause, exp.With) and clause is not below:
                yield from (cte.alias.lower() for cte in clause.expressions)
        below, above = above, above.parent


def _warnings(tree: exp.Expr) -> Iterator[tuple[str, str]]:
    if tree.args.get("limit") and not tree.args.get("order"):
        yield "LIMIT without ORDER BY keeps arbitrary rows", "add ORDER BY, or leave the limit to the run"


def is_ordered(text: str) -> bool:
    """Whether a statement orders its rows at its very end."""
    try:
        statement = sqlglot.parse_one(text, read="spark")
    except (SqlglotError, RecursionError):
        return True
    return bool(statement.args.get("order") or statement.args.get("sort"))


def finding(problem: tuple[str, str], line: int | None, column: int | None) -> Finding:
    """A finding about SQL at a place of the program."""
    return Finding("sql", "error", problem[0], line, column, problem[1])

"""What a plan may hold, judged on the requests themselves before they leave: an allow-list that fails closed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sparkwright.domain import Finding, Table, TableName
from sparkwright.program import sql_rules, vocabulary
from sparkwright.program.context import Context
from sparkwright.program.spark_functions import SQL_FUNCTIONS, words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from pyspark.sql.connect import proto

_PACKAGE = "spark.connect."

# Messages that a plan may hold, by their outermost name; each with whatever is nested in it, unless listed below.
_MESSAGES = words(
    """
    Plan Relation RelationCommon Expression ExpressionCommon Origin PythonOrigin DataType StorageLevel Command
    SqlCommand CreateDataFrameViewCommand RemoveCachedRemoteRelationCommand SQL Read Project Filter Join AsOfJoin
    LateralJoin SetOperation Limit Offset Tail Aggregate Sort Drop Deduplicate LocalRelation CachedLocalRelation
    ChunkedCachedLocalRelation CachedRemoteRelation Sample Range SubqueryAlias Repartition RepartitionByExpression
    StatSummary StatDescribe StatCrosstab StatCov StatCorr StatApproxQuantile StatFreqItems StatSampleBy NAFill NADrop
    NAReplace ToDF WithColumnsRenamed WithColumns Hint Unpivot Transpose ToSchema WithRelations ShowString HtmlString
    NamedArgumentExpression SubqueryExpression Bools Ints Longs Floats Doubles Strings
    """
)
_REFUSED_MESSAGES = frozenset({"DataType.UDT"})
_REFUSED_FIELDS = words(
    """
    unknown extension compressed_operation catalog ml_relation map_partitions group_map co_group_map parse
    collect_metrics with_watermark apply_in_pandas_with_state common_inline_user_defined_table_function
    typed_aggregate_expression common_inline_user_defined_data_source common_inline_user_defined_function
    call_function merge_action unresolved_table_valued_function is_user_defined_function
    """
)
_LEAVES = frozenset(
    {"Expression.Literal", "RelationCommon", "ExpressionCommon", "Expression.UnresolvedAttribute", "LocalRelation"}
)

# What the client calls operators and methods of Column.
_OPERATORS = words(
    """
    + - * / % ** == != <> <=> < <= > >= & | ^ ~ ! && || and or not in between when
    """
) | words(
    """
    isnull isnotnull isnan negative positive power bitwiseand bitwiseor bitwisexor bitwisenot startswith endswith
    contains like rlike ilike case cast is_null is_not_null update_fields dropfields cube rollup array_position reduce
    timestamp_diff timestamp_add timestampdiff timestampadd try_subtract isin
    """
)
_FUNCTIONS = SQL_FUNCTIONS | _OPERATORS

_PLAIN_REQUESTS = frozenset(
    {
        "ReleaseExecuteRequest",
        "ReattachExecuteRequest",
        "InterruptRequest",
        "ReleaseSessionRequest",
        "ArtifactStatusesRequest",
    }
    | {"FetchErrorDetailsRequest"}
)
_ANALYSES = words(
    """
    schema explain tree_string is_local is_streaming spark_version ddl_parse same_semantics semantic_hash persist
    unpersist get_storage_level json_to_ddl
    """
)
_CONFIG_READS = frozenset({"get", "get_with_default", "get_option", "get_all", "is_modifiable"})


@dataclass(frozen=True)
class _Scope:
    context: Context
    views: frozenset[str] | None

    def table(self, parts: tuple[str, ...]) -> tuple[str, str] | None:
        if len(parts) == 1 and self.views is None:
            return None
        return sql_rules.table_problem(parts, self.context, self.views or frozenset())

    def sql(self, text: str, read: Callable[[str], sql_rules.Sql]) -> Iterator[tuple[str, str]]:
        sql = read(text)
        yield from sql.problems
        yield from (p for parts in sql.tables if (p := self.table(parts)))
        yield from (p for path in sql.paths if (p := sql_rules.path_problem(path, self.context)))


def judge(
    plan: proto.Plan, *, tables: frozenset[str], locations: tuple[str, ...] = (), views: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """What speaks against a plan; nothing if it only asks the tables and locations that are allowed.

    `tables` are full names in lower case. `views` are the temporary views that the session has made so far; where
    nobody keeps track of them (None), a name without a database is taken to be one.
    """
    return _findings(_walk(plan, _scope(tables, tuple(locations), _lowered(views))))


def judge_request(
    request: Any, *, tables: frozenset[str], locations: tuple[str, ...] = (), views: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """What speaks against a request of the Spark Connect protocol, of any kind."""
    name = request.DESCRIPTOR.name
    if name == "ExecutePlanRequest":
        return judge(request.plan, tables=tables, locations=locations, views=views)
    if name == "AnalyzePlanRequest":
        kind = request.WhichOneof("analyze")
        if kind not in _ANALYSES:
            return _findings([(f"request {kind!r} has no place in a program", "")])
        scope = _scope(tables, tuple(locations), _lowered(views))
        return _findings(_walk_analysis(getattr(request, kind), scope))
    if name == "ConfigRequest":
        kind = request.operation.WhichOneof("op_type")
        problem = ("session settings are the platform's", "leave spark.conf out")
        return () if kind in _CONFIG_READS else _findings([problem])
    return () if name in _PLAIN_REQUESTS else _findings([(f"request {name!r} has no place in a program", "")])


def view_made(request: Any) -> str:
    """The name of the temporary view that a request makes, or an empty string."""
    if request.DESCRIPTOR.name == "ExecutePlanRequest" and request.plan.HasField("command"):
        return str(request.plan.command.create_dataframe_view.name)
    return ""


def _lowered(views: Collection[str] | None) -> frozenset[str] | None:
    return None if views is None else frozenset(view.lower() for view in views)


@lru_cache(maxsize=64)
def _scope(tables: frozenset[str], locations: tuple[str, ...], views: frozenset[str] | None) -> _Scope:
    known = [Table(TableName(*name.split(".", 1)), (), "") for name in sorted(tables) if "." in name]
    return _Scope(Context.of(known, locations), views)


def _findings(problems: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> tuple[Finding, ...]:
    return tuple(Finding("plan", "error", message, hint=hint) for message, hint in dict.fromkeys(problems))


def _walk_analysis(message: Any, scope: _Scope) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        if field.message_type is not None:
            for each in _messages(value):
                yield from _walk(each, scope)


def _walk(root: Any, scope: _Scope) -> Iterator[tuple[str, str]]:
    """Every message below, judged by its name and, where it matters, by what it says."""
    pending = [root]
    while pending:
        message = pending.pop()
        name = message.DESCRIPTOR.full_name.removeprefix(_PACKAGE)
        if name.partition(".")[0] not in _MESSAGES or name in _REFUSED_MESSAGES:
            yield f"{name} has no place in a program's plan", ""
            continue
        if name in _LEAVES:
            continue
        special = _SPECIAL.get(name)
        if special is not None:
            yield from special(message, scope)
        for field, value in message.ListFields():
            if field.name in _REFUSED_FIELDS:
                hint = "use built-in functions" if "user_defined" in field.name or field.name in _UDF_PLANS else ""
                yield f"{field.name} has no place in a program's plan", hint
            elif field.message_type is not None:
                pending += _messages(value)


_UDF_PLANS = frozenset({"map_partitions", "group_map", "co_group_map", "call_function", "apply_in_pandas_with_state"})


def _messages(value: Any) -> list[Any]:
    """The messages in a field: one, several, or the values of a map."""
    if hasattr(value, "DESCRIPTOR"):
        return [value]
    values = value.values() if hasattr(value, "values") else value
    return [each for each in values if hasattr(each, "DESCRIPTOR")]


# --- messages whose contents matter ----------------------------------------------------------------------------------


def _read(message: Any, _: _Scope) -> Iterator[tuple[str, str]]:
    if message.is_streaming:
        yield "streams have no place in a program", ""


def _named_table(message: Any, scope: _Scope) -> Iterator[tuple[str, str]]:
    parts = sql_rules.split_name(message.unparsed_identifier)
    if sql_rules.is_path(parts) if len(parts) == 2 else False:
        problem = sql_rules.path_problem(parts[1], scope.context)
    else:
        problem = scope.table(parts)
    if problem:
        yield problem
    if message.options:
        yield "a table is read as it is, without options", ""


def _data_source(message: Any, scope: _Scope) -> Iterator[tuple[str, str]]:
    if message.format and message.format.lower() not in vocabulary.READ_FORMATS:
        yield f"format {message.format!r} is none that a program may read", ""
    if message.predicates:
        yield "reads with predicates have no place in a program", ""
    paths = list(message.paths)
    for key, value in message.options.items():
        if key.lower() in {"path", "paths", "basepath"}:
            paths.append(value)
        elif key.lower() not in vocabulary.READ_OPTIONS:
            yield f"option {key!r} is none that a program may set", ""
    if not paths:
        yield "this read names no path", ""
    for path in paths:
        problem = sql_rules.path_problem(path, scope.context)
        if problem:
            yield problem


def _sql(message: Any, scope: _Scope) -> Iterator[tuple[str, str]]:
    yield from scope.sql(message.query, sql_rules.read_statement)


def _sql_command(message: Any, scope: _Scope) -> Iterator[tuple[str, str]]:
    if message.sql:
        yield from scope.sql(message.sql, sql_rules.read_statement)


def _expression_string(message: Any, scope: _Scope) -> Iterator[tuple[str, str]]:
    yield from scope.sql(message.expression, sql_rules.read_expression)


def _function(message: Any, _: _Scope) -> Iterator[tuple[str, str]]:
    if message.function_name.lower() not in _FUNCTIONS:
        yield f"function {message.function_name!r} is none that a program may call", "use Spark's own functions"


def _view(message: Any, _: _Scope) -> Iterator[tuple[str, str]]:
    if message.is_global or not message.name.strip("`").isidentifier():
        yield f"view {message.name!r} is none that a program may make", "use createOrReplaceTempView with a plain word"


def _command(message: Any, _: _Scope) -> Iterator[tuple[str, str]]:
    kind = message.WhichOneof("command_type")
    if kind not in {"sql_command", "create_dataframe_view", "remove_cached_remote_relation_command"}:
        yield f"{kind} has no place in a program: it only reads", ""


_SPECIAL: dict[str, Callable[[Any, _Scope], Iterator[tuple[str, str]]]] = {
    "Read": _read,
    "Read.NamedTable": _named_table,
    "Read.DataSource": _data_source,
    "SQL": _sql,
    "SqlCommand": _sql_command,
    "Expression.ExpressionString": _expression_string,
    "Expression.UnresolvedFunction": _function,
    "CreateDataFrameViewCommand": _view,
    "Command": _command,
}

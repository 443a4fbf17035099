"""Run one program and tell what came of it: the file that is shipped, alone, to every platform.

Standard library and pyspark only, Python 3.9 and later. A request (a JSON object) goes in, an outcome (a JSON object)
comes out; `execute` never raises for what a program does.

Request: `id`, `source`, `mode` ("run" or "plan"), `save` (a folder or nothing), `save_rows` (a limit or null),
`settings` {name: value}, `declarations` [SQL], `builtins` [names], `modules` [names],
`limits` {"rows", "bytes", "printed"}.
Outcome: `version`, `id`, `state` ("succeeded" or "failed"), `columns` [{"name", "type"}], `arrow` (base64 of an Arrow
IPC stream), `rows`, `truncated` ("", "rows" or "bytes"), `row_limit`, `printed`, `error` {"type", "message", "line",
"traceback"} or null, `prepared` (whether settings and declarations went through), `timings` {stage: milliseconds}.
"""

from __future__ import annotations

import ast
import base64
import builtins
import sys
import time
import traceback
from typing import Any

VERSION = 1
PROGRAM = "<program>"
MESSAGE_LIMIT = 16 * 1024
TRACEBACK_LIMIT = 64 * 1024
PRINT_CEILING = 16 * 1024 * 1024


class PrintedTooMuch(BaseException):
    """The program printed past the ceiling; not an Exception, so that no `except` in it can go on."""


class NoResult(Exception):
    """The program ended without a DataFrame bound to `result`."""


class Printed:
    """A text stream that keeps the first `limit` characters, counts the rest and stops what goes on for ever."""

    encoding = "utf-8"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.seen = 0
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        """Take text as `sys.stdout` would."""
        room = self.limit - self.seen
        if room > 0:
            self.parts.append(text[:room])
        self.seen += len(text)
        if self.seen > PRINT_CEILING:
            raise PrintedTooMuch(f"the program printed more than {PRINT_CEILING // 1024**2} MiB and was stopped")
        return len(text)

    def flush(self) -> None:
        """Do nothing, as there is no buffer."""

    def isatty(self) -> bool:
        """Say that this is no terminal."""
        return False

    @property
    def text(self) -> str:
        """What was kept, with a last line that says how much was not."""
        kept = _plain("".join(self.parts))
        left_out = self.seen - sum(map(len, self.parts))
        return kept + f"\n[{left_out} more characters were printed and not kept]\n" if left_out > 0 else kept


class Hooks:
    """What a platform may do between the stages of a run."""

    def prepared(self) -> None:
        """Settings and declarations, which are ours, went through; the program, which is not, comes next."""

    def built(self, result: Any) -> None:
        """The program has ended, and its result's schema is known."""

    def saving(self) -> None:
        """The result is about to be written, by us."""


def execute(request: dict[str, Any], spark: Any, hooks: Hooks | None = None) -> dict[str, Any]:
    """Run or plan the request's program in the session and return its outcome."""
    hooks = hooks or Hooks()
    limits = request["limits"]
    printed = Printed(int(limits["printed"]))
    timings: dict[str, float] = {}
    outcome: dict[str, Any] = {
        "version": VERSION,
        "id": request["id"],
        "state": "failed",
        "columns": [],
        "arrow": None,
        "rows": 0,
        "truncated": "",
        "row_limit": int(limits["rows"]),
        "prepared": False,
        "error": None,
        "timings": timings,
    }
    stdout, sys.stdout = sys.stdout, printed  # a text stream in all that print() asks for
    try:
        started = time.perf_counter()
        prepare(spark, request["settings"], request["declarations"])
        outcome["prepared"] = True
        timings["declare"] = (time.perf_counter() - started) * 1000
        hooks.prepared()
        outcome.update(_outcome(request, spark, timings, hooks))
        outcome["state"] = "succeeded"
    except BaseException as error:
        outcome["error"] = describe(error)
    finally:
        sys.stdout = stdout
    outcome["printed"] = printed.text
    return outcome


def _outcome(request: dict[str, Any], spark: Any, timings: dict[str, float], hooks: Hooks) -> dict[str, Any]:
    started = time.perf_counter()
    namespace = _namespace(request, spark)
    if request["mode"] == "plan":
        result = _plan(request["source"], namespace)
        columns = _columns(result)
        hooks.built(result)
        timings["plan"] = (time.perf_counter() - started) * 1000
        return {"columns": columns}
    exec(compile(request["source"], PROGRAM, "exec"), namespace)  # noqa: S102  (this is what the runner is for)
    result = _result(namespace)
    columns = _columns(result)
    hooks.built(result)
    built = time.perf_counter()
    timings["build"] = (built - started) * 1000
    rows = bounded(result, int(request["limits"]["rows"]), int(request["limits"]["bytes"]))
    if request["save"]:
        hooks.saving()
        whole = result if request["save_rows"] is None else result.limit(request["save_rows"])
        whole.write.mode("error").parquet(request["save"])
    timings["execute"] = (time.perf_counter() - built) * 1000
    return {"columns": columns, **rows}


def prepare(spark: Any, settings: dict[str, str], declarations: list[str]) -> None:
    """Apply the session's settings and declare the tables."""
    for name, value in settings.items():
        spark.conf.set(name, value)
    for statement in declarations:
        spark.sql(statement)


def _namespace(request: dict[str, Any], spark: Any) -> dict[str, Any]:
    """The program's globals: `spark`, the builtins that the rules allow, and an import that knows the same modules."""
    modules = frozenset(request["modules"])

    def guarded_import(
        name: str, globals_: Any = None, locals_: Any = None, fromlist: tuple[str, ...] = (), level: int = 0
    ) -> Any:
        if level or name not in modules:
            raise ImportError(f"a program may not import {name!r}")
        return builtins.__import__(name, globals_, locals_, fromlist, level)

    allowed = {name: getattr(builtins, name) for name in request["builtins"] if hasattr(builtins, name)}
    allowed["__import__"] = guarded_import
    return {"__name__": "__main__", "__builtins__": allowed, "spark": spark}


def _is_frame(value: Any) -> bool:
    kind = type(value)
    return kind.__name__ == "DataFrame" and kind.__module__.startswith("pyspark.")


def _plan(source: str, namespace: dict[str, Any]) -> Any:
    """Run statement by statement and analyse each new DataFrame, so that an error points at what made it."""
    analysed: dict[str, int] = {}
    for statement in ast.parse(source, PROGRAM).body:
        try:
            module = ast.Module(body=[statement], type_ignores=[])
            exec(compile(module, PROGRAM, "exec"), namespace)  # noqa: S102
            for name, value in list(namespace.items()):
                if _is_frame(value) and analysed.get(name) != id(value):
                    analysed[name] = id(value)
                    _analyse(value)
        except BaseException as error:
            if _line(error) is None:
                error.program_line = statement.lineno  # type: ignore[attr-defined]  # read again in _line
            raise
    return _result(namespace)


def _analyse(frame: Any) -> None:
    """Have the engine resolve a DataFrame; its own `schema` may be a copy of its parent's that nobody resolved."""
    _ = frame.select("*").schema


def _result(namespace: dict[str, Any]) -> Any:
    if "result" not in namespace:
        raise NoResult("the program does not bind its answer to `result`")
    result = namespace["result"]
    if not _is_frame(result):
        raise NoResult(f"`result` is a {type(result).__name__}, not a DataFrame")
    return result


def _columns(result: Any) -> list[dict[str, str]]:
    columns = [{"name": field.name, "type": field.dataType.simpleString()} for field in result.schema.fields]
    if not columns:
        raise NoResult("`result` has no columns")
    return columns


def bounded(result: Any, rows: int, size: int) -> dict[str, Any]:
    """Collect at most `rows` rows and `size` bytes of Arrow, and say by which of the two there would have been more."""
    table = _to_arrow(result.limit(rows + 1))
    truncated = ""
    if table.num_rows > rows:
        table, truncated = table.slice(0, rows), "rows"
    stream = _stream(table)
    if len(stream) > size:
        table, stream, truncated = *_fitting(table, size), "bytes"
    return {
        "arrow": base64.b64encode(stream).decode("ascii"),
        "rows": table.num_rows,
        "truncated": truncated,
    }


def _to_arrow(frame: Any) -> Any:
    if hasattr(type(frame), "toArrow"):  # PySpark 4 and the Connect client
        return frame.toArrow()
    import pyarrow
    from pyspark.sql.pandas.types import to_arrow_schema

    batches = frame._collect_as_arrow()
    return pyarrow.Table.from_batches(batches, to_arrow_schema(frame.schema))


def _stream(table: Any) -> bytes:
    import pyarrow

    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def _fitting(table: Any, size: int) -> tuple[Any, bytes]:
    """The most leading rows whose stream is no larger than `size` (perhaps none), by halving."""
    fits, too_many = 0, table.num_rows
    while too_many - fits > 1 + fits // 100:
        middle = (fits + too_many) // 2
        if len(_stream(table.slice(0, middle))) <= size:
            fits = middle
        else:
            too_many = middle
    cut = table.slice(0, fits)
    return cut, _stream(cut)


def describe(error: BaseException) -> dict[str, Any]:
    """An exception as an outcome's error, bounded, with the program's own line."""
    text = _plain(_cut(str(error) or type(error).__name__, MESSAGE_LIMIT))
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return {
        "type": type(error).__name__,
        "message": text,
        "line": _line(error),
        "traceback": _plain(trace[-TRACEBACK_LIMIT:]),
    }


def _line(error: BaseException) -> int | None:
    """The last line of the program on the way to the error."""
    line: int | None = getattr(error, "program_line", None)
    if line is None and isinstance(error, SyntaxError) and error.filename == PROGRAM:
        line = error.lineno
    if line is None:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((frame.lineno for frame in reversed(frames) if frame.filename == PROGRAM), None)
    return line


def _plain(text: str) -> str:
    """Text that every encoder takes: a lone surrogate is written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit] + f" [... {len(text) - limit} more characters]"

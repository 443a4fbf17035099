"""The nouns, in the order in which they flow from a question to its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from sparkwright.errors import UsageError
from sparkwright.identifiers import quoted

if TYPE_CHECKING:
    import pandas
    import pyarrow

# --- tables ----------------------------------------------------------------------------------------------------------

_NAME = re.compile(r"`([^`]+)`|([^.`]+)")


@dataclass(frozen=True, order=True)
class TableName:
    """A table's full name: its database and its name there."""

    database: str
    name: str

    @classmethod
    def parse(cls, text: str) -> TableName:
        """Read `db.table`; either part may stand in backquotes."""
        parts = [a or b for a, b in _NAME.findall(text.strip())]
        if len(parts) != 2 or not all(part.strip() for part in parts):
            raise UsageError(
                f"{text!r} is not a table name", hint="write it as DATABASE.TABLE, for example sales.orders"
            )
        return cls(*parts)

    def __str__(self) -> str:
        return f"{self.database}.{self.name}"

    @property
    def quoted(self) -> str:
        """The name for Spark SQL, in backquotes where a part needs them."""
        return f"{quoted(self.database)}.{quoted(self.name)}"


PROFILED_ROWS = 500_000  # a profile of so many rows is one of the first rows: what is behind them is not known


@dataclass(frozen=True)
class ColumnProfile:
    """What the data of a column look like; used to link words of a question to values and to find keys.

    `values` are distinct values as text, at most a few thousand, `complete` if there are no others.
    `distinct` and `nulls` are counts over the rows that were looked at (`rows`).
    """

    rows: int
    distinct: int
    nulls: int
    values: tuple[str, ...] = ()
    complete: bool = False
    minimum: str | None = None
    maximum: str | None = None

    @property
    def is_unique(self) -> bool:
        """Whether no two of the rows looked at share a value and none lacks one."""
        return self.rows > 0 and self.distinct == self.rows and self.nulls == 0


@dataclass(frozen=True)
class Column:
    """A column as the catalog has it; `type` is a Hive type string such as `decimal(10,2)`."""

    name: str
    type: str
    comment: str = ""
    profile: ColumnProfile | None = None


@dataclass(frozen=True)
class ForeignKey:
    """Columns of a table that hold the key of another one, in the same order."""

    columns: tuple[str, ...]
    table: TableName
    references: tuple[str, ...]


@dataclass(frozen=True)
class Storage:
    """How rows are stored, as a Glue storage descriptor says it; empty strings where it says nothing."""

    input_format: str = ""
    output_format: str = ""
    serde: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Partition:
    """One folder of a partitioned table; `values` follow the table's partition keys, None where the value is NULL.

    `storage` and `columns` are set where they differ from the table's own. `bytes` and `objects` where they are known.
    """

    values: tuple[str | None, ...]
    location: str
    storage: Storage | None = None
    bytes: int | None = None
    objects: int | None = None
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class TableSize:
    """How much a table holds; `exact` is false where a crawler or a sample says so."""

    bytes: int | None = None
    objects: int | None = None
    rows: int | None = None
    exact: bool = True


@dataclass(frozen=True)
class Evidence:
    """What a look at a table's files says beyond its metadata; each part is empty where it says nothing.

    `columns` are the columns of the files with their own names and types (partition keys left out), `nested` says that
    folders lie below the location that are no partitions, `version` is the snapshot or version of a lake format that is
    current, `features` are what an engine must know to read it (named as in `Platform.unreadable`), `files` the files
    that a manifest names, `marks` what text files look like (each reader of text has its own), `notes` what the user is
    told, `refusal` why the table cannot be read right, `remedy` what can be done about it.
    """

    columns: tuple[Column, ...] = ()
    nested: bool = False
    version: str = ""
    features: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    refusal: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Table:
    """A table as its catalog describes it. `name` is the full name; `columns` leave out the partition keys.

    `partitions` are the registered ones where the catalog has them at hand (`Catalog.partitions` fetches them).
    `evidence` is there when somebody looked at the files. `target` is the table that a resource link leads to, `view`
    the representations of a view's text by dialect.
    """

    name: TableName
    columns: tuple[Column, ...]
    location: str
    partition_keys: tuple[Column, ...] = ()
    storage: Storage = field(default_factory=Storage)
    parameters: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    table_type: str = "EXTERNAL_TABLE"
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    partitions: tuple[Partition, ...] = ()
    size: TableSize = field(default_factory=TableSize)
    evidence: Evidence | None = None
    catalog_id: str = ""
    target: TableName | None = None
    federated: str = ""
    view: Mapping[str, str] = field(default_factory=dict)
    view_text: str = ""
    is_lake_formation: bool = False
    version: str = ""
    owner: str = ""
    updated_at: str = ""

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Columns and partition keys, in the order of `SELECT *`."""
        return self.columns + self.partition_keys

    def column(self, name: str) -> Column | None:
        """The column of that name, ignoring case as Spark does."""
        return next((c for c in self.all_columns if c.name.lower() == name.lower()), None)


@dataclass(frozen=True)
class Cast:
    """One column of the table as it is read: the name under which it is stored, its name and type in the catalog.

    `value` is the SQL around the stored column, cut at each place where the column stands: `("upper(", ")")`.
    """

    stored: str
    name: str
    type: str
    value: tuple[str, ...] = ("", "")


@dataclass(frozen=True)
class Reader:
    """How an engine reads a table right.

    `stored` is the schema to give to the reader (stored names and types, partition keys last, or empty where the files
    say it themselves), `casts` bring its columns to the catalog's names and types, `null_text` is the text that stands
    for NULL in a text format, `root` is the folder or file, `partitions` the folders with their values where
    there are any (`far` if some do not lie under the root as `k=v`). `version` is the snapshot of a lake format to
    read, `needs` the features that an engine must have, `others` the readers of partitions that are stored otherwise,
    `strays` says that below the root lie files of no partition that is read, `notes` is what the user is told.
    """

    table: TableName
    format: str
    root: str
    options: Mapping[str, str] = field(default_factory=dict)
    stored: tuple[Column, ...] = ()
    casts: tuple[Cast, ...] = ()
    partition_keys: tuple[Column, ...] = ()
    partitions: tuple[Partition, ...] = ()
    null_text: str | None = None
    version: str = ""
    needs: tuple[str, ...] = ()
    others: tuple[Reader, ...] = ()
    strays: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """A table that is a query over others: `sql` is Spark's dialect, and reads `tables` by their full names."""

    table: TableName
    sql: str
    tables: tuple[TableName, ...]
    casts: tuple[Cast, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """Why a table is not read, and what can be done about it."""

    table: TableName
    reason: str
    remedy: str


# --- questions and programs ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """What somebody wants to know; `tables` are the ones selected (none: the catalog is searched).

    `locations` are places that are tables of their own, beside those that the text names.
    """

    text: str
    tables: tuple[TableName, ...] = ()
    locations: tuple[str, ...] = ()
    context: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A program as it was written, by a person, a model or the offline generator: not trusted."""

    source: str
    author: str
    assumptions: tuple[str, ...] = ()


Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing that a check has to say about a draft; `line` and `column` count from 1 in the draft's own text."""

    rule: str
    severity: Severity
    message: str
    line: int | None = None
    column: int | None = None
    hint: str = ""


@dataclass(frozen=True)
class Field:
    """One column of a result; `type` is Spark's simple string, such as `decimal(10,2)` or `array<int>`."""

    name: str
    type: str


@dataclass(frozen=True)
class Filter:
    """A comparison of a column with one value, or with several for `in`; filters of one list hold together."""

    column: str
    op: Literal["=", "!=", "<", "<=", ">", ">=", "in"]
    values: tuple[str | bool | int | float | Decimal | date | datetime, ...]


@dataclass(frozen=True)
class Scan:
    """One read of a table in a program's plan, with the filters that every row of it has to pass."""

    table: TableName
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True)
class Program:
    """A program that may run: only `program.admit()` makes one.

    `tables` are the ones that it reads, `locations` the paths that it may read beside them, `columns` the columns of
    its result, `row_limit` a limit that its author wrote at the very end (the run applies it). `draft_lines` has, for
    each line of `source`, the line of the draft that it came from (0: none). `scans` are the reads of
    tables in its plan, empty where it was not planned; `has_explicit_reads` says that it reads locations as well.
    """

    source: str
    tables: tuple[TableName, ...]
    locations: tuple[str, ...] = ()
    columns: tuple[Field, ...] = ()
    warnings: tuple[Finding, ...] = ()
    row_limit: int | None = None
    draft_lines: tuple[int, ...] = ()
    scans: tuple[Scan, ...] = ()
    has_explicit_reads: bool = False

    def draft_line(self, line: int | None) -> int | None:
        """The line of the draft that a line of `source`, or the nearest one above it, came from."""
        if line is None:
            return None
        return next((n for n in reversed(self.draft_lines[:line]) if n), None) if self.draft_lines else line


# --- runs ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Estimate:
    """What a program will scan and where it should run; numbers are None where nobody knows.

    `is_exact` is false where a part of them is a crawler's estimate and not a listing.
    """

    bytes: int | None
    objects: int | None
    partitions_matched: int | None
    partitions_total: int | None
    platform: str
    reason: str
    cost_usd: float | None = None
    is_exact: bool = True


MOST_ROWS = 2**31 - 2  # Spark's limit is an int, and a run asks for one row more


@dataclass(frozen=True)
class Limits:
    """What a run may use: rows and bytes of its result, wall-clock seconds, bytes of memory, bytes of printed text."""

    rows: int = 1_000
    bytes: int = 64 * 1024 * 1024
    seconds: float = 300.0
    memory: int = 4 * 1024**3
    printed: int = 64 * 1024


@dataclass(frozen=True)
class Job:
    """A program with everything that a platform needs to run it.

    `settings` are Spark settings, `declarations` SQL statements that make the tables exist, both for `platform`. `save`
    is an empty or absent folder for the whole result as Parquet.
    """

    id: str
    program: Program
    platform: str
    limits: Limits = field(default_factory=Limits)
    settings: Mapping[str, str] = field(default_factory=dict)
    declarations: tuple[str, ...] = ()
    save: str = ""


class RunState(StrEnum):
    """Where a run stands; the last three are final."""

    SUBMITTED = "submitted"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the state cannot change any more."""
        return self in (RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED)


@dataclass(frozen=True)
class RunError:
    """What went wrong in a run: `type` as the program raised it, `line` in the program's own text."""

    type: str
    message: str
    hint: str = ""
    line: int | None = None
    traceback: str = ""


@dataclass(frozen=True)
class Run:
    """A job that was submitted. Times are ISO 8601 in UTC, `printed` is what the program printed (bounded).

    `timings` are milliseconds by stage, as the platform measured them.
    """

    id: str
    job: Job
    state: RunState
    detail: str = ""
    submitted_at: str = ""
    ended_at: str = ""
    error: RunError | None = None
    printed: str = ""
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """The bounded rows of a run, as an Arrow IPC stream, and what the program printed.

    `row_limit` is the limit that applied; `truncated` says that there was more, `cut_by` what cut it. `uri` points to
    the whole result where it was saved.
    """

    columns: tuple[Field, ...]
    arrow: bytes
    truncated: bool
    row_limit: int
    cut_by: Literal["", "rows", "bytes"] = ""
    printed: str = ""
    uri: str | None = None

    def to_arrow(self) -> pyarrow.Table:
        """The rows as an Arrow table."""
        import pyarrow

        return pyarrow.ipc.open_stream(self.arrow).read_all()

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a pandas frame."""
        frame: pandas.DataFrame = self.to_arrow().to_pandas()
        return frame

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python values; columns of the same name stay apart."""
        columns = [column.to_pylist() for column in self.to_arrow().columns]
        return list(zip(*columns, strict=True)) if columns else []


@dataclass(frozen=True)
class Answer:
    """A question's answer and everything that it rests on; also how far it came when something went wrong.

    `draft` is the source as it was written last, `tables` the ones it was written over, `timings` milliseconds by
    stage, `state` the run's, or `declined`, `refused`, `written` where nothing ran.
    """

    id: str
    question: Question | None = None
    tables: tuple[TableName, ...] = ()
    draft: str | None = None
    program: Program | None = None
    run: Run | None = None
    result: Result | None = None
    assumptions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    estimate: Estimate | None = None
    printed: str = ""
    state: str = "asked"
    timings: Mapping[str, float] = field(default_factory=dict)

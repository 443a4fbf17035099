"""A plan: what a question asks for, as a small relational algebra that renders to one readable program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Operator = Literal["=", "!=", ">", ">=", "<", "<="]
Function = Literal["count", "count_distinct", "sum", "avg", "min", "max", "median", "stddev", "share", "percentage"]
Direction = Literal["asc", "desc"]
Constant = str | int | float


@dataclass(frozen=True, order=True)
class ColumnRef:
    """A column of a table that the plan reads; `table` is the table's full name, as text."""

    table: str
    name: str


@dataclass(frozen=True)
class CalendarDate:
    """A date whose year, month and day stand in columns of their own."""

    year: ColumnRef
    month: ColumnRef
    day: ColumnRef

    @property
    def table(self) -> str:
        """The table of the columns."""
        return self.day.table


@dataclass(frozen=True)
class Bucket:
    """A part of a date: its year, month, weekday ..."""

    unit: str
    column: ColumnRef | CalendarDate


@dataclass(frozen=True)
class Number:
    """A column of text that holds numbers, as a number; NULL where it holds something else."""

    column: ColumnRef


@dataclass(frozen=True)
class Aggregate:
    """A function over the rows of a group; no column means the rows themselves.

    `where` is what the rows have to meet that a share or a percentage counts.
    """

    function: Function
    column: ColumnRef | None = None
    text: bool = False
    where: tuple[Predicate, ...] = ()


Expression = ColumnRef | Bucket | Number | Aggregate


@dataclass(frozen=True)
class Compare:
    """An expression against a constant, or against an aggregate of a plan of its own."""

    left: Expression
    operator: Operator
    right: Constant | Plan


@dataclass(frozen=True)
class CompareColumns:
    """One column of a row against another."""

    left: ColumnRef
    operator: Operator
    right: ColumnRef


@dataclass(frozen=True)
class In:
    """A column that has one of several values, or none of them."""

    column: Expression
    values: tuple[Constant, ...]
    negated: bool = False


@dataclass(frozen=True)
class Between:
    """An expression in a closed range."""

    left: Expression
    low: Constant
    high: Constant
    negated: bool = False


@dataclass(frozen=True)
class IsNull:
    """A column without, or with, a value."""

    column: ColumnRef
    negated: bool = False


@dataclass(frozen=True)
class Like:
    """Text that contains, starts or ends with another one; whatever the case of its letters, unless `exact`."""

    column: ColumnRef
    text: str
    how: Literal["contains", "startswith", "endswith"] = "contains"
    negated: bool = False
    exact: bool = False


@dataclass(frozen=True)
class AnyOf:
    """At least one of several predicates holds."""

    predicates: tuple[Predicate, ...]


Predicate = Compare | CompareColumns | In | Between | IsNull | Like | AnyOf


@dataclass(frozen=True)
class Edge:
    """Columns of one table that match columns of another; `many` says that a row may find several."""

    left: str
    right: str
    on: tuple[tuple[str, str], ...]
    many: bool = False


@dataclass(frozen=True)
class Exists:
    """Rows that have (or lack) a partner: `edge` leads to the first table of `source`."""

    edge: Edge
    source: Source
    negated: bool = False


@dataclass(frozen=True)
class Source:
    """Rows to work on: a table, joined to others, restricted."""

    table: str
    joins: tuple[Edge, ...] = ()
    where: tuple[Predicate, ...] = ()
    exists: tuple[Exists, ...] = ()


@dataclass(frozen=True)
class Ordering:
    """One sort key."""

    expression: Expression
    direction: Direction = "asc"


@dataclass(frozen=True)
class Plan:
    """What is asked for; `select` is the columns of the answer in order, empty for all columns of the first table.

    With `partition`, `limit` holds for each of its values; `counted` counts the groups that are left;
    sums of `wide` columns may pass 64 bits.
    With `groups` or aggregates in `select`, `having` or `order`, rows are grouped by `groups`.
    """

    source: Source
    select: tuple[Expression, ...] = ()
    groups: tuple[ColumnRef | Bucket, ...] = ()
    having: tuple[Compare | Between, ...] = ()
    order: tuple[Ordering, ...] = ()
    limit: int | None = None
    distinct: bool = False
    partition: tuple[ColumnRef | Bucket, ...] = ()
    counted: bool = False
    wide: frozenset[ColumnRef] = frozenset()

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """The aggregates that the plan needs, each once, in the order of their mention."""
        asked = [*self.select, *(h.left for h in self.having), *(o.expression for o in self.order)]
        return tuple(dict.fromkeys(e for e in asked if isinstance(e, Aggregate)))

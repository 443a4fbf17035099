"""A reading: what the clauses of a question ask for, before names are tied to one column each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sparkwright.errors import CannotAnswer
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.plan import Direction, Function, Operator
from sparkwright.generators.offline.spans import Span

How = Literal["is", "contains", "startswith", "endswith", "between", "date", "year", "missing"]


@dataclass(frozen=True)
class Mention:
    """A name of the schema as it stands in the question, and the table that it is said to belong to."""

    span: Span
    owner: Span | None = None
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """Something to show: a column, a table's label, an aggregate of either, or everything."""

    mention: Mention | None
    function: Function | None = None
    distinct: bool = False
    everything: bool = False


@dataclass(frozen=True)
class SubQuery:
    """An aggregate to compare with, as in "above the average price"."""

    function: Function
    mention: Mention | None


@dataclass(frozen=True)
class Condition:
    """A restriction: of a mentioned column, or of whichever column a value stands in."""

    mention: Mention | None
    operator: Operator
    values: tuple[Span, ...] = ()
    negated: bool = False
    function: Function | None = None
    sub: SubQuery | None = None
    how: How = "is"
    axis: str = ""
    both: bool = False
    alternative: bool = False
    hint: str = ""
    unit: str = ""
    about: Span | None = None
    scope: Span | None = None
    never: str = ""
    verb: str = ""
    share: bool = False
    placed: bool = False
    other: Mention | None = None


@dataclass(frozen=True)
class Has:
    """A restriction to rows with (or without) a partner, or with so many of them."""

    mention: Mention | None
    negated: bool = False
    operator: Operator | None = None
    number: int | float = 0
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Superlative:
    """The most or least of something; no mention means what the axis says."""

    direction: Direction
    mention: Mention | None = None
    function: Function | None = None
    axis: str = ""
    limit: int | None = None
    worst: bool = False
    span: Span | None = None


@dataclass(frozen=True)
class Sort:
    """An order that was asked for."""

    mention: Mention | None
    direction: Direction
    function: Function | None = None
    measure: bool = False


@dataclass
class Reading:
    """What was understood so far; filled clause by clause."""

    items: list[Item] = field(default_factory=list)
    tables: list[Span] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    has: list[Has] = field(default_factory=list)
    groups: list[Mention] = field(default_factory=list)
    superlatives: list[Superlative] = field(default_factory=list)
    sorts: list[Sort] = field(default_factory=list)
    limit: int | None = None
    limit_direction: Direction | None = None
    distinct: bool = False
    both: bool = False
    selecting: bool = True
    implicit: bool = False
    negated: Span | None = None
    subject: Span | None = None
    alternative: bool = False
    hint: str = ""
    verb: str = ""
    share: Span | None = None
    asserting: bool = False
    placed: bool = False
    opened: int = 0
    ordering: bool = False
    which: bool = False
    ranked: bool = False
    restate: bool = False
    summed: bool = False
    dangling: list[Span] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Cursor:
    """A place in the spans of a question."""

    def __init__(self, spans: tuple[Span, ...], question: str) -> None:
        self.spans = spans
        self.question = question
        self.at = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.spans)

    def peek(self, ahead: int = 0) -> Span | None:
        """The span so far ahead, if there is one."""
        index = self.at + ahead
        return self.spans[index] if 0 <= index < len(self.spans) else None

    def before(self) -> Span | None:
        """The last span that says something, fillers left out."""
        ahead = -1
        while self.kind(ahead) in (Kind.FILLER, Kind.DISTINCT):
            ahead -= 1
        return self.peek(ahead)

    def kind(self, ahead: int = 0) -> Kind | None:
        """The kind of the span so far ahead."""
        span = self.peek(ahead)
        return span.kind if span else None

    def take(self) -> Span:
        """The span here; goes on to the next."""
        span = self.spans[self.at]
        self.at += 1
        return span

    def accept(self, *kinds: Kind) -> Span | None:
        """The span here if it is of one of the kinds, going on to the next."""
        span = self.peek()
        return self.take() if span is not None and span.kind in kinds else None

    def skip(self, *kinds: Kind) -> None:
        """Go on over spans of these kinds."""
        while self.kind() in kinds:
            self.at += 1


REPHRASE = "say it with the names of tables and columns; `sparkwright describe DB.TABLE` shows the columns of a table"


def decline(part: str, message: str = "", hint: str = "") -> CannotAnswer:
    """The error that says which part of the question was not followed."""
    return CannotAnswer(
        message or f"the offline generator does not follow {part!r}",
        hint=hint or REPHRASE,
        part=part,
    )

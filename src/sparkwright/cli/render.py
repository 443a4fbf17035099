"""How answers, tables and findings look on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table as Grid
from rich.text import Text

from sparkwright.domain import Answer, Estimate, Finding, Result, Table
from sparkwright.errors import RunFailed, SparkwrightError

if TYPE_CHECKING:
    from sparkwright.history import Record

SHOWN_ROWS = 50
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LONG = 4  # decimals after which a column of floating-point numbers is rounded for reading
_STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}
_NUMBERS = (int, float, Decimal)


def _safe(text: str) -> str:
    """Text whose control characters are written out, so that data cannot steer the terminal."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _text(text: str, style: str = "") -> Text:
    return Text(_safe(text), style=style)


def answer(console: Console, told: Answer, *, with_program: bool = True) -> None:
    """An answer: the program, what was assumed, the rows, and one line on where they come from."""
    if with_program and told.program is not None:
        program(console, told.program.source)
    if told.assumptions:
        console.print("Assumed", style="bold")
        for assumption in told.assumptions:
            console.print(_indented(f"- {assumption}", 2))
        console.print()
    findings(console, [finding for finding in told.findings if finding.severity != "note"])
    if told.result is not None:
        result(console, told.result, is_authors=told.program is not None and told.program.row_limit is not None)
    elif told.state == "written":
        console.print(_text("Nothing was run.", style="yellow"))
    printed(console, told.printed)
    console.print(_text(_provenance(told), style="dim"))


def program(console: Console, source: str) -> None:
    """A program, highlighted on a terminal."""
    if console.is_terminal:
        console.print(
            Syntax(_safe(source.rstrip("\n")), "python", theme="ansi_dark", background_color="default", word_wrap=True)
        )
    else:
        console.print(_text(source.rstrip("\n")), soft_wrap=True)
    console.print()


def result(console: Console, shown: Result, *, is_authors: bool = False) -> None:
    """The rows of a result; long fractions are rounded, and it is said. `is_authors`: the program has the limit."""
    rows, names = shown.rows, [column.name for column in shown.columns]
    columns = [_column([row[i] for row in rows[:SHOWN_ROWS]]) for i in range(len(names))]
    grid = Grid(header_style="bold")
    for name, cells in zip(names, columns, strict=True):
        grid.add_column(_text(name), justify="right" if cells.is_number else "left", overflow="fold")
    for row in zip(*(cells.texts for cells in columns), strict=True):
        grid.add_row(*(_text(text) for text in row))
    console.print(grid)
    for note in _notes(shown, len(rows), any(cells.rounded for cells in columns), is_authors):
        console.print(_text(note, style="yellow" if "cut" in note else "dim"))


class _Cells:
    """One column as text: whether it is of numbers, and whether some were rounded."""

    def __init__(self, texts: list[str], is_number: bool, rounded: bool) -> None:
        self.texts, self.is_number, self.rounded = texts, is_number, rounded


def _column(values: Sequence[Any]) -> _Cells:
    present = [value for value in values if value is not None]
    is_number = bool(present) and all(isinstance(value, _NUMBERS) and not isinstance(value, bool) for value in present)
    values = [_clean(value) for value in values]
    places = _places([value for value in values if isinstance(value, float) and abs(value) < 1e15])
    texts = [_cell(value, places) for value in values]
    return _Cells(texts, is_number, places is not None)


def _clean(value: Any) -> Any:
    """A float without the noise of binary sums: 120.08999999999999 is 120.09."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def _places(floats: Sequence[float]) -> int | None:
    """The decimals to round a column to, or None where all its fractions are short."""
    if all(len(repr(value).partition(".")[2]) <= LONG and "e" not in repr(value) for value in floats):
        return None
    largest = max(abs(value) for value in floats)
    return 1 if largest >= 10 else 2 if largest >= 1 else 4


def _cell(value: Any, places: int | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, float) and places is not None and abs(value) < 1e15:
        return f"{value:.{places}f}"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    return str(value)


def _notes(shown: Result, count: int, rounded: bool, is_authors: bool) -> Iterable[str]:
    if shown.truncated:
        why = "rows" if shown.cut_by != "bytes" else "bytes"
        more = "--rows N shows more" if why == "rows" else "select fewer columns, or --save the whole result"
        more = "the program ends with that limit" if why == "rows" and is_authors else more
        yield f"The result was cut at {_many(count, 'row')} by the limit of {why}: there is more ({more})."
    if count > SHOWN_ROWS:
        yield f"{SHOWN_ROWS} of {count:,} rows are shown here; --json prints them all."
    if rounded:
        yield "Long fractions are rounded here; --json has every digit."


def _provenance(told: Answer) -> str:
    parts = []
    if told.result is not None:
        count = len(told.result.rows)
        parts.append(_many(count, "row"))
    if told.estimate is not None:
        parts.append(f"{told.estimate.platform} ({told.estimate.reason})")
        parts.append(scan(told.estimate))
    total = sum(spent for stage, spent in told.timings.items() if "." not in stage)
    parts.append(f"{total / 1000:.2f} s")
    parts.append(told.id)
    if told.result is not None and told.result.uri:
        parts.append(f"saved to {told.result.uri}")
    return " · ".join(parts)


def scan(estimated: Estimate) -> str:
    """What a program scans, in words."""
    if estimated.bytes is None:
        return "scan size unknown"
    about = "at most" if estimated.is_exact else "about"
    text = f"scans {about} {size(estimated.bytes)} in {_many(estimated.objects or 0, 'file')}"
    if estimated.partitions_matched is not None and estimated.partitions_total is None:
        text += f", {_many(estimated.partitions_matched, 'partition')}"
    elif estimated.partitions_matched is not None:
        text += f", {estimated.partitions_matched} of {_many(estimated.partitions_total or 0, 'partition')}"
    return text if estimated.is_exact else f"{text} (a crawler's estimate)"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def size(count: int) -> str:
    """A number of bytes for people; 1 KB = 1024 bytes."""
    amount = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1024:
            return f"{count} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TB"


def printed(console: Console, text: str) -> None:
    """What a program printed."""
    if text:
        console.print("Printed", style="bold")
        console.print(_text(text.rstrip("\n")))


def findings(console: Console, found: Sequence[Finding]) -> None:
    """Findings, one a line, each with its hint below."""
    for finding in found:
        place = f"{finding.line}:{finding.column or 1}: " if finding.line else ""
        console.print(
            Text.assemble(
                (f"{place}{finding.severity}", _STYLES[finding.severity]), _safe(f" {finding.message} [{finding.rule}]")
            )
        )
        if finding.hint:
            console.print(_indented(finding.hint, 4, "cyan"))


def _indented(text: str, by: int, style: str = "") -> RenderableType:
    return Padding(_text(text, style=style), (0, 0, 0, by), expand=False)


def error_text(error: SparkwrightError) -> RenderableType:
    """An error with its hint; of a run also the line of the program."""
    kind = f"{error.kind}: " if isinstance(error, RunFailed) and error.kind else ""
    line = f" (line {error.line} of the program)" if isinstance(error, RunFailed) and error.line else ""
    parts: list[RenderableType] = [Text.assemble(("error", "bold red"), _safe(f" {kind}{error.message}{line}"))]
    if error.hint:
        parts.append(_indented(error.hint, 4, "cyan"))
    return Group(*parts)


def table(console: Console, described: Table, unreadable: SparkwrightError | None = None) -> None:
    """A table with its columns, keys and size."""
    console.print(_text(str(described.name), style="bold"))
    if described.comment:
        console.print(_text(described.comment))
    facts = [_kind(described), described.location, *_size(described)]
    if described.partition_keys:
        facts.append(_partitions(described))
    console.print(_text(" · ".join(fact for fact in facts if fact), style="dim"))
    kept = [f"owner {described.owner}" if described.owner else "", f"changed {described.updated_at}"]
    if described.updated_at:
        console.print(_text(" · ".join(fact for fact in kept if fact), style="dim"))
    grid = Grid(header_style="bold")
    for title in ("column", "type", "key", "comment"):
        grid.add_column(title, overflow="fold")
    for column in described.all_columns:
        grid.add_row(_text(column.name), _text(column.type), _text(_key(described, column.name)), _text(column.comment))
    console.print(grid)
    if unreadable is not None:
        console.print(error_text(unreadable))


def _kind(described: Table) -> str:
    """What kind of table it is: its format, or what stands in for one."""
    if described.target is not None:
        return f"a link to {described.target}"
    if described.federated:
        return f"federated ({described.federated})"
    if described.table_type == "VIRTUAL_VIEW":
        return "a view"
    said = described.parameters
    return (
        (said.get("table_type") if said.get("table_type") in ("ICEBERG", "DELTA") else None)
        or said.get("spark.sql.sources.provider")
        or said.get("classification")
        or described.storage.serde.split(".")[-1]
    )


def _size(described: Table) -> Iterator[str]:
    """How much it holds; what a crawler or a writer noted is called an estimate."""
    known = described.size
    counts = []
    if known.rows is not None:
        counts.append(f"{'' if known.exact else 'about '}{_many(known.rows, 'row')}")
    if known.bytes is not None:
        files = f" in {_many(known.objects, 'file')}" if known.objects is not None else ""
        counts.append(f"{'' if known.exact else 'about '}{size(known.bytes)}{files}")
    if counts:
        yield ", ".join(counts) + ("" if known.exact else " (the catalog's estimate)")


def _partitions(described: Table) -> str:
    """How many partitions there are, and the first and the last of them, where the catalog has them at hand."""
    if not described.partitions:
        return f"partitioned by {', '.join(key.name for key in described.partition_keys)}"
    names = [
        ", ".join(
            f"{key.name}={'NULL' if value is None else value}" for key, value in zip(keys, each.values, strict=True)
        )
        for keys in (described.partition_keys,)
        for each in sorted(described.partitions, key=lambda each: [_natural(value) for value in each.values])
    ]
    ends = f" ({names[0]} to {names[-1]})" if len(names) > 1 else f" ({names[0]})" if names else ""
    return _many(len(names), "partition") + ends


def _natural(value: str | None) -> tuple[int, int, str]:
    """A key that sorts whole numbers by their size, before other texts, and NULL last."""
    if value is None:
        return (2, 0, "")
    return (0, int(value), "") if value.lstrip("-").isdecimal() else (1, 0, value)


def _key(described: Table, name: str) -> str:
    marks = []
    if name in described.primary_key:
        marks.append("primary")
    if any(name == key.name for key in described.partition_keys):
        marks.append("partition")
    for foreign in described.foreign_keys:
        pairs = zip(foreign.columns, foreign.references, strict=True)
        marks += [f"-> {foreign.table.name}.{reference}" for column, reference in pairs if column == name]
    return ", ".join(dict.fromkeys(marks))


def names(console: Console, title: str, rows: Iterable[Sequence[str]], headings: Sequence[str]) -> None:
    """A plain listing."""
    grid = Grid(title=title or None, header_style="bold", title_justify="left")
    for heading in headings:
        grid.add_column(heading, overflow="fold")
    for row in rows:
        grid.add_row(*(_text(cell) for cell in row))
    console.print(grid)


def records(console: Console, kept: Sequence[Record]) -> None:
    """The newest runs."""
    rows = [
        (record.id, record.at, record.kind, record.state, record.platform or "", record.question or "")
        for record in kept
    ]
    names(console, "", rows, ("id", "at", "kind", "state", "platform", "question"))


def record(console: Console, kept: Record) -> None:
    """One run in full, as it was kept."""
    told = kept.answer
    console.print(_text(f"{kept.id} · {kept.kind} · {kept.state} · {kept.at} · {kept.catalog}", style="dim"))
    if kept.question:
        console.print(_text(kept.question, style="bold"))
    if told["program"]:
        program(console, told["program"])
    for assumption in told["assumptions"]:
        console.print(_text(f"- {assumption}"))
    shown = told["result"]
    if shown and shown["rows"] is not None:
        headings = [column["name"] for column in shown["columns"]]
        names(console, "", ([_kept(value) for value in row] for row in shown["rows"][:SHOWN_ROWS]), headings)
        if len(shown["rows"]) > SHOWN_ROWS:
            console.print(_text(f"{SHOWN_ROWS} of {len(shown['rows']):,} rows are shown here; --json prints them all."))
        if shown["truncated"]:
            console.print(_text("The result was cut: there was more.", style="yellow"))
    elif shown:
        console.print(_text("The rows were too many to keep; run it again for them.", style="yellow"))
    if told["error"]:
        console.print(
            Text.assemble(("error", "bold red"), _safe(f" {told['error']['type']}: {told['error']['message']}"))
        )


def _kept(value: Any) -> str:
    return "NULL" if value is None else str(value)

"""Admit programs: what was written is brought into house form, judged, and checked against the real schema."""

from __future__ import annotations

import ast
import logging
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sparkwright.domain import Draft, Finding, Program, Table, TableName
from sparkwright.errors import ProgramRefused
from sparkwright.program import sql_rules
from sparkwright.program.context import Context
from sparkwright.program.folding import Kind
from sparkwright.program.lines import draft_lines, in_draft
from sparkwright.program.parsing import parse
from sparkwright.program.plan_check import PlanChecker, PlanReport, check_plan
from sparkwright.program.reading import Reading, argument
from sparkwright.program.rewrite import Rewritten, rewrite
from sparkwright.program.rules import RULES
from sparkwright.program.source_rules import sql_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sparkwright.program.passes.tree import Note

log = logging.getLogger(__name__)

_CODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")  # PEP 263


def admit(
    draft: Draft, tables: Sequence[Table], *, checker: PlanChecker | None, locations: Sequence[str] = ()
) -> Program:
    """Make a Program of a draft, or raise ProgramRefused with all findings.

    `locations` are path prefixes that the program may read beside the tables. Without a checker only the rules judge.
    """
    program, findings = check(draft, tables, checker=checker, locations=locations)
    if program is None:
        raise ProgramRefused(findings, source=draft.source)
    return program


def check(
    draft: Draft, tables: Sequence[Table], *, checker: PlanChecker | None, locations: Sequence[str] = ()
) -> tuple[Program | None, tuple[Finding, ...]]:
    """Say all there is to say about a draft; the Program is None where a finding is an error."""
    context = Context.of(tables, locations)
    rewritten = rewrite(draft.source, context)
    lines = draft_lines(draft.source, rewritten.source)
    if rewritten.error is not None:
        return None, (in_draft(_syntax(rewritten.error), lines, draft.source, rewritten.source),)
    reading = Reading(parse(rewritten.source), context)
    judged = _judge(reading, rewritten.source)
    report = PlanReport()
    used = _tables_used(reading)
    if checker is not None and not _has_errors(judged):
        report, found = check_plan(rewritten.source, reading, used, checker)
        judged += found
    placed = [in_draft(finding, lines, draft.source, rewritten.source) for finding in judged]
    findings = _sorted([*placed, *_notes(rewritten, draft.source)])
    if _has_errors(findings):
        log.debug("author=<%s>, findings=<%d> | refused", draft.author, len(findings))
        return None, findings
    program = Program(
        rewritten.source,
        tables=used,
        locations=context.locations,
        columns=report.columns,
        warnings=findings,
        row_limit=rewritten.row_limit,
        draft_lines=lines,
        scans=report.scans,
        has_explicit_reads=report.has_explicit_reads,
    )
    return program, findings


def lint(source: str, tables: Sequence[Table], *, locations: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Say what the rewrite and the rules have to say about a text, without building a plan."""
    return check(Draft(source, author="lint"), tables, checker=None, locations=locations)[1]


def _judge(reading: Reading, source: str) -> list[Finding]:
    try:
        return [finding for rule in RULES for finding in rule(reading)] + list(_coding(source))
    except RecursionError:
        return [Finding("syntax", "error", "the program is nested too deeply to be judged", hint="write it in steps")]


def _coding(source: str) -> Iterable[Finding]:
    for number, line in enumerate(source.split("\n")[:2], start=1):
        match = _CODING.match(line)
        if match and match[1].lower() not in {"utf-8", "utf8"}:
            yield Finding(
                "syntax", "error", "a program is UTF-8 text", number, 1, "leave out the line that names its coding"
            )


def _syntax(error: SyntaxError) -> Finding:
    hint = "programs run on Python 3.9 and later" if "supported in Python" in str(error.msg) else ""
    return Finding("syntax", "error", f"this is no Python: {error.msg}", error.lineno, error.offset, hint)


def _notes(rewritten: Rewritten, draft: str) -> list[Finding]:
    lines = [line.strip() for line in draft.splitlines()]
    return [
        Finding(note.rule, note.severity, note.message, _line_of(note, lines), None, note.hint)
        for note in rewritten.notes
    ]


def _line_of(note: Note, lines: Sequence[str]) -> int | None:
    first = note.code.split("\n", 1)[0].strip()
    for likes in (lambda line: line == first, lambda line: bool(first) and first in line):
        found = next((number for number, line in enumerate(lines, start=1) if likes(line)), None)
        if found:
            return found
    near = get_close_matches(first, lines, n=1)
    return lines.index(near[0]) + 1 if near else None


def _has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    order = {"error": 0, "warning": 1, "note": 2}
    return tuple(dict.fromkeys(sorted(findings, key=lambda f: (order[f.severity], f.line or 0, f.column or 0))))


def _tables_used(reading: Reading) -> tuple[TableName, ...]:
    """The tables that a program reads; all that it may read where a text is not known before the run."""
    used: dict[TableName, None] = {}
    for call in reading.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "table":
            for text in sorted(reading.texts(argument(call, 0, "tableName"))):
                _use(used, sql_rules.split_name(text), reading)
    for judge, _, given in sql_texts(reading):
        value = reading.folding.value(given)
        if value is Kind.UNKNOWN and judge is sql_rules.judge_statement:
            return tuple(table.name for table in reading.context.tables)
        read = sql_rules.read_statement if judge is sql_rules.judge_statement else sql_rules.read_expression
        for text in sorted(v for v in value if isinstance(v, str)) if isinstance(value, frozenset) else ():
            for parts in read(text).tables:
                _use(used, parts, reading)
    return tuple(used)


def _use(used: dict[TableName, None], parts: tuple[str, ...], reading: Reading) -> None:
    if len(parts) == 1 and parts[0].lower() in reading.views:
        return
    found = reading.context.table(parts)
    if found is not None:
        used[found] = None

"""Which line of a draft each line of its program came from."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sparkwright.domain import Finding


def draft_lines(draft: str, source: str) -> tuple[int, ...]:
    """For each line of the source the line of the draft that it came from, counted from 1; 0 where there is none."""
    old = [line.strip() for line in _lines(draft)]
    new = [line.strip() for line in _lines(source)]
    if old == new:
        return tuple(range(1, len(new) + 1))
    found = [0] * len(new)
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found[b1:b2] = range(a1 + 1, a1 + 1 + b2 - b1)
        elif tag == "replace":
            for i in range(b1, b2):
                found[i] = _likest(old, a1, a2, new[i], min(a1 + i - b1, a2 - 1)) + 1
    return tuple(found)


def _likest(old: Sequence[str], begin: int, end: int, line: str, default: int) -> int:
    ratios = [
        (SequenceMatcher(None, old[i], line).quick_ratio(), -abs(i - default), i)
        for i in range(begin, min(end, begin + 30))
    ]
    best = max(ratios, default=(0.0, 0, default))
    return best[2] if best[0] > 0.6 else default


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines and not lines[-1] else lines


def in_draft(finding: Finding, lines: Sequence[int], draft: str, source: str) -> Finding:
    """Move a finding from a line of the source to the line of the draft."""
    if finding.line is None:
        return finding
    line = to_draft(finding.line, lines)
    if line is None:
        return replace(finding, line=None, column=None)
    theirs, ours = _lines(draft), _lines(source)
    if finding.column is None or finding.line > len(ours) or line > len(theirs):
        return replace(finding, line=line)
    shift = _indent(theirs[line - 1]) - _indent(ours[finding.line - 1])
    column = min(max(1, finding.column + shift), len(theirs[line - 1]) + 1)
    return replace(finding, line=line, column=column)


def to_draft(line: int, lines: Sequence[int]) -> int | None:
    """The draft's line for a line of the source: its own, or else the nearest one above that has one."""
    above = [lines[i] for i in range(min(line, len(lines)) - 1, -1, -1) if lines[i]]
    return above[0] if above else next((number for number in lines if number), None)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())

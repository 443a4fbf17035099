"""Text that is not Python yet: markdown around a program, line ends, indentation."""

from __future__ import annotations

import re
import textwrap

from sparkwright.program.parsing import parse

_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*\n(.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_PYTHON = frozenset({"python", "py", "pyspark", "python3", "ipython"})


def normal_text(text: str) -> str:
    r"""Bring line ends to `\n`, drop a byte order mark and spaces at the ends of the text.

    Before: ``"\ufeffresult = x\r\n\r\n"``; after: ``"result = x\n"``.
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    stripped = lines.strip("\n \t")
    return stripped and _dedented(lines.strip("\n").rstrip() + "\n")


def _dedented(text: str) -> str:
    return text if text[:1] not in " \t" else textwrap.dedent(text)


def without_fences(text: str) -> str:
    """Take the code out of markdown.

    Of several blocks the longest Python one counts: models put a snippet for installing or calling before or after the
    program, and it is the shorter one. Of two equally long ones the later counts, as the corrected one.
    Text that is Python as it stands is left alone, whatever its texts hold.
    """
    if "```" not in text and "~~~" not in text:
        return text
    try:
        parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        blocks = [(match[2].lower(), match[3]) for match in _FENCE.finditer(text)]
        python = [block for language, block in blocks if language in _PYTHON] or [
            block for language, block in blocks if not language
        ]
        if not python:
            return text
        return max(reversed(python), key=lambda block: len(block.strip()))
    return text

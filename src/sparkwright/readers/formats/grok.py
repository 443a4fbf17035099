"""GrokSerDe: named patterns put together to a regular expression; a column has what its name, or its pattern, caught.

The patterns are those of Logstash's public documentation that need no look-around, with the same meaning on whole
lines. Whether the SerDe wants a match of the whole line is not documented: a line of which only a part matches fails.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sparkwright.domain import Reader, Table, Unreadable
from sparkwright.readers.columns import literal
from sparkwright.readers.formats.java_regex import portable
from sparkwright.readers.formats.regex import matched
from sparkwright.readers.formats.text_lines import LINE, said
from sparkwright.readers.verdicts import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

PATTERNS: Mapping[str, str] = {
    "USERNAME": "[a-zA-Z0-9._-]+",
    "USER": "%{USERNAME}",
    "INT": "(?:[+-]?(?:[0-9]+))",
    "BASE10NUM": "(?:[+-]?(?:(?:[0-9]+(?:\\.[0-9]+)?)|(?:\\.[0-9]+)))",
    "NUMBER": "(?:%{BASE10NUM})",
    "POSINT": "\\b(?:[1-9][0-9]*)\\b",
    "NONNEGINT": "\\b(?:[0-9]+)\\b",
    "WORD": "\\b\\w+\\b",
    "NOTSPACE": "\\S+",
    "SPACE": "\\s*",
    "DATA": ".*?",
    "GREEDYDATA": ".*",
    "UUID": "[A-Fa-f0-9]{8}-(?:[A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12}",
    "YEAR": "(?:\\d\\d){1,2}",
    "MONTHNUM": "(?:0?[1-9]|1[0-2])",
    "MONTHDAY": "(?:(?:0[1-9])|(?:[12][0-9])|(?:3[01])|[1-9])",
    "HOUR": "(?:2[0123]|[01]?[0-9])",
    "MINUTE": "(?:[0-5][0-9])",
    "SECOND": "(?:(?:[0-5][0-9]|60)(?:[:.,][0-9]+)?)",
    "ISO8601_TIMEZONE": "(?:Z|[+-]%{HOUR}(?::?%{MINUTE}))",
    "TIMESTAMP_ISO8601": "%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?%{ISO8601_TIMEZONE}?",
    "LOGLEVEL": "(?:[Tt]race|TRACE|[Dd]ebug|DEBUG|[Nn]otice|NOTICE|[Ii]nfo|INFO|[Ww]arn(?:ing)?|WARN(?:ING)?"
    "|[Ee]rr(?:or)?|ERR(?:OR)?|[Cc]rit(?:ical)?|CRIT(?:ICAL)?|[Ff]atal|FATAL|[Ss]evere|SEVERE|EMERG(?:ENCY)?"
    "|[Ee]merg(?:ency)?)",
}
_REFERENCE = re.compile(r"%\{(\w+)(?::([\w.\[\]@-]+))?(?::\w+)?\}")
_DEEPEST = 32


def read(table: Table) -> Reader | Unreadable:
    """How a table of GrokSerDe is read."""
    known = {**PATTERNS, **_custom(said(table, "input.grokCustomPatterns"))}
    names: list[str] = []
    try:
        source = _expanded(said(table, "input.format"), known, names, 0)
    except LookupError as error:
        return refuse(
            table,
            f"its grok pattern {error.args[0]!r} is not known",
            "write the pattern out in input.grokCustomPatterns",
        )
    expression = portable(source)
    if expression.is_odd or not source or len(expression.groups) != len(names):
        return refuse(
            table,
            f"its input.format {source!r} is not understood",
            "put groups as (?:...), and names as %{PATTERN:name}",
        )
    caught = dict(zip(reversed([name.lower() for name in names]), reversed(expression.groups), strict=True))
    lacking = [column.name for column in table.columns if column.name.lower() not in caught]
    if lacking:
        return refuse(table, f"no grok pattern is named as column {lacking[0]!r}", "name a pattern as each column")
    groups = [caught[column.name.lower()] for column in table.columns]
    part = literal(f"(?:{expression.text})")
    whole = literal(f"\\A(?:{expression.text})\\z")
    odd = f"raise_error(concat('GrokSerDe: a part of a line matches, not all of it: ', substring({LINE}, 1, 200)))"
    guard = f"CASE WHEN {LINE} RLIKE {part} AND NOT {LINE} RLIKE {whole} THEN CAST({odd} AS STRING) ELSE {LINE} END"
    return matched(table, expression, groups, "GrokSerDe", guard=guard)


def _custom(text: str) -> dict[str, str]:
    """Patterns of the table's own, one in a line; the line end may be spelled."""
    lines = (line.strip().partition(" ") for line in text.replace("\\n", "\n").splitlines())
    return {name: pattern.strip() for name, _, pattern in lines if name}


def _expanded(text: str, known: Mapping[str, str], names: list[str], depth: int) -> str:
    """The text with its patterns written out; those at the top become groups, whose names are noted."""
    if depth > _DEEPEST:
        raise LookupError(text)

    def meant(found: re.Match[str]) -> str:
        pattern, name = found.groups()
        if pattern not in known:
            raise LookupError(pattern)
        if depth == 0:
            names.append(name or pattern)
        inner = re.sub(r"(?<!\\)\((?!\?)", "(?:", known[pattern])
        return ("(" if depth == 0 else "(?:") + _expanded(inner, known, names, depth + 1) + ")"

    return _REFERENCE.sub(meant, text)

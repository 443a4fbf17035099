"""RegexSerDe: a regular expression for the whole line, a group for each column; a line that does not match is NULLs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sparkwright.domain import Reader, Table, Unreadable
from sparkwright.hive_types import Decimal, Plain, Sized, parse
from sparkwright.readers.columns import literal
from sparkwright.readers.formats.hive_texts import WHOLE_NUMBERS, parsed
from sparkwright.readers.formats.java_regex import Group, JavaRegex, portable
from sparkwright.readers.formats.text_lines import LINE, line_reader, no_nested, said
from sparkwright.readers.verdicts import refuse

if TYPE_CHECKING:
    from sparkwright.domain import Column

LOOK_AROUND = "regex look-around"
"""The feature of a table whose regular expression only Java's engine takes."""

_BETWEEN = "\ufdd0"
_STRICT_WHOLE = "^[+-]?[0-9]+\\z"


def read(table: Table) -> Reader | Unreadable:
    """How a table of RegexSerDe is read."""
    source = said(table, "input.regex")
    if not source:
        return refuse(table, "its RegexSerDe has no input.regex", "set input.regex in the SerDe's parameters")
    expression = portable(source)
    if expression.is_odd:
        return refuse(table, f"its regular expression {source!r} is not understood", "correct its brackets")
    if len(expression.groups) != len(table.columns):
        return refuse(
            table,
            f"its regular expression has {len(expression.groups)} groups for {len(table.columns)} columns",
            "give each column one group, and make the others (?:...)",
        )
    folds = said(table, "input.regex.case.insensitive").strip().lower() == "true"
    return matched(table, expression, expression.groups, "RegexSerDe", folds=folds)


def matched(
    table: Table, expression: JavaRegex, groups: Sequence[Group], serde: str, *, folds: bool = False, guard: str = ""
) -> Reader | Unreadable:
    """The table whose columns are those groups of the expression, on lines that match it whole.

    `guard` is SQL around the line (`LINE`) that fails where a match of less than the line is in question.
    """
    refused = no_nested(table, serde) or _no_binary(table, serde)
    if refused:
        return refused
    text, numbers, doubts = _numbered(expression, groups)
    for column, group in zip(table.columns, groups, strict=True):
        if group.start in doubts and _is_text(column):
            return refuse(
                table,
                f"the group of column {column.name!r} may be empty or left out, and engines do not tell which",
                "let the group stand in no optional part that may be empty",
            )
    pattern = f"{'(?i)' if folds else ''}\\A(?:{text})\\z"
    given = "".join(_BETWEEN + f"${number}" for pair in numbers for number in pair)
    places = [sum(len(pair) for pair in numbers[:index]) + 1 for index in range(len(numbers))]
    parts = f"split(regexp_replace({guard or LINE}, {literal(pattern)}, {literal(given)}), {literal(_BETWEEN)}, -1)"
    values = []
    for column, group, pair, place in zip(table.columns, groups, numbers, places, strict=True):
        value = f"get({parts}, {place})"
        if len(pair) == 2:
            value = f"CASE WHEN get({parts}, {place + 1}) <> '' THEN {value} END"
        elif _is_text(column) and expression.left_out_with(group) and group.start not in doubts:
            value = f"nullif({value}, '')"
        values.append(_typed(column, value))
    reader = line_reader(table, values)
    if isinstance(reader, Reader) and expression.lacks:
        return replace(reader, needs=(LOOK_AROUND,))
    return reader


def _numbered(expression: JavaRegex, groups: Sequence[Group]) -> tuple[str, list[tuple[int, ...]], frozenset[int]]:
    """The expression, where it has to be with groups of our own around what may be left out with one that may be empty.

    With it the numbers for each group (its own, and the one that tells whether it took part), and the places of groups
    of which nothing tells.
    """
    spans: dict[int, tuple[int, int]] = {}
    doubts: set[int] = set()
    for group in groups:
        part = expression.left_out_with(group)
        if part is None or not expression.may_be_empty(group.start, group.end):
            continue
        if expression.may_be_empty(*part):
            doubts.add(group.start)
        else:
            spans[group.start] = part
    added = sorted(set(spans.values()), key=lambda span: (span[0], -span[1]))
    # A group of ours stands inside of the parentheses at its place, and before any that open there.
    opens = sorted(
        [(start, 0, (start, end)) for start, end in added] + [(g.start - 1, 1, g) for g in expression.groups],
        key=lambda o: (o[0], o[1]),
    )
    number = {id(what) if isinstance(what, Group) else what: rank for rank, (_, _, what) in enumerate(opens, 1)}
    text = expression.text
    marks = sorted([(start, "(") for start, _ in added] + [(end, ")") for _, end in added], reverse=True)
    for place, mark in marks:
        text = text[:place] + mark + text[place:]
    numbers: list[tuple[int, ...]] = []
    for group in groups:
        own: tuple[int, ...] = (number[id(group)],)
        numbers.append((*own, number[spans[group.start]]) if group.start in spans else own)
    return text, numbers, frozenset(doubts)


def _no_binary(table: Table, serde: str) -> Unreadable | None:
    for column in table.columns:
        if parse(column.type) == Plain("binary"):
            return refuse(table, f"column {column.name!r} is binary in {serde}", "store the table as Parquet")
    return None


def _is_text(column: Column) -> bool:
    kind = parse(column.type)
    return isinstance(kind, Sized) or kind == Plain("string")


def _typed(column: Column, text: str) -> str:
    """The value as RegexSerDe has it, stricter with whole numbers than LazySimpleSerDe, laxer with the others."""
    kind = parse(column.type)
    match kind:
        case Plain(name) if name in WHOLE_NUMBERS:
            return f"TRY_CAST(regexp_extract({text}, {literal(_STRICT_WHOLE)}, 0) AS {name.upper()})"
        case Plain("boolean"):
            return f"lower({text}) = 'true'"
        case Decimal():
            return parsed(kind, f"trim({text})")
        case _:
            return parsed(kind, text)

"""Questions that only want to see some rows of one table: "show the first 10 rows of flights"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sparkwright.domain import Draft, Table
from sparkwright.generators.offline.naming import table_text

DEFAULT_ROWS = 10
_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"fifteen": 15, "twenty": 20, "fifty": 50, "hundred": 100}
_SEE = r"(?:show|display|list|give|get|print|see|view|return|fetch|select|output|preview|let me see)(?: me| us)?"
_READ = r"(?:query|read|load|open|scan|use|access|look at)"
_COUNT = r"(?P<count>\d{1,9}|" + "|".join(_WORDS) + r")"
_ROWS = (
    rf"(?:the |its |their |some |a few |any |just )*(?:(?:first|top|initial) )?(?:{_COUNT} )?(?:sample |example )?"
    r"(?:rows?|records?|lines?|entries)"
)
_TABLE = r"(?:(?:all )?the )?(?:(?:data|rows|contents?) (?:from|of|in) )?(?:the )?(?:table )?@(?: table)?(?: data)?"
_FORMS = tuple(
    re.compile(rf"(?:please |can you |could you )?{form}(?: please)?")
    for form in (
        rf"{_SEE} {_ROWS} (?:of|from|in) {_TABLE}",
        rf"{_READ} {_TABLE}(?:,? and(?: then)?|,? then|,)? {_SEE} {_ROWS}(?: of it| of them| from it)?",
        rf"{_ROWS} (?:of|from|in) {_TABLE}",
        rf"(?:preview|peek at|sample|head of|{_SEE} a (?:preview|sample) of) {_TABLE}",
    )
)


def preview(text: str, tables: Sequence[Table], author: str) -> Draft | None:
    """The program for a question that is nothing but a look at some rows of one table, else None."""
    for table in tables:
        asked = _asked(text, table)
        if asked is not None:
            source = f"result = {table_text(str(table.name))}.limit({asked})\n"
            return Draft(source, author, ("a table has no order of its own: which rows come first is not defined",))
    return None


def _asked(text: str, table: Table) -> int | None:
    """How many rows of this table the text wants to see, or None where it wants something else."""
    plain = re.sub(r"\s+", " ", text.strip().rstrip(".?!").strip()).lower()
    for mention in _mentions(table):
        marked, found = re.subn(rf"(?<![\w.`]){re.escape(mention)}(?![\w`]|\.\w)", "@", plain)
        if found == 1 and "@" not in plain:
            match = next((match for form in _FORMS if (match := form.fullmatch(marked))), None)
            if match is not None:
                return _number(match.groupdict().get("count"))
    return None


def _mentions(table: Table) -> tuple[str, ...]:
    """How a table may be written, longest first."""
    database, name = table.name.database.lower(), table.name.name.lower()
    bare = (f"{database}.{name}", f"`{database}`.`{name}`", f"`{database}.{name}`", f"{database}.`{name}`")
    spoken = re.sub(r"[_\W]+", " ", name).strip()
    return (*bare, f"'{name}'", f'"{name}"', f"`{name}`", name, *([spoken] if spoken != name else []))


def _number(said: str | None) -> int:
    if said is None:
        return DEFAULT_ROWS
    return _WORDS.get(said) or int(said)


def with_bare_names(text: str, tables: Sequence[Table]) -> str:
    """The question with `db.table` written as `table`, where only one table has that name."""
    names = [table.name.name.lower() for table in tables]
    for table in tables:
        if names.count(table.name.name.lower()) == 1:
            full = rf"`?{re.escape(table.name.database)}`?\.`?{re.escape(table.name.name)}`?"
            bare = table.name.name.replace("\\", "\\\\")
            text = re.sub(rf"(?<![\w.`]){full}(?![\w`]|\.\w)", bare, text, flags=re.I)
    return text


def without_table(text: str, tables: Sequence[Table]) -> str:
    """The question without "in T", where T is the only table that could be meant."""
    if len(tables) != 1:
        return text
    for mention in _mentions(tables[0]):
        said = rf"\s+(?:in|from|within|at)\s+(?:the\s+)?(?:table\s+|file\s+)?{re.escape(mention)}(?![\w`]|\.\w)"
        plain = re.sub(said, "", text, flags=re.IGNORECASE)
        if plain != text:
            return plain
    return text

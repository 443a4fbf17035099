"""Which names are safe to write bare in SQL."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = frozenset(
    """
    all alter and anti any array as asc at authorization between binary both by case cast char check collate column
    commit constraint create cross cube current current_catalog current_database current_date current_schema
    current_time current_timestamp current_timezone current_user dec decimal delete desc describe distinct drop else
    end escape except exists external extract false fetch filter float for foreign from full function global grant
    group grouping having in inner insert int intersect interval into is join lateral leading left like limit local
    localtimestamp map match merge minus natural no not now null nulls numeric of offset on only or order out outer
    over overlaps partition primary qualify range recursive references revoke right rollback rollup row rows select
    semi session_user set similar some struct table tablesample then to trailing trim true truncate union unique
    unknown unpivot update using values view when where window with within without
    """.split()  # noqa: SIM905 - a list of words reads better as words
)


def is_bare(identifier: str) -> bool:
    """Whether a name means the same with and without backquotes."""
    return bool(_WORD.fullmatch(identifier)) and identifier.lower() not in _KEYWORDS


def quoted(identifier: str) -> str:
    """The name for SQL, in backquotes unless it is safe without."""
    return identifier if is_bare(identifier) else "`" + identifier.replace("`", "``") + "`"

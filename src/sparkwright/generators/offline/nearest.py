"""What a word that nobody knows may have been meant for: the nearest table, column or value."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from sparkwright.generators.offline.parts import short
from sparkwright.generators.offline.reading import REPHRASE
from sparkwright.generators.offline.schema import Schema

_ALIKE = 0.75
_MOST_VALUES = 2_000


def hint_for(words: str, schema: Schema) -> str:
    """`did you mean flights?` for `flghts`; how to rephrase where nothing is near."""
    known = dict(_known(schema))
    for word in (words, *words.split()):
        low = word.lower()
        alike = [name for name in known if abs(len(name) - len(low)) <= 2]
        alike = [name for name in alike if name[0] == low[0] or "(a value" not in known[name]]
        found = get_close_matches(low, alike, n=1, cutoff=_ALIKE) if len(low) > 2 else []
        if found:
            return f"did you mean {known[found[0]]}?"
    return REPHRASE


def _known(schema: Schema) -> Iterator[tuple[str, str]]:
    """Texts in lower case, and what they name; tables come last, so that they win."""
    for ref in schema.columns():
        profile = schema.column(ref).profile
        for value in profile.values[:_MOST_VALUES] if profile and schema.is_text(ref) else ():
            yield value.lower(), f"{value!r} (a value of {ref.name})"
    for ref in schema.columns():
        for word in {*schema.words(ref), " ".join(schema.words(ref)), ref.name.lower()}:
            if len(word) > 2:
                yield word, f"{ref.name} (a column of {short(ref.table)})"
    for table, words in schema.table_words.items():
        for name in (*words, short(table).lower()):
            yield name, short(table)

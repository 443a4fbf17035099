"""Schema linking: cut a question into spans, each tied to the lexicon, a table, a column or a value."""

from __future__ import annotations

import re
from dataclasses import replace

from sparkwright.generators.offline.english import (
    ARTICLES,
    VERBS,
)
from sparkwright.generators.offline.lexicon import LONGEST_PHRASE, PHRASES, Kind
from sparkwright.generators.offline.plan import ColumnRef
from sparkwright.generators.offline.restricting import PASSED_OVER, restricting
from sparkwright.generators.offline.schema import Schema
from sparkwright.generators.offline.spans import ColumnLink, Span, TableLink
from sparkwright.generators.offline.terms import lone_word
from sparkwright.generators.offline.values import Values
from sparkwright.generators.offline.words import Token, split_name, tokenize

# What a name of the schema wins against when both match the same words.
_YIELDS = frozenset(
    {
        Kind.SCHEMA,
        Kind.VERB,
        Kind.FILLER,
        Kind.ORDER,
        Kind.COMMON,
        Kind.NAMED,
        Kind.ASK,
        Kind.UNKNOWN,
        Kind.DIRECTION,
        Kind.UNIT,
        Kind.BUCKET,
        Kind.WITH,
    }
)
_FIRM = frozenset(
    {"which", "what", "who", "show", "list", "find", "give", "how", "that", "return", "is", "are", "by", "each", "per"}
)
_NORMAL = {"max": "maximum", "min": "minimum", "avg": "average", "id's": "id", "ids": "id"}


class Linker:
    """Cuts questions about one set of tables into spans."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.values = Values(schema)

    def link(self, text: str) -> tuple[Span, ...]:
        """The spans of a question, in order; articles are left out."""
        tokens = tokenize(text)
        spans: list[Span] = []
        position = 0
        while position < len(tokens):
            span, position = self._next(text, tokens, position, spans)
            if span is not None and span.kind is Kind.AND and spans and spans[-1].kind is Kind.AND:
                spans[-1] = span
            elif span is not None:
                spans.append(span)
        return restricting(tuple(spans), self.schema)

    def _next(self, text: str, tokens: tuple[Token, ...], at: int, before: list[Span]) -> tuple[Span | None, int]:
        token = tokens[at]
        if token.kind == "quoted":
            return self._quoted(token), at + 1
        value, value_end = self._value(text, tokens, at, before)
        if token.text == "A" and before and before[-1].kind is Kind.LIKE:
            return Span(Kind.TEXT, "A", token.start, token.end, "A"), at + 1
        if token.lower in ARTICLES:
            keep = value is not None and value_end - at >= 2
            return (value, value_end) if keep else (None, at + 1)
        schema, schema_end = self._schema_phrase(tokens, at)
        lexical, lexical_end = self._lexical(tokens, at, before)
        missing = self._missing(token)
        if missing is not None and value is None:
            return missing, at + 1
        longest = max(schema_end, lexical_end)
        if value is not None and value_end >= longest:
            weak = schema is not None and max(_scores(schema)) < 0.85 and value.values[0].score == 1
            free = schema is None or schema_end < value_end
            wins = value_end > longest or self._value_wins(value, schema, lexical, value_end - at)
            if weak or (free and wins):
                return value, value_end
        if schema is not None and schema_end >= lexical_end and not self._is_unit(lexical, before):
            strong = max(_scores(schema)) >= 0.75
            if schema_end > lexical_end or lexical is None or (lexical.kind in _YIELDS and strong):
                merged = replace(schema, values=value.values if value and value_end == schema_end else ())
                return merged, schema_end
        if lexical is not None:
            single = value is not None and lexical.kind in PASSED_OVER and value_end == lexical_end == at + 1
            return (replace(lexical, values=value.values) if single and value else lexical), lexical_end
        passive = token.lower.endswith("ed") and at + 1 < len(tokens) and tokens[at + 1].lower == "by"
        return Span(Kind.VERB if passive else Kind.UNKNOWN, token.text, token.start, token.end, token.lower), at + 1

    @staticmethod
    def _is_unit(lexical: Span | None, before: list[Span]) -> bool:
        """Whether a number stands before a word that is a unit: two hours."""
        return lexical is not None and lexical.kind is Kind.UNIT and bool(before) and before[-1].kind is Kind.NUMBER

    @staticmethod
    def _value_wins(value: Span, schema: Span | None, lexical: Span | None, length: int) -> bool:
        """Whether a value as long as what else was found is what the words mean."""
        if schema is not None and max(_scores(schema)) >= 0.9 and value.values[0].score < 1:
            return False
        if lexical is None:
            return True
        if length > 1:
            return lexical.kind in (Kind.VERB, Kind.FILLER, Kind.UNKNOWN, Kind.PREPOSITION, Kind.AGGREGATE, Kind.MONTH)
        capital = value.text[:1].isupper()
        return (
            capital
            and lexical.kind in (Kind.VERB, Kind.FILLER, Kind.UNKNOWN, Kind.ASK, Kind.COMMON)
            and value.text.lower() not in _FIRM
        )

    def _missing(self, token: Token) -> Span | None:
        """A word that a comment gives to rows without a value: cancelled."""
        columns = self.schema.missing_terms.get(token.lower.replace("ll", "l"), [])
        if not columns:
            return None
        links = tuple(ColumnLink(column, 1.0) for column in columns)
        return Span(Kind.MISSING, token.text, token.start, token.end, token.lower, columns=links)

    # --- values ------------------------------------------------------------------------------------------------------

    def _quoted(self, token: Token) -> Span:
        if re.fullmatch(r"-?\d+(\.\d+)?", token.text) and not self.values.find(token.text):
            return Span(Kind.NUMBER, token.text, token.start, token.end, token.text)
        return Span(Kind.TEXT, token.text, token.start, token.end, token.text, values=self.values.find(token.text))

    def _value(self, text: str, tokens: tuple[Token, ...], at: int, before: list[Span]) -> tuple[Span | None, int]:
        start = tokens[at].start
        for end in range(min(len(tokens), at + self.values.longest + 2), at, -1):
            last = tokens[end - 1]
            if last.kind in ("possessive", "mark", "quoted") or tokens[at].kind in ("mark", "possessive"):
                continue
            words = text[start : last.end]
            if end - at == 1 and not self._may_be_value(tokens, at, before):
                continue
            links = self.values.find(words)
            if links:
                return Span(Kind.VALUE, words, start, last.end, words, values=links), end
        return None, at

    @staticmethod
    def _may_be_value(tokens: tuple[Token, ...], at: int, before: list[Span]) -> bool:
        token = tokens[at]
        if token.kind in ("mark", "possessive", "number"):
            return False
        told = bool(before) and before[-1].kind in (
            Kind.SCHEMA,
            Kind.BE,
            Kind.NAMED,
            Kind.COMPARISON,
            Kind.LIKE,
            Kind.OR,
        )
        if len(token.text) == 1:
            return told and token.text.isupper()
        if len(token.text) <= 2:
            return token.text.isupper() and not (at == 0 or token.lower in ("i", "a", "id"))
        return True

    # --- names of the schema -----------------------------------------------------------------------------------------

    def _schema_phrase(self, tokens: tuple[Token, ...], at: int) -> tuple[Span | None, int]:
        if tokens[at].kind not in ("word", "number"):
            return None, at
        words: list[str] = []
        best: tuple[Span | None, int] = (None, at)
        for end in range(at, min(len(tokens), at + self.schema.longest + 2)):
            token = tokens[end]
            if token.lower in ARTICLES:
                continue
            if token.kind not in ("word", "number") or len(words) >= self.schema.longest:
                break
            if token.lower == "of" and words:
                continue
            words.extend(_lemmas(token))
            targets = self.schema.phrases.get(tuple(words))
            if targets and self._is_verb(words, targets):
                continue
            if targets:
                surface = " ".join(t.text for t in tokens[at : end + 1] if t.lower not in ARTICLES)
                best = (self._schema_span(tokens[at], token, surface, words, targets), end + 1)
        return best

    @staticmethod
    def _is_verb(words: list[str], targets: dict[str | ColumnRef, float]) -> bool:
        """Whether the words are a verb with its preposition, though a table is called so: `participates in`."""
        verb = len(words) > 1 and words[0] in VERBS and words[-1] in ("in", "of", "with", "to", "at", "for")
        return verb and not any(isinstance(target, ColumnRef) for target in targets)

    @staticmethod
    def _schema_span(
        first: Token, last: Token, surface: str, words: list[str], targets: dict[str | ColumnRef, float]
    ) -> Span:
        tables = [TableLink(target, score) for target, score in targets.items() if isinstance(target, str)]
        columns = [ColumnLink(target, score) for target, score in targets.items() if isinstance(target, ColumnRef)]
        return Span(
            Kind.SCHEMA,
            surface,
            first.start,
            last.end,
            " ".join(words),
            tables=tuple(sorted(tables, key=lambda link: -link.score)),
            columns=tuple(sorted(columns, key=lambda link: -link.score)),
        )

    def _names_measure(self, words: list[str]) -> bool:
        """Whether `amount` in `total amount of` is a column here, not a way to say how many."""
        nouns = [word for word in words if word in _MEASURES] if len(words) > 1 and words[0] != "how" else []
        known = (self.schema.phrases.get((noun,), {}) for noun in nouns)
        return any(isinstance(to, ColumnRef) and score >= 0.9 for links in known for to, score in links.items())

    # --- words of the lexicon ----------------------------------------------------------------------------------------

    def _lexical(self, tokens: tuple[Token, ...], at: int, before: list[Span]) -> tuple[Span | None, int]:
        words: list[str] = []
        best: tuple[Span | None, int] = (None, at)
        for end in range(at, min(len(tokens), at + LONGEST_PHRASE + 2)):
            token = tokens[end]
            if token.lower in ARTICLES:
                continue
            if token.kind == "quoted":
                break
            words.append(token.lower.replace("’", "'"))
            entry = PHRASES.get(tuple(words))
            if entry is None and len(words) > 1:
                entry = PHRASES.get((*words[:-1], token.lemma))
            if entry is not None and not self._names_measure(words):
                best = (Span(entry[0], " ".join(words), tokens[at].start, token.end, entry[1]), end + 1)
        if best[1] - at > 1:
            return best
        single = lone_word(tokens[at], before)
        return (single, at + 1) if single else best


_MEASURES = ("amount", "value", "frequency", "total", "times", "quantity")


def _scores(span: Span) -> list[float]:
    return [link.score for link in span.names] or [0.0]


def _lemmas(token: Token) -> tuple[str, ...]:
    if "_" in token.text:
        return split_name(token.text)
    return (_NORMAL.get(token.lower, token.lemma),)

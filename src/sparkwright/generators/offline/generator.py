"""The offline generator: link, read, compose, render; no model, no network."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sparkwright.domain import Draft, Finding, Question, Table
from sparkwright.errors import CannotAnswer
from sparkwright.generators.offline.clauses import read, unknown_words
from sparkwright.generators.offline.compose import compose
from sparkwright.generators.offline.linking import Linker
from sparkwright.generators.offline.nearest import hint_for
from sparkwright.generators.offline.plan import Plan
from sparkwright.generators.offline.preview import preview, with_bare_names, without_table
from sparkwright.generators.offline.reading import decline
from sparkwright.generators.offline.render import render
from sparkwright.generators.offline.schema import Schema
from sparkwright.generators.offline.words import tokenize

_LONGEST_QUESTION = 1_000


@dataclass
class OfflineGenerator:
    """A deterministic semantic parser: says what it assumed, and declines rather than guesses."""

    spec: str = "offline"
    sees_values: bool = True
    _known: tuple[tuple[Table, ...], Linker] | None = field(default=None, init=False, repr=False, compare=False)

    def generate(self, question: Question, tables: Sequence[Table], findings: Sequence[Finding] = ()) -> Draft:
        """Write a draft; raises `CannotAnswer` naming the part that was not followed."""
        if findings:
            raise decline(
                findings[0].message, f"the program was found wrong, and there is no other: {findings[0].message}"
            )
        looked = preview(question.text, self._chosen(question, tables), self.spec)
        if looked is not None:
            return looked
        plan, assumptions = self._understood(question, tables)
        return Draft(render(plan), self.spec, assumptions)

    def _understood(self, question: Question, tables: Sequence[Table]) -> tuple[Plan, tuple[str, ...]]:
        """The plan; where there is one table only, "in orders" says nothing and may be left out."""
        try:
            return self.understand(question, tables)
        except CannotAnswer:
            plain = without_table(question.text, self._chosen(question, tables))
            if plain == question.text:
                raise
            with suppress(CannotAnswer):
                return self.understand(replace(question, text=plain), tables)
            raise

    def understand(self, question: Question, tables: Sequence[Table]) -> tuple[Plan, tuple[str, ...]]:
        """The plan of a question, and what was assumed."""
        text = question.text.strip()
        if not text or len(text) > _LONGEST_QUESTION:
            raise decline(text[:80], "the question is empty" if not text else "the question is too long")
        chosen = self._chosen(question, tables)
        if not chosen:
            raise decline(text[:80], "there are no tables to ask", hint="select tables that exist")
        text = with_bare_names(text, chosen)
        linker = self._linker(tuple(chosen))
        spans = linker.link(text)
        words = tuple(token.lemma for token in tokenize(text))
        try:
            reading = read(spans, text)
        except CannotAnswer as error:
            unknown = unknown_words(spans)
            if not unknown:
                raise
            raise decline(unknown, hint=hint_for(unknown, linker.schema)) from error
        return compose(reading, linker.schema, spans, words)

    @staticmethod
    def _chosen(question: Question, tables: Sequence[Table]) -> list[Table]:
        return [table for table in tables if not question.tables or table.name in question.tables]

    def _linker(self, tables: tuple[Table, ...]) -> Linker:
        """The index over these very tables, kept for the next question."""
        known = self._known
        if (
            known is not None
            and len(known[0]) == len(tables)
            and all(a is b for a, b in zip(known[0], tables, strict=True))
        ):
            return known[1]
        linker = Linker(Schema(tables))
        self._known = (tables, linker)
        return linker

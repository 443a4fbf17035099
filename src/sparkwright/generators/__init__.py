"""Who writes a program: the Generator protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sparkwright.domain import Draft, Finding, Question, Table


class Generator(Protocol):
    """Something that writes a draft for a question over tables whose schemas it is given."""

    spec: str
    sees_values: bool
    """Whether the tables may carry profiles (values of the data) for this generator."""

    def generate(self, question: Question, tables: Sequence[Table], findings: Sequence[Finding] = ()) -> Draft:
        """Write a draft; `findings` are what was wrong with the last one. Raises `CannotAnswer`."""

"""Who writes a program: the Generator protocol and the dict of kinds."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from sparkwright.domain import Draft, Finding, Question, Table
from sparkwright.errors import SettingsError


class Generator(Protocol):
    """Something that writes a draft for a question over tables whose schemas it is given."""

    spec: str
    sees_values: bool
    """Whether the tables may carry profiles (values of the data) for this generator."""

    def generate(self, question: Question, tables: Sequence[Table], findings: Sequence[Finding] = ()) -> Draft:
        """Write a draft; `findings` are what was wrong with the last one. Raises `CannotAnswer`."""


def open_generator(spec: str) -> Generator:
    """Open a generator by its spec, such as `offline`."""
    kind, _, rest = spec.partition(":")
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, list(KINDS), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(KINDS)}"
        raise SettingsError(f"{spec!r} is not a model", hint=hint)
    return KINDS[kind](spec, rest)


def _open_offline(spec: str, rest: str) -> Generator:
    from sparkwright.generators.offline import OfflineGenerator

    if rest:
        raise SettingsError(f"{spec!r} is not a model", hint="the offline generator is written `offline`")
    return OfflineGenerator()


KINDS: Mapping[str, Callable[[str, str], Generator]] = {"offline": _open_offline}

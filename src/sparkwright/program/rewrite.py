"""Bring a draft into house form: passes in an order, each from a module to a module."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from sparkwright.program.fences import normal_text, without_fences
from sparkwright.program.parsing import parse
from sparkwright.program.passes.answer import bind_last, bind_shown, keep_frames, lift_limit
from sparkwright.program.passes.imports import import_the_usual
from sparkwright.program.passes.reads import name_tables
from sparkwright.program.passes.session import remove_session
from sparkwright.program.passes.tree import Note, Pass, Rewriting, source_of
from sparkwright.program.passes.wrapper import unwrap_guard, unwrap_main

if TYPE_CHECKING:
    from collections.abc import Callable

    from sparkwright.program.context import Context

LONGEST = 200_000
_DEEPEST = 150

TEXT_PASSES: tuple[Callable[[str], str], ...] = (normal_text, without_fences, normal_text)

PASSES: tuple[Pass, ...] = (
    unwrap_guard,
    remove_session,
    unwrap_main,
    remove_session,
    import_the_usual,
    name_tables,
    bind_shown,
    bind_last,
    keep_frames,
    lift_limit,
)


@dataclass(frozen=True)
class Rewritten:
    """A draft in house form, what was changed, and the limit that was taken off its end.

    `error` says why the text is no Python that can be read, with line and column in `source`.
    """

    source: str
    notes: tuple[Note, ...] = ()
    row_limit: int | None = None
    error: SyntaxError | None = None


def rewrite(text: str, context: Context) -> Rewritten:
    """Bring a draft's text into house form; never raises for what the text says."""
    for text_pass in TEXT_PASSES:
        text = text_pass(text)
    error = syntax_error(text)
    if error is not None:
        return Rewritten(text, error=error)
    rewriting = Rewriting(context)
    try:
        module = cst.parse_module(text)
        for each in PASSES:
            module = each(module, rewriting)
        source = source_of(module)
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError):
        return Rewritten(text)
    source = source.strip("\n").rstrip() + "\n" if source.strip() else ""
    if syntax_error(source) is not None:
        return Rewritten(text)
    return Rewritten(source, tuple(rewriting.notes), rewriting.row_limit)


def syntax_error(text: str) -> SyntaxError | None:
    """Why a text is no Python 3.9, or is too much of it; None if it is fine."""
    if len(text) > LONGEST:
        return SyntaxError(f"the program is longer than {LONGEST} characters")
    try:
        tree = parse(text)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return SyntaxError(f"the program cannot be read: {error or type(error).__name__}")
    return SyntaxError("the program is nested too deeply") if _depth(tree) > _DEEPEST else None


def _depth(tree: ast.AST) -> int:
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return deepest

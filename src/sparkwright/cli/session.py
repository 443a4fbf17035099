"""One call of the command line: its global options, where it prints, and how errors become exit codes."""

from __future__ import annotations

import io
import json
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sparkwright.encoding import answer_json, error_json, finding_json
from sparkwright.errors import CannotAnswer, CatalogError, ProgramRefused, RunFailed, SparkwrightError, UsageError

if TYPE_CHECKING:
    from rich.status import Status

    from sparkwright.workspace import Workspace

EXIT_CODES: Mapping[type[SparkwrightError], int] = {
    ProgramRefused: 1,
    UsageError: 2,
    CannotAnswer: 3,
    RunFailed: 4,
    CatalogError: 5,
}
INTERRUPTED = 130
BUG = 70


def exit_code(error: SparkwrightError) -> int:
    """The exit code of an error: that of its nearest kind."""
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 2)


@dataclass
class Session:
    """The global options, and the two consoles: answers on `out`, progress and errors on `err`."""

    catalog: str | None = None
    model: str | None = None
    config: Path | None = None
    as_json: bool = False
    quiet: bool = False
    out: Console = field(default_factory=lambda: _console(sys.stdout))
    err: Console = field(default_factory=lambda: _console(sys.stderr))

    def print_json(self, value: Any) -> None:
        """Print one JSON value, without colours or folding."""
        self.out.file.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")

    @contextmanager
    def workspace(self, *, warm: bool = False, **arguments: Any) -> Iterator[Workspace]:
        """Open the workspace; with `warm`, the engine starts while the rest is read."""
        from sparkwright.workspace import Workspace

        with self._progress() as say:
            opened = Workspace.open(
                self.catalog,
                model=self.model,
                config=self.config,
                emit=lambda event: say(event.message),
                on_progress=self.note,
                **arguments,
            )
            with opened as workspace:
                yield workspace.warm_up() if warm else workspace

    @contextmanager
    def _progress(self) -> Iterator[Callable[[str], None]]:
        """Show what goes on, on stderr and only on a terminal."""
        if self.quiet or self.as_json or not self.err.is_terminal:
            yield lambda _: None
            return
        status: Status = self.err.status("starting")
        with status:
            yield status.update

    def note(self, message: str) -> None:
        """Say on stderr, only on a terminal, what takes a while."""
        if not self.quiet and not self.as_json and self.err.is_terminal:
            self.err.print(message, style="dim", highlight=False)

    def fail(self, error: SparkwrightError) -> int:
        """Print an error and come back with its exit code."""
        if self.as_json:
            self.print_json(self._error_object(error))
        else:
            self._print_error(error)
        return exit_code(error)

    def interrupted(self) -> int:
        """Say that somebody ended it."""
        error = SparkwrightError("interrupted")
        error.kind = "Interrupted"  # type: ignore[attr-defined]  # what error_json shows as the type
        self.fail(error)
        return INTERRUPTED

    def confess(self, error: Exception) -> int:
        """Say that the program itself is at fault, and where its traceback is kept."""
        with tempfile.NamedTemporaryFile("w", prefix="sparkwright-bug-", suffix=".txt", delete=False) as kept:
            kept.write("".join(traceback.format_exception(error)))
        message = f"sparkwright has a bug: {type(error).__name__}: {error}"
        self.fail(SparkwrightError(message, hint=f"please report it with the traceback in {kept.name}"))
        return BUG

    def _error_object(self, error: SparkwrightError) -> dict[str, Any]:
        if error.answer is not None:
            return answer_json(error.answer, error)
        findings = error.findings if isinstance(error, ProgramRefused) else ()
        return {"error": error_json(error), "findings": [finding_json(finding) for finding in findings]}

    def _print_error(self, error: SparkwrightError) -> None:
        from sparkwright.cli import render

        if isinstance(error, ProgramRefused):
            render.findings(self.err, error.findings)
        else:
            self.err.print(render.error_text(error), highlight=False)
        if error.answer is not None and isinstance(error, RunFailed):
            render.printed(self.err, error.answer.printed)
            self.err.print(f"sparkwright logs {error.answer.id} shows all of it", style="dim", highlight=False)


def _console(file: Any) -> Console:
    """A console that cuts no line short where nobody looks at a terminal, and writes out what the encoding lacks."""
    if isinstance(file, io.TextIOWrapper):
        file.reconfigure(errors="backslashreplace")
    console = Console(file=file, soft_wrap=False)
    return console if console.is_terminal else Console(file=file, width=10_000, color_system=None)

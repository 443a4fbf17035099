"""Everything that can go wrong, on one page.

SparkwrightError
├── UsageError               what was asked for cannot be meant: a bad name, option or file      (exit 2)
│   └── SettingsError        a setting is missing, unknown or of the wrong type
│       └── MissingExtra     a part needs a package that is not installed
├── CatalogError             the catalog cannot be read                                          (exit 5)
│   ├── TableNotFound        no such table, or database
│   ├── UnreadableTable      the table is refused by name, with the reason
│   └── PermissionRefused    the place exists, and we may not look into it
├── CannotAnswer             the generator declines, and names the part that it did not follow    (exit 3)
├── ProgramRefused           a draft broke a rule or does not fit the schema; carries findings    (exit 1)
└── RunFailed                the run did not succeed                                             (exit 4)
    └── RunCancelled         somebody stopped it                                                 (exit 4)
    └── EngineUnavailable    the engine could not be started or reached

The message says what happened, with values in `!r`; `hint` says what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sparkwright.domain import Answer, Finding


class SparkwrightError(Exception):
    """Whatever this package raises on purpose; `answer` says how far an ask or a run had come, where there was one."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.answer: Answer | None = None


class UsageError(SparkwrightError):
    """What was asked for cannot be meant."""


class SettingsError(UsageError):
    """A setting is missing, unknown or of the wrong type."""


class MissingExtra(SettingsError):
    """A part needs a package that is not installed."""


class CatalogError(SparkwrightError):
    """The catalog cannot be read."""


class TableNotFound(CatalogError):
    """No such table, or database."""


class UnreadableTable(CatalogError):
    """The table is refused by name, with the reason."""


class PermissionRefused(CatalogError):
    """The place exists, and we may not look into it."""


class CannotAnswer(SparkwrightError):
    """The generator declines; `part` is the piece of the question that it did not follow."""

    def __init__(self, message: str, *, hint: str = "", part: str = "") -> None:
        super().__init__(message, hint=hint)
        self.part = part


class ProgramRefused(SparkwrightError):
    """A draft broke a rule or does not fit the schema; `findings` say where and why."""

    def __init__(self, findings: tuple[Finding, ...], *, source: str = "") -> None:
        first = next((f for f in findings if f.severity == "error"), findings[0])
        super().__init__(first.message, hint=first.hint)
        self.findings = findings
        self.source = source


class RunFailed(SparkwrightError):
    """The run did not succeed; `kind` is the program's own exception type, `line` its line in the program."""

    def __init__(self, message: str, *, hint: str = "", kind: str = "", line: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.kind = kind or type(self).__name__
        self.line = line


class RunCancelled(RunFailed):
    """Somebody stopped it."""


class EngineUnavailable(RunFailed):
    """The engine could not be started or reached."""

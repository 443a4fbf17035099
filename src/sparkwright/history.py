"""What was asked, written and run, kept in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sparkwright.domain import Answer
from sparkwright.encoding import answer_json
from sparkwright.errors import SparkwrightError, UsageError

ARROW_KEPT = 4 * 1024**2  # bytes of a result that are kept with its run

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
  id TEXT PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, question TEXT, catalog TEXT NOT NULL,
  platform TEXT, answer TEXT NOT NULL, log TEXT NOT NULL, arrow BLOB
);
CREATE INDEX IF NOT EXISTS answers_at ON answers (at);
"""


@dataclass(frozen=True)
class Record:
    """One entry: `answer` is the object that `--json` printed, without rows where the result was too large to keep."""

    id: str
    at: str
    kind: str
    state: str
    question: str | None
    catalog: str
    platform: str | None
    answer: dict[str, Any]
    log: str


class History:
    """The entries of one file; it is made when first written to. Raises `UsageError` where it cannot be used."""

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path
        self.clock = clock

    def add(self, kind: str, catalog: str, answer: Answer, error: SparkwrightError | None = None) -> None:
        """Keep an answer, or how far it came before `error`."""
        shown = answer_json(answer, error)
        arrow = answer.result.arrow if answer.result and len(answer.result.arrow) <= ARROW_KEPT else None
        if arrow is None and shown["result"] is not None:
            shown["result"] = {**shown["result"], "rows": None}
        values = (
            answer.id,
            self.clock().isoformat(timespec="seconds"),
            kind,
            shown["state"],
            shown["question"],
            catalog,
            shown["platform"],
            json.dumps(shown, ensure_ascii=False, allow_nan=False),
            _log(answer),
            arrow,
        )
        with self._open() as connection:
            connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def newest(self, limit: int = 20) -> tuple[Record, ...]:
        """The newest entries, newest first."""
        return self._select("ORDER BY at DESC, rowid DESC LIMIT ?", (limit,))

    def get(self, run_id: str) -> Record:
        """One entry by its id or an unambiguous beginning of it."""
        pattern = run_id.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found = self._select("WHERE id LIKE ? ESCAPE '\\' ORDER BY id LIMIT 2", (pattern,))
        exact = [record for record in found if record.id == run_id]
        if exact or len(found) == 1:
            return (exact or found)[0]
        what = "several runs begin with" if found else "there is no run"
        raise UsageError(f"{what} {run_id!r}", hint="`sparkwright runs` lists them")

    def _select(self, clause: str, values: tuple[Any, ...]) -> tuple[Record, ...]:
        if not self.path.exists():
            return ()
        columns = "id, at, kind, state, question, catalog, platform, answer, log"
        with self._open() as connection:
            rows = connection.execute(f"SELECT {columns} FROM answers {clause}", values).fetchall()  # noqa: S608
        return tuple(replace(Record(*row), answer=json.loads(row[7])) for row in rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=10)) as connection, connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"the history in {str(self.path)!r} cannot be used: {error}",
                hint="set `home` (SPARKWRIGHT_HOME) to a folder that can be written, or move the file away",
            ) from error


def _log(answer: Answer) -> str:
    """What the program printed and, where it failed, the whole traceback."""
    trace = answer.run.error.traceback if answer.run and answer.run.error else ""
    return "\n".join(part.rstrip("\n") for part in (answer.printed, trace) if part)

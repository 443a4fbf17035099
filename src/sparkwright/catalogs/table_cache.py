"""What a catalog far away said of its tables, kept on disk for a while; to lose it costs time, never an answer."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sparkwright.catalogs.search import NEAR
from sparkwright.domain import TableName

log = logging.getLogger(__name__)

Run = Callable[..., sqlite3.Cursor]
"""Run one statement with its values."""

_VERSION = 1
"""Goes up whenever tables or words are kept in another shape."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS databases (name TEXT PRIMARY KEY COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS listings (database TEXT PRIMARY KEY COLLATE NOCASE, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS tables (
    id INTEGER PRIMARY KEY, database TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL COLLATE NOCASE,
    at REAL NOT NULL, raw TEXT NOT NULL, UNIQUE (database, name)
);
CREATE TABLE IF NOT EXISTS words (
    word TEXT NOT NULL, owner INTEGER NOT NULL REFERENCES tables (id) ON DELETE CASCADE, weight REAL NOT NULL,
    PRIMARY KEY (word, owner)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS owners ON words (owner);
"""
# The word's own weight, or half of the best one among words that begin alike.
_SCORES = """
SELECT owner, COALESCE(max(CASE WHEN word = ? THEN weight END), max(weight) / 2) AS score FROM words
WHERE word IN (SELECT value FROM json_each(?)) OR (word > ? AND word < ?) GROUP BY owner
"""
_BEST = """
SELECT t.database, t.name FROM (scores) JOIN tables t ON t.id = owner
GROUP BY owner ORDER BY sum(score) DESC, t.database COLLATE BINARY, t.name COLLATE BINARY LIMIT ?
"""
_MOST_WORDS = 200  # sqlite joins at most 500 selects
_ALL = ""  # the listing of the databases themselves
_OLDEST = 7 * 24 * 3600.0


@dataclass(frozen=True)
class Kept:
    """A table as its catalog answered, with the words that it is found by (`search.weights`)."""

    name: str
    raw: Mapping[str, Any]
    words: Mapping[str, float]


class TableCache:
    """One catalog's tables in a file that only its owner may read; `path` None keeps them in memory.

    What is older than `seconds` is as if it were not there. Threads may share it, and so may processes. `losses` goes
    up whenever the file failed and with it all that was known.
    """

    def __init__(self, path: Path | None, seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.RLock()
        self.losses = 0
        self._connection = _opened(path) if path is not None else _connected(":memory:")

    def databases(self) -> tuple[str, ...] | None:
        """The names of the databases, or None where they are not known."""
        if not self._is_fresh(_ALL):
            return None
        return tuple(row[0] for row in self._rows("SELECT name FROM databases ORDER BY name"))

    def put_databases(self, names: Sequence[str]) -> None:
        """Keep the names; tables of other databases are forgotten."""

        def change(run: Run) -> None:
            run("DELETE FROM databases")
            for name in names:
                run("INSERT OR REPLACE INTO databases VALUES (?)", name)
            run("DELETE FROM tables WHERE database NOT IN (SELECT name FROM databases)")
            run("DELETE FROM listings WHERE database NOT IN (SELECT name FROM databases)")
            run("INSERT OR REPLACE INTO listings VALUES (?, ?)", _ALL, self._clock())

        self._change(change)

    def listing(self, database: str) -> tuple[TableName, ...] | None:
        """The names of all tables of a database, or None where they are not known."""
        if not self._is_fresh(database):
            return None
        rows = self._rows("SELECT database, name FROM tables WHERE database = ? ORDER BY name COLLATE BINARY", database)
        return tuple(TableName(*row) for row in rows)

    def put_listing(self, database: str, tables: Iterable[Kept]) -> None:
        """Keep all tables of a database; others of it are forgotten."""
        kept, at = list(tables), self._clock()

        def change(run: Run) -> None:
            run("DELETE FROM tables WHERE database = ?", database)
            for table in kept:
                _put(run, database, table, at)
            run("INSERT OR REPLACE INTO listings VALUES (?, ?)", database, at)

        self._change(change)

    def table(self, name: TableName) -> Mapping[str, Any] | None:
        """A table as its catalog answered, or None where it is not known."""
        rows = self._rows("SELECT at, raw FROM tables WHERE database = ? AND name = ?", name.database, name.name)
        return json.loads(rows[0][1]) if rows and self._holds(rows[0][0]) else None

    def put_table(self, database: str, table: Kept) -> None:
        """Keep one table."""
        self._change(lambda run: _put(run, database, table, self._clock()))

    def best(self, wanted: Iterable[str], limit: int) -> tuple[TableName, ...]:
        """The tables that fit the words best, as `search.rank` has them."""
        words = sorted(wanted)[:_MOST_WORDS]
        if not words:
            return ()
        sql = _BEST.replace("(scores)", f"({' UNION ALL '.join([_SCORES] * len(words))})")
        rows = self._rows(sql, *(value for word in words for value in _alike(word)), limit)
        return tuple(TableName(*row) for row in rows)

    def forget(self) -> None:
        """Forget everything."""

        def change(run: Run) -> None:
            run("DELETE FROM databases")
            run("DELETE FROM listings")
            run("DELETE FROM tables")

        self._change(change)

    # --- sqlite ------------------------------------------------------------------------------------------------------

    def _is_fresh(self, database: str) -> bool:
        rows = self._rows("SELECT at FROM listings WHERE database = ?", database)
        return bool(rows) and self._holds(rows[0][0])

    def _holds(self, at: float) -> bool:
        return 0 <= self._clock() - at < self._seconds

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                self._give_up(error)
                return []

    def _change(self, change: Callable[[Run], None]) -> None:
        """Several statements that hold together, or none of them; once more in memory where the file fails."""
        with self._lock:
            for _ in range(2):
                try:
                    self._connection.execute("BEGIN IMMEDIATE")
                    change(lambda sql, *values: self._connection.execute(sql, values))
                    self._connection.execute("COMMIT")
                except sqlite3.Error as error:
                    self._give_up(error)
                else:
                    return

    def _give_up(self, error: sqlite3.Error) -> None:
        """Go on in memory, with nothing known: a full disk or a broken file must not cost an answer."""
        log.warning("cache=<tables>, error=<%s> | not kept on disk", error)
        self.losses += 1
        with closing(self._connection):
            self._connection = _connected(":memory:")


def _put(run: Run, database: str, table: Kept, at: float) -> None:
    text = json.dumps(table.raw, default=_plain, separators=(",", ":"))
    run("DELETE FROM tables WHERE database = ? AND name = ?", database, table.name)
    owner = run(
        "INSERT INTO tables (database, name, at, raw) VALUES (?, ?, ?, ?)", database, table.name, at, text
    ).lastrowid
    for word, weight in table.words.items():
        run("INSERT OR REPLACE INTO words VALUES (?, ?, ?)", word, owner, weight)


def _alike(word: str) -> tuple[str, ...]:
    """A word for `_SCORES`: itself, what it begins with, and between what the words lie that begin with it."""
    shorter = json.dumps([word, *(word[:length] for length in range(NEAR, len(word)))])
    return word, shorter, word, word + "\U0010ffff" if len(word) >= NEAR else word


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else repr(value)


def _opened(path: Path) -> sqlite3.Connection:
    """The file's database, a new one where it cannot be used, one in memory where there can be no file."""
    for attempt in (path, path):
        try:
            attempt.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _remove_old(attempt)
            os.close(os.open(attempt, os.O_CREAT | os.O_RDWR, 0o600))
            attempt.chmod(0o600)
            return _connected(attempt)
        except (OSError, sqlite3.OperationalError) as error:
            log.warning("cache=<%s>, error=<%s> | not kept on disk", attempt, error)
            break
        except sqlite3.DatabaseError as error:
            log.warning("cache=<%s>, error=<%s> | made anew", attempt, error)
            path.unlink(missing_ok=True)
    return _connected(":memory:")


def _remove_old(path: Path) -> None:
    """Drop the files of sessions that ended long ago: temporary credentials get a file of their own each time."""
    for other in path.parent.glob(f"{path.name.partition('-')[0]}-*.db"):
        try:
            if other != path and time.time() - other.stat().st_mtime > _OLDEST:
                other.unlink()
        except OSError:
            continue


def _connected(place: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError(f"it is of version {version}")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA foreign_keys = ON")
        if not version:
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
    except BaseException:
        connection.close()
        raise
    return connection

"""A workspace: one catalog, one writer of programs, the places where they run, and the history of it all."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from sparkwright import pipeline, settings
from sparkwright.catalogs import Catalog, open_catalog
from sparkwright.domain import (
    MOST_ROWS,
    Answer,
    Draft,
    Estimate,
    Finding,
    Limits,
    Program,
    Question,
    Reader,
    Table,
    TableName,
)
from sparkwright.engines.local import LocalEngine
from sparkwright.engines.script import full_script, with_reads
from sparkwright.errors import (
    ProgramRefused,
    SettingsError,
    SparkwrightError,
    TableNotFound,
    UnreadableTable,
    UsageError,
)
from sparkwright.generators import Generator, open_generator
from sparkwright.history import History, Record
from sparkwright.pipeline import Emit, Parts, Story
from sparkwright.platforms import PLATFORMS, Platform
from sparkwright.readers.reads import explicit_read, variable
from sparkwright.settings import Settings

log = logging.getLogger(__name__)

Style = Literal["declare", "reads"]


@dataclass(frozen=True)
class Checked:
    """What a check came to: the program, if no finding is an error."""

    program: Program | None
    findings: tuple[Finding, ...]


@dataclass
class Workspace:
    """Ask questions of a catalog's tables. Open one with `Workspace.open`; close it, or use it with `with`."""

    settings: Settings
    catalog: Catalog
    history: History
    emit: Emit = lambda _: None
    _local: LocalEngine | None = None
    _generator: Generator | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(
        cls,
        catalog: str | None = None,
        *,
        model: str | None = None,
        config: Path | None = None,
        emit: Emit = lambda _: None,
        on_progress: Callable[[str], None] | None = None,
        **arguments: Any,
    ) -> Self:
        """Open a workspace; what is not given comes from `sparkwright.toml`, the environment, or the defaults.

        `emit` is told of each stage, `on_progress` of what a catalog has to build first; `arguments` are settings.
        """
        chosen = settings.load(config, catalog=catalog, model=model, **arguments)
        try:
            opened = open_catalog(chosen.catalog, cache=chosen.cache_path, on_progress=on_progress)
        except OSError as error:
            message = f"the folder {str(chosen.home)!r} cannot be used: {error.strerror or error}"
            raise SettingsError(
                message, hint="set `home` (SPARKWRIGHT_HOME) to a folder that can be written"
            ) from error
        return cls(chosen, opened, History(chosen.history_path), emit)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that this workspace started."""
        if self._local is not None:
            self._local.close()

    def warm_up(self) -> Self:
        """Start the embedded engine's process in the background, so that it is there when it is wanted."""
        self._engine()
        return self

    # --- tables ------------------------------------------------------------------------------------------------------

    def databases(self) -> tuple[str, ...]:
        """The databases of the catalog."""
        return self.catalog.databases()

    def tables(self, database: str | None = None) -> tuple[TableName, ...]:
        """The tables of a database, or of all."""
        databases = (database,) if database else self.databases()
        return tuple(name for each in databases for name in self.catalog.tables(each))

    def describe(self, table: TableName | str) -> Table:
        """One table in full."""
        return self.catalog.table(self._table_name(table))

    def unreadable(self, table: Table, on: str = "local") -> UnreadableTable | None:
        """Why a platform refuses a table, or None where it is read."""
        try:
            self._story().read(table, PLATFORMS[on])
        except UnreadableTable as error:
            return error
        return None

    # --- questions and programs --------------------------------------------------------------------------------------

    def ask(
        self,
        question: str,
        *,
        tables: tuple[TableName | str, ...] = (),
        on: str | None = None,
        rows: int | None = None,
        dry_run: bool = False,
    ) -> Answer:
        """Answer a question in plain words. Raises `CannotAnswer`, `ProgramRefused`, `RunFailed` or `CatalogError`.

        `tables` selects the ones to ask (by default the whole catalog), `rows` limits the result, `dry_run` stops
        before anything runs.
        """
        asked = Question(_plain(question), tuple(self._table_name(table) for table in tables))
        where, limits = on or self.settings.on, self._limits(rows)
        return self._tell("ask", lambda story: pipeline.ask(story, asked, on=where, limits=limits, dry_run=dry_run))

    def write(self, question: str, *, tables: tuple[TableName | str, ...] = ()) -> Answer:
        """A program for a question, checked but not run."""
        asked = Question(_plain(question), tuple(self._table_name(table) for table in tables))
        where = self.settings.on
        return self._tell(
            "write", lambda story: pipeline.ask(story, asked, on=where, limits=self._limits(None), dry_run=True)
        )

    def check(self, source: str) -> Checked:
        """What there is to say about a program, without running it. Raises `CatalogError` for a refused table."""
        story = self._story()
        story.read_catalog(())
        try:
            program = story.check(Draft(_plain(source), author="user"))
        except ProgramRefused as refused:
            return Checked(None, refused.findings)
        return Checked(program, program.warnings)

    def run(self, source: str, *, on: str | None = None, rows: int | None = None, save: str = "") -> Answer:
        """Run a program. `save` is a new folder for the whole result as Parquet."""
        draft = Draft(_plain(source), author="user")
        where, limits, folder = on or self.settings.on, self._limits(rows), _new_folder(save)
        return self._tell("run", lambda story: pipeline.run(story, draft, on=where, limits=limits, save=folder))

    def estimate(self, source: str, *, on: str | None = None) -> Estimate:
        """What a program would scan and where it would run."""
        story = self._checked_story(source)
        story.place(on or self.settings.on)
        estimated = story.answer.estimate
        assert estimated is not None
        return estimated

    def show(self, source: str, *, on: str | None = None, style: Style = "declare") -> str:
        """The full script of a program on a platform: what really runs there, ready to be pasted elsewhere."""
        story = self._checked_story(source)
        platform = story.place(on or self.settings.on)
        program = story.answer.program
        assert program is not None
        job = story.job(program, platform, self._limits(None))
        return full_script(
            program.source if style == "declare" else with_reads(program.source, self._reads(story, program, platform)),
            dialect=platform.dialect,
            settings=job.settings,
            declarations=job.declarations if style == "declare" else (),
            rows=job.limits.rows,
        )

    def _reads(self, story: Story, program: Program, platform: Platform) -> tuple[tuple[TableName, str, str], ...]:
        used = (table for table in story.tables if table.name in program.tables)
        return tuple(
            (table.name, variable(table.name.name), explicit_read(reader))
            for table in used
            if isinstance(reader := story.read(table, platform), Reader)
        )

    def _checked_story(self, source: str) -> Story:
        story = self._story()
        story.read_catalog(())
        story.check(Draft(_plain(source), author="user"))
        return story

    # --- history -----------------------------------------------------------------------------------------------------

    def runs(self, limit: int = 20) -> tuple[Record, ...]:
        """What was asked, written and run last."""
        return self.history.newest(limit)

    def record(self, run_id: str) -> Record:
        """One entry of the history."""
        return self.history.get(run_id)

    # --- parts -------------------------------------------------------------------------------------------------------

    def _tell(self, kind: str, tell: Callable[[Story], Answer]) -> Answer:
        """Tell a story and keep it in the history, however it ends."""
        story = self._story()
        try:
            answer = tell(story)
        except SparkwrightError as error:
            self._keep(kind, error.answer or story.answer, error)
            raise
        return self._keep(kind, answer)

    def _keep(self, kind: str, answer: Answer, error: SparkwrightError | None = None) -> Answer:
        """A history that cannot be written must not cost an answer: it becomes a finding."""
        try:
            self.history.add(kind, self.settings.catalog, answer, error)
        except UsageError as unwritten:
            log.warning("run=<%s> | not kept in the history: %s", answer.id, unwritten.message)
            note = Finding("history", "warning", f"not kept: {unwritten.message}", hint=unwritten.hint)
            answer = replace(answer, findings=(*answer.findings, note))
            if error is not None:
                error.answer = answer
        return answer

    def _story(self) -> Story:
        parts = Parts(
            catalog=self.catalog,
            generator=self._writer,
            checker=self._ready_engine(),
            engine=lambda _: self._engine(),
            locations=self.settings.locations,
        )
        return Story(parts, Answer(id=f"r-{secrets.token_hex(3)}"), self.emit)

    def _writer(self) -> Generator:
        with self._lock:
            if self._generator is None:
                self._generator = open_generator(self.settings.model)
            return self._generator

    def _engine(self) -> LocalEngine:
        with self._lock:
            if self._local is None:
                self._local = LocalEngine()
            return self._local

    def _ready_engine(self) -> LocalEngine:
        """The engine, with a process for the next run on its way."""
        engine = self._engine()
        engine.prepare()
        return engine

    def _table_name(self, table: TableName | str) -> TableName:
        """A table's full name; its bare name will do where only one table has it."""
        if isinstance(table, TableName):
            return table
        bare = table.strip().strip("`")
        if "." in bare or not bare:
            return TableName.parse(table)
        known = self.tables()
        same = [name for name in known if name.name.lower() == bare.lower()]
        if len(same) == 1:
            return same[0]
        if same:
            raise UsageError(f"several tables are named {bare!r}", hint=f"say which: {', '.join(map(str, same))}")
        near = get_close_matches(bare.lower(), [name.name.lower() for name in known], n=1)
        hint = f"did you mean {near[0]}?" if near else "`sparkwright tables` lists them"
        raise TableNotFound(f"there is no table {bare!r}", hint=hint)

    def _limits(self, rows: int | None) -> Limits:
        chosen = self.settings
        if rows is not None and not 1 <= rows <= MOST_ROWS:
            raise UsageError(f"rows must be from 1 to {MOST_ROWS}, not {rows}")
        return Limits(rows=rows or chosen.rows, bytes=chosen.result_bytes, seconds=chosen.seconds, memory=chosen.memory)


def _plain(text: str) -> str:
    """Text that can be kept and printed: what came as no valid UTF-8 is written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _new_folder(save: str) -> str:
    """An absolute path that is not there yet, or is an empty folder."""
    if not save:
        return ""
    if "://" in save:
        raise UsageError(f"the local platform cannot save to {save!r}", hint="name a folder on this machine")
    path = Path(save).expanduser().absolute()
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{str(path)!r} is there already", hint="name a new folder for --save")
    return str(path)

"""A workspace: one catalog, one writer of programs, the places where they run, and the history of it all."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sparkwright import pipeline, settings
from sparkwright.aws import AwsSession, Stores
from sparkwright.catalogs import Catalog, open_catalog, session_of
from sparkwright.domain import (
    MOST_ROWS,
    Answer,
    Draft,
    Estimate,
    Finding,
    Limits,
    Program,
    Question,
    Table,
    TableName,
)
from sparkwright.engines.local import LocalEngine
from sparkwright.errors import (
    ProgramRefused,
    SettingsError,
    SparkwrightError,
    TableNotFound,
    UnreadableTable,
    UsageError,
)
from sparkwright.estimate import choose
from sparkwright.generators import Generator, open_generator
from sparkwright.history import History, Record
from sparkwright.pipeline import Emit, Parts, Story
from sparkwright.platforms import LOCAL, PLATFORMS, SCRIPTS
from sparkwright.reading import Sources, completed, readable, verdict
from sparkwright.settings import Settings
from sparkwright.showing import Style, script_of
from sparkwright.store import is_remote

log = logging.getLogger(__name__)


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
    session: AwsSession | None = None
    _engines: dict[bool, LocalEngine] = field(default_factory=dict)
    _generator: Generator | None = None
    _stores: Stores = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._stores = Stores(self.session)

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
            opened = open_catalog(
                chosen.catalog, cache=chosen.cache_path, ttl=chosen.catalog_ttl, on_progress=on_progress
            )
        except OSError as error:
            message = f"the folder {str(chosen.home)!r} cannot be used: {error.strerror or error}"
            raise SettingsError(
                message, hint="set `home` (SPARKWRIGHT_HOME) to a folder that can be written"
            ) from error
        return cls(chosen, opened, History(chosen.history_path), emit, session_of(opened))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that this workspace started."""
        for engine in self._engines.values():
            engine.close()

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

    def refresh(self) -> None:
        """Forget what was kept of the catalog: the next call asks it again."""
        self.catalog.refresh()

    def describe(self, table: TableName | str) -> Table:
        """One table in full; the columns of a lake format are its own where the catalog has none."""
        found = self.catalog.table(self._table_name(table))
        with suppress(UnreadableTable):  # `unreadable` says why
            return completed(found, LOCAL, self._sources())
        return found

    def unreadable(self, table: Table, on: str = "local") -> UnreadableTable | None:
        """Why a platform refuses a table, or None where it is read.

        Where the catalog does not have the partitions at hand, only the metadata are judged: a program's filters say
        which of them matter.
        """
        try:
            if table.partition_keys and not table.partitions:
                verdict(table, PLATFORMS[on])
            else:
                readable(table, PLATFORMS[on], self._sources())
        except UnreadableTable as error:
            return error
        return None

    def _sources(self) -> Sources:
        return Sources(self.catalog, self._stores)

    # --- questions and programs --------------------------------------------------------------------------------------

    def ask(
        self,
        question: str,
        *,
        tables: tuple[TableName | str, ...] = (),
        locations: tuple[str, ...] = (),
        on: str | None = None,
        rows: int | None = None,
        dry_run: bool = False,
    ) -> Answer:
        """Answer a question in plain words. Raises `CannotAnswer`, `ProgramRefused`, `RunFailed` or `CatalogError`.

        `tables` selects the ones to ask (by default the whole catalog), `locations` are folders or files that are
        tables of their own, `rows` limits the result, `dry_run` stops before anything runs.
        """
        asked = Question(_plain(question), tuple(self._table_name(table) for table in tables), _places(locations))
        where, limits = on or self.settings.on, self._limits(rows)
        return self._tell("ask", lambda story: pipeline.ask(story, asked, on=where, limits=limits, dry_run=dry_run))

    def write(
        self, question: str, *, tables: tuple[TableName | str, ...] = (), locations: tuple[str, ...] = ()
    ) -> Answer:
        """A program for a question, checked but not run."""
        asked = Question(_plain(question), tuple(self._table_name(table) for table in tables), _places(locations))
        where = self.settings.on
        return self._tell(
            "write", lambda story: pipeline.ask(story, asked, on=where, limits=self._limits(None), dry_run=True)
        )

    def check(self, source: str, *, locations: tuple[str, ...] = ()) -> Checked:
        """What there is to say about a program, without running it. Raises `CatalogError` for a refused table."""
        story = self._story()
        story.user_wrote = True
        story.read_catalog((), _plain(source), _places(locations))
        try:
            program = story.check(Draft(_plain(source), author="user"))
        except ProgramRefused as refused:
            return Checked(None, refused.findings)
        return Checked(program, program.warnings)

    def run(
        self,
        source: str,
        *,
        on: str | None = None,
        rows: int | None = None,
        save: str = "",
        locations: tuple[str, ...] = (),
    ) -> Answer:
        """Run a program. `save` is a new folder for the whole result as Parquet.

        `locations` are folders or files that the program reads as tables: `s3://b/orders/` is `locations.orders`.
        """
        draft = Draft(_plain(source), author="user")
        where, limits, folder = on or self.settings.on, self._limits(rows), _new_folder(save)
        places = _places(locations)
        return self._tell(
            "run",
            lambda story: pipeline.run(story, draft, on=where, limits=limits, save=folder, locations=places),
        )

    def estimate(self, source: str, *, on: str | None = None, locations: tuple[str, ...] = ()) -> Estimate:
        """What a program would scan and where it would run."""
        story = self._checked_story(source, locations)
        story.place(on or self.settings.on)
        estimated = story.answer.estimate
        assert estimated is not None
        return estimated

    def show(
        self, source: str, *, on: str | None = None, style: Style = "declare", locations: tuple[str, ...] = ()
    ) -> str:
        """The full script of a program: what really runs on a platform, ready to be pasted elsewhere.

        `on` is a platform, or a Spark that one has oneself: `spark35`, `spark4`.
        """
        where = on or self.settings.on
        platform = SCRIPTS[where] if where in SCRIPTS else PLATFORMS[choose((), where)[0]]
        story = self._checked_story(source, locations)
        program = story.prepare(platform)
        job = story.job(program, platform, self._limits(None))
        return script_of(job, story.readables, platform, style)

    def _checked_story(self, source: str, locations: tuple[str, ...]) -> Story:
        story = self._story()
        story.user_wrote = True
        story.read_catalog((), _plain(source), _places(locations))
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
            engine=lambda _, remote: self._engine(remote=remote),
            store=self._stores,
            locations=self.settings.locations,
        )
        return Story(parts, Answer(id=f"r-{secrets.token_hex(3)}"), self.emit)

    def _writer(self) -> Generator:
        with self._lock:
            if self._generator is None:
                self._generator = open_generator(self.settings.model)
            return self._generator

    def _engine(self, *, remote: bool | None = None) -> LocalEngine:
        """The engine; only the one for remote tables gets a network and credentials."""
        remote = self.session is not None if remote is None else remote
        with self._lock:
            if remote not in self._engines:
                far = any(is_remote(location) for location in self.settings.locations)
                self._engines[remote] = (
                    LocalEngine(environment=self._environment, plans_remotely=far) if remote else LocalEngine()
                )
            return self._engines[remote]

    def _environment(self) -> Mapping[str, str]:
        """What a worker needs to reach remote tables, with credentials that hold at this moment."""
        with self._lock:
            if self.session is None:
                self.session = AwsSession()
        return self.session.environment()

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


def _places(locations: tuple[str, ...]) -> tuple[str, ...]:
    """Locations that may be looked at: URIs of S3 and paths, the latter made absolute."""
    return tuple(each if "://" in each else str(Path(each).expanduser().absolute()) for each in locations)


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

"""The whole story on one page: a question becomes tables, a draft, a program, a job, a run, a result, an answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from sparkwright.catalogs import Catalog
from sparkwright.domain import (
    Answer,
    Draft,
    Finding,
    Job,
    Limits,
    Partition,
    Program,
    Question,
    Reader,
    Run,
    Scan,
    Table,
    TableName,
    View,
)
from sparkwright.engines import Engine
from sparkwright.errors import (
    CannotAnswer,
    CatalogError,
    ProgramRefused,
    RunFailed,
    SparkwrightError,
    TableNotFound,
)
from sparkwright.estimate import choose, estimate
from sparkwright.generators import Generator
from sparkwright.platforms import LOCAL, PLATFORMS, Platform
from sparkwright.program import check
from sparkwright.program.plan_check import PlanChecker
from sparkwright.readers.declare import declare
from sparkwright.readers.partitions import prune
from sparkwright.readers.places import check_exists
from sparkwright.reading import verdict

REPAIRS = 3
ALL_TABLES = 100  # a catalog of no more than these is given to the generator whole; a larger one is searched
FOUND_TABLES = 20

Stage = Literal["tables", "write", "check", "repair", "run"]


@dataclass(frozen=True)
class Event:
    """Something that began, for whoever shows progress."""

    stage: Stage
    message: str


Emit = Callable[[Event], None]


@dataclass(frozen=True)
class Parts:
    """What a story is told with: one of each seam."""

    catalog: Catalog
    generator: Callable[[], Generator]
    checker: PlanChecker
    engine: Callable[[str], Engine]
    locations: tuple[str, ...] = ()
    exists: Callable[[str], bool] = os.path.exists


@dataclass
class Story:
    """One question or program on its way; `answer` is how far it came."""

    parts: Parts
    answer: Answer
    emit: Emit = lambda _: None
    user_wrote: bool = False
    clock: Callable[[], float] = time.perf_counter
    tables: tuple[Table, ...] = ()
    left_out: dict[TableName, CatalogError] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: Stage, message: str) -> Iterator[None]:
        """Tell that a stage begins, and time it."""
        self.emit(Event(name, message))
        started = self.clock()
        try:
            yield
        finally:
            spent = (self.clock() - started) * 1000
            timings = {**self.answer.timings, name: self.answer.timings.get(name, 0.0) + spent}
            self.answer = replace(self.answer, timings=timings)

    # --- tables ------------------------------------------------------------------------------------------------------

    def read_catalog(self, names: Sequence[TableName], words: str = "") -> None:
        """Load the tables named, or those that the catalog has to offer; a broken one is left out, and said."""
        with self.stage("tables", "reading the catalog"):
            if names:
                self.tables = tuple(self._load(name) for name in names)
            else:
                self.tables = tuple(self._offered(words))
        notes = tuple(
            Finding("table-left-out", "note", f"{name} is left out: {error.message}", hint=error.hint)
            for name, error in self.left_out.items()
        )
        names = tuple(table.name for table in self.tables)
        self.answer = replace(self.answer, tables=names, findings=notes)

    def _offered(self, words: str) -> Iterator[Table]:
        catalog = self.parts.catalog
        names = [name for database in catalog.databases() for name in catalog.tables(database)]
        if len(names) > ALL_TABLES and words:
            names = list(catalog.search(words, FOUND_TABLES))
        for name in names:
            try:
                yield self._load(name)
            except CatalogError as error:
                self.left_out[name] = error

    def _load(self, name: TableName) -> Table:
        table = self.parts.catalog.table(name)
        self.read(table, LOCAL)
        return table

    def read(self, table: Table, platform: Platform) -> Reader | View:
        """The table's reader on a platform; raises `UnreadableTable` with the reason and a way out.

        Its files must be there, as every engine reads a location that is missing as no rows.
        """
        found = verdict(table, platform)
        if isinstance(found, Reader):
            check_exists(found, self.parts.exists)
        return found

    # --- writing and checking ----------------------------------------------------------------------------------------

    def write(self) -> Program:
        """Have a draft written and checked; what the check finds goes back to the writer, a few times."""
        question = self.answer.question
        if question is None or not question.text.strip():
            raise CannotAnswer("the question is empty", hint='ask something, such as "how many flights were there?"')
        if not self.tables:
            raise self._nothing_to_read()
        generator = self.parts.generator()
        seen = self._profiled() if generator.sees_values else self.tables
        findings: tuple[Finding, ...] = ()
        last: Draft | None = None
        for attempt in range(1 + REPAIRS):
            with self.stage("write" if not attempt else "repair", "writing the program"):
                draft = generator.generate(question, seen, findings)
            self.answer = replace(self.answer, draft=draft.source, assumptions=draft.assumptions)
            try:
                return self.check(draft)
            except ProgramRefused as refused:
                findings = refused.findings
                if last is not None and last.source == draft.source:
                    raise
                last = draft
                if attempt == REPAIRS:
                    raise
        raise AssertionError("the loop above returns or raises")

    def _profiled(self) -> tuple[Table, ...]:
        with self.stage("tables", "looking at the values"):
            return tuple(self.parts.catalog.profile(table) for table in self.tables)

    def _nothing_to_read(self) -> CatalogError:
        if self.left_out:
            return next(iter(self.left_out.values()))
        return TableNotFound("the catalog has no tables", hint="choose another one with --catalog")

    def check(self, draft: Draft) -> Program:
        """Bring a draft into house form and prove it against the schema; raises `ProgramRefused`."""
        self.answer = replace(self.answer, draft=draft.source, assumptions=draft.assumptions)
        with self.stage("check", "checking the program"):
            program, findings = check(draft, self.tables, checker=self.parts.checker, locations=self.parts.locations)
        if program is None:
            self._raise_for_left_out(draft)
            raise ProgramRefused(findings, source=draft.source)
        self.answer = replace(
            self.answer,
            program=program,
            findings=self.answer.findings + findings,
            tables=program.tables,
            state="written",
        )
        return program

    def _raise_for_left_out(self, draft: Draft) -> None:
        """A program over a table that cannot be read is refused for that, not for not knowing the table."""
        for name, error in self.left_out.items():
            if str(name).lower() in draft.source.lower():
                raise error

    # --- running -----------------------------------------------------------------------------------------------------

    def place(self, on: str) -> Platform:
        """Choose the platform and say what will be scanned there."""
        program = self.answer.program
        used = tuple(table for table in self.tables if program is None or table.name in program.tables)
        name, _ = choose(used, on)
        matched = {table.name: _matched(table, program.scans if program else ()) for table in used}
        self.answer = replace(
            self.answer,
            estimate=estimate(used, matched, on, is_partial=program is not None and program.has_explicit_reads),
        )
        return PLATFORMS[name]

    def job(self, program: Program, platform: Platform, limits: Limits, save: str = "") -> Job:
        """Put together all that the platform needs."""
        lifted = program.row_limit
        if lifted is not None:
            limits = replace(limits, rows=min(limits.rows, lifted))
        used = tuple(table for table in self.tables if table.name in program.tables)
        declarations = tuple(
            statement
            for table in used
            if isinstance(reader := self.read(table, platform), Reader)
            for statement in declare(reader, platform.dialect)
        )
        return Job(
            id=self.answer.id,
            program=program,
            platform=platform.name,
            limits=limits,
            settings=platform.settings,
            declarations=tuple(dict.fromkeys(declarations)),
            save=save,
        )

    def run(self, job: Job) -> Answer:
        """Run a job to its end; raises `RunFailed`. An interrupt cancels the run before it goes on."""
        with self.stage("run", f"running on {PLATFORMS[job.platform].title}"):
            engine = self.parts.engine(job.platform)
            self._follow(engine, engine.submit(job))
        run = self.answer.run
        assert run is not None
        try:
            self.answer = replace(self.answer, result=engine.fetch(run))
        except RunFailed as error:
            if self.user_wrote:  # the line that counts is the one in the author's own text
                error.line = job.program.draft_line(error.line)
            raise
        return self.answer

    def _follow(self, engine: Engine, run: Run) -> None:
        try:
            while not run.state.is_final:
                run = engine.poll(run, timeout=0.5)
        except KeyboardInterrupt:
            run = engine.cancel(run)
        finally:
            stages: Mapping[str, float] = {f"run.{stage}": spent for stage, spent in run.timings.items()}
            timings = {**self.answer.timings, **stages}
            self.answer = replace(self.answer, run=run, printed=run.printed, state=run.state.value, timings=timings)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Let an error that ends the story carry how far it came."""
        try:
            yield
        except SparkwrightError as error:
            if isinstance(error, CannotAnswer):
                self.answer = replace(self.answer, state="declined")
            error.answer = self.answer
            raise


def _matched(table: Table, scans: Sequence[Scan]) -> tuple[Partition, ...]:
    """The partitions that some scan of the table leaves; all of them where no scan is known."""
    own = [scan for scan in scans if str(scan.table).lower() == str(table.name).lower()]
    if not own:
        return table.partitions
    left = [set(map(id, prune(table.partitions, table.partition_keys, scan.filters))) for scan in own]
    return tuple(partition for partition in table.partitions if any(id(partition) in kept for kept in left))


def ask(story: Story, question: Question, *, on: str, limits: Limits, dry_run: bool = False) -> Answer:
    """A question's answer, or with `dry_run` its program and what it would scan."""
    choose((), on)
    with story.told():
        story.answer = replace(story.answer, question=question)
        story.read_catalog(question.tables, question.text)
        program = story.write()
        platform = story.place(on)
        return story.answer if dry_run else story.run(story.job(program, platform, limits))


def run(story: Story, draft: Draft, *, on: str, limits: Limits, save: str = "") -> Answer:
    """The answer of a program that somebody wrote."""
    story.user_wrote = True
    choose((), on)
    with story.told():
        story.read_catalog(())
        program = story.check(draft)
        platform = story.place(on)
        return story.run(story.job(program, platform, limits, save))

"""The whole story on one page: a question becomes tables, a draft, a program, a job, a run, a result, an answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal

from sparkwright.catalogs import Catalog
from sparkwright.catalogs.locations import locations_in, name_of, table_at
from sparkwright.domain import (
    Answer,
    Draft,
    Finding,
    Job,
    Limits,
    Program,
    Question,
    Run,
    Scan,
    Table,
    TableName,
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
from sparkwright.reading import Readable, Sources, completed, readable, verdict
from sparkwright.store import LocalStore, Store, is_remote

REPAIRS = 3
_DOTTED = re.compile(r"[^\W\d]\w*\.[\w-]+")
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
    engine: Callable[[str, bool], Engine]
    locations: tuple[str, ...] = ()
    store: Store = field(default_factory=LocalStore)


@dataclass
class Story:
    """One question or program on its way; `answer` is how far it came."""

    parts: Parts
    answer: Answer
    emit: Emit = lambda _: None
    user_wrote: bool = False
    clock: Callable[[], float] = time.perf_counter
    tables: tuple[Table, ...] = ()
    readables: tuple[Readable, ...] = ()
    placed: dict[str, Table] = field(default_factory=dict)
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

    def read_catalog(self, names: Sequence[TableName], words: str = "", places: Sequence[str] = ()) -> None:
        """Load the tables named, or those that the catalog has to offer; a broken one is left out, and said.

        `places` are locations: each is a table, too, and where a question has any, nothing else is offered.
        """
        with self.stage("tables", "reading the catalog"):
            for place in dict.fromkeys(places):
                self._look_at(place)
            if names or (places and not self.user_wrote):
                offered = tuple(self._load(name) for name in names)
            else:
                offered = tuple(self._offered(words))
            self.tables = (*offered, *self.placed.values())
        notes = tuple(
            Finding("table-left-out", "note", f"{name} is left out: {error.message}", hint=error.hint)
            for name, error in self.left_out.items()
        )
        names = tuple(table.name for table in self.tables)
        self.answer = replace(self.answer, tables=names, findings=notes)

    def _look_at(self, place: str) -> None:
        name = name_of(place, [table.name for table in self.placed.values()])
        self.placed[place] = table_at(place, self.parts.store, name)
        verdict(self.placed[place], LOCAL)

    def _offered(self, words: str) -> Iterator[Table]:
        catalog = self.parts.catalog
        names = [name for database in catalog.databases() for name in catalog.tables(database)]
        if len(names) > ALL_TABLES:
            names = list(self._named_in(words, names) if self.user_wrote else catalog.search(words, FOUND_TABLES))
        for name in names:
            try:
                yield self._load(name)
            except CatalogError as error:
                self.left_out[name] = error

    @staticmethod
    def _named_in(source: str, names: Sequence[TableName]) -> Iterator[TableName]:
        """The tables whose names stand in a program, and those that are named much like what stands there."""
        text = source.lower()
        full = {str(name).lower(): name for name in names}
        found = [name for lowered, name in full.items() if lowered.replace("`", "") in text.replace("`", "")]
        for word in dict.fromkeys(_DOTTED.findall(text.replace("`", ""))):
            if word not in full:
                found += [full[near] for near in get_close_matches(word, full, n=3)]
        yield from dict.fromkeys(found)

    def _load(self, name: TableName) -> Table:
        table = self.parts.catalog.table(name)
        verdict(table, LOCAL)
        return completed(table, LOCAL, Sources(self.parts.catalog, self.parts.store))

    def readable(self, table: Table, platform: Platform) -> Readable:
        """All that the platform needs to read the table; raises `UnreadableTable` with the reason and a way out."""
        program = self.answer.program
        scans = () if program is None else [scan for scan in program.scans if _is_of(scan, table)]
        return readable(table, platform, Sources(self.parts.catalog, self.parts.store), scans)

    # --- writing and checking ----------------------------------------------------------------------------------------

    def write(self) -> Program:
        """Have a draft written and checked; what the check finds goes back to the writer, a few times."""
        question = self.answer.question
        if question is None or not question.text.strip():
            raise CannotAnswer("the question is empty", hint='ask something, such as "how many flights were there?"')
        if not self.tables:
            raise self._nothing_to_read()
        for place, table in self.placed.items():
            text = question.text
            for said in (f"'{place}'", f'"{place}"', f"`{place}`", place):
                text = text.replace(said, str(table.name))
            question = replace(question, text=text)
        if question.tables:
            question = replace(question, tables=tuple(table.name for table in self.tables))
        generator = self.parts.generator()
        seen = self._profiled() if generator.sees_values else self.tables
        findings: tuple[Finding, ...] = ()
        last: Draft | None = None
        for attempt in range(1 + REPAIRS):
            with self.stage("write" if not attempt else "repair", "writing the program"):
                draft = generator.generate(question, seen, findings)
            if self.placed:
                known = tuple(f"{table.name} is what lies at {place}" for place, table in self.placed.items())
                draft = replace(draft, assumptions=(*known, *draft.assumptions))
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
            placed = {table.name for table in self.placed.values()}
            return tuple(table if table.name in placed else self.parts.catalog.profile(table) for table in self.tables)

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
        """Choose the platform, make the tables readable there, and say what will be scanned."""
        platform = PLATFORMS[choose((), on)[0]]
        program = self.prepare(platform)
        counted = estimate([one.scanned for one in self.readables], on, is_partial=program.has_explicit_reads)
        self.answer = replace(self.answer, estimate=counted)
        return platform

    def prepare(self, platform: Platform) -> Program:
        """Look at the files of the program's tables, and find out how the platform reads them."""
        program = self.answer.program
        assert program is not None
        used = (table for table in self.tables if table.name in program.tables)
        with self.stage("tables", "looking at the files"):
            self.readables = tuple(self.readable(table, platform) for table in used)
        notes = dict.fromkeys(note for one in self.readables for note in one.notes)
        found = tuple(Finding("reading", "note", note) for note in notes)
        self.answer = replace(self.answer, findings=self.answer.findings + found)
        return program

    def job(self, program: Program, platform: Platform, limits: Limits, save: str = "") -> Job:
        """Put together all that the platform needs."""
        lifted = program.row_limit
        if lifted is not None:
            limits = replace(limits, rows=min(limits.rows, lifted))
        declarations = (statement for one in self.readables for statement in one.declarations)
        settings = {name: value for one in self.readables for name, value in one.settings.items()}
        return Job(
            id=self.answer.id,
            program=program,
            platform=platform.name,
            limits=limits,
            settings={**platform.settings, **settings},
            declarations=tuple(dict.fromkeys(declarations)),
            save=save,
        )

    def reads_remotely(self, program: Program) -> bool:
        """Whether the program reads anything that does not lie on this machine."""
        places = [place for one in self.readables for place in one.places]
        return any(is_remote(place) for place in (*places, *(program.locations if program.has_explicit_reads else ())))

    def run(self, job: Job) -> Answer:
        """Run a job to its end; raises `RunFailed`. An interrupt cancels the run before it goes on."""
        with self.stage("run", f"running on {PLATFORMS[job.platform].title}"):
            engine = self.parts.engine(job.platform, self.reads_remotely(job.program))
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


def _is_of(scan: Scan, table: Table) -> bool:
    return str(scan.table).lower() == str(table.name).lower()


def ask(story: Story, question: Question, *, on: str, limits: Limits, dry_run: bool = False) -> Answer:
    """A question's answer, or with `dry_run` its program and what it would scan."""
    choose((), on)
    with story.told():
        story.answer = replace(story.answer, question=question)
        story.read_catalog(question.tables, question.text, (*question.locations, *locations_in(question.text)))
        program = story.write()
        platform = story.place(on)
        return story.answer if dry_run else story.run(story.job(program, platform, limits))


def run(
    story: Story, draft: Draft, *, on: str, limits: Limits, save: str = "", locations: Sequence[str] = ()
) -> Answer:
    """The answer of a program that somebody wrote; `locations` are tables of their own for it."""
    story.user_wrote = True
    choose((), on)
    with story.told():
        story.read_catalog((), draft.source, locations)
        program = story.check(draft)
        platform = story.place(on)
        return story.run(story.job(program, platform, limits, save))

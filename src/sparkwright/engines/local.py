"""The embedded engine: each program runs in an isolated process on Sail, on this machine."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sparkwright.domain import Job, Limits, Result, Run, RunError, RunState
from sparkwright.engines import messages, worker
from sparkwright.engines.children import START_SECONDS, Child, Ended, Zygote
from sparkwright.errors import EngineUnavailable, RunCancelled, RunFailed
from sparkwright.platforms import LOCAL
from sparkwright.program.plan_check import PlanReport, PlanRequest

log = logging.getLogger(__name__)

KEPT_RUNS = 16  # finished runs whose results are kept in memory
PLAN_SECONDS = 20.0
CREDENTIAL_SECONDS = 120.0  # how long a child that waits is trusted with the credentials that it was given
PLAN_HINT = "a program should describe its result and leave the work to Spark; what loops here, or is too large?"
PLAN_LIMITS = Limits(rows=1, seconds=PLAN_SECONDS)


class LocalEngine:
    """Run and plan programs on Sail, each in a process of its own. Also the embedded plan checker.

    Workers have no network unless `environment` is given: it says, each time that it is called, what a run needs to
    reach tables behind one (credentials, region, end point). `isolation` names what the kernel granted to the last of
    them ("network": none but their own loopback, "files": no writing outside of their own folder). The planner, which
    reads no rows of tables, gets neither network nor credentials unless `plans_remotely`: for programs that name
    locations of their own.
    """

    spec = "local"

    def __init__(
        self,
        *,
        environment: Callable[[], Mapping[str, str]] | None = None,
        plans_remotely: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        warm: bool = True,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sparkwright-"))
        self.clock = clock
        self.environment = environment
        self.plans_remotely = plans_remotely
        self.isolation: tuple[str, ...] = ()
        self._zygote: Zygote | None = None
        self._planner: Child | None = None
        self._runs: dict[str, _Ongoing] = {}
        self._lock = threading.RLock()
        self._planning = threading.Lock()
        self._preparing = threading.Lock()
        self._spare: Child | None = None
        self._closed = False
        if warm:
            self.prepare()

    def prepare(self) -> None:
        """Have the planner and a child for the next run started in the background."""
        self.zygote()
        threading.Thread(target=self._prepare, daemon=True).start()

    def _prepare(self) -> None:
        with suppress(EngineUnavailable):  # whoever needs the child next meets the reason itself
            with self._planning:
                if self._planner is None:
                    self._planner = self._fork("plan")
            with self._preparing:
                if self._spare is None:
                    self._spare = self._fork("run")

    def _child(self) -> Child:
        """The spare child, if it is there and alive, or a fresh one."""
        with self._preparing:
            spare, self._spare = self._spare, None
        if len(self._runs) > 1:  # who runs again will do so once more; a single run is not slowed down for that
            self.prepare()
        if spare is not None and spare.is_alive and not self._is_stale(spare):
            return spare
        if spare is not None:
            spare.kill()
        return self._fork("run")

    def _is_stale(self, spare: Child) -> bool:
        """Whether the credentials that a waiting child was given may have run out."""
        return self.environment is not None and time.monotonic() - spare.born > CREDENTIAL_SECONDS

    def zygote(self) -> Zygote:
        """The process that forks; started where there is none or it has died."""
        with self._lock:
            if self._closed:
                raise EngineUnavailable("the workspace is closed", hint="open it again")
            if self._zygote is None or self._zygote.process.poll() is not None:
                self._zygote = Zygote(self.folder)
            return self._zygote

    def close(self) -> None:
        """End every process and remove every file of this engine."""
        for ongoing in list(self._runs.values()):
            ongoing.child_cancel()
            ongoing.done.wait(5.0)
        with self._lock:
            self._closed = True
        if self._zygote is not None:
            self._zygote.process.kill()  # whoever waits for it meets the end of its socket, and lets go
        with self._planning, self._preparing:
            for child in (self._planner, self._spare):
                if child is not None:
                    child.kill()
            self._planner = self._spare = None
        if self._zygote is not None:
            self._zygote.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- runs --------------------------------------------------------------------------------------------------------

    def submit(self, job: Job) -> Run:
        """Start a job in a child of its own."""
        with self._lock:
            if job.id in self._runs:
                return self._runs[job.id].run
            run = Run(job.id, job, RunState.RUNNING, submitted_at=self._now())
            ongoing = _Ongoing(run)
            self._forget_old_runs()
            self._runs[job.id] = ongoing
        ongoing.thread = threading.Thread(target=self._run, args=(ongoing,), daemon=True)
        ongoing.thread.start()
        return run

    def _forget_old_runs(self) -> None:
        """Keep the results of the newest runs only."""
        over = [run_id for run_id, ongoing in self._runs.items() if ongoing.done.is_set()]
        for run_id in over[: max(0, len(over) - KEPT_RUNS + 1)]:
            del self._runs[run_id]

    def poll(self, run: Run, timeout: float = 0.0) -> Run:
        """The run as it stands, after waiting up to `timeout` seconds for its end."""
        ongoing = self._ongoing(run)
        ongoing.done.wait(timeout)
        return ongoing.run

    def fetch(self, run: Run) -> Result:
        """The result of a run that succeeded."""
        ongoing = self._ongoing(run)
        if ongoing.result is not None:
            return ongoing.result
        error = ongoing.run.error
        if error is None:
            raise RunFailed(f"run {run.id} is not over", hint="poll until its state is final")
        kind = RunCancelled if ongoing.run.state is RunState.CANCELLED else RunFailed
        raise kind(error.message, hint=error.hint, kind=error.type, line=error.line)

    def cancel(self, run: Run) -> Run:
        """Stop the run's process group."""
        ongoing = self._ongoing(run)
        ongoing.child_cancel()
        ongoing.done.wait(5.0)
        return ongoing.run

    def _ongoing(self, run: Run) -> _Ongoing:
        try:
            return self._runs[run.id]
        except KeyError:
            raise EngineUnavailable(
                f"run {run.id!r} is not known to this process",
                hint="local runs end with the process that started them, and only the newest are kept",
            ) from None

    def _run(self, ongoing: _Ongoing) -> None:
        job = ongoing.run.job
        try:
            with self._running(job.limits) as child:
                ongoing.child = child
                if ongoing.cancelled.is_set():
                    child.cancelled.set()
                self._finish(ongoing, child.ask(messages.run_request(job, child.folder)), child.folder)
        except Ended as ended:
            self._fail(ongoing, ended.error)
        except EngineUnavailable as error:
            self._fail(ongoing, RunError("EngineUnavailable", error.message, hint=error.hint))
        finally:
            if not ongoing.run.state.is_final:  # a fault of ours: nobody may wait for this run for ever
                self._fail(ongoing, RunError("EngineFault", "the engine lost the run", hint="please report this"))
            ongoing.done.set()
            log.info("run=<%s>, state=<%s> | ended", job.id, ongoing.run.state.value)

    def _finish(self, ongoing: _Ongoing, outcome: dict[str, Any], folder: Path) -> None:
        ongoing.run = replace(ongoing.run, printed=outcome["printed"], timings=outcome["timings"])
        if outcome["state"] != "succeeded":
            self._fail(ongoing, messages.error(outcome["error"]))
            return
        if ongoing.run.job.save:
            _move(folder / messages.SAVED, Path(ongoing.run.job.save))
        ongoing.result = messages.result(outcome, ongoing.run.job.save)
        ongoing.run = replace(ongoing.run, state=RunState.SUCCEEDED, ended_at=self._now())

    def _fail(self, ongoing: _Ongoing, error: RunError) -> None:
        state = RunState.CANCELLED if error.type == "Cancelled" else RunState.FAILED
        ongoing.run = replace(ongoing.run, state=state, error=error, ended_at=self._now())

    def _now(self) -> str:
        return self.clock().isoformat(timespec="milliseconds")

    @contextmanager
    def _running(self, limits: Limits) -> Iterator[Child]:
        child = self._child()
        child.limits = limits
        try:
            yield child
        finally:
            child.kill()

    def _fork(self, task: str) -> Child:
        channel = self.zygote().fork()
        channel.settimeout(START_SECONDS)
        try:
            hello = worker.receive(channel)
        except OSError:
            hello = None
        if hello is None:
            raise EngineUnavailable(
                "the embedded engine could not start a process", hint="is the machine out of memory?"
            )
        folder = Path(tempfile.mkdtemp(prefix=f"{task}-", dir=self.folder))
        remote = self.environment is not None and (task == "run" or self.plans_remotely)
        setup = {
            "task": task,
            "folder": str(folder),
            "settings": dict(LOCAL.settings),
            "network": remote,
            "environment": dict(self.environment()) if self.environment is not None and remote else {},
        }
        worker.send(channel, setup)
        self.isolation = tuple((worker.receive(channel) or {}).get("isolation", ()))
        return Child(channel, hello["pid"], folder, PLAN_LIMITS)

    # --- plans -------------------------------------------------------------------------------------------------------

    @property
    def waiting_pids(self) -> frozenset[int]:
        """The processes that run no program: the planner, and the child that is kept for the next run."""
        return frozenset(child.pid for child in (self._planner, self._spare) if child is not None)

    def plan(self, request: PlanRequest, seconds: float = PLAN_SECONDS) -> PlanReport:
        """Build a program's plan in the planner, a child that is kept as long as it behaves."""
        with self._planning:
            if self._planner is not None and not self._planner.is_alive:
                self._planner.kill()
                self._planner = None
            if self._planner is None:
                self._planner = self._fork("plan")
            self._planner.limits = replace(PLAN_LIMITS, seconds=seconds)
            try:
                outcome = self._planner.ask(messages.plan_request(request, self._planner.limits))
            except Ended as ended:
                self._planner.kill()
                self._planner = None
                return PlanReport(error=replace(ended.error, hint=PLAN_HINT))
        return messages.plan_report(outcome)


@dataclass
class _Ongoing:
    """A run and all that is known of it so far."""

    run: Run
    done: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    child: Child | None = None
    result: Result | None = None
    thread: threading.Thread | None = None

    def child_cancel(self) -> None:
        """Ask the thread that watches the child to end it."""
        self.cancelled.set()
        if self.child is not None:
            self.child.cancelled.set()


def _move(folder: Path, target: Path) -> None:
    """Bring a saved result from the worker's folder, outside of which it cannot write, to where it is wanted."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            target.rmdir()
        shutil.move(folder, target)
    except OSError as error:
        message = f"the result cannot be saved to {str(target)!r}: {error.strerror or error}"
        raise Ended(RunError("CannotSave", message, hint="name a new folder that you may write to")) from error

"""An engine that runs nothing: it answers with what it was told, for tests of what stands above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sparkwright.domain import Job, Result, Run, RunError, RunState
from sparkwright.errors import EngineUnavailable, RunCancelled, RunFailed

Reply = Result | RunError


@dataclass
class FakeEngine:
    """`reply` says what comes of a job; a job ends after it was polled `polls` times."""

    reply: Callable[[Job], Reply]
    polls: int = 1
    spec: str = "fake"
    submitted: list[str] = field(default_factory=list)
    _runs: dict[str, Run] = field(default_factory=dict)
    _polled: dict[str, int] = field(default_factory=dict)

    def submit(self, job: Job) -> Run:
        """Take a job, once."""
        if job.id not in self._runs:
            self.submitted.append(job.id)
            self._runs[job.id] = Run(job.id, job, RunState.RUNNING)
        return self._runs[job.id]

    def poll(self, run: Run, timeout: float = 0.0) -> Run:  # noqa: ARG002  (nothing to wait for)
        """The run, nearer to its end."""
        known = self._known(run)
        self._polled[run.id] = self._polled.get(run.id, 0) + 1
        if not known.state.is_final and self._polled[run.id] >= self.polls:
            reply = self.reply(known.job)
            failed = isinstance(reply, RunError)
            state = RunState.FAILED if failed else RunState.SUCCEEDED
            self._runs[run.id] = replace(known, state=state, error=reply if isinstance(reply, RunError) else None)
        return self._runs[run.id]

    def fetch(self, run: Run) -> Result:
        """The reply, if it is a result."""
        known = self._known(run)
        reply = self.reply(known.job)
        if known.state is RunState.SUCCEEDED and isinstance(reply, Result):
            return reply
        error = known.error or RunError("NotOver", "the run is not over")
        kind = RunCancelled if known.state is RunState.CANCELLED else RunFailed
        raise kind(error.message, hint=error.hint, kind=error.type, line=error.line)

    def cancel(self, run: Run) -> Run:
        """End the run, if it is not over."""
        known = self._known(run)
        if not known.state.is_final:
            error = RunError("Cancelled", "the run was cancelled")
            self._runs[run.id] = replace(known, state=RunState.CANCELLED, error=error)
        return self._runs[run.id]

    def _known(self, run: Run) -> Run:
        if run.id not in self._runs:
            raise EngineUnavailable(f"run {run.id!r} is not known here")
        return self._runs[run.id]

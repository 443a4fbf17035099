"""Where a program runs: the Engine protocol."""

from __future__ import annotations

from typing import Protocol

from sparkwright.domain import Job, Result, Run


class Engine(Protocol):
    """A place that runs jobs. Raises `EngineUnavailable` where it cannot be reached."""

    spec: str

    def submit(self, job: Job) -> Run:
        """Start a job and come back at once; the same job id is never started twice."""

    def poll(self, run: Run, timeout: float = 0.0) -> Run:
        """The run as it stands, after waiting for its end for up to `timeout` seconds."""

    def fetch(self, run: Run) -> Result:
        """The result of a run that succeeded; raises `RunFailed` for any other."""

    def cancel(self, run: Run) -> Run:
        """Stop the run, if it is not over, and say how it stands."""

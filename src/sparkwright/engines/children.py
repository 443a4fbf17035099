"""The processes of the local engine: one that forks, and its children, each within limits."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from sparkwright.domain import Limits, RunError
from sparkwright.engines import worker
from sparkwright.errors import EngineUnavailable

TICK = 0.02  # seconds between two looks at a child's memory
START_SECONDS = 60.0


class Ended(Exception):
    """Why a child gave no outcome; not an error of ours."""

    def __init__(self, error: RunError) -> None:
        super().__init__(error.message)
        self.error = error


class Zygote:
    """The process that forks children; started once, in the background, when the engine is first wanted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-m", worker.__name__, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                env=_environment(folder),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=(folder / "zygote.log").open("wb"),
                start_new_session=True,
            )
        self.control = ours
        self.ready = False
        self.lock = threading.Lock()

    def fork(self) -> socket.socket:
        """A socket to a fresh child."""
        with self.lock:
            if not self.ready:
                self.control.settimeout(START_SECONDS)
                try:
                    self.ready = self.control.recv(16) == b"ready"
                except OSError:
                    self.ready = False
            if not self.ready:
                raise EngineUnavailable(
                    "the embedded engine did not start", hint=f"its log says: {_tail(self.folder / 'zygote.log')}"
                )
            ours, theirs = socket.socketpair()
            with theirs:
                try:
                    socket.send_fds(self.control, [b"fork"], [theirs.fileno()])
                except OSError as error:
                    raise EngineUnavailable("the embedded engine has ended", hint="open the workspace again") from error
            return ours

    def close(self) -> None:
        """End the process; its children see their sockets close."""
        self.control.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=2)
            return
        self.process.kill()
        self.process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """All that a worker gets to see of the environment."""
    return {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "RUST_LOG": "error",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@dataclass
class Child:
    """One forked process and the socket to it."""

    channel: socket.socket
    pid: int
    folder: Path
    limits: Limits
    cancelled: threading.Event = field(default_factory=threading.Event)
    born: float = field(default_factory=time.monotonic)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request and wait for the outcome, within the limits; raises Ended where there is none."""
        deadline = time.monotonic() + self.limits.seconds
        try:
            self.channel.settimeout(self.limits.seconds)
            worker.send(self.channel, request)
            self._wait(deadline)
            self.channel.settimeout(max(1.0, deadline - time.monotonic()))
            outcome = worker.receive(self.channel)
        except OSError:
            outcome = None
        if outcome is None:
            raise Ended(self._cause())
        return outcome

    def _wait(self, deadline: float) -> None:
        """Come back when there is something to read; end the child where it breaks a limit."""
        self.channel.settimeout(TICK)
        while True:
            with suppress(TimeoutError):
                self.channel.recv(1, socket.MSG_PEEK)
                return
            self._check(deadline)

    def _check(self, deadline: float) -> None:
        if self.cancelled.is_set():
            raise Ended(RunError("Cancelled", "the run was cancelled"))
        if time.monotonic() > deadline:
            raise Ended(_too_long(self.limits))
        with suppress(psutil.Error):  # a child that has died is met at the end of its socket
            if psutil.Process(self.pid).memory_info().rss > self.limits.memory:
                raise Ended(_too_large(self.limits))

    def _cause(self) -> RunError:
        said = _tail(self.folder / "log")
        if self.cancelled.is_set():
            return RunError("Cancelled", "the run was cancelled")
        if "memory allocation" in said or "MemoryError" in said:
            return replace(_too_large(self.limits), traceback=said)
        return RunError(
            "WorkerDied",
            "the worker process ended without an outcome",
            hint="run it again; if it happens again, the engine's own log below says why",
            traceback=said,
        )

    @property
    def is_alive(self) -> bool:
        """Whether the process is still there."""
        return bool(psutil.pid_exists(self.pid))

    def kill(self) -> None:
        """End the child's whole process group and forget its folder."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.channel.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _too_long(limits: Limits) -> RunError:
    return RunError(
        "TimeLimitExceeded",
        f"the program was stopped after {limits.seconds:g} s",
        hint="narrow the question (a date range, fewer tables), or raise the setting `seconds`",
    )


def _too_large(limits: Limits) -> RunError:
    return RunError(
        "MemoryLimitExceeded",
        f"the program was stopped because it used more than {limits.memory / 1024**3:.1f} GiB of memory",
        hint="aggregate or filter before collecting, or raise the setting `memory`",
    )


def _tail(path: Path, size: int = 4_000) -> str:
    try:
        return path.read_bytes()[-size:].decode(errors="replace").strip()
    except OSError:
        return ""

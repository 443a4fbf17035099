"""The isolated side of the local engine: a process that forks one child for each task, on Sail.

It imports everything once (about a second and a half), then forks in milliseconds. A child gets one socket, a folder of
its own and limits, and serves either one run or, as the planner, one plan check after another. The parent speaks frames
of JSON; it sees the end of a socket when a child dies, and a child ends when its parent goes away.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import struct
import sys
import threading
from typing import Any

from sparkwright.engines.isolation import isolate

LENGTH = struct.Struct(">Q")
DATA_MARGIN = 3 * 1024**3  # Sail and the Connect client map about 1.3 GiB before they hold anything


def send(channel: socket.socket, message: dict[str, Any]) -> None:
    """Write one frame: eight bytes of length, then JSON."""
    body = json.dumps(message).encode()
    channel.sendall(LENGTH.pack(len(body)) + body)


def receive(channel: socket.socket) -> dict[str, Any] | None:
    """Read one frame, or None at the end of the stream."""
    head = _exactly(channel, LENGTH.size)
    if head is None:
        return None
    body = _exactly(channel, LENGTH.unpack(head)[0])
    if body is None:
        return None
    message: dict[str, Any] = json.loads(body)
    return message


def _exactly(channel: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def main() -> None:
    """Serve forks on the control socket, whose descriptor is the first argument, until it closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    _preload()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    control.send(b"ready")
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 64, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _child(socket.socket(fileno=descriptors[0]))
        os.close(descriptors[0])


def _preload() -> None:
    """Import what a child will need, and no more than can be forked: no thread and no channel is started."""
    import grpc  # noqa: F401
    import pandas  # noqa: F401
    import pyarrow.ipc  # noqa: F401
    import pyspark.sql.connect.functions
    import pyspark.sql.connect.session
    import pyspark.sql.functions
    import pyspark.sql.types
    import pyspark.sql.window  # noqa: F401
    from pysail.spark import SparkConnectServer  # noqa: F401

    from sparkwright.engines import runner, wire  # noqa: F401
    from sparkwright.program import plan_rules  # noqa: F401


def _child(channel: socket.socket) -> None:
    """Serve one socket in a process group of its own and end, whatever happens."""
    status = 1
    try:
        os.setsid()
        send(channel, {"pid": os.getpid()})
        setup = receive(channel)
        if setup is not None:
            _confine(setup)
            send(channel, {"isolation": isolate(setup["folder"], network=setup["network"])})
            _serve(channel, setup)
        status = 0
    except BaseException as error:
        sys.stderr.write(f"worker: {type(error).__name__}: {error}\n")
    finally:
        os._exit(status)


def _confine(setup: dict[str, Any]) -> None:
    """Move into the task's own folder and send what is printed below Python to its log."""
    folder = setup["folder"]
    os.chdir(folder)
    os.environ.update(setup["environment"], HOME=folder, TMPDIR=folder)
    log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit(memory: int) -> None:
    """Have one large allocation fail at once, on Linux; the parent watches the resident memory everywhere."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (memory + DATA_MARGIN, memory + DATA_MARGIN))


def _serve(channel: socket.socket, setup: dict[str, Any]) -> None:
    from sparkwright.engines import runner, wire

    session = wire.start(setup["settings"])
    if setup["task"] == "run":
        request = receive(channel)
        if request is not None:
            _limit(request["limits"]["memory"])
            _die_with_the_parent(channel)
            send(channel, wire.guarded(session, request, runner.execute))
        return
    while (request := receive(channel)) is not None:
        send(channel, wire.guarded(session, request, runner.execute))


def _die_with_the_parent(channel: socket.socket) -> None:
    """End the whole group as soon as the parent's end of the socket closes."""

    def watch() -> None:
        channel.recv(1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()

"""A proxy that breaks some of the calls that pass through it: throttled, refused, cut off in the middle of a page."""

from __future__ import annotations

import http.client
import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from tests.aws.glue_server import running

THROTTLED = (400, "ThrottlingException", "Rate exceeded")


@dataclass
class Proxy:
    """What passes through: every operation asked for, and every one whose answer came through whole.

    `fault` is told the number of a call (from 1) and its operation, and says what becomes of it: None to let it
    through, a status with a code and a message to answer instead, `reset` to break the connection within the body,
    `close` to end it there as if that were all.
    """

    behind: str
    fault: Callable[[int, str], Any] = lambda _number, _operation: None
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def next_fault(self, operation: str) -> Any:
        with self.lock:
            self.asked[operation] += 1
            return self.fault(self.asked.total(), operation)

    def passed(self, operation: str) -> None:
        with self.lock:
            self.answered[operation] += 1


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy
    protocol_version = "HTTP/1.1"

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = self.headers.get("X-Amz-Target", self.command).rpartition(".")[2]
        fault = self.proxy.next_fault(operation)
        if isinstance(fault, tuple):
            status, code, message = fault
            self.reply(status, json.dumps({"__type": code, "message": message}).encode(), {})
            return
        status, answer, headers = self.behind(body)
        if fault in ("reset", "close"):
            self.cut(status, answer, is_reset=fault == "reset")
            return
        self.proxy.passed(operation)  # before the client can look at the count
        self.reply(status, answer, headers)

    do_GET = do_HEAD = do_PUT = do_POST = pass_on

    def behind(self, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        place = urlsplit(self.proxy.behind)
        there = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=30)
        try:
            there.request(self.command, self.path, body, dict(self.headers))
            answer = there.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        finally:
            there.close()

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        length = headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(body))
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(body)

    def cut(self, status: int, body: bytes, *, is_reset: bool) -> None:
        """Half of a body: `reset` after its length was promised, else without a length."""
        self.send_response_only(status)
        if is_reset:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        self.close_connection = True
        if is_reset:
            # Without waiting for what was sent: the other side sees a reset, not an end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, *_: Any) -> None:
        pass

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:  # the connection was cut on purpose
            return


@contextmanager
def in_front_of(url: str, fault: Callable[[int, str], Any] = lambda _number, _operation: None) -> Iterator[Proxy]:
    """A proxy before an end point."""
    proxy = Proxy(url, fault)

    handler = type("Handler", (_Handler,), {"proxy": proxy})
    with running(handler) as own:
        proxy.url = own
        yield proxy

"""A Sail session whose every request is judged before it leaves the worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
from pysail.spark import SparkConnectServer
from pyspark.sql.connect.client.core import DefaultChannelBuilder
from pyspark.sql.connect.session import SparkSession

from sparkwright.engines.runner import Hooks
from sparkwright.program import plan_rules
from sparkwright.program.scans import scans


class PlanRefused(Exception):
    """A request breaks a rule; nothing was sent."""


@dataclass
class Guard(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc]  # grpc is untyped
    """Let requests through while it is open; when it is closed, judge each one first.

    `acted` says that rows were asked for, `views` holds the temporary views that the program made, with their plans.
    """

    closed: bool = False
    tables: frozenset[str] = frozenset()
    locations: tuple[str, ...] = ()
    acted: bool = False
    views: dict[str, Any] = field(default_factory=dict)

    def close(self) -> None:
        """Judge every request from here on."""
        self.closed = True

    def open(self) -> None:
        """Let every request through from here on."""
        self.closed = False

    def intercept_unary_unary(self, proceed: Callable[..., Any], details: Any, request: Any) -> Any:
        """Judge a request with one reply."""
        self._judge(request)
        return proceed(details, request)

    def intercept_unary_stream(self, proceed: Callable[..., Any], details: Any, request: Any) -> Any:
        """Judge a request with a stream of replies."""
        self._judge(request)
        return proceed(details, request)

    def _judge(self, request: Any) -> None:
        if not self.closed:
            return
        findings = plan_rules.judge_request(request, tables=self.tables, locations=self.locations, views=self.views)
        if findings:
            raise PlanRefused(findings[0].message + (f" ({findings[0].hint})" if findings[0].hint else ""))
        plan = getattr(request, "plan", None)
        if type(request).__name__ == "ExecutePlanRequest" and plan is not None:
            self.acted = self.acted or plan.HasField("root")
            if plan.HasField("command") and plan.command.HasField("create_dataframe_view"):
                self.views[plan.command.create_dataframe_view.name] = plan.command.create_dataframe_view.input


@dataclass
class _Watch(Hooks):
    """Close the guard around the program, and note what a planned result would scan."""

    session: Session
    is_plan: bool
    scans: list[dict[str, Any]] = field(default_factory=list)

    def prepared(self) -> None:
        """Judge every request from here on."""
        self.session.guard.close()

    def built(self, result: Any) -> None:
        """Note the scans of the result and of the views that it may stand on."""
        if self.is_plan:
            relation = result._plan.to_proto(self.session.spark.client).root
            self.scans = [scan for each in (relation, *self.session.guard.views.values()) for scan in scans(each)]

    def saving(self) -> None:
        """Let our own write through."""
        self.session.guard.open()


@dataclass
class Session:
    """A session, the guard on its channel, the Sail server behind it (it stops when forgotten), what prepared it."""

    spark: Any
    guard: Guard
    server: Any
    settings: dict[str, str]
    declared: list[str] = field(default_factory=list)


def start(settings: dict[str, str]) -> Session:
    """Start a Sail server on a free port of the loopback interface and open a session with these settings on it."""
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    _, port = server.listening_address
    guard = Guard()
    channel = DefaultChannelBuilder(f"sc://127.0.0.1:{port}")
    channel.add_interceptor(guard)
    spark = SparkSession.builder.channelBuilder(channel).create()
    for name, value in settings.items():
        spark.conf.set(name, value)
    return Session(spark, guard, server, settings)


def guarded(session: Session, request: dict[str, Any], execute: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Execute a request with the guard closed around the program, and leave the session as it was.

    Settings and declarations are ours and go through before; what the session just took is not repeated.
    """
    guard, spark = session.guard, session.spark
    settings, declarations = request["settings"], request["declarations"]
    if settings == session.settings:
        request = {**request, "settings": {}}
    if declarations == session.declared:
        request = {**request, "declarations": []}
    guard.tables, guard.locations = frozenset(request["tables"]), tuple(request["locations"])
    guard.acted, guard.views = False, {}
    watch = _Watch(session, request["mode"] == "plan")
    try:
        outcome = execute(request, spark, watch)
    finally:
        guard.open()
    session.settings, session.declared = (settings, declarations) if outcome["prepared"] else ({}, [])
    for name in guard.views:
        spark.catalog.dropTempView(name)
    return {**outcome, "acted": guard.acted, "scans": watch.scans}

"""What tests share: one sample lake for the session, homes that are nobody's own, and the list of what was left out."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from sparkwright.workspace import Workspace


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose sample lake is built once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _nobodys_settings(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """No test reads or writes the settings, the history or the caches of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("SPARKWRIGHT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SPARKWRIGHT_HOME", str(home))


@pytest.fixture(scope="session")
def sample(home: Path) -> Iterator[Workspace]:
    """A workspace over the sample lake."""
    with Workspace.open("sample", home=home) as workspace:
        yield workspace


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write down what was skipped and why, for the last lines of `make test`; where all is wanted, it is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    page = session.config.rootpath / "build" / "left-out.txt"
    page.parent.mkdir(exist_ok=True)
    page.write_text("".join(f"    {count} tests: {reason}\n" for reason, count in sorted(reasons.items())), "utf-8")
    if reasons and os.environ.get("TEST_ALL"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

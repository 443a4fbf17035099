"""What tests share: one sample lake for the session, and homes that are nobody's own."""

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
    import os

    for name in [name for name in os.environ if name.startswith("SPARKWRIGHT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SPARKWRIGHT_HOME", str(home))


@pytest.fixture(scope="session")
def sample(home: Path) -> Iterator[Workspace]:
    """A workspace over the sample lake."""
    with Workspace.open("sample", home=home) as workspace:
        yield workspace

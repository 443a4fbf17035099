"""An AWS that is not there: end points on this machine, credentials of nobody, retries that do not wait."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import botocore.endpoint
import pytest

from sparkwright.aws import AwsSession, Retries
from tests.forms.aws import emulated_aws

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials, profiles and end points but those of the test."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that botocore would have waited between two tries."""
    waited: list[float] = []
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=waited.append, time=time.time))
    return waited


@pytest.fixture
def session_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AwsSession]:
    """A session with an end point of this machine; adaptive retries would slow themselves down by the clock."""

    def session(url: str) -> AwsSession:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        return AwsSession(REGION, retries=Retries("standard", attempts=12))

    return session


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The end point of moto, over HTTP."""
    with emulated_aws() as url:
        yield url

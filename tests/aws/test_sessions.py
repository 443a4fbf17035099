"""Sessions: region, profile, end point, credentials, and what a worker is given of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sparkwright.aws import AwsSession, Retries, mapped, worker_environment
from sparkwright.aws.sessions import _boto3
from sparkwright.errors import CatalogError, MissingExtra, SettingsError

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
REGION = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}


def test_retries_adapt_and_are_many() -> None:
    config = AwsSession("eu-west-1").client("glue").meta.config
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 12}
    assert (config.connect_timeout, config.read_timeout) == (10, 30)


def test_retries_can_be_chosen() -> None:
    config = AwsSession("eu-west-1", retries=Retries("standard", attempts=2)).client("glue").meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 2}


def test_an_end_point_that_is_not_there_is_tried_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}.items():
        monkeypatch.setenv(name, value)
    client = AwsSession("eu-west-1", retries=Retries("standard", attempts=12, unanswered=2)).client("glue")
    tries: list[int] = []
    client.meta.events.register_first("before-send.glue", lambda **_said: tries.append(1))
    with pytest.raises(CatalogError, match="AWS was not reached"), mapped("glue", "the catalog"):
        client.get_databases()
    assert len(tries) == 2


def test_a_client_is_made_once() -> None:
    session = AwsSession("eu-west-1")
    assert session.client("glue") is session.client("glue")


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_may_stand_in_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "eu-north-1")
    assert AwsSession().region == "eu-north-1"
    assert AwsSession("eu-west-1").region == "eu-west-1"


def test_no_region_is_a_setting_that_is_missing() -> None:
    with pytest.raises(SettingsError, match="no AWS region is set") as refusal:
        AwsSession().client("glue")
    assert "glue:eu-west-1" in refusal.value.hint


def test_a_profile_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingsError, match="nobody"):
        AwsSession("eu-west-1", "nobody")


def test_a_profile_says_region_keys_and_end_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    config = tmp_path / "config"
    config.write_text(
        "[profile lab]\nregion = eu-north-1\naws_access_key_id = A\naws_secret_access_key = B\n"
        "endpoint_url = http://lab.internal:9000\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    session = AwsSession(profile="lab")
    assert worker_environment(session) == {
        "AWS_ACCESS_KEY_ID": "A",
        "AWS_SECRET_ACCESS_KEY": "B",
        "AWS_REGION": "eu-north-1",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": "http://lab.internal:9000",
        "AWS_ENDPOINT": "http://lab.internal:9000",
        "AWS_ALLOW_HTTP": "true",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
    }


@pytest.mark.parametrize(
    ("variables", "given"),
    [
        ({}, {}),
        ({"AWS_SESSION_TOKEN": "token"}, {"AWS_SESSION_TOKEN": "token"}),
        (
            {"AWS_ENDPOINT_URL": "https://s3.lab"},
            {
                "AWS_ENDPOINT_URL": "https://s3.lab",
                "AWS_ENDPOINT": "https://s3.lab",
                "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
            },
        ),
        ({"AWS_ENDPOINT_URL_GLUE": "http://glue.lab"}, {}),
    ],
)
def test_a_worker_is_given_what_it_needs_for_s3(
    variables: Mapping[str, str], given: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert worker_environment(AwsSession("eu-west-1")) == {**KEYS, **REGION, **given}


def test_a_worker_is_given_the_credentials_that_hold_at_that_moment() -> None:
    session = AwsSession("eu-west-1")
    keys = iter("AB")

    def frozen() -> Any:
        return SimpleNamespace(access_key=next(keys), secret_key="s", token=None)

    session._session = SimpleNamespace(
        client=session._session.client, get_credentials=lambda: SimpleNamespace(get_frozen_credentials=frozen)
    )
    assert [worker_environment(session)["AWS_ACCESS_KEY_ID"] for _ in range(2)] == ["A", "B"]


def test_no_credentials_are_an_error_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(CatalogError, match="there are no AWS credentials") as refusal:
        worker_environment(AwsSession("eu-west-1"))
    assert "aws sso login" in refusal.value.hint


def test_what_is_kept_is_told_apart_by_key_region_and_end_point(monkeypatch: pytest.MonkeyPatch) -> None:
    first = AwsSession("eu-west-1").identity()
    assert AwsSession("eu-west-1").identity() == first
    assert AwsSession("eu-north-1").identity() != first
    for name in ("AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_GLUE"):
        with monkeypatch.context() as changed:
            changed.setenv(name, "http://other")
            assert AwsSession("eu-west-1").identity() != first, name


def test_without_boto3_the_extra_is_named() -> None:
    def absent(_: str) -> Any:
        raise ModuleNotFoundError

    with pytest.raises(MissingExtra) as refusal:
        _boto3(absent)
    assert refusal.value.hint == "pip install 'sparkwright[aws]'"

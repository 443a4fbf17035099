"""Sessions with AWS: a region, a profile, clients that retry, and the environment that a worker needs to read S3."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sparkwright.aws.failures import mapped
from sparkwright.errors import CatalogError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable

_BUSY = 16  # connections of one client; more threads than that never share one


@dataclass(frozen=True)
class Retries:
    """How often a call is tried, and how long one try may take.

    botocore waits with jitter between two tries; in mode `adaptive` it also slows itself down once AWS throttles.
    `unanswered` is how often one that finds nobody is tried: a wrong region or end point is not there later either.
    """

    mode: Literal["adaptive", "standard"] = "adaptive"
    attempts: int = 12
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    unanswered: int = 3


class AwsSession:
    """A region and a profile (empty: as the environment has them), with one client for each service, for all threads.

    AWS_ENDPOINT_URL and the rest of AWS's own environment and files are honoured: botocore reads them.
    """

    def __init__(self, region: str = "", profile: str = "", *, retries: Retries | None = None) -> None:
        boto3 = _boto3()
        self.profile = profile
        self.retries = retries or Retries()
        self._lock = threading.RLock()  # sessions of boto3 are not for several threads, clients are
        self._clients: dict[str, Any] = {}
        self._own: dict[str, str] = {}
        with mapped("AWS", f"the profile {profile!r}"):
            self._session = boto3.session.Session(region_name=region or None, profile_name=profile or None)
            if self._session.region_name is None and os.environ.get("AWS_REGION"):
                # The name of all other SDKs, which botocore does not read.
                self._session = boto3.session.Session(
                    region_name=os.environ["AWS_REGION"], profile_name=profile or None
                )

    @property
    def region(self) -> str:
        """The region; raises `SettingsError` where none is set."""
        return str(self.client("s3").meta.region_name)

    def client(self, service: str) -> Any:
        """The client for a service, such as `glue`."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._new_client(service)
            return self._clients[service]

    def endpoint(self, service: str) -> str:
        """The end point that somebody has set for a service; empty where it is AWS's own."""
        set_one, own = self.client(service).meta.endpoint_url, self._aws_endpoint(service)
        return "" if set_one == own else str(set_one)

    def identity(self) -> tuple[str, ...]:
        """Who asks, and where, without a call: an access key belongs to one principal of one account."""
        configured = self._session._session.get_scoped_config()  # boto3 has no name of its own for it
        places = [os.environ.get(name, "") for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_GLUE")]
        places += [str(configured.get(name, "")) for name in ("endpoint_url", "services")]
        return (self.profile, str(self._session.region_name), self.credentials().access_key, *places)

    def environment(self) -> Mapping[str, str]:
        """What `worker_environment` gives."""
        return worker_environment(self)

    def credentials(self) -> Any:
        """The credentials that hold at this moment (`access_key`, `secret_key`, `token`), refreshed where need be."""
        with mapped("AWS", "credentials"):
            found = self._session.get_credentials()
            frozen = found.get_frozen_credentials() if found is not None else None
        if frozen is None or not frozen.access_key:
            raise CatalogError(
                "there are no AWS credentials",
                hint="run `aws configure` or `aws sso login`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            )
        return frozen

    def _new_client(self, service: str) -> Any:
        from botocore.config import Config

        chosen = self.retries
        config = Config(
            retries={"mode": chosen.mode, "total_max_attempts": chosen.attempts},
            connect_timeout=chosen.connect_seconds,
            read_timeout=chosen.read_seconds,
            max_pool_connections=_BUSY,
        )
        with mapped(service, "a client"):
            made = self._session.client(service, config=config)
            if service == "s3" and made.meta.endpoint_url != self._aws_endpoint(service):
                # An emulator seldom has a host name for each bucket.
                made = self._session.client(service, config=config.merge(Config(s3={"addressing_style": "path"})))
        made.meta.events.register_first(f"needs-retry.{service}", self._give_up)
        return made

    def _give_up(self, attempts: int, caught_exception: Exception | None, **_rest: Any) -> None:
        """End the tries of a call that nobody answers, before botocore goes on to try."""
        from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

        unanswered = (ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError)
        most = (
            min(2, self.retries.unanswered)
            if isinstance(caught_exception, ReadTimeoutError)
            else self.retries.unanswered
        )
        if isinstance(caught_exception, unanswered) and attempts >= most:
            raise caught_exception

    def _aws_endpoint(self, service: str) -> str:
        from botocore.config import Config

        with self._lock, mapped(service, "a client"):
            if service not in self._own:
                bare = self._session.client(service, config=Config(ignore_configured_endpoint_urls=True))
                self._own[service] = str(bare.meta.endpoint_url)
            return self._own[service]


def worker_environment(session: AwsSession) -> dict[str, str]:
    """The variables with which a worker's engine reads S3 as this session would; credentials that hold now.

    Temporary credentials end, so call it for every run. Buckets are put in the path, not in the host name, where the
    end point is not AWS's own.
    """
    credentials = session.credentials()
    variables = {
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_REGION": session.region,
        "AWS_DEFAULT_REGION": session.region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if credentials.token:
        variables["AWS_SESSION_TOKEN"] = credentials.token
    endpoint = session.endpoint("s3")
    if endpoint:
        # AWS_ENDPOINT_URL is the SDKs' name, AWS_ENDPOINT and the others are those of Rust's object_store (Sail).
        variables |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ENDPOINT": endpoint}
        variables["AWS_VIRTUAL_HOSTED_STYLE_REQUEST"] = "false"
    if endpoint.startswith("http://"):
        variables["AWS_ALLOW_HTTP"] = "true"
    return variables


def _boto3(load: Callable[[str], Any] | None = None) -> Any:
    import importlib

    try:
        return (load or importlib.import_module)("boto3")
    except ImportError as error:
        raise MissingExtra(
            "AWS needs the package boto3, which is not installed", hint="pip install 'sparkwright[aws]'"
        ) from error

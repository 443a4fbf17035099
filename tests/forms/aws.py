"""An emulated AWS (moto over HTTP) in a process of its own: nothing of it leaks into the tests' own process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest import mock

from sparkwright.aws import AwsSession

REGION = "eu-west-1"

# Ends with its input, so it cannot outlive the tests.
_SERVE = """
import logging, sys
logging.getLogger("werkzeug").setLevel(logging.ERROR)
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(f"http://{host}:{port}", flush=True)
sys.stdin.read()
server.stop()
"""


@contextmanager
def emulated_aws() -> Iterator[str]:
    """The end point of a fresh emulated AWS."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://"), "the emulated AWS does not start"
        try:
            yield url
        finally:
            process.kill()


def environment(url: str) -> dict[str, str]:
    """The environment of a process that works on the emulated AWS and on no other."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return {**kept, **settings(url)}


def settings(url: str) -> Mapping[str, str]:
    """What boto3, Sail's and Delta's object stores and Spark's S3A take from the environment."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ENDPOINT": url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_S3_ALLOW_UNSAFE_RENAME": "true",
        "TZ": "UTC",
    }


def session(url: str) -> AwsSession:
    """A session that works on the emulated AWS, whatever the environment says later."""
    with mock.patch.dict(os.environ, environment(url), clear=True):
        made = AwsSession()
        for service in ("glue", "s3"):
            made.client(service)
    return made

"""The engines of the suite: processes that answer JSON lines (tests/spark/server.py), and why one is not there."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sparkwright.domain import Reader, TableName
from sparkwright.platforms import LOCAL, SESSION_SETTINGS, SPARK4, SPARK35, Platform
from sparkwright.readers.spark_settings import start_settings
from tests.forms.aws import environment

ROOT = Path(__file__).parents[2]
SECONDS = 300.0  # for one answer, the first one of a JVM included


@dataclass(frozen=True)
class Kind:
    """How an engine of the suite is started; `python` is an environment (none: our own), `jars` a folder for a JVM."""

    name: str
    title: str
    engine: str
    python: str = ""
    jars: str = ""
    platform: Platform = LOCAL


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("sail", "Sail", "sail"),
        Kind("spark35", "Spark 3.5", "spark", ".venv-spark35", ".jars-spark35", SPARK35),
        Kind("spark4", "Spark 4.0", "spark", ".venv-spark4", ".jars-spark4", SPARK4),
        Kind("metastore", "Hive metastore", "hive", ".venv-spark35", ".jars-spark35", SPARK35),
    )
}


def missing(name: str) -> str:
    """Why an engine cannot be started here; empty where it can."""
    kind = KINDS[name]
    if kind.jars and not java():
        return "there is no Java 17"
    if kind.jars and not (ROOT / kind.python / ".ready").exists():
        return f"there is no {kind.python}: make {kind.python.removeprefix('.venv-')}"
    if kind.jars and not (ROOT / kind.jars / ".ready").exists():
        return f"there is no {kind.jars}: make {kind.python.removeprefix('.venv-')} (it needs Maven Central)"
    return ""


@cache
def java() -> str:
    """The version of the Java that Spark would start; empty where it is none that Spark 4 runs on."""
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not found or not Path(found).exists():
        return ""
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    return version[1] if version and int(version[1]) >= 17 else ""


# Programs of a second each: the thorough compiler and collector never pay off.
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def _jvm_settings(kind: Kind, url: str, home: Path) -> dict[str, str]:
    """What a JVM Spark has to have from its start."""
    jars = ",".join(str(jar) for jar in sorted((ROOT / kind.jars).glob("*.jar")))
    s3a = "org.apache.hadoop.fs.s3a.S3AFileSystem"
    hadoop = {
        "fs.s3.impl": s3a,
        "fs.AbstractFileSystem.s3.impl": "org.apache.hadoop.fs.s3a.S3A",
        "fs.s3a.endpoint": url,
        "fs.s3a.endpoint.region": environment(url)["AWS_REGION"],
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": "false",
        "fs.s3a.access.key": "testing",
        "fs.s3a.secret.key": "testing",
        "fs.s3a.aws.credentials.provider": "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
        "fs.s3a.attempts.maximum": "2",
        "mapreduce.fileoutputcommitter.algorithm.version": "2",
    }
    settings = {
        "spark.master": "local[2]",
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": "1",
        "spark.sql.warehouse.dir": str(home / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.driver.extraJavaOptions": f"-Duser.timezone=UTC -Dderby.system.home={home} {_QUICK}",
        "spark.jars": jars,
        **{f"spark.hadoop.{key}": value for key, value in hadoop.items()},
        **SESSION_SETTINGS,
        **_DECLARED,
    }
    if kind.engine == "hive":
        settings |= {
            **_WRITING,
            "spark.sql.catalogImplementation": "hive",
            "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:memory:{home.name};create=true",
            "spark.hadoop.datanucleus.schema.autoCreateAll": "true",
            "spark.hadoop.hive.metastore.schema.verification": "false",
        }
    return settings


# What a session for a declared table of Delta has from its start; the rest is in the session of each form.
_DELTA = start_settings((Reader(TableName("forms", "delta"), "delta", ""),), "spark")
_DECLARED = {"spark.sql.extensions": _DELTA["spark.sql.extensions"]}

# What writers of lake formats need.
_EXTENSIONS = (
    _DELTA["spark.sql.extensions"],
    "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    "org.apache.spark.sql.hudi.HoodieSparkSessionExtension",
)
_WRITING = {
    "spark.sql.extensions": ",".join(_EXTENSIONS),
    "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
    "spark.kryo.registrator": "org.apache.spark.HoodieSparkKryoRegistrar",
}


class EngineFailed(Exception):
    """What an engine answered instead of rows; `kind` is the type of its exception."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


class EngineProcess:
    """One engine on the emulated AWS; `start` does not wait until it is up, the first question does."""

    def __init__(self, name: str, url: str, home: Path, more: Mapping[str, str] | None = None) -> None:
        self.kind, self.url, self.home = KINDS[name], url, home
        self.more = dict(more or {})
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self._rest = b""

    def start(self) -> None:
        """Begin to start the process; its noise goes to a file of its home."""
        self.home.mkdir(parents=True, exist_ok=True)
        settings = _jvm_settings(self.kind, self.url, self.home) if self.kind.jars else {}
        config = {"engine": self.kind.engine, "settings": {**settings, **self.more}}
        env = {**environment(self.url), "RUST_LOG": "error", "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(ROOT)}
        python = ROOT / self.kind.python / "bin" / "python" if self.kind.python else sys.executable
        with (self.home / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(
                [str(python), "-m", "tests.spark.server", json.dumps(config)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=env, cwd=self.home, bufsize=0,
            )  # fmt: skip
        self._rest = b""

    def ask(self, **request: Any) -> Any:
        """The answer to a request; raises `EngineFailed` where it is an error."""
        if self.process is None or self.process.poll() is not None:
            self.start()
            self.ready = False
        if not self.ready:
            self._line()
            self.ready = True
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        answer = json.loads(self._line())
        if "error" in answer:
            raise EngineFailed(answer["error"], answer["message"])
        return answer

    ready = False

    def _line(self) -> bytes:
        assert self.process is not None
        assert self.process.stdout is not None
        until = time.monotonic() + SECONDS
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 1 << 16) if ready else b""
            if not piece:
                self.stop()
                noise = (self.home / "log.txt").read_text("utf-8", "replace")[-2000:]
                raise EngineFailed("NoAnswer", f"{self.kind.title} {'ended' if ready else 'took too long'}: {noise}")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def stop(self) -> None:
        """End the process; its JVM ends with it."""
        if self.process is None:
            return
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process, self.ready = None, False

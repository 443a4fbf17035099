"""Real writers: scripts that write tables into the emulated AWS, where each writer is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.forms.aws import environment
from tests.forms.engines import ROOT, missing
from tests.forms.form import BUCKET, DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.forms.engines import EngineProcess

WRANGLER = ROOT / ".venv-writers" / "bin" / "python"
PYTHONS = {"wrangler": WRANGLER, "own": Path(sys.executable)}

# Spark writes Delta by its own catalog; a session that asks the metastore does without, as on EMR.
DELTA = {"spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog"}

_WAREHOUSE = f"s3://{BUCKET}/warehouse/{DATABASE}.db"
MAKE_DATABASE = f"""spark.sql("CREATE DATABASE IF NOT EXISTS {DATABASE} LOCATION '{_WAREHOUSE}'")"""


class Writers:
    """Run scripts of writers; `hive` is the JVM Spark 3.5 with a metastore of its own."""

    def __init__(self, url: str, glue: Any, hive: Callable[[], EngineProcess]) -> None:
        self.url, self.glue, self.hive = url, glue, hive

    def __call__(self, name: str, script: str) -> str:
        """What the script printed; a failure of the script is one of the test."""
        return self._spark(script) if name == "spark35" else self._python(name, script)

    def _python(self, name: str, script: str) -> str:
        python = PYTHONS[name]
        if python == WRANGLER and not WRANGLER.parents[1].joinpath(".ready").exists():
            pytest.skip("there is no .venv-writers: make writers")
        done = subprocess.run(
            [str(python), "-W", "ignore", "-c", script],
            env=environment(self.url), capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"the writer {name!r} failed:\n{done.stderr[-3000:]}"
        return done.stdout

    def _spark(self, script: str) -> str:
        """Run the script in a JVM Spark with Hive support, then move its tables from its metastore into Glue."""
        if missing("metastore"):
            pytest.skip(missing("metastore"))
        hive = self.hive()
        hive.ask(op="exec", script=MAKE_DATABASE)
        printed: str = hive.ask(op="exec", script=script, settings=DELTA)["printed"]
        for one in hive.ask(op="take_tables", database=DATABASE)["tables"]:
            self.glue.create_table(DatabaseName=DATABASE, TableInput=one["table"])
            for start in range(0, len(one["partitions"]), 100):
                self.glue.batch_create_partition(
                    DatabaseName=DATABASE,
                    TableName=one["table"]["Name"],
                    PartitionInputList=one["partitions"][start : start + 100],
                )
        return printed

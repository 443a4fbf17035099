"""How long people wait: `check` in a running process, a warm `ask`, `ask` from the shell beside JVM PySpark's start.

    python bench/latency.py [--pyspark PYTHON] [--runs 5] [--json]

PYTHON is an interpreter that has pyspark (`make spark35` makes .venv-spark35). Figures are medians of whole calls.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sparkwright.workspace import Workspace

QUESTION = "which five airlines have the worst average arrival delay?"
PROGRAM = """\
from pyspark.sql import functions as F

flights = spark.table("nycflights13.flights")
late = flights.filter((F.col("distance") > 1000) & (F.col("dep_delay") > 120))
result = late.groupBy("carrier").agg(F.count("*").alias("n"), F.avg("arr_delay").alias("delay")).orderBy(F.desc("n"))
"""
JVM = """
from pyspark.sql import SparkSession
print(SparkSession.builder.master("local[2]").getOrCreate().range(10).count())
"""
DEFAULT_JVM = Path(__file__).parent.parent / ".venv-spark35" / "bin" / "python"


def median_ms(call: Callable[[], object], runs: int) -> float:
    """The median of `runs` calls in milliseconds, after one that is not counted."""
    call()
    spent = []
    for _ in range(runs):
        started = time.perf_counter()
        call()
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent)


def _shell(*command: str) -> Callable[[], object]:
    return lambda: subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def measure(pyspark: Path | None, runs: int) -> dict[str, float]:
    """Every figure, in milliseconds."""
    with Workspace.open("sample") as workspace:
        figures = {
            "check": median_ms(lambda: workspace.check(PROGRAM), 10 * runs),
            "warm_ask": median_ms(lambda: workspace.ask(QUESTION), 4 * runs),
        }
    command = str(Path(sys.executable).parent / "sparkwright")
    figures["shell_ask"] = median_ms(_shell(command, "--catalog", "sample", "ask", QUESTION), runs)
    if pyspark is not None:
        figures["jvm_start"] = median_ms(_shell(str(pyspark), "-c", JVM), runs)
    return figures


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pyspark", type=Path, default=DEFAULT_JVM if DEFAULT_JVM.exists() else None)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.pyspark, options.runs)
    if options.json:
        print(json.dumps({name: round(spent, 1) for name, spent in figures.items()}))
        return
    print(f"check of a program, rules and plan, in a running process   {figures['check']:8.0f} ms   (goal: under 50)")
    print(
        f"warm ask over 336 776 flights, Python API                  {figures['warm_ask']:8.0f} ms   (goal: under 300)"
    )
    print(f"ask from the shell, process start included                 {figures['shell_ask']:8.0f} ms")
    if "jvm_start" in figures:
        share = figures["shell_ask"] / figures["jvm_start"]
        print(f"JVM PySpark: start and spark.range(10).count()             {figures['jvm_start']:8.0f} ms")
        print(f"ours to theirs                                             {share:8.2f}      (goal: under 0.5)")
    else:
        print("JVM PySpark was not measured: `make spark35` makes an environment for it, or name one with --pyspark")


if __name__ == "__main__":
    main()

"""How many questions of a suite the offline generator answers right, and how many wrong."""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from pathlib import Path
from typing import Any

os.environ.setdefault("RUST_LOG", "error")

import pyarrow.compute as pc
import pyarrow.parquet as pq

from sparkwright.domain import Column, ColumnProfile, ForeignKey, Question, Table, TableName, TableSize
from sparkwright.errors import CannotAnswer
from sparkwright.generators.offline import OfflineGenerator

MOST_VALUES = 5_000
HIVE_TYPES = {
    "int64": "bigint",
    "int32": "int",
    "double": "double",
    "float": "float",
    "bool": "boolean",
    "date32[day]": "date",
}


# --- the judge: the same rows as a gold answer's ---


def cell(value: Any) -> tuple[str, Any]:
    """A value as it is compared: numbers at six digits, dates as text."""
    if value is None:
        return ("null", "")
    if isinstance(value, bool):
        return ("number", float(value))
    try:
        return ("number", float(f"{float(value):.6g}"))
    except (TypeError, ValueError, OverflowError):
        return ("text", str(value.isoformat() if hasattr(value, "isoformat") else value).strip())


def same(gold: Iterable[Sequence[Any]], rows: Iterable[Sequence[Any]], ordered: bool) -> bool:
    """Whether rows are the gold rows, in whatever order of columns (and of rows, unless `ordered`)."""
    want, have = [tuple(map(cell, r)) for r in gold], [tuple(map(cell, r)) for r in rows]
    if len(want) != len(have):
        return False
    if not want:
        return True
    width = len(want[0])
    if len(have[0]) != width:
        return False

    def equal(a: list[tuple[Any, ...]], b: list[tuple[Any, ...]]) -> bool:
        return a == b if ordered else Counter(a) == Counter(b)

    if equal(want, have):
        return True
    if width == 1 or width > 6:
        return False
    a = [Counter(r[i] for r in want) for i in range(width)]
    b = [Counter(r[i] for r in have) for i in range(width)]
    orders = (o for o in permutations(range(width)) if all(a[i] == b[o[i]] for i in range(width)))
    return any(equal(want, [tuple(r[j] for j in o) for r in have]) for o in orders)


# --- lakes ---


def profile(column: Any) -> ColumnProfile:
    """What the values of a column look like."""
    values = pc.unique(column.drop_null())
    texts = (
        [str(v) for v in values.to_pylist()]
        if len(values) <= MOST_VALUES
        else [str(v) for v in values[:MOST_VALUES].to_pylist()]
    )
    low, high = (str(v) for v in pc.min_max(column).as_py().values()) if len(values) else (None, None)
    return ColumnProfile(
        len(column), len(values), column.null_count, tuple(texts), len(values) <= MOST_VALUES, low, high
    )


@lru_cache(maxsize=4)
def lake(folder: Path, with_keys: bool) -> tuple[Table, ...]:
    """The tables of a folder of parquet files, with profiles, and with keys where keys.json has them."""
    keys = json.loads((folder / "keys.json").read_text()) if with_keys and (folder / "keys.json").exists() else {}
    return tuple(table(path, keys) for path in sorted(folder.glob("*.parquet")))


def table(path: Path, keys: dict[str, Any]) -> Table:
    """One table."""
    rows = pq.read_table(path)
    name = path.stem
    columns = tuple(
        Column(f.name, HIVE_TYPES.get(str(f.type), "string"), profile=profile(rows[f.name])) for f in rows.schema
    )
    primary = tuple(c for t, c in keys.get("primary", ()) if t.lower() == name.lower())
    foreign = tuple(
        ForeignKey((c,), TableName("lake", other), (d,))
        for t, c, other, d in keys.get("foreign", ())
        if t.lower() == name.lower()
    )
    return Table(
        TableName("lake", name),
        columns,
        str(path),
        primary_key=primary,
        foreign_keys=foreign,
        size=TableSize(rows=rows.num_rows),
    )


# --- running ---


class Engine:
    """An in-process Sail session that reads one lake at a time; only for programs that we wrote ourselves."""

    def __init__(self) -> None:
        from pysail.spark import SparkConnectServer
        from pyspark.sql import SparkSession

        self._server = SparkConnectServer("127.0.0.1", 0)
        self._server.start()
        address = self._server.listening_address
        self.spark = SparkSession.builder.remote(f"sc://{address[0]}:{address[1]}").getOrCreate()
        self.spark.client.set_retry_policies([])  # what the engine refuses once it refuses again
        self.spark.sql("CREATE DATABASE IF NOT EXISTS lake")
        self._folder: Path | None = None

    def use(self, folder: Path) -> None:
        """Make the tables of a folder exist."""
        if folder == self._folder:
            return
        for path in folder.glob("*.parquet"):
            name = path.stem.replace("`", "``")
            self.spark.sql(f"DROP TABLE IF EXISTS lake.`{name}`")
            self.spark.sql(f"CREATE TABLE lake.`{name}` USING parquet LOCATION '{path}'")
        self._folder = folder

    def rows(self, source: str) -> list[tuple[Any, ...]]:
        """The rows of a program's result."""
        scope: dict[str, Any] = {"spark": self.spark}
        exec(compile(source, "<program>", "exec"), scope)
        return [tuple(row) for row in scope["result"].collect()]


@dataclass
class Outcome:
    """What came of one question."""

    question: dict[str, Any]
    verdict: str
    detail: str
    source: str
    seconds: float


def answer(
    question: dict[str, Any], suite: Path, generator: OfflineGenerator, engine: Engine | None, keys: bool
) -> Outcome:
    """Ask one question and judge the answer."""
    folder = (suite / "lakes" / question["lake"]).resolve()
    tables = lake(folder, keys)
    selected = tuple(TableName("lake", t) for t in question.get("tables") or ())
    started = time.perf_counter()
    try:
        draft = generator.generate(Question(question["question"], selected), tables)
    except CannotAnswer as error:
        seconds = time.perf_counter() - started
        verdict = "right" if not question["answerable"] else "declined"
        return Outcome(question, verdict, f"{error.part!r}: {error.message}", "", seconds)
    seconds = time.perf_counter() - started
    if not question["answerable"]:
        return Outcome(question, "wrong", "answered", draft.source, seconds)
    assert engine is not None
    engine.use(folder)
    try:
        rows = engine.rows(draft.source)
    except Exception as error:  # whatever a program does is its outcome
        return Outcome(question, "wrong", f"{type(error).__name__}: {str(error)[:300]}", draft.source, seconds)
    right = any(same(g, rows, question["ordered"]) for g in question["gold"])
    return Outcome(question, "right" if right else "wrong", str(rows[:3])[:200], draft.source, seconds)


def part_of(lake_name: str) -> str:
    """Lakes are tuned on or held out, by their name."""
    return "tuned" if sum(lake_name.encode()) % 2 else "held"


def report(outcomes: list[Outcome], suite: str) -> dict[str, Any]:
    """The figures."""
    counts = Counter(o.verdict for o in outcomes)
    asked = [o for o in outcomes if o.question["answerable"]]
    answered = [o for o in asked if o.verdict != "declined"]
    right = sum(o.verdict == "right" for o in asked)
    refusals = [o for o in outcomes if not o.question["answerable"]]
    return {
        "suite": suite,
        "questions": len(outcomes),
        **{k: counts[k] for k in ("right", "wrong", "declined")},
        "right_percent": round(100 * right / max(1, len(asked)), 1),
        "precision_percent": round(100 * right / max(1, len(answered)), 1),
        "coverage_percent": round(100 * len(answered) / max(1, len(asked)), 1),
        "refused_percent": round(100 * sum(o.verdict == "right" for o in refusals) / len(refusals), 1)
        if refusals
        else None,
        "milliseconds": round(1000 * sum(o.seconds for o in outcomes) / max(1, len(outcomes)), 1),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run a suite."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", type=Path)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", choices=("all", "tuned", "held"), default="all")
    parser.add_argument("--lake", help="only the questions of this lake")
    parser.add_argument("--keys", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--misses", type=int, default=0, help="print so many wrong answers")
    parser.add_argument("--declines", type=int, default=0, help="print so many declined questions")
    options = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    questions = [json.loads(line) for line in (options.suite / "questions.jsonl").read_text().splitlines()]
    questions = [q for q in questions if options.part == "all" or part_of(q["lake"]) == options.part]
    questions = [q for q in questions if not options.lake or q["lake"] == options.lake]
    if options.sample and options.sample < len(questions):
        questions = random.Random(options.seed).sample(questions, options.sample)
    questions.sort(key=lambda q: q["lake"])
    engine = Engine() if any(q["answerable"] for q in questions) else None
    generator = OfflineGenerator()
    outcomes = [answer(q, options.suite, generator, engine, options.keys) for q in questions]
    for verdict, count in (("wrong", options.misses), ("declined", options.declines)):
        chosen = [o for o in outcomes if o.verdict == verdict]
        for o in random.Random(options.seed).sample(chosen, min(count, len(chosen))):
            print(
                f"--- {verdict} {o.question['lake']}: {o.question['question']}\n    gold {o.question.get('gold_sql')}"
            )
            print(f"    {str((o.question.get('gold') or [None])[0])[:160]}\n    {o.detail}\n{o.source}")
    figures = report(outcomes, options.suite.name)
    print(json.dumps(figures) if options.json else "\n".join(f"{k:>20}  {v}" for k, v in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

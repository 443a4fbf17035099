"""Ask the questions of tests/questions over the sample lake and judge the answers by SQL over the same files.

    python bench/questions.py [nycflights13.jsonl | holdout.jsonl | refuse.jsonl] [--misses]

Prints right, wrong and declined, and with --misses each question that was not right.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.questions import duck
from tests.questions.judge import is_answered, load, load_refusals

from sparkwright.errors import CannotAnswer, SparkwrightError
from sparkwright.workspace import Workspace

QUESTIONS = Path(__file__).parent.parent / "tests" / "questions"


def verdicts(path: Path) -> list[tuple[str, str, str, str, float]]:
    """Each question by its id and text, with its verdict, the detail and the seconds that it took."""
    refusals = path.name.startswith("refuse")
    judged = []
    with Workspace.open("sample") as workspace:
        gold = duck.connect(Path(workspace.describe("nycflights13.flights").location).parent)
        for asked in load_refusals(path) if refusals else load(path):
            started = time.perf_counter()
            try:
                answer = workspace.ask(asked.question)
                rows = answer.result.rows if answer.result else []
                right = not refusals and is_answered(gold, asked, rows)  # type: ignore[arg-type]  # a Question if not a Refusal
                verdict, detail = ("right" if right else "wrong"), answer.program.source if answer.program else ""
            except CannotAnswer as error:
                verdict, detail = ("right" if refusals else "declined"), error.message
            except SparkwrightError as error:
                verdict, detail = "error", f"{type(error).__name__}: {error.message}"
            judged.append((asked.id, asked.question, verdict, detail, time.perf_counter() - started))
    return judged


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", nargs="*", default=["nycflights13.jsonl", "holdout.jsonl", "refuse.jsonl"])
    parser.add_argument("--misses", action="store_true")
    parser.add_argument(
        "--declined", action="store_true", help="print the ids that are declined, one a line, and no more"
    )
    options = parser.parse_args()
    for suite in options.suite:
        judged = verdicts(QUESTIONS / suite)
        if options.declined:
            print("".join(f"{name}\n" for name, _, verdict, *_ in judged if verdict == "declined"), end="")
            continue
        counts = {
            kind: sum(verdict == kind for _, _, verdict, *_ in judged)
            for kind in ("right", "wrong", "declined", "error")
        }
        median = statistics.median(seconds for *_, seconds in judged)
        print(f"{suite}: {len(judged)} questions, {counts}, median {median * 1000:.0f} ms")
        for _, question, verdict, detail, _ in judged if options.misses else []:
            if verdict != "right":
                print(f"  {verdict}: {question!r}\n      " + detail.replace("\n", "\n      "))


if __name__ == "__main__":
    main()

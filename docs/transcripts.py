"""Run the shell transcripts of the docs; `python docs/transcripts.py` pastes fresh output where the old one is wrong.

A transcript is a fenced `console` block; each line `$ sparkwright ...` is run, in order, in a folder of the page's own.
A block that follows `<!-- file: PATH -->` is written to that path there. In an output `...` stands for anything; ids,
times and the folders of a machine are not compared.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/tutorial.md")
_BLOCK = re.compile(
    r"^(?:<!-- file: (?P<path>\S+) -->\n\n?)?```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_CALL = re.compile(r"^\$ (?P<command>sparkwright .*)\n(?P<shown>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_VARYING = (
    (re.compile(r"\br-[0-9a-f]{6}\b"), "r-000000"),
    (re.compile(r"\b\d+\.\d\d s\b"), "0.00 s"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:]+\+00:00"), "TIME"),
    (re.compile(r"(?<![\w.])(file://)?/\S+/"), "/FOLDER/"),
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the file that it is, if it is one, and where its text starts."""

    kind: str
    text: str
    path: str | None
    start: int


@dataclass(frozen=True)
class Call:
    """One call in a transcript with the output that the page shows, and where that starts."""

    command: str
    shown: str
    start: int


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for match in _BLOCK.finditer(page):
        yield Block(match["kind"], match["text"], match["path"], match.start("text"))


def calls(block: Block) -> Iterator[Call]:
    """The calls of sparkwright in a transcript; other commands are left to the reader."""
    for match in _CALL.finditer(block.text):
        yield Call(match["command"], match["shown"], block.start + match.start("shown"))


def output(command: str, folder: Path) -> str:
    """What a call prints, to stdout and stderr."""
    from sparkwright.cli.commands import run

    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        run(shlex.split(command)[1:])
    return "\n".join(line.rstrip() for line in printed.getvalue().splitlines())


def is_as_shown(shown: str, printed: str) -> bool:
    """Whether an output is the one on the page, but for what differs from run to run."""
    parts = [re.escape(part) for part in _plain(shown).split("...")]
    return re.fullmatch(".*".join(parts), _plain(printed), re.DOTALL) is not None


def _plain(text: str) -> str:
    for pattern, instead in _VARYING:
        text = pattern.sub(instead, text)
    return text.strip("\n")


def differences(page: str, folder: Path) -> Iterator[tuple[int, Call, str]]:
    """The calls of a page whose output is another one: where they stand, and that output."""
    for block in blocks(page):
        if block.path:
            path = folder / block.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        for call in calls(block) if block.kind == "console" else ():
            printed = output(call.command, folder)
            if not is_as_shown(call.shown, printed):
                yield call.start, call, printed


def main() -> int:
    """Bring the transcripts of all pages up to date."""
    for name in PAGES:
        page = (ROOT / name).read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            os.environ["SPARKWRIGHT_HOME"] = f"{folder}/home"
            found = list(differences(page, Path(folder)))
            for start, call, printed in reversed(found):
                fresh = printed.replace(folder, "/home/ada").replace(str(Path.home()), "/home/ada")
                page = page[:start] + fresh.strip("\n") + "\n" + page[start + len(call.shown) :]
                sys.stdout.write(f"{name}: {call.command}\n")
        (ROOT / name).write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

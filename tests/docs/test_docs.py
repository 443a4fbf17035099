"""The docs hold: reference pages are current, links lead somewhere, commands parse, snippets and transcripts run."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from tests.arrow import stream

from sparkwright.cli.commands import run
from sparkwright.domain import Answer, Estimate, Finding, Result
from sparkwright.encoding import answer_json, result_json
from sparkwright.errors import RunFailed
from sparkwright.workspace import Workspace

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
OURS = [page for page in PAGES if page.name not in ("catalogs.md", "program.md", "offline-generator.md")]


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


generate, transcripts = _script("generate"), _script("transcripts")


def _title(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _blocks(page: Path, kind: str) -> list[str]:
    return [block.text for block in transcripts.blocks(page.read_text("utf-8")) if block.kind == kind]


# --- reference and links ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(generate.PAGES))
def test_the_reference_is_what_the_code_says(name: str) -> None:
    current = (generate.HERE / name).read_text("utf-8")
    assert current == generate.page(name), "run: python docs/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=_title)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken = [link for link in _links(page) if not _resolves(page, link)]
    assert broken == []


def _links(page: Path) -> Iterator[str]:
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    yield from (link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link and "mailto:" not in link)


def _resolves(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or ROOT not in (target, *target.parents):
        return False
    return not anchor or (target.suffix == ".md" and anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_the_json_page_names_every_key() -> None:
    page = (ROOT / "docs" / "json.md").read_text("utf-8")
    finding = Finding("rule", "error", "message")
    estimate = Estimate(None, None, None, None, "local", "reason")
    shown = answer_json(Answer("r-1", findings=(finding,), estimate=estimate), RunFailed("failed"))
    result = result_json(Result((), stream(pa.table({})), truncated=False, row_limit=1))
    keys = [*shown, *result, *shown["findings"][0], *shown["estimate"], *shown["error"]]
    assert [key for key in keys if f"`{key}`" not in page] == []


# --- commands --------------------------------------------------------------------------------------------------------


def _commands(page: Path) -> Iterator[str]:
    """The calls of sparkwright on a page: in shell blocks, in transcripts, and in running text."""
    text = page.read_text("utf-8")
    for block in _blocks(page, "sh") + _blocks(page, "console"):
        for line in block.splitlines():
            yield from re.findall(r"(?:^|[|$/] ?|\w=\w+ )(sparkwright .+?)(?=\s*(?:$|\||>|2>|&&))", line)
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`(sparkwright [^`\n]+)`", outside)


@pytest.mark.parametrize("page", [page for page in PAGES if list(_commands(page))], ids=_title)
def test_every_command_and_option_exists(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [command for command in _commands(page) if run([*shlex.split(command)[1:], "--help"]) != 0]
    assert wrong == [], capsys.readouterr().err


# --- what runs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [page for page in OURS if _blocks(page, "py")], ids=_title)
def test_every_program_is_admitted_or_shown_to_be_refused(page: Path, sample: Workspace) -> None:
    refused = [source for source in _blocks(page, "py") if sample.check(source).program is None]
    assert all("arr_dely" in source for source in refused)


@pytest.mark.parametrize("page", [page for page in OURS if _blocks(page, "python")], ids=_title)
def test_every_snippet_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for source in _blocks(page, "python"):
        exec(compile(source, _title(page), "exec"), names)


@pytest.mark.parametrize("name", transcripts.PAGES)
def test_every_transcript_is_what_is_printed(name: str, tmp_path: Path) -> None:
    page = (ROOT / name).read_text("utf-8")
    differences = {call.command: printed for _, call, printed in transcripts.differences(page, tmp_path)}
    assert differences == {}, "run: python docs/transcripts.py"


def test_a_transcript_is_compared_but_for_what_varies() -> None:
    shown = "1 row · 0.12 s · r-abcdef · /home/ada/lake/\n...\nend\n"
    assert transcripts.is_as_shown(shown, "1 row · 9.99 s · r-123456 · /tmp/x/lake/\nmany\nlines\nend\n")
    assert not transcripts.is_as_shown(shown, "2 rows · 9.99 s · r-123456 · /tmp/x/lake/\nmany\nlines\nend\n")

"""Write docs/reference from the code: `python docs/generate.py` writes, `--check` fails where a page is out of date."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import inspect
import re
import sys
import textwrap
from enum import Enum
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import sparkwright
from sparkwright import catalogs, domain, encoding, engines, errors, generators, history, settings, workspace
from sparkwright.cli import session
from sparkwright.program import rewrite, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HERE = Path(__file__).parent / "reference"
SOURCES = Path(str(sparkwright.__file__)).parent
STAMP = "<!-- Written by docs/generate.py from the code; do not edit. -->\n"


def main() -> int:
    """Write every page, or say which ones differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where a page is out of date")
    check = parser.parse_args().check
    stale = [name for name, text in pages().items() if not _is_current(HERE / name, text, write=not check)]
    for name in stale:
        sys.stdout.write(f"docs/reference/{name} {'is out of date' if check else 'written'}\n")
    return 1 if check and stale else 0


def _is_current(path: Path, text: str, *, write: bool) -> bool:
    current = path.is_file() and path.read_text(encoding="utf-8") == text
    if write and not current:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return current


def pages() -> Mapping[str, str]:
    """Every page by its file name."""
    return {name: page(name) for name in PAGES}


def page(name: str) -> str:
    """The text of one page."""
    return STAMP + "\n" + PAGES[name]().strip("\n") + "\n"


# --- the command line ------------------------------------------------------------------------------------------------


def cli_page() -> str:
    """The commands with their arguments and options, as `--help` says them."""
    import typer.main

    from sparkwright.cli.commands import app

    group: Any = typer.main.get_command(app)  # typer's own copy of click has no public types
    context = group.make_context("sparkwright", [], resilient_parsing=True)
    parts = [
        "# The command line",
        _prose(group.help),
        _prose(group.epilog),
        "## Options of every command\n\n" + _parameters(group, context),
    ]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        own = command.make_context(name, [], parent=context, resilient_parsing=True)
        usage = command.get_usage(own).removeprefix("Usage: ")
        parts.append(f"## {name}\n\n{_prose(command.help)}\n\n```text\n{usage}\n```\n\n{_parameters(command, own)}")
    return "\n\n".join(part.strip("\n") for part in parts)


def _parameters(command: Any, context: Any) -> str:
    records = [record for one in command.params if (record := one.get_help_record(context))]
    rows = [f"| `{_cell(record[0])}` | {_cell(_escaped(record[1]))} |" for record in records]
    return "\n".join(["| | |", "|---|---|", *rows]) if rows else ""


# --- settings --------------------------------------------------------------------------------------------------------


def settings_page() -> str:
    """Each setting with its meaning, default, and names in the file and the environment."""
    doc = inspect.getdoc(settings.Settings) or ""
    intro, _, listed = doc.partition("\n\n")
    meanings = dict(_meanings(listed))
    rows = [
        f"| `{one.name}` | `{settings.PREFIX}{one.name.upper()}` | {_default(one)} | {meanings.get(one.name, '')} |"
        for one in dataclasses.fields(settings.Settings)
    ]
    table = "\n".join(["| in the file | in the environment | default | |", "|---|---|---|---|", *rows])
    return f"""
# Settings

{_prose(intro)}

Defaults come first, then the file, then the environment, then arguments; each overrides the ones before. The file is
`./{settings.FILE}`, or the one that `--config` or `{settings.PREFIX}CONFIG` names. An unknown name and a wrong type are
errors.

{table}
"""


def _meanings(listed: str) -> Iterator[tuple[str, str]]:
    for line in re.sub(r"\n\s+", " ", listed).splitlines():
        names, _, meaning = line.partition(": ")
        for name in names.split(","):
            yield name.strip(), meaning


_HOME = "the user's data folder (on Linux `~/.local/share/sparkwright`)"


def _default(one: dataclasses.Field[Any]) -> str:
    if one.default is dataclasses.MISSING:
        return _HOME if one.type == "Path" else "none"
    if isinstance(one.default, int) and one.default >= 1024**2:
        return f"`{one.default // 1024**2} MB`"
    return "none" if one.default == () else f"`{one.default}`"


# --- errors ----------------------------------------------------------------------------------------------------------


def errors_page() -> str:
    """The tree of errors, and the exit code of each."""
    doc = inspect.getdoc(errors) or ""
    tree = doc[doc.index("SparkwrightError") :].partition("\n\n")[0]
    kinds = [
        kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.SparkwrightError)
    ]
    rows = [
        f"| `{kind.__name__}` | {session.exit_code(kind.__new__(kind))} | {_cell(_summary(kind))} |"
        for kind in sorted(kinds, key=lambda kind: [base.__name__ for base in reversed(kind.__mro__)])
        if kind is not errors.SparkwrightError
    ]
    table = "\n".join(["| error | exit code | |", "|---|---|---|", *rows])
    return f"""
# Errors and exit codes

Each error has a `message`, which says what happened, a `hint`, which says what to do, and an `answer`, which says how
far an ask or a run had come.

```text
{tree}
```

{table}

Beside these: 0 is done, {session.INTERRUPTED} interrupted, and {session.BUG} a bug in sparkwright itself, whose
traceback is kept in a file that the message names.
"""


# --- findings --------------------------------------------------------------------------------------------------------


def findings_page() -> str:
    """The findings by name, the rules, and the passes with before and after."""
    passes = [*rewrite.TEXT_PASSES, *rewrite.PASSES]
    by_name: dict[str, set[str]] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        for name, severity in _findings_in(path.read_text(encoding="utf-8")):
            by_name.setdefault(name, set()).add(severity)
    named = [f"| `{name}` | {', '.join(sorted(kinds))} |" for name, kinds in sorted(by_name.items())]
    judged = [
        f"### {_title(rule)}\n\n{_prose(inspect.getdoc(rule))}\n\nFindings: {_names_of(rule)}." for rule in rules.RULES
    ]
    rewritten = [f"### {_title(step)}\n\n{_doc(step)}" for step in dict.fromkeys(passes)]
    return "\n\n".join(
        [
            "# Findings, rules and passes",
            "A check brings a draft into house form with the passes, judges it with the rules, and builds its plan. "
            "What it has to say comes as findings. An error refuses the program; a warning or a note does not.",
            "## Findings by name",
            "\n".join(["| finding | severity |", "|---|---|", *named]),
            "`plan` comes from the plan check: an unknown column, a wrong type, a request that no program may make.",
            "## Rules, in order",
            *judged,
            "## Passes, in order",
            *rewritten,
        ]
    )


def _findings_in(source: str) -> Iterator[tuple[str, str]]:
    """The names of findings and their severities, as they are written out in the code."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (found := _finding(node)):
            yield found


def _finding(call: ast.Call) -> tuple[str, str] | None:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called not in ("finding", "Finding", "note") or not call.args:
        return None
    texts = [one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else None for one in call.args]
    given = [
        word.value.value for word in call.keywords if word.arg == "severity" and isinstance(word.value, ast.Constant)
    ]
    severity = next((text for text in (*texts[1:], *given) if text in ("error", "warning", "note")), None)
    usual = "note" if called == "note" else "error"
    return (texts[0], str(severity or usual)) if texts[0] and re.fullmatch(r"[a-z-]+", texts[0]) else None


def _names_of(rule: Callable[..., object]) -> str:
    names = dict.fromkeys(name for source in _reached(rule) for name, _ in _findings_in(source))
    return ", ".join(f"`{name}`" for name in names) or "none of its own"


def _reached(rule: Callable[..., object]) -> Iterator[str]:
    """The sources of a function and of the functions of its own module that it calls."""
    module = inspect.getmodule(rule)
    pending, seen = [rule], {rule.__name__}
    while pending:
        source = textwrap.dedent(inspect.getsource(pending.pop()))
        yield source
        for node in ast.walk(ast.parse(source)):
            other = getattr(module, node.id, None) if isinstance(node, ast.Name) else None
            if isinstance(other, FunctionType) and other.__module__ == rule.__module__ and other.__name__ not in seen:
                seen.add(other.__name__)
                pending.append(other)


def _title(step: Any) -> str:
    words = str(step.__name__).replace("_", " ")
    return words[0].upper() + words[1:]


# --- the Python API --------------------------------------------------------------------------------------------------


def _classes_of(module: ModuleType) -> tuple[str, ...]:
    own = (
        name for name, thing in vars(module).items() if inspect.isclass(thing) and thing.__module__ == module.__name__
    )
    return tuple(name for name in own if not name.startswith("_"))


API: tuple[tuple[ModuleType, str, tuple[str, ...]], ...] = (
    (workspace, "The front door", ("Workspace", "Checked")),
    (domain, "The nouns", _classes_of(domain)),
    (settings, "Settings", ("Settings", "load")),
    (encoding, "JSON", ("answer_json", "result_json", "rows_json", "finding_json", "error_json")),
    (history, "History", ("Record",)),
    (catalogs, "The seam of catalogs", ("Catalog", "open_catalog")),
    (generators, "The seam of generators", ("Generator", "open_generator")),
    (engines, "The seam of engines", ("Engine",)),
)


def api_page() -> str:
    """Public classes and functions, with their signatures and docstrings."""
    parts = ["# Python API", "How to use it: [python-api.md](../python-api.md). Errors: [errors.md](errors.md)."]
    for module, title, names in API:
        parts.append(f"## {title}: `{module.__name__}`")
        parts += [_entry(name, getattr(module, name)) for name in names if hasattr(module, name)]
    return "\n\n".join(parts)


def _entry(name: str, thing: Any) -> str:
    if not inspect.isclass(thing):
        return f"### {name}\n\n```text\n{name}{_signature(thing)}\n```\n\n{_doc(thing)}"
    members = [f"- `{one}{_signature(method)}`: {_summary(method)}" for one, method in _methods(thing)]
    return "\n\n".join(part for part in (f"### {name}", _doc(thing), _fields(thing), "\n".join(members)) if part)


def _fields(kind: Any) -> str:
    shown = [f"{name}: {text}" for name, text in inspect.get_annotations(kind).items() if not name.startswith("_")]
    shown += [f"{one.name} = {one.value!r}" for one in kind] if issubclass(kind, Enum) else []
    return "```text\n" + "\n".join(shown) + "\n```" if shown else ""


def _methods(kind: Any) -> Iterator[tuple[str, Any]]:
    for name, member in vars(kind).items():
        function = getattr(member, "__func__", member)
        if (
            not name.startswith("_")
            and name not in inspect.get_annotations(kind)
            and (inspect.isfunction(function) or isinstance(function, property))
        ):
            yield name, function


_PLAIN = (
    type(None),
    bool,
    int,
    float,
    str,
    tuple,
)  # defaults that are shown; others may be anything, such as os.environ


def _signature(function: Any) -> str:
    """The signature without the first argument of methods, its annotations without quotes."""
    if isinstance(function, property):
        return f" -> {inspect.get_annotations(function.fget).get('return', '')}" if function.fget else ""
    found = inspect.signature(function)
    parameters = [
        one if isinstance(one.default, _PLAIN) or one.default is one.empty else one.replace(default=Ellipsis)
        for one in found.parameters.values()
        if one.name not in ("self", "cls")
    ]
    text = str(found.replace(parameters=parameters)).replace("= Ellipsis", "= ...")
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)


def _summary(function: Any) -> str:
    return " ".join((inspect.getdoc(function) or "").split())


# --- text ------------------------------------------------------------------------------------------------------------


def _doc(thing: Any) -> str:
    """A docstring as Markdown: paragraphs on a line each, `Before::` blocks as code."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    blocks: list[str] = []
    for block in re.split(r"\n\s*\n", "\n".join(lines)):
        if block.startswith("    "):
            last_is_code = bool(blocks) and blocks[-1].endswith("```")
            code = textwrap.dedent(block)
            blocks[-1:] = (
                [blocks[-1][:-4] + f"\n\n{code}\n```"] if last_is_code else [*blocks[-1:], f"```text\n{code}\n```"]
            )
        else:
            blocks.append(_prose(re.sub(r"::$", ":", block)))
    return "\n\n".join(blocks)


def _prose(text: str | None) -> str:
    """Text in one line for each paragraph; `double backquotes` become single ones."""
    paragraphs = re.split(r"\n\s*\n", (text or "").replace("``", "`"))
    return "\n\n".join(_escaped(" ".join(paragraph.split())) for paragraph in paragraphs)


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;") if "`" not in text else text


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "settings.md": settings_page,
    "errors.md": errors_page,
    "findings.md": findings_page,
    "api.md": api_page,
}

if __name__ == "__main__":
    sys.exit(main())

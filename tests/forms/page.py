"""docs/readers.md: what each engine made of each form of table, from what was run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.forms.engines import KINDS
from tests.forms.form import ENGINES, Form

PAGE = Path(__file__).parents[2] / "docs" / "readers.md"
Cells = Mapping[tuple[str, str], str]

_HEAD = """\
<!-- Written by `make readers` from what the suite in tests/forms ran; do not edit. -->

# Forms of table, and who reads them

A table is read right, or refused by name with a reason and a way out. This page is what happened when each form of
table was read on each engine, over an emulated AWS: the catalog is Glue, the files lie on S3, the rows were known in
advance. *Read* means exactly these rows, of exactly the catalog's types.

- **Written by** says whose table it is: *really* where that writer made the table and its metadata in the test
  itself, else in the writer's shape, made by hand.
- **Sail** is the embedded engine, the one of this machine. **Spark 3.5** and **Spark 4.0** are JVM Sparks without
  Hive, to which the table is declared (as on Lambda).
- **Hive metastore** is JVM Spark 3.5 that asks a metastore which has exactly what Glue has (as on EMR). *Declared*
  says that Spark's own way through the metastore is not taken, and why: there it fails or gives other rows.
  *Declared, to be safe* says that it gave the right rows here, which nobody can know before.

"""


def cells_of(cells: Cells, form: Form) -> Iterator[str]:
    """The cells of one form, in the order of the engines; empty where it was not run."""
    yield from (cells.get((form.name, engine), "") for engine in ENGINES)


def page(groups: Mapping[str, tuple[Form, ...]], cells: Cells) -> str:
    """The page over all forms, by group."""
    forms = [form for group in groups.values() for form in group]
    real = sum(form.is_real for form in forms)
    counted = f"{len(forms)} forms, {real} of them really made by their writer.\n\n"
    return _HEAD + counted + "\n".join(_table(title, group, cells) for title, group in groups.items() if group)


def _table(title: str, forms: tuple[Form, ...], cells: Cells) -> str:
    heads = ["Form", "Written by", *(KINDS[engine].title for engine in ENGINES)]
    lines = [f"## {title}\n", _line(heads), _line(["---"] * len(heads))]
    for form in forms:
        writer = f"{form.writer}, really" if form.is_real else form.writer
        said = (_cell(text, form) for text in cells_of(cells, form))
        lines.append(_line([_escaped(form.title), _escaped(writer), *said]))
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str, form: Form) -> str:
    """A cell without what differs from run to run: names that writers draw, times and versions."""
    short = text.replace(f"forms.{form.name} cannot be read: ", "")
    short = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "…", short)
    return _escaped(re.sub(r"\b\d{13,}\b", "…", short))


def _escaped(text: str) -> str:
    """A text inside of a table of Markdown."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")

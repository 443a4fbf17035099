"""docs/readers.md is what was run. Stands behind test_forms.py, whose results it compares."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

from tests.forms.engines import missing
from tests.forms.form import ENGINES, Form
from tests.forms.harness import FORMS, GROUPS, World, group
from tests.forms.page import PAGE, page

REWRITE = bool(os.environ.get("REWRITE_READERS"))  # read here: no test sees settings of whoever runs it
FORM = Form("t", "a | b", "crawler", lambda lake: None)


def test_the_page_is_what_was_run(world: World) -> None:
    if why := next((why for engine in ENGINES if (why := missing(engine))), ""):
        pytest.skip(why)
    wanted = {(form.name, engine) for form in FORMS for engine in ENGINES}
    if left := wanted - world.cells.keys():
        pytest.skip(f"{len(left)} of {len(wanted)} cells of docs/readers.md were not run, or failed")
    made = page({GROUPS[name]: group(name) for name in GROUPS}, world.cells)
    if REWRITE:
        PAGE.write_text(made, "utf-8")
    assert PAGE.read_text("utf-8") == made, "run: make readers"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("refused: forms.t cannot be read: it is | odd", "refused: it is \\| odd"),
        ("refused: file 0f6cbb35-4bd2-4f2c-9a51-0f6cbb354bd2.parquet", "refused: file ….parquet"),
        ("declared: snapshot 1795418393000 of array<int>", "declared: snapshot … of array&lt;int>"),
    ],
)
def test_a_cell_stays_in_its_table_and_does_not_vary(text: str, shown: str) -> None:
    cells: Mapping[tuple[str, str], str] = {("t", "sail"): text}
    assert page({"Group": (FORM,)}, cells).splitlines()[-1] == f"| a \\| b | crawler | {shown} |  |  |  |"

"""The emulated AWS and the engines, once for all forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.forms.aws import emulated_aws
from tests.forms.engines import KINDS, missing
from tests.forms.harness import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANY = 100  # tests, of which all engines have some


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The emulated AWS with its engines; where many tests are run, the JVMs start beside the first of them."""
    with emulated_aws() as url:
        made = World(url, tmp_path_factory.mktemp("forms"))
        try:
            if sum("world" in getattr(item, "fixturenames", ()) for item in request.session.items) > MANY:
                for name in KINDS:
                    if not missing(name):
                        made.engine(name)
            yield made
        finally:
            made.close()
            _write_down(made, request.config.rootpath / "build" / "readers.json")


def _write_down(world: World, path: Path) -> None:
    """What was run, for whoever wants to look at it without running it again."""
    path.parent.mkdir(exist_ok=True)
    cells = {f"{form} on {engine}": cell for (form, engine), cell in sorted(world.cells.items())}
    path.write_text(json.dumps(cells, indent=1, ensure_ascii=False), "utf-8")

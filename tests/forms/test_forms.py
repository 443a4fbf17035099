"""Every form of table, on every engine: the rows that were known before, or the refusal that is expected."""

from __future__ import annotations

import pytest

from sparkwright.domain import Reader
from sparkwright.errors import CatalogError
from sparkwright.readers.metastore import hive_path
from tests.forms.engines import EngineFailed, missing
from tests.forms.form import Form
from tests.forms.harness import FORMS, World, expected_columns, expected_rows, same_type

DECLARED = ("sail", "spark35", "spark4")
EACH_FORM = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
ON_DECLARED = pytest.mark.parametrize("engine", DECLARED)


def test_the_forms_have_names_of_their_own() -> None:
    names = [form.name for form in FORMS]
    assert sorted(names) == sorted(set(names))


@EACH_FORM
@ON_DECLARED
def test_a_declared_table_has_the_rows_known_before(world: World, form: Form, engine: str) -> None:
    _skip_if_missing(engine)
    if (reason := _refusal(form, engine)) is not None:
        _is_refused(world, form, engine, reason)
        return
    found = world.readable(form, engine)
    got = world.declared(form, engine)
    assert got.rows == expected_rows(form)
    if not form.program:
        assert tuple((name, same_type(kind)) for name, kind in got.columns) == expected_columns(found)
    world.cells[form.name, engine] = "read"


@EACH_FORM
@ON_DECLARED
def test_the_explicit_read_gives_the_same_rows(world: World, form: Form, engine: str) -> None:
    _skip_if_missing(engine)
    if _refusal(form, engine) is not None or form.program:
        return
    if isinstance(world.readable(form, engine).found, Reader):
        assert world.explicit(form, engine).rows == expected_rows(form)


@EACH_FORM
def test_the_hive_path_reads_what_is_claimed_safe_and_nothing_else(world: World, form: Form) -> None:
    _skip_if_missing("metastore")
    if (refused := _refusal(form, "metastore")) is not None:
        _is_refused(world, form, "metastore", refused)
        return
    reason = hive_path(world.examined(form))
    assert bool(reason) == bool(form.metastore), f"hive_path says {reason!r}, the form {form.metastore!r}"
    if not reason:
        assert world.by_metastore(form).rows == expected_rows(form)
        world.cells[form.name, "metastore"] = "read"
        return
    how = "declared, to be safe" if _reads_right(world, form) else "declared"
    world.cells[form.name, "metastore"] = f"{how}: {reason}"


def _reads_right(world: World, form: Form) -> bool:
    """Whether the Hive path gives the right rows although nobody claims so."""
    try:
        return world.by_metastore(form).rows == expected_rows(form)
    except EngineFailed:
        return False


def _is_refused(world: World, form: Form, engine: str, reason: str) -> None:
    with pytest.raises(CatalogError) as caught:
        world.readable(form, engine)
    error = caught.value
    assert reason in f"{error.message} {error.hint}"
    assert error.hint, "a refusal says what can be done about it"
    world.cells[form.name, engine] = f"refused: {error.message}"


def _skip_if_missing(engine: str) -> None:
    if why := missing(engine):
        pytest.skip(why)


def _refusal(form: Form, engine: str) -> str | None:
    return form.refused.get(engine, form.refused.get("*"))

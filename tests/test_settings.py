"""Settings: where they come from, which wins, and what is refused."""

from pathlib import Path

import pytest

from sparkwright.errors import SettingsError
from sparkwright.settings import Settings, load


def _file(folder: Path, text: str) -> Path:
    path = folder / "sparkwright.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_anything_the_defaults_hold() -> None:
    assert load(environment={}) == Settings()


def test_a_file_overrides_defaults_variables_override_the_file_and_arguments_override_all(tmp_path: Path) -> None:
    path = _file(tmp_path, 'catalog = "files:a"\nrows = 5\nseconds = 7\n')
    environment = {"SPARKWRIGHT_ROWS": "6", "SPARKWRIGHT_SECONDS": "8", "PATH": "/bin"}
    chosen = load(path, environment, seconds=9, model=None)
    assert (chosen.catalog, chosen.rows, chosen.seconds, chosen.model) == ("files:a", 6, 9.0, "offline")


def test_a_variable_names_the_file(tmp_path: Path) -> None:
    path = _file(tmp_path, "rows = 5\n")
    assert load(environment={"SPARKWRIGHT_CONFIG": str(path)}).rows == 5


@pytest.mark.parametrize(
    ("text", "size"), [("500 MB", 500 * 1024**2), ("4GiB", 4 * 1024**3), ("1.5 kb", 1536), ("7", 7)]
)
def test_a_size_is_read_with_its_unit(text: str, size: int) -> None:
    assert load(environment={"SPARKWRIGHT_MEMORY": text}).memory == size


def test_an_unknown_setting_names_the_nearest_one() -> None:
    with pytest.raises(SettingsError, match="no setting 'catalogue'") as caught:
        load(environment={"SPARKWRIGHT_CATALOGUE": "sample"})
    assert caught.value.hint == "did you mean 'catalog'?"


@pytest.mark.parametrize(
    ("name", "value"),
    [("ROWS", "many"), ("ROWS", "0"), ("ROWS", "-1"), ("SECONDS", "soon"), ("MEMORY", "big"), ("CATALOG", " ")],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name.lower()):
        load(environment={f"SPARKWRIGHT_{name}": value})


def test_a_fraction_is_no_count(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"rows cannot be 1\.5"):
        load(_file(tmp_path, "rows = 1.5\n"), {})


def test_a_broken_file_and_a_missing_one_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(_file(tmp_path, "rows = \n"), {})
    with pytest.raises(SettingsError, match="there is no settings file"):
        load(tmp_path / "other.toml", {})

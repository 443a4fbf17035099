"""Settings: defaults, then `sparkwright.toml`, then SPARKWRIGHT_* variables, then arguments; read once."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from sparkwright.domain import MOST_ROWS
from sparkwright.errors import SettingsError

FILE = "sparkwright.toml"
PREFIX = "SPARKWRIGHT_"
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. Sizes are bytes (written as `500 MB`, `4 GiB` or a number; 1 MB = 1024 KB).

    catalog: where tables come from, such as `sample`, `files:./lake`, `glue:eu-west-1`; in full
        `glue[:REGION][/CATALOG][@PROFILE]`, CATALOG being the id of the account whose catalog it is.
    catalog_ttl: seconds for which what a catalog far away (Glue) said of its tables is kept.
    model: who writes programs, such as `offline`.
    on: where programs run, `auto` or a platform.
    rows, result_bytes: how much of a result is fetched.
    seconds, memory: what one run may use.
    locations: paths beside the tables' own that programs may read explicitly.
    home: where the sample lake, the caches and the history are kept.
    """

    catalog: str = "sample"
    catalog_ttl: float = 300.0
    model: str = "offline"
    on: str = "auto"
    rows: int = 1_000
    result_bytes: int = 64 * 1024**2
    seconds: float = 300.0
    memory: int = 4 * 1024**3
    locations: tuple[str, ...] = ()
    home: Path = field(default_factory=lambda: Path(platformdirs.user_data_dir("sparkwright")))

    def __post_init__(self) -> None:
        for name in ("rows", "result_bytes", "seconds", "memory"):
            if not getattr(self, name) > 0:
                raise SettingsError(f"{name} must be above 0, not {getattr(self, name)!r}")
        if not self.catalog_ttl >= 0:
            raise SettingsError(f"catalog_ttl must not be below 0, not {self.catalog_ttl!r}")
        if self.rows > MOST_ROWS:
            raise SettingsError(f"rows must be at most {MOST_ROWS}, not {self.rows!r}")

    @property
    def history_path(self) -> Path:
        """The history's database."""
        return self.home / "history.db"

    @property
    def cache_path(self) -> Path:
        """Where the sample lake is, and what catalogs would otherwise have to find out again."""
        return self.home / "cache"


def load(config: Path | None = None, environment: Mapping[str, str] = os.environ, **arguments: Any) -> Settings:
    """The settings that hold; `arguments` that are None were not given. Raises `SettingsError`."""
    settings = Settings()
    path = config or _path_in(environment)
    if path is not None:
        settings = _apply(settings, _read(path), f"{path}")
    variables = {name[len(PREFIX) :].lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
    variables.pop("config", None)
    settings = _apply(settings, variables, "the environment")
    return _apply(settings, {name: value for name, value in arguments.items() if value is not None}, "the arguments")


def _path_in(environment: Mapping[str, str]) -> Path | None:
    named = environment.get(PREFIX + "CONFIG")
    if named:
        return Path(named)
    here = Path(FILE)
    return here if here.is_file() else None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"there is no settings file {str(path)!r}", hint="check --config or SPARKWRIGHT_CONFIG"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"the settings file {str(path)!r} cannot be read: {error}") from error


def _apply(settings: Settings, values: Mapping[str, Any], where: str) -> Settings:
    known = {item.name for item in fields(Settings)}
    for name in values:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {nearest[0]!r}?" if nearest else f"the settings are {', '.join(sorted(known))}"
            raise SettingsError(f"{where} has no setting {name!r}", hint=hint)
    return replace(settings, **{name: _parsed(name, value, where) for name, value in values.items()})


def _parsed(name: str, value: Any, where: str) -> Any:
    try:
        return _PARSERS[name](value)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{where}: {name} cannot be {value!r}: {error}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("it must be text")
    return value.strip()


def _count(value: Any) -> int:
    number = int(str(value).replace("_", ""))
    if isinstance(value, float):
        raise ValueError("it must be a whole number")
    return number


def _size(value: Any) -> int:
    match = _SIZE.fullmatch(str(value).strip())
    if match is None:
        raise ValueError("write a size such as '500 MB' or '4 GiB'")
    return int(float(match[1]) * _UNITS[match[2].lower()])


def _paths(value: Any) -> tuple[str, ...]:
    items = value.split(os.pathsep) if isinstance(value, str) else list(value)
    return tuple(_text(item) for item in items)


_PARSERS: Mapping[str, Any] = {
    "catalog": _text,
    "catalog_ttl": float,
    "model": _text,
    "on": _text,
    "rows": _count,
    "result_bytes": _size,
    "seconds": float,
    "memory": _size,
    "locations": _paths,
    "home": lambda value: Path(value).expanduser(),
}

"""Keep small JSON objects on disk; a cache that cannot be read or written costs time, never an answer."""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


class DiskCache:
    """Objects by key in a folder, each in a file of its own; no folder, no cache."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, key: object) -> Any:
        """The object kept under the key, or None."""
        if self.folder is None:
            return None
        try:
            return json.loads(self._path(self.folder, key).read_bytes())
        except (OSError, ValueError):
            return None

    def put(self, key: object, value: Any) -> None:
        """Keep the object under the key; readers see all of it or nothing."""
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self.folder, delete=False, encoding="utf-8") as stream:
                json.dump(value, stream)
            Path(stream.name).replace(self._path(self.folder, key))
        except OSError as error:
            log.warning("cache=<%s>, error=<%s> | not kept", self.folder, error)

    @staticmethod
    def _path(folder: Path, key: object) -> Path:
        return folder / (hashlib.sha256(repr(key).encode()).hexdigest()[:32] + ".json")

"""What the suite leaves out is written down, and is a failure where all of it is wanted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SUITE = """
import pytest
def test_passes(): pass
@pytest.mark.parametrize("n", [1, 2])
def test_is_left_out(n): pytest.skip("there is no Java 17")
"""


@pytest.mark.parametrize(
    ("suite", "wanted", "code", "listed"),
    [
        (SUITE, "", 0, "    2 tests: there is no Java 17\n"),
        (SUITE, "1", 1, "    2 tests: there is no Java 17\n"),
        ("def test_passes(): pass\n", "1", 0, ""),
    ],
)
def test_what_is_skipped_is_listed(tmp_path: Path, suite: str, wanted: str, code: int, listed: str) -> None:
    (tmp_path / "test_suite.py").write_text(suite)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-c", "pytest.ini", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TEST_ALL": wanted},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert (tmp_path / "build" / "left-out.txt").read_text() == listed

"""The command line: translation only, no logic."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    from sparkwright.cli.commands import run

    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))

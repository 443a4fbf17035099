"""The command line: translation only, no logic."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code. To be told to end is to be interrupted: what runs is cancelled."""
    try:
        for name in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.default_int_handler)
        from sparkwright.cli.commands import run

        code = run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
    except OSError as error:
        sys.stderr.write(f"error the output cannot be written: {error.strerror}\n")
        os._exit(2)  # what is left in the buffer cannot be written either
    sys.exit(code)

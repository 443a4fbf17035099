"""Parse Python as the programs are: 3.9 and later, and without warnings about what a text says."""

from __future__ import annotations

import ast
import warnings


def parse(source: str) -> ast.Module:
    """Parse a program; raises what `ast.parse` raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source, feature_version=(3, 9))

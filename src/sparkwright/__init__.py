"""Ask a data lake a question in plain words; get PySpark that is right, and an answer that can be trusted."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sparkwright.workspace import Workspace

__version__ = "0.1.0"
__all__ = ["Workspace", "__version__"]


def __getattr__(name: str) -> Any:
    """Import the workspace when it is wanted, as it brings the engine's client with it."""
    if name == "Workspace":
        from sparkwright.workspace import Workspace

        return Workspace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""The offline generator: a deterministic semantic parser from questions to PySpark."""

from sparkwright.generators.offline.generator import OfflineGenerator

__all__ = ["OfflineGenerator"]

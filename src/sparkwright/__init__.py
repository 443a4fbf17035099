"""Ask a data lake a question in plain words; get PySpark that is right, and an answer that can be trusted."""

__version__ = "0.1.0"

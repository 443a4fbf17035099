"""Get the jars of a Maven file by the Ivy in PySpark, where there is no Maven: `python fetch.py FILE.xml FOLDER`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

_SPACE = "{http://maven.apache.org/POM/4.0.0}"


def coordinates(pom: Path) -> list[str]:
    """The dependencies as `group:artifact:version`."""
    found = ET.parse(pom).iter(f"{_SPACE}dependency")  # our own file
    return [
        ":".join(str(one.findtext(_SPACE + part)) for part in ("groupId", "artifactId", "version")) for one in found
    ]


def fetch(pom: Path, folder: Path) -> None:
    """Start a Spark that needs the jars, and keep those that it was told to get and no others."""
    from pyspark.sql import SparkSession

    wanted = coordinates(pom)
    with tempfile.TemporaryDirectory() as home:
        builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
        builder.config("spark.jars.ivy", home).config("spark.jars.packages", ",".join(wanted)).getOrCreate().stop()
        for jar in sorted((Path(home) / "jars").glob("*.jar")):
            if any(jar.name == "{}_{}-{}.jar".format(*one.split(":")) for one in wanted):
                shutil.copy(jar, folder)
    if len(list(folder.glob("*.jar"))) != len(wanted):
        sys.exit(f"not all of {wanted} could be got")


if __name__ == "__main__":
    fetch(Path(sys.argv[1]), Path(sys.argv[2]))

"""Bring a form into the emulated lake and read it as the program does: catalog, verdict, look, declaration, engine."""

from __future__ import annotations

import importlib
import importlib.util
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pytest

from sparkwright.aws import AwsSession, Stores
from sparkwright.catalogs.glue import GlueCatalog
from sparkwright.domain import Draft, Reader, Scan, Table, TableName, Unreadable
from sparkwright.engines.local import LocalEngine
from sparkwright.hive_types import spark_type
from sparkwright.platforms import SPARK35
from sparkwright.program import check
from sparkwright.readers.classify import classify
from sparkwright.readers.groups import by_storage
from sparkwright.readers.listing import check_places
from sparkwright.readers.look import look
from sparkwright.readers.projection import is_projected
from sparkwright.readers.reads import explicit_read, variable
from sparkwright.reading import Readable, Sources, readable
from tests.forms.aws import REGION, session
from tests.forms.engines import KINDS, EngineProcess
from tests.forms.form import BUCKET, DATABASE, NOW, Form, Lake
from tests.forms.writers import MAKE_DATABASE, Writers
from tests.spark.values import plain_rows

GROUPS = {
    "basic": "Parquet",
    "columnar": "Columns: Parquet, ORC, Avro",
    "text": "Text: CSV, JSON, patterns, XML",
    "lakes": "Lake formats",
    "partitions": "Partitions",
    "views": "Views and links",
}


def group(name: str) -> tuple[Form, ...]:
    """The forms of one module."""
    found: tuple[Form, ...] = importlib.import_module(f"tests.forms.{name}").FORMS
    return found


FORMS: tuple[Form, ...] = tuple(
    form for name in GROUPS if importlib.util.find_spec(f"tests.forms.{name}") for form in group(name)
)


@dataclass(frozen=True)
class Found:
    """What an engine gave: columns as pairs of name and type, rows as comparable texts."""

    columns: tuple[tuple[str, str], ...]
    rows: list[str]


@dataclass
class World:
    """The emulated AWS with everything that reads from it; engines start when they are needed first."""

    url: str
    home: Path
    brought: dict[str, BaseException | None] = field(default_factory=dict)
    running: dict[str, EngineProcess] = field(default_factory=dict)
    readables: dict[tuple[str, str], Readable] = field(default_factory=dict)
    cells: dict[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def session(self) -> AwsSession:
        """The program's own session."""
        return session(self.url)

    @cached_property
    def lake(self) -> Lake:
        """The lake, with its bucket and its database."""
        glue, s3 = self.session.client("glue"), self.session.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        glue.create_database(DatabaseInput={"Name": DATABASE})
        return Lake(glue, s3, Writers(self.url, glue, lambda: self.engine("metastore")))

    def engine(self, name: str) -> EngineProcess:
        """The engine of that name, started."""
        if name not in self.running:
            self.running[name] = EngineProcess(name, self.url, self.home / name)
            self.running[name].start()
        return self.running[name]

    @cached_property
    def checker(self) -> LocalEngine:
        """What plans a program, to know what it scans."""
        return LocalEngine()

    @cached_property
    def catalog(self) -> GlueCatalog:
        """The catalog over the emulated Glue."""
        return GlueCatalog(session=self.session)

    @cached_property
    def store(self) -> Stores:
        """The files of the emulated S3."""
        return Stores(self.session)

    @property
    def sources(self) -> Sources:
        """Where the program looks tables and files up; it is always noon of the same day."""
        return Sources(self.catalog, self.store, NOW)

    def bring(self, form: Form) -> TableName:
        """Make the form's table, once; where that failed, it fails again."""
        if form.name not in self.brought:
            try:
                form.make(self.lake)
                self.brought[form.name] = None
            except (Exception, pytest.skip.Exception) as error:
                self.brought[form.name] = error
        failure = self.brought[form.name]
        if isinstance(failure, pytest.skip.Exception):
            pytest.skip(str(failure))
        if failure is not None:
            raise AssertionError(f"the form {form.name!r} could not be made: {failure}") from failure
        return TableName(DATABASE, form.name)

    # --- reading -----------------------------------------------------------------------------------------------------

    def readable(self, form: Form, engine: str) -> Readable:
        """How the form's table is read on an engine; raises the refusal. Looked up once for all tests."""
        if (form.name, engine) not in self.readables:
            table = self.catalog.table(self.bring(form))
            found = readable(table, KINDS[engine].platform, self.sources, self._scans(form, table))
            self.readables[form.name, engine] = found
        return self.readables[form.name, engine]

    def _scans(self, form: Form, table: Table) -> tuple[Scan, ...]:
        if not form.program:
            return ()
        program, findings = check(Draft(form.program, "test"), [table], checker=self.checker)
        assert program is not None, findings
        return program.scans

    def declared(self, form: Form, engine: str) -> Found:
        """The rows by the table's declaration."""
        found = self.readable(form, engine)
        settings = {**KINDS[engine].platform.settings, **found.settings}
        return self._ask(form, engine, settings=settings, declarations=found.declarations)

    def explicit(self, form: Form, engine: str) -> Found:
        """The rows by the code that people get to paste."""
        found = self.readable(form, engine)
        reader = found.found
        assert isinstance(reader, Reader)
        settings = {**KINDS[engine].platform.settings, **found.settings}
        request = {"program": explicit_read(reader, KINDS[engine].platform.dialect), "result": variable(form.name)}
        return self._found(self.engine(engine).ask(op="rows", settings=settings, **request))

    def by_metastore(self, form: Form) -> Found:
        """The rows by Spark's Hive path: the metastore has what Glue has, for as long as it is read."""
        engine = self.engine("metastore")
        engine.ask(op="exec", script=MAKE_DATABASE)
        try:
            engine.ask(op="put_tables", tables=self._as_in_glue(form))
            return self._ask(form, "metastore", settings=SPARK35.settings)
        finally:
            engine.ask(op="take_tables", database=DATABASE)

    def _as_in_glue(self, form: Form) -> list[Any]:
        """The form's table in Glue's JSON with its partitions; of a view, the tables that its text names as well."""
        name = self.bring(form)
        glue = self.lake.glue
        tables = [glue.get_table(DatabaseName=name.database, Name=name.name)["Table"]]
        if text := tables[0].get("ViewExpandedText", tables[0].get("ViewOriginalText")):
            others = glue.get_paginator("get_tables").paginate(DatabaseName=name.database)
            tables += [one for page in others for one in page["TableList"] if f"{DATABASE}.{one['Name']}" in text]
        found = [{"table": table, "partitions": self._partitions_in_glue(table["Name"])} for table in tables]
        return cast(list[Any], json.loads(json.dumps(found, default=str)))  # without the times, which are no JSON

    def _partitions_in_glue(self, name: str) -> list[Any]:
        pages = self.lake.glue.get_paginator("get_partitions").paginate(DatabaseName=DATABASE, TableName=name)
        return [partition for page in pages for partition in page["Partitions"]]

    def _ask(self, form: Form, engine: str, **request: Any) -> Found:
        what = {"program": form.program} if form.program else {"table": f"{DATABASE}.{form.name}"}
        return self._found(self.engine(engine).ask(op="rows", **request, **what))

    def _found(self, answer: Any) -> Found:
        return Found(tuple((name, kind) for name, kind in answer["columns"]), answer["rows"])

    def examined(self, form: Form) -> Table:
        """The form's table with its partitions and what a look at its files says, whether it is then read or not."""
        table = self.catalog.table(self.bring(form))
        if table.partition_keys and not is_projected(table):
            table = replace(table, partitions=self.catalog.partitions(table, ()))
        reader = classify(table, SPARK35)
        if not isinstance(reader, Reader):
            return table
        if isinstance(groups := by_storage(table), Unreadable) or any(one.storage != table.storage for one in groups):
            return table
        nested = check_places(table, reader, self.store, ()).is_nested
        return replace(table, evidence=replace(look(table, reader, self.store), nested=nested))

    def close(self) -> None:
        """End what was started."""
        for engine in self.running.values():
            engine.stop()
        if "checker" in self.__dict__:
            self.checker.close()


def expected_rows(form: Form) -> list[str]:
    """The rows known in advance, as an engine's are given."""
    return plain_rows(form.rows)


def expected_columns(found: Readable) -> tuple[tuple[str, str], ...]:
    """The catalog's names and types: those of its reader, or its view."""
    return tuple((cast.name, same_type(spark_type(cast.type))) for cast in found.found.casts)


def same_type(kind: str) -> str:
    """A type as all engines would write it."""
    return kind.lower().replace("`", "").replace(" ", "")

"""The AWS Glue Data Catalog: its tables in full, kept for a while, and the partitions that a program needs."""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from sparkwright.aws import AwsSession, is_code
from sparkwright.catalogs.glue_expressions import expression
from sparkwright.catalogs.glue_pages import Asked, GluePages
from sparkwright.catalogs.glue_tables import names_its_columns, to_partition, to_table
from sparkwright.catalogs.search import stems, table_not_found, weights
from sparkwright.catalogs.table_cache import Kept, TableCache
from sparkwright.domain import Partition, Scan, Table, TableName
from sparkwright.errors import CatalogError, PermissionRefused, SettingsError, TableNotFound, UnreadableTable
from sparkwright.spark_tables import catalog_keys

log = logging.getLogger(__name__)

_SPEC = re.compile(r"(?P<region>[a-z0-9-]*)(?:/(?P<catalog>[^@\s]+))?(?:@(?P<profile>\S+))?")
_THREADS = 8
_BROKEN = ("FederationSourceException", "GlueEncryptionException", "ResourceNotReadyException")
"""What Glue answers where a database leads to a place that is out of order: the others can still be searched."""


class GlueCatalog:
    """The tables of one account in one region.

    `client` is a Glue client of boto3 (by default the session's), `cache` a folder for what was fetched (None: kept in
    memory), `ttl` the seconds for which that holds; `refresh()` forgets it at once. A link to a table elsewhere is
    followed: it has the columns of the table that it leads to, and its name in `target`.
    """

    def __init__(
        self,
        spec: str = "glue",
        *,
        session: AwsSession | None = None,
        client: Any | None = None,
        cache: Path | None = None,
        ttl: float = 300.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.spec = spec
        region, self.catalog_id, profile = parse_spec(spec)
        self.session = session or (AwsSession(region, profile) if client is None else None)
        self._client = client
        self._pages = GluePages(self._glue, self.catalog_id)
        self._folder, self._ttl, self._clock = cache, ttl, clock
        self._lock = threading.Lock()
        self._opened: TableCache | None = None
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    # --- the catalog -------------------------------------------------------------------------------------------------

    def databases(self) -> tuple[str, ...]:
        """Names of all databases, sorted."""
        with self._locked(""):
            names = self._cache.databases()
            if names is None:
                found = {str(raw["Name"]) for raw in self._pages.databases()}
                names = tuple(found)
                self._cache.put_databases(names)
        return tuple(sorted(names))

    def tables(self, database: str) -> tuple[TableName, ...]:
        """Names of all tables of a database, sorted; what is fetched for it is kept, so each may be described next."""
        with self._locked(database):
            found = self._cache.listing(database)
            return self._listed(database) if found is None else found

    def table(self, name: TableName) -> Table:
        """One table in full; raises `TableNotFound` with the nearest names."""
        raw = self._cache.table(name)
        if raw is None:
            database, raw = self._fetched(name)
            self._cache.put_table(database, _kept(database, raw))
        else:
            database = self._spelled(name.database)
        return self._followed(to_table(database, raw), raw)

    def partitions(self, table: Table, scans: Sequence[Scan]) -> tuple[Partition, ...]:
        """The registered partitions, at least all that some scan leaves: Glue itself leaves the others out."""
        if not table.partition_keys:
            return ()
        own = [scan for scan in scans if str(scan.table).lower() == str(table.name).lower()]
        asked = Asked(
            table.target or table.name,
            table.catalog_id if table.target else "",
            expression(catalog_keys(table), own),
            with_columns=not names_its_columns(table.storage, table.parameters),
        )
        found = self._partitions(table, asked)
        if not asked.with_columns and any(one.storage is not None for one in found):
            found = self._partitions(table, replace(asked, with_columns=True))
        return found

    def search(self, words: str, limit: int = 20) -> tuple[TableName, ...]:
        """The tables whose names, comments and columns fit the words best, best first."""
        wanted = frozenset(stems(words))
        while True:
            losses = self._cache.losses
            self.load()
            found = self._cache.best(wanted, limit)
            if self._cache.losses == losses:
                return found

    def profile(self, table: Table) -> Table:
        """The table as it came: to look at its values costs money."""
        return table

    def load(self) -> None:
        """Fetch the tables of all databases that are not at hand, side by side; those closed to us are left out.

        Raises what AWS said where all of them are closed.
        """
        databases = self.databases()
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="glue") as pool:
            refused = [error for error in pool.map(self._refusal, databases) if error is not None]
        if refused and len(refused) == len(databases):
            raise refused[0]

    def refresh(self) -> None:
        """Forget what was fetched; the next question is answered by AWS."""
        self._cache.forget()

    # --- fetching ----------------------------------------------------------------------------------------------------

    def _glue(self) -> Any:
        if self._client is None:
            assert self.session is not None
            return self.session.client("glue")
        return self._client

    @property
    def _cache(self) -> TableCache:
        """The cache of this account as this principal sees it; opened when it is first wanted."""
        with self._lock:
            if self._opened is None:
                path = self._folder / f"glue-{self._key()}.db" if self._folder is not None else None
                self._opened = TableCache(path, self._ttl, self._clock)
            return self._opened

    def _key(self) -> str:
        """Who asks, and where: an access key belongs to one principal of one account."""
        who: tuple[str, ...] = ()
        if self._client is not None:
            meta = getattr(self._client, "meta", None)
            who = (str(getattr(meta, "region_name", "")), str(getattr(meta, "endpoint_url", "")))
        elif self.session is not None:
            who = self.session.identity()
        return hashlib.sha256(repr((self.spec, who)).encode()).hexdigest()[:32]

    def _locked(self, database: str) -> threading.Lock:
        """One lock for each database, so that two threads never fetch the same pages."""
        with self._lock:
            return self._locks[database.lower()]

    def _spelled(self, database: str) -> str:
        """A database's own name; Glue keeps names in lower case."""
        known = self._cache.databases() or ()
        return next((name for name in known if name.lower() == database.lower()), database.lower())

    def _listed(self, database: str) -> tuple[TableName, ...]:
        for spelled in dict.fromkeys((self._spelled(database), database)):
            try:
                found = {str(raw.get("Name")): raw for raw in self._pages.tables(spelled) if raw.get("Name")}
            except TableNotFound:
                continue
            self._cache.put_listing(spelled, [_kept(spelled, raw) for raw in found.values()])
            return tuple(TableName(spelled, name) for name in sorted(found))
        raise self._no_database(database)

    def _no_database(self, database: str) -> TableNotFound:
        try:
            names = self.databases()
        except CatalogError:
            names = ()
        where = f" in {self._own_region()}" if self._own_region() else ""
        hint = f"there are {', '.join(names[:10])}" if names else f"there are no databases at all{where}"
        return TableNotFound(f"there is no database {database!r}", hint=hint)

    def _fetched(self, name: TableName) -> tuple[str, dict[str, Any]]:
        """The name of the database and a table of it, by one call where it is there under that name."""
        lower = TableName(self._spelled(name.database), name.name.lower())
        for spelled in dict.fromkeys((lower, name)):
            try:
                return spelled.database, self._pages.table(spelled)
            except TableNotFound:
                continue
        try:
            names = self.tables(name.database)
        except PermissionRefused as error:
            raise TableNotFound(
                f"there is no table {str(name)!r}", hint=f"{error.hint} to see its neighbours"
            ) from error
        raise table_not_found(name, names)

    def _followed(self, table: Table, raw: Mapping[str, Any]) -> Table:
        """A link's table as it is where the link leads, under the link's own name."""
        if table.target is None or table.columns:
            return table
        region = raw["TargetTable"].get("Region")
        if region and region != self._own_region():
            raise UnreadableTable(
                f"table {str(table.name)!r} is a link to {str(table.target)!r} in the region {region!r}",
                hint=f"open that catalog, as glue:{region}/{table.catalog_id}",
            )
        try:
            there = to_table(table.target.database, self._pages.table(table.target, table.catalog_id))
        except TableNotFound as error:
            raise UnreadableTable(
                f"table {str(table.name)!r} is a link to {str(table.target)!r}, which is not there",
                hint="remove the link, or share that table again",
            ) from error
        return replace(
            there,
            name=table.name,
            target=table.target,
            catalog_id=table.catalog_id,
            comment=table.comment or there.comment,
        )

    def _own_region(self) -> str:
        return str(getattr(getattr(self._glue(), "meta", None), "region_name", ""))

    def _partitions(self, table: Table, asked: Asked) -> tuple[Partition, ...]:
        return tuple(to_partition(table, raw) for raw in self._pages.partitions(asked))

    def _refusal(self, database: str) -> CatalogError | None:
        """Why a database's tables cannot be listed, or None, and then they are at hand."""
        try:
            self.tables(database)
        except TableNotFound:
            log.warning("database=<%s> | gone meanwhile", database)
        except CatalogError as error:
            if not isinstance(error, PermissionRefused) and not is_code(error, *_BROKEN):
                raise
            log.warning("database=<%s> | left out: %s", database, error.message)
            return error
        return None


def parse_spec(spec: str) -> tuple[str, str, str]:
    """Region, catalog id and profile of `glue[:REGION][/CATALOG][@PROFILE]`; empty where the environment says them.

    `glue:eu-west-1`, `glue:eu-west-1/123456789012@analytics`, `glue:@analytics`; the catalog is another account's id,
    or the id of a catalog within one (`123456789012:s3tablescatalog/bucket`).
    """
    kind, _, rest = spec.partition(":")
    found = _SPEC.fullmatch(rest)
    if kind != "glue" or found is None:
        raise SettingsError(
            f"{spec!r} is not a Glue catalog",
            hint="write glue:REGION, glue:REGION/ACCOUNT or glue:REGION@PROFILE, for example glue:eu-west-1",
        )
    return found["region"], found["catalog"] or "", found["profile"] or ""


def _kept(database: str, raw: Mapping[str, Any]) -> Kept:
    """A table for the cache; one that cannot be read is found by its name."""
    name = str(raw.get("Name"))
    try:
        table = to_table(database, raw)
    except UnreadableTable as error:
        log.info("table=<%s.%s> | cannot be read: %s", database, name, error.message)
        table = Table(TableName(database, name), (), "")
    return Kept(name, raw, weights(table))

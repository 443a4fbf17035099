"""Lake formats: Delta, its symlink manifests, Iceberg and Hudi, written by their real writers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa

from tests.forms.form import BUCKET, DATABASE, Form, Lake, columns

# --- shapes of metadata ----------------------------------------------------------------------------------------------

SEQUENCE_FILES = {
    "InputFormat": "org.apache.hadoop.mapred.SequenceFileInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat",
}
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
SYMLINK = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": PARQUET,
        "Parameters": {"serialization.format": "1"},
    },
}
HUDI = {
    "InputFormat": "org.apache.hudi.hadoop.HoodieParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
}


def _crawled_delta(lake: Lake, name: str, **types: str) -> None:
    """A native Delta table as a crawler describes it; keys of partitions are columns there."""
    place = lake.uri(name)
    serde = {"SerializationLibrary": LAZY, "Parameters": {"path": f"{place}/", "serialization.format": "1"}}
    lake.table(
        {
            "Name": name,
            "Owner": "owner",
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {
                "Columns": columns(**types),
                "Location": f"{place}/",
                **SEQUENCE_FILES,
                "SerdeInfo": serde,
                "Parameters": {"EXTERNAL": "true", "UPDATED_BY_CRAWLER": "forms"},
            },
            "Parameters": {
                "EXTERNAL": "true",
                "UPDATED_BY_CRAWLER": "forms",
                "classification": "delta",
                "delta.lastUpdateVersion": "1",
                "delta.minReaderVersion": "1",
                "spark.sql.partitionProvider": "catalog",
                "spark.sql.sources.provider": "delta",
                "table_type": "delta",
            },
        }
    )


def _athena_delta(lake: Lake, name: str) -> None:
    """A native Delta table of Athena, whose columns nobody knows but the log."""
    lake.table(
        {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {
                "Columns": columns(col="array<string>"),
                "Location": lake.uri(name),
                **SEQUENCE_FILES,
                "SerdeInfo": {"SerializationLibrary": LAZY, "Parameters": {"path": lake.uri(name)}},
            },
            "Parameters": {"EXTERNAL": "TRUE", "table_type": "DELTA", "spark.sql.sources.provider": "delta"},
        }
    )


def _athena_iceberg(lake: Lake, name: str, metadata: str, **types: str) -> None:
    """An Iceberg table as Athena describes it: no formats, a metadata file."""
    lake.table(
        {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {
                "Columns": columns(**types),
                "Location": metadata.partition("/metadata/")[0],
                "Compressed": False,
                "NumberOfBuckets": 0,
                "SortColumns": [],
                "StoredAsSubDirectories": False,
            },
            "Parameters": {"table_type": "ICEBERG", "metadata_location": metadata},
        }
    )


def _symlinked(lake: Lake, name: str, *, partitioned: bool) -> None:
    """A table over manifests, as the crawler makes it for `Create symlink tables`."""
    made: dict[str, Any] = {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": {
            "Columns": columns(id="bigint"),
            "Location": lake.uri(f"{name}/_symlink_format_manifest/"),
            **SYMLINK,
        },
        "Parameters": {"classification": "parquet", "UPDATED_BY_CRAWLER": "forms"},
    }
    if partitioned:
        made["PartitionKeys"] = columns(d="string")
    lake.table(made)


# --- Delta -----------------------------------------------------------------------------------------------------------

_DELTALAKE = f"""
import os, deltalake, pyarrow as pa
options = {{"AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"], "AWS_ALLOW_HTTP": "true",
           "AWS_S3_ALLOW_UNSAFE_RENAME": "true"}}
def place(name): return f"s3://{BUCKET}/{{name}}"
def write(name, mode="append", keys=None, **columns):
    deltalake.write_deltalake(place(name), pa.table(columns), mode=mode, partition_by=keys, storage_options=options)
def table(name): return deltalake.DeltaTable(place(name), storage_options=options)
"""


def _delta_crawled(lake: Lake) -> None:
    script = """
write("delta_crawled", id=[1, 2, 3], Label=["a", "b", None], d=["x", "y", "y"], keys=["d"])
table("delta_crawled").delete("id = 2")
"""
    lake.writer("own", _DELTALAKE + script)
    _crawled_delta(lake, "delta_crawled", id="bigint", label="string", d="string")


def _delta_athena(lake: Lake) -> None:
    script = """
write("delta_athena", id=[1, 2], d=["a b", "50%/x=y"], keys=["d"])
for number in range(3, 6):
    write("delta_athena", id=[number], d=[None if number == 5 else "a b"])
table("delta_athena").create_checkpoint()
write("delta_athena", id=[6], d=["z"])
"""
    lake.writer("own", _DELTALAKE + script)
    _athena_delta(lake, "delta_athena")


def _delta_symlink(lake: Lake) -> None:
    script = """
write("delta_symlink", id=[1, 2], d=["a", "b"], keys=["d"])
write("delta_symlink", id=[3], d=["a"])
for file in table("delta_symlink").file_uris(): print(file)
"""
    for number, file in enumerate(lake.writer("own", _DELTALAKE + script).split()):
        # The manifests are stale: they lack the newest file, and the log does not.
        if number:
            folder = file.rsplit("/", 2)[1]
            lake.put(f"delta_symlink/_symlink_format_manifest/{folder}/manifest", f"{file}\n")
    _symlinked(lake, "delta_symlink", partitioned=True)


def _symlink_files(lake: Lake) -> None:
    for folder, name, numbers in (("d=a", "one", [1, 2]), ("d=a", "two", [3]), ("other", "three", [4])):
        lake.put(f"elsewhere/{folder}/{name}.parquet", pa.table({"id": pa.array(numbers, pa.int64())}))
    lake.put("elsewhere/d=a/not_listed.parquet", pa.table({"id": pa.array([99], pa.int64())}))
    manifest = "symlink_files/_symlink_format_manifest"
    files = [lake.uri(f"elsewhere/d=a/{name}.parquet") for name in ("one", "two")]
    lake.put(f"{manifest}/d=a/manifest", "\n".join(files) + "\n")
    lake.put(f"{manifest}/d=b%20c/manifest", lake.uri("elsewhere/other/three.parquet"))
    _symlinked(lake, "symlink_files", partitioned=True)


def _stale_crawl(lake: Lake) -> None:
    lake.writer("own", _DELTALAKE + 'write("delta_lost_column", id=[1])')
    _crawled_delta(lake, "delta_lost_column", id="bigint", gone="string")


_PLACEHOLDER = f"""
spark.sql("CREATE TABLE {DATABASE}.delta_placeholder (Id INT, s STRUCT<aB: INT>) USING delta")
spark.sql("INSERT INTO {DATABASE}.delta_placeholder VALUES (1, named_struct('aB', 7)), (2, NULL)")
spark.sql("INSERT OVERWRITE {DATABASE}.delta_placeholder VALUES (3, named_struct('aB', 8))")
"""
_MAPPED = f"""
t = "{DATABASE}.delta_mapped"
spark.sql(f"CREATE TABLE {{t}} (id INT, v STRING, old INT) USING delta LOCATION 's3://{BUCKET}/delta_mapped' "
          "TBLPROPERTIES ('delta.columnMapping.mode'='name')")
spark.sql(f"INSERT INTO {{t}} VALUES (1, 'a', 9), (2, 'b', 9)")
spark.sql(f"ALTER TABLE {{t}} RENAME COLUMN v TO `a label`")
spark.sql(f"ALTER TABLE {{t}} DROP COLUMN old")
spark.sql(f"INSERT INTO {{t}} VALUES (3, 'c')")
"""
_VECTORS = f"""
t = "{DATABASE}.delta_vectors"
spark.sql(f"CREATE TABLE {{t}} (id BIGINT, v STRING) USING delta LOCATION 's3://{BUCKET}/delta_vectors' "
          "TBLPROPERTIES ('delta.enableDeletionVectors'='true')")
spark.sql(f"INSERT INTO {{t}} SELECT id, concat('v', id) FROM range(0, 6, 1, 1)")
spark.sql(f"DELETE FROM {{t}} WHERE id IN (0, 2, 4)")
assert spark.sql(f"DESCRIBE HISTORY {{t}}").head().operationMetrics["numDeletionVectorsAdded"] == "1"
"""

# --- Iceberg ---------------------------------------------------------------------------------------------------------

_PYICEBERG = f"""
import os, pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.types import IntegerType
url, keys = os.environ["AWS_ENDPOINT_URL"], {{"access-key-id": "testing", "secret-access-key": "testing"}}
said = {{f"{{part}}.{{key}}": value for part in ("s3", "glue") for key, value in keys.items()}}
catalog = load_catalog("forms", type="glue", **{{"glue.endpoint": url, "s3.endpoint": url, "s3.region": "eu-west-1",
                       "glue.region": "eu-west-1", **said}})
def rows(ids, **more): return pa.table({{"id": pa.array(ids, pa.int64()), **more}})
def make(name, first):
    return catalog.create_table(f"{DATABASE}.{{name}}", schema=first.schema, location=f"s3://{BUCKET}/{{name}}")
"""

_EVOLVED = """
t = make("iceberg_evolved", rows([1], label=["a"]))
t.append(rows([1, 2, 3], label=["a", "b", "c"]))
t.delete("id = 2")
with t.update_schema() as change:
    change.rename_column("label", "name")
    change.add_column("extra", IntegerType())
t.append(pa.table({"id": pa.array([4], pa.int64()), "name": ["d"], "extra": pa.array([7], pa.int32())}))
"""
_RENAMED = """
t = make("iceberg_renamed", rows([1], label=["a"], gone=["x"]))
t.append(rows([1, 2], label=["a", None], gone=["x", "y"]))
with t.update_schema() as change:
    change.rename_column("label", "name")
    change.add_column("extra", IntegerType())
    change.delete_column("gone")
"""
_EMPTY = 'make("iceberg_empty", rows([1], label=["a"]))'
_STALE = """
t = make("iceberg_stale", rows([1]))
t.append(rows([1]))
print(t.metadata_location)
t.append(rows([2]))
"""


def _stale(lake: Lake) -> None:
    """The catalog points to a metadata file that is not the newest, as after a restore or a register_table."""
    old = lake.writer("own", _PYICEBERG + _STALE).split()[-1]
    lake.glue.delete_table(DatabaseName=DATABASE, Name="iceberg_stale")
    _athena_iceberg(lake, "iceberg_stale", old, id="bigint")


def _spark_iceberg(name: str, statements: tuple[str, ...], made: str, **types: str) -> Callable[[Lake], None]:
    """A table that Spark writes (`@` is its name), described as Athena does."""
    script = f"""
for key, value in {{"": "org.apache.iceberg.spark.SparkCatalog", ".type": "hadoop",
                    ".warehouse": "s3://{BUCKET}/iceberg"}}.items():
    spark.conf.set("spark.sql.catalog.ice" + key, value)
spark.sql("CREATE TABLE ice.db.{name} {made}")
for one in {statements!r}:
    spark.sql(one.replace("@", "ice.db.{name}"))
print(spark.sql("SELECT file FROM ice.db.{name}.metadata_log_entries ORDER BY timestamp DESC").head()[0])
"""

    def make(lake: Lake) -> None:
        _athena_iceberg(lake, name, lake.writer("spark35", script).split()[-1], **types)

    return make


_POSITIONS = _spark_iceberg(
    "iceberg_positions",
    (
        "INSERT INTO @ SELECT /*+ COALESCE(1) */ * FROM VALUES (1, 'a'), (2, 'b'), (3, 'c')",
        "DELETE FROM @ WHERE id = 2",
        "UPDATE @ SET v = 'C' WHERE id = 3",
    ),
    "(id INT, v STRING) USING iceberg TBLPROPERTIES ('write.delete.mode'='merge-on-read', "
    "'write.update.mode'='merge-on-read')",
    id="int",
    v="string",
)
_RESPECCED = _spark_iceberg(
    "iceberg_respecced",
    (
        "INSERT INTO @ VALUES (1, 'a', DATE'2024-01-01')",
        "ALTER TABLE @ REPLACE PARTITION FIELD v WITH days(d)",
        "INSERT INTO @ VALUES (2, 'b', DATE'2024-01-02')",
        "ALTER TABLE @ DROP PARTITION FIELD d_day",
        "INSERT INTO @ VALUES (3, 'a', NULL)",
    ),
    "(id INT, v STRING, d DATE) USING iceberg PARTITIONED BY (v)",
    id="int",
    v="string",
    d="date",
)
_ORC = _spark_iceberg(
    "iceberg_orc",
    ("INSERT INTO @ VALUES (1, 'a')", "INSERT INTO @ VALUES (2, NULL)"),
    "(id INT, v STRING) USING iceberg TBLPROPERTIES ('write.format.default'='orc')",
    id="int",
    v="string",
)
_VERSION3 = _spark_iceberg(
    "iceberg_version3",
    ("INSERT INTO @ SELECT /*+ COALESCE(1) */ * FROM VALUES (1, 'a'), (2, 'b')", "DELETE FROM @ WHERE id = 2"),
    "(id INT, v STRING) USING iceberg TBLPROPERTIES ('format-version'='3', 'write.delete.mode'='merge-on-read')",
    id="int",
    v="string",
)

# --- Hudi ------------------------------------------------------------------------------------------------------------

_HUDI = f"""
options = {{
    "hoodie.table.name": "hudi_cow", "hoodie.datasource.write.recordkey.field": "id",
    "hoodie.datasource.write.precombine.field": "ts", "hoodie.datasource.write.partitionpath.field": "p",
    "hoodie.datasource.write.hive_style_partitioning": "true", "hoodie.metadata.enable": "false",
    "hoodie.insert.shuffle.parallelism": "1", "hoodie.upsert.shuffle.parallelism": "1",
}}
def write(rows, **more):
    frame = spark.createDataFrame(rows, "id int, v string, ts bigint, p string")
    frame.write.format("hudi").options(**options).mode("append").save("s3://{BUCKET}/hudi_cow")
write([(1, "a", 1, "x"), (2, "b", 1, "y")])
write([(2, "B", 2, "y")])
"""


def _hudi_cow(lake: Lake) -> None:
    lake.writer("spark35", _HUDI)
    lake.table(
        {
            "Name": "hudi_cow",
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {
                "Columns": columns(id="int", v="string", ts="bigint"),
                "Location": lake.uri("hudi_cow"),
                **HUDI,
                "SerdeInfo": {
                    "SerializationLibrary": PARQUET,
                    "Parameters": {"hoodie.query.as.ro.table": "false", "path": lake.uri("hudi_cow")},
                },
            },
            "PartitionKeys": columns(p="string"),
            "Parameters": {"EXTERNAL": "TRUE", "last_commit_time_sync": "20240101000000000"},
        }
    )


# --- the forms -------------------------------------------------------------------------------------------------------


def _own(script: str) -> Callable[[Lake], None]:
    return lambda lake: _run(lake, "own", script)


def _spark(script: str) -> Callable[[Lake], None]:
    return lambda lake: _run(lake, "spark35", script)


def _run(lake: Lake, writer: str, script: str) -> None:
    lake.writer(writer, script)


_NEEDS = "the metastore has no reader of lake formats by itself"

FORMS: tuple[Form, ...] = (
    Form(
        "delta_crawled",
        "Delta, partitioned, after a delete; the crawler's native table",
        "crawler",
        _delta_crawled,
        rows=((1, "a", "x"), (3, None, "y")),
        metastore=_NEEDS,
    ),
    Form(
        "delta_athena",
        "Delta with a checkpoint; columns that only the log has, odd values of partitions",
        "Athena",
        _delta_athena,
        rows=((1, "a b"), (2, "50%/x=y"), (3, "a b"), (4, "a b"), (5, None), (6, "z")),
        metastore=_NEEDS,
    ),
    Form(
        "delta_placeholder",
        "Delta as a managed table of Spark: placeholders in the catalog",
        "Spark 3.5",
        _spark(_PLACEHOLDER),
        rows=((3, {"aB": 8}),),
        metastore=_NEEDS,
        is_real=True,
    ),
    Form(
        "delta_mapped",
        "Delta with mapped columns: one renamed, one dropped",
        "Spark 3.5",
        _spark(_MAPPED),
        rows=((1, "a"), (2, "b"), (3, "c")),
        metastore=_NEEDS,
        is_real=True,
    ),
    Form(
        "delta_vectors",
        "Delta with deletion vectors",
        "Spark 3.5",
        _spark(_VECTORS),
        rows=((1, "v1"), (3, "v3"), (5, "v5")),
        metastore=_NEEDS,
        is_real=True,
    ),
    Form(
        "delta_lost_column",
        "Delta whose catalog has a column that the table has not",
        "crawler",
        _stale_crawl,
        refused={"*": "the catalog has columns that the table itself has not: 'gone'"},
    ),
    Form(
        "delta_symlink",
        "a stale symlink manifest below a Delta table",
        "crawler",
        _delta_symlink,
        rows=((1, "a"), (2, "b"), (3, "a")),
        metastore=_NEEDS,
    ),
    Form(
        "symlink_files",
        "symlink manifests without a Delta log: the files that they list",
        "crawler",
        _symlink_files,
        rows=((1, "a"), (2, "a"), (3, "a"), (4, "b c")),
        metastore=_NEEDS,
    ),
    Form(
        "iceberg_evolved",
        "Iceberg after a delete, a renamed column and a new one",
        "pyiceberg",
        _own(_PYICEBERG + _EVOLVED),
        rows=((1, "a", None), (3, "c", None), (4, "d", 7)),
        metastore=_NEEDS,
        is_real=True,
    ),
    Form(
        "iceberg_renamed",
        "Iceberg whose columns were changed after its newest snapshot",
        "pyiceberg",
        _own(_PYICEBERG + _RENAMED),
        rows=((1, "a", None), (2, None, None)),
        metastore=_NEEDS,
        is_real=True,
    ),
    Form(
        "iceberg_empty",
        "Iceberg that nothing was written to",
        "pyiceberg",
        _own(_PYICEBERG + _EMPTY),
        metastore=_NEEDS,
        is_real=True,
    ),
    Form(
        "iceberg_stale",
        "Iceberg whose catalog names an older metadata file than the newest",
        "Athena",
        _stale,
        rows=((1,),),
        metastore=_NEEDS,
    ),
    Form(
        "iceberg_positions",
        "Iceberg with position deletes (merge on read)",
        "Athena",
        _POSITIONS,
        rows=((1, "a"), (3, "C")),
        metastore=_NEEDS,
    ),
    Form(
        "iceberg_respecced",
        "Iceberg whose partitioning was changed twice",
        "Athena",
        _RESPECCED,
        rows=((1, "a", date(2024, 1, 1)), (2, "b", date(2024, 1, 2)), (3, "a", None)),
        metastore=_NEEDS,
    ),
    Form(
        "iceberg_version3",
        "Iceberg's version 3 with deletion vectors",
        "Athena",
        _VERSION3,
        rows=((1, "a"),),
        metastore=_NEEDS,
    ),
    Form(
        "iceberg_orc",
        "Iceberg with ORC files",
        "Athena",
        _ORC,
        rows=((1, "a"), (2, None)),
        refused={"sail": "iceberg orc files"},
        metastore=_NEEDS,
    ),
    Form(
        "hudi_cow",
        "Hudi, copy on write, after an update",
        "Hudi",
        _hudi_cow,
        rows=((1, "a", 1, "x"), (2, "B", 2, "y")),
        refused={"sail": "does not read hudi", "spark4": "does not read hudi"},
        metastore=_NEEDS,
    ),
)

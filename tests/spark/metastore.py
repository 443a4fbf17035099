"""Tables of Glue in the Hive metastore of a JVM Spark, one to one: put in and taken out by the metastore's own store.

The store below the metastore's API is used, so that nothing is made on the way: no folder, no statistics.
Runs in the environment of JVM Spark 3.5: pyspark, nothing else.
"""

from __future__ import annotations

from typing import Any

API = "org.apache.hadoop.hive.metastore.api"


def put(spark: Any, table: dict[str, Any], partitions: list[dict[str, Any]]) -> str:
    """Put a table with its partitions into the metastore; one of the same name goes."""
    store, database, name = _store(spark), table["DatabaseName"], table["Name"]
    _drop(store, database, name)
    made = _new(spark, "Table")
    made.setTableName(name)
    made.setDbName(database)
    made.setOwner(table.get("Owner") or "")
    made.setTableType(table.get("TableType"))
    made.setPartitionKeys(_columns(spark, table.get("PartitionKeys")))
    made.setSd(_descriptor(spark, table.get("StorageDescriptor")))
    made.setParameters(_parameters(spark, _external(table)))
    if table.get("ViewOriginalText"):
        made.setViewOriginalText(table["ViewOriginalText"])
        made.setViewExpandedText(table.get("ViewExpandedText") or "")
    store.createTable(made)
    for partition in partitions:
        _put_partition(spark, store, (database, name), partition)
    return str(name)


def _put_partition(spark: Any, store: Any, table: tuple[str, str], partition: dict[str, Any]) -> None:
    made = _new(spark, "Partition")
    made.setDbName(table[0])
    made.setTableName(table[1])
    made.setValues(_list(spark, partition["Values"]))
    made.setSd(_descriptor(spark, partition["StorageDescriptor"]))
    made.setParameters(_parameters(spark, partition.get("Parameters")))
    store.addPartition(made)


def take(spark: Any, database: str) -> list[dict[str, Any]]:
    """All tables of a database with their partitions, in Glue's JSON; they leave the metastore, their files stay."""
    store, found = _store(spark), []
    for name in list(store.getAllTables(database)):
        table = store.getTable(database, name)
        partitions = [_partition_json(one) for one in store.getPartitions(database, name, -1)]
        found.append({"table": _table_json(table), "partitions": partitions})
        _drop(store, database, name)
    return found


def _drop(store: Any, database: str, name: str) -> None:
    if store.getTable(database, name) is None:
        return
    names = list(store.listPartitionNames(database, name, -1))
    if names:
        store.dropPartitions(database, name, store.listPartitionNames(database, name, -1))
    store.dropTable(database, name)


def _store(spark: Any) -> Any:
    """The metastore's own store, on the same Derby in this JVM."""
    jvm = spark._jvm
    conf = jvm.org.apache.hadoop.hive.conf.HiveConf()
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()
    for key in (
        "javax.jdo.option.ConnectionURL",
        "datanucleus.schema.autoCreateAll",
        "hive.metastore.schema.verification",
    ):
        conf.set(key, hadoop.get(key))
    store = jvm.org.apache.hadoop.hive.metastore.ObjectStore()
    store.setConf(conf)
    deadline = jvm.org.apache.hadoop.hive.metastore.Deadline  # the store wants one from whoever calls it
    deadline.registerIfNot(600_000)
    deadline.startTimer("forms")
    return store


# --- from Glue's JSON ------------------------------------------------------------------------------------------------


def _external(table: dict[str, Any]) -> dict[str, str]:
    """The metastore takes a table for an external one by a parameter, Glue by its type."""
    parameters = dict(table.get("Parameters") or {})
    return {"EXTERNAL": "TRUE", **parameters} if table.get("TableType") == "EXTERNAL_TABLE" else parameters


def _descriptor(spark: Any, said: dict[str, Any] | None) -> Any:
    said = said or {}
    made, serde, given = _new(spark, "StorageDescriptor"), _new(spark, "SerDeInfo"), said.get("SerdeInfo")
    made.setCols(_columns(spark, said.get("Columns")))
    made.setLocation(said.get("Location"))
    made.setInputFormat(said.get("InputFormat"))
    made.setOutputFormat(said.get("OutputFormat"))
    made.setCompressed(bool(said.get("Compressed")))
    made.setNumBuckets(int(said.get("NumberOfBuckets") or 0))
    made.setBucketCols(_list(spark, said.get("BucketColumns")))
    made.setSortCols(_list(spark, ()))
    made.setParameters(_parameters(spark, said.get("Parameters")))
    if given is not None:
        serde.setName(given.get("Name"))
        serde.setSerializationLib(given.get("SerializationLibrary"))
        serde.setParameters(_parameters(spark, given.get("Parameters")))
        made.setSerdeInfo(serde)
    return made


def _columns(spark: Any, said: list[dict[str, str]] | None) -> Any:
    return _list(spark, [_column(spark, column) for column in said or ()])


def _column(spark: Any, said: dict[str, str]) -> Any:
    made = _new(spark, "FieldSchema")
    made.setName(said["Name"])
    made.setType(said.get("Type") or "string")
    made.setComment(said.get("Comment"))
    return made


def _parameters(spark: Any, said: dict[str, str] | None) -> Any:
    made = spark._jvm.java.util.HashMap()
    for key, value in (said or {}).items():
        made.put(key, value)
    return made


def _list(spark: Any, values: Any) -> Any:
    made = spark._jvm.java.util.ArrayList()
    for value in values or ():
        made.add(value)
    return made


def _new(spark: Any, name: str) -> Any:
    found = spark._jvm
    for step in f"{API}.{name}".split("."):
        found = getattr(found, step)
    return found()


# --- to Glue's JSON --------------------------------------------------------------------------------------------------


def _table_json(table: Any) -> dict[str, Any]:
    view = {"ViewOriginalText": table.getViewOriginalText(), "ViewExpandedText": table.getViewExpandedText()}
    return {
        "Name": table.getTableName(),
        "Owner": table.getOwner() or "",
        "TableType": table.getTableType(),
        "Parameters": dict(table.getParameters()),
        "PartitionKeys": _columns_json(table.getPartitionKeys()),
        "StorageDescriptor": _descriptor_json(table.getSd()),
        **{key: text for key, text in view.items() if text},
    }


def _partition_json(partition: Any) -> dict[str, Any]:
    return {
        "Values": list(partition.getValues()),
        "Parameters": dict(partition.getParameters() or {}),
        "StorageDescriptor": _descriptor_json(partition.getSd()),
    }


def _descriptor_json(said: Any) -> dict[str, Any]:
    serde = said.getSerdeInfo()
    texts = {
        "Location": said.getLocation(),
        "InputFormat": said.getInputFormat(),
        "OutputFormat": said.getOutputFormat(),
    }
    names = {"Name": serde.getName(), "SerializationLibrary": serde.getSerializationLib()}
    return {
        "Columns": _columns_json(said.getCols()),
        **{key: text for key, text in texts.items() if text is not None},
        "Compressed": bool(said.isCompressed()),
        "NumberOfBuckets": int(said.getNumBuckets()),
        "SerdeInfo": {
            **{key: text for key, text in names.items() if text is not None},
            "Parameters": dict(serde.getParameters() or {}),
        },
        "BucketColumns": list(said.getBucketCols() or ()),
        "SortColumns": [],
        "Parameters": dict(said.getParameters() or {}),
        "StoredAsSubDirectories": False,
    }


def _columns_json(columns: Any) -> list[dict[str, str]]:
    made = [{"Name": one.getName(), "Type": one.getType(), "Comment": one.getComment()} for one in columns or ()]
    return [{key: text for key, text in one.items() if text is not None} for one in made]

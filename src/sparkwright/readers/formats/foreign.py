"""Formats that no engine here reads: refused by name, each with its own way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sparkwright.readers.verdicts import Verdict, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sparkwright.domain import Table

_TO_PARQUET = "write it as Parquet once, in Athena: CREATE TABLE ... WITH (format = 'PARQUET') AS SELECT * FROM it"
_CLOUDTRAIL = "make a table of Parquet over its records in Athena, where the SerDe opens the Records array"
_TITLES: Mapping[str, tuple[str, str]] = {
    "com.amazon.ionhiveserde.IonHiveSerDe": ("Amazon Ion", _TO_PARQUET),
    "com.amazon.emr.hive.serde.CloudTrailSerde": ("CloudTrail's JSON, whose rows are in one array a file", _CLOUDTRAIL),
    "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe": ("RCFile", _TO_PARQUET),
    "org.apache.hadoop.hive.serde2.columnar.ColumnarSerDe": ("RCFile", _TO_PARQUET),
    "org.apache.hadoop.hive.serde2.lazybinary.LazyBinarySerDe": ("Hive's binary SequenceFile", _TO_PARQUET),
    "org.apache.hadoop.hive.serde2.thrift.ThriftDeserializer": ("Thrift", _TO_PARQUET),
    "com.twitter.elephantbird.hive.serde.ThriftSerDe": ("Thrift", _TO_PARQUET),
    "com.twitter.elephantbird.hive.serde.ProtobufDeserializer": ("Protocol Buffers", _TO_PARQUET),
}
_INPUTS: Mapping[str, tuple[str, str]] = {
    "RCFileInputFormat": ("RCFile", _TO_PARQUET),
    "SequenceFileInputFormat": ("SequenceFile", _TO_PARQUET),
    "CloudTrailInputFormat": _TITLES["com.amazon.emr.hive.serde.CloudTrailSerde"],
    "KinesisTextInputFormat": ("a Kinesis stream", "name a table over the files that Firehose delivers"),
    "TeradataBinaryFileInputFormat": ("Teradata's binary format", _TO_PARQUET),
}
_CLASSIFICATIONS: Mapping[str, tuple[str, str]] = {
    "ion": ("Amazon Ion", _TO_PARQUET),
    "cloudtrail": _TITLES["com.amazon.emr.hive.serde.CloudTrailSerde"],
    "rcfile": ("RCFile", _TO_PARQUET),
    "sequencefile": ("SequenceFile", _TO_PARQUET),
    "protobuf": ("Protocol Buffers", _TO_PARQUET),
    "kinesis": ("a Kinesis stream", "name a table over the files that Firehose delivers"),
    "kafka": ("a Kafka stream", "name a table over files that the stream is written to"),
    "dynamodb": ("a DynamoDB table", "export it to S3, and name a table over the export"),
    "redshift": ("a Redshift table", "UNLOAD it to S3 as Parquet, and name a table over that"),
}
_DATABASES = ("mysql", "postgresql", "oracle", "sqlserver", "mongodb", "documentdb", "snowflake", "mariadb", "jdbc")


def refuse_foreign(table: Table) -> Verdict:
    """A refusal of what lies in no files that an engine reads; nothing of other tables."""
    handler = table.parameters.get("storage_handler", "")
    if handler and "iceberg" not in handler.lower():
        return refuse(
            table,
            f"its rows are behind a storage handler ({handler})",
            "export it to S3 as Parquet, and name a table over that",
        )
    said = table.parameters.get("classification", "").strip().lower()
    kind = next(
        (
            found
            for found in (
                _TITLES.get(table.storage.serde),
                _INPUTS.get(table.storage.input_format.rsplit(".", 1)[-1]),
                None if table.storage.serde else _CLASSIFICATIONS.get(said),
            )
            if found
        ),
        None,
    )
    if kind is None and not table.storage.serde and said in _DATABASES:
        kind = (f"a table of a database ({said})", "export it to S3 as Parquet, and name a table over that")
    return refuse(table, f"it is {kind[0]}, which is not read", kind[1]) if kind else None

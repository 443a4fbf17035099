"""Plain Parquet: as a crawler describes it, and as awswrangler and Spark really write it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa

from tests.forms.form import BUCKET, DATABASE, Form, Lake, columns

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "Parameters": {"serialization.format": "1"},
    },
}


def _crawled(lake: Lake) -> None:
    rows = {
        "id": pa.array([1, 2, 3], pa.int64()),
        "price": pa.array([Decimal("1.50"), None, Decimal("-3.25")], pa.decimal128(10, 2)),
        "sold": pa.array([date(2024, 2, 29), date(1999, 12, 31), None], pa.date32()),
        "tags": pa.array([["a", "b"], [], None], pa.list_(pa.string())),
        "place": pa.array([{"city": "Oslo", "zip": 150}, None, {"city": None, "zip": 2}]),
    }
    lake.put("parquet_crawled/part-0.parquet", pa.table(rows))
    lake.table(
        {
            "Name": "parquet_crawled",
            "Owner": "owner",
            "Retention": 0,
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {
                "Columns": columns(
                    id="bigint",
                    price="decimal(10,2)",
                    sold="date",
                    tags="array<string>",
                    place="struct<city:string,zip:bigint>",
                ),
                "Location": lake.uri("parquet_crawled/"),
                "Compressed": False,
                "NumberOfBuckets": -1,
                "Parameters": _CRAWLER,
                **PARQUET,
            },
            "Parameters": _CRAWLER,
        }
    )


PLACE = "struct<city:string,zip:bigint>"
_CRAWLER = {
    "CrawlerSchemaDeserializerVersion": "1.0",
    "CrawlerSchemaSerializerVersion": "1.0",
    "UPDATED_BY_CRAWLER": "forms",
    "averageRecordSize": "12",
    "classification": "parquet",
    "compressionType": "none",
    "objectCount": "1",
    "recordCount": "3",
    "sizeKey": "2048",
    "typeOfData": "file",
}

_WRANGLER = f"""
import awswrangler as wr, pandas as pd
frame = pd.DataFrame({{"id": [1, 2, 3], "v": [0.5, None, -1.0], "m": ["01", "02", "02"], "y": [2024, 2024, 2024]}})
wr.s3.to_parquet(frame, path="s3://{BUCKET}/wrangler_partitioned/", dataset=True, database="{DATABASE}",
                 table="wrangler_partitioned", partition_cols=["y", "m"], dtype={{"y": "int", "m": "string"}})
"""

_SPARK = f"""
spark.sql("CREATE TABLE {DATABASE}.spark_hive_parquet (id INT, v DOUBLE) PARTITIONED BY (m STRING) STORED AS PARQUET")
spark.sql("INSERT INTO {DATABASE}.spark_hive_parquet PARTITION (m='01') VALUES (1, 0.5), (2, NULL)")
spark.sql("INSERT INTO {DATABASE}.spark_hive_parquet PARTITION (m='02') VALUES (3, -1.0)")
"""

FORMS: tuple[Form, ...] = (
    Form(
        "parquet_crawled",
        "Parquet with decimals, dates, lists and structs",
        "crawler",
        _crawled,
        rows=(
            (1, Decimal("1.50"), date(2024, 2, 29), ["a", "b"], {"city": "Oslo", "zip": 150}),
            (2, None, date(1999, 12, 31), [], None),
            (3, Decimal("-3.25"), None, None, {"city": None, "zip": 2}),
        ),
    ),
    Form(
        "wrangler_partitioned",
        "partitioned Parquet, a partition's `01` stays a text",
        "awswrangler",
        lambda lake: _write(lake, "wrangler", _WRANGLER),
        rows=((1, 0.5, 2024, "01"), (2, None, 2024, "02"), (3, -1.0, 2024, "02")),
        is_real=True,
    ),
    Form(
        "spark_hive_parquet",
        "a partitioned Hive table of Spark (STORED AS PARQUET)",
        "Spark 3.5",
        lambda lake: _write(lake, "spark35", _SPARK),
        rows=((1, 0.5, "01"), (2, None, "01"), (3, -1.0, "02")),
        is_real=True,
    ),
)


def _write(lake: Lake, writer: str, script: str) -> None:
    lake.writer(writer, script)

"""Attributes of Spark's own objects that no program needs, whatever its columns are called.

A column-like attribute (`df.carrier`) may have any name that the tables or the program know; these names are never
taken for columns, since on a DataFrame, a writer or a type they mean something that acts (`fromJson`, for example,
imports the class that a type names). Such a column is read as `df["write"]`. The session is not among these objects:
it is reached under the name `spark` alone.
"""

from __future__ import annotations

from sparkwright.program.spark_functions import words

SPARK_REFUSED = words(
    """
        addArtifact addArtifacts addFile addJar addPyFile apply applyInArrow applyInPandas applyInPandasWithState
    asTable attrgetter bucketBy builtins cacheTable checkpoint clearCache clusterBy cogroup collationProvider
    copyFromLocalToFs createGlobalTempView createOrReplace createOrReplaceGlobalTempView deserialize
    dropDuplicatesWithinWatermark dropGlobalTempView dropTempView executionInfo exists explain foreach foreachBatch
    foreachPartition format_map fromDDL fromInternal fromJson fromWKB func functools getActiveSession getBytes
    getCollationMetadata getCollationsMap getOrCreate getSrid importlib inputFiles insertInto inspect isLocal
    isStreaming isUTF8BinaryCollation is_cached jdbc jsonValue jsparkSession keywords lateralJoin listColumns
    listDatabases listFunctions listTables localCheckpoint mapInArrow mapInPandas mergeInto metadataColumn
    methodcaller needConversion newSession observe overwrite overwritePartitions pandas_api
    pandas_on_spark parallelize parseJson partitionedBy plot printSchema providerICU providerSpark pyUDT
    rdd readStream refreshTable registerJavaFunction registerJavaUDAF registerTempTable repartitionById
    sameSemantics save saveAsTable scalaUDT scalar schemaCollationValue semanticHash serialize setCurrentDatabase
    setLogLevel show sortBy sparkContext sparkSession sqlType sql_ctx storageLevel streams subprocess tableProperty
    to toArrow toDDL toInternal toJSON toJson toNullable toPandas toPython to_koalas to_pandas to_pandas_on_spark
    to_plan transformWithState transformWithStateInPandas transpose treeString uncacheTable using withMetadata
    withWatermark with_traceback write writeStream writeTo xml
    """
)

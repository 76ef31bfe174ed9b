"""The lake as Spark's source tables: its files where they lie, and DuckDB's notes about them.

Belongs here: dbt's sources, as views of a Spark session. Does not belong here: which files are read
(`loading.py`), or what a row means; that is SQL.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.warehouse.lake_columns import COLUMNS
from bwp_pipeline.warehouse.spark_tables import hadoop_path

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# As in `lake_columns.COMPUTED`. A snapshot's number is its file's number and its place in it.
_COMPUTED = {
    "unknown": "coalesce(cast(get_json_object(other_kinds, '$.unknown') as bigint), 0)",
    "further_resources": (
        "case when size(resources) > 1 then slice(resources, 2, size(resources)) end"
    ),
    "told_buyability": (
        "case when event_type = 'BUYABILITY_CHANGED'"
        " then get_json_object(detail, '$.data.product.buyability.status') end"
    ),
    "has_payload": "payload is not null",
    "snapshot_number": "file_id * 4294967296 + row_in_file",
}
_TYPES = {"varchar": "string", "varchar[]": "array<string>", "timestamp": "timestamp_ntz"}
# Spark reports a file's name as an encoded address.
_LOCAL = "regexp_replace(url_decode(replace(_metadata.file_path, '+', '%2B')), '^file:/+', '/')"
_NOTES = ("lake_files", "run_settings", "stores", "lake_gaps")


def show_lake(session: "SparkSession", lake: Lake, warehouse_path: Path, sources: Path) -> None:
    """Make dbt's sources as global temporary views of the session.

    Args:
        session: Spark's.
        lake: Where the files are.
        warehouse_path: The private DuckDB file, loaded (`load_lake`).
        sources: An empty directory for what is not in the lake: DuckDB's notes, and the rows of
            event files that the lake no longer has.
    """
    with duckdb.connect(str(warehouse_path), read_only=True) as connection:
        for name in _NOTES:
            _copy(connection, f"from staging.{name}", sources / f"{name}.parquet")
        retired = sources / "retired.parquet"
        _copy(
            connection,
            "from staging.lake_events where file_id in"
            " (select file_id from staging.lake_files where state = 'RETIRED')",
            retired,
        )
        numbers = {
            (path, size, etag): file_id
            for file_id, path, size, etag in connection.execute(
                "select file_id, path, size, etag from staging.lake_files where state <> 'RETIRED'"
            ).fetchall()
        }
    for name in _NOTES:
        notes = session.read.parquet(hadoop_path(sources / f"{name}.parquet"))
        notes.createOrReplaceGlobalTempView(name)
    for table in COLUMNS:
        numbered = [
            (numbers[file.path, file.size, file.etag], file)
            for file in lake.files(table)
            if (file.path, file.size, file.etag) in numbers
        ]
        paths = lake.local([file for _, file in numbered])
        rows = _rows(session, table, [file_id for file_id, _ in numbered], paths)
        if table == "events":
            rows = rows.unionByName(session.read.parquet(hadoop_path(retired)))
        rows.createOrReplaceGlobalTempView(f"lake_{table}")


def _rows(
    session: "SparkSession", table: str, file_ids: Sequence[int], paths: Sequence[Path]
) -> "DataFrame":
    from pyspark.sql import functions as sql  # noqa: PLC0415 -- an extra
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

    schema = from_arrow_schema(SCHEMAS[table])
    names = [
        f"cast({_COMPUTED.get(name, name)} as {_TYPES.get(kind, kind)}) as {name}"
        for name, kind in COLUMNS[table].items()
    ]
    if not paths:
        empty = session.createDataFrame(SCHEMAS[table].empty_table()).selectExpr(
            "cast(null as bigint) as file_id", "cast(null as bigint) as row_in_file", "*"
        )
        return empty.selectExpr("file_id", *names)
    # Of a list, Spark would make rows in Python processes of its own, each time that it reads them.
    numbers = session.createDataFrame(
        pa.table({"file_id": pa.array(file_ids, pa.int64()), "local": [*map(str, paths)]})
    )
    read = (
        session.read.schema(schema)
        .parquet(*map(hadoop_path, paths))
        .withColumn("local", sql.expr(_LOCAL))
        .withColumn("row_in_file", sql.expr("_metadata.row_index"))
    )
    return read.join(sql.broadcast(numbers), "local").selectExpr("file_id", *names)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    name = str(target).replace("'", "''")
    connection.execute(f"copy ({query}) to '{name}' (format parquet)")

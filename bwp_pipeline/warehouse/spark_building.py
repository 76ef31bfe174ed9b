"""One build in which Spark makes the facts, and DuckDB the model of demand and the reports.

Belongs here: the order of the two. Does not belong here: loading and noting what was built
(`building.py`), or what starts Spark (`spark_session.py`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from bwp_pipeline.lake import Lake
from bwp_pipeline.warehouse import spark_files
from bwp_pipeline.warehouse.dbt_project import parsed_project
from bwp_pipeline.warehouse.dbt_run import BUILD, run_dbt
from bwp_pipeline.warehouse.spark_lake import show_lake
from bwp_pipeline.warehouse.spark_marts import take_marts
from bwp_pipeline.warehouse.spark_session import models_at_once, spark_session
from bwp_pipeline.warehouse.spark_tables import SparkTables, hadoop_path, show_tables, tables_of

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

_LAYERS = ("staging", "rebuild", "intermediate", "marts")
# The model of demand, and what follows from it.
_ON_DUCKDB = (
    "agg_product_states",
    "fct_product_days",
    "fct_short_items",
    "agg_explained_orders",
    "product_days_keep_their_grain",
)
# A test runs where all that it reads is.
SPARK = (
    *BUILD,
    *("--select", *(f"path:models/{layer}" for layer in _LAYERS), "--exclude", *_ON_DUCKDB),
    *("--indirect-selection", "cautious"),
)
DUCKDB = (
    *BUILD,
    *("--select", *_ON_DUCKDB, "path:models/reports", "path:models/meta", "path:seeds"),
)


def build_on_spark(
    lake: Lake,
    warehouse_path: Path,
    *,
    memory_limit: str | None,
    on_event: Callable[["EventMsg"], None] | None = None,
) -> None:
    """Build everything that follows from what `load_lake` has loaded.

    Raises:
        SparkError: When Spark can't run here.
        DbtError: When a model or a test failed, on either engine.
    """
    warehouse_id, rows = _loaded(warehouse_path)
    tables = SparkTables(warehouse_path.parent / "spark", warehouse_id)
    known = tables.current()
    build = tables.begin()
    sources = build / "sources"
    sources.mkdir()
    files = spark_files.staying(known)
    variables = {
        "spark_directory": hadoop_path(tables.directory),
        "spark_build": build.name,
        "spark_files": files,
        "spark_in_order": rows >= spark_files.LEAST_ROWS,
    }
    with spark_session(tables.directory, memory_limit, rows=rows) as session:
        for schema in ("staging", "marts"):
            session.sql(f"create schema if not exists {schema}")
        show_tables(session, known)
        show_lake(session, lake, warehouse_path, sources)
        session.conf.set("spark.sql.files.maxRecordsPerFile", 2 * spark_files.LEAST_ROWS)
        threads = ("--threads", str(models_at_once(rows)))
        run_dbt(warehouse_path, (*SPARK, *threads), spark=variables, on_event=on_event)
        spark_files.take_over(session, files, build)
    tables.commit(build)
    take_marts(warehouse_path, tables_of(build), parsed_project().manifest_json)
    run_dbt(warehouse_path, DUCKDB, memory_limit=memory_limit, on_event=on_event)


def _loaded(warehouse_path: Path) -> tuple[str, int]:
    """The warehouse's id, and how many events and snapshots it has loaded."""
    with duckdb.connect(str(warehouse_path), read_only=True) as connection:
        row = connection.execute(
            "select (select id from staging.warehouse),"
            " (select count(*) from staging.lake_events)"
            " + (select count(*) from staging.lake_order_snapshots)"
        ).fetchone()
    return (str(row[0]), row[1]) if row else ("", 0)

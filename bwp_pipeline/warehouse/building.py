"""Brings the warehouse up to date with the lake, in parts if there is a lot to do.

Belongs here: what is loaded and built in which order, and how far that is. Does not belong here:
loading (`loading.py`), dbt (`dbt_run.py`) and the other engine (`spark_building.py`) themselves.
"""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bwp_pipeline.lake import Lake
from bwp_pipeline.settings import Settings
from bwp_pipeline.warehouse.dbt_run import BUILD, run_dbt
from bwp_pipeline.warehouse.loading import LoadCounts, load_lake, mark_built
from bwp_pipeline.warehouse.spark_building import build_on_spark
from bwp_pipeline.warehouse.spark_session import SparkError

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

MOST_ROWS = 300_000
"""Events and snapshots in one part, roughly, in whole archive days. This decides how much memory a
rebuild takes, however long the history is."""

PART = ("--select", "+config.materialized:incremental", "--exclude-resource-type", "test")
"""dbt's options for what later builds go on from. What each build makes anew, and the check of all
rows, are left to the last part."""


def build_warehouse(
    lake: Lake,
    settings: Settings,
    *,
    say: Callable[[str], None],
    selection: Sequence[str] = (),
    on_event: Callable[["EventMsg"], None] | None = None,
    most_rows: int = MOST_ROWS,
) -> None:
    """Load what is new in the lake and build what follows from it.

    What doesn't fit into one part is built part by part, oldest days first. Each finished part is
    noted, so an interrupted run continues where it stopped.

    Args:
        lake: Where the rows come from.
        settings: Where the warehouse is, the merchant's time zone, window, stores and memory.
        say: Called with a sentence on how much is loaded and, after each part, how much is left.
        selection: dbt's options for the last part; with any, it counts as not built. Spark builds
            everything or nothing.
        on_event: Called with each of dbt's events of the last part.
        most_rows: See `MOST_ROWS`.

    Raises:
        DbtError: When a model or a test failed.
        SparkError: When Spark can't run here, or was asked for a part.
    """
    path, limit = settings.warehouse_path, settings.memory_limit
    if settings.engine == "spark":
        if selection:
            raise SparkError("BWP_ENGINE=spark builds all tables at once: select all of them")
        # What doesn't fit into memory, Spark keeps on disk: a build needs no parts.
        counts = _load(lake, settings)
        say(f"{counts.added} new lake files noted; building with Spark and dbt")
        build_on_spark(lake, path, memory_limit=limit, on_event=on_event)
        mark_built(path)
        return
    started, built = time.monotonic(), 0
    while True:
        counts = _load(lake, settings, most_rows)
        if not counts.left:
            break
        run_dbt(path, (*BUILD, *PART), memory_limit=limit)
        mark_built(path)
        built += counts.added
        say(_progress(built, counts.left, time.monotonic() - started))
    say(f"{counts.added} new lake files loaded; building with dbt")
    run_dbt(path, (*BUILD, *selection), memory_limit=limit, on_event=on_event)
    if not selection:
        mark_built(path)


def _load(lake: Lake, settings: Settings, most_rows: int | None = None) -> LoadCounts:
    return load_lake(
        lake,
        settings.warehouse_path,
        timezone=settings.timezone.key,
        report_days=settings.report_days,
        stores=settings.store_names,
        most_rows=most_rows,
        engine=settings.engine,
    )


def _progress(built: int, left: int, seconds: float) -> str:
    words = f"{built} of {built + left} lake files built"
    if not built:
        return words
    minutes = seconds * left / built / 60
    return f"{words}, about {max(1, round(minutes))} min left"

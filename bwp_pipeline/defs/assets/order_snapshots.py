"""Step 2: a snapshot of each order that the events name."""

from dagster import (
    AssetExecutionContext,
    MaterializeResult,
    ResourceParam,
    asset,
)

from bwp_pipeline.api import fetch_due_orders
from bwp_pipeline.archive import days_read_by
from bwp_pipeline.defs import checks
from bwp_pipeline.defs.assets.events import events
from bwp_pipeline.defs.partitions import ARCHIVE_DAYS, Days, days_of, days_to_check, in_few_runs
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.defs.step_log import logged
from bwp_pipeline.warehouse.sound_files import note_lost_snapshots


@in_few_runs
@asset(
    partitions_def=ARCHIVE_DAYS,
    deps=[events],
    check_specs=[checks.ORDERS_FETCHED],
    group_name="lake",
    kinds={"graphql", "parquet"},
)
def order_snapshots(
    context: AssetExecutionContext, config: Days, installation: ResourceParam[Installation]
) -> MaterializeResult:  # type: ignore[type-arg]  # Dagster looks for the bare class
    """What the API answered about each order, and when; append-only.

    Asks for the orders whose newest event is newer than their newest snapshot. An order that can't
    be fetched is a row with its status. Of several runs, one at a time asks for a store's orders.
    """
    with installation.lake_among_others():
        lake = installation.lake()
        for file in lake.set_damaged_aside("order_snapshots"):
            context.log.warning(
                "%s is damaged and was moved to damaged/: its orders are asked for again", file.path
            )
        for path in note_lost_snapshots(lake, installation.settings.warehouse_path):
            context.log.warning("%s is gone: its orders are asked for again", path)
        # Missed days have been read by now, and their orders were never asked for.
        days = days_of(context)
        if config.look_back:
            days = days_to_check(
                days, lake.days("objects"), lookback_days=installation.settings.lookback_days
            )
        due, counts = fetch_due_orders(
            installation.api_settings(),
            lake,
            days_read_by(lake, context.run.run_id).union(days),
            run_id=context.run.run_id,
            say=context.log.info,
            progress=logged(context.log),
        )
    if due.not_final or due.put_off:
        context.log.info(
            "%d of them without news, because something was not final; %d left to later runs",
            due.not_final,
            due.put_off,
        )
    statuses = ", ".join(f"{count} {status}" for status, count in counts.by_status.items())
    context.log.info(
        "%d orders asked for: %s; %d waiting for credentials",
        len(due.refs) - counts.waiting,
        statuses or "none",
        counts.waiting,
    )
    return MaterializeResult(
        metadata={
            "orders_due": len(due.refs),
            "asked_again_until_final": due.not_final,
            "put_off": due.put_off,
            **{f"status_{status.lower()}": count for status, count in counts.by_status.items()},
            "waiting_for_credentials": counts.waiting,
            "requests": counts.requests,
            "throttled": counts.throttled,
            "lake": installation.settings.lake_url,
        },
        check_results=[checks.orders_fetched(counts.by_status, counts.waiting)],
    )

"""Step 1: the archive's events into the lake."""

from dagster import (
    AssetExecutionContext,
    MaterializeResult,
    ResourceParam,
    asset,
)

from bwp_pipeline.archive import check, ingest_days
from bwp_pipeline.defs import checks
from bwp_pipeline.defs.partitions import ARCHIVE_DAYS, Days, days_of, days_to_check, in_few_runs
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.defs.step_log import logged


@in_few_runs
@asset(
    partitions_def=ARCHIVE_DAYS,
    check_specs=[checks.RECORDS_READABLE, checks.LAKE_WHOLE],
    group_name="lake",
    kinds={"s3", "parquet"},
)
def events(
    context: AssetExecutionContext, config: Days, installation: ResourceParam[Installation]
) -> MaterializeResult:  # type: ignore[type-arg]  # Dagster looks for the bare class
    """Archived events, one row per record found, duplicates included, nothing lost.

    Reads the archive objects that the manifest lacks: of the days run, of days that no run has
    read, and of known days in the look-back that received late objects. Damaged or lost files of
    the lake are read again. Any number of runs may do so at once.
    """
    with installation.lake_among_others():
        lake = installation.lake()
        days = days_of(context)
        checked = check(lake, None if config.look_back else days)
        for finding in checked.findings:
            context.log.warning(finding)
        if config.look_back:
            days = days_to_check(
                days, lake.days("objects"), lookback_days=installation.settings.lookback_days
            )
        counts = ingest_days(
            installation.archive(),
            lake,
            sorted(checked.days.union(days)),
            run_id=context.run.run_id,
            progress=logged(context.log),
        )
    totals = {
        "objects_read": sum(day.objects_read for day in counts),
        "events": sum(day.events for day in counts),
        "others": sum(day.others.total() for day in counts),
        "quarantined": sum(day.quarantined for day in counts),
    }
    context.log.info(
        "%(objects_read)d new objects: %(events)d events, %(others)d other records,"
        " %(quarantined)d unreadable",
        totals,
    )
    return MaterializeResult(
        metadata={
            "days_checked": len(counts),
            **totals,
            "archive": installation.settings.archive_url,
            "lake": installation.settings.lake_url,
        },
        check_results=[
            checks.records_readable(
                totals["quarantined"], sum(day.others["unknown"] for day in counts)
            ),
            checks.lake_whole(checked.findings, sum(day.lost for day in counts)),
        ],
    )

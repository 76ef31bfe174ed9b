"""When the daily job runs by itself.

Belongs here: the hour, and which archive day a tick asks for. Does not belong here: what runs.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dagster import (
    DefaultScheduleStatus,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    schedule,
)

from bwp_pipeline.defs.partitions import newest_finished_day

MORNING_HOUR = 6


def run_hour(timezone: ZoneInfo, year: int) -> int:
    """The hour of the merchant's day by which the archive's day has been over for an hour.

    The archive's day ends at midnight UTC and its last objects come some minutes later. The result
    is 6 in the morning where that is late enough all year, else the first hour that is, 0 to 23.
    """
    offsets = [
        datetime(year, month, 1, tzinfo=timezone).utcoffset() or timedelta()
        for month in range(1, 13)
    ]
    hour_after = max(-(-offset // timedelta(hours=1)) + 1 for offset in offsets)
    return min(max(MORNING_HOUR, hour_after), 23)


def daily_schedule(timezone: ZoneInfo, hour: int | None) -> ScheduleDefinition:
    """The schedule that runs the job `daily` for the newest finished archive day, once a day.

    Args:
        timezone: The merchant's time zone.
        hour: The hour of the merchant's day, or None to take `run_hour`.
    """
    if hour is None:
        hour = run_hour(timezone, datetime.now(UTC).year)

    @schedule(
        name="daily",
        job_name="daily",
        cron_schedule=f"0 {hour} * * *",
        execution_timezone=timezone.key,
        description="Reads the archive day that has ended, every day.",
        default_status=DefaultScheduleStatus.RUNNING,
    )
    def daily(context: ScheduleEvaluationContext) -> RunRequest:
        key = newest_finished_day(context.scheduled_execution_time).isoformat()
        return RunRequest(run_key=key, partition_key=key)

    return daily

"""Archive days: the pipeline's partitions, and which days a run looks at.

Belongs here: the partition definition and the arithmetic of days. Does not belong here: merchant's
days, which come from event and order times in SQL.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from dagster import AssetExecutionContext, DailyPartitionsDefinition

# Buy with Prime was announced in April 2022: no archive is older.
FIRST_DAY = date(2022, 4, 1)

# The day that has not ended yet can be run too; what comes later is read by the next run.
ARCHIVE_DAYS = DailyPartitionsDefinition(
    start_date=FIRST_DAY.isoformat(), timezone="UTC", end_offset=1
)

_SUNDAY = 6


def newest_finished_day(now: datetime) -> date:
    """The archive day, a day in UTC, that ended last before `now`."""
    return now.astimezone(UTC).date() - timedelta(days=1)


def days_of(context: AssetExecutionContext) -> list[date]:
    """The archive days that a run was asked for, oldest first."""
    return sorted(date.fromisoformat(key) for key in context.partition_keys)


def days_to_check(days: Iterable[date], known: Iterable[date], *, lookback_days: int) -> list[date]:
    """The days run, and the known ones before them that may have received late objects.

    Args:
        days: The archive days that the run was asked for.
        known: The days that an earlier run has read.
        lookback_days: How far before each day of `days` known days are compared again with the
            archive. A run that holds a Sunday compares all of them.
    """
    asked = set(days)
    if any(day.weekday() == _SUNDAY for day in asked):
        return sorted(asked.union(known))
    back = {day - timedelta(days=n) for day in asked for n in range(1, lookback_days + 1)}
    return sorted(asked.union(back.intersection(known)))

"""Archive days: the pipeline's partitions, and which days a run looks at.

Belongs here: the partition definition and the arithmetic of days. Does not belong here: merchant's
days, which come from event and order times in SQL.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    Config,
    DailyPartitionsDefinition,
)

from bwp_pipeline.lake import missing_days

# Buy with Prime was announced in April 2022: no archive is older.
FIRST_DAY = date(2022, 4, 1)

# Today can be run too; what arrives later is read by the next run.
ARCHIVE_DAYS = DailyPartitionsDefinition(
    start_date=FIRST_DAY.isoformat(), timezone="UTC", end_offset=1
)

_SUNDAY = 6
MOST_DAYS = 31
"""Days of a backfill that are one run; more are several, which may go at the same time."""


class Days(Config):
    """Which days a run reads beside those that it was asked for.

    With `look_back`, also days that no run has read, and known ones with late objects. Without it
    any number of runs may go at once, each with days of its own.
    """

    look_back: bool = True


def in_few_runs(days: AssetsDefinition) -> AssetsDefinition:
    """Those days, of which a backfill is a run for each `MOST_DAYS`.

    The decorator `asset` takes this too, and prints whenever it is loaded that it is beta.
    """
    return days.with_attributes(backfill_policy=BackfillPolicy.multi_run(MOST_DAYS))


def newest_finished_day(now: datetime) -> date:
    """The last archive day, in UTC, that ended before `now`."""
    return now.astimezone(UTC).date() - timedelta(days=1)


def days_of(context: AssetExecutionContext) -> list[date]:
    """The archive days that a run was asked for, oldest first."""
    return sorted(date.fromisoformat(key) for key in context.partition_keys)


def days_to_check(days: Iterable[date], known: Iterable[date], *, lookback_days: int) -> list[date]:
    """The days to read, oldest first: those run, those missed, and known ones with late objects.

    Missed days are those from the first known day to the last day run that no run has read.

    Args:
        days: The archive days that the run was asked for.
        known: The days that an earlier run has read.
        lookback_days: How many days before each day to read are compared with the archive again.
            A run that reads a Sunday compares all known days.
    """
    asked, read = set(days), set(known)
    last = max(asked)
    new = asked.union(day for day in missing_days(asked | read, last) if day < last)
    if any(day.weekday() == _SUNDAY for day in new):
        return sorted(new | read)
    back = {day - timedelta(days=n) for day in new for n in range(1, lookback_days + 1)}
    return sorted(new | (back & read))


def first_day_to_run(known: Iterable[date], last: date) -> date:
    """Where a run up to `last` begins when nobody says: at the last day that was read.

    Objects of that day may have come since. Before the first run it is `last` itself.
    """
    return min(max(known, default=last), last)

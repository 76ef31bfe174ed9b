"""Runs the daily job when the archive has something new, for merchants who want today's numbers.

Belongs here: when to look, and what a look starts. Does not belong here: comparing the archive with
the lake (`archive/ingest/arrivals.py`), or the daily schedule, which runs with or without this.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from dagster import (
    DagsterRunStatus,
    DefaultSensorStatus,
    RunRequest,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)

from bwp_pipeline.archive import Identity, unread_objects
from bwp_pipeline.defs.resources import Installation

_HOUR_SECONDS = 3600
_GOING = RunsFilter(
    statuses=[
        DagsterRunStatus.QUEUED,
        DagsterRunStatus.NOT_STARTED,
        DagsterRunStatus.STARTING,
        DagsterRunStatus.STARTED,
        DagsterRunStatus.CANCELING,
    ]
)


def arrival_sensor(installation: Installation) -> SensorDefinition:
    """The sensor, which is off until someone switches it on in Dagster's UI."""

    @sensor(
        name="run_on_arrival",
        description=(
            "Runs the job each hour if the archive's last days hold objects that the lake lacks."
        ),
        job_name="daily",
        minimum_interval_seconds=_HOUR_SECONDS,
        default_status=DefaultSensorStatus.STOPPED,
    )
    def run_on_arrival(context: SensorEvaluationContext) -> RunRequest | SkipReason:
        if not installation.settings.archive_layout:
            return SkipReason("keys without days: a look would list the whole archive")
        if context.instance.get_runs_count(_GOING):
            return SkipReason("a run is going")
        today = datetime.now(UTC).date()
        days = days_to_look_at(today, installation.settings.lookback_days)
        unread = unread_objects(installation.archive(), installation.lake(), days)
        if not unread:
            return SkipReason(f"nothing new since {days[0]}")
        newest = max(unread).isoformat()
        # Dagster starts one run for a key: if that fails, the same objects start no other.
        return RunRequest(run_key=f"{newest} {_digest(unread.values())}", partition_key=newest)

    return run_on_arrival


def days_to_look_at(today: date, lookback_days: int) -> list[date]:
    """The days of which a run of today reads late objects, oldest first, today last."""
    # Yesterday's last objects come after midnight.
    return [today - timedelta(days=back) for back in range(max(1, lookback_days), -1, -1)]


def _digest(unread: Iterable[set[Identity]]) -> str:
    names = sorted(set().union(*unread))
    return hashlib.sha256(repr(names).encode()).hexdigest()[:16]

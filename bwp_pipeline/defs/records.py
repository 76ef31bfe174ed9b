"""Dagster's records of runs, which it would keep for ever.

Belongs here: what of them goes, and when. Does not belong here: the ticks of schedules and sensors,
which Dagster clears by itself (`dagster.yaml`), or what runs leave elsewhere.
"""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

# A clean-up of years takes some runs to finish, and none of them long.
_MOST_RUNS = 20
_ENDED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]


def forget_old_runs(instance: DagsterInstance, days: int) -> int:
    """Delete the records and logs of runs that were made more than so many days ago.

    The oldest go first, some of them in one call. What the runs computed stays.

    Returns:
        How many were deleted.
    """
    before = datetime.now(UTC) - timedelta(days=days)
    old = instance.get_run_records(
        RunsFilter(statuses=_ENDED, created_before=before), limit=_MOST_RUNS, ascending=True
    )
    storage, home = Path(instance.storage_directory()), Path(instance.root_directory)
    for record in old:
        run_id = record.dagster_run.run_id
        instance.delete_run(run_id)
        shutil.rmtree(storage / run_id, ignore_errors=True)
        # Of SQLite's file of a run, the rows are deleted, and its size stays.
        (home / "history" / "runs" / f"{run_id}.db").unlink(missing_ok=True)
    return len(old)

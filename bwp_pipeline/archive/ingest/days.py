"""Archive days into the lake: reads what the manifest lacks, accounts for every record.

Belongs here: which objects are read, and what of each day was found.
Does not belong here: how a batch of objects is read and written.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bwp_pipeline.archive.counts import Counts
from bwp_pipeline.archive.errors import ArchiveUnreachable
from bwp_pipeline.archive.ingest.batches import batch_name
from bwp_pipeline.archive.ingest.job import Job, read_job
from bwp_pipeline.archive.ingest.leftovers import KEPT, tidy
from bwp_pipeline.archive.ingest.plans import make_plans
from bwp_pipeline.archive.ingest.progress import Progress, ProgressCallback
from bwp_pipeline.archive.ingest.worker import read_jobs
from bwp_pipeline.archive.objects.listing import Archive
from bwp_pipeline.archive.records.rows import Rows
from bwp_pipeline.lake import Lake

_PASSES = 5
"""How often to give way to other runs on the same days, at most."""


@dataclass(slots=True)
class DayCounts(Counts):
    """What one archive day held and gave.

    Objects that had disappeared by the time they were read count in `objects_listed` only. `lost`
    are rows that the manifest names, that the lake lacks and that the archive no longer has.
    """

    day: date
    objects_listed: int
    lost: int = 0


def ingest_days(
    archive: Archive,
    lake: Lake,
    days: Sequence[date],
    run_id: str,
    progress: ProgressCallback | None = None,
) -> list[DayCounts]:
    """Read those days' objects that the lake's manifest lacks, or whose rows the lake has lost.

    Any number of runs may read the same days at once.

    Args:
        archive: Where the events are.
        lake: Receives `events`, `quarantine` and the manifest `objects`.
        days: Archive days.
        run_id: Written into the manifest.
        progress: Called after each object, or after several.

    Returns:
        One entry for each day, in their order.

    Raises:
        ArchiveUnreachable: When the archive itself can't be listed or read. What was read before
            is kept.
    """
    listed = archive.list_days(days)
    counts = {day: DayCounts(day=day, objects_listed=len(listed[day])) for day in days}
    unsettled: Collection[date] = counts
    for _ in range(_PASSES):
        plans = make_plans(lake, {day: listed[day] for day in unsettled})
        jobs = []
        for plan in plans:
            counts[plan.day].lost = plan.lost
            for found in (plan.new, plan.repeated):
                jobs += [
                    Job(archive, lake, plan.day, objects, name, run_id, found is plan.repeated)
                    for name, objects in found.items()
                ]
        shared = _read(jobs, counts, Progress.of(jobs), progress)
        unsettled = shared.union(plan.day for plan in plans if plan.others_came(lake))
        if not unsettled:
            break
    for day in counts:
        tidy(lake, day, {(item.key, item.etag) for item in listed[day]}, run_id)
        if not lake.files("objects", [day]):
            # A day that was read has a manifest, even if it held nothing.
            lake.write("objects", day, batch_name([]), Rows("objects").take())
    lake.delete_unfinished(datetime.now(UTC) - KEPT)
    return list(counts.values())


def _read(
    jobs: Sequence[Job],
    counts: dict[date, DayCounts],
    progress: Progress,
    callback: ProgressCallback | None,
) -> set[date]:
    """Do the jobs; returns the days of which another run has done one meanwhile."""

    def report(read: Counts) -> None:
        progress.add(read)
        if callback is not None:
            callback(progress)

    denied: list[tuple[Job, str]] = []
    shared: set[date] = set()

    def done(job: Job, found: Counts) -> None:
        counts[job.day].add(found)
        if found.by_another:
            shared.add(job.day)
        if found.denied is not None:
            denied.append((job, found.denied))

    read_jobs(jobs, report, done)
    if not denied:
        return shared
    # If some objects are denied they are quarantined; if all are, the archive is unreachable.
    if not shared and not any(day.objects_read for day in counts.values()):
        job, reason = denied[0]
        raise ArchiveUnreachable(f"can't read any object in {job.archive.url}: {reason}")
    for job, _ in denied:
        counts[job.day].add(read_job(job, report, keep_denied=True))
    return shared

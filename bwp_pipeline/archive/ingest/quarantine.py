"""What could not be read: a listing by reason, and another attempt after a fix.

Belongs here: the quarantine as a person works with it.
Does not belong here: putting records into it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow.compute as pc

from bwp_pipeline.archive.counts import Counts
from bwp_pipeline.archive.ingest.accounts import read_batches
from bwp_pipeline.archive.ingest.job import Job, read_job
from bwp_pipeline.archive.ingest.progress import Progress, ProgressCallback
from bwp_pipeline.archive.objects.listing import Archive
from bwp_pipeline.lake import Lake


@dataclass(frozen=True, slots=True)
class Reason:
    """Quarantined records that share a reason, with where the newest of them lies."""

    reason: str
    records: int
    objects: int
    day: date
    object_key: str
    byte_offset: int
    error: str


@dataclass(slots=True)
class Retried:
    """The result of another attempt: records in quarantine before and after, events gained.

    `unavailable` counts records whose object, or one read together with it, is no longer in the
    archive unchanged: their files stay as they are.
    """

    before: int = 0
    after: int = 0
    events: int = 0
    unavailable: int = 0


def quarantined(lake: Lake, days: Iterable[date] | None = None) -> list[Reason]:
    """The quarantine of those archive days, or all, by reason, the most common first."""
    columns = ["dt", "object_key", "byte_offset", "record_index", "reason", "error"]
    files = lake.committed(days)["quarantine"]
    rows = lake.concatenated("quarantine", files, columns)
    reasons = []
    for reason in pc.unique(rows["reason"]).to_pylist():
        same = rows.filter(pc.equal(rows["reason"], reason))
        order = [("dt", "descending"), ("object_key", "ascending"), ("record_index", "ascending")]
        (newest,) = same.sort_by(order).slice(0, 1).to_pylist()
        objects = pc.count_distinct(same["object_key"]).as_py()
        where = newest["dt"], newest["object_key"], newest["byte_offset"], newest["error"]
        reasons.append(Reason(reason, same.num_rows, objects, *where))
    return sorted(reasons, key=lambda one: (-one.records, one.reason))


def retry(
    archive: Archive,
    lake: Lake,
    run_id: str,
    days: Iterable[date] | None = None,
    progress: ProgressCallback | None = None,
) -> Retried:
    """Read again what was read together with quarantined records, and replace its files.

    Args:
        archive: Where the objects are.
        lake: Whose files are replaced, under the same names.
        run_id: Written into the manifest.
        days: Archive days; all that have a quarantine when None.
        progress: Called after each object, or after several.

    Raises:
        ArchiveUnreachable: When the archive can't be listed or read. Run it again to finish.
    """
    result = Retried()
    wanted = lake.days("quarantine") if days is None else sorted(set(days))
    listed = archive.list_days(wanted)
    for day in wanted:
        there = {(item.key, item.etag): item for item in listed[day]}
        bad = {file.batch for file in lake.files("quarantine", [day])}
        for batch in read_batches(lake, day):
            if batch.name not in bad:
                continue
            result.before += batch.quarantined
            if not batch.objects.keys() <= there.keys():
                result.unavailable += batch.quarantined
                result.after += batch.quarantined
                continue
            objects = [there[identity] for identity in batch.objects]
            job = Job(archive, lake, day, objects, batch.name, run_id, is_repeated=True)
            found = read_job(job, _report(Progress.of([job]), progress), keep_denied=True)
            result.after += found.quarantined
            result.events += found.events - batch.events
    return result


def _report(progress: Progress, callback: ProgressCallback | None) -> Callable[[Counts], None]:
    def report(found: Counts) -> None:
        progress.add(found)
        if callback is not None:
            callback(progress)

    return report

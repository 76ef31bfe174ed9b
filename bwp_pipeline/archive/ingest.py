"""Archive days into the lake: reads what the manifest lacks, accounts for every record.

Belongs here: which objects are read, in which batches, their files' names, the order of commits.
Does not belong here: how objects are fetched and understood.
"""

import gc
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bwp_pipeline.archive.batches import BatchFiles, batch_name, batches, delete_leftovers
from bwp_pipeline.archive.envelopes import Bad
from bwp_pipeline.archive.fetching import Gone, Refused, fetch
from bwp_pipeline.archive.listing import Archive, ArchiveObject
from bwp_pipeline.archive.progress import Progress, ProgressCallback
from bwp_pipeline.archive.reading import ObjectCounts, ObjectReader
from bwp_pipeline.archive.rows import Rows, add_bad
from bwp_pipeline.archive.trouble import ArchiveUnreachable
from bwp_pipeline.lake import Lake


@dataclass(slots=True)
class DayCounts:
    """What one archive day held and gave; `bytes` are those of the objects read.

    Objects that were gone when they were read are in none but `objects_listed`.
    """

    day: date
    objects_listed: int = 0
    objects_read: int = 0
    events: int = 0
    others: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    bytes: int = 0


def ingest_days(
    archive: Archive,
    lake: Lake,
    days: Sequence[date],
    run_id: str,
    progress: ProgressCallback | None = None,
) -> list[DayCounts]:
    """Read those days' objects that the lake's manifest lacks.

    Args:
        archive: Where the events are.
        lake: Gets `events`, `quarantine` and the manifest `objects`.
        days: Archive days.
        run_id: Written into the manifest.
        progress: Called after each object.

    Returns:
        One entry for each day, in their order.

    Raises:
        ArchiveUnreachable: When the archive itself can't be listed or read. What was read before
            is kept.
        ConcurrentIngest: When another run reads one of the days at the same time.
    """
    listed = archive.list_days(days)
    new = {day: _unread(lake, day, listed[day]) for day in days}
    run = Run(archive, lake, run_id, Progress.of(new.values()), progress)
    counts = []
    for day in days:
        delete_leftovers(lake, day)
        day_counts = DayCounts(day, objects_listed=len(listed[day]))
        for batch in batches(new[day]):
            run.read_batch(day_counts, batch, batch_name(batch))
        if not lake.files("objects", [day]):
            # A day that was read has a manifest, even when it held nothing.
            lake.write("objects", day, batch_name([]), Rows("objects").take())
        counts.append(day_counts)
    return counts


class Run:
    """One reading of objects into a lake."""

    def __init__(
        self,
        archive: Archive,
        lake: Lake,
        run_id: str,
        progress: Progress,
        callback: ProgressCallback | None,
    ) -> None:
        self._archive = archive
        self._lake = lake
        self._run_id = run_id
        self._progress = progress
        self._callback = callback
        self._given = False

    def read_batch(self, counts: DayCounts, batch: Sequence[ArchiveObject], name: str) -> None:
        """Read objects into files of that name, the manifest last: without it they are nothing."""
        manifest = Rows("objects")
        refusals = []
        with (
            _paused_gc(),
            BatchFiles(self._lake, counts.day, name) as files,
            closing(fetch(self._archive, batch)) as contents,
        ):
            for item, content in contents:
                if isinstance(content, Gone):
                    continue
                if isinstance(content, Refused):
                    refusals.append(content)
                    bad = Bad(content.reason, content.error)
                    add_bad(files.quarantine, bad, item, index=0, offset=0, raw=None)
                    found = ObjectCounts(quarantined=1)
                else:
                    self._given = True
                    reader = ObjectReader(item, files.events, files.quarantine, files.flush_if_full)
                    found = reader.read(content)
                _add_object(manifest, item, found, self._run_id)
                _count(counts, item, found)
                self._report(item, found)
            if refusals and not self._given:
                raise ArchiveUnreachable(
                    f"can't read any object of {counts.day} in {self._archive.url}:"
                    f" {refusals[0].error}"
                )
            if len(manifest):
                files.commit(manifest)

    def _report(self, item: ArchiveObject, found: ObjectCounts) -> None:
        self._progress.add(item.size, found.events)
        if self._callback is not None:
            self._callback(self._progress)


def _add_object(manifest: Rows, item: ArchiveObject, found: ObjectCounts, run_id: str) -> None:
    row = (
        item.key,
        item.etag,
        item.size,
        item.last_modified,
        found.events,
        found.others.total(),
        json.dumps(found.others, sort_keys=True) if found.others else "{}",
        found.quarantined,
        datetime.now(UTC),
        run_id,
    )
    manifest.extend(*([value] for value in row))


def _count(counts: DayCounts, item: ArchiveObject, found: ObjectCounts) -> None:
    counts.objects_read += 1
    counts.events += found.events
    counts.others += found.others
    counts.quarantined += found.quarantined
    counts.bytes += item.size


def _unread(lake: Lake, day: date, listed: Sequence[ArchiveObject]) -> list[ArchiveObject]:
    manifest = lake.read("objects", [day], ["object_key", "etag"])
    keys, etags = manifest["object_key"].to_pylist(), manifest["etag"].to_pylist()
    known = set(zip(keys, etags, strict=True))
    return [item for item in listed if (item.key, item.etag) not in known]


@contextmanager
def _paused_gc() -> Iterator[None]:
    """Without the collector of cycles: the millions of objects of a batch have none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()

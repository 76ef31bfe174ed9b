"""Archive days into the lake: reads what the manifest lacks, accounts for every record.

Belongs here: which objects are read, in which batches, their files' names, the order of commits.
Does not belong here: how objects are fetched and understood.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bwp_pipeline.archive.envelopes import Bad
from bwp_pipeline.archive.fetching import Gone, Refused, fetch
from bwp_pipeline.archive.listing import Archive, ArchiveObject, ArchiveUnreachable
from bwp_pipeline.archive.progress import Progress, ProgressCallback
from bwp_pipeline.archive.reading import ObjectCounts, ObjectReader
from bwp_pipeline.archive.rows import Rows, add_bad
from bwp_pipeline.lake import Lake

BATCH_BYTES = 32 * 1024 * 1024
BATCH_OBJECTS = 10_000
"""One batch is one file of the manifest: at most these many listed bytes and objects."""
FLUSH_BYTES = 48 * 1024 * 1024
"""Bytes of rows after which a batch's next file begins."""


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


class ConcurrentIngest(RuntimeError):  # noqa: N818 - the name says what is wrong
    """Another run reads the same day at the same time."""


def lookback_days(day: date, days: int) -> list[date]:
    """The archive days to check in a run for `day`: it and the `days` before it, oldest first.

    Firehose delivers up to 24 hours late and EventBridge retries for 24 hours, so that objects
    appear in days that were read before.
    """
    return [day - timedelta(days=back) for back in range(days, -1, -1)]


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
    run = _Run(archive, lake, run_id, Progress.of(new.values()), progress)
    counts = []
    for day in days:
        _delete_leftovers(lake, day)
        day_counts = DayCounts(day, objects_listed=len(listed[day]))
        for batch in _batches(new[day]):
            run.read_batch(day_counts, batch, _name(batch))
        if day not in lake.days("objects"):
            # A day that was read has a manifest, even when it held nothing.
            lake.write("objects", day, _name([]), Rows("objects").take())
        counts.append(day_counts)
    return counts


class _Run:
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
        files = _Files(self._lake, counts.day, name)
        manifest = Rows("objects")
        refusals = []
        with closing(fetch(self._archive, batch)) as contents:
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
                f"can't read any object of {counts.day} in {self._archive.url}: {refusals[0].error}"
            )
        files.flush()
        if len(manifest):
            path = self._lake.write("objects", counts.day, name, manifest.take())
            if not files.written():
                self._lake.delete([path])
                raise ConcurrentIngest(f"another run reads {counts.day} too: run again after it")

    def _report(self, item: ArchiveObject, found: ObjectCounts) -> None:
        self._progress.add(item.size, found.events)
        if self._callback is not None:
            self._callback(self._progress)


class _Files:
    """A batch's files of events and quarantined records: `name`, `name-1` and so on."""

    def __init__(self, lake: Lake, day: date, name: str) -> None:
        self._lake = lake
        self._day = day
        self._name = name
        self._paths: list[str] = []
        self._part = 0
        self.events = Rows("events")
        self.quarantine = Rows("quarantine")

    def flush_if_full(self) -> None:
        if self.events.size + self.quarantine.size > FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        name = f"{self._name}-{self._part}" if self._part else self._name
        for rows in (self.events, self.quarantine):
            if len(rows):
                self._paths.append(self._lake.write(rows.table, self._day, name, rows.take()))
        self._part += 1

    def written(self) -> bool:
        """Whether all files are there: a run beside this one may take them for leftovers."""
        files = [*self._lake.files("events", [self._day])]
        files += self._lake.files("quarantine", [self._day])
        return set(self._paths) <= {file.path for file in files}


def _add_object(manifest: Rows, item: ArchiveObject, found: ObjectCounts, run_id: str) -> None:
    row = (
        item.key,
        item.etag,
        item.size,
        item.last_modified,
        found.events,
        found.others.total(),
        json.dumps(found.others, sort_keys=True),
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


def _delete_leftovers(lake: Lake, day: date) -> None:
    committed = {file.name for file in lake.files("objects", [day])}
    lake.delete(
        file.path
        for table in ("events", "quarantine")
        for file in lake.files(table, [day])
        if file.name.partition("-")[0] not in committed
    )


def _batches(objects: Sequence[ArchiveObject]) -> Iterator[list[ArchiveObject]]:
    batch: list[ArchiveObject] = []
    size = 0
    for item in objects:
        if batch and (size + item.size > BATCH_BYTES or len(batch) == BATCH_OBJECTS):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
    if batch:
        yield batch


def _name(objects: Sequence[ArchiveObject]) -> str:
    origin = "\n".join(sorted(f"{item.key}\t{item.etag}" for item in objects))
    return hashlib.sha256(origin.encode()).hexdigest()[:32]

"""One batch of objects, read from start to finish: a job that any process can do.

Belongs here: fetching a batch's objects, reading each, and committing its files.
Does not belong here: which batches there are, or who does them.
"""

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pyarrow as pa

from bwp_pipeline.archive.counts import Counts
from bwp_pipeline.archive.ingest.batches import BatchFiles
from bwp_pipeline.archive.objects.fetching import Content, Gone, Refused, fetch
from bwp_pipeline.archive.objects.listing import Archive, ArchiveObject
from bwp_pipeline.archive.records.columns import Found
from bwp_pipeline.archive.records.envelopes import Bad
from bwp_pipeline.archive.records.reading import ObjectReader
from bwp_pipeline.archive.records.rows import Rows, add_bad, add_events
from bwp_pipeline.archive.records.single_events import grouped
from bwp_pipeline.lake import Lake


@dataclass(frozen=True, slots=True)
class Job:
    """Objects of a day, to be read into files of that name; `is_repeated`: not the first time."""

    archive: Archive
    lake: Lake
    day: date
    objects: Sequence[ArchiveObject]
    name: str
    run_id: str
    is_repeated: bool = False

    @property
    def size(self) -> int:
        """Bytes of its objects, as listed."""
        return sum(item.size for item in self.objects)


def read_job(
    job: Job, report: Callable[[Counts], None] | None = None, *, keep_denied: bool = False
) -> Counts:
    """Read a batch's objects into its files, the manifest last: without it they don't count.

    Args:
        job: The batch.
        report: Called with what was found, after each object or after several.
        keep_denied: Quarantine the objects even if all are denied; otherwise nothing is written
            in that case, and the counts say why.

    Returns:
        What was found; nothing where another run has read the batch meanwhile.

    Raises:
        ArchiveUnreachable: When an object can't be read for a reason that isn't the object's own.
    """
    with (
        _paused_gc(),
        _memory_of_the_system(),
        BatchFiles(job.lake, job.day, job.name) as files,
        closing(fetch(job.archive, job.objects)) as contents,
    ):
        reading = _Reading(job, files, report)
        for group, events in grouped(contents):
            if events is not None:
                reading.read_together([item for item, _ in group], events)
            else:
                for item, content in group:
                    reading.read_alone(item, content)
        total, denied = reading.total, reading.denied
        if denied and len(denied) == total.objects_read and not keep_denied:
            return Counts(denied=denied[0])
        if len(reading.manifest) and not files.commit(reading.manifest, replace=job.is_repeated):
            return Counts(by_another=True)
    return total


class _Reading:
    """What was read of a batch so far: rows in its files, and an account of each object."""

    def __init__(
        self, job: Job, files: BatchFiles, report: Callable[[Counts], None] | None
    ) -> None:
        self.total = Counts()
        self.manifest = Rows("objects")
        self.denied: list[str] = []
        self._run_id = job.run_id
        self._memory = job.archive.columnar_memory
        self._files = files
        self._report = report

    def read_together(self, items: Sequence[ArchiveObject], events: Found) -> None:
        """Add objects of one event each."""
        add_events(self._files.events, events, items, [0] * len(items))
        self._files.flush_if_full()
        self._add(items, Counts(events=1))

    def read_alone(self, item: ArchiveObject, content: Content) -> None:
        """Read an object of any content, or quarantine it if the store won't return it."""
        if isinstance(content, Gone):
            return
        events, quarantine = self._files.events, self._files.quarantine
        if isinstance(content, Refused):
            bad = Bad(content.reason, content.error)
            add_bad(quarantine, bad, item, index=0, offset=0, raw=None)
            if content.reason == "access_denied":
                self.denied.append(content.error)
            self._add([item], Counts(quarantined=1))
        else:
            flush, memory = self._files.flush_if_full, self._memory
            reader = ObjectReader(item, events, quarantine, flush, memory=memory)
            self._add([item], reader.read(content))

    def _add(self, items: Sequence[ArchiveObject], each: Counts) -> None:
        """Account for objects that all held the same."""
        number = len(items)
        self.manifest.extend(
            [item.key for item in items],
            [item.etag for item in items],
            [item.size for item in items],
            [item.last_modified for item in items],
            [each.events] * number,
            [each.others.total()] * number,
            [json.dumps(each.others, sort_keys=True) if each.others else "{}"] * number,
            [each.quarantined] * number,
            [datetime.now(UTC)] * number,
            [self._run_id] * number,
        )
        size = sum(item.size for item in items)
        found = replace(each, objects_read=number, bytes=size, events=each.events * number)
        self.total.add(found)
        if self._report is not None:
            self._report(found)


@contextmanager
def _paused_gc() -> Iterator[None]:
    """Pause the garbage collector: the millions of objects in a batch form no cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _memory_of_the_system() -> Iterator[None]:
    """Have Arrow use the system's allocator, as its own hold on to freed memory."""
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)

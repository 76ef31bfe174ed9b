"""One batch of objects, read from beginning to end: a job that any process can do.

Belongs here: fetching a batch's objects, reading each, and committing its files.
Does not belong here: which batches there are, or who does them.
"""

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa

from bwp_pipeline.archive.batches import BatchFiles
from bwp_pipeline.archive.counts import Counts
from bwp_pipeline.archive.envelopes import Bad
from bwp_pipeline.archive.fetching import Gone, Refused, fetch
from bwp_pipeline.archive.listing import Archive, ArchiveObject
from bwp_pipeline.archive.reading import ObjectReader
from bwp_pipeline.archive.rows import Rows, add_bad
from bwp_pipeline.lake import Lake


@dataclass(frozen=True, slots=True)
class Job:
    """Objects of a day, to be read into files of that name."""

    archive: Archive
    lake: Lake
    day: date
    objects: Sequence[ArchiveObject]
    name: str
    run_id: str

    @property
    def size(self) -> int:
        """Bytes of its objects, as listed."""
        return sum(item.size for item in self.objects)


def read_job(
    job: Job, report: Callable[[Counts], None] | None = None, *, keep_denied: bool = False
) -> Counts:
    """Read a batch's objects into its files, the manifest last: without it they are nothing.

    Args:
        job: The batch.
        report: Called with what each object held.
        keep_denied: Quarantine the objects even where all are denied; else nothing is written
            then, and the counts say why.

    Raises:
        ArchiveUnreachable: When an object can't be read for a reason that is not its own.
        ConcurrentIngest: When another run reads the same day at the same time.
    """
    total = Counts()
    manifest = Rows("objects")
    denied: list[str] = []
    with (
        _paused_gc(),
        _memory_of_the_system(),
        BatchFiles(job.lake, job.day, job.name) as files,
        closing(fetch(job.archive, job.objects)) as contents,
    ):
        for item, content in contents:
            if isinstance(content, Gone):
                continue
            if isinstance(content, Refused):
                bad = Bad(content.reason, content.error)
                add_bad(files.quarantine, bad, item, index=0, offset=0, raw=None)
                found = Counts(quarantined=1)
                if content.reason == "access_denied":
                    denied.append(content.error)
            else:
                reader = ObjectReader(item, files.events, files.quarantine, files.flush_if_full)
                found = reader.read(content)
            found.objects_read, found.bytes = 1, item.size
            _add_object(manifest, item, found, job.run_id)
            total.add(found)
            if report is not None:
                report(found)
        if denied and len(denied) == total.objects_read and not keep_denied:
            return Counts(denied=denied[0])
        if len(manifest):
            files.commit(manifest)
    return total


def _add_object(manifest: Rows, item: ArchiveObject, found: Counts, run_id: str) -> None:
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


@contextmanager
def _memory_of_the_system() -> Iterator[None]:
    """Arrow's memory from the system's allocator: its own keep much of what is given back."""
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)

"""A batch of objects becomes files of the lake, all or none.

Belongs here: which objects make a batch, its files' names, the order of commits.
Does not belong here: reading objects, or files without a manifest (`leftovers.py`).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Self

from bwp_pipeline.archive.objects.listing import ArchiveObject
from bwp_pipeline.archive.records.rows import Rows
from bwp_pipeline.lake import BATCH_TABLES, Lake

BATCH_BYTES = 4 * 1024 * 1024
BATCH_OBJECTS = 2_500
"""One batch is one file of the manifest: at most these many listed bytes and objects."""
FLUSH_BYTES = 12 * 1024 * 1024
"""Bytes of rows after which a batch's next file begins."""


class BatchFiles:
    """The files of one batch: `name`, `name-1`, … of events and quarantined records.

    They count once the manifest's file `name` exists, which `commit` writes last. Use it as a
    context manager: one file is written while the next is filled.
    """

    def __init__(self, lake: Lake, day: date, name: str) -> None:
        self.events = Rows("events")
        self.quarantine = Rows("quarantine")
        self._lake = lake
        self._day = day
        self._name = name
        self._parts = 0
        self._paths: set[str] = set()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lake-write")
        self._writing: list[Future[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.shutdown(cancel_futures=True)

    def flush_if_full(self) -> None:
        """Write the rows out when there are many."""
        if self.events.size + self.quarantine.size > FLUSH_BYTES:
            self._flush()

    def commit(self, manifest: Rows, *, replace: bool) -> bool:
        """Write what is left, then the manifest.

        Args:
            manifest: An account of the objects.
            replace: Whether the batch was read before, and its manifest is to be replaced.

        Returns:
            False when another run has read the batch meanwhile: then its manifest stays.
        """
        self._flush()
        self._wait()
        rows = manifest.take()
        if replace:
            self._lake.write("objects", self._day, self._name, rows)
        elif not self._lake.create("objects", self._day, self._name, rows):
            return False
        # An earlier reading of the same objects may have had more files.
        files = (file for table in BATCH_TABLES for file in self._lake.files(table, [self._day]))
        present = {file.path for file in files if file.batch == self._name}
        self._lake.delete(present - self._paths)
        return True

    def _flush(self) -> None:
        # One file may wait to be written while the next is filled: memory stays bounded.
        self._wait()
        name = f"{self._name}-{self._parts}" if self._parts else self._name
        for rows in (self.events, self.quarantine):
            if len(rows):
                table = rows.take()
                write = self._writer.submit(self._lake.write, rows.table, self._day, name, table)
                self._writing.append(write)
        self._parts += 1

    def _wait(self) -> None:
        self._paths.update(write.result() for write in self._writing)
        self._writing.clear()


def batch_name(objects: Sequence[ArchiveObject]) -> str:
    """What the files of these objects are called, whenever they are read."""
    return digest((item.key, item.etag) for item in objects)


def digest(objects: Iterable[tuple[str, str]]) -> str:
    """A name made of keys and etags."""
    text = "\n".join(sorted(f"{key}\t{etag}" for key, etag in objects))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def batches(objects: Sequence[ArchiveObject]) -> Iterator[list[ArchiveObject]]:
    """The objects in their order, in groups of bounded number and size."""
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

"""How far reading the archive has got.

Belongs here: counting, and the estimates that follow from the counts.
Does not belong here: showing them anywhere.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bwp_pipeline.archive.counts import Counts
from bwp_pipeline.archive.ingest.job import Job


@dataclass(slots=True)
class Progress:
    """Objects, bytes (as listed) and events so far, and how many objects and bytes in total."""

    objects_total: int
    bytes_total: int
    objects: int = 0
    bytes: int = 0
    events: int = 0
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, jobs: Sequence[Job]) -> "Progress":
        """The beginning of these jobs."""
        return cls(sum(len(job.objects) for job in jobs), sum(job.size for job in jobs))

    def add(self, found: Counts) -> None:
        """Count objects that were read."""
        self.objects += found.objects_read
        self.bytes += found.bytes
        self.events += found.events

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.started

    @property
    def events_per_second(self) -> float:
        """Since the beginning, on average."""
        return self.events / max(self.seconds, 1e-3)

    @property
    def seconds_left(self) -> float:
        """Seconds left at the pace so far: objects take time both by number and by size."""
        done = self.objects / self.objects_total / 2
        done += self.bytes / self.bytes_total / 2 if self.bytes_total else done
        return self.seconds * (1 - done) / done if done else 0.0

    def __str__(self) -> str:
        return (
            f"{self.objects:,} of {self.objects_total:,} objects,"
            f" {self.bytes / 1e6:,.1f} of {self.bytes_total / 1e6:,.1f} MB,"
            f" {self.events:,} events ({self.events_per_second:,.0f}/s),"
            f" {self.seconds_left:,.0f} s left"
        )


ProgressCallback = Callable[[Progress], None]

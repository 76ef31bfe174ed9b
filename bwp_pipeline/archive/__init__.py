"""From archived objects to events.

Belongs here: listing, fetching, opening, framing and understanding what an event archive holds.
Does not belong here: Dagster, the API, anything after the lake's bronze rows.
"""

from bwp_pipeline.archive.batches import ConcurrentIngest
from bwp_pipeline.archive.ingest import (
    DayCounts,
    ingest_days,
)
from bwp_pipeline.archive.listing import (
    Archive,
    ArchiveObject,
    open_archive,
)
from bwp_pipeline.archive.progress import Progress
from bwp_pipeline.archive.quarantine import Reason, Retried, quarantined, retry
from bwp_pipeline.archive.trouble import ArchiveUnreachable

__all__ = [
    "Archive",
    "ArchiveObject",
    "ArchiveUnreachable",
    "ConcurrentIngest",
    "DayCounts",
    "Progress",
    "Reason",
    "Retried",
    "ingest_days",
    "open_archive",
    "quarantined",
    "retry",
]

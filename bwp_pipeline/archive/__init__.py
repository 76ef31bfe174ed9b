"""From archived objects to events.

Belongs here: listing, fetching, opening, framing and understanding what an event archive holds.
Does not belong here: Dagster, the API, anything after the lake's bronze rows.
"""

from bwp_pipeline.archive.errors import ArchiveUnreachable
from bwp_pipeline.archive.ingest.accounts import Identity, check, days_read_by
from bwp_pipeline.archive.ingest.arrivals import unread_objects
from bwp_pipeline.archive.ingest.days import (
    DayCounts,
    ingest_days,
)
from bwp_pipeline.archive.ingest.progress import Progress
from bwp_pipeline.archive.ingest.quarantine import Reason, Retried, quarantined, retry
from bwp_pipeline.archive.objects.listing import (
    Archive,
    ArchiveObject,
    open_archive,
)

__all__ = [
    "Archive",
    "ArchiveObject",
    "ArchiveUnreachable",
    "DayCounts",
    "Identity",
    "Progress",
    "Reason",
    "Retried",
    "check",
    "days_read_by",
    "ingest_days",
    "open_archive",
    "quarantined",
    "retry",
    "unread_objects",
]

"""From archived objects to events.

Belongs here: listing, fetching, opening, framing and understanding what an event archive holds.
Does not belong here: Dagster, the API, anything after the lake's bronze rows.
"""

from bwp_pipeline.archive.ingest import DayCounts, ingest_days
from bwp_pipeline.archive.listing import (
    Archive,
    ArchiveObject,
    ArchiveUnreachable,
    open_archive,
)

__all__ = [
    "Archive",
    "ArchiveObject",
    "ArchiveUnreachable",
    "DayCounts",
    "ingest_days",
    "open_archive",
]

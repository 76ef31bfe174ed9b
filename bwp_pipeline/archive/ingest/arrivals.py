"""What the archive has of some days that no run has read: a look, without reading anything.

Belongs here: comparing the listing with the manifest. Does not belong here: what is done about it,
or whether rows that were read are still there (`plans.py`).
"""

from collections.abc import Collection
from datetime import date

from bwp_pipeline.archive.ingest.accounts import Identity, read_batches
from bwp_pipeline.archive.objects.listing import Archive
from bwp_pipeline.lake import Lake


def unread_objects(
    archive: Archive, lake: Lake, days: Collection[date]
) -> dict[date, set[Identity]]:
    """The objects (key and etag) that the manifest lacks, by day; days without any are left out.

    Raises:
        ArchiveUnreachable: When the archive can't be listed.
    """
    unread = {}
    for day, items in archive.list_days(days).items():
        there = {(item.key, item.etag) for item in items}
        if there:
            read = {identity for batch in read_batches(lake, day) for identity in batch.objects}
            unread[day] = there - read
    return {day: identities for day, identities in unread.items() if identities}

"""What a run reads from an archive day: new objects, and those whose rows the lake has lost.

Belongs here: comparing the archive's listing with the manifest and the manifest with the rows.
Does not belong here: reading (`job.py`), or the comparison with rows itself (`accounts.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bwp_pipeline.archive.ingest.accounts import Batch, Identity, check, read_batches
from bwp_pipeline.archive.ingest.batches import batch_name, batches
from bwp_pipeline.archive.objects.listing import ArchiveObject
from bwp_pipeline.lake import Lake


@dataclass(slots=True)
class Plan:
    """What is to be read of a day: batches by name, new ones and those that have lost rows.

    `known` are the existing batches, `lost` counts rows that the lake has lost and the archive no
    longer has.
    """

    day: date
    known: set[str]
    new: dict[str, list[ArchiveObject]] = field(default_factory=dict)
    repeated: dict[str, list[ArchiveObject]] = field(default_factory=dict)
    lost: int = 0

    def others_came(self, lake: Lake) -> bool:
        """Whether another run has read part of the day in the meantime."""
        named = {file.name for file in lake.files("objects", [self.day])}
        return not named <= self.known.union(self.new)


def make_plans(lake: Lake, listed: Mapping[date, Sequence[ArchiveObject]]) -> list[Plan]:
    """A plan for each of those days, from what the archive has of it."""
    broken = {(batch.file.day, batch.name) for batch in check(lake, listed).broken}
    plans = []
    for day, items in listed.items():
        there = {(item.key, item.etag): item for item in items}
        present = _withdrawn_twins(lake, read_batches(lake, day), there)
        plan = Plan(day, {batch.name for batch in present})
        for batch in present:
            if (day, batch.name) not in broken:
                continue
            if batch.objects.keys() <= there.keys():
                plan.repeated[batch.name] = [there[identity] for identity in batch.objects]
            else:
                plan.lost += batch.events + batch.quarantined
        read = {identity for batch in present for identity in batch.objects}
        unread = [item for identity, item in there.items() if identity not in read]
        plan.new = {batch_name(batch): batch for batch in batches(unread)}
        plans.append(plan)
    return plans


def _withdrawn_twins(
    lake: Lake, found: Sequence[Batch], there: Mapping[Identity, ArchiveObject]
) -> list[Batch]:
    """The batches, leaving out those that share an object with another.

    Two runs that list a day at different moments make different batches of it. The later names'
    manifests are deleted, and what only they held is read again.
    """
    kept: list[Batch] = []
    read: set[Identity] = set()
    for batch in found:
        only_here = batch.objects.keys() - read
        if len(only_here) < len(batch.objects) and only_here <= there.keys():
            lake.delete([batch.file.path])
        else:
            kept.append(batch)
            read |= only_here
    return kept

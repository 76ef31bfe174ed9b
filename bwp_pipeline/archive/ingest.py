"""Archive days into the lake: reads what the manifest lacks, accounts for every record.

Belongs here: batches of objects, their files' names, the order of commits, counts.
Does not belong here: how objects are fetched, opened and understood.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bwp_pipeline.archive.envelopes import Bad, Found, read_record
from bwp_pipeline.archive.fetching import Gone, fetch
from bwp_pipeline.archive.framing import frames
from bwp_pipeline.archive.listing import Archive, ArchiveObject
from bwp_pipeline.archive.opening import Unopenable, open_text
from bwp_pipeline.archive.rows import Rows, add_bad, add_event
from bwp_pipeline.lake import Lake

BATCH_BYTES = 32 * 1024 * 1024
BATCH_OBJECTS = 5_000
"""One batch is one file of each table: at most these many listed bytes and objects."""


@dataclass(slots=True)
class DayCounts:
    """What one archive day held and gave; `bytes` are those of the objects read."""

    day: date
    objects_listed: int = 0
    objects_read: int = 0
    events: int = 0
    others: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    bytes: int = 0


Progress = Callable[[DayCounts], None]


def ingest_days(
    archive: Archive,
    lake: Lake,
    days: Sequence[date],
    run_id: str,
    progress: Progress | None = None,
) -> list[DayCounts]:
    """Read those days' objects that the lake's manifest lacks.

    Args:
        archive: Where the events are.
        lake: Gets `events`, `quarantine` and the manifest `objects`.
        days: Archive days.
        run_id: Written into the manifest.
        progress: Called after each object with the day's counts so far.

    Raises:
        ArchiveUnreachable: When the archive itself can't be listed or read. What was read before
            is kept.
    """
    listed = archive.list_days(days)
    return [
        _ingest_day(archive, lake, day, listed[day], run_id=run_id, progress=progress)
        for day in days
    ]


def _ingest_day(
    archive: Archive,
    lake: Lake,
    day: date,
    listed: Sequence[ArchiveObject],
    *,
    run_id: str,
    progress: Progress | None,
) -> DayCounts:
    _delete_leftovers(lake, day)
    counts = DayCounts(day, objects_listed=len(listed))
    manifest = lake.read("objects", [day], ["object_key", "etag"]).to_pylist()
    known = {(row["object_key"], row["etag"]) for row in manifest}
    new = [item for item in listed if (item.key, item.etag) not in known]
    for batch in _batches(new):
        _ingest_batch(archive, lake, batch, run_id=run_id, counts=counts, progress=progress)
    if not lake.files("objects", [day]):
        # A day that was read has a manifest, even when it held nothing.
        lake.write("objects", day, _name([]), Rows("objects").table())
    return counts


def _ingest_batch(
    archive: Archive,
    lake: Lake,
    batch: Sequence[ArchiveObject],
    *,
    run_id: str,
    counts: DayCounts,
    progress: Progress | None,
) -> None:
    events, quarantine, objects = Rows("events"), Rows("quarantine"), Rows("objects")
    for item, content in fetch(archive, batch):
        if isinstance(content, Gone):
            continue
        before = len(events), len(quarantine)
        others = _read_object(item, content, events, quarantine)
        found, bad = len(events) - before[0], len(quarantine) - before[1]
        objects.add(
            item.key,
            item.etag,
            item.size,
            item.last_modified,
            found,
            others.total(),
            json.dumps(others, sort_keys=True),
            bad,
            datetime.now(UTC),
            run_id,
        )
        counts.objects_read += 1
        counts.events += found
        counts.others += others
        counts.quarantined += bad
        counts.bytes += item.size
        if progress is not None:
            progress(counts)
    name = _name(batch)
    # The manifest comes last: without it, the other two are leftovers.
    if len(events):
        lake.write("events", counts.day, name, events.table())
    if len(quarantine):
        lake.write("quarantine", counts.day, name, quarantine.table())
    if len(objects):
        lake.write("objects", counts.day, name, objects.table())


def _read_object(
    item: ArchiveObject, content: bytes, events: Rows, quarantine: Rows
) -> Counter[str]:
    others: Counter[str] = Counter()
    index = offset = 0
    text = _Opened([content])
    for frame in frames(text):
        offset = frame.offset + len(frame.raw)
        outcomes = (
            [Bad("not_json", frame.error)] if frame.error is not None else read_record(frame.raw)
        )
        for outcome in outcomes:
            if isinstance(outcome, Found):
                add_event(events, outcome, item, index)
            elif isinstance(outcome, Bad):
                add_bad(quarantine, outcome, item, index=index, offset=frame.offset, raw=frame.raw)
            else:
                others[outcome.kind] += 1
            index += 1
    if text.failure is not None:
        bad = Bad(text.failure.reason, str(text.failure))
        add_bad(quarantine, bad, item, index=index, offset=offset, raw=None)
    return others


class _Opened:
    """An object's text up to where it can't be opened any further; `failure` says why."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self._chunks = chunks
        self.failure: Unopenable | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from open_text(self._chunks)
        except Unopenable as failure:
            self.failure = failure


def _delete_leftovers(lake: Lake, day: date) -> None:
    committed = {file.name for file in lake.files("objects", [day])}
    lake.delete(
        file.path
        for table in ("events", "quarantine")
        for file in lake.files(table, [day])
        if file.name not in committed
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

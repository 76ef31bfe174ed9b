"""Writes a world's event archive as a Firehose stream would: small gzip objects by arrival hour.

Keys are `YYYY/MM/DD/HH/<stream>-<version>-<time>-<uuid>[.gz]` (UTC, arrival of the oldest record).
In the first part of a world's time records follow each other without a delimiter, later each ends
with a newline. The counts that `write_archive` returns are exact: a reader's must equal them.
"""

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import obstore
from obstore.store import ObjectStore

from bwp_pipeline.sandbox.archive import stream
from bwp_pipeline.sandbox.archive.eventbridge import Record
from bwp_pipeline.sandbox.world.dice import Dice
from bwp_pipeline.sandbox.world.order_book import OrderBook

STREAM = "bwp-events"
BUFFER_SECONDS = 900
DELIMITER_FROM = 0.6
TWICE_RATE = 0.005
PUTS_IN_FLIGHT = 8


@dataclass(frozen=True, slots=True)
class ArchivedObject:
    """An object of the archive: its key below the archive's prefix, and its records."""

    key: str
    day: date
    records: list[Record]
    newline: bool

    def content(self) -> bytes:
        """The object's bytes, always the same for the same object."""
        text = b"".join(r.body + b"\n" * self.newline for r in self.records)
        return gzip.compress(text, compresslevel=1, mtime=0)


@dataclass(slots=True)
class DayCounts:
    """What a day's objects hold: events (every copy), other records by kind, unreadable ones."""

    objects: int = 0
    events: int = 0
    others: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    bytes: int = 0


@dataclass(slots=True)
class ArchiveCounts:
    """Counts by archive day, and the objects' keys."""

    days: dict[date, DayCounts] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    @property
    def events(self) -> int:
        """Events of all days, every copy counted."""
        return sum(day.events for day in self.days.values())

    @property
    def quarantined(self) -> int:
        """Unreadable records of all days."""
        return sum(day.quarantined for day in self.days.values())

    @property
    def others(self) -> int:
        """Readable records that aren't events of a store, over all days."""
        return sum(day.others.total() for day in self.days.values())


def objects(world: OrderBook, days: Iterable[date] | None = None) -> Iterator[ArchivedObject]:
    """The objects of those days (default: all), day by day, in order of arrival."""
    for first, records in stream.days(world, days):
        dice = Dice(f"{world.seed}/firehose/{first}")
        newline = (first - world.start) / (world.end - world.start) >= DELIMITER_FROM
        for batch in _batches(records):
            yield _object(batch, newline, dice)
            if dice.happens(TWICE_RATE):
                # A delivery was tried again although the first had succeeded.
                yield _object(batch, newline, dice)


def write_archive(
    world: OrderBook, target: str | Path | ObjectStore, *, days: Iterable[date] | None = None
) -> ArchiveCounts:
    """Writes the archive to a directory, an obstore URL or a store; returns what it holds.

    With `days` only those days' objects are written and counted.
    """
    store = open_store(target)
    wanted = world.day_list() if days is None else sorted(days)
    counts = ArchiveCounts({day: DayCounts() for day in wanted})

    def put(item: ArchivedObject) -> tuple[ArchivedObject, int]:
        content = item.content()
        obstore.put(store, item.key, content)
        return item, len(content)

    written = objects(world, wanted)
    with ThreadPoolExecutor(PUTS_IN_FLIGHT) as pool:
        # Some at a time, so that a large archive is never in memory as a whole.
        while batch := list(islice(written, 32 * PUTS_IN_FLIGHT)):
            for item, size in pool.map(put, batch):
                _count(counts.days[item.day], item, size)
                counts.keys.append(item.key)
    return counts


def open_store(target: str | Path | ObjectStore) -> ObjectStore:
    """The store behind a directory (made where missing) or URL; a store is taken as it is.

    For `s3://bucket/prefix/` the `AWS_*` variables hold, as for every AWS tool.
    """
    if isinstance(target, Path):
        return obstore.store.LocalStore(target, mkdir=True)
    if isinstance(target, str) and target.startswith("file:"):
        return obstore.store.from_url(target, mkdir=True)
    if isinstance(target, str):
        # Local S3 endpoints speak plain HTTP.
        return obstore.store.from_url(target, client_options={"allow_http": True})
    return target


def _count(day: DayCounts, item: ArchivedObject, size: int) -> None:
    kinds = Counter(record.name for record in item.records)
    day.quarantined += kinds.pop(stream.BROKEN, 0) + kinds.pop(stream.TRUNCATED, 0)
    if foreign := kinds.pop(stream.FOREIGN, 0):
        day.others[stream.FOREIGN] += foreign
    day.events += kinds.total()
    day.objects += 1
    day.bytes += size


def _batches(records: list[Record]) -> Iterator[list[Record]]:
    """Records of one buffer each; one that breaks off ends its object."""
    batch: list[Record] = []
    for record in records:
        full = batch and (
            record.arrives // 3_600 != batch[0].arrives // 3_600
            or record.arrives - batch[0].arrives >= BUFFER_SECONDS
            or batch[-1].name == stream.TRUNCATED
        )
        if full:
            yield batch
            batch = []
        batch.append(record)
    if batch:
        yield batch


def _object(batch: list[Record], newline: bool, dice: Dice) -> ArchivedObject:  # noqa: FBT001
    opened = datetime.fromtimestamp(batch[0].arrives, UTC)
    version, ending = (2, "") if newline else (1, ".gz")
    name = f"{STREAM}-{version}-{opened:%Y-%m-%d-%H-%M-%S}-{dice.uuid()}{ending}"
    return ArchivedObject(f"{opened:%Y/%m/%d/%H}/{name}", opened.date(), batch, newline)

"""One object, from its bytes to rows, with an account of every record in it.

Belongs here: putting opening, framing and understanding together for an object.
Does not belong here: fetching objects, or files of the lake.
"""

from collections.abc import Callable, Iterable, Iterator

from bwp_pipeline.archive.counts import Counts
from bwp_pipeline.archive.objects.listing import ArchiveObject
from bwp_pipeline.archive.opening.columnar import MAGIC, MEMORY, records
from bwp_pipeline.archive.opening.containers import Unopenable
from bwp_pipeline.archive.opening.layers import MAX_INFLATED, Opened
from bwp_pipeline.archive.records.columns import Found
from bwp_pipeline.archive.records.envelopes import Bad, Other, Outcome, decode_events, plain_events
from bwp_pipeline.archive.records.framing import UNFINISHED, Broken, Values, frame
from bwp_pipeline.archive.records.rows import Rows, add_bad, add_events
from bwp_pipeline.archive.records.wrappers import read_record

# Bytes of text that are read at once: enough to be quick, few enough to stay in the caches.
PORTION = 1024 * 1024


def kind_by_key(key: str) -> str | None:
    """The kind of an object that holds no records, judged by its key."""
    name = key.rpartition("/")[2]
    if name == "aws-logs-write-test":
        return "write_test"
    if name.endswith((".tmp", "_$folder$")) or name in {"_SUCCESS", ""}:
        return "marker"
    return None


class ObjectReader:
    """Reads one object's records into rows.

    Args:
        item: The object.
        events: Receives the events.
        quarantine: Receives what can't be read.
        flush: Called between portions, so that rows can be written out before there are too many.
        limit: Bytes that the object may inflate to.
        memory: Bytes that the rows of a columnar object may take at once.
    """

    def __init__(
        self,
        item: ArchiveObject,
        events: Rows,
        quarantine: Rows,
        flush: Callable[[], None],
        *,
        limit: int = MAX_INFLATED,
        memory: int = MEMORY,
    ) -> None:
        self.counts = Counts()
        self._item = item
        self._events = events
        self._quarantine = quarantine
        self._flush = flush
        self._limit = limit
        self._memory = memory
        self._index = 0

    def read(self, chunks: Iterable[bytes]) -> Counts:
        """Read the object, whose bytes come in chunks, and count what is in it."""
        kind = kind_by_key(self._item.key)
        if kind is not None:
            self._add([Other(kind)], 0, None)
            return self.counts
        opened = Opened(chunks, self._limit)
        failure: Unopenable | None
        if opened.peek(4).startswith(MAGIC):
            end, failure = self._read_columnar(opened), opened.failure
        else:
            end, failure = self._read_text(opened)
        if failure is not None:
            self._add([Bad(failure.reason, str(failure))], end, None)
        if not self._index:
            self._add([Other("empty")], 0, None)
        return self.counts

    def _read_text(self, opened: Opened) -> tuple[int, Unopenable | None]:
        """Read all records; returns where the text ends, and why, if that isn't recorded yet."""
        end = 0
        told = False
        for part in frame(opened, decode_events, PORTION):
            if isinstance(part, Values):
                end = self._read_values(part)
            else:
                end = part.offset + len(part.raw)
                # A record cut off where the object can't be opened any further is a single fault.
                told = opened.failure is not None and part.error == UNFINISHED
                self._add([_bad(part, opened.failure if told else None)], part.offset, part.raw)
            self._flush()
        return end, None if told else opened.failure

    def _read_values(self, part: Values) -> int:
        found = plain_events(part.decoded) if part.decoded is not None else None
        if found is not None:
            self._add_found(found)
        else:
            for offset, raw in part.values():
                self._add(read_record(raw), offset, raw)
        return part.offset + len(part.text)

    def _read_columnar(self, opened: Opened) -> int:
        row = size = 0
        for raw in _until_failure(opened, self._memory):
            size += len(raw)
            if size > self._limit:
                too_large = f"holds more than {self._limit} bytes of rows"
                opened.failure = Unopenable("too_large", too_large)
                break
            self._add(read_record(raw), row, raw)
            self._flush()
            row += 1
        return row

    def _add_found(self, found: Found) -> None:
        number = len(found.events)
        positions = range(self._index, self._index + number)
        add_events(self._events, found, [self._item] * number, positions)
        self.counts.events += number
        self._index += number

    def _add(self, outcomes: list[Outcome], offset: int, raw: bytes | None) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Found):
                self._add_found(outcome)
                continue
            if isinstance(outcome, Bad):
                add_bad(
                    self._quarantine, outcome, self._item, index=self._index, offset=offset, raw=raw
                )
                self.counts.quarantined += 1
            else:
                self.counts.others[outcome.kind] += 1
            self._index += 1


def _bad(part: Broken, failure: Unopenable | None) -> Bad:
    if failure is not None:
        return Bad(failure.reason, str(failure))
    return Bad("truncated" if part.error == UNFINISHED else "not_json", part.error)


def _until_failure(opened: Opened, memory: int) -> Iterator[bytes]:
    try:
        yield from records(opened, memory)
    except Unopenable as failure:
        opened.failure = opened.failure or failure

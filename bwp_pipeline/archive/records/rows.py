"""From outcomes to the lake's rows.

Belongs here: the columns of `events` and `quarantine`, gathered in bulk.
Does not belong here: reading objects or writing files.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow as pa

from bwp_pipeline.archive.objects.listing import ArchiveObject
from bwp_pipeline.archive.records.columns import Found, raw_column
from bwp_pipeline.archive.records.envelopes import Bad
from bwp_pipeline.archive.records.event import CURRENT_NAMES, message_id
from bwp_pipeline.lake import SCHEMAS

MAX_RAW = 1024 * 1024
"""Bytes of a broken record that are kept; an event is smaller."""
# Rows after which Python's objects become Arrow's arrays: few enough to stay in the caches.
_BATCH = 1_024


class Rows:
    """Rows of one table, gathered column by column; `size` is about their bytes of text."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.size = 0
        self._schema = SCHEMAS[table]
        self._columns: list[list[Any]] = [[] for _ in self._schema]
        self._batches: list[pa.RecordBatch] = []

    def __len__(self) -> int:
        packed: int = sum(batch.num_rows for batch in self._batches)
        return packed + len(self._columns[0])

    def extend(self, *columns: Sequence[object]) -> None:
        """Add rows, given as columns in the order of the schema."""
        for column, values in zip(self._columns, columns, strict=True):
            column.extend(values)
        if len(self._columns[0]) >= _BATCH:
            self._pack()

    def extend_many(self, *columns: Sequence[object] | pa.Array) -> None:
        """Add rows that are enough to be packed by themselves; columns may be Arrow's arrays."""
        self._pack()
        self._append(columns)

    def take(self) -> pa.Table:
        """The rows as a table of the lake's schema; then this holds none."""
        self._pack()
        table = pa.Table.from_batches(self._batches, self._schema)
        self._batches = []
        self.size = 0
        return table

    def _pack(self) -> None:
        if self._columns[0]:
            self._append(self._columns)
            self._columns = [[] for _ in self._schema]

    def _append(self, columns: Sequence[Sequence[Any] | pa.Array]) -> None:
        arrays = [
            _array(column, field.type) for column, field in zip(columns, self._schema, strict=True)
        ]
        self._batches.append(pa.record_batch(arrays, schema=self._schema))


def _array(values: Sequence[Any] | pa.Array, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, range):
        return pa.arange(values.start, values.stop)
    first = values[0]
    if isinstance(first, msgspec.Raw):
        return raw_column(values, b"".join(values))
    if isinstance(first, str) and pa.types.is_timestamp(kind):
        return pa.array(values, pa.string()).cast(kind)
    # Most columns have one value in all rows of an object, which is quicker to build once.
    if pa.types.is_string(kind) and first == values[-1] and values.count(first) == len(values):
        return pa.repeat(pa.scalar(first, kind), len(values))
    return pa.array(values, kind)


def add_events(
    rows: Rows, found: Found, items: Sequence[ArchiveObject], positions: Sequence[int]
) -> None:
    """Add events' rows; `items` are the objects that they lie in, at these positions."""
    events, details, texts, envelopes, times, resources, named = found
    names = [event.detail_type for event in events]
    ids = [event.id for event in events]
    is_many = isinstance(times, pa.Array)
    types = pa.array(names, pa.string()) if is_many else names
    (rows.extend_many if is_many else rows.extend)(
        ids,
        [
            detail.event_id or message_id(event_id, detail)
            for event_id, detail in zip(ids, details, strict=True)
        ],
        types,
        types
        if CURRENT_NAMES.keys().isdisjoint(names)
        else [*map(CURRENT_NAMES.get, names, names)],
        [event.source for event in events],
        [event.account for event in events],
        [event.region for event in events],
        times,
        *named,
        resources,
        texts,
        envelopes,
        [item.key for item in items],
        [item.etag for item in items],
        positions,
    )
    text_bytes = texts.nbytes if isinstance(texts, pa.Array) else sum(map(len, texts))
    rows.size += text_bytes + 400 * len(events)


def add_bad(
    rows: Rows, bad: Bad, item: ArchiveObject, *, index: int, offset: int, raw: bytes | None
) -> None:
    """Add a quarantined record's row."""
    kept = None if raw is None else raw[:MAX_RAW]
    error = bad.error[:1000]
    rows.extend([item.key], [item.etag], [index], [offset], [bad.reason], [error], [kept])
    rows.size += 400 + len(kept or b"")

"""From outcomes to the lake's rows.

Belongs here: the columns of `events` and `quarantine`, gathered in bulk.
Does not belong here: reading objects or writing files.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from bwp_pipeline.archive.envelopes import Bad
from bwp_pipeline.archive.events import CURRENT_NAMES, Found, message_id
from bwp_pipeline.archive.listing import ArchiveObject
from bwp_pipeline.lake import SCHEMAS

MAX_RAW = 1024 * 1024
"""Bytes of a broken record that are kept; an event is smaller."""


class Rows:
    """Rows of one table, gathered column by column; `size` is about their bytes of text."""

    def __init__(self, table: str) -> None:
        self.table = table
        self._schema = SCHEMAS[table]
        self._columns: list[list[Any]] = [[] for _ in self._schema]
        self.size = 0

    def __len__(self) -> int:
        return len(self._columns[0])

    def extend(self, *columns: Sequence[object]) -> None:
        """Add rows, given as columns in the order of the schema."""
        for column, values in zip(self._columns, columns, strict=True):
            column.extend(values)

    def take(self) -> pa.Table:
        """The rows as a table of the lake's schema; none are left here."""
        arrays = [
            pa.array(column, field.type)
            for column, field in zip(self._columns, self._schema, strict=True)
        ]
        self._columns = [[] for _ in self._schema]
        self.size = 0
        return pa.table(arrays, schema=self._schema)


def add_events(
    rows: Rows, found: Sequence[Found], item: ArchiveObject, indexes: Sequence[int]
) -> None:
    """Add events' rows, each with its position in the object."""
    events = [one.event for one in found]
    resources = [one.resource for one in found]
    details = [bytes(event.detail) for event in events]
    rows.extend(
        [event.id for event in events],
        [message_id(one.event.id, one.detail) for one in found],
        [event.detail_type for event in events],
        [CURRENT_NAMES.get(event.detail_type, event.detail_type) for event in events],
        [event.source for event in events],
        [event.account for event in events],
        [event.region for event in events],
        [event.time for event in events],
        [resource.business_product_id for resource in resources],
        [resource.order_id for resource in resources],
        [resource.resource_type for resource in resources],
        [resource.resource_id for resource in resources],
        [event.resources for event in events],
        details,
        [one.envelope for one in found],
        [item.key] * len(found),
        [item.etag] * len(found),
        indexes,
    )
    rows.size += sum(map(len, details)) + 400 * len(found)


def add_bad(
    rows: Rows, bad: Bad, item: ArchiveObject, *, index: int, offset: int, raw: bytes | None
) -> None:
    """Add a quarantined record's row."""
    kept = None if raw is None else raw[:MAX_RAW]
    error = bad.error[:1000]
    rows.extend([item.key], [item.etag], [index], [offset], [bad.reason], [error], [kept])
    rows.size += 400 + len(kept or b"")

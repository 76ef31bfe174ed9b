"""From outcomes to the lake's rows.

Belongs here: columns of `events` and `quarantine`, gathered in bulk.
Does not belong here: reading objects or writing files.
"""

from typing import Any

import pyarrow as pa

from bwp_pipeline.archive.envelopes import Bad, Found
from bwp_pipeline.archive.events import CURRENT_NAMES, message_id, parse_resource
from bwp_pipeline.archive.listing import ArchiveObject
from bwp_pipeline.lake import SCHEMAS

MAX_RAW = 1024 * 1024
"""Bytes of a broken record that are kept; an event is smaller."""


class Rows:
    """Rows of one table, gathered column by column."""

    def __init__(self, table: str) -> None:
        self._schema = SCHEMAS[table]
        self._columns: list[list[Any]] = [[] for _ in self._schema]

    def __len__(self) -> int:
        return len(self._columns[0])

    def add(self, *values: object) -> None:
        """Add one row, its values in the order of the schema."""
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)

    def table(self) -> pa.Table:
        """The rows as a table of the lake's schema."""
        return pa.table(
            [
                pa.array(column, field.type)
                for column, field in zip(self._columns, self._schema, strict=True)
            ],
            schema=self._schema,
        )


def add_event(rows: Rows, found: Found, item: ArchiveObject, index: int) -> None:
    """Add an event's row."""
    event, detail, envelope = found
    resource = parse_resource(event.resources[0]) if event.resources else (None,) * 4
    rows.add(
        event.id,
        message_id(event.id, detail),
        event.detail_type,
        CURRENT_NAMES.get(event.detail_type, event.detail_type),
        event.source,
        event.account,
        event.region,
        event.time,
        resource[0],
        resource[1],
        resource[2],
        resource[3],
        event.resources,
        bytes(event.detail).decode(),
        envelope,
        item.key,
        item.etag,
        index,
    )


def add_bad(
    rows: Rows, bad: Bad, item: ArchiveObject, *, index: int, offset: int, raw: bytes | None
) -> None:
    """Add a quarantined record's row."""
    rows.add(
        item.key, item.etag, index, offset, bad.reason, bad.error[:1000], raw and raw[:MAX_RAW]
    )

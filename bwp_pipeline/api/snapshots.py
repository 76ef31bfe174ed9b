"""Answers about orders, written into the lake as they come.

Belongs here: turning an answer into a row, and rows into files of bounded size. Does not belong
here: the lake's layout (`bwp_pipeline/lake.py`).
"""

import asyncio
import hashlib
from datetime import datetime
from itertools import groupby
from typing import TypedDict

import msgspec
import pyarrow as pa

from bwp_pipeline.api.answers import Answer
from bwp_pipeline.api.clock import Clock
from bwp_pipeline.api.order_progress import DeliveryState, progress_of
from bwp_pipeline.api.order_ref import OrderRef
from bwp_pipeline.lake import SCHEMAS, Lake

_TABLE = "order_snapshots"
_MOST_ROWS = 500
_MOST_CHARACTERS = 8 << 20
_LONGEST_WAIT = 20.0


class Snapshot(TypedDict):
    """A row of `order_snapshots`; the columns are described there."""

    business_product_id: str
    order_id: str
    fetched_at: datetime
    api_version: str
    status: str
    error: str | None
    payload: str | None
    payload_sha256: str | None
    deliveries: list[DeliveryState] | None
    unfinished: list[str] | None
    run_id: str


class SnapshotWriter:
    """Collects snapshots and writes them in files of bounded size and age.

    A kill loses at most the rows since the last file.
    """

    def __init__(self, lake: Lake, api_version: str, run_id: str, clock: Clock) -> None:
        self._lake = lake
        self._api_version = api_version
        self._run_id = run_id
        self._clock = clock
        self._rows: list[Snapshot] = []
        self._characters = 0
        self._oldest = 0.0
        self._writing = asyncio.Lock()

    def add(self, ref: OrderRef, answer: Answer, asked_at: datetime) -> bool:
        """Take an answer; a payload that the lake has already becomes a reference to it.

        Returns:
            Whether the lake has the payload already.
        """
        payload, sha256 = answer.payload, None
        if payload is not None:
            sha256 = hashlib.sha256(payload.encode()).hexdigest()
        unchanged = sha256 is not None and sha256 == ref.known_sha256
        progress = None if payload is None else progress_of(payload)
        if not self._rows:
            self._oldest = self._clock.monotonic()
        row = Snapshot(
            business_product_id=ref.business_product_id,
            order_id=ref.order_id,
            fetched_at=asked_at,
            api_version=self._api_version,
            status=answer.status,
            error=answer.error,
            payload=None if unchanged else payload,
            payload_sha256=sha256,
            deliveries=None if progress is None else progress.deliveries,
            unfinished=None if progress is None else progress.unfinished,
            run_id=self._run_id,
        )
        self._rows.append(row)
        self._characters += len(row["payload"] or "")
        return unchanged

    async def write_if_due(self) -> None:
        """Write a file when there are many rows, long ones or old ones."""
        if self._rows and (
            len(self._rows) >= _MOST_ROWS
            or self._characters >= _MOST_CHARACTERS
            or self._clock.monotonic() - self._oldest >= _LONGEST_WAIT
        ):
            await self.write()

    async def write(self) -> None:
        """Write what there is."""
        async with self._writing:
            rows, self._rows, self._characters = self._rows, [], 0
            if rows:
                # Off the loop: the lake may be far away, and requests go on.
                await asyncio.to_thread(self._write_files, rows)

    def _write_files(self, rows: list[Snapshot]) -> None:
        rows.sort(key=lambda row: row["fetched_at"])
        for day, group in groupby(rows, key=lambda row: row["fetched_at"].date()):
            of_day = list(group)
            content = msgspec.json.encode(of_day)
            name = f"{of_day[0]['fetched_at']:%Y%m%dT%H%M%S}-{_digest(content)}"
            table = pa.Table.from_pylist(of_day, schema=SCHEMAS[_TABLE])
            self._lake.write(_TABLE, day, name, table)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]

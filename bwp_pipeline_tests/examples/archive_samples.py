"""Events for the tests of `archive/`, and how one object is read in them.

What lies around events in an archive is in `archive_wrappings.py`.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest

from bwp_pipeline.archive.counts import Counts
from bwp_pipeline.archive.ingest import worker
from bwp_pipeline.archive.objects.listing import ArchiveObject
from bwp_pipeline.archive.opening.layers import MAX_INFLATED
from bwp_pipeline.archive.records import reading
from bwp_pipeline.archive.records.reading import ObjectReader
from bwp_pipeline.archive.records.rows import Rows

BP = "bp-0a1b2c3d-1111-4222-8333-444455556666"
ORDER = f"businessProduct/{BP}/order/322-EX4M-PLE001"


def event(number: int, name: str = "PACKAGE_DELIVERED", **changes: object) -> dict[str, Any]:
    """An EventBridge event of the first generation."""
    return {
        "version": "0",
        "id": f"event-{number}",
        "detail-type": name,
        "source": "aws.partner/buywithprime/shop",
        "account": "111122223333",
        "time": "2026-11-19T04:05:06Z",
        "region": "us-east-1",
        "resources": [f"businessProduct/{BP}/order/o-{number}/delivery/d-{number}"],
        "detail": {},
        **changes,
    }


def body(number: int, name: str = "PACKAGE_DELIVERED", **changes: object) -> dict[str, Any]:
    """A webhook's body, which is also the `detail` of later generations."""
    key = base64.b64encode(f"subscription#message-{number}".encode()).decode()
    return {
        "idempotencyKey": key,
        "eventDescriptor": name,
        "resources": [f"businessProduct/{BP}/order/o-{number}/delivery/d-{number}"],
        "eventId": f"message-{number}",
        "apiVersion": "2024-11-01",
        "subscriptionId": "subscription",
        "eventTime": "2026-11-19T04:05:06.789Z",
        "data": {},
        **changes,
    }


def text(*records: object, between: str = "", indent: int | None = None) -> bytes:
    """Records as JSON, one after the other."""
    return between.join(json.dumps(record, indent=indent) for record in records).encode()


def read(
    content: bytes, chunk: int | None = None, limit: int = MAX_INFLATED
) -> tuple[Counts, list[dict[str, Any]], list[dict[str, Any]]]:
    """An object's counts, events and quarantined records; its bytes come in chunks of that size."""
    item = ArchiveObject("key", "etag", len(content), datetime(2026, 11, 20, tzinfo=UTC))
    size = chunk or max(1, len(content))
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    events, quarantine = Rows("events"), Rows("quarantine")
    with mock.patch.object(reading, "PORTION", chunk or reading.PORTION):
        counts = ObjectReader(item, events, quarantine, lambda: None, limit=limit).read(chunks)
    assert (counts.events, counts.quarantined) == (len(events), len(quarantine))
    return counts, events.take().to_pylist(), quarantine.take().to_pylist()


def only(content: bytes) -> dict[str, Any]:
    """The one event of an object that holds nothing else."""
    counts, (row,), _ = read(content)
    assert (counts.events, counts.quarantined, counts.others.total()) == (1, 0, 0)
    return row


def reasons(content: bytes) -> list[str]:
    return [row["reason"] for row in read(content)[2]]


def with_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one start whatever there is to read, and wait until it takes jobs."""
    start = worker._Worker.__enter__  # noqa: SLF001

    def started(self: worker._Worker) -> worker._Worker:
        start(self)
        assert self._connection.poll(60)
        return self

    monkeypatch.setattr(worker, "WORTH_STARTING", 0)
    monkeypatch.setattr(worker._Worker, "__enter__", started)  # noqa: SLF001

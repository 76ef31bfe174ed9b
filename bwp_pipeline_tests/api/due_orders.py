"""A lake's events and snapshots for tests of which orders are due, and what is due."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from bwp_pipeline.api import find_due_orders
from bwp_pipeline.lake import SCHEMAS, Lake

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
DAY = date(2026, 3, 9)
HOUR = timedelta(hours=1)


def at(hours_ago: float) -> datetime:
    return NOW - hours_ago * HOUR


def write(lake: Lake, table: str, day: date, row: dict[str, object]) -> None:
    full = {name: row.get(name) for name in SCHEMAS[table].names}
    name = hashlib.sha256(repr(full).encode()).hexdigest()
    lake.write(table, day, name, pa.Table.from_pylist([full], schema=SCHEMAS[table]))


def event(
    lake: Lake,
    order_id: str,
    time: datetime,
    *,
    kind: str = "PACKAGE_DELIVERED",
    delivery: str = "d1",
    store: str = "bp-1",
    resources: list[str] | None = None,
    arrived: date | None = None,
) -> None:
    row = {
        "event_type": kind,
        "event_time": time,
        "business_product_id": store,
        "order_id": order_id,
        "resource_type": "delivery",
        "resource_id": delivery,
        "resources": resources or [f"businessProduct/{store}/order/{order_id}/delivery/{delivery}"],
    }
    write(lake, "events", arrived or time.date(), row)


def snapshot(
    lake: Lake,
    order_id: str,
    time: datetime,
    status: str = "OK",
    *,
    state: str = "DELIVERED",
    sha256: str = "hash",
    unfinished: Sequence[str] = (),
) -> None:
    ok = status == "OK"
    row = {
        "business_product_id": "bp-1",
        "order_id": order_id,
        "fetched_at": time,
        "status": status,
        "payload_sha256": sha256 if ok else None,
        "deliveries": [{"delivery_id": "d1", "state": state}] if ok else None,
        "unfinished": list(unfinished) if ok else None,
    }
    write(lake, "order_snapshots", time.date(), row)


def due(lake: Lake, *days: date, now: datetime = NOW) -> list[str]:
    return [ref.order_id for ref in find_due_orders(lake, days or (DAY,), now).refs]

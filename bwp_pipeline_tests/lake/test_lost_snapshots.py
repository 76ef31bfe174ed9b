"""Orders of a lost or damaged file of snapshots are asked for again, and no others."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from bwp_pipeline.api import find_due_orders
from bwp_pipeline.lake import SCHEMAS, Lake

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=200)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Three orders of long ago, each told delivered, fetched in a file of its own."""
    it = Lake(f"{tmp_path.as_uri()}/")
    orders = ("o-1", "o-2", "o-3")
    events = [
        {
            "event_type": "PACKAGE_DELIVERED",
            "event_time": LONG_AGO,
            "business_product_id": "bp-1",
            "order_id": order,
            "resource_type": "delivery",
            "resource_id": "d1",
            "resources": [f"businessProduct/bp-1/order/{order}/delivery/d1"],
        }
        for order in orders
    ]
    write(it, "events", LONG_AGO.date(), "a", events)
    for order in orders:
        answer(it, order, hours=1, payload="{}")
    # It repeats the first answer, which has the payload.
    answer(it, "o-2", hours=2, payload=None)
    return it


def write(lake: Lake, table: str, day: date, name: str, rows: list[dict[str, object]]) -> None:
    whole = [{column: row.get(column) for column in SCHEMAS[table].names} for row in rows]
    lake.write(table, day, name, pa.Table.from_pylist(whole, schema=SCHEMAS[table]))


def answer(lake: Lake, order: str, *, hours: int, payload: str | None) -> None:
    fetched_at = LONG_AGO + timedelta(hours=hours)
    row: dict[str, object] = {
        "business_product_id": "bp-1",
        "order_id": order,
        "fetched_at": fetched_at,
        "status": "OK",
        "payload": payload,
        "payload_sha256": f"hash of {order}",
        "deliveries": [{"delivery_id": "d1", "state": "DELIVERED"}],
    }
    write(lake, "order_snapshots", fetched_at.date(), f"{order}-{hours}", [row])


def due(lake: Lake) -> list[tuple[str, str | None]]:
    refs = find_due_orders(lake, [NOW.date()], NOW).refs
    return [(ref.order_id, ref.known_sha256) for ref in refs]


@pytest.mark.parametrize("content", [b"", b"PAR1 cut"])
@pytest.mark.parametrize("name", ["o-1-1", "o-2-1"])
def test_orders_of_a_damaged_file_are_asked_for_again_also_where_a_later_answer_refers_to_it(
    lake: Lake, tmp_path: Path, name: str, content: bytes
) -> None:
    assert due(lake) == []
    (file,) = [file for file in lake.files("order_snapshots") if file.name == name]
    (tmp_path / file.path).write_bytes(content)

    assert [found.path for found in lake.set_damaged_aside("order_snapshots")] == [file.path]

    assert due(lake) == [(name.rpartition("-")[0], None)]
    answer(lake, name.rpartition("-")[0], hours=4_000, payload="{}")
    assert due(lake) == []


def test_a_sound_file_is_left_where_it_is(lake: Lake) -> None:
    assert lake.set_damaged_aside("order_snapshots") == []
    assert lake.damaged() == []

"""Which orders a run asks for, from events and snapshots in the lake."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bwp_pipeline.api import DueOrders, OrderRef, find_due_orders
from bwp_pipeline.lake import SCHEMAS, Lake

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
DAY = date(2026, 3, 9)
HOUR = timedelta(hours=1)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(f"{tmp_path.as_uri()}/")


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


def test_an_empty_lake_wants_nothing(lake: Lake) -> None:
    assert find_due_orders(lake, [DAY], NOW) == DueOrders([])


def test_orders_of_the_day_without_a_snapshot_are_wanted_once_oldest_first(lake: Lake) -> None:
    event(lake, "o-2", at(10))
    event(lake, "o-1", at(11))
    event(lake, "o-1", at(12), kind="PACKAGE_DELIVERY_IN_TRANSIT")
    event(lake, "o-3", at(9), kind="REFUND_REQUESTED")

    assert find_due_orders(lake, [DAY], NOW).refs == [
        OrderRef("bp-1", "o-1"),
        OrderRef("bp-1", "o-2"),
        OrderRef("bp-1", "o-3"),
    ]


def test_an_event_that_names_several_orders_has_all_of_them_wanted(lake: Lake) -> None:
    names = [f"businessProduct/bp-1/order/{id_}/refund/r#RF" for id_ in ("o-1", "o-2")]
    event(lake, "o-1", at(10), kind="REFUND_COMPLETED", resources=names)

    assert due(lake) == ["o-1", "o-2"]


def test_an_event_without_an_order_wants_nothing(lake: Lake) -> None:
    row: dict[str, object] = {
        "event_type": "INVENTORY_CHANGED",
        "event_time": at(10),
        "business_product_id": "bp-1",
    }
    write(lake, "events", DAY, row)

    assert due(lake) == []


@pytest.mark.parametrize("status", ["OK", "NOT_FOUND", "ACCESS_DENIED", "INVALID"])
def test_an_answer_newer_than_the_newest_event_is_enough(lake: Lake, status: str) -> None:
    event(lake, "o-1", at(10))
    snapshot(lake, "o-1", at(1), status)

    assert due(lake) == []


def test_an_answer_older_than_the_newest_event_is_not_enough(lake: Lake) -> None:
    event(lake, "o-1", at(12))
    event(lake, "o-1", at(10))
    snapshot(lake, "o-1", at(11), sha256="known")

    assert find_due_orders(lake, [DAY], NOW).refs == [OrderRef("bp-1", "o-1", "known")]


def test_an_old_event_that_arrives_again_asks_for_nothing_new(lake: Lake) -> None:
    event(lake, "o-1", at(20 * 24))
    snapshot(lake, "o-1", at(19 * 24))
    event(lake, "o-1", at(20 * 24), arrived=DAY)

    assert due(lake) == []


def test_unavailable_is_no_answer(lake: Lake) -> None:
    event(lake, "o-1", at(10))
    snapshot(lake, "o-1", at(1), "UNAVAILABLE")

    assert due(lake) == ["o-1"]
    assert due(lake, NOW.date()) == []
    assert due(lake, NOW.date(), now=NOW + 4 * HOUR) == ["o-1"]


def test_orders_that_an_earlier_run_left_are_wanted(lake: Lake) -> None:
    event(lake, "left", at(5 * 24))
    event(lake, "too-old", at(70 * 24))

    assert due(lake) == ["left"]
    assert due(lake, at(70 * 24).date()) == ["too-old", "left"]


@pytest.mark.parametrize(
    ("kind", "state", "open_"),
    [
        ("PACKAGE_DELIVERY_CANCELLED", "PENDING", True),
        ("PACKAGE_DELIVERY_CANCELLED", "DELIVERED", True),
        ("PACKAGE_DELIVERY_CANCELLED", "CANCELLED", False),
        ("PACKAGE_DELIVERED", "IN_TRANSIT", True),
        ("PACKAGE_DELIVERED", "DELIVERED", False),
        ("PACKAGE_DELIVERY_IN_TRANSIT", "PENDING", True),
        ("PACKAGE_DELIVERY_IN_TRANSIT", "IN_TRANSIT", False),
        ("PACKAGE_DELIVERY_IN_TRANSIT", "DELIVERED", False),
    ],
)
def test_a_snapshot_that_contradicts_the_event_is_asked_for_again_after_hours(
    lake: Lake, kind: str, state: str, *, open_: bool
) -> None:
    event(lake, "o-1", at(10), kind=kind)
    snapshot(lake, "o-1", at(1), state=state)

    assert due(lake) == []
    assert due(lake, now=NOW + 3 * HOUR) == (["o-1"] if open_ else [])


def test_a_snapshot_that_lacks_the_delivery_is_asked_for_again(lake: Lake) -> None:
    event(lake, "o-1", at(10), delivery="d-gone")
    snapshot(lake, "o-1", at(5))

    assert due(lake) == ["o-1"]


def test_pauses_double_with_each_further_snapshot(lake: Lake) -> None:
    event(lake, "o-1", at(30), kind="PACKAGE_DELIVERY_CANCELLED")
    for hours_ago in (20, 15, 6):
        snapshot(lake, "o-1", at(hours_ago), state="PENDING")

    assert due(lake, now=at(6) + 15.9 * HOUR) == []
    assert due(lake, now=at(6) + 16 * HOUR) == ["o-1"]


def test_a_delivery_long_under_way_is_looked_at_again(lake: Lake) -> None:
    event(lake, "o-1", at(100), kind="PACKAGE_DELIVERY_IN_TRANSIT")
    snapshot(lake, "o-1", at(80), state="IN_TRANSIT")

    assert due(lake, now=at(80) + 71 * HOUR) == []
    assert due(lake) == ["o-1"]


def test_open_orders_are_bounded_per_store_and_the_days_own_are_not(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwp_pipeline.api.due_orders._MOST_PER_STORE", 2)
    for index in range(4):
        event(lake, f"old-{index}", at(100 - index))
        event(lake, f"waiting-{index}", at(100 - index), store="bp-2")
        event(lake, f"own-{index}", at(12 - index))

    assert due(lake) == [
        *("old-0", "waiting-0", "old-1", "waiting-1"),
        *(f"own-{index}" for index in range(4)),
    ]


@pytest.mark.parametrize(
    ("unfinished", "days"),
    [
        (["CANCELLATION"], (1, 2, 4, 8, 16)),
        (["REASON"], (1, 2, 4, 8, 16)),
        (["REFUND"], (4, 8, 16, 32)),
        (["RETURN"], (8, 16, 32)),
        (["REASON", "RETURN"], (1, 2, 4, 8, 16)),
    ],
)
def test_what_is_not_final_is_asked_for_again_with_growing_pauses_for_60_days(
    lake: Lake, unfinished: list[str], days: Sequence[int]
) -> None:
    event(lake, "o-1", NOW)
    now = NOW + HOUR
    snapshot(lake, "o-1", now, unfinished=unfinished)
    for pause in days:
        now += timedelta(days=pause)
        assert due(lake, now.date(), now=now - HOUR) == []
        assert due(lake, now.date(), now=now) == ["o-1"]
        snapshot(lake, "o-1", now, unfinished=unfinished)

    long_after = NOW + timedelta(days=70)
    assert due(lake, long_after.date(), now=long_after) == []


def test_what_is_final_is_not_asked_for_again(lake: Lake) -> None:
    event(lake, "o-1", NOW)
    snapshot(lake, "o-1", NOW + HOUR, unfinished=["REASON"])
    snapshot(lake, "o-1", NOW + 30 * HOUR)

    assert due(lake, now=NOW + timedelta(days=30)) == []


def test_orders_that_are_not_final_are_a_small_share_of_a_runs_requests_and_told(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwp_pipeline.api.due_orders._LEAST_NOT_FINAL", 2)
    for index in range(50):
        event(lake, f"own-{index:02}", at(12))
    for index in range(5):
        event(lake, f"open-{index}", at(300 - index))
        snapshot(lake, f"open-{index}", at(200), unfinished=["REFUND"])
    found = find_due_orders(lake, [DAY], NOW)

    assert (found.not_final, found.put_off) == (2, 3)
    assert [ref.order_id for ref in found.refs][:3] == ["open-0", "open-1", "own-00"]


_kinds = st.sampled_from(
    [
        *("PACKAGE_DELIVERY_CANCELLED", "PACKAGE_DELIVERED", "PACKAGE_DELIVERY_IN_TRANSIT"),
        *("REFUND_REQUESTED", "RETURN_STARTED", "SOMETHING_NEW"),
    ]
)
_orders = st.sampled_from(["o-1", "o-2", "o-3"])
_hours = st.integers(1, 200)


@settings(deadline=None, max_examples=15)
@given(
    events=st.lists(st.tuples(_orders, _hours, _kinds), max_size=5),
    snapshots=st.lists(
        st.tuples(
            _orders,
            _hours,
            st.sampled_from(["OK", "NOT_FOUND", "INVALID", "UNAVAILABLE"]),
            st.sampled_from(["PENDING", "IN_TRANSIT", "DELIVERED", "CANCELLED"]),
        ),
        max_size=5,
    ),
    answers=st.sampled_from(["OK", "NOT_FOUND", "ACCESS_DENIED"]),
)
def test_what_was_just_answered_is_not_asked_for_again_at_once(
    events: list[tuple[str, int, str]],
    snapshots: list[tuple[str, int, str, str]],
    answers: str,
) -> None:
    with TemporaryDirectory() as directory:
        lake = Lake(f"{Path(directory).as_uri()}/")
        for order_id, hours_ago, kind in events:
            event(lake, order_id, at(hours_ago), kind=kind)
        for order_id, hours_ago, status, state in snapshots:
            snapshot(lake, order_id, at(hours_ago), status, state=state)
        first = due(lake)
        for order_id in first:
            snapshot(lake, order_id, NOW, answers, state="PENDING")

        assert len(first) == len(set(first))
        assert set(first) <= {order_id for order_id, *_ in events}
        assert due(lake, now=NOW + HOUR) == []

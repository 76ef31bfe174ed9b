"""Which orders a run asks for, from events and snapshots in the lake."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bwp_pipeline.api import DueOrders, OrderRef, find_due_orders
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.api.due_orders import DAY, HOUR, NOW, at, due, event, snapshot, write


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(f"{tmp_path.as_uri()}/")


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


_kinds = st.sampled_from(
    [
        *("PACKAGE_DELIVERY_CANCELLED", "PACKAGE_DELIVERED", "PACKAGE_DELIVERY_IN_TRANSIT"),
        *("REFUND_REQUESTED", "RETURN_STARTED", "SOMETHING_NEW"),
    ]
)

_orders = st.sampled_from(["o-1", "o-2", "o-3"])
_hours = st.integers(1, 200)


@settings(deadline=None, max_examples=15)
# Its pause ends within the hour, so it is due, but not again.
@example(
    events=[("o-1", 4, "PACKAGE_DELIVERY_CANCELLED")],
    snapshots=[("o-1", 3, "OK", "PENDING")],
    answers="OK",
)
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
        assert set(first).isdisjoint(due(lake, now=NOW + HOUR))

"""Orders asked for again: those whose answer lags behind the event, and those not final."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bwp_pipeline.api import find_due_orders
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.api.due_orders import DAY, HOUR, NOW, at, due, event, snapshot


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(f"{tmp_path.as_uri()}/")


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

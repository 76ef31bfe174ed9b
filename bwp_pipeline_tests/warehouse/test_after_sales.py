"""From payload to refunds, returned items and what carriers said, in the shapes of each version."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bwp_pipeline_tests.examples.warehouse_builds import NOON, Warehouse, event, snapshot
from bwp_pipeline_tests.warehouse.after_sales_orders import DAY, ORDERS

MORNING = datetime(2026, 3, 10, 9)  # noqa: DTZ001 - as the database gives it, in UTC


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    it = Warehouse(tmp_path_factory.mktemp("after_sales"))
    it.answer(
        DAY,
        [snapshot({"lineItems": []} | order, order_id=name) for name, order in ORDERS.items()],
    )
    at = NOON - timedelta(hours=3)
    it.archive(
        DAY,
        [
            event("REFUND_REQUESTED", "order/refunded/refund/r1", at=at),
            event("RETURN_STARTED", "order/returned/return/b1#RF", at=at),
            event("RETURN_ITEM_GRADED", "order/returned/return/b1#RF", at=at),
            event("RETURN_ITEM_GRADED", "order/returned/return/b1#RF/returnLineItem/i1", at=NOON),
            event("PACKAGE_DELIVERED", "order/lost/delivery/d1", at=at),
        ],
    )
    it.build_mart("fct_refunds", "fct_return_items", "fct_delivery_items", "unresolved_deliveries")
    return it


def rows(warehouse: Warehouse, table: str, order_id: str, columns: str) -> list[tuple[Any, ...]]:
    found = warehouse.rows(
        f"select {columns} from {table} where order_id = '{order_id}' order by all"  # noqa: S608
    )
    return [tuple(row.values()) for row in found]


def test_a_refund_has_a_row_for_each_line_and_its_total_in_each(warehouse: Warehouse) -> None:
    columns = "refund_id, line_item_id, state, request_reason, status_reason, units, refund_total, currency_code"  # noqa: E501
    total = (Decimal(25), "USD")
    assert rows(warehouse, "marts.fct_refunds", "refunded", columns) == [
        ("r1", "l1", "SUCCESS", "CANCELLED_ORDER", None, Decimal(2), *total),
        ("r1", "l2", "SUCCESS", "CANCELLED_ORDER", None, Decimal(1), *total),
        ("r2", None, "PENDING", None, "OTHERS", None, *total),
    ]


def test_a_refunds_times_are_its_events_else_the_snapshots(warehouse: Warehouse) -> None:
    created, updated = MORNING - timedelta(hours=1), MORNING + timedelta(hours=1)
    columns = "distinct refund_id, requested_at, completed_at"
    assert rows(warehouse, "marts.fct_refunds", "refunded", columns) == [
        ("r1", MORNING, updated),
        ("r2", created, None),
    ]


def test_refunded_units_of_the_oldest_version_are_read(warehouse: Warehouse) -> None:
    columns = "line_item_id, state, units, request_reason"
    found = rows(warehouse, "marts.fct_refunds", "refunded in 2024-01-01", columns)
    assert found == [("l1", "PARTIAL", Decimal(2), None)]


def test_returned_units_are_counted_by_how_they_were_graded(warehouse: Warehouse) -> None:
    columns = "return_id, return_line_item_id, line_item_id, return_reason, units, graded_units, sellable_units"  # noqa: E501
    assert rows(warehouse, "marts.fct_return_items", "returned", columns) == [
        ("b1#RF", "i1", "l1", "WRONG_SIZE", Decimal(3), Decimal(3), Decimal(2)),
        ("b1#RF", "i2", None, "WRONG_SIZE", Decimal(2), None, None),
    ]


def test_a_grading_of_an_item_goes_before_one_of_the_return(warehouse: Warehouse) -> None:
    columns = "return_line_item_id, started_at, graded_at, completed_at"
    assert rows(warehouse, "marts.fct_return_items", "returned", columns) == [
        ("i1", MORNING, NOON.replace(tzinfo=None), None),
        ("i2", MORNING, MORNING, None),
    ]


def test_a_return_without_items_of_its_own_names_the_orders(warehouse: Warehouse) -> None:
    columns = "return_line_item_id, line_item_id, return_state, units, graded_units, started_at"
    created = MORNING - timedelta(hours=1)
    assert rows(warehouse, "marts.fct_return_items", "returned in 2024-01-01", columns) == [
        (None, "l1", "CREATED", Decimal(1), None, created),
        (None, "l2", "CREATED", Decimal(2), None, created),
    ]


def test_what_the_carrier_said_last_stands_beside_an_undeliverable_item(
    warehouse: Warehouse,
) -> None:
    columns = "delivery_reason, carrier_code, last_milestone, last_milestone_at"
    assert rows(warehouse, "marts.fct_delivery_items", "lost", columns) == [
        ("UNDELIVERABLE", "ups", "LOST", MORNING)
    ]
    columns = "event_state, snapshot_state, last_milestone, last_milestone_at"
    assert rows(warehouse, "reports.unresolved_deliveries", "lost", columns) == [
        ("DELIVERED", "CANCELLED", "LOST", MORNING)
    ]


def test_a_tracker_without_milestones_has_said_nothing(warehouse: Warehouse) -> None:
    columns = "carrier_code, last_milestone, last_milestone_at"
    found = rows(warehouse, "marts.fct_delivery_items", "not yet tracked", columns)
    assert found == [("ups", None, None)]

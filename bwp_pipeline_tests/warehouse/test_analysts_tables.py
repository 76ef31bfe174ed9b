"""What analysts asked for: each table counts a thing once, on one day."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bwp_pipeline_tests.examples.order_payloads import line, package
from bwp_pipeline_tests.examples.warehouse_builds import NOON, Row, Warehouse, event, snapshot
from bwp_pipeline_tests.warehouse.settled_orders import DAY, EVENTS, ORDERS


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    it = Warehouse(tmp_path_factory.mktemp("analysts"))
    it.archive(
        DAY,
        [event(name, f"order/{path}") for name, paths in EVENTS.items() for path in paths],
    )
    it.answer(DAY, [snapshot(order, order_id=name) for name, order in ORDERS.items()])
    it.build_mart(
        *("daily_fill_rates", "product_fill_rates", "net_revenue", "cancellation_funnel"),
        *("controllable_cancellations", "hours_to_cancel"),
    )
    return it


def test_fill_rates_leave_out_what_shoppers_took_back(built: Warehouse) -> None:
    assert built.rows(
        "select day, eligible_units, unfulfilled_units, unit_fill_rate, eligible_lines,"
        " unfulfilled_lines, eligible_orders, unfulfilled_orders, order_fill_rate"
        " from reports.daily_fill_rates"
    ) == [
        {
            "day": DAY,
            "eligible_units": Decimal(6),
            "unfulfilled_units": Decimal(1),
            "unit_fill_rate": pytest.approx(5 / 6),
            "eligible_lines": 5,
            "unfulfilled_lines": 1,
            "eligible_orders": 3,
            "unfulfilled_orders": 1,
            "order_fill_rate": pytest.approx(2 / 3),
        }
    ]
    assert built.rows(
        "select product_key, eligible_units, unfulfilled_units, eligible_orders"
        " from reports.product_fill_rates order by 1"
    ) == [
        {
            "product_key": "BOWL",
            "eligible_units": Decimal(2),
            "unfulfilled_units": Decimal(1),
            "eligible_orders": 2,
        },
        {
            "product_key": "MUG",
            "eligible_units": Decimal(4),
            "unfulfilled_units": Decimal(0),
            "eligible_orders": 3,
        },
    ]


def test_a_refund_counts_once_and_lowers_revenue_only_for_what_had_shipped(
    built: Warehouse,
) -> None:
    assert built.rows(
        "select day, currency_code, shipped_sales, cancelled_sales, refunded_sales,"
        " refunds_of_cancelled, net_revenue, unpriced_units from reports.net_revenue"
    ) == [
        {
            "day": DAY,
            "currency_code": "USD",
            "shipped_sales": Decimal("62.5"),
            "cancelled_sales": Decimal("37.5"),
            "refunded_sales": Decimal(20),
            "refunds_of_cancelled": Decimal("12.5"),
            "net_revenue": Decimal("42.5"),
            "unpriced_units": Decimal(0),
        }
    ]


def test_the_funnel_follows_a_refused_request_to_the_return(built: Warehouse) -> None:
    rows = built.rows(
        "select reason, requested_by, requested_lines, granted_lines, refused_lines,"
        " shipped_anyway_lines, returned_lines, hours_to_answer_p50"
        " from reports.cancellation_funnel order by reason"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("ORDERED_BY_MISTAKE", "SHOPPER", 1, 1, 0, 0, 0, 2.0),
        ("OTHER", "SHOPPER", 1, 0, 1, 1, 1, 2.0),
        ("PAYMENT_ISSUE", "MERCHANT", 1, 1, 0, 0, 0, 2.0),
    ]


def test_what_the_merchant_can_do_something_about_is_told_from_the_rest(built: Warehouse) -> None:
    assert built.rows(
        "select resolved_units, cancelled_units, controllable_units, uncontrollable_units,"
        " unclear_units, controllable_cancellation_rate from reports.controllable_cancellations"
    ) == [
        {
            "resolved_units": Decimal(8),
            "cancelled_units": Decimal(3),
            # The bowl that was out, and the payment that the merchant called failed.
            "controllable_units": Decimal(2),
            "uncontrollable_units": Decimal(1),
            "unclear_units": Decimal(0),
            "controllable_cancellation_rate": pytest.approx(2 / 8),
        }
    ]


def test_hours_to_cancel_are_told_by_cause(built: Warehouse) -> None:
    rows = built.rows(
        "select root_cause, cancelled_orders, round(hours_to_cancel_p50, 1)"
        " from reports.hours_to_cancel order by root_cause"
    )
    # Ordered on 8 March at 16:13, cancelled on the 10th at noon.
    assert [tuple(row.values()) for row in rows] == [
        ("PAYMENT", 1, 43.8),
        ("SHOPPER_MISTAKE", 1, 43.8),
        ("STOCK", 1, 43.8),
    ]


def test_states_tell_what_was_known_when(tmp_path: Path) -> None:
    it = Warehouse(tmp_path)
    hour = timedelta(hours=1)

    def answer(number: int, *packages: Row) -> None:
        order = {"lineItems": [line("l1", 1, *packages)]}
        it.answer(
            DAY,
            [snapshot(order, order_id="O-1", at=NOON + number * hour)],
            name=f"answer-{number}",
        )

    pending, shipped = package("d1", "PENDING", l1=1), package("d1", "IN_TRANSIT", l1=1)
    # The first says twice the same; in between, the delivery is gone for an hour.
    for number, packages in enumerate([[pending], [pending], [shipped], [], [shipped]]):
        answer(number, *packages)
        if number == 1:
            it.build_mart("fct_order_states")
    path = "order/O-1/delivery/d1"
    it.archive(
        DAY,
        [
            event("PACKAGE_DELIVERY_IN_TRANSIT", path, at=NOON - hour),
            event("PACKAGE_DELIVERED", path, at=NOON + 9 * hour),
        ],
    )
    it.build_mart("fct_order_states")

    def at(number: int) -> datetime:
        return (NOON + number * hour).replace(tzinfo=None)

    rows = it.rows(
        "select source, state, known_from, known_until from marts.fct_order_states"
        " order by source desc, known_from"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("SNAPSHOT", "PENDING", at(0), at(2)),
        ("SNAPSHOT", "IN_TRANSIT", at(2), at(3)),
        ("SNAPSHOT", "IN_TRANSIT", at(4), None),
        ("EVENT", "IN_TRANSIT", at(-1), at(9)),
        ("EVENT", "DELIVERED", at(9), None),
    ]

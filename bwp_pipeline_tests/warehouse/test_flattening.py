"""From payload to marts.fct_delivery_items: the shapes of every API version, and the hard cases."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bwp_pipeline_tests.examples.order_payloads import line, package
from bwp_pipeline_tests.examples.warehouse_builds import NOON, Warehouse, event, snapshot
from bwp_pipeline_tests.warehouse.flattened_orders import ORDERS, SHAPES

DAY = date(2026, 3, 10)
ORDERED_UTC = datetime(2026, 3, 8, 16, 13, 11, 798000, UTC)
ORDERED = ORDERED_UTC.replace(tzinfo=None)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    it = Warehouse(tmp_path_factory.mktemp("flattening"))
    snapshots = [
        snapshot({"id": name, "lineItems": lines}, order_id=name) for name, lines in ORDERS.items()
    ]
    shapes = {f"shape-{name}": order for name, order in SHAPES.items()}
    snapshots += [snapshot(order, order_id=name) for name, order in shapes.items()]
    split = [line("l1", 2, package("d1", "PENDING", None, l1=2))]
    parts = [package("d1a", "PENDING", None, l1=1), package("d1b", "IN_TRANSIT", None, l1=1)]
    later = [line("l1", 2, *parts)]
    again = snapshot({"lineItems": later}, order_id="split", at=NOON + timedelta(hours=2))
    snapshots += [
        snapshot({"lineItems": split}, order_id="split"),
        snapshot({"lineItems": later}, order_id="split", at=NOON + timedelta(hours=1)),
        again | {"payload": None},
        snapshot(None, order_id="split", at=NOON + timedelta(hours=3), status="UNAVAILABLE"),
        snapshot(None, order_id="unknown", status="NOT_FOUND"),
    ]
    it.answer(DAY, snapshots)
    it.archive(
        DAY,
        [
            event("PACKAGE_DELIVERY_IN_TRANSIT", "order/split/delivery/d1"),
            event("DELIVERY_CANCELLED", "order/two-lines/delivery/d1", at=NOON),
            event("ITEM_CANCELLED", "order/two-lines/delivery/d1", at=NOON - timedelta(hours=1)),
            event("PACKAGE_DELIVERED", "order/unknown/delivery/d1"),
        ],
        others={"unknown": 3, "marker": 1},
    )
    it.build_mart(
        *("fct_delivery_items", "fct_cancellation_requests", "dim_orders", "data_quality"),
        *("unfulfilled_products", "unresolved_deliveries"),
    )
    return it


def items(warehouse: Warehouse, order_id: str, columns: str) -> list[tuple[Any, ...]]:
    rows = warehouse.rows(
        f"select {columns} from marts.fct_delivery_items where order_id = '{order_id}'"  # noqa: S608 -- the test's own
        " order by delivery_id, line_item_id"
    )
    return [tuple(row.values()) for row in rows]


def test_a_delivery_of_several_lines_and_a_line_in_several_deliveries(warehouse: Warehouse) -> None:
    columns = "delivery_id, line_item_id, product_key, state, root_cause, is_shared_delivery, units, ordered_units"  # noqa: E501
    assert items(warehouse, "two-lines", columns) == [
        ("d1", "l1", "MUG", "CANCELLED", "STOCK", True, Decimal(2), Decimal(3)),
        ("d1", "l2", "TEE", "CANCELLED", "STOCK", True, Decimal(1), Decimal(1)),
        ("d2", "l1", "MUG", "DELIVERED", None, False, Decimal(1), Decimal(3)),
    ]


def test_two_lines_of_one_product_share_no_delivery(warehouse: Warehouse) -> None:
    assert items(warehouse, "one-product", "is_shared_delivery") == [(False,)] * 3


def test_times_are_the_earliest_event_under_any_name(warehouse: Warehouse) -> None:
    when = (NOON - timedelta(hours=1)).replace(tzinfo=None)
    found = items(warehouse, "two-lines", "cancelled_at, resolved_at, shipped_at, snapshot_at")
    assert found[0] == (when, when, None, NOON.replace(tzinfo=None))
    # No event tells of the delivered one: it was decided by the time of the snapshot.
    assert found[2] == (None, NOON.replace(tzinfo=None), None, NOON.replace(tzinfo=None))


def test_a_product_that_nothing_names_is_kept(warehouse: Warehouse) -> None:
    columns = "product_key, product_id, product_title, unit_price, units"
    assert items(warehouse, "null-product", columns) == [("UNKNOWN", None, None, None, Decimal(1))]
    reported = warehouse.rows(
        "select unfulfilled_units, lost_sales from reports.unfulfilled_products"
        " where product_key = 'UNKNOWN'"
    )
    assert reported == [{"unfulfilled_units": Decimal(1), "lost_sales": None}]


def test_a_line_without_packages_has_no_row(warehouse: Warehouse) -> None:
    assert items(warehouse, "null-packages", "line_item_id, resolved_at") == [("l1", None)]


def test_units_without_amounts_are_the_ordered_ones_or_unknown(warehouse: Warehouse) -> None:
    assert items(warehouse, "no-amounts", "delivery_id, line_item_id, units") == [
        ("d1", "l1", Decimal(3)),
        ("d1", "l2", None),
        ("d2", "l2", None),
    ]


def test_an_entry_under_another_line_is_not_counted(warehouse: Warehouse) -> None:
    assert items(warehouse, "foreign-entry", "line_item_id, units") == [("l1", Decimal(1))]


def test_values_never_seen_pass_through_and_are_named(warehouse: Warehouse) -> None:
    columns = "state, delivery_reason, root_cause, resolved_at"
    assert items(warehouse, "unseen", columns) == [("ON_THE_MOON", "ROCKET", None, None)]
    columns = "delivery_reason, root_cause"
    assert items(warehouse, "unseen-reason", columns) == [("METEOR", "UNMAPPED:METEOR")]
    assert items(warehouse, "no-reason", columns) == [(None, "UNKNOWN")]
    quality = warehouse.rows(
        "select check_name, found, examples from reports.data_quality"
        " where check_name in ('state_unseen', 'reason_unseen') order by 1"
    )
    assert [tuple(row.values()) for row in quality] == [
        ("reason_unseen", 1, "METEOR"),
        ("state_unseen", 1, "ON_THE_MOON"),
    ]


def test_records_of_no_known_kind_are_told(warehouse: Warehouse) -> None:
    found = warehouse.rows(
        "select found, examples from reports.data_quality where check_name = 'unknown_records'"
    )
    assert found == [{"found": 3, "examples": "a"}]


def test_numbers_and_times_come_as_text_too(warehouse: Warehouse) -> None:
    columns = "units, ordered_units, ordered_at"
    assert items(warehouse, "strings", columns) == [(Decimal(2), Decimal(2), ORDERED)]


def test_what_is_not_counted_in_pieces_has_no_units(warehouse: Warehouse) -> None:
    assert items(warehouse, "other-unit", "units, ordered_units") == [(None, None)]
    columns = "units, ordered_units"
    assert items(warehouse, "other-unit-of-a-package", columns) == [(None, Decimal(3))]


def test_the_newest_good_snapshot_counts_though_it_only_repeats_a_payload(
    warehouse: Warehouse,
) -> None:
    at = (NOON + timedelta(hours=2)).replace(tzinfo=None)
    assert items(warehouse, "split", "delivery_id, state, units, snapshot_at") == [
        ("d1a", "PENDING", Decimal(1), at),
        ("d1b", "IN_TRANSIT", Decimal(1), at),
    ]
    orders = warehouse.rows(
        "select order_id, snapshot_status, fetches from marts.dim_orders"
        " where order_id in ('split', 'unknown') order by 1"
    )
    assert [tuple(row.values()) for row in orders] == [
        ("split", "UNAVAILABLE", 4),
        ("unknown", "NOT_FOUND", 1),
    ]


def test_a_delivery_that_split_or_was_never_given_is_unresolved(warehouse: Warehouse) -> None:
    found = warehouse.rows(
        "select order_id, delivery_id, event_state, snapshot_state, disagreement"
        " from reports.unresolved_deliveries order by 1"
    )
    assert [tuple(row.values()) for row in found] == [
        ("split", "d1", "IN_TRANSIT", None, "DELIVERY_MISSING"),
        ("unknown", "d1", "DELIVERED", None, "NO_SNAPSHOT"),
    ]


def test_only_a_successful_request_that_names_the_line_counts(warehouse: Warehouse) -> None:
    columns = "request_reason, requested_by, root_cause, cancelled_at"
    assert items(warehouse, "rejected", columns) == [(None, None, "SHOPPER_CHOICE", None)]
    assert items(warehouse, "latest-request", columns) == [
        ("ITEMS_ARRIVING_LATE", "SHOPPER", "SPEED", datetime(2026, 3, 8, 19))  # noqa: DTZ001 -- UTC
    ]
    for order_id in ("request-for-another", "request-for-nothing"):
        assert items(warehouse, order_id, columns)[0][:3] == (None, None, "SHOPPER_CHOICE")
    assert warehouse.rows(
        "select line_item_id from marts.fct_cancellation_requests"
        " where order_id = 'request-for-another'"
    ) == [{"line_item_id": "l9"}]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_api_version_flattens_to_the_same_rows(warehouse: Warehouse, shape: str) -> None:
    columns = "delivery_id, line_item_id, product_key, product_title, state, delivery_reason, units, ordered_units, unit_price, currency_code, ordered_at"  # noqa: E501
    shared = ("l1", "MUG", "A mug")
    money = (Decimal(3), Decimal("12.5"), "USD", ORDERED)
    assert items(warehouse, f"shape-{shape}", columns) == [
        ("d1", *shared, "CANCELLED", "UNFULFILLABLE", Decimal(2), *money),
        ("d2", *shared, "IN_TRANSIT", None, Decimal(1), *money),
    ]


def test_the_shape_of_2023_is_understood(tmp_path_factory: pytest.TempPathFactory) -> None:
    it = Warehouse(tmp_path_factory.mktemp("mock"))
    epoch = ORDERED_UTC.timestamp() * 1000
    mock_line = {
        "createdAt": epoch,
        "id": "l1",
        "product": {
            "id": "mug-1", "sku": "MUG", "title": "A mug", "price": 12.5, "currencyCode": "USD",
        },
        "quantity": {"amount": 1.0, "unit": "ONE"},
        "shipments": [{"id": "d1", "state": "FULFILLED"}],
    }  # fmt: skip
    it.answer(DAY, [snapshot({"lineItems": [mock_line]}, order_id="mock")])
    it.build_mart("fct_delivery_items")

    columns = "delivery_id, product_key, product_id, state, units, unit_price, currency_code, ordered_at, resolved_at"  # noqa: E501
    assert items(it, "mock", columns) == [
        ("d1", "MUG", "mug-1", "FULFILLED", Decimal(1), Decimal("12.5"), "USD", ORDERED,
         NOON.replace(tzinfo=None)),
    ]  # fmt: skip

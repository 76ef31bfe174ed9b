"""From each documented event to the table where its reader looks.

The events and orders are of the documented shapes, with invented values; each test is one page of
the Buy with Prime documentation, and its first line says who reads that page and for what.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from bwp_pipeline_tests.examples.documented_shop import DAY
from bwp_pipeline_tests.whole.documented_run import documented_run


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    published = documented_run(tmp_path_factory) / "published" / "bwp.duckdb"
    with duckdb.connect(str(published), read_only=True) as connection:
        yield connection


def test_delivery_cancelled_tells_a_manager_which_products_went_unfulfilled(
    database: duckdb.DuckDBPyConnection,
) -> None:
    items = database.execute(
        "select line_item_id, sku, state, delivery_reason, root_cause, is_shared_delivery, units,"
        " ordered_units, cancelled_at from marts.fct_delivery_items"
        " where delivery_id = 'd-unfulfilled' order by 1"
    ).fetchall()
    when = datetime.fromisoformat(f"{DAY}T09:00:00")
    said = ("CANCELLED", "UNFULFILLABLE", "STOCK", True)
    assert items == [
        ("li-1", "MUG-BLUE", *said, Decimal(2), Decimal(3), when),
        ("li-2", "TEE-M", *said, Decimal(1), Decimal(1), when),
    ]

    products = database.execute(
        "select sku, unfulfilled_units, unfulfilled_units_shared, affected_orders, lost_sales"
        " from reports.unfulfilled_products order by sku"
    ).fetchall()
    assert products == [
        ("MUG-BLUE", Decimal(2), Decimal(2), 1, Decimal(25)),
        ("TEE-M", Decimal(1), Decimal(1), 1, Decimal(20)),
    ]


def test_a_cancelled_order_tells_a_manager_what_the_shopper_said(
    database: duckdb.DuckDBPyConnection,
) -> None:
    requests = database.execute(
        "select order_id, line_item_id, reason, state, requested_by, units"
        " from marts.fct_cancellation_requests"
    ).fetchall()
    assert requests == [
        ("322-SHOP-000002", "li-1", "ORDERED_BY_MISTAKE", "SUCCESS", "SHOPPER", Decimal(1))
    ]

    reasons = database.execute(
        "select cancelled_on::varchar, sku, delivery_reason, request_reason, root_cause,"
        " cancelled_units, cancelled_orders from reports.cancellation_reasons"
        " where request_reason is not null"
    ).fetchall()
    assert reasons == [
        (DAY, "CAP-RED", "CUSTOMER_REQUESTED", "ORDERED_BY_MISTAKE", "SHOPPER_MISTAKE", 1, 1)
    ]


def test_return_delivery_failed_tells_which_products_will_not_come_back(
    database: duckdb.DuckDBPyConnection,
) -> None:
    packages = database.execute(
        "select return_id, return_package_id, line_item_id, state, reason, units, failed_at"
        " from marts.fct_return_packages"
    ).fetchall()
    assert packages == [
        (
            "r-1#RF",
            "rp-1",
            "li-1",
            "FAILED",
            "SHIPMENT_LOST",
            Decimal(2),
            datetime.fromisoformat(f"{DAY}T11:00:00"),
        )
    ]


def test_item_delivered_tells_customer_service_when_it_arrived(
    database: duckdb.DuckDBPyConnection,
) -> None:
    assert database.execute(
        "select state, units, delivered_at from marts.fct_delivery_items"
        " where order_id = '322-DELI-000004'"
    ).fetchall() == [("DELIVERED", Decimal(2), datetime.fromisoformat(f"{DAY}T12:00:00"))]
    assert database.execute(
        "select event_type, archived_names, copies from marts.fct_events"
        " where order_id = '322-DELI-000004'"
    ).fetchall() == [("PACKAGE_DELIVERED", ["ITEM_DELIVERED"], 1)]


def test_delivery_in_transit_tells_a_developer_what_has_shipped(
    database: duckdb.DuckDBPyConnection,
) -> None:
    assert database.execute(
        "select state, units, unit_price, shipped_at, delivered_at from marts.fct_delivery_items"
        " where order_id = '322-SHIP-000005'"
    ).fetchall() == [
        (
            "IN_TRANSIT",
            Decimal(2),
            Decimal("12.5"),
            datetime.fromisoformat(f"{DAY}T13:00:00"),
            None,
        )
    ]

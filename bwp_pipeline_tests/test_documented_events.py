"""From each documented event to the table where its reader looks.

The events and orders are of the documented shapes, with invented values; each test is one page of
the Buy with Prime documentation, and its first line says who reads that page and for what.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest
from dagster import DagsterInstance

from bwp_pipeline.definitions import build_defs
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.settings import Settings
from bwp_pipeline_tests.api_server import ApiServer, serving
from bwp_pipeline_tests.documented_shop import DAY, EVENTS, ORDERS, STORE


@pytest.fixture(scope="module")
def database(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    directory = tmp_path_factory.mktemp("documented")
    day_folder = directory / "archive" / "2025/02/20/09"
    day_folder.mkdir(parents=True)
    (day_folder / "bwp-events-1-2025-02-20-09-05-00-0001").write_text(
        "".join(json.dumps(event) for event in EVENTS)
    )
    with serving(ApiServer(orders=ORDERS.get)) as api, DagsterInstance.ephemeral() as instance:
        settings = Settings.from_environ(
            {
                "BWP_ARCHIVE_URL": f"{(directory / 'archive').as_uri()}/",
                "BWP_DATA_DIR": str(directory / "data"),
                "BWP_API_URL": f"{api.url}/graphql",
                "BWP_TOKEN_URL": f"{api.url}/token",
                "BWP_CLIENT_ID": "client",
                "BWP_CLIENT_SECRET": "the-secret",
                "BWP_TARGET_ID": STORE,
            }
        )
        job = build_defs(Installation(lambda: settings)).resolve_job_def("daily")
        assert job.execute_in_process(instance=instance, partition_key=DAY).success
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
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

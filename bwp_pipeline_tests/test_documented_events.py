"""From each documented event to the table where its reader looks.

The events and orders are of the documented shapes, with invented values; each test is one page of
the Buy with Prime documentation, and its first line says who reads that page and for what.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from dagster import DagsterInstance

from bwp_pipeline.definitions import build_defs
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.settings import Settings
from bwp_pipeline_tests.api_server import ApiServer, serving

STORE = "bp-0a1b2c3d-1111-4222-8333-444455556666"
DAY = "2025-02-20"
Row = dict[str, Any]


def event(name: str, resource: str, time: str, number: int) -> Row:
    """An event of the first generation: `detail` is empty, `resources` says everything."""
    return {
        "version": "0",
        "id": f"0c6c2b1a-0000-4000-8000-{number:012d}",
        "detail-type": name,
        "source": "aws.partner/buywithprime/a-name-that-the-merchant-chose",
        "account": "111122223333",
        "time": f"{DAY}T{time}Z",
        "region": "us-east-1",
        "resources": [f"businessProduct/{STORE}/{resource}"],
        "detail": {},
    }


EVENTS = [
    event("DELIVERY_CANCELLED", "order/322-UNFU-000001/delivery/d-unfulfilled", "09:00:00", 1),
    event("PACKAGE_DELIVERY_CANCELLED", "order/322-SHOP-000002/delivery/d-shopper", "10:00:00", 2),
    event("REFUND_REQUESTED", "order/322-SHOP-000002/refund/9f9f", "10:00:01", 3),
    event("RETURN_DELIVERY_FAILED", "order/322-BACK-000003/return/r-1#RF", "11:00:00", 4),
    event("ITEM_DELIVERED", "order/322-DELI-000004/delivery/d-delivered", "12:00:00", 5),
    event("DELIVERY_IN_TRANSIT", "order/322-SHIP-000005/delivery/d-moving", "13:00:00", 6),
]


def order(order_id: str, *deliveries: Row, lines: list[Row] | None = None, **more: Row) -> Row:
    return {
        "id": order_id,
        "aliases": [],
        "metadata": {
            "createdAt": "2025-02-18T16:13:11.798Z",
            "updatedAt": "2025-02-20T09:15:58.204Z",
            "executionState": "STARTED",
        },
        "lineItems": lines or [line("li-1", "MUG-BLUE", 2, 12.5)],
        "packageInformation": {"details": list(deliveries)},
        **more,
    }


def line(line_id: str, sku: str, units: int, price: float, **more: Row) -> Row:
    return {
        "id": line_id,
        "createdAt": "2025-02-18T16:13:11.798Z",
        "amount": {"value": units, "unit": "ONE"},
        "product": {
            "productId": {"value": f"id-{sku}"},
            "sku": {"value": sku},
            "title": f"The {sku}",
            "price": {"amount": price, "currencyCode": "USD"},
        },
        **more,
    }


def delivery(delivery_id: str, state: str, reason: str | None, **units: int) -> Row:
    return {
        "id": delivery_id,
        "state": state,
        "reason": reason,
        "packageInformationDetailsFor": {"orderLineItems": amounts(**units)},
    }


def amounts(**units: int) -> list[Row]:
    return [
        {"lineItem": {"id": name.replace("_", "-")}, "amount": {"value": value, "unit": "ONE"}}
        for name, value in units.items()
    ]


ORDERS = {
    "322-UNFU-000001": order(
        "322-UNFU-000001",
        delivery("d-unfulfilled", "CANCELLED", "UNFULFILLABLE", li_1=2, li_2=1),
        delivery("d-rest", "PENDING", None, li_1=1),
        lines=[line("li-1", "MUG-BLUE", 3, 12.5), line("li-2", "TEE-M", 1, 20)],
    ),
    "322-SHOP-000002": order(
        "322-SHOP-000002",
        delivery("d-shopper", "CANCELLED", "CUSTOMER_REQUESTED", li_1=1),
        lines=[
            line(
                "li-1",
                "CAP-RED",
                1,
                15,
                cancellations={
                    "details": [
                        {
                            "state": "SUCCESS",
                            "reason": "ORDERED_BY_MISTAKE",
                            "requestedBy": "SHOPPER",
                            "createdAt": "2025-02-20T08:00:00.000Z",
                            "updatedAt": "2025-02-20T09:59:00.000Z",
                            "canceledFor": {"orderLineItems": amounts(li_1=1)},
                        }
                    ]
                },
            )
        ],
    ),
    "322-BACK-000003": order(
        "322-BACK-000003",
        delivery("d-earlier", "DELIVERED", None, li_1=2),
        returns={
            "details": [
                {
                    "id": "r-1#RF",
                    "state": "CREATED",
                    "createdAt": "2025-02-19T08:00:00.000Z",
                    "updatedAt": "2025-02-20T11:00:00.000Z",
                    "returnPackageDetails": [
                        {
                            "id": "rp-1",
                            "state": "FAILED",
                            "reason": "SHIPMENT_LOST",
                            "returnPackageFor": {"orderLineItemAmounts": amounts(li_1=2)},
                        }
                    ],
                }
            ]
        },
    ),
    "322-DELI-000004": order("322-DELI-000004", delivery("d-delivered", "DELIVERED", None, li_1=2)),
    "322-SHIP-000005": order("322-SHIP-000005", delivery("d-moving", "IN_TRANSIT", None, li_1=2)),
}


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

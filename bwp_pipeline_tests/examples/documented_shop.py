"""Events and orders of the documented shapes, with invented values."""

from typing import Any

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

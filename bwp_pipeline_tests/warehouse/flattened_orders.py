"""Payloads to flatten: the hard cases, and one order in the shape of every API version."""

from bwp_pipeline_tests.examples.order_payloads import (
    amount,
    cancelled,
    entries,
    line,
    package,
    request,
)
from bwp_pipeline_tests.examples.warehouse_builds import Row

both = package("d1", "CANCELLED", "UNFULFILLABLE", l1=2, l2=1)
rest = package("d2", "DELIVERED", None, l1=1)
ORDERS: dict[str, list[Row]] = {
    "two-lines": [line("l1", 3, both, rest), line("l2", 1, both, product="tee")],
    "one-product": [line("l1", 3, both, rest), line("l2", 1, both)],
    "null-product": [
        line("l1", 1, package("d1", "CANCELLED", "UNFULFILLABLE", l1=1), product=None)
    ],
    "null-packages": [line("l1", 1, package("d1", "PENDING", None, l1=1)), line("l2", 2)],
    "no-amounts": [
        line("l1", 3, package("d1", "DELIVERED")),
        line("l2", 2, package("d1", "DELIVERED"), package("d2", "PENDING")),
    ],
    "foreign-entry": [line("l1", 1, package("d1", "DELIVERED", None, l1=1, l2=5)), line("l2", 5)],
    "unseen": [line("l1", 1, package("d1", "ON_THE_MOON", "ROCKET", l1=1))],
    "unseen-reason": [line("l1", 1, package("d1", "CANCELLED", "METEOR", l1=1))],
    "no-reason": [line("l1", 1, package("d1", "CANCELLED", None, l1=1))],
    "strings": [
        line("l1", "2.0", package("d1", "DELIVERED", None, l1="2")) | {"createdAt": "1772986391798"}
    ],
    "other-unit": [
        line(
            "l1",
            1,
            package("d1", "DELIVERED", None, l1=1)
            | {
                "packageInformationDetailsFor": {
                    "orderLineItems": [
                        {"lineItem": {"id": "l1"}, "amount": {"unit": "GRAM", "value": 250}}
                    ]
                }
            },
        )
        | {"amount": {"unit": "GRAM", "value": 250}},
    ],
    "other-unit-of-a-package": [
        line(
            "l1",
            3,
            package("d1", "DELIVERED", None, l1=1)
            | {
                "packageInformationDetailsFor": {
                    "orderLineItems": [
                        {"lineItem": {"id": "l1"}, "amount": {"unit": "KG", "value": 1}}
                    ]
                }
            },
        )
    ],
    "rejected": [cancelled(request("REJECTED", "OUT_OF_STOCK", "2026-03-08T18:00:00Z", "l1"))],
    "latest-request": [
        cancelled(
            request("SUCCESS", "OUT_OF_STOCK", "2026-03-08T18:00:00Z", "l1", by="MERCHANT"),
            request("SUCCESS", "ITEMS_ARRIVING_LATE", "2026-03-08T19:00:00Z", "l1"),
        )
    ],
    "request-for-nothing": [
        cancelled(
            request("SUCCESS", "OUT_OF_STOCK", "2026-03-08T18:00:00Z", by="MERCHANT")
            | {"canceledFor": None}
        )
    ],
    "request-for-another": [
        cancelled(request("SUCCESS", "PAYMENT_ISSUE", "2026-03-08T18:00:00Z", "l9"))
    ],
}


def _older_delivery(name: str, state: str, reason: str | None, **more: object) -> Row:
    return {"id": name, "state": state, "reason": reason, **more}


def _shape_2024_04(**of: Row) -> Row:
    first = _older_delivery("d1", "CANCELLED", "UNFULFILLABLE", **of["first"])
    second = _older_delivery("d2", "IN_TRANSIT", None, **of["second"])
    return {"details": [first, second]}


_price = {"currencyCode": "USD", "amount": 12.5}

_product = {"productId": {"value": "id-mug"}, "title": "A mug", "price": _price}

_packages = [
    package("d1", "CANCELLED", "UNFULFILLABLE", l1=2),
    package("d2", "IN_TRANSIT", None, l1=1),
]

_created = {"createdAt": "2026-03-08T16:13:11.798Z"}

SHAPES: dict[str, Row] = {
    "2024-11-01": {
        "lineItems": [line("l1", 3, *_packages)],
        "packageInformation": {"details": _packages},
    },
    "at the order only": {
        "lineItems": [line("l1", 3)],
        "packageInformation": {"details": _packages},
        "metadata": _created,
    },
    "2024-04-01": {
        "lineItems": [
            {
                "id": "l1",
                "amount": amount(3),
                "product": _product,
                "deliveryInformation": _shape_2024_04(
                    first={"deliveryInformationDetailsFor": entries({"l1": 2, "l2": 1})},
                    second={"deliveryInformationDetailsFor": entries({"l1": 1})},
                ),
            }
        ],
        "metadata": _created,
    },
    "2024-01-01 with identifiers": {
        "lineItems": [
            {
                "id": "l1",
                "amount": amount(3),
                "purchasedItem": {
                    "title": "A mug",
                    "itemIdentifiers": [
                        {"identifierType": "ExternalId", "identifierValue": "shop-mug"},
                        {"identifierType": "SKU", "identifierValue": "MUG"},
                    ],
                    "price": {"currentPrice": _price},
                },
                "deliveryInformation": _shape_2024_04(
                    first={"deliveryInformationDetailsFor": entries({"l1": 2})},
                    second={"deliveryInformationDetailsFor": entries({"l1": 1})},
                ),
            }
        ],
        "metadata": _created,
    },
    "2024-01-01 with intervals": {
        "lineItems": [
            {
                "id": "l1",
                "quantity": {"unit": "ONE", "amount": 3},
                "lineItemAliases": [{"aliasType": "EXTERNAL_DISPLAY_ID", "aliasId": "MUG"}],
                "purchasedItem": {"title": "A mug", "price": {"currentPrice": _price}},
                "deliveryInformation": _shape_2024_04(
                    first={"association": [{"interval": {"start": "0", "measure": "2"}}]},
                    second={"association": [{"interval": {"start": "2", "measure": "1"}}]},
                ),
            }
        ],
        "metadata": _created,
    },
}

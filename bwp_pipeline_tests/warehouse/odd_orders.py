"""Orders that once cost more than one thing each, beside a good one.

Here belong payloads and their parts. What follows from them is in the tests.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from bwp_pipeline_tests.examples.order_payloads import entries, line, package, request
from bwp_pipeline_tests.examples.warehouse_builds import NOON, Row

DAY = date(2026, 3, 10)
SHIPPED = NOON - timedelta(days=1)
YEAR_9999 = "9999-12-31T23:59:59Z"


def priced(name: str, price: object, units: object = 1, **product: object) -> Row:
    """A delivered line of a product of its own, at a price."""
    row = line(name, units, package("d1", "DELIVERED", None, **{name: units}), product="jar")
    row["product"] = row["product"] | product
    if price is None:
        del row["product"]["price"]
    else:
        row["product"]["price"] = {"currencyCode": "USD", "amount": price}
    return row


def returned(*packages: Row) -> Row:
    of = {"orderLineItemAmounts": entries({"l1": 1})["orderLineItems"]}
    details = {"id": "r1", "state": "CREATED", "returnFor": of, "returnPackageDetails": packages}
    good = line("l1", 1, package("d1", "DELIVERED", None, l1=1))
    return {"lineItems": [good], "returns": {"details": [details]}}


def short(name: str, product: str = "mug") -> Row:
    return line(name, 1, package("d1", "CANCELLED", "UNFULFILLABLE", **{name: 1}), product=product)


def order(*lines: Row, **more: object) -> Row:
    return {"lineItems": list(lines), **more}


def by_merchant(row: Row) -> Row:
    return row | {"deliveryOffer": {"details": {"deliveryProvider": "MERCHANT"}}}


ORDERS: Mapping[str, Row] = {
    "good": order(line("l1", 2, package("d1", "DELIVERED", None, l1=2))),
    "line twice": order(
        line("l1", 2, package("d1", "DELIVERED", None, l1=2)),
        line("l1", 3, package("d1", "DELIVERED", None, l1=3)),
    ),
    "unnamed package": order(
        line("l1", 2, package("", "DELIVERED", None, l1=2) | {"id": None}),
    ),
    "another's entries": order(
        line("l1", 1, package("d1", "DELIVERED", None, l2=1)), line("l2", 1)
    ),
    "blank sku": order(priced("l1", 5, sku={"value": " "}, productId={"value": "id-blank"})),
    "list for a sku": order(priced("l1", 5, sku=[[]], productId={"value": "id-l"})),
    "object for a sku": order(priced("l1", 5, sku={"value": {}}, productId={"value": "id-l"})),
    "endless time": order(priced("l1", 5) | {"createdAt": "99999999999999999999"}),
    "exponent": order(priced("l1", 5) | {"createdAt": "1e300"}),
    "far future": order(priced("l1", 5) | {"createdAt": YEAR_9999}),
    "huge price": order(priced("l1", "9999999999.99", 100000)),
    "huge units": order(priced("l1", 12.5, 10**14)),
    "no price": order(short("l1")),
    "with price": order(short("l1")),
    "arrived after all": returned({"id": "p1", "state": "DELIVERED"}),
    "package twice": returned({"id": "p1", "state": "FAILED"}, {"id": "p1", "state": "FAILED"}),
    "merchant's own": order(
        by_merchant(short("l1", product="sofa"))
        | {
            "cancellations": {
                "details": [request("SUCCESS", "OUT_OF_STOCK", "2026-03-09T00:00:00Z", "l1")]
            }
        }
    ),
    "both systems": order(
        line(
            "l1",
            1,
            package("d1", "CANCELLED", "UNDELIVERABLE", l1=1),
            cancellations={
                "details": [request("SUCCESS", "OUT_OF_STOCK", "2026-03-09T00:00:00Z", "l1")]
            },
        )
    ),
    "recalled": order(
        line(
            "l1",
            1,
            package("d1", "CANCELLED", "RECALLED", l1=1),
            cancellations={"details": [request("SUCCESS", "OTHER", "2026-03-09T00:00:00Z", "l1")]},
        )
    ),
    "unknown units": order(
        line(
            "l1",
            1,
            package("d1", "IN_TRANSIT", None)
            | {
                "packageInformationDetailsFor": {
                    "orderLineItems": [
                        {"lineItem": {"id": "l1"}, "amount": {"unit": "GRAM", "value": 1}}
                    ]
                }
            },
            product="tea",
        )
    ),
    "nothing names it": order(line("l1", 1, package("d1", "DELIVERED", None, l1=1), product=None)),
}
ORDERS["no price"]["lineItems"][0]["product"].pop("price")

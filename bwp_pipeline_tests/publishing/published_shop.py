"""The warehouse of a shop with 400 orders, to publish, and how the published file is asked."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from bwp_pipeline_tests.examples.warehouse_builds import NOON, Row, Warehouse, event, snapshot

DAY = date(2026, 3, 10)


def order(number: int, state: str, reason: str | None) -> Row:
    """One unit of one of 25 products."""
    amount = {"unit": "ONE", "value": 1}
    of = {"orderLineItems": [{"lineItem": {"id": "l1"}, "amount": amount}]}
    package = {"id": "d1", "state": state, "reason": reason, "packageInformationDetailsFor": of}
    sku = f"SKU-{number % 25:02}"
    comment = {"state": "SUCCESS", "additionalComments": "call me on 555-0100"}
    line = {
        "id": "l1",
        "createdAt": (NOON - timedelta(days=number % 9 + 1)).isoformat(),
        "amount": amount,
        "product": {
            "productId": {"value": f"id-{sku}"},
            "sku": {"value": sku},
            "title": f"=cmd() {sku}",
            "price": {"currencyCode": "USD", "amount": 10 + number % 25},
        },
        "packageInformation": {"details": [package]},
        "cancellations": {"details": [comment]},
    }
    return {"lineItems": [line], "customer": {"contact": {"email": "someone@example.com"}}}


def build_shop(directory: Path) -> Warehouse:
    """Build the warehouse of 400 orders of 25 products, six of which run short."""
    it = Warehouse(directory)
    snapshots, events = [], []
    for number in range(400):
        is_short = number % 25 < 6 and number % 3 == 0
        state, reason = ("CANCELLED", "UNFULFILLABLE") if is_short else ("DELIVERED", None)
        name = "PACKAGE_DELIVERY_CANCELLED" if is_short else "PACKAGE_DELIVERY_IN_TRANSIT"
        at = NOON - timedelta(days=number % 9, hours=number % 5)
        snapshots.append(snapshot(order(number, state, reason), order_id=f"O-{number:03}"))
        events.append(event(name, f"order/O-{number:03}/delivery/d1", at=at))
    it.answer(DAY, snapshots)
    it.archive(DAY, events)
    it.build()
    return it


def ask(path: Path, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()

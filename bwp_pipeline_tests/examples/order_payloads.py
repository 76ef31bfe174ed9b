"""Orders as the API answers with them, in parts: line items, packages, cancellation requests.

Here belong builders of payloads. The rows of the lake that hold them are made in
`warehouse_builds`.
"""

from collections.abc import Mapping

from bwp_pipeline_tests.examples.warehouse_builds import Row


def amount(units: object) -> Row:
    return {"unit": "ONE", "value": units}


def entries(units: Mapping[str, object]) -> Row:
    return {
        "orderLineItems": [
            {"lineItem": {"id": line}, "amount": amount(value)} for line, value in units.items()
        ]
    }


def package(name: str, state: str, reason: str | None = None, **units: object) -> Row:
    """A package of API 2024-11-01; line ids are keywords."""
    details = {"id": name, "state": state, "reason": reason}
    return details | ({"packageInformationDetailsFor": entries(units)} if units else {})


def line(
    name: str, units: object, *packages: Row, product: str | None = "mug", **more: object
) -> Row:
    """A line item of API 2024-11-01."""
    return {
        "id": name,
        "createdAt": "2026-03-08T16:13:11.798Z",
        "amount": amount(units),
        "product": product
        and {
            "productId": {"value": f"id-{product}"},
            "sku": {"value": product.upper()},
            "title": f"A {product}",
            "price": {"currencyCode": "USD", "amount": 12.5},
        },
        "packageInformation": {"details": list(packages)} if packages else None,
        **more,
    }


def request(state: str, reason: str | None, updated: str, *lines: str, by: str = "SHOPPER") -> Row:
    return {
        "state": state,
        "reason": reason,
        "requestedBy": by,
        "createdAt": "2026-03-08T17:00:00Z",
        "updatedAt": updated,
        "canceledFor": entries(dict.fromkeys(lines, 1)),
    }


def cancelled(*requests: Row) -> Row:
    """A line item with one cancelled package and these cancellation requests."""
    return line(
        "l1",
        1,
        package("d1", "CANCELLED", "CUSTOMER_REQUESTED", l1=1),
        cancellations={"details": list(requests)},
    )

"""Orders that ship, stop, come back and are refunded, as analysts ask about them.

Here belong payloads and their parts. What follows from them is in the tests.
"""

from datetime import date

from bwp_pipeline_tests.examples.order_payloads import amount, entries, line, package, request
from bwp_pipeline_tests.examples.warehouse_builds import Row

DAY = date(2026, 3, 10)


def stopped(name: str, *lines: str) -> Row:
    return package(name, "CANCELLED", "UNFULFILLABLE", **dict.fromkeys(lines, 1))


def money(name: str, reason: str, total: str, *lines: str, state: str = "SUCCESS") -> Row:
    return {
        "id": name,
        "state": state,
        "createdAt": "2026-03-10T08:00:00Z",
        "updatedAt": "2026-03-10T10:00:00Z",
        "refundRequestReason": reason,
        "refundTotal": {"totalAmount": {"amount": total, "currencyCode": "USD"}},
        "refundFor": entries(dict.fromkeys(lines, 1)),
    }


def asked(state: str, reason: str, by: str = "SHOPPER") -> Row:
    return {"details": [request(state, reason, "2026-03-08T19:00:00Z", "l1", by=by)]}


ORDERS: dict[str, Row] = {
    # Three mugs shipped; one came back and was refunded, which names two lines and counts once.
    "shipped": {
        "lineItems": [
            line("l1", 2, package("d1", "DELIVERED", l1=2, l2=1)),
            line("l2", 1, package("d1", "DELIVERED", l1=2, l2=1), product="bowl"),
        ],
        "refunds": {
            "details": [
                money("r1", "RETURN_RECEIVED", "20.00", "l1", "l2"),
                money("r2", "OTHER", "99.00", "l1", state="FAILURE"),
            ]
        },
    },
    # One line of two could not be had; the money for it went back and never was revenue.
    "half": {
        "lineItems": [
            line("l1", 1, package("d1", "IN_TRANSIT", l1=1)),
            line("l2", 1, stopped("d2", "l2"), product="bowl"),
        ],
        "refunds": {"details": [money("r1", "CANCELLED_ORDER", "12.50", "l2")]},
    },
    "refused": {
        "lineItems": [
            line(
                "l1",
                1,
                package("d1", "DELIVERED", l1=1),
                cancellations=asked("REJECTED", "OTHER"),
            )
        ],
        "returns": {
            "details": [
                {
                    "id": "b1",
                    "state": "CREATED",
                    "returnFor": {
                        "orderLineItemAmounts": [{"lineItem": {"id": "l1"}, "amount": amount(1)}]
                    },
                }
            ]
        },
    },
    "granted": {
        "lineItems": [
            line(
                "l1",
                1,
                package("d1", "CANCELLED", "CUSTOMER_REQUESTED", l1=1),
                cancellations=asked("SUCCESS", "ORDERED_BY_MISTAKE"),
            )
        ]
    },
    "unpaid": {
        "lineItems": [
            line(
                "l1",
                1,
                package("d1", "CANCELLED", "CUSTOMER_REQUESTED", l1=1),
                cancellations=asked("SUCCESS", "PAYMENT_ISSUE", by="MERCHANT"),
            )
        ]
    },
}
EVENTS = {
    "PACKAGE_DELIVERY_IN_TRANSIT": (
        "shipped/delivery/d1",
        "half/delivery/d1",
        "refused/delivery/d1",
    ),
    "PACKAGE_DELIVERY_CANCELLED": (
        "half/delivery/d2",
        "granted/delivery/d1",
        "unpaid/delivery/d1",
    ),
}

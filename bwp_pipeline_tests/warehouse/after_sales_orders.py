"""Orders with refunds, returns and trackers, in the shapes of all API versions.

Here belong payloads and their parts. What follows from them is in the tests.
"""

from datetime import date

from bwp_pipeline_tests.examples.order_payloads import amount, entries, line, package
from bwp_pipeline_tests.examples.warehouse_builds import Row

DAY = date(2026, 3, 10)


def refund(name: str | None, state: str, **more: object) -> Row:
    return {
        "id": name,
        "state": state,
        "createdAt": "2026-03-10T08:00:00Z",
        "updatedAt": "2026-03-10T10:00:00Z",
        "refundTotal": {"totalAmount": {"amount": "25.00", "currencyCode": "USD"}},
        **more,
    }


def returned(name: str, units: int, *lines: str, graded: dict[str, int] | None = None) -> Row:
    """A line item of a return."""
    conditions = [{"amount": amount(n), "condition": kind} for kind, n in (graded or {}).items()]
    return {
        "id": name,
        "returnReason": {"reasonCode": "WRONG_SIZE"},
        "returnFor": amounts(dict.fromkeys(lines, units)),
        "grading": {"summary": {"unitWiseCondition": conditions}} if graded else None,
    }


def amounts(units: dict[str, int]) -> Row:
    return {"orderLineItemAmounts": entries(units)["orderLineItems"]}


def tracked(state: str, *milestones: tuple[str, str]) -> Row:
    reached = [{"status": {"code": code}, "occurredAt": at} for code, at in milestones]
    tracker = {"packageTrackerIdentifier": {"carrierCode": "ups"}, "milestones": reached}
    return package("d1", state, "UNDELIVERABLE", l1=1) | {"packageTracker": tracker}


ORDERS: dict[str, Row] = {
    "refunded": {
        "refunds": {
            "details": [
                refund(
                    "r1",
                    "SUCCESS",
                    refundRequestReason="CANCELLED_ORDER",
                    refundFor=entries({"l1": 2, "l2": 1}),
                ),
                refund("r2", "PENDING", refundFor=None, refundStatusReason="OTHERS"),
                refund("r1", "PENDING", updatedAt="2026-03-10T08:00:00Z"),
            ]
        }
    },
    "refunded in 2024-01-01": {
        "refunds": {
            "details": [
                refund(
                    "r1",
                    "PARTIAL",
                    refundFor={
                        "orderLineItems": [
                            {
                                "lineItem": {"id": "l1"},
                                "refundedQuantity": {"unit": "ONE", "amount": "2"},
                            }
                        ]
                    },
                )
            ]
        }
    },
    "returned": {
        "returns": {
            "details": [
                {
                    "id": "b1#RF",
                    "state": "COMPLETED",
                    "createdAt": "2026-03-10T08:00:00Z",
                    "returnLineItems": [
                        returned("i1", 3, "l1", graded={"SELLABLE": 2, "DAMAGED": 1}),
                        returned("i2", 1, "l2", "l3"),
                    ],
                }
            ]
        }
    },
    "returned in 2024-01-01": {
        "returns": {
            "details": [
                {
                    "id": "b1",
                    "state": "CREATED",
                    "createdAt": "2026-03-10T08:00:00Z",
                    "returnFor": amounts({"l1": 1, "l2": 2}),
                }
            ]
        }
    },
    "lost": {
        "lineItems": [line("l1", 1, package("d1", "CANCELLED", "UNDELIVERABLE", l1=1))],
        "packageInformation": {
            "details": [
                tracked(
                    "CANCELLED",
                    ("LOST", "2026-03-10T09:00:00Z"),
                    ("IN_TRANSIT", "2026-03-09T09:00:00Z"),
                )
            ]
        },
    },
    "not yet tracked": {"packageInformation": {"details": [tracked("IN_TRANSIT")]}},
}

"""Cancellation requests, refunds and returns in the shapes of the API's versions.

Each is given as of `at`, in epoch seconds.
"""

from collections.abc import Iterable
from decimal import Decimal

from bwp_pipeline.sandbox.api.values import V2024_01_01, Json, amounts, iso_ms, money
from bwp_pipeline.sandbox.world.order_history import Cancellation, Order, Refund
from bwp_pipeline.sandbox.world.returns import Return


def cancellation_object(request: Cancellation, at: int) -> Json:
    """A request to cancel; all versions write it alike."""
    decided = request.decided is not None and request.decided <= at
    return {
        "additionalComments": request.comment,
        "aliases": [],
        "canceledFor": {"orderLineItems": amounts(None, request.covers)},
        "createdAt": iso_ms(request.created),
        "reason": request.reason,
        "refundDetails": [],
        "requestedBy": request.requested_by,
        "state": request.state(at),
        "updatedAt": iso_ms(request.decided if decided and request.decided else request.created),
    }


def refund_object(order: Order, refund: Refund, version: str, at: int) -> Json:
    """A refund."""
    done = refund.completed is not None and refund.completed <= at
    total = sum(Decimal(str(line.price)) * units for line, units in refund.covers)
    shown: Json = {
        "id": refund.id,
        "aliases": [],
        "createdAt": iso_ms(refund.created),
        "updatedAt": iso_ms(refund.completed if done and refund.completed else refund.created),
        "paymentDetails": [],
        "refundTotal": {"totalAmount": money(order, total)},
        "state": refund.state(at),
    }
    if version == V2024_01_01:
        shown["refundFor"] = {
            "orderLineItems": [
                {"lineItem": {"id": x.id}, "refundedQuantity": {"unit": "ONE", "amount": units}}
                for x, units in refund.covers
            ]
        }
        return shown
    shown["refundRequestReason"] = refund.reason
    shown["refundStatusReason"] = "PARTIALLY_DECLINED" if shown["state"] == "PARTIAL" else None
    shown["refundFor"] = {"orderLineItems": amounts(None, refund.covers), "causedBy": None}
    return shown


def return_object(back: Return, version: str, at: int) -> Json:
    """A return with its packages and gradings; the oldest version knows neither."""
    done = back.completed is not None and back.completed <= at
    graded = back.graded is not None and back.graded <= at
    arrived = {line for p in back.packages if p.state(at) == "DELIVERED" for line, _ in p.units}
    shown: Json = {
        "id": back.id,
        "aliases": [],
        "createdAt": iso_ms(back.created),
        "updatedAt": iso_ms(back.completed if done and back.completed else back.created),
        "state": back.state(at),
        "expiresAt": None,
        "refundTerm": None,
        "returnDeliveryGroups": [],
        "returnFor": _return_for([(line, units) for _, line, units in back.items]),
    }
    if version == V2024_01_01:
        return shown
    packages = [p for p in back.packages if p.created <= at]
    shown["returnLineItems"] = [
        {
            "id": item,
            "product": None,
            "returnFor": _return_for([(line, units)]),
            "returnReason": {"reasonCode": back.reason},
            "grading": _grading(back.condition, units) if graded and line in arrived else None,
            "refundDetails": [],
        }
        for item, line, units in back.items
    ]
    shown["returnDeliveryDetails"] = [
        {
            "id": p.id,
            "reason": p.reason if p.state(at) == "FAILED" else None,
            "returnDeliveryFor": _return_for(p.units),
            "state": p.state(at),
            "trackingDetails": None,
        }
        for p in packages
    ]
    shown["returnPackageDetails"] = [
        {
            "id": p.id,
            "reason": p.reason if p.state(at) == "FAILED" else None,
            "returnPackageFor": _return_for(p.units),
            "state": p.state(at),
            "packageTracker": None,
            "instructions": [],
            "labels": [],
            "packageTrackerIdentifier": None,
            "rma": None,
        }
        for p in packages
    ]
    return shown


def _grading(condition: str, units: int) -> Json:
    amount = {"unit": "ONE", "value": units}
    return {
        "summary": {
            "gradedAmount": amount,
            "unitWiseCondition": [{"amount": amount, "condition": condition}],
        }
    }


def _return_for(units: Iterable[tuple[str, int]]) -> Json:
    amounts = [
        {"lineItem": {"id": line}, "amount": {"unit": "ONE", "value": count}}
        for line, count in units
    ]
    return {"orderLineItemAmounts": amounts, "returnLineItemAmounts": []}

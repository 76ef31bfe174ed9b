"""Packages in the shapes of the API's versions: deliveries in the older ones, with their tracking.

Each is given as of `at`, in epoch seconds.
"""

from collections.abc import Iterable

from bwp_pipeline.sandbox.api.values import V2024_11_01, Json, amounts, iso
from bwp_pipeline.sandbox.world.order_history import Delivery, Order
from bwp_pipeline.sandbox.world.state_machine import State, summary


def information_field(version: str) -> str:
    """What the field with the packages is called."""
    return "packageInformation" if version == V2024_11_01 else "deliveryInformation"


def package_information(deliveries: list[Delivery], details: Iterable[Json], at: int) -> Json:
    """Packages with their details already shaped, and their states summed up."""
    state = summary([d.state(at) for d in deliveries])
    return {"summary": {"state": state.value}, "details": list(details)}


def delivery_object(order: Order, delivery: Delivery, version: str, at: int) -> Json:
    """One package."""
    state = delivery.state(at)
    shown: Json = {
        "id": delivery.id,
        "aliases": [],
        "deliverFromAddress": None,
        "state": state.value,
        "reason": delivery.reason if state is State.CANCELLED else None,
    }
    moving = delivery.shipped is not None and delivery.shipped <= at
    covers = {"orderLineItems": amounts(order, delivery.contents)}
    if version == V2024_11_01:
        shown["packageInformationDetailsFor"] = covers
        shown["packageTracker"] = tracker_object(order, delivery, at) if moving else None
        return shown
    shown["deliveryInformationDetailsFor"] = covers
    shown["association"] = [
        {"lineItem": {"id": line.id}, "interval": {"start": "0", "measure": str(units)}}
        for line, units in delivery.contents
    ]
    shown["estimatedDeliveryDate"] = iso(order.promised[1])
    shown["trackingDetails"] = (
        {"trackingNumber": delivery.tracking_number, "carrierCode": "ups"} if moving else None
    )
    return shown


def package_object(order: Order, delivery: Delivery, at: int) -> Json:
    """A package as the newest events carry it."""
    shown = delivery_object(order, delivery, V2024_11_01, at)
    return {key: shown[key] for key in ("id", "state", "reason", "packageInformationDetailsFor")}


def tracker_object(order: Order, delivery: Delivery, at: int) -> Json:
    """A parcel's tracking: milestones reached so far, the latest last."""
    milestones = [
        {
            "status": {"code": code, "message": {"locale": "en-US", "value": code.capitalize()}},
            "address": {"locality": "Anytown", "region": "WA", "country": "US"},
            "occurredAt": iso(when),
        }
        for when, code in sorted(delivery.milestones)
        if when <= at
    ]
    return {
        "packageTrackerIdentifier": {
            "trackingNumber": delivery.tracking_number,
            "carrierCode": "ups",
        },
        "estimatedDeliveryDate": {
            "earliest": iso(order.promised[0]),
            "latest": iso(order.promised[1]),
        },
        "latestMilestone": milestones[-1] if milestones else None,
        "milestones": milestones,
        "trackingUrl": None,
    }

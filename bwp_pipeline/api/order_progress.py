"""How far an order has got: its deliveries' states, and what about it is not final.

Belongs here: the few fields of a payload that decide whether an order is asked for again, under the
names of all API versions. Does not belong here: when it is asked again (`due_orders.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypedDict, TypeVar

import msgspec


class Unfinished(StrEnum):
    """What about an order is not final; the values are the lake's."""

    CANCELLATION = "CANCELLATION"
    """A request to cancel is not decided."""
    REASON = "REASON"
    """A cancelled delivery has no reason yet."""
    REFUND = "REFUND"
    """A refund is not done."""
    RETURN = "RETURN"
    """A return, or a package of it, is under way."""


class DeliveryState(TypedDict):
    """A delivery as the lake's `deliveries` has it."""

    delivery_id: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Deliveries by id, and what is not final, in the order of `Unfinished`."""

    deliveries: list[DeliveryState]
    unfinished: list[str]


_Detail = TypeVar("_Detail")


class _Details(msgspec.Struct, Generic[_Detail]):
    details: list[_Detail | None] | None = None


class _Delivery(msgspec.Struct):
    id: str
    state: str | None = None
    reason: str | None = None


class _Stated(msgspec.Struct):
    state: str | None = None


class _Return(_Stated):
    returnPackageDetails: list[_Stated | None] | None = None  # noqa: N815 -- the API's name


class _Deliverable(msgspec.Struct):
    """What an order and its lines have in common."""

    packageInformation: _Details[_Delivery] | None = None  # noqa: N815 -- the API's name
    deliveryInformation: _Details[_Delivery] | None = None  # noqa: N815 -- the API's name


class _Line(_Deliverable):
    cancellations: _Details[_Stated] | None = None


class _Order(_Deliverable):
    lineItems: list[_Line | None] | None = None  # noqa: N815 -- the API's name
    refunds: _Details[_Stated] | None = None
    returns: _Details[_Return] | None = None


_ORDER = msgspec.json.Decoder(_Order)
_RETURN_UNDER_WAY = frozenset({"DRAFT", "CREATED"})
_PACKAGE_UNDER_WAY = frozenset({"CREATED", "DROPPED_OFF", "IN_TRANSIT"})


def progress_of(payload: str) -> Progress | None:
    """How far the order of this payload has got; None if it doesn't have the documented form."""
    try:
        order = _ORDER.decode(payload)
    except msgspec.MsgspecError:
        return None
    lines = [line for line in order.lineItems or [] if line is not None]
    deliveries: dict[str, _Delivery] = {}
    for holder in (order, *lines):
        for found in (holder.packageInformation, holder.deliveryInformation):
            deliveries.update({delivery.id: delivery for delivery in _each(found)})
    states = [
        DeliveryState(delivery_id=id_, state=delivery.state)
        for id_, delivery in sorted(deliveries.items())
    ]
    found_open = {
        Unfinished.CANCELLATION: any(
            request.state == "PENDING" for line in lines for request in _each(line.cancellations)
        ),
        Unfinished.REASON: any(
            delivery.state == "CANCELLED" and not delivery.reason
            for delivery in deliveries.values()
        ),
        Unfinished.REFUND: any(refund.state == "PENDING" for refund in _each(order.refunds)),
        Unfinished.RETURN: any(map(_is_under_way, _each(order.returns))),
    }
    return Progress(states, [kind for kind in Unfinished if found_open[kind]])


def _is_under_way(back: _Return) -> bool:
    packages = [package for package in back.returnPackageDetails or [] if package is not None]
    return back.state in _RETURN_UNDER_WAY or (
        back.state != "CANCELLED" and any(p.state in _PACKAGE_UNDER_WAY for p in packages)
    )


def _each(found: _Details[_Detail] | None) -> Iterator[_Detail]:
    return (detail for detail in (found and found.details) or [] if detail is not None)

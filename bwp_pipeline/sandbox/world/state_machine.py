"""The states of a package, the reasons for which it is cancelled, and several states summed up.

A package leaves PENDING as CANCELLED or IN_TRANSIT, and IN_TRANSIT as DELIVERED or CANCELLED; a
PENDING one may be replaced by several new ones. Who moves it, and when, is in `lifecycle`.
"""

from enum import StrEnum


class State(StrEnum):
    """State of a package."""

    PENDING = "PENDING"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"


class Reason(StrEnum):
    """Why a package was cancelled."""

    CUSTOMER_REQUESTED = "CUSTOMER_REQUESTED"
    """Only while PENDING."""
    UNFULFILLABLE = "UNFULFILLABLE"
    """Only while PENDING."""
    UNDELIVERABLE = "UNDELIVERABLE"
    """Only while IN_TRANSIT."""


def summary(states: list[State]) -> State:
    """The state of several packages taken together, as the API sums it up."""
    if not states or State.PENDING in states:
        return State.PENDING
    if State.IN_TRANSIT in states:
        return State.IN_TRANSIT
    return State.DELIVERED if State.DELIVERED in states else State.CANCELLED

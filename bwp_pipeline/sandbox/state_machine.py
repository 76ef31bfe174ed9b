"""The states of a package and of a cancellation request, and which moves between them are lawful.

Only the rules; who moves a package, when and why, is decided where orders are made.
Rules: a package leaves PENDING as CANCELLED or IN_TRANSIT, and IN_TRANSIT as DELIVERED or
CANCELLED; a package that is PENDING may be replaced by several new ones.
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
    UNFULFILLABLE = "UNFULFILLABLE"
    UNDELIVERABLE = "UNDELIVERABLE"


REASONS_FROM = {
    State.PENDING: {Reason.UNFULFILLABLE, Reason.CUSTOMER_REQUESTED},
    State.IN_TRANSIT: {Reason.UNDELIVERABLE},
}
"""The reasons for which a package in that state may be cancelled."""

MOVES = {
    State.PENDING: {State.IN_TRANSIT, State.CANCELLED},
    State.IN_TRANSIT: {State.DELIVERED, State.CANCELLED},
    State.DELIVERED: set(),
    State.CANCELLED: set(),
}
"""The states that may follow a state."""


def summary(states: list[State]) -> State:
    """The state of several packages taken together, as the API sums it up."""
    if not states or State.PENDING in states:
        return State.PENDING
    if State.IN_TRANSIT in states:
        return State.IN_TRANSIT
    return State.DELIVERED if State.DELIVERED in states else State.CANCELLED

"""What an order is: lines, packages, cancellation requests, refunds, with the times of their moves.

These are complete histories: a time may lie after the moment somebody looks, and `state(at)`
says what is to be seen then. How orders come about is in `lifecycle`, returns are in `returns`,
how the API shows them in `versions`. Times are epoch seconds.
"""

from dataclasses import dataclass, field

from bwp_pipeline.sandbox.world.catalog import Product
from bwp_pipeline.sandbox.world.returns import Return
from bwp_pipeline.sandbox.world.state_machine import State


@dataclass(slots=True)
class Line:
    """One ordered product. `product_known` is False where the API shows no product."""

    id: str
    product: Product
    units: int
    price: float
    product_known: bool = True
    alias: tuple[str, str] | None = None

    def product_key(self) -> str:
        """What the line is grouped by: the product's key, else its alias, else UNKNOWN."""
        if self.product_known:
            return self.product.key
        return self.alias[1] if self.alias else "UNKNOWN"


Contents = list[tuple[Line, int]]
"""Lines with the units of each that something holds or covers."""


@dataclass(slots=True)
class Delivery:
    """A package. `appears` and `vanishes` bound its life where pending packages are divided."""

    id: str
    contents: Contents
    appears: int
    vanishes: int | None = None
    shipped: int | None = None
    delivered: int | None = None
    cancelled: int | None = None
    reason: str | None = None
    tracking_number: str | None = None
    milestones: list[tuple[int, str]] = field(default_factory=list)

    def exists(self, at: int) -> bool:
        """Whether the order shows this package at that time."""
        return self.appears <= at and (self.vanishes is None or at < self.vanishes)

    def state(self, at: int) -> State:
        """Its state at that time."""
        if self.cancelled is not None and self.cancelled <= at:
            return State.CANCELLED
        if self.delivered is not None and self.delivered <= at:
            return State.DELIVERED
        if self.shipped is not None and self.shipped <= at:
            return State.IN_TRANSIT
        return State.PENDING

    def is_shared(self) -> bool:
        """Whether it holds more than one product."""
        return len({line.product_key() for line, _ in self.contents}) > 1


@dataclass(slots=True)
class Cancellation:
    """A request to cancel; `outcome` SUCCESS or REJECTED is reached at `decided`, None: never."""

    reason: str | None
    requested_by: str
    created: int
    decided: int | None
    outcome: str
    covers: Contents
    comment: str | None = None

    def state(self, at: int) -> str:
        """PENDING until decided."""
        return self.outcome if self.decided is not None and self.decided <= at else "PENDING"


@dataclass(slots=True)
class Refund:
    """Money going back for some units."""

    id: str
    reason: str
    created: int
    completed: int | None
    outcome: str
    covers: Contents

    def state(self, at: int) -> str:
        """PENDING until completed."""
        return self.outcome if self.completed is not None and self.completed <= at else "PENDING"


@dataclass(slots=True)
class Order:
    """One order with everything that ever happens to it.

    `contradicted` are cancellation events that the API does not confirm: (time, delivery id).
    """

    id: str
    number: int
    business_product_id: str
    placed: int
    currency: str
    lines: list[Line]
    deliveries: list[Delivery]
    promised: tuple[int, int]
    cancellations: list[Cancellation] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    contradicted: list[tuple[int, str]] = field(default_factory=list)

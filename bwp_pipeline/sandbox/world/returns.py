"""Returns: which delivered units come back, in which packages, whether they arrive, how graded.

A return knows line ids and units only, so nothing here depends on what an order looks like.
Times are epoch seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bwp_pipeline.sandbox.world.catalog import DAY
from bwp_pipeline.sandbox.world.dice import Dice

HOUR = 3_600
FAILURE_RATE = 0.12
FAILURES = ("SHIPMENT_LOST", "CARRIER_REJECTED", "PICKUP_MISSED", "UNDELIVERABLE", "EXCEPTION")
RETURN_REASONS = ("DEFECTIVE", "NOT_AS_DESCRIBED", "NO_LONGER_NEEDED", "WRONG_SIZE")
CONDITIONS = ("SELLABLE", "DEFECTIVE", "DAMAGED", "FULFILLMENT_EXPIRED")


@dataclass(slots=True)
class ReturnPackage:
    """One parcel on its way back: ends `delivered` or `failed`, or is still underway."""

    id: str
    units: list[tuple[str, int]]
    created: int
    dropped_off: int
    in_transit: int
    delivered: int | None = None
    failed: int | None = None
    reason: str | None = None

    def state(self, at: int) -> str:
        """CREATED, DROPPED_OFF, IN_TRANSIT, DELIVERED or FAILED."""
        if self.failed is not None and self.failed <= at:
            return "FAILED"
        if self.delivered is not None and self.delivered <= at:
            return "DELIVERED"
        if self.in_transit <= at:
            return "IN_TRANSIT"
        return "DROPPED_OFF" if self.dropped_off <= at else "CREATED"


@dataclass(slots=True)
class Return:
    """A return of some units of an order; `items` are (return line id, line id, units)."""

    id: str
    created: int
    items: list[tuple[str, str, int]]
    packages: list[ReturnPackage]
    reason: str
    condition: str
    graded: int | None = None
    completed: int | None = None

    def state(self, at: int) -> str:
        """CREATED until COMPLETED."""
        return "COMPLETED" if self.completed is not None and self.completed <= at else "CREATED"


def make_return(dice: Dice, units: Sequence[tuple[str, int]], delivered: int) -> Return:
    """A return of those (line id, units), begun some days after they were delivered."""
    created = delivered + dice.randint(DAY, 9 * DAY)
    # Several lines sometimes travel in one parcel each.
    loads = [[u] for u in units] if dice.happens(0.4) else [list(units)]
    packages = []
    for load in loads:
        dropped = created + dice.randint(4 * HOUR, 3 * DAY)
        moving = dropped + dice.randint(HOUR, 12 * HOUR)
        ends = moving + dice.randint(DAY, 5 * DAY)
        fails = dice.happens(FAILURE_RATE)
        packages.append(
            ReturnPackage(
                id=dice.uuid(),
                units=load,
                created=created,
                dropped_off=dropped,
                in_transit=moving,
                delivered=None if fails else ends,
                failed=ends if fails else None,
                reason=dice.choice(FAILURES) if fails else None,
            )
        )
    arrived = [p.delivered for p in packages if p.delivered is not None]
    graded = max(arrived) + dice.randint(HOUR, 2 * DAY) if arrived else None
    return Return(
        id=dice.uuid() + ("#RF" if dice.happens(0.3) else ""),
        created=created,
        items=[(dice.uuid(), line_id, count) for line_id, count in units],
        packages=packages,
        reason=dice.choice(RETURN_REASONS),
        condition=dice.choices(CONDITIONS, weights=(70, 15, 12, 3))[0],
        graded=graded,
        completed=None if graded is None else graded + dice.randint(60, 6 * HOUR),
    )

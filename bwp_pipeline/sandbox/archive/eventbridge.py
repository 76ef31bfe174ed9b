"""Happenings as EventBridge delivers them: names of the time, envelope generations, copies.

A world's time has periods: first only old names with empty details, then a stretch in which old and
new names are both subscribed, then new names with webhook bodies, at last hydrated ones. Each
record has an arrival, mostly seconds after the event's time, sometimes hours or days.
"""

import base64
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from bwp_pipeline.sandbox.api.values import Json, iso
from bwp_pipeline.sandbox.archive.happenings import Happening, hydrated
from bwp_pipeline.sandbox.world.catalog import DAY
from bwp_pipeline.sandbox.world.dice import Dice
from bwp_pipeline.sandbox.world.order_book import OrderBook
from bwp_pipeline.sandbox.world.returns import HOUR

SOURCE = "aws.partner/buywithprime/sandbox-store"
ACCOUNT = "111122223333"
REGION = "us-east-1"

OLDER_NAMES = {
    "PACKAGE_DELIVERY_CANCELLED": ("DELIVERY_CANCELLED", "ITEM_CANCELLED"),
    "PACKAGE_DELIVERED": ("DELIVERY_COMPLETED", "ITEM_DELIVERED"),
    "PACKAGE_DELIVERY_IN_TRANSIT": ("DELIVERY_IN_TRANSIT", "ITEM_IN_TRANSIT"),
    "RETURN_PACKAGE_IN_TRANSIT": ("RETURN_DELIVERY_IN_TRANSIT",) * 2,
    "RETURN_PACKAGE_DELIVERED": ("RETURN_DELIVERY_COMPLETED",) * 2,
    "RETURN_PACKAGE_DELIVERY_FAILED": ("RETURN_DELIVERY_FAILED",) * 2,
}
"""The previous and the first name of events that were renamed."""

ITEM_NAMES_UNTIL, OLD_NAMES_UNTIL, BOTH_NAMES_UNTIL = 0.15, 0.35, 0.5
EMPTY_DETAIL_UNTIL, EMPTY_DATA_UNTIL = 0.35, 0.7
COPY_RATE, OTHER_ID_RATE, LATE_RATE = 0.015, 0.005, 0.01


class Record(NamedTuple):
    """One archived record: when it reached the archive, its bytes, and what it tells."""

    arrives: int
    body: bytes
    name: str
    happening: Happening | None
    """None for records that aren't events of this stream."""


_encode = msgspec.json.Encoder().encode


def records(world: OrderBook, happening: Happening, dice: Dice) -> Iterator[Record]:
    """Every record that the archive gets of a happening; all arrive before the world's end."""
    age = (happening.at - world.start) / (world.end - world.start)
    for n, name in enumerate(names(happening.name, age)):
        event = envelope(happening, name, age, dice, later=n)
        arrives = min(happening.at + n + dice.randint(1, 20), world.end - 1)
        late = happening.at + dice.randint(2 * HOUR, 2 * DAY)
        if dice.happens(LATE_RATE) and late < world.end:
            arrives = late
        yield Record(arrives, _encode(event), name, happening)
        again = arrives + dice.choice((3, 600, 30_000))
        if dice.happens(COPY_RATE) and again < world.end:
            yield Record(again, _encode(event), name, happening)
        again = arrives + dice.randint(1, 5_000)
        if dice.happens(OTHER_ID_RATE) and again < world.end:
            yield Record(again, _encode({**event, "id": dice.uuid()}), name, happening)


def names(current: str, age: float) -> tuple[str, ...]:
    """The names under which an event is delivered at that age of the world (0 to 1)."""
    if current not in OLDER_NAMES or age >= BOTH_NAMES_UNTIL:
        return (current,)
    previous, first = OLDER_NAMES[current]
    if age < ITEM_NAMES_UNTIL:
        return (first,)
    return (previous,) if age < OLD_NAMES_UNTIL else (previous, current)


def envelope(happening: Happening, name: str, age: float, dice: Dice, later: int = 0) -> Json:
    """The EventBridge event; `later` seconds after the fact, for a second name."""
    time = iso(happening.at + later)
    resources = [happening.path]
    detail: Json = {}
    if age >= EMPTY_DETAIL_UNTIL:
        event_id, subscription = dice.uuid(), f"5d0c6a52-9f34-4a5e-8c61-{later:012x}"
        key = base64.b64encode(f"{subscription}#{event_id}".encode()).decode()
        detail = {
            "idempotencyKey": key,
            "eventDescriptor": name,
            "resources": resources,
            "eventId": event_id,
            "apiVersion": "2024-11-01",
            "subscriptionId": subscription,
            "eventTime": time,
            "data": hydrated(happening) if age >= EMPTY_DATA_UNTIL else {},
        }
    return {
        "version": "0",
        "id": dice.uuid(),
        "detail-type": name,
        "source": SOURCE,
        "account": ACCOUNT,
        "time": time,
        "region": REGION,
        "resources": resources,
        "detail": detail,
    }

"""One event: its fields, its current name, and what its resources say.

Belongs here: the meaning of an event's own fields.
Does not belong here: what an event is wrapped in or stored as.
"""

import base64
import binascii
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

CURRENT_NAMES = {
    "DELIVERY_CANCELLED": "PACKAGE_DELIVERY_CANCELLED",
    "ITEM_CANCELLED": "PACKAGE_DELIVERY_CANCELLED",
    "DELIVERY_COMPLETED": "PACKAGE_DELIVERED",
    "ITEM_DELIVERED": "PACKAGE_DELIVERED",
    "DELIVERY_IN_TRANSIT": "PACKAGE_DELIVERY_IN_TRANSIT",
    "ITEM_IN_TRANSIT": "PACKAGE_DELIVERY_IN_TRANSIT",
    "RETURN_DELIVERY_IN_TRANSIT": "RETURN_PACKAGE_IN_TRANSIT",
    "RETURN_DELIVERY_COMPLETED": "RETURN_PACKAGE_DELIVERED",
    "RETURN_DELIVERY_FAILED": "RETURN_PACKAGE_DELIVERY_FAILED",
    "INVENTORY_AVAILABILITY_CHANGED": "INVENTORY_CHANGED",
    "PRODUCT_INVENTORY_CHANGED": "INVENTORY_CHANGED",
    "santos.buyability.status.change": "BUYABILITY_CHANGED",
}
"""Earlier names of event types. A type is recognised by its name, never by its date."""

SOURCES = ("aws.partner/buywithprime", "buywithprime.com")
"""How the `source` of Buy with Prime's events begins; a merchant chooses the rest."""

# Times this close to the ends of the calendar don't survive a change of zone.
_EARLIEST = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
_LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
_MILLISECONDS = 1e11  # as seconds, this lies beyond the year 5000


class Event(msgspec.Struct, gc=False, kw_only=True):
    """An event in the shape of its EventBridge envelope.

    `time` is in ISO 8601 with its zone, `detail` is JSON text.
    """

    id: str | None
    detail_type: str = msgspec.field(name="detail-type")
    source: str | None
    time: str
    resources: list[str]
    account: str | None = None
    region: str | None = None
    detail: msgspec.Raw = msgspec.Raw(b"{}")


class Detail(msgspec.Struct, gc=False, rename="camel"):
    """The parts of a `detail` that identify its message."""

    event_descriptor: str | None = None
    event_id: str | None = None
    idempotency_key: str | None = None
    data: dict[str, msgspec.Raw] | None = None


class Resource(NamedTuple):
    """What a resource path names; the type and id are those of its last pair."""

    business_product_id: str | None
    order_id: str | None
    resource_type: str | None
    resource_id: str | None


def parse_resource(path: str) -> Resource:
    """Read a resource path as pairs of key and value, in any order.

    Raises:
        ValueError: When the segments are odd in number, one is empty, or no `businessProduct` is
            named.
    """
    parts = path.strip("/").split("/")
    if len(parts) % 2 or not all(parts):
        raise ValueError(f"resource is not made of pairs: {path!r}")
    if "%" in path:
        parts = [unquote(part) for part in parts]
    pairs = dict(zip(parts[::2], parts[1::2], strict=True))
    business_product_id = pairs.pop("businessProduct", None)
    if business_product_id is None:
        raise ValueError(f"resource names no businessProduct: {path!r}")
    if not pairs:
        return Resource(business_product_id, None, None, None)
    kind = next(reversed(pairs))
    return Resource(business_product_id, pairs.get("order"), kind, pairs[kind])


def first_resource(paths: list[str]) -> Resource:
    """What the first path names, all of them being well formed.

    Raises:
        ValueError: When there is none, or any is malformed.
    """
    if not paths:
        raise ValueError("names no resources")
    resources = [parse_resource(path) for path in paths]
    return resources[0]


def parse_time(value: object) -> str | None:
    """A time as text with a zone: from ISO 8601, UTC where no zone is said, or since 1970.

    Numbers are seconds or milliseconds. Anything else is None.
    """
    try:
        if isinstance(value, str):
            time = datetime.fromisoformat(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            time = datetime.fromtimestamp(value / (1000 if value > _MILLISECONDS else 1), UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    time = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return time.astimezone(UTC).isoformat() if _EARLIEST <= time <= _LATEST else None


def message_id(event_id: str | None, detail: Detail) -> str | None:
    """What copies of one message share, under whatever wrapper ids they came.

    The `eventId`, else the tail of the decoded `idempotencyKey` (its head is the subscription's),
    else the wrapper's id.
    """
    if detail.event_id:
        return detail.event_id
    if detail.idempotency_key:
        try:
            decoded = base64.b64decode(detail.idempotency_key, validate=True).decode()
        except (binascii.Error, ValueError):
            return event_id
        return decoded.rpartition("#")[2] or event_id
    return event_id


def generations(details: Iterable[Detail]) -> list[str]:
    """Which generation of EventBridge envelope carries each detail."""
    return [
        "gen1" if detail.event_descriptor is None else "gen3" if detail.data else "gen2"
        for detail in details
    ]

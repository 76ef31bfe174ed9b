"""One event: its fields, its current name, and what its resources say.

Belongs here: the meaning of an event's own fields.
Does not belong here: what an event is wrapped in or stored as.
"""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple
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

# By far the most; what it matches, parsing pairs would give too.
_USUAL = re.compile(
    "businessProduct/([^/%]+)/order/([^/%]+)/(delivery|refund|return)/([^/%]+)", re.ASCII
)
# Times so near the ends of the calendar don't survive a change of zone.
_EARLIEST = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
_LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)


class Event(msgspec.Struct, gc=False, kw_only=True):
    """An event in the shape of its EventBridge envelope; `detail` is JSON text."""

    id: str | None
    detail_type: str = msgspec.field(name="detail-type")
    source: str | None
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    resources: list[str]
    account: str | None = None
    region: str | None = None
    detail: msgspec.Raw = msgspec.Raw(b"{}")


class Detail(msgspec.Struct, gc=False, rename="camel"):
    """The parts of a `detail` that identify its message."""

    event_descriptor: str | None = None
    event_id: str | None = None
    idempotency_key: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class Resource(NamedTuple):
    """What a resource path names; the type and id are those of its last pair."""

    business_product_id: str | None
    order_id: str | None
    resource_type: str | None
    resource_id: str | None


class Found(NamedTuple):
    """Events, what identifies each one's message, the shapes they came in, their first resources.

    Four lists of one length: what comes in bulk is not taken apart.
    """

    events: list[Event]
    details: list[Detail]
    envelopes: list[str]
    resources: list[Resource]


def parse_resource(path: str) -> Resource:
    """Read a resource path as pairs of key and value, in any order.

    Raises:
        ValueError: When the segments are odd in number, one is empty, or no `businessProduct` is
            named.
    """
    usual = _USUAL.fullmatch(path)
    if usual is not None:
        return Resource(*usual.groups())
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


def are_storable(times: list[datetime]) -> bool:
    """Whether all the times can be brought to UTC."""
    return min(times) >= _EARLIEST and max(times) <= _LATEST


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


def generation(detail: Detail) -> str:
    """Which generation of EventBridge envelope carries this detail."""
    if detail.event_descriptor is None:
        return "gen1"
    return "gen3" if bytes(detail.data).strip(b"{} \t\r\n").strip(b"null") else "gen2"

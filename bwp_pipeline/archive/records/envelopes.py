"""What a record is: an event in any envelope, or something else.

Belongs here: recognising shapes by their keys, and bringing an event's envelopes into one form.
Does not belong here: cutting text into records, or what one record wraps (wrappers.py).
"""

from typing import Any, NamedTuple

import msgspec

from bwp_pipeline.archive.records.columns import (
    Found,
    event_details,
    event_resources,
    event_times,
    resource_columns,
)
from bwp_pipeline.archive.records.event import (
    SOURCES,
    Detail,
    Event,
    Resource,
    first_resource,
    generations,
    parse_time,
)


class Other(NamedTuple):
    """A whole thing that is not an event of Buy with Prime."""

    kind: str


class Bad(NamedTuple):
    """What can't be read; `reason` is one of a few fixed words, `error` a sentence."""

    reason: str
    error: str


Outcome = Found | Other | Bad
Keys = dict[str, msgspec.Raw]

_EVENTS = msgspec.json.Decoder(list[Event])
_EVENT = msgspec.json.Decoder(Event)


def decode_events(text: bytes) -> list[Event] | None:
    """The events of a text, one after the other or as an array, if all are EventBridge events."""
    try:
        if not text.isascii():
            text.decode()
        return _EVENTS.decode(text) if text.startswith(b"[") else _EVENT.decode_lines(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def plain_events(events: list[Event]) -> Found | None:
    """The events with what they name, if all are well formed and of Buy with Prime.

    Gives what `event` would give for each; None only means that `event` should look.
    """
    try:
        return _plain(events)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def event(raw: bytes, keys: Keys) -> Outcome:
    """An EventBridge event, whatever its generation.

    Args:
        raw: The record.
        keys: The values of its keys, undecoded.
    """
    try:
        raw.decode()
        return _plain([_EVENT.decode(raw)])
    except UnicodeDecodeError as error:
        return Bad("not_utf8", str(error))
    except (msgspec.DecodeError, ValueError):
        return _repaired(keys)


def body(raw: bytes, keys: Keys, envelope: str) -> Outcome:
    """A webhook's body, or an event's `detail` archived alone: it has all but the envelope."""
    content = _decoded(keys)
    content["detail"] = msgspec.Raw(raw)
    return _normalised(content, content, envelope)


def _plain(events: list[Event]) -> Found:
    sources = {event.source for event in events}
    if not all(source and source.startswith(SOURCES) for source in sources):
        raise ValueError("is not from Buy with Prime")
    details, texts = event_details(events)
    times = event_times(events)
    return Found(events, details, texts, generations(details), times, *event_resources(events))


def _repaired(keys: Keys) -> Outcome:
    """An event whose envelope lacks something, or has it in another place or type."""
    content = _decoded(keys)
    detail = content.get("detail")
    if isinstance(detail, str):
        try:
            detail = msgspec.json.decode(detail)
            keys = keys | {"detail": msgspec.Raw(str(content["detail"]).encode())}
        except (msgspec.DecodeError, RecursionError):
            detail = None
    content["detail"] = keys.get("detail", msgspec.Raw(b"{}"))
    return _normalised(content, detail if isinstance(detail, dict) else {}, None)


def _normalised(content: dict[str, Any], detail: dict[str, Any], envelope: str | None) -> Outcome:
    source = content.get("source")
    if isinstance(source, str) and not source.startswith(SOURCES):
        return Other("other_source")
    legacy = _text(detail.get("eventType"))
    name = _text(content.get("detail-type")) or _text(detail.get("eventDescriptor")) or legacy
    if not name:
        return Bad("no_type", "names no event type")
    time = parse_time(content.get("time")) or parse_time(detail.get("eventTime"))
    if time is None:
        return Bad("bad_time", f"has no readable time: {content.get('time')!r}"[:200])
    message = Detail(
        event_descriptor=_text(detail.get("eventDescriptor")),
        event_id=_text(detail.get("eventId")),
        idempotency_key=_text(detail.get("idempotencyKey")),
        data={"": msgspec.Raw(b"")} if detail.get("data") else None,
    )
    paths = _paths(content.get("resources")) or _paths(detail.get("resources"))
    try:
        resource = _legacy_resource(detail) if legacy and not paths else first_resource(paths)
    except ValueError as error:
        return Bad("bad_resources", str(error)[:500])
    found = Event(
        id=_text(content.get("id")) or message.event_id,
        detail_type=legacy or name,
        source=_text(source),
        time=time,
        resources=paths,
        account=_text(content.get("account")),
        region=_text(content.get("region")),
        detail=content["detail"],
    )
    label = envelope or ("legacy2023" if legacy and not paths else generations([message])[0])
    named = resource_columns([resource])
    return Found([found], [message], [found.detail], [label], [time], [paths], named)


def _legacy_resource(detail: dict[str, Any]) -> Resource:
    """The object that a 2023 event names in its detail; it names no business product."""
    order = detail.get("orderIdentifier")
    order_id = _text(order.get("orderId")) if isinstance(order, dict) else None
    if order_id is not None:
        return Resource(None, order_id, "order", order_id)
    item = detail.get("item")
    item_id = _text(detail.get("inventoryItemId")) or (
        _text(item.get("identifierValue")) if isinstance(item, dict) else None
    )
    if item_id is None:
        raise ValueError("names no resources")
    return Resource(None, None, "inventory-item", item_id)


def _decoded(keys: Keys) -> dict[str, Any]:
    return {name: msgspec.json.decode(value) for name, value in keys.items()}


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)


def _paths(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [path for path in value if isinstance(path, str)] if isinstance(value, list) else []

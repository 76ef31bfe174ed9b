"""What a record is: an event, whatever it is wrapped in, or something else.

Belongs here: recognising shapes by their keys and unwrapping them.
Does not belong here: cutting text into records.
"""

from typing import NamedTuple

import msgspec

from bwp_pipeline.archive.events import SOURCES, Detail, Event, generation, parse_resource


class Other(NamedTuple):
    """A whole record that is not an event of Buy with Prime."""

    kind: str


class Bad(NamedTuple):
    """A record that can't be read; `reason` is one of a few words, `error` a sentence."""

    reason: str
    error: str


class Found(NamedTuple):
    """An event with what identifies its message and the shape it came in."""

    event: Event
    detail: Detail
    envelope: str


_EVENT = msgspec.json.Decoder(Event)
_DETAIL = msgspec.json.Decoder(Detail)
_KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_record(raw: bytes) -> list[Found | Other | Bad]:
    """What the JSON value holds: one outcome for each event, thing or broken part in it."""
    try:
        keys = _KEYS.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return [Bad("not_json", str(error))]
    if "detail-type" in keys:
        return [_event(raw)]
    if "data" in keys:
        return [Other("order_snapshot")]
    return [Other("unknown")]


def _event(raw: bytes) -> Found | Other | Bad:
    try:
        event = _EVENT.decode(raw)
        bytes(event.detail).decode()
        detail = _DETAIL.decode(event.detail)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Bad("bad_envelope", str(error))
    if not event.source.startswith(SOURCES):
        return Other("other_source")
    try:
        for resource in event.resources:
            parse_resource(resource)
    except ValueError as error:
        return Bad("bad_resources", str(error))
    return Found(event, detail, generation(detail))

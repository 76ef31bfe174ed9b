"""Objects that hold one event each: many are read at once, because one by one takes far longer.

Belongs here: telling them from other objects, and their events together.
Does not belong here: objects of any other content (reading.py), fetching, or rows.
"""

from collections.abc import Iterable, Iterator

from isal import isal_zlib

from bwp_pipeline.archive.objects.fetching import Content
from bwp_pipeline.archive.objects.listing import ArchiveObject
from bwp_pipeline.archive.opening.layers import GZIP
from bwp_pipeline.archive.records.columns import Found
from bwp_pipeline.archive.records.envelopes import decode_events, plain_events
from bwp_pipeline.archive.records.event import Event
from bwp_pipeline.archive.records.reading import kind_by_key

TOGETHER = 250
"""Objects that are read at once."""
# Bytes of an object, as it lies and inflated; an event is hardly ever larger.
_SMALL = 8 * 1024
_INFLATED = 64 * 1024

Fetched = tuple[ArchiveObject, Content]


def grouped(
    contents: Iterable[Fetched],
) -> Iterator[tuple[list[Fetched], Found | None]]:
    """All objects: those of one event each in groups with their events, others singly, with None.

    A group comes with None too where `reading` should look at each of its objects.
    """
    group: list[Fetched] = []
    events: list[Event] = []
    for item, content in contents:
        event = _only_event(item, content)
        if event is None:
            yield [(item, content)], None
            continue
        group.append((item, content))
        events.append(event)
        if len(group) == TOGETHER:
            yield group, plain_events(events)
            group, events = [], []
    if group:
        yield group, plain_events(events)


def _only_event(item: ArchiveObject, content: Content) -> Event | None:
    """The event that makes up the whole object; None only means that it is not that simple."""
    if not isinstance(content, list) or len(content) != 1 or kind_by_key(item.key) is not None:
        return None
    (data,) = content
    if len(data) > _SMALL:
        return None
    text = _inflated(data) if data.startswith(GZIP) else data
    events = decode_events(text)
    return events[0] if events is not None and len(events) == 1 else None


def _inflated(data: bytes) -> bytes:
    """What gzip of one member holds; nothing if it is anything else, or large."""
    inflater = isal_zlib.decompressobj(wbits=31)
    try:
        text = inflater.decompress(data, _INFLATED)
    except isal_zlib.error:  # type: ignore[misc]
        return b""
    return text if inflater.eof and not inflater.unused_data else b""

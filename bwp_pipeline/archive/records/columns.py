"""What events say, one column for each field: many are checked and taken apart at once.

Belongs here: times, details and resources of events that lie together.
Does not belong here: what one event's fields mean (events.py), or the lake's rows.
"""

import re
from array import array
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import NamedTuple, TypeAlias

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from bwp_pipeline.archive.records.event import Detail, Event, Resource, first_resource

Column: TypeAlias = Sequence[str | list[str] | msgspec.Raw | None] | pa.Array
"""Values of one field; an Arrow array where there are many."""


class Found(NamedTuple):
    """Events, and columns of what they say.

    `details` identify each one's message and `texts` are what they say, `envelopes` are the shapes
    they came in, `named` the fields of each one's first resource.
    """

    events: Sequence[Event]
    details: Sequence[Detail]
    texts: Column
    envelopes: Sequence[str]
    times: Column
    resources: Column
    named: tuple[Column, ...]


# Fewer are done sooner without Arrow.
MANY = 64
_PARTS = 6
_USUAL_KINDS = {"delivery", "refund", "return"}
_USUAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
# Times outside this range are checked one by one.
_SINCE, _UNTIL = (datetime(year, 1, 1, tzinfo=UTC) for year in (1971, 2199))
_TEXTS = pa.list_(pa.string())
_UTC = pa.timestamp("us", tz="UTC")
_DETAIL = msgspec.json.Decoder(Detail)


def event_times(events: Sequence[Event]) -> Column:
    """The events' times, all of them with a zone, as `lake` stores them.

    Raises:
        ValueError: When one is not such a time, or has an unusual year.
    """
    times = [event.time for event in events]
    if len(times) >= MANY:
        column = pa.array(times, pa.string()).cast(_UTC)
        microseconds = pc.min_max(column.view(pa.int64()))
        earliest, latest = (microseconds[name].as_py() / 1e6 for name in ("min", "max"))
        if not _SINCE.timestamp() <= earliest <= latest < _UNTIL.timestamp():
            raise ValueError("a time has an unusual year")
        return column
    for time in times:
        if not _USUAL_TIME.fullmatch(time):
            raise ValueError("a time has an unusual form")
        if not _SINCE <= datetime.fromisoformat(time) < _UNTIL:
            raise ValueError("a time has an unusual year")
    return times


def event_details(events: Sequence[Event]) -> tuple[list[Detail], Column]:
    """What identifies the events' messages, and the texts of their details.

    Raises:
        msgspec.DecodeError: When a detail isn't an object, or an identifier in it isn't text.
    """
    texts = [event.detail for event in events]
    # Objects need nothing between them, and anything else is refused.
    joined = b"".join(texts)
    details = _DETAIL.decode_lines(joined)
    return details, raw_column(texts, joined) if len(texts) >= MANY else texts


def raw_column(texts: Sequence[msgspec.Raw], joined: bytes) -> pa.Array:
    """Texts as they are, given one by one and one after the other."""
    ends = array("i", accumulate(map(len, texts), initial=0))
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(joined))


def event_resources(events: Sequence[Event]) -> tuple[Column, tuple[Column, ...]]:
    """The events' resources, and what the first of each names, by field.

    Raises:
        ValueError: When an event has none, or a malformed one.
    """
    resources = [event.resources for event in events]
    if len(resources) >= MANY and set(map(len, resources)) == {1}:
        paths = pa.array([path for (path,) in resources], pa.string())
        named = _usually_named(paths)
        if named is not None:
            return pa.FixedSizeListArray.from_arrays(paths, 1).cast(_TEXTS), named
    return resources, resource_columns([first_resource(paths) for paths in resources])


def resource_columns(resources: Sequence[Resource]) -> tuple[Column, ...]:
    """The resources' fields, one column each."""
    return tuple(zip(*resources, strict=True))


def _usually_named(paths: pa.Array) -> tuple[Column, ...] | None:
    """What the paths name if all are `businessProduct/…/order/…/kind/…`, as by far the most are."""
    parts = pc.split_pattern(paths, "/")
    if b"%" in paths.buffers()[2].to_pybytes() or not _all_are(pc.list_value_length(parts), _PARTS):
        return None
    values = parts.values
    product, product_id, order, order_id, kind, kind_id = (
        values.take(pa.arange(place, len(values), _PARTS)) for place in range(_PARTS)
    )
    if (
        _all_are(product, "businessProduct")
        and _all_are(order, "order")
        and _USUAL_KINDS.issuperset(pc.unique(kind).to_pylist())
        and pc.min(pc.binary_length(values)).as_py()
    ):
        return product_id, order_id, kind, kind_id
    return None


def _all_are(values: pa.Array, value: object) -> bool:
    same: bool = pc.all(pc.equal(values, value)).as_py()
    return same

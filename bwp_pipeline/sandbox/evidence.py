"""What a world's archive tells somebody who reads it: which orders, what happened when.

This is the part of the truth that goes through the archive, for all of its days or for some. It is
taken from the happenings behind the records, not by reading the archive.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bwp_pipeline.sandbox.archive import firehose
from bwp_pipeline.sandbox.archive.eventbridge import Record
from bwp_pipeline.sandbox.archive.happenings import Happening
from bwp_pipeline.sandbox.world.order_book import OrderBook

Row = dict[str, Any]

REPEATABLE = frozenset(
    {"PACKAGE_TRACKER_MILESTONE_CHANGED", "INVENTORY_CHANGED", "BUYABILITY_CHANGED"}
)
"""Events that the same resource can have several times; each time is a business event."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The orders that events name, and the earliest time of each fact by name and resource."""

    order_ids: set[str]
    times: dict[tuple[str, str], int]

    def time(self, name: str, path: str) -> datetime | None:
        """When the event with that current name says it happened to that resource."""
        at = self.times.get((name, path))
        return None if at is None else datetime.fromtimestamp(at, UTC)


def gather(world: OrderBook, days: Iterable[date] | None = None) -> Evidence:
    """What the archive's objects of those days (default: all) tell."""
    found = Evidence(set(), {})
    for _, fact in _told(world, days):
        if fact.order_id is not None:
            found.order_ids.add(fact.order_id)
        key = (fact.name, fact.path)
        found.times[key] = min(fact.at, found.times.get(key, fact.at))
    return found


def business_events(world: OrderBook, days: Iterable[date] | None = None) -> list[Row]:
    """One row per business event, with the names it was archived under and its records."""
    found: dict[tuple[str, str, int], list[tuple[Record, Happening]]] = defaultdict(list)
    for record, fact in _told(world, days):
        again = fact.at if fact.name in REPEATABLE else 0
        found[fact.name, fact.path, again].append((record, fact))
    rows = []
    for records in found.values():
        fact = min((fact for _, fact in records), key=lambda f: f.at)
        rows.append(
            {
                "business_product_id": fact.business_product_id,
                "order_id": fact.order_id,
                "event_type": fact.name,
                "resource_type": fact.resource[-1][0],
                "resource_id": fact.resource[-1][1],
                "event_time": datetime.fromtimestamp(fact.at, UTC),
                "archived_names": sorted({record.name for record, _ in records}),
                "copies": len(records),
            }
        )
    return rows


def _told(world: OrderBook, days: Iterable[date] | None) -> Iterator[tuple[Record, Happening]]:
    for item in firehose.objects(world, days):
        for record in item.records:
            if record.happening is not None:
                yield record, record.happening

"""A world's archived records day by day, in order of arrival, and among them what is no event.

The stream is made in one pass over the orders and holds only the days that are still open, so a
world of any size can be written. How records are packed into objects is in `firehose`.
"""

import random
from collections.abc import Iterator

from bwp_pipeline.sandbox import happenings
from bwp_pipeline.sandbox.catalog import DAY
from bwp_pipeline.sandbox.events import ACCOUNT, REGION, Record, records
from bwp_pipeline.sandbox.identifiers import uuid
from bwp_pipeline.sandbox.order_book import OrderBook
from bwp_pipeline.sandbox.versions import iso

FOREIGN = "foreign"
BROKEN = "broken"
TRUNCATED = "truncated"
FOREIGN_A_DAY = 3


def days(world: OrderBook) -> Iterator[tuple[int, list[Record]]]:
    """For each day of the world its first second and its records, ordered by arrival."""
    open_days: dict[int, list[Record]] = {n: [] for n in range(world.days)}

    def put(record: Record) -> None:
        open_days[(record.arrives - world.start) // DAY].append(record)

    rng = random.Random(f"{world.seed}/stock")  # noqa: S311
    for store in world.stores:
        for happening in happenings.of_stock(store, world.start, world.end):
            if happening.at < world.end:
                for record in records(world, happening, rng):
                    put(record)
    for n in range(world.days):
        for order in world.orders(n):
            rng = random.Random(world.seed << 49 | order.number << 1 | 1)  # noqa: S311
            for happening in happenings.of_order(order):
                if happening.at < world.end:
                    for record in records(world, happening, rng):
                        put(record)
        for record in _noise(world, n):
            put(record)
        # Whatever is announced follows its order, so this day is complete.
        yield world.start + n * DAY, sorted(open_days.pop(n), key=lambda r: (r.arrives, r.body))


def _noise(world: OrderBook, day: int) -> Iterator[Record]:
    """Other sources' events, and a few records that nobody can read as an event."""
    rng = random.Random(f"{world.seed}/noise/{day}")  # noqa: S311
    first = world.start + day * DAY
    for _ in range(FOREIGN_A_DAY):
        at = first + rng.randrange(DAY)
        yield Record(at, _foreign(rng, at), FOREIGN, None)
    for body in rng.sample(_broken(rng, iso(first)), k=rng.choice((0, 1, 1, 2))):
        yield Record(first + rng.randrange(DAY), body, BROKEN, None)
    if rng.random() < 0.3:
        half = b'{"version":"0","id":"' + uuid(rng).encode() + b'","detail-type":"PACKAGE_DELI'
        yield Record(first + rng.randrange(DAY), half, TRUNCATED, None)


def _foreign(rng: random.Random, at: int) -> bytes:
    return (
        f'{{"version":"0","id":"{uuid(rng)}","detail-type":"Scheduled Event",'
        f'"source":"aws.events","account":"{ACCOUNT}","time":"{iso(at)}","region":"{REGION}",'
        f'"resources":["arn:aws:events:{REGION}:{ACCOUNT}:rule/nightly"],"detail":{{}}}}'
    ).encode()


def _broken(rng: random.Random, time: str) -> list[bytes]:
    """Balanced braces each, so that the neighbours can be told apart; none is an event."""
    start = (
        f'{{"version":"0","id":"{uuid(rng)}","detail-type":"PACKAGE_DELIVERED",'
        f'"source":"aws.partner/buywithprime/sandbox-store","account":"{ACCOUNT}",'
        f'"time":"{time}","region":"{REGION}",'
    )
    return [
        text.encode()
        for text in (
            start + '"resources":["businessProduct/bp-1/order/322-0000-000000"],"detail":{},}',
            start + '"resources":["order/322-0000-000000/delivery/d-1"],"detail":{}}',
            start + '"resources":["businessProduct/bp-1/order"],"detail":{}}',
            start + '"resources":[],"detail":{}}',
            start + '"detail":{}}',
        )
    ]

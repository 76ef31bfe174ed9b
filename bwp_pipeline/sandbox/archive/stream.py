"""A world's archived records in order of arrival, with records that aren't events among them.

The stream is made in one pass over the orders and holds only the days that are still open, so a
world of any size can be written. How records are packed into objects is in `firehose`.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from bwp_pipeline.sandbox.api.values import iso
from bwp_pipeline.sandbox.archive import happenings
from bwp_pipeline.sandbox.archive.eventbridge import ACCOUNT, REGION, Record, records
from bwp_pipeline.sandbox.world.catalog import DAY
from bwp_pipeline.sandbox.world.dice import Dice
from bwp_pipeline.sandbox.world.order_book import OrderBook

FOREIGN = "foreign"
BROKEN = "broken"
TRUNCATED = "truncated"
FOREIGN_A_DAY = 3
TRUNCATED_RATE = 0.3
LIFE_DAYS = 38
"""Later than this many days after it was placed nothing happens to an order."""
LATE_DAYS = 3
"""No record arrives later than this many days after what it tells."""

Records = list[Record]


def days(world: OrderBook, wanted: Iterable[date] | None = None) -> Iterator[tuple[int, Records]]:
    """For each day (default: all) its first second and its records, ordered by arrival.

    Orders too old to appear on the first of these days are not made at all.
    """
    all_days = world.day_list()
    chosen = set(all_days if wanted is None else wanted)
    indexes = [n for n, day in enumerate(all_days) if day in chosen]
    if not indexes:
        return
    since = world.start + (indexes[0] - LATE_DAYS) * DAY
    open_days: dict[int, Records] = {n: [] for n in range(indexes[0], indexes[-1] + 1)}

    def keep(found: Iterable[Record]) -> None:
        for record in found:
            day = (record.arrives - world.start) // DAY
            if day in open_days:
                open_days[day].append(record)

    dice = Dice(f"{world.seed}/stock")
    for store in world.stores:
        keep(_announced(world, happenings.of_stock(store, world.start, world.end), dice))
    for n in range(max(0, indexes[0] - LIFE_DAYS - LATE_DAYS), indexes[-1] + 1):
        for order in world.orders(n):
            facts = list(happenings.of_order(order))
            if any(fact.at >= since for fact in facts):
                dice = Dice(f"{world.seed}/events/{order.number}")
                keep(_announced(world, facts, dice))
        keep(_noise(world, n))
        # Whatever is announced follows its order, so this day is complete.
        records_of_day = open_days.pop(n, [])
        if n in indexes:
            yield world.start + n * DAY, sorted(records_of_day, key=lambda r: (r.arrives, r.body))


def _announced(
    world: OrderBook, facts: Iterable[happenings.Happening], dice: Dice
) -> Iterator[Record]:
    for fact in facts:
        if fact.at < world.end:
            yield from records(world, fact, dice)


def _noise(world: OrderBook, day: int) -> Iterator[Record]:
    """Other sources' events, and a few records that nobody can read as an event."""
    dice = Dice(f"{world.seed}/noise/{day}")
    first = world.start + day * DAY
    for _ in range(FOREIGN_A_DAY):
        at = first + dice.randrange(DAY)
        yield Record(at, _foreign(dice, at), FOREIGN, None)
    for body in dice.sample(_broken(dice, iso(first)), k=dice.choice((0, 1, 1, 2))):
        yield Record(first + dice.randrange(DAY), body, BROKEN, None)
    if dice.happens(TRUNCATED_RATE):
        half = b'{"version":"0","id":"' + dice.uuid().encode() + b'","detail-type":"PACKAGE_DELI'
        yield Record(first + dice.randrange(DAY), half, TRUNCATED, None)


def _foreign(dice: Dice, at: int) -> bytes:
    return (
        f'{{"version":"0","id":"{dice.uuid()}","detail-type":"Scheduled Event",'
        f'"source":"aws.events","account":"{ACCOUNT}","time":"{iso(at)}","region":"{REGION}",'
        f'"resources":["arn:aws:events:{REGION}:{ACCOUNT}:rule/nightly"],"detail":{{}}}}'
    ).encode()


def _broken(dice: Dice, time: str) -> list[bytes]:
    """Balanced braces each, so that the neighbours can be told apart; none is an event."""
    start = (
        f'{{"version":"0","id":"{dice.uuid()}","detail-type":"PACKAGE_DELIVERED",'
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

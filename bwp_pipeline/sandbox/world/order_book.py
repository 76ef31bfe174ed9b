"""The orders of a world by number, day, store and id: a pure function of seed, days, size and end.

Nothing is stored: an order is made from its number when it is asked for, so a world may hold any
number of orders. Here is the numbering of orders over days and stores, and looking them up; what
an order is and how it goes on lies below, events, API shapes and truth rows above.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from bwp_pipeline.sandbox.world import identifiers
from bwp_pipeline.sandbox.world.catalog import DAY, Catalog
from bwp_pipeline.sandbox.world.dice import Dice
from bwp_pipeline.sandbox.world.lifecycle import make_order
from bwp_pipeline.sandbox.world.order_history import Order

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class SandboxStore:
    """A store, what it sells and the credentials that its API accepts."""

    business_product_id: str
    client_id: str
    client_secret: str
    name: str
    catalog: Catalog


class OrderBook:
    """`days` whole UTC days up to, not including, `end`, with about `orders_per_day` orders each.

    The same arguments give the same orders, whenever and wherever they are made. The present is
    `end`: what would happen later has not happened, unless a reader asks with a later `at`. What
    `hostile` and `seasonal` do is said by `Catalog`.
    """

    def __init__(
        self,
        seed: int = 7,
        days: int = 30,
        orders_per_day: int = 200,
        end: date | None = None,
        *,
        store_count: int = 1,
        product_count: int = 40,
        hostile: bool = False,
        seasonal: bool = False,
    ) -> None:
        self.days = days
        self.end_day = end or datetime.now(UTC).date()
        self.seed = f"{seed}/{self.end_day}/{days}/{orders_per_day}/{store_count}/{product_count}"
        """What all chance of this world follows from, so that no two worlds share an order."""
        self.end = (self.end_day - _EPOCH).days * DAY
        self.start = self.end - days * DAY
        self.stores = [
            _store(
                seed,
                n,
                Catalog(
                    f"{seed}/{n}",
                    self.start,
                    self.end,
                    product_count,
                    hostile=hostile,
                    seasonal=seasonal,
                ),
            )
            for n in range(store_count)
        ]
        self._salt = Dice(f"{self.seed}/salt").getrandbits(50)
        self._first = _first_numbers(Dice(f"{self.seed}/days"), days, orders_per_day)
        self.order_by_number = lru_cache(maxsize=4_096)(self._make)
        """The order with that number; the latest asked for are kept at hand."""

    @property
    def now(self) -> int:
        """The last second of the world: its present."""
        return self.end - 1

    @property
    def order_count(self) -> int:
        """Orders of all stores and days."""
        return self._first[-1]

    @property
    def business_product_ids(self) -> list[str]:
        """The stores' ids, as in the events' resources."""
        return [store.business_product_id for store in self.stores]

    def day_list(self) -> list[date]:
        """The days of this world, oldest first."""
        return [self.end_day - timedelta(days=n) for n in range(self.days, 0, -1)]

    def orders(self, day_index: int | None = None) -> Iterator[Order]:
        """All orders, or those placed on the world's n-th day, made as they are asked for."""
        if day_index is None:
            first, last = 0, self.order_count
        else:
            first, last = self._first[day_index], self._first[day_index + 1]
        return (self._make(number) for number in range(first, last))

    def find(self, order_id: str) -> Order | None:
        """The order with that id, or None where no store has it."""
        return self._numbered(identifiers.order_number(order_id, self._salt))

    def find_alias(self, alias_id: str) -> Order | None:
        """The order with that external id, as written into its aliases."""
        return self._numbered(identifiers.externally_named(alias_id))

    def find_tracked(self, tracking_number: str) -> Order | None:
        """The order that has a parcel with that tracking number."""
        return self._numbered(identifiers.tracked(tracking_number))

    def _numbered(self, number: int | None) -> Order | None:
        known = number is not None and 0 <= number < self.order_count
        return self.order_by_number(number) if known else None

    def _make(self, number: int) -> Order:
        day_index = bisect_right(self._first, number) - 1
        dice = Dice(self._salt << 40 | number)
        store = self.stores[number % len(self.stores)]
        # Fewer orders by night: two draws, the later counts more often.
        second = int(DAY * max(dice.random(), dice.random() * 0.9))
        return make_order(
            dice,
            store.catalog,
            store.business_product_id,
            number,
            identifiers.order_id(number, self._salt),
            self.start + day_index * DAY + second,
        )


def _first_numbers(dice: Dice, days: int, orders_per_day: int) -> list[int]:
    """The number of each day's first order, and one past the last."""
    first = [0]
    for _ in range(days):
        first.append(first[-1] + max(1, round(orders_per_day * dice.uniform(0.85, 1.15))))
    return first


def _store(seed: int, n: int, catalog: Catalog) -> SandboxStore:
    dice = Dice(f"{seed}/store/{n}")
    suffix = "" if n == 0 else f"-{n + 1}"
    return SandboxStore(
        business_product_id=f"bp-{dice.uuid()}",
        client_id=f"sandbox{suffix}",
        client_secret=f"sandbox-secret{suffix}",
        name="Hearth & Trail" + (f" {n + 1}" if n else ""),
        catalog=catalog,
    )

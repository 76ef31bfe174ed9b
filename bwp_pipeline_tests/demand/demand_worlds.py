"""Made-up shops whose truth is known: what each product did each day, and what was seen of it.

Belongs here: drawing worlds and telling them to the model as days. Does not belong here: judging
what the model makes of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from bwp_pipeline.demand.counts import DayCounts, Floats, Indices, SharedItems
from bwp_pipeline.demand.memory import Flags

ON_SALE, SHORT, HIDDEN, ENDED, NOT_YET = range(5)
WEEKDAYS = np.array([1.1, 1.0, 0.95, 0.95, 1.05, 1.15, 0.8])


@dataclass(frozen=True)
class Shop:
    """How a world is drawn; rates are per day."""

    products: int = 400
    days: int = 200
    orders_a_day: float = 300.0
    zipf: float = 1.0
    dispersion: float = 30.0
    outages_a_day: float = 0.008
    outage_days: float = 9.0
    ends: float = 0.03
    launches: float = 0.1
    promotions: float = 0.1
    trend: float = 0.001
    in_pairs: float = 0.15
    noise: float = 0.003
    noise_other: float = 0.04
    tells_stock: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Items:
    """The items of all orders, an entry each: what a warehouse would hold of them.

    `order` numbers orders; `decided` is the day on which it ships or stops, the world's number of
    days if after its end. `stopped` items were short or said to be; `alone` is whether nothing else
    was in the delivery, `declared` whether the merchant said so. Of orders that end otherwise some
    are `taken_back` by the shopper.
    """

    product: Indices
    order: Indices
    placed: Indices
    decided: Indices
    units: Indices
    stopped: Flags
    alone: Flags
    declared: Flags
    taken_back: Flags


@dataclass
class World:
    """A drawn shop; arrays are products x days unless said.

    `rate` is the true orders a day of each product without weekday, promotion and trend; `expected`
    has all of these; `wanted` are orders that shoppers would have placed, `orders` those placed.
    """

    shop: Shop
    rate: Floats
    price: Floats
    often: Floats
    state: Indices
    expected: Floats
    wanted: Floats
    orders: Floats = field(init=False)
    units: Floats = field(init=False)
    shipped: Floats = field(init=False)
    direct: Floats = field(init=False)
    declared: Floats = field(init=False)
    shared: list[SharedItems] = field(init=False)
    shared_short: list[Floats] = field(init=False)
    items: Items = field(init=False)

    @property
    def is_out(self) -> Flags:
        return np.asarray((self.state == SHORT) | (self.state == HIDDEN))

    def days(self, first: int = 0, last: int | None = None) -> Iterator[DayCounts]:
        """Tell the world day by day; an archive may begin later than the world."""
        for day in range(first, self.shop.days if last is None else last):
            yield self.day(day)

    def day(self, day: int) -> DayCounts:
        unknown = np.full(len(self.rate), np.nan)
        buyable = unknown
        if self.shop.tells_stock:
            # Amazon's word is wrong now and then: phantom stock, and stock that was just counted.
            random = np.random.default_rng((self.shop.seed, day))
            out = self.state[:, day] != ON_SALE
            wrong = random.random(len(self.rate)) < np.where(out, 0.04, 0.01)
            buyable = np.where(out != wrong, 0.0, 20.0)
        return DayCounts(
            weekday=day % 7,
            orders=self.orders[:, day],
            units=self.units[:, day],
            shipped=self.shipped[:, day],
            direct=self.direct[:, day],
            declared=self.declared[:, day],
            shared=self.shared[day],
            buyable_units=buyable,
            is_buyable=unknown,
        )


def draw(shop: Shop) -> World:
    """Draw what products did and what orders came of it."""
    random = np.random.default_rng(shop.seed)
    rank = random.permutation(shop.products) + 1.0
    share = rank**-shop.zipf
    rate = np.asarray(share * (shop.orders_a_day / share.sum()), np.float64)
    price = np.round(random.lognormal(np.log(25), 0.7, shop.products), 2)
    often = random.gamma(1.0, 1.0, shop.products) * shop.outages_a_day
    state = _states(shop, often, random)
    day = np.arange(shop.days)
    expected = rate[:, None] * WEEKDAYS[day % 7] * np.exp(shop.trend * (day - shop.days))
    for product in np.flatnonzero(random.random(shop.products) < shop.promotions):
        start = random.integers(0, shop.days)
        expected[product, start : start + random.integers(2, 8)] *= random.uniform(2, 4)
    wanted = _negative_binomial(random, expected, shop.dispersion)
    world = World(shop, rate, price, often, state, expected, wanted)
    observe(world, random)
    return world


def observe(world: World, random: np.random.Generator) -> None:
    """Fill in what is seen of the world: orders, shipments, failures."""
    shop, state = world.shop, world.state
    shape = state.shape
    is_visible = (state == ON_SALE) | (state == SHORT)
    placed = np.where(is_visible, world.wanted, 0.0).astype(np.int64)
    out = world.is_out
    items, days = (np.repeat(index.ravel(), placed.ravel()) for index in np.indices(shape))
    units = 1 + (random.random(len(items)) < 0.15) + (random.random(len(items)) < 0.03)
    # Pair orders of the same day: neighbours in a random arrangement of the day.
    place = np.lexsort((random.random(len(items)), days))
    items, days, units = items[place], days[place], units[place]
    joins = random.random(len(items)) < shop.in_pairs / 2
    joins[1:] &= (days[1:] == days[:-1]) & (items[1:] != items[:-1]) & ~joins[:-1]
    joins[0] = False
    order = np.cumsum(~joins) - 1
    size = np.bincount(order)[order]
    is_short = out[items, days]
    short_order = np.bincount(order, weights=is_short) > 0
    fails_by_noise = random.random(len(short_order)) < shop.noise
    other = random.random(len(short_order)) < shop.noise_other
    taken_back = other & (random.random(len(short_order)) < 0.6)
    stops = (short_order | fails_by_noise) & ~other
    split = random.random(len(short_order)) < 0.15
    declares = random.random(len(short_order)) < 0.25
    alone = (size == 1) | (split[order] & (is_short | ~short_order[order]))
    stopped = stops[order] & ((size == 1) | ~split[order] | is_short | ~short_order[order])
    lag = random.choice(3, len(short_order), p=[0.4, 0.45, 0.15])[order]
    decided = np.minimum(days + np.where(stopped, np.minimum(lag, 1), lag), shop.days)

    def counted(of: np.ndarray, at: np.ndarray, weights: np.ndarray | None = None) -> Floats:
        flat = items[of] * (shop.days + 1) + at[of]
        total = np.bincount(
            flat,
            weights=None if weights is None else weights[of],
            minlength=shape[0] * (shop.days + 1),
        )
        return total.reshape(shape[0], shop.days + 1)[:, : shop.days].astype(np.float64)

    world.items = Items(
        product=items,
        order=order,
        placed=days,
        decided=decided,
        units=units,
        stopped=stopped,
        alone=alone,
        declared=declares[order],
        taken_back=taken_back[order],
    )
    kept = ~taken_back[order]
    world.orders = counted(kept, days)
    world.units = counted(kept, days, units)
    world.shipped = counted(~stopped & ~other[order], decided)
    world.direct = counted(stopped & alone & ~declares[order], decided)
    world.declared = counted(stopped & alone & declares[order], decided)
    shared = np.flatnonzero(stopped & ~alone)
    shared = shared[np.argsort(decided[shared], kind="stable")]
    ends = np.searchsorted(decided[shared], np.arange(shop.days + 1))
    world.shared, world.shared_short = [], []
    for day in range(shop.days):
        of_day = shared[ends[day] : ends[day + 1]]
        number = np.unique(order[of_day], return_inverse=True)[1]
        world.shared.append(SharedItems(number.astype(np.int64), items[of_day]))
        world.shared_short.append(is_short[of_day].astype(np.float64))


def _states(shop: Shop, often: Floats, random: np.random.Generator) -> Indices:
    state = np.full((shop.products, shop.days), ON_SALE)
    for product in range(shop.products):
        day = 0
        while True:
            day += int(random.exponential(1 / max(often[product], 1e-6))) + 1
            if day >= shop.days:
                break
            length = min(int(random.geometric(1 / shop.outage_days)), 30)
            shows = (length, 1, 0)[int(random.integers(3))]
            state[product, day : day + length] = HIDDEN
            state[product, day : day + shows] = SHORT
            day += length
    launched = random.random(shop.products) < shop.launches
    for newcomer in np.flatnonzero(launched):
        state[newcomer, : int(random.integers(0, shop.days))] = NOT_YET
    for leaver in np.flatnonzero(~launched & (random.random(shop.products) < shop.ends)):
        state[leaver, int(random.integers(0, shop.days)) :] = ENDED
    return state


def _negative_binomial(random: np.random.Generator, mean: Floats, k: float) -> Floats:
    return random.poisson(mean * random.gamma(k, 1 / k, mean.shape)).astype(np.float64)

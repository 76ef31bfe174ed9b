"""A shop that follows its order list for months, beside one that knows its true demand.

Belongs here: stock, deliveries and what shoppers then find. Does not belong here: made-up shops
whose outages come from nowhere (`demand_worlds`).
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from bwp_pipeline.demand.counts import DayCounts, Floats, SharedItems
from bwp_pipeline.demand.memory import Memory
from bwp_pipeline.demand.ordering import Spread, expected_arrivals, order_up_to, quantity
from bwp_pipeline.demand.outlook import outlook
from bwp_pipeline.demand.product_days import step
from bwp_pipeline_tests.demand.demand_worlds import ON_SALE, Shop, World, draw

LEAD, REVIEW, LEVEL = 14, 7, 0.95
LATE = 3
"""Deliveries come so many days early or late, evenly."""

LEAD_SD = 2.0
WARM_UP = LEAD + REVIEW
FOLLOWED = 90


@dataclass(frozen=True)
class Followed:
    """What came of following an order list: share of units served, mean units in stock.

    `covered` has for each product and order whether the level held until the next could arrive.
    """

    fill: float
    stock: float
    covered: Floats
    rate: Floats


def follow(shop: Shop, *, knows_truth: bool, knows_on_its_way: bool = True) -> Followed:
    """Run the shop through `FOLLOWED` days, after a warm-up in which the stock settles.

    Args:
        shop: how the world is drawn; its last days are lived through with stock.
        knows_truth: order by the true rate and dispersion instead of the model's.
        knows_on_its_way: the merchant's file tells what is on its way. Amazon tells stock alone:
            then what was advised within the lead time and has not shown up in the stock is taken
            to be on its way.
    """
    world = draw(shop)
    random = np.random.default_rng((shop.seed, 7))
    start = shop.days - FOLLOWED - WARM_UP
    known = (world.state[:, start] < 3) & (world.orders[:, :start].sum(axis=1) > 0)
    memory = Memory.empty()
    for counts in world.days(0, start):
        memory, _ = step(memory, counts)
    stock = np.where(world.state[:, start] == ON_SALE, np.ceil(world.rate * WARM_UP), 0.0)
    coming, advised = np.zeros((2, shop.products, shop.days + LEAD + LATE + 1))
    served = wanted = held = 0.0
    covered: list[Floats] = []
    for day in range(start, shop.days):
        stock = stock + coming[:, day]
        units = _units(random, world.wanted[:, day])
        sold = np.minimum(units, stock)
        if day >= start + WARM_UP:
            served += float(sold[known].sum())
            wanted += float(units[known].sum())
            held += float(stock[known].sum())
        if not knows_truth:
            memory, _ = step(memory, _seen(world, day, units, sold, stock))
        stock = stock - sold
        if (day - start) % REVIEW == 0:
            level = _true_level(world) if knows_truth else _level(memory)
            on_its_way = coming[:, day + 1 :].sum(axis=1)
            if not knows_on_its_way:
                recent = advised[:, day - LEAD - round(2 * LEAD_SD) : day].sum(axis=1)
                received = coming[:, : day + 1].sum(axis=1)
                on_its_way = expected_arrivals(recent, advised.sum(axis=1), received)
            order = quantity(level - stock - on_its_way, np.zeros(1), np.ones(1)) * known
            advised[:, day] = order
            arrival = day + LEAD + random.integers(-LATE, LATE + 1, shop.products)
            np.add.at(coming, (np.arange(shop.products), arrival), order)
            if shop.days - day > WARM_UP:
                coming_units = _units(random, world.wanted[:, day + 1 : day + 1 + WARM_UP])
                covered.append(np.where(known, coming_units.sum(axis=1) <= level, np.nan))
    days = FOLLOWED
    return Followed(served / wanted, held / days, np.array(covered), world.rate)


def _level(memory: Memory) -> Floats:
    products = len(memory.orders)
    return order_up_to(
        outlook(memory),
        Spread(memory.pace.dispersion, memory.pace.units_per_order),
        days=np.full(products, float(WARM_UP)),
        lead_time_sd=np.full(products, LEAD_SD),
        service_level=np.full(products, LEVEL),
    )


def _true_level(world: World) -> Floats:
    """The textbook's: the true mean and the true variance of demand until the next delivery."""
    mean = world.rate * WARM_UP * 1.18
    variance = mean * 1.36 + mean**2 / (world.shop.dispersion * WARM_UP)
    variance = variance + (world.rate * 1.18 * LEAD_SD) ** 2
    size = mean**2 / (variance - mean)
    return np.asarray(stats.nbinom.ppf(LEVEL, size, size / (size + mean)))


def _units(random: np.random.Generator, orders: Floats) -> Floats:
    whole = orders.astype(np.int64)
    return orders + random.binomial(whole, 0.15) + random.binomial(whole, 0.03)


def _seen(world: World, day: int, units: Floats, sold: Floats, stock: Floats) -> DayCounts:
    """What the model is told: orders until the offer goes, and those that could not be served."""
    wanted = world.wanted[:, day]
    share = np.divide(sold, units, out=np.zeros_like(sold), where=units > 0)
    begins_empty = stock <= 0
    orders = np.where(begins_empty, 0.0, wanted)
    shipped = np.floor(orders * share)
    none = np.full(len(wanted), np.nan)
    return DayCounts(
        weekday=day % 7,
        orders=orders,
        units=np.where(begins_empty, 0.0, units),
        shipped=shipped,
        direct=orders - shipped,
        declared=np.zeros(len(wanted)),
        shared=SharedItems(),
        buyable_units=stock,
        is_buyable=none,
    )

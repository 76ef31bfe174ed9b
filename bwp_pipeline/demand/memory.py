"""What the model carries from day to day, and the pace of each product that follows from it.

Belongs here: the memory of all products of a store, and a product's own pace by it. Does not belong
here: how a day changes it (`product_days`).
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import special

from bwp_pipeline.demand.assumptions import ASSUMPTIONS, Assumptions
from bwp_pipeline.demand.counts import Floats
from bwp_pipeline.demand.pace import ShopPace
from bwp_pipeline.demand.stock_state import STATES, State

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Memory:
    """All that the model carries from day to day; arrays have an entry for each product.

    Attributes:
        pace: what the store's products have in common.
        archive_exposure: days of the archive up to now, by their weekday's factor and level.
        is_known: whether the product has had an order yet.
        states: chance of each state.
        exposure: days on sale so far if the product is now in that state, forgotten slowly.
        outages: how often it has run out so far if it is now in that state.
        days_on_sale: how many days it was on sale so far if it is now in that state; not forgotten.
        orders, units: what it has got so far, forgotten as the exposure is.
        waited: days of exposure before its first order, forgotten likewise.
        first: the weight of its first order, forgotten likewise.
        missed: days of exposure since its last order, all taken as if it had been on sale.
    """

    pace: ShopPace
    archive_exposure: float
    is_known: Flags
    states: Floats
    exposure: Floats
    outages: Floats
    days_on_sale: Floats
    orders: Floats
    units: Floats
    waited: Floats
    first: Floats
    missed: Floats

    @classmethod
    def empty(cls, assumed: Assumptions = ASSUMPTIONS) -> "Memory":
        """Return the memory before the archive's first day."""
        none, by_state = np.zeros(0), np.zeros((0, STATES))
        known = np.zeros(0, np.bool_)
        return cls(ShopPace.unknown(assumed), 0.0, known, *[by_state] * 4, *[none] * 5)

    def grown(self, products: int) -> "Memory":
        """Return the memory with room for products that are new; they stand at the end."""
        new = np.zeros(products - len(self.orders))
        by_state = np.zeros((len(new), STATES))
        states = by_state.copy()
        states[:, State.ON_SALE] = 1.0
        return replace(
            self,
            is_known=np.concatenate([self.is_known, new > 0]),
            states=np.concatenate([self.states, states]),
            exposure=np.concatenate([self.exposure, by_state]),
            outages=np.concatenate([self.outages, by_state]),
            days_on_sale=np.concatenate([self.days_on_sale, by_state]),
            orders=np.concatenate([self.orders, new]),
            units=np.concatenate([self.units, new]),
            waited=np.concatenate([self.waited, new]),
            first=np.concatenate([self.first, new]),
            missed=np.concatenate([self.missed, new]),
        )


def history(memory: Memory, assumed: Assumptions = ASSUMPTIONS) -> tuple[Floats, Floats]:
    """Return orders and days on sale of each product's past, for each state it may be in now.

    A product with its first order was launched then, or had been there and unsold since the archive
    began. If launched, the order that made it known counts for nothing. With n orders in t days
    since, w days of waiting, and the shop's Gamma of shape a and inverse scale b, the odds of
    having been there are (a + n - 1) (b + t)^(a + n - 1) / (b + w + t)^(a + n) / launch_rate. Both
    rates are mixed by these odds; the exposure returned is the one that gives their mean.
    """
    shape, prior = memory.pace.shape, memory.pace.shape / memory.pace.rate
    orders = memory.orders[:, None]
    seen = np.maximum(shape + orders - 1.0, 0.01)
    log_odds = (
        np.log(seen / assumed.launch_rate)
        + seen * np.log(prior + memory.exposure)
        - (seen + 1.0) * np.log(prior + memory.waited[:, None] + memory.exposure)
    )
    there = special.expit(log_odds)
    if_launched = np.maximum(orders - memory.first[:, None], 0.0)
    waited = memory.exposure + memory.waited[:, None]
    rate = there * (orders + shape) / (waited + prior)
    rate = rate + (1.0 - there) * (if_launched + shape) / (memory.exposure + prior)
    mixed = there * orders + (1.0 - there) * if_launched
    return mixed, np.maximum((mixed + shape) / rate - prior, 0.0)


def gamma(memory: Memory, assumed: Assumptions = ASSUMPTIONS) -> tuple[Floats, Floats]:
    """Return shape and inverse scale of each product's orders a day, for each state it may be in.

    The posterior of a Gamma prior with the shop's mean and shape. Erratic demand tells less: orders
    and exposure count 1 / (1 + mu / k) of what they would if orders were Poisson.
    """
    pace = memory.pace
    prior = pace.shape / pace.rate
    orders, exposure = history(memory, assumed)
    worth = 1.0 / (1.0 + (orders + pace.shape) / (exposure + prior) / pace.dispersion)
    return pace.shape + orders * worth, prior + exposure * worth


def units_per_order(memory: Memory, assumed: Assumptions = ASSUMPTIONS) -> Floats:
    """Return each product's mean units of an order, shrunk to the shop's."""
    weight = assumed.units_orders
    shop = memory.pace.units_per_order * weight
    return np.asarray((memory.units + shop) / (memory.orders + weight))


def outage_rates(memory: Memory, assumed: Assumptions = ASSUMPTIONS) -> Floats:
    """Return how often each product runs out, a day on sale, shrunk to the prior."""
    outages = (memory.states * memory.outages).sum(axis=1)
    days = (memory.states * memory.days_on_sale).sum(axis=1)
    weight = assumed.outage_weight
    return np.asarray((outages + assumed.outage_rate * weight) / (days + weight))

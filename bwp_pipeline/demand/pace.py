"""The shop's pace: weekdays, level, how erratic its orders are, how its products differ.

Belongs here: what all products of a store have in common, learned forward day by day. Does not
belong here: one product's own pace (`product_days`).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from bwp_pipeline.demand.assumptions import Assumptions
from bwp_pipeline.demand.counts import Floats

_WEEKDAY_DAYS = 180.0
_FEWEST_PRODUCTS = 20
_SHAPES = (0.2, 3.0)
_SURE_FROM = 10.0


@dataclass(frozen=True)
class ShopPace:
    """Sums from which the shop's factors follow; each is forgotten at its own speed.

    Attributes:
        days: days of the archive up to now.
        weekday_orders, weekday_expected: orders and those expected without the weekday's factor.
        level_orders, level_expected: orders and those expected without the level's factor.
        spread, spread_expected: squared surprise beyond Poisson, and what k = 1 would give.
        rate, shape: mean orders a day and shape of the Gamma that products' rates come from.
        units_per_order: mean units of an order.
    """

    days: float
    weekday_orders: Floats
    weekday_expected: Floats
    level_orders: float
    level_expected: float
    spread: float
    spread_expected: float
    rate: float
    shape: float
    units_per_order: float

    @classmethod
    def unknown(cls, assumed: Assumptions) -> "ShopPace":
        """Return the pace of a shop of which nothing is known."""
        none = np.zeros(7)
        weight = assumed.dispersion_weight
        first = (assumed.first_rate, assumed.first_shape, 1.0)
        return cls(0.0, none, none, 0.0, 0.0, weight / assumed.dispersion, weight, *first)

    def weekdays(self, assumed: Assumptions) -> Floats:
        """Return the factors of the weekdays, 1 on average, near 1 while there are few orders."""
        weight = assumed.pace_orders
        factors = (self.weekday_orders + weight) / (self.weekday_expected + weight)
        return np.asarray(factors / factors.mean())

    def level(self, assumed: Assumptions) -> float:
        """Return how much more the shop sells now than over its products' memory."""
        weight = assumed.pace_orders
        return (self.level_orders + weight) / (self.level_expected + weight)

    @property
    def dispersion(self) -> float:
        """How erratic daily orders are: k of their variance mu + mu^2 / k."""
        return float(np.clip(self.spread_expected / max(self.spread, 1e-9), 0.5, 1000.0))


@dataclass(frozen=True)
class Surprise:
    """What a day's orders were against what was expected of them, one entry for each product.

    Attributes:
        weekday: 0 to 6.
        orders: the day's orders, those beyond any expectation cut off.
        base: orders expected before the factors of weekday and level.
        visible: chance that the offer could be seen.
        certainty: shape of the estimate: expected^2 / certainty is its variance.
    """

    weekday: int
    orders: Floats
    base: Floats
    visible: Floats
    certainty: Floats


def learn(pace: ShopPace, day: Surprise, assumed: Assumptions) -> ShopPace:
    """Return the pace after a day.

    Every product weighs 1 / (1 + mu / k), the inverse of its orders' variance over their mean: a
    best seller that is erratic tells little more of the shop than a slow product.
    """
    weekday, level = pace.weekdays(assumed)[day.weekday], pace.level(assumed)
    k = pace.dispersion
    expected = day.base * weekday * level
    weight = day.visible / (1.0 + expected / k)
    orders, base = float(weight @ day.orders), float(weight @ day.base)
    kept, of_level = np.exp(-1.0 / _WEEKDAY_DAYS), np.exp(-1.0 / assumed.level_days)
    today = np.arange(7) == day.weekday
    sure = day.certainty / (day.certainty + _SURE_FROM)
    noise = day.visible * (sure / (1.0 + expected)) ** 2
    beyond = (day.orders - expected) ** 2 - expected - expected**2 / day.certainty
    return replace(
        pace,
        days=pace.days + 1.0,
        weekday_orders=pace.weekday_orders * kept + today * orders,
        weekday_expected=pace.weekday_expected * kept + today * base * level,
        level_orders=pace.level_orders * of_level + orders,
        level_expected=pace.level_expected * of_level + base * weekday,
        spread=max(pace.spread * kept + float(noise @ beyond), 1e-9),
        spread_expected=pace.spread_expected * kept + float(noise @ expected**2),
    )


def learn_products(
    pace: ShopPace, orders: Floats, exposure: Floats, units: Floats, *, archived: float
) -> ShopPace:
    """Return the pace with the distribution of products' rates as it is now.

    A step of expectation and maximisation for the Gamma prior, each day: with s = log(E[rate]) -
    E[log rate] over all products, its shape is (3 - s + sqrt((s - 3)^2 + 24 s)) / 12 s (Minka
    2002), bounded. Products that sold nothing yet belong to the shop too: for each one seen there
    are q / (1 - q) others, q being the chance of no order since the archive began.

    Args:
        pace: the pace before.
        orders: what each product has got, as far as it is remembered.
        exposure: in how many days on sale.
        units: the units of these orders.
        archived: days of the archive.
    """
    if orders.sum() > 0:
        pace = replace(pace, units_per_order=float(units.sum() / orders.sum()))
    if len(orders) < _FEWEST_PRODUCTS:
        return pace
    shape, prior = pace.shape, pace.shape / pace.rate
    unseen = (prior / (prior + archived)) ** shape
    unseen = unseen / (1.0 - unseen) * len(orders)
    rates = np.append((orders + shape) / (exposure + prior), shape / (prior + archived))
    logs = special.digamma(np.append(orders, 0.0) + shape)
    logs = logs - np.log(np.append(exposure, archived) + prior)
    weight = np.append(np.ones(len(orders)), unseen)
    mean = float(np.average(rates, weights=weight))
    s = max(float(np.log(mean) - np.average(logs, weights=weight)), 1e-3)
    shape = float(np.clip((3 - s + np.sqrt((s - 3) ** 2 + 24 * s)) / (12 * s), *_SHAPES))
    return replace(pace, rate=mean, shape=shape)


def log_negative_binomial(orders: Floats, mean: Floats, size: Floats) -> Floats:
    """Return the log probability of so many orders; all arrays broadcast, mean and size above 0."""
    share = mean / (mean + size)
    return np.asarray(
        special.gammaln(orders + size)
        - special.gammaln(size)
        - special.gammaln(orders + 1.0)
        + orders * np.log(share)
        + size * np.log1p(-share)
    )

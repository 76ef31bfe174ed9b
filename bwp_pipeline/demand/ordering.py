"""How much to order: levels from over-dispersed demand and what the estimate of it is worth.

Belongs here: order-up-to levels, quantities, and the dates on which stock runs out. Does not belong
here: reading stock and terms from files (`reports/`), or demand itself (`outlook`).

Negative binomial demand beats Poisson and normal where sales are lost (Agrawal and Smith 1996).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from bwp_pipeline.demand.counts import Floats
from bwp_pipeline.demand.outlook import Demand

MOST_DAYS = 365


@dataclass(frozen=True)
class Spread:
    """How demand scatters about its estimate, one for all products or for each.

    Attributes:
        dispersion: k of daily orders.
        units_per_order: mean units of an order; one and more are taken as geometric, so that units
            vary 2 u - 1 times as much as orders.
    """

    dispersion: Floats | float
    units_per_order: Floats | float

    def variance(self, view: Demand, days: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance of the units that so many days will want.

        Orders vary by chance, days vary by `dispersion`, and the estimate by its own shape: that
        error is the same on every day and doesn't average out.
        """
        mean = view.demand_per_day * days
        chance = mean * np.maximum(2.0 * self.units_per_order - 1.0, 1.0)
        by_day = mean**2 / (self.dispersion * np.maximum(days, 1e-9))
        return mean, chance + by_day + mean**2 / view.shape


def order_up_to(
    view: Demand, spread: Spread, *, days: Floats, lead_time_sd: Floats, service_level: Floats
) -> Floats:
    """Return the units that in stock and on their way together cover demand until the next order.

    The quantile at the service level of negative binomial demand over lead time and review.

    Args:
        view: demand of the products.
        spread: how it scatters.
        days: lead time plus review period.
        lead_time_sd: standard deviation of the lead time, days.
        service_level: share of order cycles to end without running out, above 0 and below 1.
    """
    mean, variance = spread.variance(view, days)
    variance = variance + (view.demand_per_day * lead_time_sd) ** 2
    mean = np.maximum(mean, 1e-9)
    size = mean**2 / np.maximum(variance - mean, 1e-6 * mean)
    return negative_binomial_quantile(service_level, size, size / (size + mean))


def negative_binomial_quantile(level: Floats, size: Floats, probability: Floats) -> Floats:
    """Return the least count whose cumulative probability is at least `level`.

    As `scipy.stats.nbinom.ppf`, which takes half a second of the processor to import.
    """
    above = np.ceil(special.nbdtrik(level, size, probability))
    below = np.maximum(above - 1.0, 0.0)
    is_enough = special.betainc(size, below + 1.0, probability) >= level
    return np.asarray(np.where(is_enough, below, above), np.float64)


def quantity(need: Floats, minimum: Floats, case_pack: Floats) -> Floats:
    """Return whole units to order: what is needed, the minimum at least, in full cases.

    Args:
        need: units; none where it is not above 0.
        minimum: the supplier's minimum order, 0 for none.
        case_pack: units of a case, 1 for loose units.
    """
    units = np.maximum(need, minimum)
    cases = np.ceil(np.round(units / case_pack, 9))
    return np.where(need > 0, np.ceil(cases * case_pack), 0.0)


def expected_arrivals(recent: Floats, advised: Floats, received: Floats) -> Floats:
    """Return the units taken to be on their way where nobody says: advised and not yet arrived.

    Args:
        recent: units advised within the lead time and two of its standard deviations. What is older
            and has not arrived was not ordered.
        advised: units advised so far.
        received: units by which the stock has grown so far.
    """
    return np.clip(advised - received, 0.0, recent)


@dataclass(frozen=True)
class RunsOut:
    """Days until the stock is gone: expected, and bounds that hold it four times of five.

    A product that lasts longer than `MOST_DAYS` has that number.
    """

    days: Floats
    earliest: Floats
    latest: Floats


def runs_out(view: Demand, spread: Spread, stock: Floats, share: float = 0.8) -> RunsOut:
    """Return when the stock runs out if nothing arrives.

    The stock is gone by day t if the demand of t days reaches it; its quantiles are those of t at
    which a Gamma demand with the mean and variance of t days passes the stock.

    Args:
        view: demand of the products.
        spread: how it scatters.
        stock: units in stock, negative is none; NaN where unknown, and so is the day.
        share: how often the bounds are to hold the day.
    """
    tail = (1.0 - share) / 2.0
    bounds = [_gone_by(view, spread, stock, chance) for chance in (tail, 0.5, 1.0 - tail)]
    return RunsOut(days=bounds[1], earliest=bounds[0], latest=bounds[2])


def _gone_by(view: Demand, spread: Spread, stock: Floats, chance: float) -> Floats:
    """Return the day by which the stock is gone with that chance, by bisection."""
    units = np.maximum(stock, 0.0)
    low, high = np.zeros(len(units)), np.full(len(units), float(MOST_DAYS))
    for _ in range(24):
        days = (low + high) / 2.0
        mean, variance = spread.variance(view, days)
        mean, variance = np.maximum(mean, 1e-12), np.maximum(variance, 1e-12)
        gone = special.gammaincc(mean**2 / variance, units * mean / variance)
        low, high = np.where(gone < chance, days, low), np.where(gone < chance, high, days)
    return np.where(np.isnan(stock), np.nan, np.where(units > 0, high, 0.0))

"""What the state means for a buyer: demand with an interval, silence, the loss to expect.

Belongs here: numbers for each product as of the last day known. Does not belong here: the name of
a product's status (`status`), or what to order (`ordering`).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from bwp_pipeline.demand.assumptions import ASSUMPTIONS, Assumptions
from bwp_pipeline.demand.counts import Floats
from bwp_pipeline.demand.memory import (
    Memory,
    gamma,
    history,
    outage_rates,
    units_per_order,
)
from bwp_pipeline.demand.stock_state import State

HORIZON_DAYS = 28
"""Used if the merchant gives no lead time."""


class Demand(Protocol):
    """Demand of some products and what its estimate is worth."""

    @property
    def demand_per_day(self) -> Floats:
        """Units that a day on sale sells."""

    @property
    def shape(self) -> Floats:
        """Shape of the Gamma that the demand comes from: its relative variance is 1 / shape."""


@dataclass(frozen=True)
class EstimatedDemand:
    """A demand as it was published: units a day and the shape of its Gamma."""

    demand_per_day: Floats
    shape: Floats

    @classmethod
    def of_interval(cls, mean: Floats, low: Floats, share: float = 0.8) -> "EstimatedDemand":
        """Return the demand with that mean and that lower bound of an interval of `share`.

        The lower quantile of a Gamma, divided by its mean, grows with its shape: bisection.
        """
        wanted = low / np.maximum(mean, 1e-12)
        least, most = np.full(len(mean), -4.0), np.full(len(mean), 14.0)
        for _ in range(40):
            middle = (least + most) / 2.0
            shape = np.exp(middle)
            is_less = special.gammaincinv(shape, (1.0 - share) / 2.0) / shape < wanted
            least, most = np.where(is_less, middle, least), np.where(is_less, most, middle)
        return cls(mean, np.exp((least + most) / 2.0))


@dataclass(frozen=True)
class Outlook:
    """What is known of each product after the last day; units and days.

    Attributes:
        demand_per_day: units that a day on sale sells at the shop's present level.
        demand_low, demand_high: bounds that hold the true mean four times of five.
        demand_days: days on sale and archived that the demand was learned from.
        probability_out: chance of being out, hidden and ended included: only its merchant knows
            whether a silent product was given up.
        probability_hidden: the part of it in which the offer is gone, hidden or ended.
        missed_orders: orders expected since its last one, had it been on sale.
        silence: how surprising it is that none came, -log of the probability; 3 is worth a look.
        outage_rate: how often a day on sale it runs out.
        shape: shape of the Gamma that the demand comes from: its relative variance is 1 / shape.
    """

    demand_per_day: Floats
    demand_low: Floats
    demand_high: Floats
    demand_days: Floats
    probability_out: Floats
    probability_hidden: Floats
    missed_orders: Floats
    silence: Floats
    outage_rate: Floats
    shape: Floats


def outlook(memory: Memory, assumed: Assumptions = ASSUMPTIONS, share: float = 0.8) -> Outlook:
    """Return what the memory says of each product.

    Args:
        memory: the state after the last day.
        assumed: the priors.
        share: how often the interval of demand is to hold the true mean.
    """
    shapes, inverse_scales = gamma(memory, assumed)
    shape = (memory.states * shapes).sum(axis=1)
    rate = (memory.states * shapes / inverse_scales).sum(axis=1)
    units = units_per_order(memory, assumed) * memory.pace.level(assumed)
    tail = (1.0 - share) / 2.0
    missed, silence = _silence(memory, assumed)
    hidden = memory.states[:, State.HIDDEN] + memory.states[:, State.ENDED]
    return Outlook(
        demand_per_day=rate * units,
        demand_low=rate * units * special.gammaincinv(shape, tail) / shape,
        demand_high=rate * units * special.gammaincinv(shape, 1.0 - tail) / shape,
        demand_days=(memory.states * memory.days_on_sale).sum(axis=1),
        probability_out=hidden + memory.states[:, State.SHORT],
        probability_hidden=hidden,
        missed_orders=missed,
        silence=silence,
        outage_rate=outage_rates(memory, assumed),
        shape=shape,
    )


def _silence(memory: Memory, assumed: Assumptions) -> tuple[Floats, Floats]:
    """Return the orders expected since the last one, and the surprise that none came.

    Both by the pace up to the last order: the silent days must not speak for a slower product. With
    that Gamma's shape a and inverse scale b, no order in t days has the probability
    (b / (b + t))^a; erratic demand is worth less, as in `gamma`.
    """
    prior = memory.pace.shape / memory.pace.rate
    orders, past = (of_state[:, State.ON_SALE] for of_state in history(memory, assumed))
    exposure = np.maximum(past - memory.missed, 0.0)
    mean = (orders + memory.pace.shape) / (exposure + prior)
    worth = 1.0 / (1.0 + mean / memory.pace.dispersion)
    shape = memory.pace.shape + orders * worth
    inverse_scale = prior + exposure * worth
    surprise = shape * np.log1p(memory.missed * worth / inverse_scale)
    return memory.missed * shape / inverse_scale, surprise


def days_out(view: Outlook, horizon: Floats | float, assumed: Assumptions = ASSUMPTIONS) -> Floats:
    """Return how many of the horizon's days each product is expected to be out.

    If it is out, all of them: nothing is ordered yet. If not, those of a chain that leaves with the
    product's own outage rate h and comes back with the recovery rate r: with s = h + r,
    h / s * (T - (1 - (1 - s)^T) / s).
    """
    together = view.outage_rate + assumed.recovery_rate
    settled = (1.0 - (1.0 - together) ** horizon) / together
    later = view.outage_rate / together * (horizon - settled)
    return np.asarray(view.probability_out * horizon + (1.0 - view.probability_out) * later)


def units_at_risk(
    view: Outlook,
    stock: Floats,
    horizon: Floats | float = HORIZON_DAYS,
    assumed: Assumptions = ASSUMPTIONS,
    dispersion: float = np.inf,
) -> Floats:
    """Return the units that each product is expected to lose over the horizon.

    Args:
        view: what is known of the products.
        stock: units in stock and on their way, NaN where unknown; absurd ones count as none.
        horizon: days, the lead time where it is known.
        assumed: the priors.
        dispersion: k of daily demand, for the chance that the stock runs out.
    """
    days: Floats = np.zeros(len(view.shape)) + horizon
    unknown = view.demand_per_day * days_out(view, days, assumed)
    known = units_short(view, view.probability_out, np.nan_to_num(stock), days, dispersion)
    return np.where(np.isnan(stock), unknown, known)


def units_short(
    demand: Demand,
    probability_out: Floats,
    stock: Floats,
    days: Floats,
    dispersion: Floats | float = np.inf,
) -> Floats:
    """Return the units that a known stock is expected to lack over the days.

    Args:
        demand: of the products.
        probability_out: chance of being out now, whatever the stock says; all is lost then.
        stock: units in stock and on their way; negative ones are none.
        days: what they have to last for.
        dispersion: k of daily demand.
    """
    mean = demand.demand_per_day * days
    size = 1.0 / (1.0 / (np.maximum(days, 1e-9) * dispersion) + 1.0 / demand.shape)
    short = shortfall(np.maximum(stock, 0.0), mean, size)
    return np.asarray(probability_out * mean + (1.0 - probability_out) * short)


def shortfall(stock: Floats, mean: Floats, size: Floats) -> Floats:
    """Return E[(D - stock)+] of negative binomial demand D.

    E[D; D > s] = mean * P(D' > s - 1) with D' of size + 1 and the same p.
    """
    share = size / (size + mean)
    whole = np.floor(stock)
    beyond = special.betainc(whole + 1.0, size, 1.0 - share)
    within = np.where(
        whole > 0, special.betainc(np.maximum(whole, 1.0), size + 1.0, 1 - share), 1.0
    )
    return np.asarray(np.maximum(mean * within - stock * beyond, 0.0))

"""The daily step: what every product was on a day, from that day's evidence and earlier only.

Belongs here: carrying the state of all products of a store from one day to the next. Does not
belong here: what follows from the state (`outlook`, `status`, `ordering`).

The model is a hidden Markov model of four states (`stock_state`). Orders of a product on sale are
negative binomial, with a rate of its own that is itself uncertain: Gamma, shrunk to the shop's. The
filter keeps, for each state that a product may be in, how many days on sale its past then had
(Elliott, Aggoun and Moore 1995: statistics of a hidden Markov model by forward recursion; forgotten
as in Cappe 2011). So days on which the offer was gone never dilute a product's pace, and a silence
that turns out to be an outage is taken back day by day from the first silent one on: when a product
ran out is nearly all that censored demand would have told (Jain, Rudi and Wang 2014).
"""

from dataclasses import dataclass, replace

import numpy as np

from bwp_pipeline.demand.assumptions import ASSUMPTIONS, Assumptions
from bwp_pipeline.demand.counts import DayCounts, Floats
from bwp_pipeline.demand.memory import (
    Flags,
    Memory,
    gamma,
    history,
    outage_rates,
    units_per_order,
)
from bwp_pipeline.demand.pace import (
    Surprise,
    learn,
    learn_products,
    log_negative_binomial,
)
from bwp_pipeline.demand.shortages import per_product, probability_short, shared_evidence
from bwp_pipeline.demand.stock_state import (
    IS_VISIBLE,
    State,
    first_states,
    log_likelihood,
    transitions,
)

_CUT_AT = 4.0
"""Orders beyond so many standard deviations are a promotion or a mistake, not the pace."""


@dataclass(frozen=True)
class ProductDay:
    """What the day's evidence says of every product; NaN for those without an order yet.

    Attributes:
        in_stock_probability: chance that it was in stock.
        demand_units: units that were wanted: ordered, and expected while the offer was gone.
        probability_short: for each entry of the day's shared orders, the chance that its product
            was the missing one.
    """

    in_stock_probability: Floats
    demand_units: Floats
    probability_short: Floats


def step(
    memory: Memory, day: DayCounts, assumed: Assumptions = ASSUMPTIONS
) -> tuple[Memory, ProductDay]:
    """Return the memory after a day, and what the day says of each product.

    Args:
        memory: the state after the day before.
        day: counts of the day; products beyond those of the memory are new.
        assumed: the priors.
    """
    products = len(day.orders)
    memory = memory.grown(products)
    pace = memory.pace
    factor = float(pace.weekdays(assumed)[day.weekday] * pace.level(assumed))
    begins = ~memory.is_known & (day.orders > 0)

    before = _overnight(memory, assumed)
    shape, inverse_scale = gamma(before, assumed)
    mean = shape / inverse_scale * factor
    size = 1.0 / (1.0 / pace.dispersion + 1.0 / shape)
    told = log_likelihood(day, log_negative_binomial(day.orders[:, None], mean, size), assumed)
    with np.errstate(divide="ignore"):
        log_states = np.log(before.states) + told
    messages = shared_evidence(day.shared, _log_odds_out(log_states), assumed)
    shared = per_product(messages, day.shared, products)
    log_states[:, [State.SHORT, State.HIDDEN]] += shared[:, None]
    states = np.where(memory.is_known[:, None], _normalised(log_states), memory.states)

    chance = _chosen(states, mean)
    spread = np.sqrt(chance + chance**2 / _chosen(states, size))
    counted = np.minimum(day.orders, np.ceil(chance + _CUT_AT * spread + 2.0))
    visible = states @ IS_VISIBLE
    kept = np.exp(-visible / assumed.pace_days)
    after = replace(
        before,
        archive_exposure=memory.archive_exposure + factor,
        states=states,
        exposure=(before.exposure + factor * IS_VISIBLE) * kept[:, None],
        orders=(before.orders + counted) * kept,
        units=(before.units + day.units * _share(counted, day.orders)) * kept,
        waited=before.waited * kept,
        first=before.first * kept,
        missed=np.where(day.orders > 0, 0.0, before.missed + factor),
    )
    after = _begin(after, begins, day, factor, assumed)
    known = after.is_known
    learned = learn(
        pace,
        Surprise(
            weekday=day.weekday,
            orders=np.where(known & ~begins, counted, 0.0),
            base=np.where(known & ~begins, chance / factor, 0.0),
            visible=visible,
            certainty=_chosen(states, shape),
        ),
        assumed,
    )
    orders, exposure = (_chosen(after.states, past)[known] for past in history(after, assumed))
    learned = learn_products(
        learned, orders, exposure, after.units[known], archived=after.archive_exposure
    )
    after = replace(after, pace=learned)
    hidden = after.states[:, State.HIDDEN]
    expected = hidden * chance * units_per_order(after, assumed)
    out = after.states[:, State.SHORT] + after.states[:, State.HIDDEN]
    return after, ProductDay(
        in_stock_probability=np.where(known, after.states[:, State.ON_SALE], np.nan),
        demand_units=np.where(known, day.units + np.where(day.orders > 0, 0.0, expected), np.nan),
        probability_short=probability_short(day.shared, out),
    )


def _overnight(memory: Memory, assumed: Assumptions) -> Memory:
    """Where each product may be next day, and what its past then looks like."""
    moves = transitions(outage_rates(memory, assumed), assumed)
    paths = memory.states[:, :, None] * moves
    states = paths.sum(axis=1)
    share = paths / np.maximum(states, 1e-300)[:, None, :]

    def carried(past: Floats) -> Floats:
        return np.asarray(np.einsum("ps,pst->pt", past, share))

    ran_out = share[:, State.ON_SALE] * np.array([0.0, 1.0, 1.0, 0.0])
    return replace(
        memory,
        states=states,
        exposure=carried(memory.exposure),
        outages=carried(memory.outages) + ran_out,
        days_on_sale=carried(memory.days_on_sale) + IS_VISIBLE,
    )


def _begin(
    memory: Memory, begins: Flags, day: DayCounts, factor: float, assumed: Assumptions
) -> Memory:
    """Products with their first order, of which it is open whether they were there before.

    The first order came at some time of its day; what was left of it is exposure if the product was
    launched with it: of orders at rate m, 1 - 1 / m + 1 / (e^m - 1) of the day.
    """
    if not begins.any():
        return memory
    mean = np.clip(day.orders, 1.0, 30.0)
    left = factor * (1.0 - 1.0 / mean + 1.0 / np.expm1(mean))

    def start(value: Floats | float, old: Floats) -> Floats:
        return np.where(begins if old.ndim == 1 else begins[:, None], value, old)

    return replace(
        memory,
        is_known=memory.is_known | begins,
        states=start(first_states(len(begins), assumed), memory.states),
        exposure=start(left[:, None], memory.exposure),
        waited=start(memory.archive_exposure - left, memory.waited),
        first=start(1.0, memory.first),
        outages=start(0.0, memory.outages),
        days_on_sale=start(1.0, memory.days_on_sale),
        orders=start(day.orders, memory.orders),
        units=start(day.units, memory.units),
        missed=start(0.0, memory.missed),
    )


def _log_odds_out(log_states: Floats) -> Floats:
    out = np.logaddexp(log_states[:, State.SHORT], log_states[:, State.HIDDEN])
    there = np.logaddexp(log_states[:, State.ON_SALE], log_states[:, State.ENDED])
    return np.asarray(np.clip(out - there, -20.0, 20.0))


def _normalised(log_states: Floats) -> Floats:
    states = np.exp(log_states - log_states.max(axis=1, keepdims=True))
    return np.asarray(states / states.sum(axis=1, keepdims=True))


def _chosen(states: Floats, values: Floats) -> Floats:
    return np.asarray((states * values).sum(axis=1))


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.ones_like(whole), where=whole > 0)

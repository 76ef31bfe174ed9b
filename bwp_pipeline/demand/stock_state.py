"""Was a product in stock: how states follow one another and what they let be seen.

Belongs here: the hidden Markov model's transitions and the likelihood of a day's evidence.
Does not belong here: how many orders a product gets (`pace`), or carrying it on (`product_days`).
"""

from enum import IntEnum

import numpy as np

from bwp_pipeline.demand.assumptions import Assumptions
from bwp_pipeline.demand.counts import DayCounts, Floats


class State(IntEnum):
    """What a product is on a day; a column of every array of states.

    ON_SALE: in stock. SHORT: the offer stands, orders fail. HIDDEN: the offer is gone, for now.
    ENDED: the offer is gone for good; from orders alone it looks like HIDDEN.
    """

    ON_SALE = 0
    SHORT = 1
    HIDDEN = 2
    ENDED = 3


STATES = len(State)
IS_VISIBLE = np.array([1.0, 1.0, 0.0, 0.0])
_LEAK = 1e-7


def first_states(products: int, assumed: Assumptions) -> Floats:
    """Return the chances of a product's states on the day of its first order."""
    out = assumed.outage_rate / assumed.recovery_rate / 2.0
    return np.tile([1.0 - out, out, 0.0, 0.0], (products, 1))


def transitions(outage_rate: Floats, assumed: Assumptions) -> Floats:
    """Return each product's chances of going from a state (row) to another (column) overnight."""
    moves = np.zeros((len(outage_rate), STATES, STATES))
    moves[:, State.ON_SALE, State.SHORT] = outage_rate * (1.0 - assumed.hidden_at_once)
    moves[:, State.ON_SALE, State.HIDDEN] = outage_rate * assumed.hidden_at_once
    moves[:, State.ON_SALE, State.ENDED] = assumed.end_rate
    moves[:, State.SHORT, State.ON_SALE] = assumed.recovery_rate
    moves[:, State.SHORT, State.HIDDEN] = assumed.hides_rate
    moves[:, State.HIDDEN, State.ON_SALE] = assumed.recovery_rate
    moves[:, State.ENDED, State.ON_SALE] = assumed.revival_rate
    for state in State:
        moves[:, state, state] = 1.0 - moves[:, state].sum(axis=1)
    return moves


def log_likelihood(day: DayCounts, log_orders: Floats, assumed: Assumptions) -> Floats:
    """Return the log likelihood of a day's evidence in each state, shared orders left out.

    Args:
        day: what the day told.
        log_orders: log probability of the day's orders while the offer can be seen, per state.
        assumed: the priors.

    Returns:
        An array of products x states.
    """
    seen = np.where(day.orders > 0, np.log(_LEAK), 0.0)
    told = np.column_stack([log_orders[:, 0], log_orders[:, 1], seen, seen])
    return told + _outcomes(day, assumed) + _stock(day, assumed)


def _outcomes(day: DayCounts, assumed: Assumptions) -> Floats:
    """How orders ended: failures speak for SHORT and HIDDEN, shipments against them."""
    failed = np.minimum(day.direct, assumed.most_units_heard)
    declared = np.minimum(day.declared, assumed.most_units_heard)
    shipped = np.minimum(day.shipped, assumed.most_units_heard)
    out = (failed + declared) * np.log(assumed.direct_when_out)
    out = out + shipped * np.log(assumed.shipped_when_out)
    there = failed * np.log(assumed.direct_when_in) + declared * np.log(assumed.declared_when_in)
    return np.column_stack([there, out, out, there])


def _stock(day: DayCounts, assumed: Assumptions) -> Floats:
    """What Amazon told of stock and offer; nothing told is no evidence."""
    none, some = np.log(assumed.zero_when_in), np.log(assumed.some_when_out)
    told = np.zeros((len(day.orders), STATES))
    told[day.buyable_units <= 0] += [none, 0.0, 0.0, 0.0]
    told[day.buyable_units > 0] += [0.0, some, some, some]
    told[day.is_buyable == 0] += [none, some, 0.0, 0.0]
    told[day.is_buyable == 1] += [0.0, 0.0, some, some]
    return told

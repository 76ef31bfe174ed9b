"""Who was short: which product of an order that stopped for want of stock was the missing one.

Belongs here: sharing one day's orders out over their products. Does not belong here: what a product
did on other days, which comes in as the odds before these orders.
"""

import numpy as np

from bwp_pipeline.demand.assumptions import Assumptions
from bwp_pipeline.demand.counts import Floats, SharedItems

_ROUNDS = 6


def shared_evidence(items: SharedItems, log_odds: Floats, assumed: Assumptions) -> Floats:
    """Return how much each entry of the shared orders speaks for its product being out.

    An order of several products stops if any of them is out, or with a small chance e if none is
    (a noisy or). With o the chance that another product of the order is out, an entry's likelihood
    ratio is 1 / (o + (1 - o) e): near 1 where another product is known to be out, large where the
    others are known to be there. The chances of the others rest on everything but this very order,
    so that no order is counted twice; all orders of the day are gone over until they agree
    (expectation and maximisation in turns; sum-product on the graph of orders and products).

    Args:
        items: the day's orders.
        log_odds: of each product being out, from the days before and the day's direct evidence.
        assumed: the priors.

    Returns:
        The log likelihood ratio of each entry, at most log(most_shared_weight).
    """
    messages = np.zeros(len(items.order))
    if not len(messages):
        return messages
    most = np.log(assumed.most_shared_weight)
    noise = assumed.direct_when_in
    for _ in range(_ROUNDS):
        total = log_odds.copy()
        np.add.at(total, items.product, messages)
        without = total[items.product] - messages
        log_in_stock = -np.logaddexp(0.0, without)
        all_in_stock = np.bincount(items.order, weights=log_in_stock)
        others_out = -np.expm1(all_in_stock[items.order] - log_in_stock)
        heard = -np.log(others_out + (1.0 - others_out) * noise)
        messages = np.minimum((messages + heard) / 2.0, most)
    return messages


def per_product(messages: Floats, items: SharedItems, products: int) -> Floats:
    """Return the sum of the evidence for each product, all orders of the day together."""
    return np.bincount(items.product, weights=messages, minlength=products).astype(np.float64)


def probability_short(items: SharedItems, probability_out: Floats) -> Floats:
    """Return for each entry the chance that its product was the missing one, or among them.

    Given that one was missing at least: p / (1 - product of (1 - p) over the order's products).
    """
    chance = np.clip(probability_out[items.product], 1e-9, 1.0 - 1e-9)
    none = np.bincount(items.order, weights=np.log1p(-chance))
    return np.asarray(np.minimum(chance / -np.expm1(none[items.order]), 1.0))

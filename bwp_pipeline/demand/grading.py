"""How well what was told held: demand and dates against what happened since.

Belongs here: whether an outcome lies within what was told, for each product. Does not belong here:
which products are graded, and the words of it (`reports/`).
"""

import numpy as np

from bwp_pipeline.demand.counts import Floats
from bwp_pipeline.demand.memory import Flags
from bwp_pipeline.demand.ordering import RunsOut, Spread, order_up_to
from bwp_pipeline.demand.outlook import Demand


def demand_held(
    told: Demand, spread: Spread, days: Floats, wanted: Floats, share: float = 0.8
) -> Flags:
    """Return whether the units of so many days are among those that were to be expected.

    The bounds are quantiles of negative binomial demand, the estimate's own error included, and
    both are within: chance alone keeps at least `share` of the products between them.

    Args:
        told: the demand that was told.
        spread: how it scatters.
        days: days on sale since.
        wanted: units wanted on these days.
        share: how often the bounds are to hold.
    """
    none = np.zeros(len(days))
    low, high = (
        order_up_to(told, spread, days=days, lead_time_sd=none, service_level=none + chance)
        for chance in ((1.0 - share) / 2.0, (1.0 + share) / 2.0)
    )
    units = np.round(wanted)
    return np.asarray((low <= units) & (units <= high))


def dates_graded(told: RunsOut, gone: Floats, restocked: Floats, days: float) -> Flags:
    """Return which dates can be graded by now.

    Those whose latest day has passed, so that early and late ones count alike; not those of which
    more stock arrived first, for nobody knows when they would have been gone.

    Args:
        told: when the stock was to run out, in days from then.
        gone: days after which it was gone, NaN where it is not.
        restocked: days after which more of it was there, NaN where that was never told.
        days: how many have passed.
    """
    ended = np.where(np.isnan(gone), np.inf, gone)
    came = np.where(np.isnan(restocked), np.inf, restocked)
    return np.asarray((np.floor(told.latest) < days) & ((came > ended) | np.isinf(came)))


def dates_held(told: RunsOut, gone: Floats) -> Flags:
    """Return whether a product was gone between the earliest and the latest day told."""
    return np.asarray((np.floor(told.earliest) <= gone) & (gone <= np.floor(told.latest)))

"""A product's status: ONGOING, SILENT, INTERMITTENT, RECOVERED or NONE.

Belongs here: when a state's probability is enough for a name, and outages as they follow one
another. Does not belong here: the probabilities (`product_days`, `outlook`).
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bwp_pipeline.demand.counts import Floats
from bwp_pipeline.demand.outlook import Outlook

OUT_FROM = 0.6
"""Chance of being out from which a product counts as out."""

SILENT_FROM = 4.8
"""Surprise (-log of the probability) from which silence alone means that a product is out."""

DENIED_BELOW = 0.05
"""Chance of being out below which silence tells nothing: Amazon's word says that it is on sale."""

LISTED_FROM = 3.0
"""Expected but missing orders from which a silent product is listed."""

EPISODES_WITHIN = 90.0
"""Days in which two outages make a product INTERMITTENT."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Episodes:
    """A product's outages so far; days count from the archive's first, NaN where there is none.

    Attributes:
        began: the day on which the latest outage was known.
        began_before: the same of the one before.
        ended: the day on which the latest was over; NaN while it lasts.
    """

    began: Floats
    began_before: Floats
    ended: Floats

    @classmethod
    def none(cls) -> "Episodes":
        """Return the episodes before the first day."""
        return cls(*[np.zeros(0)] * 3)

    def grown(self, products: int) -> "Episodes":
        """Return the episodes with room for new products."""
        more = np.full(products - len(self.began), np.nan)
        return Episodes(*(np.concatenate([old, more]) for old in vars(self).values()))


def is_out(view: Outlook) -> Flags:
    """Return which products are out: by their state, or by a silence that chance hardly makes."""
    is_silent = (view.silence >= SILENT_FROM) & (view.probability_out >= DENIED_BELOW)
    return np.asarray((view.probability_out >= OUT_FROM) | is_silent)


def follow(episodes: Episodes, view: Outlook, day: float) -> Episodes:
    """Return the episodes after a day."""
    out = is_out(view)
    episodes = episodes.grown(len(out))
    lasts = ~np.isnan(episodes.began) & np.isnan(episodes.ended)
    begins, ends = out & ~lasts, lasts & ~out
    return replace(
        episodes,
        began=np.where(begins, day, episodes.began),
        began_before=np.where(begins, episodes.began, episodes.began_before),
        ended=np.where(ends, day, np.where(begins, np.nan, episodes.ended)),
    )


def statuses(view: Outlook, episodes: Episodes, day: float) -> list[str]:
    """Return each product's status; the later conditions give way to the earlier.

    SILENT: out, and its offer rather gone than failing. ONGOING: out. INTERMITTENT: two outages
    within 90 days, now over. RECOVERED: one. NONE: no outage in 90 days.
    """
    out = is_out(view)
    silent = out & (
        (view.probability_hidden >= view.probability_out / 2.0) | (view.silence >= SILENT_FROM)
    )
    with np.errstate(invalid="ignore"):
        once = day - episodes.ended < EPISODES_WITHIN
        twice = once & (day - episodes.began_before < EPISODES_WITHIN)
    names = np.select(
        [silent, out, twice, once], ["SILENT", "ONGOING", "INTERMITTENT", "RECOVERED"], "NONE"
    )
    return [str(name) for name in names]


def is_listed(view: Outlook) -> Flags:
    """Return which products are listed without any unfulfilled unit: out, or silent for long."""
    return np.asarray(is_out(view) | (view.missed_orders >= LISTED_FROM))

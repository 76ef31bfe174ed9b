"""Has a figure of the shop changed: rates and totals of four weeks against the four before.

Belongs here: the test for figures whose days are not independent. Does not belong here: rates of
single products (`small_samples`), alarms (`rate_alarm`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import special

from bwp_pipeline.demand.counts import Floats

FEWEST_WEEKS = 8
MOST_WEEKS = 26
_LAGS = 3
_CAUTION = 0.75
"""How far a change counts as scatter itself: a best seller's outage is both."""


@dataclass(frozen=True)
class Change:
    """How a figure changed; `low` and `high` hold the true change with the share asked for."""

    before: float
    now: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out that nothing changed."""
        return not self.low <= 0.0 <= self.high


def rate_change(
    events: Sequence[float], trials: Sequence[float], *, recent: int = 4, share: float = 0.95
) -> Change | None:
    """Return the change of a rate between the last `recent` weeks and as many before.

    Orders of a week stop together, because products are out for days; so weeks are what is counted,
    and their correlation is allowed for (Newey and West 1987, Bartlett weights, 3 lags), over as
    many weeks as there are, 26 at most. Few weeks make a wide interval: Student's t with the
    degrees of freedom that the correlation leaves.

    Args:
        events: what is counted, a number for each whole week, the earliest first.
        trials: what it is a part of; for a total, the days of each week.
        recent: weeks on either side.
        share: how often the interval is to hold the true change.

    Returns:
        None with fewer than 8 weeks, or nothing to divide by: too little to tell.
    """
    x = np.asarray(events, dtype=np.float64)[-MOST_WEEKS:]
    n = np.asarray(trials, dtype=np.float64)[-MOST_WEEKS:]
    if len(x) < max(FEWEST_WEEKS, 2 * recent):
        return None
    now, before = slice(-recent, None), slice(-2 * recent, -recent)
    if n[now].sum() <= 0 or n[before].sum() <= 0:
        return None
    rates = np.array([x[before].sum() / n[before].sum(), x[now].sum() / n[now].sum()])
    pooled = x - x.sum() / n.sum() * n
    apart = np.concatenate([_residuals(x[:-recent], n[:-recent]), _residuals(x[now], n[now])])
    scatter = _CAUTION * _long_run(pooled) + (1.0 - _CAUTION) * _long_run(apart)
    variance = scatter * recent
    deviation = sqrt(variance * (1 / n[now].sum() ** 2 + 1 / n[before].sum() ** 2))
    degrees = max(2.0, len(x) / (1.0 + 2.0 * _LAGS / 3.0) - 1.0)
    half = float(special.stdtrit(degrees, 0.5 + share / 2)) * deviation
    change = float(rates[1] - rates[0])
    return Change(float(rates[0]), float(rates[1]), change - half, change + half)


def _residuals(events: Floats, trials: Floats) -> Floats:
    return np.asarray(events - events.sum() / trials.sum() * trials)


def _long_run(scores: Floats) -> float:
    """Return the variance of a week's score that sums of weeks have, Newey and West's."""
    size = len(scores)
    total = float(scores @ scores)
    for lag in range(1, _LAGS + 1):
        weight = 1.0 - lag / (_LAGS + 1.0)
        total += 2.0 * weight * float(scores[lag:] @ scores[:-lag])
    return max(total, 0.3 * float(scores @ scores)) / (size - 2.0)

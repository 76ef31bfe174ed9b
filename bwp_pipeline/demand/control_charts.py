"""Whether a rate over time is in control: Laney's p' chart.

Here belong limits and signals as pure functions of counts. Nothing here draws a chart or knows what
is counted; tests of a single rate are in `small_samples`, the alarm in `rate_alarm`.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean

from bwp_pipeline.demand.small_samples import Counts

FEWEST_POINTS = 8
"""With fewer points, limits say more about chance than about the shop."""

_PASSES = 5


@dataclass(frozen=True)
class Point:
    """A point of a p' chart: its rate, its limits and whether it lies outside of them."""

    x: float
    n: float
    rate: float | None
    low: float
    high: float

    @property
    def is_signal(self) -> bool:
        """Whether the rate is outside the limits; a period without trials never is."""
        return self.rate is not None and not self.low <= self.rate <= self.high


def p_prime_chart(counts: Counts, z: float = 3.0) -> tuple[float, list[Point]] | None:
    """Return the centre line and the points of Laney's p' chart, in the order of time.

    The limits are p +- z * sp * sz: sp is the binomial deviation of the period, sz the variation
    between periods, from the mean moving range of the standardised rates over 1.128 (d2 of two).
    Overdispersed rates widen the limits; sz is taken as 1 at least, so that a quiet stretch never
    makes them narrower than chance. What lies outside is left out of centre and variation, and the
    limits are drawn again, until no more do: an outlier does not hide itself.

    Returns:
        None with fewer than 8 periods that have trials, or without any event: too little to judge.
    """
    limits = _limits(counts)
    for _ in range(_PASSES):
        if limits is None:
            return None
        centre, between = limits
        points = [_point(x, n, centre, z * between) for x, n in counts]
        inside = [(point.x, point.n) for point in points if not point.is_signal]
        again = _limits(inside)
        if again is None or again == limits:
            break
        limits = again
    return centre, points


def _limits(counts: Counts) -> tuple[float, float] | None:
    """Return centre and variation between periods; None where there is too little to judge."""
    seen = [(x, n) for x, n in counts if n > 0]
    trials = sum(n for _, n in seen)
    centre = sum(x for x, _ in seen) / trials if trials else 0.0
    if len(seen) < FEWEST_POINTS or not 0 < centre < 1:
        return None
    scores = [(x / n - centre) / _deviation(centre, n) for x, n in seen]
    return centre, max(1.0, fmean(abs(b - a) for a, b in pairwise(scores)) / 1.128)


def _point(x: float, n: float, centre: float, width: float) -> Point:
    if not n:
        return Point(x, n, None, centre, centre)
    half = width * _deviation(centre, n)
    return Point(x, n, x / n, max(centre - half, 0.0), min(centre + half, 1.0))


def _deviation(rate: float, n: float) -> float:
    return sqrt(rate * (1 - rate) / n)

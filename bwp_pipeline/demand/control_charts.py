"""Whether a rate over time is in control: Laney's p' chart, CUSUM, funnel limits.

Here belong limits and signals as pure functions of counts. Nothing here draws a chart or knows what
is counted; intervals and tests of a single rate are in `small_samples`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from statistics import fmean

from bwp_pipeline.demand.small_samples import Counts

FEWEST_POINTS = 8
"""With fewer points, limits say more about chance than about the shop."""

CUSUM_LIMIT = 4.4
"""A signal: simulated at 30 orders a day, under 0.1 false alarms in 30 days at any base rate."""

FEWEST_BASELINE_DAYS = 28
FEWEST_BASELINE_EVENTS = 20


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
    makes them narrower than chance.

    Returns:
        None with fewer than 8 periods that have trials, or without any event: too little to judge.
    """
    seen = [(x, n) for x, n in counts if n > 0]
    trials = sum(n for _, n in seen)
    centre = sum(x for x, _ in seen) / trials if trials else 0.0
    if len(seen) < FEWEST_POINTS or not 0 < centre < 1:
        return None
    scores = [(x / n - centre) / _deviation(centre, n) for x, n in seen]
    between = max(1.0, fmean(abs(b - a) for a, b in pairwise(scores)) / 1.128)
    return centre, [_point(x, n, centre, z * between) for x, n in counts]


def _point(x: float, n: float, centre: float, width: float) -> Point:
    if not n:
        return Point(x, n, None, centre, centre)
    half = width * _deviation(centre, n)
    return Point(x, n, x / n, max(centre - half, 0.0), min(centre + half, 1.0))


def _deviation(rate: float, n: float) -> float:
    return sqrt(rate * (1 - rate) / n)


def cusum_signals(
    counts: Counts, baseline: float, *, ratio: float = 2.0, limit: float = CUSUM_LIMIT
) -> list[int]:
    """Return the positions at which evidence of a rate `ratio` times the baseline is enough.

    The sum of log-likelihood ratios of the binomial counts, never below zero, signals above
    `limit` and starts again at zero. No rule with as few false alarms is quicker (Lorden 1971).

    Args:
        counts: the periods' events and trials, in the order of time.
        baseline: the rate in control, above 0 and below 1, from periods before these.
        ratio: the change worth an alarm.
        limit: the evidence that it takes, in nats.
    """
    shifted = min(ratio * baseline, 0.95)
    event = log(shifted * (1 - baseline) / (baseline * (1 - shifted)))
    trial = log((1 - shifted) / (1 - baseline))
    evidence, signals = 0.0, []
    for position, (x, n) in enumerate(counts):
        evidence = max(0.0, evidence + x * event + n * trial)
        if evidence > limit:
            signals.append(position)
            evidence = 0.0
    return signals


def baseline_rate(counts: Counts) -> float | None:
    """Return the rate of a baseline; None where it has too few days or events to stand for one."""
    trials = sum(n for _, n in counts)
    events = sum(x for x, _ in counts)
    enough = len(counts) >= FEWEST_BASELINE_DAYS and events >= FEWEST_BASELINE_EVENTS
    return events / trials if enough and events < trials else None


def overdispersion(counts: Counts, centre: float) -> float:
    """Return how much products vary beyond chance: the mean squared z score, at least 1.

    The scores are winsorised at 10 % on either side, so that the unusual don't widen the limits
    that are to show them (Spiegelhalter 2005).
    """
    scores = sorted((x / n - centre) / _deviation(centre, n) for x, n in counts if n > 0)
    if not scores:
        return 1.0
    cut = len(scores) // 10
    low, high = scores[cut], scores[-cut - 1]
    return max(1.0, fmean(min(max(score, low), high) ** 2 for score in scores))


def funnel_limits(
    trials: Sequence[float], centre: float, spread: float = 1.0, z: float = 3.0
) -> list[tuple[float, float]]:
    """Return the limits between which a product with so many trials is no exception."""
    limits = []
    for n in trials:
        half = z * sqrt(spread) * _deviation(centre, n)
        limits.append((max(centre - half, 0.0), min(centre + half, 1.0)))
    return limits

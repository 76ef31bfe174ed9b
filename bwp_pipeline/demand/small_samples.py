"""The mathematics of small samples: rates, their intervals and whether they changed.

Here belong priors, quantiles, intervals and tests as pure functions of numbers. Control charts are
in `control_charts`. Nothing here reads a database, knows a product or words a sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

from scipy import special

Counts = Sequence[tuple[float, float]]
"""Pairs (x, n): x of n trials had the event, 0 <= x <= n."""

FEWEST_PRODUCTS = 20
FEWEST_EVENTS = 30
LEAST_STRENGTH = 20.0
MOST_LEAST_STRENGTH = 100.0


@dataclass(frozen=True)
class Prior:
    """What is known of a product's rate before its own counts: a Beta distribution.

    Attributes:
        mean: the shop's rate.
        strength: how many trials the prior weighs; infinite where products can't be told apart.
        is_fitted: whether the strength was estimated, or assumed for want of data.
    """

    mean: float
    strength: float
    is_fitted: bool

    @property
    def is_distinguishing(self) -> bool:
        """Whether products differ by more than chance."""
        return self.strength < inf

    def rate(self, x: float, n: float) -> float:
        """Return the empirical-Bayes rate of a product with x events in n trials."""
        if not self.is_distinguishing:
            return self.mean
        return (x + self.mean * self.strength) / (n + self.strength)

    def interval(self, x: float, n: float, share: float = 0.8) -> tuple[float, float]:
        """Return the bounds that hold the product's rate with probability `share`."""
        if not self.is_distinguishing or not 0 < self.mean < 1:
            return self.mean, self.mean
        a = x + self.mean * self.strength
        b = n - x + (1 - self.mean) * self.strength
        tail = (1 - share) / 2
        return float(special.betaincinv(a, b, tail)), float(special.betaincinv(a, b, 1 - tail))


def fit_prior(counts: Counts) -> Prior:
    """Fit the beta-binomial prior of all products by the method of moments.

    With p the pooled rate, s2 the weighted variance of the products' rates and m the effective
    number of trials, the between-product variance is (s2 - p(1-p)) / (m - 1); where it is not above
    zero, products can't be told apart. Fewer than 20 products or 30 events say too little to fit:
    the prior then has its least strength, below which it never is (`least_strength`). The
    reports' SQL fits the same prior; `test_smoothed_rates.py` holds the two equal.
    """
    seen = [(x, n) for x, n in counts if n > 0]
    trials = sum(n for _, n in seen)
    events = sum(x for x, _ in seen)
    if not trials:
        return Prior(mean=0.0, strength=LEAST_STRENGTH, is_fitted=False)
    mean = events / trials
    least = least_strength(mean)
    if len(seen) < FEWEST_PRODUCTS or events < FEWEST_EVENTS:
        return Prior(mean, least, is_fitted=False)
    degrees = len(seen) - 1
    spread = sum(n * (x / n - mean) ** 2 for x, n in seen) / degrees
    effective = (trials - sum(n * n for _, n in seen) / trials) / degrees
    if effective <= 1 or not 0 < mean < 1:
        return Prior(mean, least, is_fitted=False)
    between = (spread - mean * (1 - mean)) / (effective - 1)
    # Less than this is rounding.
    if between <= mean * (1 - mean) / 1_000_000:
        return Prior(mean, inf, is_fitted=True)
    return Prior(mean, max(mean * (1 - mean) / between - 1, least), is_fitted=True)


def least_strength(mean: float) -> float:
    """Return how many trials the prior weighs at least, in a shop with this rate.

    Enough that one of one never outranks ten of a hundred: (1 + pM) / (1 + M) stays below
    (10 + pM) / (100 + M) for M above 10 / (1 - 11p). A shop near 1 in 11 has no such M, because ten
    of a hundred is nothing unusual there; then it is 100.
    """
    enough = 10.5 / max(1 - 11 * mean, 0.105)
    return min(max(enough, LEAST_STRENGTH), MOST_LEAST_STRENGTH)


def beta_quantile(p: float | None, a: float | None, b: float | None) -> float | None:
    """Return the value below which a share `p` of a Beta(a, b) distribution lies.

    Args:
        p: a probability, 0 to 1.
        a: the first shape: prior successes plus those seen, above 0.
        b: the second shape: prior failures plus those seen, above 0.

    Returns:
        A rate from 0 to 1; None where an argument is missing or out of range, because a rate whose
        denominator is unknown has no interval either.
    """
    if p is None or a is None or b is None or not (0 <= p <= 1 and a > 0 and b > 0):
        return None
    return float(special.betaincinv(a, b, p))


def wilson(x: float, n: float, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion, n above 0."""
    rate = x / n
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def poisson_increase(x: int, exposure: float, x_before: int, exposure_before: float) -> float:
    """Return how probable at least x events are if the rate is what it was before.

    The exact test of two Poisson counts: given their sum, x is binomial with the share of exposure.
    """
    if x == 0 or not exposure:
        return 1.0
    share = exposure / (exposure + exposure_before)
    return float(special.betainc(x, x_before + 1, share))


def effective_orders(orders: float) -> float:
    """Return how many independent orders so many of a product are worth, in 28 days.

    An outage lasts about 7 days and stops all orders of its days together, so that however many
    there are, they tell of 28 / 7 independent stretches at most: n / (1 + 7 n / 28).
    """
    return orders / (1.0 + 7.0 * orders / 28.0)


def exceptional(counts: Counts, centre: float, q: float = 0.1) -> list[bool]:
    """Return which products have more events than a rate of `centre` makes by chance.

    The exact binomial tail of each, and of those returned a share q is expected to be chance
    (Benjamini and Hochberg 1995). Normal limits are wrong for 1 to 5 orders.
    """
    p_values = [
        float(special.betainc(x, n - x + 1.0, centre)) if x > 0 and 0 < centre < 1 else 1.0
        for x, n in counts
    ]
    return benjamini_hochberg(p_values, q)


def benjamini_hochberg(p_values: Sequence[float], q: float = 0.1) -> list[bool]:
    """Return which hypotheses are rejected when a share q of the rejected may be wrong."""
    ordered = sorted(p_values)
    passing = [
        value for rank, value in enumerate(ordered, start=1) if value <= q * rank / len(ordered)
    ]
    limit = max(passing, default=-1.0)
    return [value <= limit for value in p_values]

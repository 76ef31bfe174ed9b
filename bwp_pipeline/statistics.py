"""The mathematics of small samples and of change: pure functions of numbers.

Here belong quantiles, intervals, priors, control charts and multiple tests. Nothing here reads a
database, knows a product or a currency, or words a sentence.
"""

from scipy import special


def beta_quantile(p: float | None, a: float | None, b: float | None) -> float | None:
    """Return the value below which a share `p` of a Beta(a, b) distribution lies.

    Args:
        p: a probability, 0 to 1.
        a: the first shape: prior successes plus those seen, above 0.
        b: the second shape: prior failures plus those seen, above 0.

    Returns:
        A rate from 0 to 1; None where an argument is missing or out of range, for a rate whose
        denominator is unknown has no interval either.
    """
    if p is None or a is None or b is None or not (0 <= p <= 1 and a > 0 and b > 0):
        return None
    return float(special.betaincinv(a, b, p))

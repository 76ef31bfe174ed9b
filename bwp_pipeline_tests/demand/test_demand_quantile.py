"""The quantile behind order-up-to levels is scipy's."""

import numpy as np
import pytest
from scipy import stats

from bwp_pipeline.demand.ordering import negative_binomial_quantile


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.999])
def test_it_is_that_of_scipy_for_any_mean_and_scatter(level: float) -> None:
    dice = np.random.default_rng(1)
    mean, size = 10 ** dice.uniform(-6, 6, 2000), 10 ** dice.uniform(-3, 9, 2000)
    levels, probability = np.full(2000, level), size / (size + mean)
    ours = negative_binomial_quantile(levels, size, probability)
    assert ours.tolist() == stats.nbinom.ppf(levels, size, probability).tolist()

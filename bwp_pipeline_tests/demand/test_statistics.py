"""Rates, intervals, tests and priors, against statsmodels and against known truth."""

from collections.abc import Sequence
from math import inf, isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binomtest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from bwp_pipeline.demand.small_samples import (
    Prior,
    benjamini_hochberg,
    beta_quantile,
    fit_prior,
    least_strength,
    poisson_increase,
    wilson,
)

COUNTS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS)
def test_wilson_intervals_are_those_of_statsmodels(counts: tuple[int, int]) -> None:
    x, n = counts
    expected = proportion_confint(x, n, alpha=0.05, method="wilson")
    assert wilson(x, n, z=1.959963984540054) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_false_discoveries_are_limited_as_statsmodels_does(p_values: Sequence[float]) -> None:
    expected = multipletests(p_values, alpha=0.1, method="fdr_bh")[0]
    assert benjamini_hochberg(p_values, q=0.1) == list(expected)


@given(st.integers(1, 40), st.floats(1, 500), st.integers(0, 200), st.floats(1, 5000))
def test_an_increase_is_tested_exactly(x: int, n: float, before: int, n_before: float) -> None:
    oracle = binomtest(x, x + before, n / (n + n_before), alternative="greater").pvalue
    assert isclose(poisson_increase(x, n, before, n_before), oracle, rel_tol=1e-6, abs_tol=1e-12)


def test_no_event_is_no_increase() -> None:
    assert poisson_increase(0, 10, 3, 100) == 1
    assert benjamini_hochberg([]) == []


@given(st.floats(0.001, 0.999), st.floats(0.05, 200), st.floats(0.05, 200))
def test_beta_quantiles_are_those_of_scipy(p: float, a: float, b: float) -> None:
    assert beta_quantile(p, a, b) == pytest.approx(beta.ppf(p, a, b), abs=1e-7)


@pytest.mark.parametrize(
    "arguments", [(None, 1, 1), (0.1, None, 1), (0.1, 1, None), (0.1, 0, 1), (2, 1, 1)]
)
def test_a_quantile_without_its_counts_is_none(arguments: tuple[float, float, float]) -> None:
    assert beta_quantile(*arguments) is None


def test_the_prior_finds_the_distribution_that_rates_were_drawn_from() -> None:
    random = np.random.default_rng(1)
    trials = random.integers(20, 80, 3000)
    events = random.binomial(trials, random.beta(2, 48, 3000))
    prior = fit_prior(list(zip(events.tolist(), trials.tolist(), strict=True)))
    assert prior.is_fitted
    assert prior.mean == pytest.approx(0.04, abs=0.003)
    assert prior.strength == pytest.approx(50, rel=0.25)


def test_products_that_differ_by_chance_alone_all_have_the_shops_rate() -> None:
    prior = fit_prior([(1, 10), (1, 10)] * 20)
    assert prior.strength == inf
    assert not prior.is_distinguishing
    assert prior.rate(10, 10) == prior.mean == 0.1
    assert prior.interval(10, 10) == (0.1, 0.1)


def test_too_few_products_or_events_are_not_fitted() -> None:
    for counts in ([(1, 50)], [(2, 50)] * 19, [(1, 100)] * 29):
        assert fit_prior(counts).strength == 20
        assert not fit_prior(counts).is_fitted


def test_without_trials_or_events_the_rate_is_zero() -> None:
    assert fit_prior([]).rate(0, 0) == 0
    assert fit_prior([(0, 50)] * 30).interval(0, 50) == (0, 0)


@given(COUNTS, st.floats(0.01, 0.99), st.floats(0.5, 500))
def test_a_shrunken_rate_lies_between_its_own_and_the_shops_and_grows_with_events(
    counts: tuple[int, int], mean: float, strength: float
) -> None:
    x, n = counts
    prior = Prior(mean, strength, is_fitted=True)
    low, high = sorted((x / n, mean))
    assert low - 1e-12 <= prior.rate(x, n) <= high + 1e-12
    assert prior.rate(x + 1, n) > prior.rate(x, n)
    bounds = prior.interval(x, n)
    assert 0 <= bounds[0] <= bounds[1] <= 1


@given(st.floats(0.001, 0.08), st.floats(0, 1000))
def test_one_of_one_never_outranks_ten_of_a_hundred(mean: float, more: float) -> None:
    prior = Prior(mean, least_strength(mean) + more, is_fitted=True)
    assert prior.rate(1, 1) < prior.rate(10, 100)


def test_a_fitted_prior_is_never_weaker_than_that_needs() -> None:
    random = np.random.default_rng(6)
    trials = random.integers(20, 80, 400)
    events = random.binomial(trials, random.beta(0.1, 1.9, 400))
    prior = fit_prior(list(zip(events.tolist(), trials.tolist(), strict=True)))
    assert prior.is_fitted
    assert prior.strength == least_strength(prior.mean) >= 20

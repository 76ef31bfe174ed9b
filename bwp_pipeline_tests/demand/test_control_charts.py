"""When a rate over time signals, and how rarely it does without a reason."""

import numpy as np
import pytest

from bwp_pipeline.demand.control_charts import p_prime_chart


def test_a_jump_lies_outside_the_limits_and_the_rest_within() -> None:
    chart = p_prime_chart([(5, 100), (6, 100), (4, 100)] * 5 + [(25, 100)])
    assert chart is not None
    centre, points = chart
    assert centre == pytest.approx(75 / 1500)
    assert [point.is_signal for point in points] == [False] * 15 + [True]


def test_a_period_without_orders_has_no_rate_and_no_signal() -> None:
    chart = p_prime_chart([(5, 100)] * 8 + [(0, 0)])
    assert chart is not None
    assert chart[1][-1].rate is None
    assert not chart[1][-1].is_signal


@pytest.mark.parametrize("counts", [[], [(1, 10)] * 7, [(0, 10)] * 20, [(10, 10)] * 20])
def test_too_little_to_judge_has_no_chart(counts: list[tuple[int, int]]) -> None:
    assert p_prime_chart(counts) is None


def test_rates_that_vary_beyond_chance_widen_the_limits() -> None:
    random = np.random.default_rng(2)
    even = [(int(x), 2000) for x in random.binomial(2000, 0.05, 60)]
    uneven = [(int(x), 2000) for x in random.binomial(2000, random.beta(10, 190, 60))]
    chart = p_prime_chart(uneven)
    assert chart is not None
    assert sum(point.is_signal for point in chart[1]) <= 1
    narrow = p_prime_chart(even)
    assert narrow is not None
    assert chart[1][0].high - chart[0] > 2 * (narrow[1][0].high - narrow[0])


def test_an_outlier_is_not_in_its_own_limits() -> None:
    quiet = [(5, 100), (6, 100), (4, 100), (5, 100)] * 3
    alone = p_prime_chart(quiet)
    chart = p_prime_chart([*quiet, (60, 100), (1, 100), (60, 100)])
    assert alone is not None
    assert chart is not None
    assert chart[0] < 0.06
    assert chart[1][0].high == pytest.approx(alone[1][0].high, rel=0.2)
    assert [point.is_signal for point in chart[1]][-3:] == [True, False, True]

"""When a rate over time signals, and how rarely it does without a reason."""

import numpy as np
import pytest

from bwp_pipeline.demand.control_charts import (
    baseline_rate,
    cusum_signals,
    funnel_limits,
    overdispersion,
    p_prime_chart,
)


def test_a_jump_lies_outside_the_limits_and_the_rest_within() -> None:
    chart = p_prime_chart([(5, 100), (6, 100), (4, 100)] * 5 + [(25, 100)])
    assert chart is not None
    centre, points = chart
    assert centre == pytest.approx(100 / 1600)
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


def test_too_short_a_baseline_stands_for_no_rate() -> None:
    assert baseline_rate([(1, 30)] * 27) is None
    assert baseline_rate([(0, 30)] * 90) is None
    assert baseline_rate([(30, 30)] * 90) is None
    assert baseline_rate([(3, 30)] * 28) == pytest.approx(0.1)


@pytest.mark.parametrize("rate", [0.02, 0.04, 0.08, 0.12])
def test_the_alert_is_wrong_at_most_once_in_ten_months_of_thirty_orders_a_day(rate: float) -> None:
    quiet_days, false_alarms = 60, 0
    random = np.random.default_rng(3)
    for _ in range(600):
        counts = _days(random, [rate] * (90 + quiet_days))
        baseline = baseline_rate(counts[:90])
        assert baseline is not None
        false_alarms += len(cusum_signals(counts[90:], baseline))
    assert false_alarms / 600 / quiet_days * 30 <= 0.1


@pytest.mark.parametrize(
    ("rate", "caught_within_ten_days"), [(0.04, 0.65), (0.08, 0.9), (0.12, 0.97)]
)
def test_a_doubling_is_caught_within_ten_days(rate: float, caught_within_ten_days: float) -> None:
    # At 4 % ten days hold 24 cancelled orders where 12 were due: as much as any rule can see.
    random = np.random.default_rng(4)
    caught = 0
    for _ in range(600):
        counts = _days(random, [rate] * 120 + [2 * rate] * 10)
        baseline = baseline_rate(counts[:90])
        assert baseline is not None
        caught += any(signal >= 30 for signal in cusum_signals(counts[90:], baseline))
    assert caught / 600 >= caught_within_ten_days


def _days(random: np.random.Generator, rates: list[float]) -> list[tuple[int, int]]:
    orders = random.poisson(30, len(rates))
    cancelled = random.binomial(orders, rates)
    return list(zip(cancelled.tolist(), orders.tolist(), strict=True))


def test_funnel_limits_narrow_with_orders_and_widen_with_what_products_vary() -> None:
    (few, many), (few_wide, _) = (
        funnel_limits([10, 1000], 0.05),
        funnel_limits([10, 1000], 0.05, spread=4.0),
    )
    assert few[0] == 0 < many[0] < 0.05 < many[1] < few[1] < few_wide[1]


def test_overdispersion_of_chance_is_one_and_ignores_the_few_that_stand_out() -> None:
    random = np.random.default_rng(5)
    chance = [(int(x), 200) for x in random.binomial(200, 0.05, 300)]
    assert overdispersion(chance, 0.05) == pytest.approx(1, abs=0.1)
    assert overdispersion([*chance, (150, 200)], 0.05) == pytest.approx(1, abs=0.1)
    assert overdispersion([], 0.05) == 1
    varied = [(int(x), 200) for x in random.binomial(200, random.beta(2, 38, 300))]
    assert overdispersion(varied, 0.05) > 2

"""Alarms and changes of rates: rare when nothing changed, soon when something did."""

import numpy as np
import pytest

from bwp_pipeline.demand.key_figures import rate_change
from bwp_pipeline.demand.rate_alarm import Alarm, DayRate, alarms
from bwp_pipeline.demand.small_samples import effective_orders, exceptional
from bwp_pipeline_tests.demand.demand_rates import rates, weeks


def test_a_doubling_rings_within_ten_days_and_once() -> None:
    found: list[list[Alarm]] = [
        alarms(rates(np.random.default_rng(seed), 140, 100, 0.04, doubles_on=120))
        for seed in range(40)
    ]
    soon = [any(120 <= alarm.rang < 130 for alarm in one) for one in found]
    assert np.mean(soon) >= 0.8
    assert np.mean([sum(alarm.rang >= 120 for alarm in one) for one in found]) <= 1.05


def test_weekdays_and_single_bad_days_ring_hardly_ever() -> None:
    starts = sum(
        sum(
            alarm.rang >= 90 for alarm in alarms(rates(np.random.default_rng(seed), 150, 100, 0.04))
        )
        for seed in range(60)
    )
    assert starts / 60 / 2 <= 0.1


def test_an_alarm_is_the_same_on_every_day_that_it_is_made() -> None:
    days = rates(np.random.default_rng(3), 160, 200, 0.04, doubles_on=120)
    whole = alarms(days)
    assert whole
    for end in range(125, 160):
        begun = {(alarm.began, alarm.rang, alarm.baseline) for alarm in alarms(days[:end])}
        assert begun <= {(alarm.began, alarm.rang, alarm.baseline) for alarm in whole}


def test_an_alarm_ends_when_the_rate_is_back() -> None:
    days = rates(np.random.default_rng(3), 120, 200, 0.04)
    bad = rates(np.random.default_rng(4), 20, 200, 0.1)
    after = rates(np.random.default_rng(5), 30, 200, 0.04)
    [alarm] = [one for one in alarms([*days, *bad, *after]) if one.rang >= 120]
    assert alarm.ended is not None
    assert alarm.rate == pytest.approx(0.1, abs=0.02)
    assert alarm.baseline == pytest.approx(0.04, abs=0.01)


def test_a_short_history_and_empty_days_ring_nothing() -> None:
    assert alarms([]) == []
    assert alarms([DayRate(1, 20, day % 7) for day in range(20)]) == []
    assert alarms([DayRate(0, 0, day % 7) for day in range(200)]) == []


def test_key_figures_say_clearly_only_when_something_changed() -> None:
    random = np.random.default_rng(1)
    still = [rate_change(*weeks(random, 26, 700, 0.05)) for _ in range(400)]
    moved = [rate_change(*weeks(random, 26, 700, 0.05, last=0.12)) for _ in range(100)]
    assert np.mean([one is not None and one.is_clear for one in still]) <= 0.05
    assert np.mean([one is not None and one.is_clear for one in moved]) >= 0.5


def test_too_few_weeks_are_no_change() -> None:
    assert rate_change([1.0] * 7, [10.0] * 7) is None
    assert rate_change([0.0] * 12, [0.0] * 12) is None


def test_the_funnel_names_hardly_anyone_when_all_are_equal() -> None:
    random = np.random.default_rng(2)
    named = 0
    for _ in range(100):
        orders = np.maximum(1, random.lognormal(np.log(7), 1.2, 400)).astype(int)
        events = random.binomial(orders, 0.04)
        pairs = [(float(x), float(n)) for x, n in zip(events, orders, strict=True)]
        named += sum(exceptional(pairs, events.sum() / orders.sum()))
    assert named / 100 <= 0.1


def test_the_funnel_names_a_product_that_is_worse() -> None:
    pairs = [(1.0, 25.0)] * 100 + [(20.0, 60.0)]
    assert exceptional(pairs, 0.04) == [False] * 100 + [True]


def test_many_orders_of_one_product_are_worth_four_weeks_of_outages() -> None:
    assert effective_orders(1) == pytest.approx(0.8)
    assert effective_orders(10**6) == pytest.approx(4, rel=0.01)

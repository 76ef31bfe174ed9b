"""What to order, and when stock runs out: levels that hold as often as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bwp_pipeline.demand.ordering import (
    MOST_DAYS,
    Spread,
    expected_arrivals,
    order_up_to,
    quantity,
    runs_out,
)
from bwp_pipeline.demand.outlook import Outlook, shortfall
from bwp_pipeline_tests.demand.demand_orders import follow
from bwp_pipeline_tests.demand.demand_worlds import Shop

SPREAD = Spread(dispersion=8.0, units_per_order=1.0)


def view_of(demand: float, shape: float = 1e6) -> Outlook:
    one = np.ones(1)
    return Outlook(
        demand_per_day=one * demand,
        demand_low=one * demand,
        demand_high=one * demand,
        demand_days=one * 100,
        probability_out=one * 0,
        probability_hidden=one * 0,
        missed_orders=one * 0,
        silence=one * 0,
        outage_rate=one * 0.01,
        shape=one * shape,
    )


def level(view: Outlook, service: float = 0.95, lead_time_sd: float = 0.0) -> float:
    one = np.ones(1)
    return float(
        order_up_to(
            view,
            SPREAD,
            days=one * 21,
            lead_time_sd=one * lead_time_sd,
            service_level=one * service,
        )[0]
    )


def test_a_level_covers_over_dispersed_demand_as_often_as_it_promises() -> None:
    random = np.random.default_rng(1)
    days = random.poisson(2.0 * random.gamma(8.0, 1 / 8.0, (20000, 21)))
    assert np.mean(days.sum(axis=1) <= level(view_of(2.0))) == pytest.approx(0.95, abs=0.01)


def test_a_level_grows_with_all_that_is_uncertain() -> None:
    assert level(view_of(2.0)) < level(view_of(2.0, shape=10.0))
    assert level(view_of(2.0)) < level(view_of(2.0), lead_time_sd=5.0)
    assert level(view_of(2.0)) < level(view_of(2.0), service=0.99)


@given(st.floats(-50, 500), st.integers(0, 100), st.integers(1, 24))
def test_orders_are_whole_cases_and_the_minimum_at_least(
    need: float, minimum: int, case: int
) -> None:
    ordered = float(quantity(np.array([need]), np.array([minimum]), np.array([case]))[0])
    assert ordered == 0 if need <= 0 else ordered >= max(need, minimum) - 1e-6
    assert ordered % case == 0


def test_what_was_advised_is_on_its_way_until_it_arrives_or_is_too_old() -> None:
    def waits(recent: float, advised: float, received: float) -> float:
        one = np.ones(1)
        return float(expected_arrivals(recent * one, advised * one, received * one)[0])

    assert waits(recent=30, advised=30, received=0) == 30
    assert waits(recent=30, advised=50, received=30) == 20
    assert waits(recent=0, advised=50, received=0) == 0
    assert waits(recent=30, advised=30, received=80) == 0


def test_stock_runs_out_on_a_day_with_bounds() -> None:
    gone = runs_out(view_of(2.0), SPREAD, np.array([60.0]))
    assert gone.days[0] == pytest.approx(30, abs=1)
    assert gone.earliest[0] < gone.days[0] < gone.latest[0]
    random = np.random.default_rng(1)
    demand = random.poisson(2.0 * random.gamma(8.0, 1 / 8.0, (5000, 60))).cumsum(axis=1)
    day = (demand < 60).sum(axis=1) + 1
    holds = (np.floor(gone.earliest[0]) <= day) & (day <= np.ceil(gone.latest[0]))
    assert np.mean(holds) == pytest.approx(0.83, abs=0.05)


@pytest.mark.parametrize(("stock", "days"), [(-5.0, 0.0), (0.0, 0.0), (1e12, float(MOST_DAYS))])
def test_absurd_stock_has_an_answer(stock: float, days: float) -> None:
    assert runs_out(view_of(2.0), SPREAD, np.array([stock])).days[0] == pytest.approx(days)


def test_unknown_stock_runs_out_on_no_day() -> None:
    assert np.isnan(runs_out(view_of(2.0), SPREAD, np.array([np.nan])).days[0])


@given(st.integers(0, 60), st.floats(0.1, 50), st.floats(0.3, 50))
def test_the_shortfall_is_that_of_the_distribution(stock: int, mean: float, size: float) -> None:
    wanted = np.arange(stock, 4000)
    chance = stats.nbinom.pmf(wanted, size, size / (size + mean))
    expected = float(((wanted - stock) * chance).sum())
    found = float(shortfall(np.array([float(stock)]), np.array([mean]), np.array([size]))[0])
    assert found == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_following_the_order_list_serves_demand_as_the_textbook_does() -> None:
    shop = Shop(days=231, trend=0.0, promotions=0.0, orders_a_day=1000, seed=11)
    textbook = follow(shop, knows_truth=True)
    for knows_on_its_way in (True, False):
        followed = follow(shop, knows_truth=False, knows_on_its_way=knows_on_its_way)
        assert followed.fill >= 0.97
        assert followed.stock <= 1.1 * textbook.stock
        assert np.nanmean(followed.covered) == pytest.approx(0.95, abs=0.03)

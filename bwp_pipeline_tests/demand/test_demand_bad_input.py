"""The model and the order list on the least and the oddest that a shop can tell.

Each gets a sound answer, or says what is missing; a number on a default says so. Whatever a single
day tells is in `test_demand_model`, absurd stock with known terms in `test_purchases`.
"""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from bwp_pipeline.demand.outlook import outlook, units_at_risk
from bwp_pipeline.reports.sections.order_lines import money_at_risk, order_lines_of
from bwp_pipeline.reports.sections.purchases import Purchase
from bwp_pipeline.reports.stock.terms import Holding, Terms
from bwp_pipeline_tests.demand.demand_days import a_day, lived, steady
from bwp_pipeline_tests.examples.bought_products import MUG, TODAY, bought


def test_one_product_in_a_shop_of_its_own_has_its_own_pace() -> None:
    memory, told = lived([a_day(np.array([3.0]), weekday=day % 7) for day in range(60)])
    assert outlook(memory).demand_per_day[0] == pytest.approx(3, rel=0.1)
    assert told[-1].in_stock_probability[0] > 0.95


def test_one_day_gives_a_wide_interval_and_calls_nothing_out() -> None:
    memory, told = lived(steady(40, 1))
    view = outlook(memory)
    longer = outlook(lived(steady(40, 60))[0])
    assert (view.demand_low < view.demand_per_day).all()
    assert (view.demand_per_day < view.demand_high).all()
    width = (view.demand_high - view.demand_low) / view.demand_per_day
    assert np.median(width) > 2 * np.median(
        (longer.demand_high - longer.demand_low) / longer.demand_per_day
    )
    assert (told[-1].in_stock_probability[steady(40, 1)[0].orders > 0] > 0.9).all()


def test_a_promotion_of_ten_times_the_demand_is_neither_a_pace_nor_an_outage_when_it_ends() -> None:
    burst = np.full(30, 3.0)
    burst[0] = 30.0
    after = steady(30, 10, seed=3)
    days = [*steady(30, 60), *(a_day(burst, weekday=day % 7) for day in range(7)), *after]
    memory, told = lived(days)
    # The mean of its last 28 days is 9.8.
    assert outlook(memory).demand_per_day[0] < 1.6 * 3
    assert told[-1].in_stock_probability[0] > 0.95


@pytest.mark.parametrize("stock", [-1e12, -1.0, 0.0, 1e15])
def test_negative_stock_is_none_and_absurd_stock_is_enough(stock: float) -> None:
    told = np.full(5, np.nan)
    told[0] = stock
    memory, _ = lived([*steady(5, 40), a_day(np.full(5, 3.0), buyable=told)])
    at_risk = units_at_risk(outlook(memory), told)
    assert np.isfinite(at_risk).all()
    assert (at_risk[0] > at_risk[1]) == (stock <= 0)
    assert at_risk[0] <= 28 * outlook(memory).demand_per_day[0]


def test_five_thousand_products_are_one_day_like_five() -> None:
    memory, told = lived(steady(5_000, 3))
    assert len(told[-1].demand_units) == 5_000
    assert np.isfinite(outlook(memory).demand_per_day).all()


def test_without_a_price_units_are_told_and_money_is_not() -> None:
    free = replace(MUG, unit_price=None)
    known = bought(free, Holding(Decimal(3)), Terms(lead_time=14.0))
    assert known.suggested_units
    assert money_at_risk(free, known.units_at_risk) is None
    (line,) = order_lines_of([free], {free.id: known}, TODAY)
    assert (line.at_risk, line.margin_at_risk, line.at_risk_per_cost) == (None, None, None)


def test_a_product_that_changed_its_price_is_at_risk_for_the_new_one() -> None:
    known = bought(holding=Holding(Decimal(0)), terms=Terms(lead_time=10.0))
    before, after = (
        money_at_risk(replace(MUG, unit_price=Decimal(price)), known.units_at_risk)
        for price in (20, 30)
    )
    assert before is not None
    assert after == pytest.approx(before * Decimal("1.5"), abs=Decimal("0.001"))


def test_without_stock_or_lead_time_no_quantity_is_told_and_what_is_missing_is() -> None:
    for holding, terms, missing in (
        (None, None, ("stock on hand", "lead time")),
        (None, Terms(lead_time=14.0), ("stock on hand",)),
        (Holding(Decimal(5)), None, ("lead time",)),
    ):
        known = bought(holding=holding, terms=terms)
        assert (known.suggested_units, known.cost, known.missing) == (None, None, missing)


def test_a_quantity_on_defaults_names_them_and_one_on_the_merchants_terms_names_none() -> None:
    by_default = bought(holding=Holding(Decimal(5)), terms=Terms(lead_time=14.0))
    given = bought(
        holding=Holding(Decimal(5), Decimal(0)),
        terms=Terms(lead_time=14.0, service_level=0.95, review_days=7.0),
    )
    assert by_default.suggested_units
    assert by_default.assumed
    assert set(given.assumed) < set(by_default.assumed)


def test_returns_graded_unsellable_are_not_stock_again() -> None:
    def order(sellable: float | None) -> Purchase:
        product = replace(MUG, returning_units=Decimal(40), expected_sellable_units=sellable)
        return bought(product, Holding(Decimal(5), Decimal(0)), Terms(lead_time=14.0))

    units = {sellable: order(sellable).suggested_units or 0 for sellable in (None, 0.0, 20.0)}
    assert units[0.0] == units[None]
    assert units[20.0] == units[0.0] - 20

"""What to order: once for each product, by stock, terms and what was advised before."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwp_pipeline.reports.sections.order_lines import (
    order_lines_of,
    purchase_order_names,
    running_out,
    supplier_orders,
    to_order,
)
from bwp_pipeline.reports.sections.purchases import purchases_of
from bwp_pipeline.reports.stock.advice import Advice, advised_after
from bwp_pipeline.reports.stock.files import StockFiles
from bwp_pipeline.reports.stock.terms import Holding, Terms
from bwp_pipeline_tests.examples.bought_products import MUG, TODAY, bought


def test_an_order_covers_lead_time_and_review_with_what_is_uncertain_on_top() -> None:
    found = bought(holding=Holding(Decimal(30), Decimal(0)), terms=Terms(14.0))
    assert found.order_up_to is not None
    assert found.order_up_to > 21 * MUG.demand_per_day
    assert found.suggested_units == found.order_up_to - 30
    assert found.assumed == ("service level", "review days")
    surer = bought(
        holding=Holding(Decimal(30)), terms=Terms(14.0, service_level=0.99, review_days=7.0)
    )
    assert surer.order_up_to is not None
    assert surer.order_up_to > found.order_up_to
    assert surer.assumed == ()


def test_a_product_that_the_estimate_hardly_knows_needs_more() -> None:
    known = bought(terms=Terms(14.0))
    guessed = bought(replace(MUG, demand_low=0.6, demand_high=3.8), terms=Terms(14.0))
    assert known.order_up_to is not None
    assert guessed.order_up_to is not None
    assert guessed.order_up_to > known.order_up_to


def test_what_is_on_its_way_counts_and_what_comes_back_sellable_too() -> None:
    nothing = bought(holding=Holding(Decimal(10), Decimal(0)), terms=Terms(14.0))
    inbound = bought(holding=Holding(Decimal(10), Decimal(20)), terms=Terms(14.0))
    returned = bought(
        replace(MUG, expected_sellable_units=4.0),
        Holding(Decimal(10), Decimal(0)),
        Terms(14.0),
    )
    assert nothing.suggested_units is not None
    assert inbound.suggested_units == nothing.suggested_units - 20
    assert returned.suggested_units == nothing.suggested_units - 4


def test_what_was_advised_is_not_advised_again_until_it_is_late() -> None:
    terms, holding = Terms(14.0, lead_time_sd=2.0), Holding(Decimal(10))
    first = bought(holding=holding, terms=terms)
    assert first.suggested_units
    advice = advised_after(Advice(), TODAY, {MUG.id: (first.suggested_units, 10.0)})
    same_day = bought(holding=holding, terms=terms, advice=advice)
    assert same_day.suggested_units == first.suggested_units
    tomorrow = bought(holding=holding, terms=terms, advice=advice, today=TODAY + timedelta(days=1))
    assert tomorrow.suggested_units == 0
    assert tomorrow.advised is not None
    assert (tomorrow.advised.units, tomorrow.advised.day) == (first.suggested_units, TODAY)
    late = bought(holding=holding, terms=terms, advice=advice, today=TODAY + timedelta(days=19))
    assert late.advised is None
    assert late.suggested_units == first.suggested_units


def test_what_has_arrived_is_stock_and_no_longer_on_its_way() -> None:
    advice = advised_after(Advice(), TODAY, {MUG.id: (50, 10.0)})
    arrived = TODAY + timedelta(days=10)
    advice = advised_after(advice, arrived - timedelta(days=1), {MUG.id: (0, 2.0)})
    advice = advised_after(advice, arrived, {MUG.id: (0, 52.0)})
    later = bought(
        holding=Holding(Decimal(50)),
        terms=Terms(14.0),
        advice=advice,
        today=arrived + timedelta(days=1),
    )
    assert later.advised is None


def test_the_merchants_word_on_what_is_on_its_way_goes_before_earlier_advice() -> None:
    advice = advised_after(Advice(), TODAY - timedelta(days=1), {MUG.id: (50, 10.0)})
    told = bought(holding=Holding(Decimal(10), Decimal(0)), terms=Terms(14.0), advice=advice)
    assert told.advised is None
    assert told.suggested_units


def test_quantities_keep_to_the_suppliers_minimum_and_full_cases() -> None:
    terms = Terms(7.0, minimum_order=Decimal(100), case_pack=Decimal(12), unit_cost=Decimal("2.5"))
    found = bought(holding=Holding(Decimal(0)), terms=terms)
    assert (found.suggested_units, found.cost) == (108, Decimal("270.0"))
    plenty = bought(holding=Holding(Decimal(5000)), terms=terms)
    assert (plenty.suggested_units, plenty.cost) == (0, None)


def test_what_is_missing_is_named_and_nothing_is_assumed() -> None:
    nothing = bought()
    assert nothing.missing == ("stock on hand", "lead time")
    assert nothing.cover_days is nothing.order_up_to is nothing.suggested_units is None
    assert nothing.units_at_risk == pytest.approx(3.0)
    assert nothing.horizon_days == 28
    stock_only = bought(holding=Holding(Decimal(8)))
    assert stock_only.missing == ("lead time",)
    assert stock_only.suggested_units is None
    assert stock_only.stockout_on is not None


@given(st.integers(-(10**9), 10**9), st.floats(0.001, 500))
def test_absurd_stock_has_an_answer(on_hand: int, demand: float) -> None:
    product = replace(MUG, demand_per_day=demand, demand_low=0.8 * demand, demand_high=1.2 * demand)
    found = bought(product, Holding(Decimal(on_hand)), Terms(14.0))
    assert found.suggested_units is not None
    assert found.order_up_to is not None
    assert found.suggested_units == max(0, found.order_up_to - max(0, on_hand))
    assert found.units_at_risk >= 0
    assert found.cover_days is not None
    assert 0 <= found.cover_days <= 365


def test_a_product_that_is_out_loses_its_demand_until_an_order_arrives() -> None:
    out = replace(MUG, in_stock_probability=0.0, stockout_status="ONGOING", units_at_risk=56.0)
    found = bought(out, Holding(Decimal(0)), Terms(10.0))
    assert found.units_at_risk == pytest.approx(20.0)
    assert found.horizon_days == 10


def test_products_run_out_next_before_they_are_out() -> None:
    out = replace(MUG, product_key="OUT", sku="OUT", stockout_status="ONGOING")
    products = [MUG, replace(MUG, product_key="SOON", sku="SOON"), out]
    stock = StockFiles(
        holdings={
            "MUG": Holding(Decimal(900)),
            "SOON": Holding(Decimal(20)),
            "OUT": Holding(Decimal(4)),
        }
    )
    lines = order_lines_of(products, purchases_of(products, stock, TODAY), date(2026, 11, 19))
    (soon,) = running_out(lines, TODAY, within=28)
    assert soon.product.product_key == "SOON"
    known = soon.purchase
    assert known.stockout_from is not None
    assert known.stockout_on is not None
    assert known.stockout_until is not None
    assert known.stockout_from < known.stockout_on < known.stockout_until


def test_supplier_orders_add_up_and_a_missing_cost_is_no_cost_of_nothing() -> None:
    products = [
        MUG,
        replace(MUG, product_key="CUP", sku="CUP"),
        replace(MUG, product_key="JUG", sku="JUG"),
    ]
    terms = {
        "MUG": Terms(7.0, unit_cost=Decimal(2), supplier="Acme", case_pack=Decimal(10)),
        "CUP": Terms(7.0, unit_cost=Decimal(3), supplier="Acme", case_pack=Decimal(10)),
    }
    stock = StockFiles(
        holdings={"MUG": Holding(Decimal(0)), "CUP": Holding(Decimal(0))}, terms=terms
    )
    lines = order_lines_of(products, purchases_of(products, stock, TODAY), date(2026, 11, 19))
    names = purchase_order_names(["Acme"])
    (acme,) = supplier_orders(to_order(lines, TODAY), names)
    assert acme.supplier == "Acme"
    assert acme.units == sum(line.purchase.suggested_units or 0 for line in acme.lines)
    assert acme.cost == acme.units // 2 * Decimal(5)
    stock.terms["CUP"] = replace(terms["CUP"], unit_cost=None)
    lines = order_lines_of(products, purchases_of(products, stock, TODAY), date(2026, 11, 19))
    (unknown,) = supplier_orders(to_order(lines, TODAY), names)
    assert unknown.cost is None

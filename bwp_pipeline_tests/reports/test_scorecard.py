"""What was told four weeks ago beside what has happened since, on days made by hand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pytest
from jinja2 import Environment
from scipy import stats

from bwp_pipeline.demand.grading import dates_graded, dates_held, demand_held
from bwp_pipeline.demand.ordering import RunsOut, Spread
from bwp_pipeline.demand.outlook import EstimatedDemand
from bwp_pipeline.reports.reading.scored_products import ScoredProduct
from bwp_pipeline.reports.sections.scorecard import known_from, scorecard_of
from bwp_pipeline.reports.sections.scorecard_words import (
    scorecard_dates,
    scorecard_demand,
    scorecard_out,
    scorecard_risk,
    since,
)
from bwp_pipeline.reports.stock.advice import Advised, Entry

MACROS = Path(__file__).parents[2] / "dbt_project/macros/windows"
AS_OF, LAST = date(2026, 10, 22), date(2026, 11, 19)


def told(key: str = "A") -> ScoredProduct:
    """A product that was in stock, sells 2 units a day for 20, and did."""
    return ScoredProduct(
        business_product_id="bp-1",
        product_key=key,
        currency_code="USD",
        sku=key,
        product_title=None,
        as_of=AS_OF,
        last_day=LAST,
        stockout_status="NONE",
        stockout_status_now="NONE",
        is_listed=False,
        demand_per_day=2.0,
        demand_low=1.8,
        dispersion=100.0,
        units_per_order=1.0,
        buyable_units=None,
        revenue_at_risk=Decimal(10),
        days_on_sale=28,
        days_out=0,
        wanted_units=56.0,
        shipped_units=Decimal(55),
        lost_sales=Decimal(0),
        recovered_on=None,
        ran_out_on=None,
        sold_out_on=None,
        restocked_on=None,
    )


OUT = replace(told("OUT"), stockout_status="SILENT", stockout_status_now="SILENT", is_listed=True)
STILL_OUT = replace(
    OUT, revenue_at_risk=Decimal(1000), lost_sales=Decimal(900), days_on_sale=0, days_out=28
)
BACK = replace(
    OUT,
    product_key="BACK",
    stockout_status_now="RECOVERED",
    recovered_on=AS_OF + timedelta(days=6),
    revenue_at_risk=Decimal(500),
    lost_sales=Decimal(80),
    days_on_sale=23,
    days_out=5,
    wanted_units=30.0,
)


@pytest.fixture
def days() -> duckdb.DuckDBPyConnection:
    """Product days of 23 October to 19 November, and the day four weeks before the last."""
    connection = duckdb.connect()
    connection.execute(
        """
        create table product_days (
            business_product_id varchar, product_key varchar, day date, stockout_status varchar,
            is_listed boolean, in_stock_probability double, demand_per_day double,
            demand_low double, demand_high double, dispersion double, units_per_order double,
            buyable_units double, units_at_risk double, demand_units double,
            shipped_units decimal(18, 3), unfulfilled_units_direct decimal(18, 3),
            unfulfilled_units_shared decimal(18, 3),
            unfulfilled_units_merchant_declared decimal(18, 3)
        );
        create table short_items (
            business_product_id varchar, product_key varchar, decided_on date,
            units decimal(18, 3), probability_short double
        );
        create table products as
        select 'bp-1' as business_product_id, unnest(['A', 'B']) as product_key, 'S' as sku,
            'Mug' as product_title, 'USD' as currency_code, 20.0::decimal(18, 4) as unit_price;
        -- A is out for the first 10 days, wanting 2 a day; then 3 a day are wanted and shipped.
        insert into product_days
        select 'bp-1', 'A', day::date, case when n <= 10 then 'SILENT' else 'RECOVERED' end,
            n <= 10, 0.1, 2, 1.5, 2.5, 8, 1, null, 56, case when n <= 10 then 2 else 3 end,
            case when n <= 10 then 0 else 3 end, 0, 0, 0
        from (
            select day, row_number() over (order by day) - 1 as n
            from generate_series(date '2026-10-22', date '2026-11-19', interval 1 day) as s(day)
        );
        -- B sells 1 a day of 12, is told to have 30 on the fifth day and none on the twentieth.
        insert into product_days
        select 'bp-1', 'B', day, case when day >= date '2026-11-15' then 'ONGOING' else 'NONE' end,
            false, 0.9, 1, 0.8, 1.2, 8, 1,
            case day when date '2026-10-22' then 12 when date '2026-10-27' then 30
                when date '2026-11-11' then 0 end,
            3, 1, case when day >= date '2026-11-15' then 0 else 1 end,
            case when day = date '2026-11-15' then 1 else 0 end, 0, 0
        from product_days where product_key = 'A';
        -- Of an order with another product 0.25 units are its own; one before the period isn't.
        insert into short_items values
            ('bp-1', 'B', '2026-11-15', 1, 1), ('bp-1', 'B', '2026-11-16', 1, 0.25),
            ('bp-1', 'B', '2026-10-22', 5, 1);
        """
    )
    return connection


def scored(days: duckdb.DuckDBPyConnection, last_day: date) -> dict[str, dict[str, Any]]:
    dbt = SimpleNamespace(dateadd=lambda _, n, day: f"({day} + to_days({n}))")
    files = ("missed_units.sql", "scorecard.sql")
    text = "".join((MACROS / name).read_text(encoding="utf-8") for name in files)
    environment = Environment(autoescape=False)  # noqa: S701 -- SQL
    module: Any = environment.from_string(text).make_module({"dbt": dbt})
    bounds = f"select date '{last_day}' - 27 as first_day, date '{last_day}' as last_day"
    found = days.execute(module.scorecard("product_days", "short_items", "products", bounds))
    names = [column[0] for column in found.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["product_key"]: row for row in rows}


def test_the_table_holds_what_was_told_and_what_has_happened_since(
    days: duckdb.DuckDBPyConnection,
) -> None:
    a, b = scored(days, LAST).values()
    if a["product_key"] == "B":
        a, b = b, a
    assert (a["as_of"], a["last_day"]) == (AS_OF, LAST)
    assert (a["stockout_status"], a["stockout_status_now"]) == ("SILENT", "RECOVERED")
    # Ten days out at 2 a day, and 18 on sale at 3 a day.
    assert (a["days_out"], a["days_on_sale"]) == (10, 18)
    assert (a["missed_units"], a["wanted_units"], a["shipped_units"]) == (20, 54, 54)
    assert (a["revenue_at_risk"], a["lost_sales"]) == (56 * 20, 20 * 20)
    assert a["recovered_on"] == date(2026, 11, 2)
    assert a["ran_out_on"] is None
    assert (a["sold_out_on"], a["restocked_on"]) == (None, None)
    # Five days out: one unit failed alone, four are missed; a quarter of a shared one is its own.
    assert (b["days_out"], b["missed_units"], b["unfulfilled_units"]) == (5, 4, 1.25)
    assert b["lost_sales"] == Decimal("105.0000")
    assert (b["recovered_on"], b["ran_out_on"]) == (None, date(2026, 11, 15))
    assert (b["buyable_units"], b["restocked_on"]) == (12, date(2026, 10, 27))
    assert b["sold_out_on"] == date(2026, 11, 11)


def test_there_is_no_row_until_the_days_are_29(days: duckdb.DuckDBPyConnection) -> None:
    assert set(scored(days, LAST)) == {"A", "B"}
    assert scored(days, LAST - timedelta(days=1)) == {}


def test_demand_holds_as_often_as_its_interval_says() -> None:
    draw = np.random.default_rng(7)
    products, k, shape = 4000, 8.0, 12.0
    mean = draw.gamma(shape, 0.5 / shape, products)
    wanted = stats.nbinom.rvs(28 * k, k / (k + mean), random_state=draw).astype(float)
    demand = EstimatedDemand(np.full(products, 0.5), np.full(products, shape))
    held = demand_held(demand, Spread(k, 1.0), np.full(products, 28.0), wanted)
    assert 0.80 <= held.mean() <= 0.88
    assert not demand_held(demand, Spread(k, 1.0), np.full(products, 28.0), 3 * wanted + 60).any()


def test_a_date_is_graded_when_its_last_day_has_passed_and_nothing_arrived() -> None:
    forecast = RunsOut(days=np.full(5, 12.5), earliest=np.full(5, 9.2), latest=np.full(5, 17.9))
    gone = np.array([9.0, 8.0, np.nan, 12.0, np.nan])
    restocked = np.array([np.nan, np.nan, np.nan, 4.0, 10.0])
    assert dates_graded(forecast, gone, restocked, 28).tolist() == [True, True, True, False, False]
    assert dates_graded(forecast, gone, restocked, 17).tolist() == [False] * 5
    assert dates_held(forecast, gone).tolist()[:3] == [True, False, False]


def test_the_page_tells_each_grade_with_its_counts() -> None:
    gone = replace(
        told("GONE"),
        buyable_units=20.0,
        sold_out_on=AS_OF + timedelta(days=11),
        ran_out_on=AS_OF + timedelta(days=12),
        stockout_status_now="ONGOING",
        days_on_sale=11,
        wanted_units=22.0,
        lost_sales=Decimal(40),
    )
    fine = [told(f"FINE-{n}") for n in range(3)]
    card = scorecard_of([STILL_OUT, BACK, gone, *fine], {})
    assert card is not None
    assert scorecard_out(card) == (
        "Out of stock then: 2 products, 1 of them until today. 1 sold again, after 6 days in the"
        " median. Ran out since: 1 product."
    )
    # 30 + 22 + 3 x 56 of 2 a day in 23 + 11 + 3 x 28 days; 30 of 46 is no chance.
    assert scorecard_demand(card) == (
        "Demand: 220 units wanted while on sale, 236 expected. 4 of 5 products stayed within"
        " bounds that chance alone keeps four times of five."
    )
    assert scorecard_dates(card) == (
        "Dates: of 1 product that had to run out by now, 1 did so within the days told."
    )
    assert scorecard_risk(card, "USD").replace("\xa0", " ") == (
        "At risk: what was in stock lost USD 40, USD 40 told. What stayed out lost USD 900,"
        " USD 1,000 told. What sold again lost USD 80 of the USD 500 that staying out would have"
        " cost."
    )
    assert [one.row.product_key for one in card.products] == ["OUT", "BACK", "GONE"]
    assert [since(one.row) for one in card.products] == [
        "still out",
        "sold again on Oct 28, after 6 days",
        "ran out on Nov 3",
    ]


def test_what_was_advised_then_is_what_the_reports_of_that_week_said() -> None:
    today = AS_OF + timedelta(days=1)
    entries = tuple(
        Entry(today - timedelta(days=ago), units) for ago, units in ((8, 7.0), (6, 40.0), (-1, 9.0))
    )
    advice = {("bp-1", "OUT"): Advised("bp-1", "OUT", advised=entries)}
    card = scorecard_of([STILL_OUT, BACK], advice)
    assert card is not None
    assert [one.advised_units for one in card.products] == [40.0, 0.0]
    later = {("bp-1", "OUT"): Advised("bp-1", "OUT", advised=entries[2:])}
    unknown = scorecard_of([STILL_OUT, BACK], later)
    assert unknown is not None
    assert [one.advised_units for one in unknown.products] == [None, None]


def test_little_known_is_told_as_little() -> None:
    assert scorecard_of([], {}) is None
    assert known_from([]) is None
    card = scorecard_of([STILL_OUT], {})
    assert card is not None
    assert scorecard_demand(card) == "Demand can't be graded: nothing was on sale."
    assert scorecard_dates(card).startswith("Dates can't be graded")
    one = scorecard_of([told()], {})
    assert one is not None
    assert scorecard_demand(one) == "Demand: 56 units wanted while on sale, 56 expected."
    assert scorecard_out(one) == "No product was told to be out. Ran out since: 0 products."

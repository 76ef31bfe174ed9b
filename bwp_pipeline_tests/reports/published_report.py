"""The report on a small published database, with the product's own statistics filled in."""

from pathlib import Path

import duckdb

from bwp_pipeline.demand.small_samples import fit_prior
from bwp_pipeline.reports.writing import ReportFiles, write_reports
from bwp_pipeline_tests.reports.published import BUILT_AT, Item, publish
from bwp_pipeline_tests.reports.published_products import FILL_ACTIVE_PRODUCTS


def estimate(path: Path) -> None:
    """Fill in the statistical columns, with the product's own mathematics on the report's rows."""
    with duckdb.connect(str(path)) as connection:
        orders = connection.execute(_ORDERS).fetchall()
        for store, currency in {row[:2] for row in orders}:
            shop = [row for row in orders if row[:2] == (store, currency)]
            prior = fit_prior([(x, n) for *_, x, n, _, _ in shop])
            for _, _, product, x, n, units, price in shop:
                low, high = prior.interval(x, n)
                connection.execute(
                    """
                    update reports.unfulfilled_products
                    set unfulfillable_rate_eb = $rate, rate_low = $low, rate_high = $high,
                        demand_per_day = $demand, revenue_at_risk = $demand * 28 * $rate * $price,
                        stockout_status = case
                            when last_shipped_at > last_unfulfilled_at then 'RECOVERED'
                            else 'ONGOING'
                        end
                    where business_product_id = $store and currency_code = $currency
                        and product_key = $product
                    """,
                    {
                        "rate": prior.rate(x, n),
                        "low": low,
                        "high": high,
                        "demand": units / 28,
                        "price": price,
                        "store": store,
                        "currency": currency,
                        "product": product,
                    },
                )
        connection.execute(FILL_ACTIVE_PRODUCTS)
        connection.execute(
            """
            update reports.unfulfilled_products as p set rank = r.new_rank
            from (
                select *, row_number() over (
                    partition by business_product_id, currency_code
                    order by revenue_at_risk desc, product_key
                ) as new_rank
                from reports.unfulfilled_products
            ) as r
            where r.business_product_id = p.business_product_id
                and r.currency_code = p.currency_code and r.product_key = p.product_key
            """
        )


def report(tmp_path: Path, *items: Item, data_dir: Path | None = None) -> ReportFiles:
    """Write the report on these items."""
    database = publish(tmp_path / "bwp.duckdb", items)
    estimate(database)
    return write_reports(
        database,
        tmp_path / "reports",
        built_at=BUILT_AT,
        version="1.2.3",
        run_id="run-7",
        data_dir=data_dir,
    )


_ORDERS = """
select
    business_product_id, currency_code, product_key,
    count(distinct order_id) filter (
        root_cause = 'STOCK' and cancelled_on between w.first_day and w.last_day
    ) as x,
    count(distinct order_id) as n, coalesce(sum(units), 0)::double, avg(unit_price)::double
from marts.fct_delivery_items cross join meta.report_window as w
where resolved_on between w.first_day and w.last_day
    or cancelled_on between w.first_day and w.last_day
group by all
order by all
"""

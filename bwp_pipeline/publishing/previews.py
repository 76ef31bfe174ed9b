"""The first rows of both reports, for a terminal and for Dagster's metadata.

Belongs here: a glance at the published database. Does not belong here: the reports that managers
open (`reports/`).
"""

from pathlib import Path

import pandas as pd

from bwp_pipeline.publishing.opening import open_published

_REASONS = """
    select
        root_cause,
        delivery_reason as amazon_said,
        request_reason as requester_said,
        sum(cancelled_units) as units,
        sum(lost_sales) as lost_sales,
        currency_code as currency
    from reports.cancellation_reasons
    group by all
    order by units desc, lost_sales desc
    limit ?
"""
_PRODUCTS = """
    select
        rank,
        coalesce(sku, product_key) as product,
        product_title as title,
        unfulfilled_units as unfulfilled,
        resolved_units as resolved,
        round(100 * unfulfillable_rate, 1) as percent,
        affected_orders as orders,
        lost_sales,
        currency_code as currency
    from reports.unfulfilled_products
    -- The store and currency with most at stake first.
    order by sum(lost_sales) over (partition by business_product_id, currency_code) desc, rank
    limit ?
"""


def cancellation_reasons(database: Path, rows: int) -> pd.DataFrame:
    """The causes of most cancelled units over all days, `rows` of them; money by currency."""
    return _frame(database, _REASONS, rows)


def unfulfilled_products(database: Path, rows: int) -> pd.DataFrame:
    """The first `rows` products to restock."""
    return _frame(database, _PRODUCTS, rows)


def _frame(database: Path, query: str, rows: int) -> pd.DataFrame:
    with open_published(database) as connection:
        return connection.execute(query, [rows]).df().astype(object).fillna("")

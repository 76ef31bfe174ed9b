"""What to buy: the restock list as a table, with stock, terms and quantities.

Here belong its columns. What they hold is worked out in `restock` and `stock`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bwp_pipeline.reports.data import Column, Table
from bwp_pipeline.reports.pages import Page

_DESCRIPTION = (
    "One row per product on the restock list, in its order: what to do, what is in stock, what to"
    " order and by when. Empty where something is missing, which the last column names."
)
_COLUMNS = (
    Column("business_product_id", "VARCHAR", "The store."),
    Column("currency_code", "VARCHAR", "The page that lists it; unit costs are yours, as given."),
    Column("sku", "VARCHAR", "The merchant's sku, where the API gave it."),
    Column("product_key", "VARCHAR", "What the product is grouped by."),
    Column("product_title", "VARCHAR", "The product's title. Untrusted text."),
    Column("what_to_do", "VARCHAR", "The action, as on the page."),
    Column("demand_per_day", "DOUBLE", "Units that would have sold per day."),
    Column("on_hand", "DECIMAL(18,3)", "Units in stock, according to your file or Amazon."),
    Column("is_amazons_stock", "BOOLEAN", "Whether on_hand is what Amazon says it can sell."),
    Column("cover_days", "DOUBLE", "(On hand + inbound) / demand a day, at most 365."),
    Column("stockout_on", "DATE", "The day on which the stock runs out at that demand."),
    Column(
        "reorder_point", "DOUBLE", "Units at which to order: demand x lead time + safety stock."
    ),
    Column("suggested_units", "BIGINT", "Units to order, in full cases."),
    Column("order_by", "DATE", "The last day to order: the stock-out less the lead time."),
    Column("order_cost", "DECIMAL(18,4)", "Suggested units times your unit cost."),
    Column("supplier", "VARCHAR", "As given in overrides.csv."),
    Column("missing", "VARCHAR", "What is needed to fill the empty columns."),
)


def order_list_of(pages: Iterable[Page]) -> Table:
    """Return the products of all pages' restock lists."""
    return Table("order_list", _DESCRIPTION, _COLUMNS, tuple(_rows(pages)))


def _rows(pages: Iterable[Page]) -> Iterator[tuple[Any, ...]]:
    for page in pages:
        for product in page.restock:
            row, known = product.row, product.purchase
            about = (
                page.business_product_id,
                page.currency_code,
                row.sku,
                row.product_key,
                row.product_title,
                product.action,
                row.demand_per_day,
            )
            if known is None:
                yield (*about, *[None] * 9, "stock on hand, lead time")
                continue
            yield (
                *about,
                known.on_hand,
                None if known.on_hand is None else known.is_amazons_stock,
                known.cover_days,
                known.stockout_on,
                known.reorder_point,
                known.suggested_units,
                known.last_order_on,
                known.cost,
                known.supplier,
                ", ".join(known.missing) or None,
            )

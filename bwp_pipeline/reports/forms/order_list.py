"""What to buy: every active product as a table, with stock, terms and quantities.

Here belong its columns. What they hold is worked out in `purchases` and `order_lines`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bwp_pipeline.reports.page import Page
from bwp_pipeline.reports.reading.data import Column, Table
from bwp_pipeline.reports.sections.order_lines import OrderLine

_DESCRIPTION = (
    "One row per active product, whatever the currencies it sells in, the most money at risk first:"
    " what is in stock, what to order and by when. Empty where something is missing, which a column"
    " names."
)
_COLUMNS = (
    Column("business_product_id", "VARCHAR", "The store."),
    Column(
        "currency_code", "VARCHAR", "The page that tells its order: that of most of its orders."
    ),
    Column("sku", "VARCHAR", "The merchant's sku, where the API gave it."),
    Column("product_key", "VARCHAR", "What the product is grouped by."),
    Column("product_title", "VARCHAR", "The product's title. Untrusted text."),
    Column("stockout_status", "VARCHAR", "As in unfulfilled_products."),
    Column("demand_per_day", "DOUBLE", "Units that a day on sale sells, in all currencies."),
    Column("demand_low", "DOUBLE", "Lower bound of the demand; both hold it four times of five."),
    Column("demand_high", "DOUBLE", "Upper bound of the demand."),
    Column("on_hand", "DECIMAL(18,3)", "Units in stock, by your file or by Amazon."),
    Column("is_amazons_stock", "BOOLEAN", "Whether on_hand is what Amazon says it can sell."),
    Column("inbound", "DECIMAL(18,3)", "Units on their way, as you say; empty where nobody does."),
    Column("advised_units", "DOUBLE", "Advised before and taken to be on their way."),
    Column("advised_on", "DATE", "The day of that advice, the latest one."),
    Column("expected_returns", "DOUBLE", "Units of returns expected to be sellable again."),
    Column("cover_days", "DOUBLE", "Days that all of these last, at most 365."),
    Column("stockout_on", "DATE", "The day on which the stock runs out; empty beyond a year."),
    Column("stockout_from", "DATE", "Lower bound of that day; both hold it four times of five."),
    Column("stockout_until", "DATE", "Upper bound of that day."),
    Column("order_up_to", "DOUBLE", "Units that cover lead time and review at the service level."),
    Column("suggested_units", "BIGINT", "Units to order, in full cases."),
    Column("order_by", "DATE", "The last day to order: when all is gone, less the lead time."),
    Column("order_cost", "DECIMAL(18,4)", "Suggested units times your unit cost."),
    Column("supplier", "VARCHAR", "As given in overrides.csv."),
    Column("at_risk", "DECIMAL(18,4)", "Sales expected to be lost if nothing is ordered."),
    Column("horizon_days", "DOUBLE", "The days of at_risk: the lead time, 28 where it is unknown."),
    Column(
        "margin_at_risk",
        "DECIMAL(18,4)",
        "at_risk less what the units would have cost; in the store's main currency only.",
    ),
    Column(
        "at_risk_per_cost",
        "DOUBLE",
        "at_risk for each unit of money that the order costs; likewise.",
    ),
    Column("missing", "VARCHAR", "What would have to be known to fill the empty columns."),
    Column("defaults", "VARCHAR", "What the quantity rests on that you did not give."),
)


def order_list_of(pages: Iterable[Page]) -> Table:
    """Return the active products of all pages."""
    rows = tuple(_row(page, line) for page in pages for line in page.order_lines)
    return Table("order_list", _DESCRIPTION, _COLUMNS, rows)


def purchase_orders_of(pages: Iterable[Page]) -> Iterator[Table]:
    """Yield what to order from each supplier, of all stores, a table each."""
    columns = (
        Column("store", "VARCHAR", "The store's name."),
        Column("supplier", "VARCHAR", "As given in overrides.csv."),
        Column("sku", "VARCHAR", "The merchant's sku, where the API gave it."),
        Column("product_key", "VARCHAR", "What the product is grouped by."),
        Column("product_title", "VARCHAR", "The product's title. Untrusted text."),
        Column("units", "BIGINT", "Units to order, in full cases."),
        Column("unit_cost", "DECIMAL(18,4)", "As given in overrides.csv."),
        Column("cost", "DECIMAL(18,4)", "Units times unit cost."),
        Column("order_by", "DATE", "The last day to order."),
    )
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for page in pages:
        for order in page.supplier_orders:
            rows.setdefault(order.name, []).extend(
                (
                    page.store_name,
                    order.supplier,
                    line.product.sku,
                    line.product.product_key,
                    line.product.product_title,
                    line.purchase.suggested_units,
                    line.purchase.unit_cost,
                    line.purchase.cost,
                    line.purchase.last_order_on,
                )
                for line in order.lines
            )
    for name, lines in sorted(rows.items()):
        yield Table(name, "A purchase order.", columns, tuple(lines))


def _row(page: Page, line: OrderLine) -> tuple[Any, ...]:
    product, known = line.product, line.purchase
    return (
        page.business_product_id,
        page.currency_code,
        product.sku,
        product.product_key,
        product.product_title,
        product.stockout_status,
        product.demand_per_day,
        product.demand_low,
        product.demand_high,
        known.on_hand,
        None if known.on_hand is None else known.is_amazons_stock,
        known.inbound,
        known.advised.units if known.advised else None,
        known.advised.day if known.advised else None,
        product.expected_sellable_units,
        known.cover_days,
        known.stockout_on,
        known.stockout_from,
        known.stockout_until,
        known.order_up_to,
        known.suggested_units,
        known.last_order_on,
        known.cost,
        known.supplier,
        line.at_risk,
        known.horizon_days,
        line.margin_at_risk if page.is_main_currency else None,
        line.at_risk_per_cost if page.is_main_currency else None,
        ", ".join(known.missing) or None,
        ", ".join(known.assumed) or None,
    )

"""The workbook's tables of products and orders, with heads for people and ids at the end.

Here belong their columns. What they hold is worked out in `restock` and in the database.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.language import say
from bwp_pipeline.reports.page import Page
from bwp_pipeline.reports.reading.data import Column, Published, Table
from bwp_pipeline.reports.sections.scorecard_words import since

MOST_ORDERS = 2000

_TEXT, _UNITS, _COUNT = "VARCHAR", "DECIMAL(18,3)", "BIGINT"
_MONEY, _DAY, _RATE, _NUMBER = "DECIMAL(18,4)", "DATE", "PERCENT", "DOUBLE"


def restock_sheet(pages: Iterable[Page]) -> Table:
    """Return the restock lists of all pages in their order."""
    heads = {
        "Product": _TEXT,
        "SKU": _TEXT,
        "Do": _TEXT,
        "Status": _TEXT,
        "Stock, units": _UNITS,
        "Cover, days": _NUMBER,
        "Order, units": _COUNT,
        "Order by": _DAY,
        "Order cost": _MONEY,
        "Supplier": _TEXT,
        "Unfulfilled, units": _UNITS,
        "Alone, units": _UNITS,
        "Inferred, units": _UNITS,
        "Likely its own, units": _NUMBER,
        "Unfulfilled, orders": _COUNT,
        "Orders": _COUNT,
        "Rate": _RATE,
        "Lost sales": _MONEY,
        "At risk": _MONEY,
        "A day costs": _MONEY,
        "Currency": _TEXT,
        "Store": _TEXT,
        "Product key": _TEXT,
    }
    rows = []
    for page in pages:
        for product in page.restock:
            row, known = product.row, product.purchase
            order = None if product.ordered_elsewhere else known
            rows.append(
                (
                    row.product_title or row.sku or row.product_key,
                    row.sku,
                    product.action,
                    wording.status(row.stockout_status),
                    known.on_hand if known else None,
                    known.cover_days if known else None,
                    order.suggested_units if order else None,
                    order.last_order_on if order else None,
                    order.cost if order else None,
                    order.supplier if order else None,
                    row.unfulfilled_units,
                    row.unfulfilled_units_direct,
                    product.inferred.inferred_units if product.inferred else None,
                    product.inferred.likely_units if product.inferred else None,
                    row.affected_orders,
                    row.resolved_orders,
                    product.rate,
                    row.lost_sales,
                    product.at_risk,
                    product.day_at_risk,
                    page.currency_code,
                    page.store_name,
                    row.product_key,
                )
            )
    return _table("Restock", heads, rows)


def supplier_sheet(pages: Iterable[Page]) -> Table:
    """Return what to order, by supplier; each product once, whatever the currencies it sells in."""
    heads = {
        "Supplier": _TEXT,
        "Product": _TEXT,
        "SKU": _TEXT,
        "Order, units": _COUNT,
        "Order by": _DAY,
        "Order cost": _MONEY,
        "At risk": _MONEY,
        "Margin at risk": _MONEY,
        "At risk per cost": _NUMBER,
        "Currency": _TEXT,
        "Store": _TEXT,
        "Product key": _TEXT,
    }
    rows = [
        (
            line.purchase.supplier,
            line.product.product_title or line.product.sku or line.product.product_key,
            line.product.sku,
            line.purchase.suggested_units,
            line.purchase.last_order_on,
            line.purchase.cost,
            line.at_risk,
            line.margin_at_risk if page.is_main_currency else None,
            line.at_risk_per_cost if page.is_main_currency else None,
            page.currency_code,
            page.store_name,
            line.product.product_key,
        )
        for page in pages
        for line in page.to_order
    ]
    return _table("Supplier orders", heads, sorted(rows, key=lambda row: row[0] or "\uffff"))


def scorecard_sheet(pages: Iterable[Page]) -> Table:
    """Return what was told of products four weeks ago, and what has become of them."""
    heads = {
        "Product": _TEXT,
        "SKU": _TEXT,
        "Told then": _TEXT,
        "Since": _TEXT,
        "Advised, units": _UNITS,
        "Shipped, units": _UNITS,
        "At risk": _MONEY,
        "Lost": _MONEY,
        "Currency": _TEXT,
        "Store": _TEXT,
        "Product key": _TEXT,
    }
    rows = [
        (
            one.row.product_title or one.row.sku or one.row.product_key,
            one.row.sku,
            wording.status(one.row.stockout_status),
            since(one.row),
            one.advised_units,
            one.row.shipped_units,
            one.row.revenue_at_risk,
            one.row.lost_sales,
            page.currency_code,
            page.store_name,
            one.row.product_key,
        )
        for page in pages
        if page.scorecard is not None
        for one in page.scorecard.products
    ]
    return _table("How the advice held", heads, rows)


def task_sheet(pages: Iterable[Page]) -> Table:
    """Return all tasks of today."""
    heads = {
        "Do": _TEXT,
        "Why": _TEXT,
        "At stake": _MONEY,
        "Currency": _TEXT,
        "Store": _TEXT,
    }
    rows = [
        (task.what, task.why, task.at_stake, page.currency_code, page.store_name)
        for page in pages
        for task in page.tasks
    ]
    return _table("Do today", heads, rows)


def cancellation_sheet(published: Published) -> Table:
    """Return the window's cancelled units by product and reasons, the most units first."""
    heads = {
        "Cause": _TEXT,
        "Product": _TEXT,
        "SKU": _TEXT,
        "Cancelled, units": _UNITS,
        "Lost sales": _MONEY,
        "Currency": _TEXT,
        "Amazon's reason": _TEXT,
        "Request's reason": _TEXT,
        "Store": _TEXT,
        "Product key": _TEXT,
    }
    table = published.tables["cancellation_reasons"]
    place = {column.name: index for index, column in enumerate(table.columns)}
    sums: dict[tuple[Any, ...], list[Decimal | None]] = defaultdict(lambda: [None, None])
    for row in table.rows:
        cause = row[place["root_cause"]]
        named = [row[place[name]] for name in ("product_title", "sku", "product_key")]
        key = (
            wording.cause(cause),
            next((name for name in named if name), None),
            *(row[place[name]] for name in ("sku", "currency_code")),
            *(row[place[name]] for name in ("delivery_reason", "request_reason")),
            *(row[place[name]] for name in ("business_product_id", "product_key")),
        )
        total = sums[key]
        for index, name in enumerate(("cancelled_units", "lost_sales")):
            value = row[place[name]]
            if value is not None:
                total[index] = (total[index] or Decimal(0)) + value
    rows = [
        (*key[:3], units, money, *key[3:6], published.store_name(key[6]), key[7])
        for key, (units, money) in sums.items()
    ]
    return _table("Cancellations", heads, sorted(rows, key=lambda row: -(row[3] or Decimal(0))))


def order_sheet(pages: Iterable[Page]) -> Table:
    """Return the newest cancelled orders, by id only."""
    heads = {
        "Cancelled on": _DAY,
        "Cause": _TEXT,
        "Product": _TEXT,
        "SKU": _TEXT,
        "Units": _UNITS,
        "Store": _TEXT,
        "Order": _TEXT,
        "Product key": _TEXT,
    }
    rows = [
        (
            order.cancelled_on,
            wording.cause(order.root_cause),
            order.product_title or order.sku or order.product_key,
            order.sku,
            order.cancelled_units,
            page.store_name,
            order.order_id,
            order.product_key,
        )
        for page in pages
        for order in page.orders
    ]
    rows.sort(key=lambda row: row[0], reverse=True)
    return _table("Orders", heads, rows[:MOST_ORDERS])


def performance_sheet(published: Published) -> Table:
    """Return how each product did in the window."""
    heads = {
        "Product": _TEXT,
        "SKU": _TEXT,
        "Orders": _COUNT,
        "Unfulfilled, orders": _COUNT,
        "Cancelled by shoppers, orders": _COUNT,
        "Shipped, orders": _COUNT,
        "Lost or undeliverable, orders": _COUNT,
        "Currency": _TEXT,
        "Store": _TEXT,
        "Product key": _TEXT,
    }
    rows = [
        (
            row.product_title or row.sku or row.product_key,
            row.sku,
            row.orders,
            row.unfulfilled_orders,
            row.shopper_orders,
            row.shipped_orders,
            row.failed_orders,
            row.currency_code,
            published.store_name(row.business_product_id),
            row.product_key,
        )
        for row in published.facts.products
        if row.orders
    ]
    return _table("Products", heads, sorted(rows, key=lambda row: -row[2]))


def _table(name: str, heads: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> Table:
    columns = tuple(Column(say(label), kind, "") for label, kind in heads.items())
    return Table(say(name), "", columns, tuple(rows))

"""The restock list: each product of reports.unfulfilled_products with what to do about it.

Here belongs putting a product's row, weeks, stock and action together. The order is the
database's: the most revenue at risk first.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bwp_pipeline.reports import charts
from bwp_pipeline.reports.actions import needs_restocking, product_action
from bwp_pipeline.reports.data import Window
from bwp_pipeline.reports.rows import Facts, UnfulfilledProduct
from bwp_pipeline.reports.signals import OUT_OF_STOCK
from bwp_pipeline.reports.stock import Purchase, purchase
from bwp_pipeline.reports.stock_files import StockFiles
from bwp_pipeline.reports.wording import number

WEEKS = 12


@dataclass(frozen=True)
class Restock:
    """A product on the restock list: its row, what to do, its weeks, what is known of its stock.

    `orders` are those with the product that were decided in the window; `weeks` are unfulfilled
    units, the oldest first.
    """

    row: UnfulfilledProduct
    orders: int
    action: str
    is_due: bool
    weeks: tuple[float, ...]
    bars: str
    purchase: Purchase | None
    not_buyable_since: datetime | None = None

    @property
    def rate(self) -> float | None:
        """The empirical-Bayes rate; where none was computed, the share of orders as counted."""
        if self.row.unfulfillable_rate_eb is not None:
            return float(self.row.unfulfillable_rate_eb)
        return self.row.affected_orders / self.orders if self.orders else None

    @property
    def evidence(self) -> str:
        """How sure it is that this product was the short one."""
        counts = {
            "direct": self.row.unfulfilled_units_direct,
            "shared": self.row.unfulfilled_units_shared,
            "you declared": self.row.unfulfilled_units_merchant_declared,
        }
        return ", ".join(f"{number(units)} {name}" for name, units in counts.items() if units)


def restock_of(facts: Facts, window: Window, stock: StockFiles) -> list[Restock]:
    """Return a page's restock list."""
    weeks: dict[str, list[float]] = defaultdict(lambda: [0.0] * WEEKS)
    for week in facts.product_weeks:
        weeks[week.product_key][WEEKS - 1 - week.weeks_ago] += float(week.unfulfilled_units or 0)
    today = window.last_day + timedelta(days=1)
    listed = []
    for row in facts.restock:
        key = row.product_key
        store = row.business_product_id
        holding = stock.holding(store, row.sku, key, today)
        asked = stock.asked.products.get((store, key))
        terms = stock.terms_of(store, row.sku, key)
        known = None
        if holding or terms:
            known = purchase(
                row.demand_per_day,
                holding,
                terms,
                today=today,
                is_out_of_stock=row.stockout_status in OUT_OF_STOCK,
            )
        listed.append(
            Restock(
                row=row,
                orders=row.resolved_orders,
                action=product_action(row, known, today),
                is_due=needs_restocking(row, known, today),
                weeks=tuple(weeks[key]),
                bars=charts.bars(weeks[key]),
                purchase=known,
                not_buyable_since=asked.not_buyable_since if asked else None,
            )
        )
    return listed

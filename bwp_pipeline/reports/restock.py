"""The restock list: each product of reports.unfulfilled_products with what to do about it.

Here belongs putting a product's row, weeks, stock and action together. The order is the
database's: the most revenue at risk first.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bwp_pipeline.reports import charts
from bwp_pipeline.reports.actions import needs_restocking, product_action
from bwp_pipeline.reports.data import Row, Window
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

    row: Row
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
        if self.row["unfulfillable_rate_eb"] is not None:
            return float(self.row["unfulfillable_rate_eb"])
        return self.row["affected_orders"] / self.orders if self.orders else None

    @property
    def evidence(self) -> str:
        """How sure it is that this product was the short one."""
        kinds = {"direct": "direct", "shared": "shared", "merchant_declared": "you declared"}
        counts = {name: self.row[f"unfulfilled_units_{kind}"] for kind, name in kinds.items()}
        return ", ".join(f"{number(units)} {name}" for name, units in counts.items() if units)


def restock_of(rows: dict[str, list[Row]], window: Window, stock: StockFiles) -> list[Restock]:
    """Return a page's restock list from its rows, by query and table."""
    orders = {row["product_key"]: row["orders"] for row in rows["products"]}
    weeks: dict[str, list[float]] = defaultdict(lambda: [0.0] * WEEKS)
    for row in rows["product_weeks"]:
        weeks[row["product_key"]][WEEKS - 1 - row["weeks_ago"]] = float(
            row["unfulfilled_units"] or 0
        )
    today = window.last_day + timedelta(days=1)
    listed = []
    for row in rows["unfulfilled_products"]:
        key = row["product_key"]
        names = (row["sku"], key)
        store = row["business_product_id"]
        holding = stock.holding(store, row["sku"], key)
        asked = stock.asked.products.get((store, key))
        terms = next((stock.terms[name] for name in names if name in stock.terms), None)
        known = None
        if holding or terms:
            known = purchase(
                row["demand_per_day"],
                holding,
                terms,
                today=today,
                is_out_of_stock=row["stockout_status"] in OUT_OF_STOCK,
            )
        listed.append(
            Restock(
                row=row,
                orders=row.get("resolved_orders") or orders.get(key, 0),
                action=product_action(row, known, today),
                is_due=needs_restocking(row, known, today),
                weeks=tuple(weeks[key]),
                bars=charts.bars(weeks[key]),
                purchase=known,
                not_buyable_since=asked.not_buyable_since if asked else None,
            )
        )
    return listed

"""The restock list: each product that fell short, with what to do about it and what waiting costs.

Here belongs putting a product's row, weeks, stock and action together, and the order of the list.
What to buy is worked out in `stock`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bwp_pipeline.demand.outlook import HORIZON_DAYS
from bwp_pipeline.reports import charts, wording
from bwp_pipeline.reports.language import number, say, short_day
from bwp_pipeline.reports.rows import CancelledOrder, Facts, UnfulfilledProduct
from bwp_pipeline.reports.signals import OUT_OF_STOCK
from bwp_pipeline.reports.stock import Purchase, purchase
from bwp_pipeline.reports.stock_files import StockFiles

WEEKS = 12
WEEK_DAYS = 7
ORDERS_NAMED = 10
LOW_COVER_DAYS = 7
"""Less stock than this is a task for today if no lead time is known."""

ACTIONS = {
    "ONGOING": "Restock now",
    "SILENT": "Restock; check the listing",
    "INTERMITTENT": "Keep more in stock",
    "RECOVERED": "Watch",
}


@dataclass(frozen=True)
class Restock:
    """A product on the restock list: its row, what to do, its weeks, what is known of its stock.

    `at_risk` is what is expected to be lost in 28 days if nothing is ordered, `week_at_risk` in 7;
    None where it is not known. `is_due` is whether it is among today's tasks. `weeks` are
    unfulfilled units, the oldest first. `order_ids` are the newest orders that could not be
    fulfilled.
    """

    row: UnfulfilledProduct
    action: str
    is_due: bool
    at_risk: Decimal | None
    week_at_risk: Decimal | None
    weeks: tuple[float, ...]
    purchase: Purchase | None
    order_ids: tuple[str, ...]
    not_buyable_since: datetime | None = None

    @property
    def bars(self) -> str:
        """The weeks as a path."""
        return charts.bars(self.weeks)

    @property
    def rate(self) -> float | None:
        """The empirical-Bayes rate; where none was computed, the share of orders as counted."""
        if self.row.unfulfillable_rate_eb is not None:
            return float(self.row.unfulfillable_rate_eb)
        orders = self.row.resolved_orders
        return self.row.affected_orders / orders if orders else None

    @property
    def evidence(self) -> str:
        """How certain it is that this product was the short one."""
        counts = {
            "{n} alone in the delivery": self.row.unfulfilled_units_direct,
            "{n} with other products": self.row.unfulfilled_units_shared,
            "{n} cancelled by you": self.row.unfulfilled_units_merchant_declared,
        }
        return ", ".join(say(text, n=number(units)) for text, units in counts.items() if units)


def restock_of(facts: Facts, last_day: date, stock: StockFiles) -> list[Restock]:
    """Return a page's restock list, the most money at risk first."""
    weeks: dict[str, list[float]] = defaultdict(lambda: [0.0] * WEEKS)
    for week in facts.product_weeks:
        weeks[week.product_key][WEEKS - 1 - week.weeks_ago] += float(week.unfulfilled_units or 0)
    orders = _unfulfilled_orders(facts.orders)
    today = last_day + timedelta(days=1)
    listed = []
    for row in facts.restock:
        known = _purchase(row, stock, today)
        asked = stock.asked.products.get((row.business_product_id, row.product_key))
        listed.append(
            Restock(
                row=row,
                action=product_action(row, known, today),
                is_due=is_due(row, known, today),
                at_risk=_at_risk(row, known, HORIZON_DAYS),
                week_at_risk=_at_risk(row, known, WEEK_DAYS),
                weeks=tuple(weeks[row.product_key]),
                purchase=known,
                order_ids=tuple(orders[row.product_key][:ORDERS_NAMED]),
                not_buyable_since=asked.not_buyable_since if asked else None,
            )
        )
    return sorted(listed, key=lambda product: (-(product.at_risk or Decimal(0)), product.row.rank))


def product_action(row: UnfulfilledProduct, known: Purchase | None, today: date) -> str:
    """Say what to do about a product.

    What the merchant says about it (discontinued, snoozed, stock) takes precedence over what orders
    show.
    """
    told = _told_action(known, today) if known else None
    if told:
        return told
    left = round(known.cover_days or 0) if known and is_low(known) else 0
    if left:
        return say("Order now: {days} left", days=wording.days(left))
    if not row.unfulfilled_units_direct and not row.unfulfilled_units_merchant_declared:
        return say("Find which product was short")
    return say(ACTIONS.get(row.stockout_status or "", "Check stock"))


def _told_action(known: Purchase, today: date) -> str | None:
    by, units = known.last_order_on, number(known.suggested_units)
    if known.is_discontinued:
        action = say("Take off sale: discontinued")
    elif known.snoozed_until and known.snoozed_until >= today:
        action = say("Snoozed until {day}", day=short_day(known.snoozed_until))
    elif known.has_phantom_stock and known.is_amazons_stock:
        action = say("Open a case with Amazon")
    elif known.has_phantom_stock:
        action = say("Check the {n} on hand", n=number(known.on_hand))
    elif not known.suggested_units:
        return None
    elif by is None:
        action = say("Order {n}", n=units)
    elif by <= today:
        action = say("Order {n} now", n=units)
    else:
        action = say("Order {n} by {day}", n=units, day=short_day(by))
    return action


def is_due(row: UnfulfilledProduct, known: Purchase | None, today: date) -> bool:
    """Return whether a product belongs among today's tasks.

    It is out of stock, or has to be ordered by today, and the merchant has not set it aside. Where
    no lead time is known, it has to be ordered while there is stock for a week.
    """
    if known is not None:
        if known.is_discontinued or (known.snoozed_until and known.snoozed_until >= today):
            return False
        if known.suggested_units and known.last_order_on and known.last_order_on <= today:
            return True
        if is_low(known):
            return True
    return row.stockout_status in OUT_OF_STOCK or row.stockout_status is None


def is_low(known: Purchase) -> bool:
    """Return whether the stock lasts less than a week and no lead time says when to order."""
    is_unplanned = known.cover_days is not None and known.reorder_point is None
    return is_unplanned and (known.cover_days or 0.0) < LOW_COVER_DAYS


def _at_risk(row: UnfulfilledProduct, known: Purchase | None, days: int) -> Decimal | None:
    """Return the database's estimate, or what the known stock does not cover if that is more."""
    amounts = []
    if row.revenue_at_risk is not None:
        amounts.append(row.revenue_at_risk * days / HORIZON_DAYS)
    if known is not None and known.cover_days is not None and row.lost_sales:
        price = row.lost_sales / row.unfulfilled_units if row.unfulfilled_units else Decimal(0)
        uncovered = max(0.0, days - known.cover_days)
        amounts.append(price * Decimal((row.demand_per_day or 0.0) * uncovered))
    return max(amounts, default=None)


def _purchase(row: UnfulfilledProduct, stock: StockFiles, today: date) -> Purchase | None:
    names = (row.business_product_id, row.sku, row.product_key)
    holding, terms = stock.holding(*names, today), stock.terms_of(*names)
    if holding is None and terms is None:
        return None
    return purchase(
        row.demand_per_day,
        holding,
        terms,
        today=today,
        is_out_of_stock=row.stockout_status in OUT_OF_STOCK,
    )


def _unfulfilled_orders(orders: Iterable[CancelledOrder]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for order in orders:
        if order.root_cause == "STOCK":
            found[order.product_key].append(order.order_id)
    return found

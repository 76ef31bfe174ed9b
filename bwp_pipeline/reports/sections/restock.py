"""The restock list: each product that fell short, with what to do about it and what waiting costs.

Here belongs putting a product's row, weeks, stock and action together, and the order of the list.
What to buy is worked out in `purchases`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from bwp_pipeline.demand.outlook import HORIZON_DAYS
from bwp_pipeline.reports import charts, wording
from bwp_pipeline.reports.language import number, percent, say, short_day
from bwp_pipeline.reports.reading.active_products import ProductId
from bwp_pipeline.reports.reading.rows import CancelledOrder, Facts, UnfulfilledProduct
from bwp_pipeline.reports.reading.short_units import InferredUnits
from bwp_pipeline.reports.sections.purchases import OUT_OF_STOCK, WEEK_DAYS, Purchase
from bwp_pipeline.reports.stock.files import StockFiles

WEEKS = 12
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

    `at_risk` is what is expected to be lost if nothing is ordered, in the lead time where it is
    known, else in 28 days; `week_at_risk` in 7, `day_at_risk` in one while it is out. None where it
    is not known. `is_due` is whether it is among today's tasks. `ordered_elsewhere` is the currency
    of the page that tells its order, where that is another one: a product is ordered once, and
    `is_due_elsewhere` is whether it is among that page's tasks. `weeks`
    are unfulfilled units, the oldest first. `inferred` are those of orders that don't say which
    product was missing. `order_ids` are the newest orders that could not be
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
    day_at_risk: Decimal | None = None
    ordered_elsewhere: str | None = None
    is_due_elsewhere: bool = False
    inferred: InferredUnits | None = None

    @property
    def is_phantom(self) -> bool:
        """Whether Amazon shows stock and cancels orders of this product alone for want of it."""
        known = self.purchase
        return known is not None and _is_phantom(self.row, known)

    @property
    def case_file(self) -> str | None:
        """The file to send to Amazon, where there is one."""
        is_case = self.is_phantom and not self.ordered_elsewhere
        return (
            case_file_name(self.row.business_product_id, self.row.product_key) if is_case else None
        )

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
        told = [say(text, n=number(units)) for text, units in counts.items() if units]
        chance = self.inferred.probability if self.inferred else None
        if chance is not None and self.row.unfulfilled_units_shared:
            told.append(say("{share} likely the missing one", share=percent(chance)))
        return ", ".join(told)

    @property
    def certainty(self) -> str | None:
        """The units that failed alone, and of the others how many are likely its own."""
        if self.inferred is None or self.inferred.likely_units is None:
            return None
        likely = say(
            "{likely} of {all} likely",
            likely=number(self.inferred.likely_units, 1),
            all=number(self.inferred.inferred_units),
        )
        if not self.row.unfulfilled_units_direct:
            return likely
        alone = say("{n} alone", n=number(self.row.unfulfilled_units_direct))
        return f"{alone}, {likely}"


def restock_of(
    facts: Facts,
    purchases: Mapping[ProductId, Purchase],
    last_day: date,
    stock: StockFiles,
    currency: str | None,
) -> list[Restock]:
    """Return a page's restock list, the most money at risk first.

    Args:
        facts: the page's rows.
        purchases: the active products of all pages.
        last_day: the window's last day.
        stock: what Amazon told.
        currency: the page's currency.
    """
    weeks: dict[str, list[float]] = defaultdict(lambda: [0.0] * WEEKS)
    for week in facts.product_weeks:
        weeks[week.product_key][WEEKS - 1 - week.weeks_ago] += float(week.unfulfilled_units or 0)
    orders = _unfulfilled_orders(facts.orders)
    inferred = {row.product_key: row for row in facts.inferred}
    today = last_day + timedelta(days=1)
    listed = []
    for row in facts.restock:
        product = (row.business_product_id, row.product_key)
        known = purchases.get(product)
        asked = stock.asked.products.get(product)
        elsewhere = None
        if known is not None and known.product.currency_code not in {None, currency}:
            elsewhere = known.product.currency_code
        at_risk, week_at_risk, day_at_risk = _money(row, known)
        listed.append(
            Restock(
                row=row,
                action=product_action(row, known, today, elsewhere),
                is_due=elsewhere is None and is_due(row, known, today),
                is_due_elsewhere=elsewhere is not None and is_due(row, known, today),
                at_risk=at_risk,
                week_at_risk=week_at_risk,
                weeks=tuple(weeks[row.product_key]),
                purchase=known if known is not None and known.is_known else None,
                order_ids=tuple(orders[row.product_key][:ORDERS_NAMED]),
                not_buyable_since=asked.not_buyable_since if asked else None,
                day_at_risk=day_at_risk if row.stockout_status in OUT_OF_STOCK else None,
                ordered_elsewhere=elsewhere,
                inferred=inferred.get(row.product_key),
            )
        )
    return sorted(listed, key=lambda product: (-(product.at_risk or Decimal(0)), product.row.rank))


def product_action(
    row: UnfulfilledProduct, known: Purchase | None, today: date, elsewhere: str | None = None
) -> str:
    """Say what to do about a product.

    What the merchant says about it (discontinued, snoozed, stock) takes precedence over what orders
    show.
    """
    told = _told_action(known, row, today) if known else None
    if elsewhere is not None and not (known and known.is_set_aside(today)):
        return say("See the page in {currency}", currency=elsewhere)
    if told:
        return told
    left = round(known.cover_days or 0) if known and is_low(known) else 0
    if left:
        return say("Order now: {days} left", days=wording.days(left))
    if row.affected_orders and not (
        row.unfulfilled_units_direct or row.unfulfilled_units_merchant_declared
    ):
        return say("Find which product was short")
    return say(ACTIONS.get(row.stockout_status or "", "Check stock"))


def _told_action(known: Purchase, row: UnfulfilledProduct, today: date) -> str | None:
    on_hand = number(known.on_hand)
    if known.is_set_aside(today):
        return order_action(known, today)
    if _is_phantom(row, known):
        return say("Open a case with Amazon")
    if known.has_phantom_stock and known.is_amazons_stock:
        return say("Check the listing: {n} shown as available", n=on_hand)
    if known.has_phantom_stock:
        return say("Check the {n} on hand", n=on_hand)
    return order_action(known, today)


def order_action(known: Purchase, today: date) -> str | None:
    """Say what to do about a product's order; None where nothing is to be ordered."""
    by, units = known.last_order_on, number(known.suggested_units)
    if known.is_discontinued:
        action = say("Take off sale: discontinued")
    elif known.snoozed_until and known.snoozed_until >= today:
        action = say("Snoozed until {day}", day=short_day(known.snoozed_until))
    elif known.advised is not None and not known.suggested_units:
        action = say(
            "{n} advised on {day}: order if not done",
            n=number(round(known.advised.units)),
            day=short_day(known.advised.day),
        )
    elif not known.suggested_units:
        return None
    elif by is None:
        action = say("Order {n}", n=units)
    elif by <= today:
        action = say("Order {n} now", n=units)
    else:
        action = say("Order {n} by {day}", n=units, day=short_day(by))
    return action


def _is_phantom(row: UnfulfilledProduct, known: Purchase) -> bool:
    is_shown = known.has_phantom_stock and known.is_amazons_stock
    return is_shown and bool(row.unfulfilled_units_direct)


def case_file_name(business_product_id: str, product_key: str) -> str:
    """Name the file of a product's case with Amazon, with nothing a file system minds.

    Two stores may sell the same product, and two keys may differ in nothing but such letters.
    """
    own = sha256(f"{business_product_id}/{product_key}".encode()).hexdigest()[:6]
    return f"case_{re.sub(r'[^A-Za-z0-9-]+', '-', product_key)[:80]}_{own}.txt"


def is_due(row: UnfulfilledProduct, known: Purchase | None, today: date) -> bool:
    """Return whether a product belongs among today's tasks.

    It is out of stock, or has to be ordered by today, and the merchant has not set it aside. Where
    no lead time is known, it has to be ordered while there is stock for a week.
    """
    if known is not None:
        if known.is_set_aside(today):
            return False
        if known.is_due(today) or is_low(known):
            return True
    return row.stockout_status in OUT_OF_STOCK or row.stockout_status is None


def is_low(known: Purchase) -> bool:
    """Return whether the stock lasts less than a week and no lead time says when to order."""
    is_unplanned = known.cover_days is not None and known.order_up_to is None
    return is_unplanned and (known.cover_days or 0.0) < LOW_COVER_DAYS


def _money(
    row: UnfulfilledProduct, known: Purchase | None
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Return what this currency is expected to lose until an order arrives, in 7 days, in one.

    The database's amount is that of the units which orders tell to be at risk in 28 days: what is
    known of stock and lead time changes the units, not the money that each is worth here.
    """
    if row.revenue_at_risk is None:
        return None, None, None
    if known is None or known.product.units_at_risk <= 0:
        shares = (1.0, WEEK_DAYS / HORIZON_DAYS, 1.0 / HORIZON_DAYS)
    else:
        product = known.product
        lost_a_day = (1.0 - product.in_stock_probability) * product.demand_per_day
        units = (known.units_at_risk, known.week_at_risk, lost_a_day)
        shares = (
            units[0] / product.units_at_risk,
            units[1] / product.units_at_risk,
            units[2] / product.units_at_risk,
        )
    at_risk, week, day = (round(row.revenue_at_risk * Decimal(share), 4) for share in shares)
    return at_risk, week, day


def _unfulfilled_orders(orders: Iterable[CancelledOrder]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for order in orders:
        if order.root_cause == "STOCK":
            found[order.product_key].append(order.order_id)
    return found

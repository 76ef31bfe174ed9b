"""What to do, in sentences that begin with a verb.

Here belongs the wording and the choice of actions: for one product, and the few for today. The
figures in them come from the page; single values are printed by `wording`.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.reliability import ShopperChoice
from bwp_pipeline.reports.rows import ProductPerformance, UnfulfilledProduct
from bwp_pipeline.reports.signals import OUT_OF_STOCK, Signal
from bwp_pipeline.reports.stock import Purchase

MOST = 5
_MOST_PRODUCTS = 3

_BY_STATUS = {
    "ONGOING": "Restock now",
    "SILENT": "Restock, check the listing",
    "INTERMITTENT": "Keep more in stock",
    "RECOVERED": "Watch: it ships again",
}


def product_action(row: UnfulfilledProduct, purchase: Purchase | None, today: date) -> str:
    """Say what to do about a product on the restock list.

    What the merchant told of it (discontinued, snoozed, stock) goes before what orders tell.
    """
    if purchase is not None:
        if purchase.is_discontinued:
            return "Discontinued: take it off sale"
        if purchase.snoozed_until and purchase.snoozed_until >= today:
            return f"Snoozed until {wording.day(purchase.snoozed_until)}"
        if purchase.has_phantom_stock:
            return f"Reconcile the {wording.number(purchase.on_hand)} on hand"
        if purchase.suggested_units:
            by = purchase.last_order_on
            when = "" if by is None else " now" if by <= today else f" by {wording.day(by)}"
            return f"Order {wording.number(purchase.suggested_units)}{when}"
    if not row.unfulfilled_units_direct and not row.unfulfilled_units_merchant_declared:
        return "See which product was short"
    return _BY_STATUS.get(row.stockout_status or "", "Check stock")


def needs_restocking(row: UnfulfilledProduct, purchase: Purchase | None, today: date) -> bool:
    """Return whether a product belongs among today's restocking: it is out and not set aside."""
    if purchase is not None and (
        purchase.is_discontinued or (purchase.snoozed_until and purchase.snoozed_until >= today)
    ):
        return False
    return row.stockout_status in OUT_OF_STOCK or row.stockout_status is None


def today_sentences(
    restock: Sequence[tuple[UnfulfilledProduct, str]],
    signals: Sequence[Signal],
    shopper: Sequence[ShopperChoice],
    failed: Sequence[ProductPerformance],
    currency: str | None,
) -> list[str]:
    """Return at most five sentences: what to restock, then what to look into.

    Args:
        restock: the products that need restocking, the most at stake first, with their actions.
        signals: the page's signals.
        shopper: products that shoppers clearly cancel more often than others.
        failed: products whose deliveries failed on the way.
        currency: that of the page.
    """
    told = restock[:_MOST_PRODUCTS]
    keys = {row.product_key for row, _ in told}
    untold = [signal for signal in signals if signal.product_key not in keys]
    sentences = [_restock_sentence(row, action, currency) for row, action in told]
    return [*sentences, *_look_into(untold, shopper, failed)][:MOST]


def _restock_sentence(row: UnfulfilledProduct, action: str, currency: str | None) -> str:
    units = (
        "Units unknown"
        if row.unfulfilled_units is None
        else wording.count(row.unfulfilled_units, "unit")
    )
    orders = wording.count(row.affected_orders, "order")
    lost = "" if row.lost_sales is None else f", {wording.money(row.lost_sales, currency)} lost"
    ends = {
        "ONGOING": " It has not shipped since.",
        "SILENT": " No order has come for it since.",
    }
    return (
        f"{action}: {wording.product(row)}. {units} unfulfilled in {orders}{lost}."
        f"{ends.get(row.stockout_status or '', '')}"
    )


def _look_into(
    signals: Sequence[Signal],
    shopper: Sequence[ShopperChoice],
    failed: Sequence[ProductPerformance],
) -> Iterator[str]:
    for signal in signals:
        if signal.kind == "rate_up":
            yield f"Look into cancellations: {_lower(signal.text)}, {signal.evidence}."
        elif signal.kind == "product_up":
            yield f"Look into a product: {signal.text}, {signal.evidence}."
        elif signal.kind == "new_reason":
            yield f"Find out about a new reason: {_lower(signal.text)}, {signal.evidence}."
    for choice in shopper[:1]:
        row = choice.product
        yield (
            f"Read the page and the price of {wording.product(row)}: shoppers cancelled"
            f" {row.shopper_orders} of its {row.orders} orders, clearly more than of others."
        )
    for row in failed[:1]:
        yield (
            f"Ask the carrier about {wording.product(row)}: {row.failed_orders} orders failed on"
            f" the way, while {row.shipped_orders} were shipped."
        )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]

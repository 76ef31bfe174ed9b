"""How values read: counts, rates, times, products and the names of causes.

Here belongs the text of a single value, the same in every form of the report. Sentences about
products are in `actions`, the reader's language is in `language`, layout is in the templates.
"""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bwp_pipeline.reports.language import (
    MISSING,
    clock,
    day,
    number,
    percent,
    say,
    say_many,
)
from bwp_pipeline.reports.reading.rows import NamedProduct

FEW_ORDERS = 10
"""With fewer orders than this, a rate is printed grey: it can hardly be told from any other."""

_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TURNS_NOTHING = dict.fromkeys(map(ord, _TURNING))

CAUSES = {
    "STOCK": "Amazon could not fulfil",
    "SPEED": "Would have arrived too late",
    "ADDRESS": "Wrong shipping address",
    "PAYMENT": "Payment failed",
    "SHOPPER_MISTAKE": "Shopper ordered by mistake",
    "DELIVERY_FAILURE": "Lost or undeliverable (carrier)",
    "SHOPPER_CHOICE": "Shopper changed their mind",
    "MERCHANT_CHOICE": "You cancelled it",
    "UNKNOWN": "No reason given",
}

STATUSES = {
    "ONGOING": "Out of stock",
    "RECOVERED": "Ships again",
    "INTERMITTENT": "On and off",
    "SILENT": "No orders",
    "NONE": "In stock",
}

STATES = {
    "PENDING": "Pending",
    "IN_TRANSIT": "In transit",
    "DELIVERED": "Delivered",
    "CANCELLED": "Cancelled",
    "SUCCESS": "Success",
    "PARTIAL": "Partial",
    "FAILURE": "Failure",
    "REJECTED": "Rejected",
}


def cause(root_cause: str | None) -> str:
    """Name a root cause; an unseen reason keeps its own word."""
    if root_cause is not None and root_cause.startswith("UNMAPPED:"):
        return say("New reason {reason}", reason=root_cause.removeprefix("UNMAPPED:"))
    known = CAUSES.get(root_cause or "UNKNOWN")
    return say(known) if known else str(root_cause)


def status(stockout_status: str | None) -> str:
    """Name a stock-out status."""
    if stockout_status is None:
        return MISSING
    known = STATUSES.get(stockout_status)
    return say(known) if known else stockout_status


def state(of_item: str | None) -> str:
    """Name the state of an item or a refund; an unseen one keeps its own word."""
    if of_item is None:
        return MISSING
    known = STATES.get(of_item)
    return say(known) if known else of_item.replace("_", " ").capitalize()


def count(value: Decimal | float, noun: str) -> str:
    """Print how many there are of something, in English: 1 signal, 12 signals."""
    return f"{number(value)} {noun}" if value == 1 else f"{number(value)} {noun}s"


def units(value: Decimal | float | None) -> str:
    """Print how many units: 1 unit, 12 units."""
    if value is None:
        return say("units unknown")
    return say_many(value, "{n} unit", "{n} units")


def orders(value: int) -> str:
    """Print how many orders: 1 order, 12 orders."""
    return say_many(value, "{n} order", "{n} orders")


def products(value: int) -> str:
    """Print how many products: 1 product, 12 products."""
    return say_many(value, "{n} product", "{n} products")


def days(value: int) -> str:
    """Print how many days: 1 day, 12 days."""
    return say_many(value, "{n} day", "{n} days")


def interval(low: float | None, high: float | None) -> str:
    """Print the two ends of a rate's interval in parentheses; nothing if it has no width."""
    if low is None or high is None or percent(low) == percent(high):
        return ""
    lower = percent(low).rstrip("%\u00a0\u202f ")
    return f" ({lower}\u2013{percent(high)})"


def share(part: Decimal | float, whole: Decimal | float) -> str:
    """Print the counts behind a rate of orders."""
    return say("{part} of {whole}", part=number(part), whole=orders(int(whole)))


def rate(
    value: float | None, low: float | None, high: float | None, part: float, whole: float
) -> str:
    """Print a rate with its interval and its counts, never a bare percent."""
    if value is None or not whole:
        return MISSING
    return f"{percent(value)}{interval(low, high)}, {share(part, whole)}"


def moment(value: datetime | None, timezone: str) -> str:
    """Print a time in UTC as the merchant's clock shows it."""
    if value is None:
        return MISSING
    local = value.astimezone(ZoneInfo(timezone))
    return f"{day(local)}, {clock(local)}"


def title(row: NamedProduct) -> str:
    """Name a product by its title; by its SKU or key where it has none."""
    return shortened(row.product_title or row.sku or row.product_key or MISSING)


def product(row: NamedProduct) -> str:
    """Name a product by its title and SKU; by its key where it has neither."""
    sku = row.sku or row.product_key or MISSING
    name = row.product_title
    return f"{shortened(name)} ({sku})" if name and name != sku else sku


def shortened(text: str, longest: int = 60) -> str:
    """Shorten a title that would break a sentence or a table; the workbook has it whole.

    Marks that change the direction of writing are left out: they would affect what follows, too.
    Line breaks become spaces: titles stand in subjects of e-mails.
    """
    text = " ".join(text.translate(_TURNS_NOTHING).split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}\u2026"


def cover(value: float | None) -> str:
    """Print days of cover; a year or more is not told apart."""
    if value is None:
        return MISSING
    return f"{number(365)}+" if value >= 365 else number(round(value))  # noqa: PLR2004 -- days of a year


def carriers_words(milestones: str | None) -> str:
    """Print what carriers said last in words."""
    return milestones.lower().replace("_", " ") if milestones else MISSING

"""How values read: numbers, money, rates, days and the names of causes.

Here belongs the text of a single value, the same in every form of the report. Sentences about
products are in `actions`, layout is in the templates.
"""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bwp_pipeline.reports.rows import NamedProduct

MISSING = "\u2013"
FEW_ORDERS = 10
"""Below this many orders a rate is printed grey: it can hardly be told from any other."""

_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

CAUSES = {
    "STOCK": "Amazon could not fulfil (usually stock)",
    "SPEED": "Would have arrived too late",
    "ADDRESS": "Wrong shipping address",
    "PAYMENT": "Payment failed",
    "SHOPPER_MISTAKE": "Shopper ordered by mistake",
    "DELIVERY_FAILURE": "Failed on the way (carrier)",
    "SHOPPER_CHOICE": "Shopper changed their mind",
    "MERCHANT_CHOICE": "You cancelled it",
    "UNKNOWN": "No reason given",
}

STATUSES = {
    "ONGOING": "Out of stock",
    "RECOVERED": "Ships again",
    "INTERMITTENT": "Comes and goes",
    "SILENT": "No orders since",
    "NONE": "In stock",
}


def cause(root_cause: str | None) -> str:
    """Name a root cause; an unseen reason keeps its own word."""
    if root_cause is None:
        return CAUSES["UNKNOWN"]
    if root_cause.startswith("UNMAPPED:"):
        return f"New reason: {root_cause.removeprefix('UNMAPPED:')}"
    return CAUSES.get(root_cause, root_cause)


def status(stockout_status: str | None) -> str:
    """Name a stock-out status."""
    return MISSING if stockout_status is None else STATUSES.get(stockout_status, stockout_status)


def number(value: Decimal | float | None, digits: int = 0) -> str:
    """Print an amount with thousands apart; a fraction is never rounded away below `digits`."""
    if value is None:
        return MISSING
    whole = float(value).is_integer()
    return f"{value:,.{0 if whole and digits == 0 else max(digits, 0 if whole else 1)}f}"


def count(value: Decimal | float | None, noun: str) -> str:
    """Print how many there are of something: 1 unit, 12 units."""
    return f"{number(value)} {noun}" if value == 1 else f"{number(value)} {noun}s"


def money(value: Decimal | float | None, currency: str | None = None) -> str:
    """Print an amount of money to the cent, with its currency where the column has none."""
    if value is None:
        return MISSING
    return f"{currency} {value:,.2f}" if currency else f"{value:,.2f}"


def percent(rate: float | None) -> str:
    """Print a rate in percent, without the sign."""
    return MISSING if rate is None else f"{100 * rate:.1f}"


def rate(
    value: float | None,
    interval: tuple[float | None, float | None],
    part: Decimal | float | None,
    whole: Decimal | float | None,
    of: str = "orders",
) -> str:
    """Print a rate with its interval and its counts, never a bare percent."""
    if value is None or not whole:
        return MISSING
    low, high = interval
    between = "" if low is None or high is None else f" ({percent(low)}\u2013{percent(high)})"
    return f"{percent(value)} %{between}, {number(part)} of {number(whole)} {of}"


def day(value: date | None) -> str:
    """Print a day as 19 Nov 2026."""
    return MISSING if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None, timezone: str) -> str:
    """Print a time in UTC as the merchant's clock shows it."""
    if value is None:
        return MISSING
    local = value.astimezone(ZoneInfo(timezone))
    return f"{day(local)}, {local:%H:%M}"


def product(row: NamedProduct) -> str:
    """Name a product by its title and SKU; by its key where it has neither."""
    sku = row.sku or row.product_key
    title = row.product_title
    return f"{shortened(title)} ({sku})" if title and title != sku else str(sku)


def shortened(text: str, longest: int = 80) -> str:
    """Shorten a title that would break a sentence or a table; the workbook has it whole.

    Marks that turn the direction of writing are left out: they would turn what follows, too.
    """
    text = "".join(character for character in text if character not in _TURNING)
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}\u2026"


def cover(days: float) -> str:
    """Print days of cover; a year or more is not told apart."""
    return "365+ days" if days >= 365 else count(round(days), "day")  # noqa: PLR2004 -- days of a year


def listed(value: object) -> str:
    """Print any value of a table that is shown as it is; a list by its members."""
    if value is None:
        return MISSING
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

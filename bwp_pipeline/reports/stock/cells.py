"""What the cells of inventory.csv and overrides.csv may hold, with bounds.

Here belong kinds of cells; a wrong one is a ValueError whose text says what is wrong with it. The
bounds are far beyond any shop, and near enough that no arithmetic behind them overflows.
"""

from datetime import date
from decimal import Decimal, InvalidOperation

MOST_UNITS = Decimal(10**9)
MOST_COST = Decimal(10**9)
MOST_DAYS = 730
_LAST_YEAR = 2100
_LONGEST = 200
_LONGEST_NUMBER = 40


def units(text: str) -> Decimal:
    """Pieces; some inventories show oversold products as negative."""
    value = _number(text)
    if abs(value) > MOST_UNITS:
        raise ValueError(f"{_shown(text)} is more than {MOST_UNITS:,} units")
    return value


def units_above_0(text: str) -> Decimal:
    """Pieces, above 0."""
    value = units(text)
    if value <= 0:
        raise ValueError(f"{_shown(text)} is not above 0")
    return value


def cost(text: str) -> Decimal:
    """Money for a unit."""
    value = _number(text)
    if not 0 <= value <= MOST_COST:
        raise ValueError(f"{_shown(text)} is not an amount from 0 to {MOST_COST:,}")
    return value


def days(text: str) -> float:
    """A time in days."""
    value = _number(text)
    if not 0 <= value <= MOST_DAYS:
        raise ValueError(f"{_shown(text)} is not a number of days from 0 to {MOST_DAYS}")
    return float(value)


def share(text: str) -> float:
    """A service level: below a half, safety stock would be negative."""
    value = _number(text)
    if not Decimal("0.5") <= value <= Decimal("0.9999"):
        raise ValueError(f"{_shown(text)} is not a share from 0.5 to 0.9999, such as 0.95")
    return float(value)


def day(text: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        value = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{_shown(text)} is not a day such as 2026-11-30") from None
    if value.year > _LAST_YEAR:
        raise ValueError(f"{_shown(text)} is after {_LAST_YEAR}")
    return value


def yes(text: str) -> bool:
    """Yes or no."""
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError(f"{_shown(text)} is neither yes nor no")
    return known[text.lower()]


def name(text: str) -> str:
    """A name in one line."""
    if len(text) > _LONGEST or not text.isprintable():
        raise ValueError(f"{_shown(text)} is not a name of up to {_LONGEST} printable characters")
    return text


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text) if len(text) <= _LONGEST_NUMBER else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite():
        raise ValueError(f"{_shown(text)} is not a number")
    return value


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_NUMBER else f"{text[:_LONGEST_NUMBER]}…")

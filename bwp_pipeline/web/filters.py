"""Filters in the address: which store, days, product and cause a page is about.

Belongs here: reading them from a query string and bounding them. Does not belong here: applying
them to figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from bwp_pipeline.reports.language import number, say
from bwp_pipeline.reports.stock.cells import MOST_DAYS

MOST_TEXT = 200
_FIRST_DAY = date(2022, 4, 1)
_MOST_BUDGET = 1e12
_LABELS = {
    "lead_time_days": "Lead time, days",
    "service_level": "Service level, %",
    "budget": "Budget",
    "page": "Page",
}
_MOST_PAGES = 10_000


class Rank(StrEnum):
    """What stands first on the order list, the most of it first."""

    AT_RISK = "at_risk"
    MARGIN = "margin"
    PER_COST = "per_cost"


class FilterError(ValueError):
    """An impossible filter; the text is one line for the page."""


@dataclass(frozen=True)
class Filters:
    """What the address asks for; empty texts ask for everything.

    `days` are the window's first and last day, None for the published window.
    """

    store: str = ""
    currency: str = ""
    product: str = ""
    cause: str = ""
    days: tuple[date, date] | None = None

    def address(self, path: str, **changed: str) -> str:
        """The same filters, but for the changed ones, as an address."""
        values = {
            "store": self.store,
            "currency": self.currency,
            "product": self.product,
            "cause": self.cause,
            "from": self.days[0].isoformat() if self.days else "",
            "to": self.days[1].isoformat() if self.days else "",
            **changed,
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{query}" if query else path


@dataclass(frozen=True)
class WhatIf:
    """Terms to try on the order list: days, a share, money; None leaves what is known.

    `rank` is what a budget is spent on first.
    """

    lead_time_days: float | None = None
    service_level: float | None = None
    budget: float | None = None
    rank: Rank = Rank.AT_RISK

    @property
    def query(self) -> dict[str, str]:
        """The terms as the address has them."""
        level = None if self.service_level is None else round(100 * self.service_level, 6)
        terms = {
            "lead_time_days": self.lead_time_days,
            "service_level": level,
            "budget": self.budget,
        }
        given = {name: f"{value:.12g}" for name, value in terms.items() if value is not None}
        return given if self.rank is Rank.AT_RISK else given | {"rank": self.rank.value}


def filters_from(query: Mapping[str, str], today: date) -> Filters:
    """Read the filters of a query string.

    Raises:
        FilterError: When a day is not a day, or the window is impossible.
    """
    first, last = (_day(query.get(name, "")) for name in ("from", "to"))
    days = None
    if first or last:
        last = last or today
        first = first or last - timedelta(days=27)
        if not _FIRST_DAY <= first <= last <= today + timedelta(days=1):
            raise FilterError(
                say(
                    "{first} to {last} is not a valid range; days run from {least} to {most}.",
                    first=first,
                    last=last,
                    least=_FIRST_DAY,
                    most=today,
                )
            )
        days = (first, last)
    return Filters(
        **{name: query.get(name, "")[:MOST_TEXT] for name in ("store", "currency", "product")},
        cause=query.get("cause", "")[:MOST_TEXT],
        days=days,
    )


def what_if_from(query: Mapping[str, str]) -> WhatIf:
    """Read the terms to try.

    Raises:
        FilterError: When one is not a number or out of bounds, or the ranking is unknown.
    """
    return WhatIf(
        lead_time_days=_number(query, "lead_time_days", 0, MOST_DAYS),
        service_level=_service_level(query),
        budget=_number(query, "budget", 0, _MOST_BUDGET),
        rank=_rank(query.get("rank", "")),
    )


def page_number_from(query: Mapping[str, str]) -> int:
    """Read which part of a long list is asked for, from 1.

    Raises:
        FilterError: When it is not a number or out of bounds.
    """
    return int(_number(query, "page", 1, _MOST_PAGES) or 1)


def _rank(text: str) -> Rank:
    try:
        return Rank(text or Rank.AT_RISK)
    except ValueError:
        raise FilterError(say("Choose how to rank the orders.")) from None


def _service_level(query: Mapping[str, str]) -> float | None:
    percent = _number(query, "service_level", 50, 99.9)
    return None if percent is None else percent / 100


def _number(query: Mapping[str, str], name: str, least: float, most: float) -> float | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise FilterError(
            say(
                "{name} must be a number from {least} to {most}, not {given}.",
                name=say(_LABELS[name]),
                least=number(least),
                most=number(most),
                given=text[:20],
            )
        )
    return value


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise FilterError(
            say("{given} is not a day such as 2026-11-19.", given=text[:20])
        ) from None

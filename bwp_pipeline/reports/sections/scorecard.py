"""The report's grade: what was told four weeks ago beside what has happened since.

Here belong what of the rows a page shows, and their sums. What a day told is the database's
(reports.scorecard), whether it held is decided in `bwp_pipeline.demand.grading`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import numpy as np

from bwp_pipeline.demand.grading import dates_graded, dates_held, demand_held
from bwp_pipeline.demand.ordering import Spread, runs_out
from bwp_pipeline.demand.outlook import EstimatedDemand
from bwp_pipeline.reports.reading.active_products import ProductId
from bwp_pipeline.reports.reading.rows import DayDecisions
from bwp_pipeline.reports.reading.scored_products import ScoredProduct
from bwp_pipeline.reports.stock.advice import Advised
from bwp_pipeline.reports.stock.terms import REVIEW_DAYS

PERIOD_DAYS = 28
SOON_DAYS = 3
"""What sells again so soon may never have been out."""


@dataclass(frozen=True)
class Graded:
    """A product on the scorecard, and the units that were advised to order; None without any."""

    row: ScoredProduct
    advised_units: float | None


@dataclass(frozen=True)
class Scorecard:
    """How what was told on `as_of` held up to `last_day`; money is in the page's currency.

    Attributes:
        products: those that were listed then or ran out since, the most money at risk first.
        told_out: products told to be out, and of them: `still_out` since, `sold_soon` within
            three days. `days_to_recover` is the median of those that sold again.
        ran_out: products not told to be out that ran out since.
        expected_units, wanted_units: of the days on sale, over all products.
        demand_held: of the `demand_graded` products those within their interval.
        dates_held: of the `dates_graded` products those gone within the days told.
        at_risk, lost: money told for those that stayed out all the time, and what they lost.
        at_risk_of_recovered, lost_of_recovered: the same of those that sold again.
        at_risk_in_stock, lost_in_stock: the same of those that were not told to be out.
    """

    as_of: date
    last_day: date
    products: list[Graded]
    told_out: int
    still_out: int
    sold_soon: int
    days_to_recover: float | None
    ran_out: int
    expected_units: float
    wanted_units: float
    demand_held: int
    demand_graded: int
    dates_held: int
    dates_graded: int
    at_risk: Decimal
    lost: Decimal
    at_risk_of_recovered: Decimal
    lost_of_recovered: Decimal
    at_risk_in_stock: Decimal
    lost_in_stock: Decimal

    @property
    def recovered(self) -> int:
        """Products told to be out that sold again."""
        return self.told_out - self.still_out

    @property
    def demand_ratio(self) -> float | None:
        """Units wanted for each unit expected."""
        return self.wanted_units / self.expected_units if self.expected_units else None

    def narrowed(self, is_named: Callable[[ScoredProduct], bool]) -> "Scorecard":
        """Return the scorecard with fewer products listed; its sums stay the store's."""
        return replace(self, products=[one for one in self.products if is_named(one.row)])


def known_from(decisions: Iterable[DayDecisions]) -> date | None:
    """Return the first last day of which there is a scorecard; None without any order."""
    first = min((row.day for row in decisions), default=None)
    return None if first is None else first + timedelta(days=PERIOD_DAYS)


def scorecard_of(
    rows: Sequence[ScoredProduct], advice: Mapping[ProductId, Advised]
) -> Scorecard | None:
    """Grade a page's products; None where nothing was known four weeks ago.

    Args:
        rows: the page's own; what its merchant has discontinued is left out.
        advice: what earlier reports advised.
    """
    if not rows:
        return None
    out = [row for row in rows if row.was_out]
    stayed = [row for row in out if row.recovered_on is None]
    again = [row for row in out if row.recovered_on is not None]
    waits = [(row.recovered_on - row.as_of).days for row in out if row.recovered_on is not None]
    in_stock = [row for row in rows if not row.was_out]
    on_sale = [row for row in rows if row.days_on_sale]
    held, (dated, in_time) = _demand_held(on_sale), _dates(rows)
    shown = [row for row in rows if row.is_listed or row.was_out or row.ran_out_on]
    shown.sort(key=lambda row: (-(row.revenue_at_risk or Decimal(0)), row.product_key))
    return Scorecard(
        as_of=rows[0].as_of,
        last_day=rows[0].last_day,
        products=list(map(Graded, shown, _advised_then(shown, advice, rows[0].as_of))),
        told_out=len(out),
        still_out=len(stayed),
        sold_soon=sum(wait <= SOON_DAYS for wait in waits),
        days_to_recover=median(waits) if waits else None,
        ran_out=sum(row.ran_out_on is not None for row in rows),
        expected_units=sum(row.demand_per_day * row.days_on_sale for row in on_sale),
        wanted_units=sum(row.wanted_units for row in on_sale),
        demand_held=held,
        demand_graded=len(on_sale),
        dates_held=in_time,
        dates_graded=dated,
        at_risk=_money(row.revenue_at_risk for row in stayed),
        lost=_money(row.lost_sales for row in stayed),
        at_risk_of_recovered=_money(row.revenue_at_risk for row in again),
        lost_of_recovered=_money(row.lost_sales for row in again),
        at_risk_in_stock=_money(row.revenue_at_risk for row in in_stock),
        lost_in_stock=_money(row.lost_sales for row in in_stock),
    )


def _demand_held(rows: Sequence[ScoredProduct]) -> int:
    demand, spread = _told(rows)
    days, wanted = (
        np.array([row.days_on_sale for row in rows], dtype=float),
        np.array([row.wanted_units for row in rows]),
    )
    return int(demand_held(demand, spread, days, wanted).sum())


def _dates(rows: Sequence[ScoredProduct]) -> tuple[int, int]:
    """Return how many dates can be graded, and how many of them held."""
    sold = [row for row in rows if (row.buyable_units or 0) > 0 and not row.was_out]
    demand, spread = _told(sold)
    told = runs_out(demand, spread, np.array([row.buyable_units or 0.0 for row in sold]))
    gone = np.array([row.days_until(row.gone_on) for row in sold], dtype=float)
    restocked = np.array([row.days_until(row.restocked_on) for row in sold], dtype=float)
    graded = dates_graded(told, gone, restocked, PERIOD_DAYS)
    return int(graded.sum()), int((graded & dates_held(told, gone)).sum())


def _told(rows: Sequence[ScoredProduct]) -> tuple[EstimatedDemand, Spread]:
    mean, low, dispersion, units = (
        np.array([getattr(row, name) for row in rows], dtype=float)
        for name in ("demand_per_day", "demand_low", "dispersion", "units_per_order")
    )
    return EstimatedDemand.of_interval(mean, low), Spread(dispersion, units)


def _advised_then(
    rows: Sequence[ScoredProduct], advice: Mapping[ProductId, Advised], as_of: date
) -> list[float | None]:
    """Return the units advised in the week up to the former day's report; None before any advice.

    Advice is kept for longer than four weeks, so what began later was not known then.
    """
    until = as_of + timedelta(days=1)
    since = until - timedelta(days=REVIEW_DAYS)
    if not any(one.day <= until for known in advice.values() for one in known.advised):
        return [None] * len(rows)
    found = (advice.get((row.business_product_id, row.product_key)) for row in rows)
    return [
        sum(one.units for one in known.advised if since < one.day <= until) if known else 0.0
        for known in found
    ]


def _money(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))

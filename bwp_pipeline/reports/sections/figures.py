"""The key figures at the top of a page, each compared with the equally long time before.

Here belong a figure's value, its comparison and the word that says whether the change is clear.
How a difference is judged is in `bwp_pipeline.demand.key_figures`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bwp_pipeline.demand.key_figures import rate_change
from bwp_pipeline.demand.small_samples import wilson
from bwp_pipeline.reports import charts, wording
from bwp_pipeline.reports.language import MISSING, money, number, percent, say
from bwp_pipeline.reports.reading.data import Window
from bwp_pipeline.reports.reading.rows import (
    DayCancellations,
    DayDecisions,
    Facts,
    KeyFigures,
    UnfulfilledProduct,
)

NO_COMPARISON = "no earlier data"
TOO_FEW = "too few weeks or orders to tell"
VERDICTS = ("clearly up", "clearly down", "no clear change", NO_COMPARISON, TOO_FEW)
_FEWEST_EVENTS = 10.0
_MOST_WEEKS = 26


@dataclass(frozen=True)
class Figure:
    """One key figure as it is printed.

    `metric` is its name in meta.metric_definitions, which holds its query. `verdict` says whether
    the change is clear; `mood` is good, bad or empty, and never the only sign of either. `spark`
    holds the last weeks, the oldest first.
    """

    name: str
    metric: str
    value: str
    detail: str
    before: str
    verdict: str
    mood: str
    spark: tuple[float, ...] = ()

    @property
    def bars(self) -> str:
        """The weeks as a path."""
        return charts.bars(self.spark)


@dataclass(frozen=True)
class Periods:
    """A window, the equally long time before it, and the cancellations of both by day.

    `before` is None where the archive does not reach back that far, because half a period would
    look like a fall.
    """

    window: Window
    now: KeyFigures
    before: KeyFigures | None
    days: Sequence[DayCancellations]
    decisions: Sequence[DayDecisions]

    @property
    def whole_weeks(self) -> int:
        """The weeks up to the window's last day of which the archive covers every day."""
        known = [row.day for row in self.decisions] + [row.cancelled_on for row in self.days]
        first = min(known, default=self.window.last_day)
        return min(((self.window.last_day - first).days + 1) // 7, _MOST_WEEKS)

    def weekly_decided(self, weeks: int) -> tuple[float, ...]:
        """Return the orders decided in each of the last weeks, the oldest first."""
        totals = [0.0] * weeks
        first = self.window.last_day - timedelta(days=7 * weeks - 1)
        for row in self.decisions:
            if row.day >= first:
                totals[(row.day - first).days // 7] += row.decided_orders
        return tuple(totals)

    def weekly(
        self, amount: Callable[[DayCancellations], Decimal | None], weeks: int = 12
    ) -> tuple[float, ...]:
        """Add up an amount of the days by weeks that end with the window's last day."""
        totals = [0.0] * weeks
        first = self.window.last_day - timedelta(days=7 * weeks - 1)
        for row in self.days:
            if row.cancelled_on >= first:
                totals[(row.cancelled_on - first).days // 7] += float(amount(row) or 0)
        return tuple(totals)


def periods_of(window: Window, facts: Facts) -> Periods | None:
    """Put together a page's periods; None where nothing was decided or cancelled in the window."""
    by_age = {row.periods_ago: row for row in facts.periods}
    if 0 not in by_age:
        return None
    started = window.first_day - timedelta(days=window.days - min(window.days, 7))
    known = [row.day for row in facts.decisions] + [row.cancelled_on for row in facts.cancellations]
    before = by_age.get(1) if min(known) <= started else None
    return Periods(window, by_age[0], before, facts.cancellations, facts.decisions)


def figures_of(
    periods: Periods | None, currency: str | None, products: Sequence[UnfulfilledProduct]
) -> list[Figure]:
    """Return the key figures of a page, none if nothing happened."""
    if periods is None:
        return []
    return [
        _cancelled(periods),
        _unfulfilled(periods),
        _fill_rate(periods),
        _lost_sales(periods, currency),
        _out_of_stock(products),
    ]


def _cancelled(periods: Periods) -> Figure:
    now, before = periods.now, periods.before
    part, whole = now.cancelled_orders, now.orders
    verdict, mood = cancellation_change(periods)
    return Figure(
        name=say("Cancelled"),
        metric="cancelled_units",
        value=wording.units(now.cancelled_units),
        detail=wording.rate(part / whole, *wilson(part, whole), part, whole),
        before=_before(wording.units(before.cancelled_units)) if before else "",
        verdict=say(verdict),
        mood=mood,
        spark=periods.weekly(lambda row: row.cancelled_units),
    )


def _unfulfilled(periods: Periods) -> Figure:
    now, before = periods.now, periods.before
    part, whole = now.unfulfilled_orders, now.amazon_orders
    verdict, mood = _verdict(periods, _unfulfilled_units)
    return Figure(
        name=say("Unfulfilled (usually stock)"),
        metric="unfulfilled_units",
        value=wording.units(now.unfulfilled_units),
        detail=wording.rate(part / whole, *wilson(part, whole), part, whole) if whole else "",
        before=_before(wording.units(before.unfulfilled_units)) if before else "",
        verdict=say(verdict),
        mood=mood,
        spark=periods.weekly(_unfulfilled_units),
    )


def _fill_rate(periods: Periods) -> Figure:
    now, before = periods.now, periods.before
    wanted = now.resolved_units - now.withdrawn_units
    verdict, mood = _verdict(periods, _unfulfilled_units)
    opposite = {"clearly up": "clearly down", "clearly down": "clearly up"}
    return Figure(
        name=say("Fill rate of units"),
        metric="unit_fill_rate",
        value=percent(fill_rate(now)),
        detail=say(
            "{part} of {whole} that shoppers wanted",
            part=number(wanted - now.unfulfilled_units),
            whole=wording.units(wanted),
        ),
        before=_before(percent(fill_rate(before))) if before else "",
        verdict=say(opposite.get(verdict, verdict)),
        mood=mood,
    )


def fill_rate(period: KeyFigures) -> float | None:
    """Return the share of units that Amazon shipped among those that shoppers still wanted.

    None where no unit was wanted, or where more were cancelled in the period than decided in it:
    units decided earlier would then make the rate meaningless.
    """
    wanted = period.resolved_units - period.withdrawn_units
    if wanted <= 0 or period.unfulfilled_units > wanted:
        return None
    return float(1 - period.unfulfilled_units / wanted)


def _lost_sales(periods: Periods, currency: str | None) -> Figure:
    now, before = periods.now, periods.before
    verdict, mood = _verdict(periods, _lost, is_total=True)
    return Figure(
        name=say("Lost sales, at least"),
        metric="lost_sales",
        value=money(now.lost_sales, currency, whole=True),
        detail=say(
            "in {orders} that Amazon could not fulfil",
            orders=wording.orders(now.unfulfilled_orders),
        ),
        before=_before(money(before.lost_sales, currency, whole=True)) if before else "",
        verdict=say(verdict),
        mood=mood,
        spark=periods.weekly(_lost),
    )


def _out_of_stock(products: Sequence[UnfulfilledProduct]) -> Figure:
    states = [row.stockout_status for row in products]
    silent = states.count("SILENT")
    out = states.count("ONGOING") + silent
    is_known = any(states) or not states
    return Figure(
        name=say("Products out of stock"),
        metric="stockout_status",
        value=number(out) if is_known else MISSING,
        detail=(
            say(
                "of {products} with unfulfilled units; {silent} without orders since",
                products=wording.products(len(states)),
                silent=number(silent),
            )
            if is_known
            else say("the database has no stock status")
        ),
        before="",
        verdict="",
        mood="",
    )


def cancellation_change(periods: Periods) -> tuple[str, str]:
    """Return whether units cancelled per order clearly changed, and whether that is bad."""
    return _verdict(periods, lambda row: row.cancelled_units)


def _unfulfilled_units(row: DayCancellations) -> Decimal | None:
    return row.cancelled_units if row.root_cause == "STOCK" else None


def _lost(row: DayCancellations) -> Decimal | None:
    return row.lost_sales if row.root_cause == "STOCK" else None


def _verdict(
    periods: Periods,
    amount: Callable[[DayCancellations], Decimal | None],
    *,
    is_total: bool = False,
) -> tuple[str, str]:
    """Return whether an amount clearly changed, per order decided or, for a total, per day.

    Sums of whole weeks are compared, as many as the window has, with as many before: orders of a
    week stop together.
    """
    if not periods.before:
        return NO_COMPARISON, ""
    weeks, recent = periods.whole_weeks, max(1, periods.window.days // 7)
    amounts = periods.weekly(amount, weeks) if weeks else ()
    trials = (7.0,) * weeks if is_total else periods.weekly_decided(weeks)
    change = rate_change(amounts, trials, recent=recent)
    happened = sum(periods.weekly(lambda row: row.cancelled_units, weeks)) if weeks else 0.0
    if change is None or happened < _FEWEST_EVENTS:
        return TOO_FEW, ""
    if not change.is_clear:
        return "no clear change", ""
    return ("clearly up", "bad") if change.low > 0 else ("clearly down", "good")


def _before(value: str) -> str:
    return say("before: {value}", value=value)

"""The key figures at the top of a page, each compared with the equally long time before.

Here belong a figure's value, its comparison and the word that says whether the change is clear.
How a difference is judged is in `bwp_pipeline.demand.small_samples`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bwp_pipeline.demand.small_samples import newcombe, total_change, wilson
from bwp_pipeline.reports import charts, wording
from bwp_pipeline.reports.data import Row, Window

FEWEST_ORDERS = 10
NO_COMPARISON = "nothing before to compare with"
TOO_FEW = "too few orders to tell"
_CLEAR = 1.96


@dataclass(frozen=True)
class Figure:
    """One key figure as it is printed.

    `verdict` says whether the change is clear; `mood` is good, bad or empty, and never the only
    sign of either. `spark` holds the last weeks, the oldest first.
    """

    name: str
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
    """A window, the equally long time before it, and the days of both.

    `now` and `before` are rows of the query `periods`, `days` of the query `days`; `before` is None
    where the archive does not reach back that far, for half a period would compare as a fall.
    """

    window: Window
    now: Row
    before: Row | None
    days: Sequence[Row]

    def weekly(self, column: str, weeks: int = 12) -> tuple[float, ...]:
        """Add up a column of the days by weeks that end with the window's last day."""
        totals = [0.0] * weeks
        first = self.window.last_day - timedelta(days=7 * weeks - 1)
        for row in self.days:
            if row["day"] >= first:
                totals[(row["day"] - first).days // 7] += float(row[column])
        return tuple(totals)


def periods_of(window: Window, rows: Sequence[Row], days: Sequence[Row]) -> Periods | None:
    """Put together a page's periods; None where nothing was decided or cancelled in the window."""
    by_age = {row["periods_ago"]: row for row in rows}
    if 0 not in by_age:
        return None
    started = window.first_day - timedelta(days=window.days - min(window.days, 7))
    complete = min(row["day"] for row in days) <= started
    return Periods(window, by_age[0], by_age.get(1) if complete else None, days)


def figures_of(
    periods: Periods | None, currency: str | None, products: Sequence[Row]
) -> list[Figure]:
    """Return the key figures of a page, none where nothing happened."""
    if periods is None:
        return []
    return [
        _orders_figure("Cancelled", "cancelled", periods),
        _orders_figure("Unfulfilled (usually stock)", "unfulfilled", periods),
        _fill_rate(periods),
        _lost_sales(periods, currency),
        _out_of_stock(products),
    ]


def _orders_figure(name: str, kind: str, periods: Periods) -> Figure:
    now, before = periods.now, periods.before
    part, whole = now[f"{kind}_orders"], now["orders"]
    verdict, mood = _verdict(periods, kind)
    return Figure(
        name=name,
        value=wording.count(now[f"{kind}_units"], "unit"),
        detail=wording.rate(part / whole, wilson(part, whole), part, whole),
        before=f"before: {wording.count(before[f'{kind}_units'], 'unit')}" if before else "",
        verdict=verdict,
        mood=mood,
        spark=periods.weekly(f"{kind}_units"),
    )


def _fill_rate(periods: Periods) -> Figure:
    now, before = periods.now, periods.before
    wanted = now["resolved_units"] - now["withdrawn_units"]
    shipped = wording.number(wanted - now["unfulfilled_units"])
    verdict, mood = _verdict(periods, "unfulfilled")
    opposite = {"clearly up": "clearly down", "clearly down": "clearly up"}
    return Figure(
        name="Unit fill rate",
        value=_percent(fill_rate(now)),
        detail=f"{shipped} of {wording.number(wanted)} units that shoppers still wanted",
        before=f"before: {_percent(fill_rate(before))}" if before else "",
        verdict=opposite.get(verdict, verdict),
        mood=mood,
    )


def fill_rate(period: Row) -> float | None:
    """Return the share of units that Amazon shipped among those that shoppers still wanted.

    None where no unit was wanted, or where more were cancelled in the period than decided in it:
    units decided earlier would then make the rate mean nothing.
    """
    wanted = period["resolved_units"] - period["withdrawn_units"]
    if wanted <= 0 or period["unfulfilled_units"] > wanted:
        return None
    return float(1 - period["unfulfilled_units"] / wanted)


def _lost_sales(periods: Periods, currency: str | None) -> Figure:
    now, before = periods.now, periods.before
    verdict, mood = NO_COMPARISON, ""
    if before:
        score = total_change(
            (float(now["lost_sales"]), now["lost_sales_squares"]),
            (float(before["lost_sales"]), before["lost_sales_squares"]),
        )
        few = now["unfulfilled_orders"] + before["unfulfilled_orders"] < FEWEST_ORDERS
        verdict, mood = (TOO_FEW, "") if few else _change(score - _CLEAR, score + _CLEAR)
    orders = wording.count(now["unfulfilled_orders"], "order")
    return Figure(
        name="Lost sales, at least",
        value=wording.money(now["lost_sales"], currency),
        detail=f"in {orders} that Amazon could not fulfil",
        before=f"before: {wording.money(before['lost_sales'], currency)}" if before else "",
        verdict=verdict,
        mood=mood,
        spark=periods.weekly("lost_sales"),
    )


def _out_of_stock(products: Sequence[Row]) -> Figure:
    states = [row["stockout_status"] for row in products]
    silent = states.count("SILENT")
    out = states.count("ONGOING") + silent
    is_known = any(states) or not states
    return Figure(
        name="Products out of stock now",
        value=str(out) if is_known else wording.MISSING,
        detail=(
            f"of {wording.count(len(states), 'product')} with unfulfilled units, as orders tell;"
            f" {silent} had no order since"
            if is_known
            else "not computed: the database has no stock status"
        ),
        before="",
        verdict="",
        mood="",
    )


def _verdict(periods: Periods, kind: str) -> tuple[str, str]:
    now, before = periods.now, periods.before
    if not before:
        return NO_COMPARISON, ""
    if min(now["orders"], before["orders"]) < FEWEST_ORDERS:
        return TOO_FEW, ""
    part, part_before = now[f"{kind}_orders"], before[f"{kind}_orders"]
    return _change(*newcombe(part, now["orders"], part_before, before["orders"]))


def _change(low: float, high: float) -> tuple[str, str]:
    if low > 0:
        return "clearly up", "bad"
    return ("clearly down", "good") if high < 0 else ("no clear change", "")


def _percent(rate: float | None) -> str:
    return wording.MISSING if rate is None else f"{wording.percent(rate)} %"

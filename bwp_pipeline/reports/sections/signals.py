"""What changed beyond chance: signals with their evidence.

Here belong the rules that raise a signal. When it was first seen is remembered in `alerts`; how it
is told to people is in `actions`, the templates and `bwp_pipeline.reports.messages`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bwp_pipeline.demand.rate_alarm import FEWEST_DAYS, FEWEST_EVENTS, DayRate, alarms
from bwp_pipeline.demand.small_samples import benjamini_hochberg, poisson_increase
from bwp_pipeline.reports import wording
from bwp_pipeline.reports.language import percent, say, short_day
from bwp_pipeline.reports.reading.data import Window
from bwp_pipeline.reports.reading.rows import (
    DayDecisions,
    Facts,
    PageKey,
    ProductPerformance,
    UnfulfilledProduct,
)
from bwp_pipeline.reports.sections.causes import Cause
from bwp_pipeline.reports.sections.purchases import OUT_OF_STOCK

STALE_AFTER = timedelta(hours=36)
SLOW_BELOW = 2.0
FALSE_DISCOVERIES = 0.1

_Found = tuple[str, str | None, str, str]


@dataclass(frozen=True)
class Signal:
    """One thing to know of, with why.

    `state` is new on the day it was first seen, ongoing after it, cleared on the day it is gone.
    """

    kind: str
    business_product_id: str
    currency_code: str | None
    product_key: str | None
    text: str
    evidence: str
    first_seen: date
    state: str = "new"
    cleared_on: date | None = None

    @property
    def identity(self) -> tuple[str | None, ...]:
        """What stays the same while a signal lasts."""
        return (self.kind, self.business_product_id, self.currency_code, self.product_key)


def rate_history(
    days: Sequence[DayDecisions], window: Window
) -> tuple[list[date], list[tuple[int, int]]]:
    """Return every day up to the window's last with its cancelled and its decided orders."""
    stopped: Counter[date] = Counter()
    decided: Counter[date] = Counter()
    for row in days:
        stopped[row.day] += row.stopped_orders
        decided[row.day] += row.decided_orders
    first = min(decided, default=window.last_day)
    length = (window.last_day - first).days + 1
    dates = [first + timedelta(days=index) for index in range(length)]
    return dates, [(stopped[day], decided[day]) for day in dates]


@dataclass(frozen=True)
class RateAlarm:
    """A time in which orders were stopped clearly more often than before.

    `rang` is the day on which the evidence was enough, `ended` the one on which it was gone; None
    while it lasts. `baseline` is the rate before `began`, `rate` the one since.
    """

    began: date
    rang: date
    ended: date | None
    baseline: float
    rate: float


@dataclass(frozen=True)
class Watched:
    """What the alarm says of a window; `alarms` is None where too little is known to compare.

    `stopped_a_day` are the orders stopped a day that no product out of stock explains: the fewer,
    the later a change is noticed.
    """

    alarms: list[RateAlarm] | None
    stopped_a_day: float

    @property
    def rang_on(self) -> list[date]:
        """The days on which an alarm of the window rang."""
        return [alarm.rang for alarm in self.alarms or ()]

    @property
    def is_slow(self) -> bool:
        """Whether so little is stopped that a doubling takes more than ten days three times of ten.

        Simulated, docs/demand.md: at 2 a day a doubling rings within ten days in 69 of 100 cases.
        """
        return self.stopped_a_day < SLOW_BELOW


def watched_rate(days: Sequence[DayDecisions], window: Window) -> Watched:
    """Return the alarms of the cancellation rate that lasted into the window.

    Days are those without orders that a product out of stock explains. The baseline is what was
    usual before an alarm's evidence began, and stays as it was while it lasts.
    """
    dates, counts = rate_history(days, window)
    stopped = sum(x for x, _ in counts)
    a_day = stopped / len(counts)
    if len(counts) <= FEWEST_DAYS or stopped < FEWEST_EVENTS:
        return Watched(None, a_day)
    found = alarms(
        [DayRate(x, n, day.weekday()) for day, (x, n) in zip(dates, counts, strict=True)]
    )
    told = [
        RateAlarm(
            dates[one.began],
            dates[one.rang],
            None if one.ended is None else dates[one.ended],
            one.baseline,
            one.rate,
        )
        for one in found
    ]
    return Watched(
        [one for one in told if one.ended is None or one.ended >= window.first_day], a_day
    )


def risen_products(products: Sequence[ProductPerformance]) -> list[ProductPerformance]:
    """Return the products whose last week has clearly more unfulfilled orders than usual.

    Each is tested exactly against its own 90 days before; of those returned at most a tenth is
    expected to be chance, however many products are tested (Benjamini-Hochberg).
    """
    tested = [row for row in products if row.recent_orders and row.baseline_orders]
    p_values = [
        poisson_increase(
            row.recent_unfulfilled_orders,
            row.recent_orders,
            row.baseline_unfulfilled_orders,
            row.baseline_orders,
        )
        for row in tested
    ]
    risen = benjamini_hochberg(p_values, FALSE_DISCOVERIES)
    return [row for row, is_risen in zip(tested, risen, strict=True) if is_risen]


def is_stale(window: Window, built_at: datetime) -> bool:
    """Return whether the newest event is older than 36 hours; a past window is never stale."""
    through = window.data_through
    return window.is_current and through is not None and built_at - through > STALE_AFTER


def page_signals(
    page: PageKey, window: Window, facts: Facts, causes: Sequence[Cause]
) -> list[Signal]:
    """Return the signals of one store and currency, the shop's own before its products'.

    Args:
        page: the store's business product id and the currency.
        window: the days that are watched.
        facts: the page's rows.
        causes: the window's cancelled units by root cause.
    """
    return [
        Signal(kind, *page, product_key, text, evidence, window.last_day)
        for kind, product_key, text, evidence in [
            *_shop_signals(facts.unexplained, window, causes),
            *_product_signals(facts.products, facts.restock),
        ]
    ]


def told(alarm: RateAlarm) -> str:
    """Return what an alarm rests on."""
    return say(
        "{rate} since {day}, {baseline} before; orders with a product out of stock left out",
        rate=percent(alarm.rate),
        day=short_day(alarm.began),
        baseline=percent(alarm.baseline),
    )


def _shop_signals(
    days: Sequence[DayDecisions], window: Window, causes: Sequence[Cause]
) -> Iterator[_Found]:
    for alarm in watched_rate(days, window).alarms or ():
        if alarm.ended is None:
            yield "rate_up", None, say("Orders are cancelled more often than usual"), told(alarm)
    for cause in causes:
        if cause.root_cause.startswith("UNMAPPED:"):
            yield (
                "new_reason",
                None,
                wording.cause(cause.root_cause),
                wording.units(cause.cancelled_units),
            )


def _product_signals(
    products: Sequence[ProductPerformance], restock: Sequence[UnfulfilledProduct]
) -> Iterator[_Found]:
    texts = {
        "ONGOING": "{product}: out of stock",
        "SILENT": "{product}: ran out of stock and gets no orders",
    }
    for row in restock:
        if row.stockout_status in OUT_OF_STOCK:
            yield (
                "out_of_stock",
                row.product_key,
                say(texts[row.stockout_status], product=wording.product(row)),
                say(
                    "{units} unfulfilled in {orders}",
                    units=wording.units(row.unfulfilled_units),
                    orders=wording.orders(row.affected_orders),
                )
                # Its silence, or orders in another currency, call it out.
                if row.affected_orders
                else say("no unit unfulfilled in the report's days"),
            )
    for risen in risen_products(products):
        yield (
            "product_up",
            risen.product_key,
            say("{product}: cancelled for stock more often", product=wording.product(risen)),
            say(
                "{now} in the last 7 days, {before} in the 90 days before",
                now=wording.share(risen.recent_unfulfilled_orders, risen.recent_orders),
                before=wording.share(risen.baseline_unfulfilled_orders, risen.baseline_orders),
            ),
        )

"""The page in three answers: whether it is worse than usual, what waiting costs, what was lost.

Here belong the answers of the first screen and the sentence above them. The figures behind them are
in `figures`, what to do is in `actions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from zoneinfo import ZoneInfo

from bwp_pipeline.reports import charts, wording
from bwp_pipeline.reports.language import MISSING, day, money, number, percent, say, short_day
from bwp_pipeline.reports.reading.data import Window
from bwp_pipeline.reports.reading.rows import Coverage
from bwp_pipeline.reports.sections.figures import Periods, cancellation_change
from bwp_pipeline.reports.sections.restock import Restock

NAMED, ALARMS_NAMED = 2, 3


@dataclass(frozen=True)
class Answer:
    """A question of the first screen with its answer; `mood` is good, bad or empty."""

    question: str
    value: str
    detail: str
    mood: str = ""
    spark: tuple[float, ...] = ()

    @property
    def bars(self) -> str:
        """The last weeks as a path."""
        return charts.bars(self.spark)


@dataclass(frozen=True)
class KnownDays:
    """The days that the archive covers, and how many of a window's these are."""

    first_day: date
    last_day: date
    days: int


def known_days(window: Window, coverage: Coverage | None) -> KnownDays | None:
    """Return the days from the store's first event to the last one read; None without any event."""
    if coverage is None or coverage.first_event_at is None:
        return None
    first_at = coverage.first_event_at.replace(tzinfo=UTC)
    first = first_at.astimezone(ZoneInfo(window.timezone)).date()
    start, end = max(first, window.first_day), min(window.read_through, window.last_day)
    return KnownDays(first, window.read_through, max(0, (end - start).days + 1))


def answers_of(
    periods: Periods | None,
    restock: Sequence[Restock],
    currency: str | None,
    alarms: Sequence[date],
) -> list[Answer]:
    """Return the three answers; none where nothing was decided or cancelled.

    Args:
        periods: the window and the one before it.
        restock: the page's restock list.
        currency: the page's currency.
        alarms: the days of the window on which the rate's alarm went off.
    """
    if periods is None:
        return []
    return [_is_it_worse(periods, alarms), _waiting(restock, currency), _lost(periods, currency)]


def verdict_of(
    restock: Sequence[Restock],
    periods: Periods | None,
    known: KnownDays | None,
    currency: str | None,
) -> str:
    """Return the page in half a line, as the subject of an e-mail."""
    due = [product for product in restock if product.is_due]
    if periods is None and (known is None or not known.days):
        return say("No data for these days")
    lost = ""
    if periods is not None and periods.now.lost_sales:
        amount = money(periods.now.lost_sales, currency, whole=True)
        lost = say(" \N{EN DASH} {money} lost", money=amount)
    if not due:
        return (due_elsewhere(restock) or say("Nothing to restock")) + lost
    names = ", ".join(wording.title(product.row) for product in due[:NAMED])
    more = ", \N{HORIZONTAL ELLIPSIS}" if len(due) > NAMED else ""
    return say("Restock {n}: {names}", n=number(len(due)), names=names) + more + lost


def due_elsewhere(restock: Sequence[Restock]) -> str | None:
    """Say which page tells what to restock of these products; None where none has to be."""
    due = [product for product in restock if product.is_due_elsewhere]
    if not due:
        return None
    return say(
        "{products} to restock: see {pages}",
        products=wording.products(len(due)),
        pages=", ".join(sorted({str(product.ordered_elsewhere) for product in due})),
    )


def _is_it_worse(periods: Periods, alarms: Sequence[date]) -> Answer:
    now, before = periods.now, periods.before
    verdict, mood = cancellation_change(periods)
    detail = say(verdict)
    if before is not None:
        detail = say(
            "{verdict}; {rate} in the {days} before",
            verdict=detail,
            rate=percent(before.cancelled_orders / before.orders),
            days=wording.days(periods.window.days),
        )
    if alarms:
        days = ", ".join(map(short_day, alarms[-ALARMS_NAMED:]))
        detail = f"{detail}. {say('Alarm on {days}', days=days)}"
    return Answer(
        question=say("Is it worse than usual?"),
        value=say("{rate} of orders cancelled", rate=percent(now.cancelled_orders / now.orders)),
        detail=detail[:1].upper() + detail[1:],
        mood="bad" if alarms else mood,
        spark=periods.weekly(lambda row: row.cancelled_units),
    )


def _waiting(restock: Sequence[Restock], currency: str | None) -> Answer:
    due = [product for product in restock if product.is_due or product.is_due_elsewhere]
    risks = [product.week_at_risk for product in due if product.week_at_risk is not None]
    question = say("What does waiting cost?")
    if not due:
        return Answer(question, money(Decimal(0), currency, whole=True), say("Nothing to restock"))
    if not risks:
        return Answer(question, MISSING, say("Unknown: no demand or no price is known"))
    unknown = len(due) - len(risks)
    detail = say("expected, for {products} to restock", products=wording.products(len(due)))
    if unknown:
        detail += say("; unknown for {n}", n=number(unknown))
    week = sum(risks, Decimal(0))
    value = say("{money} a week", money=money(week, currency, whole=True))
    return Answer(question, value, detail, "bad")


def _lost(periods: Periods, currency: str | None) -> Answer:
    now = periods.now
    return Answer(
        question=say("What was lost?"),
        value=money(now.lost_sales, currency, whole=True),
        detail=say(
            "at least, in {orders} that Amazon could not fulfil",
            orders=wording.orders(now.unfulfilled_orders),
        ),
        spark=periods.weekly(lambda row: row.lost_sales if row.root_cause == "STOCK" else None),
    )


def coverage_note(window: Window, known: KnownDays | None) -> str | None:
    """Say that a window has no data, or only for a part; None if all of it is covered."""
    if known is None:
        return say("No event has arrived yet.")
    if known.days == window.days:
        return None
    reach = say(
        "The archive covers {first} to {last}.",
        first=day(known.first_day),
        last=day(known.last_day),
    )
    if not known.days:
        return f"{say('No data for these days.')} {reach}"
    part = say(
        "Only {known} of these {days} have data.",
        known=number(known.days),
        days=wording.days(window.days),
    )
    return f"{part} {reach}"

"""What each page of the report shows: one page for a store and a currency.

Here belongs the choice and order of the figures on a page. They are read in `data`, judged in
`figures` and `signals`, and drawn by the templates.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bwp_pipeline.reports.actions import SHOWN, Task, other_tasks, tasks_of
from bwp_pipeline.reports.causes import WEEKS, Cause, cause_weeks_of, causes_of
from bwp_pipeline.reports.data import Published, Window
from bwp_pipeline.reports.figures import Figure, figures_of, periods_of
from bwp_pipeline.reports.glossary import definitions, notes_of
from bwp_pipeline.reports.headline import (
    Answer,
    answers_of,
    coverage_note,
    known_days,
    verdict_of,
)
from bwp_pipeline.reports.history import RateHistory, rate_history_of, week_starts
from bwp_pipeline.reports.language import say
from bwp_pipeline.reports.reliability import (
    Reliability,
    ShopperChoices,
    failed_deliveries_of,
    reliability_of,
    shopper_choices_of,
)
from bwp_pipeline.reports.restock import Restock, restock_of
from bwp_pipeline.reports.rows import (
    CancelledOrder,
    Check,
    Coverage,
    DeliveryTimes,
    Facts,
    FailedReturn,
    GradedReturns,
    PageKey,
    ProductPerformance,
    ReturnFailure,
)
from bwp_pipeline.reports.signals import Signal, is_stale, page_signals
from bwp_pipeline.reports.stock_files import FileProblem, StockFiles

ROWS_SHOWN, ROWS_LISTED = 15, 500
TASKS_LISTED = 20
DAYS_OF_A_WEEK = 7


SECTIONS = {
    "restock": "What to restock",
    "figures": "Key figures",
    "history": "Cancellation rate",
    "causes": "Causes",
    "reliability": "Unreliable products",
    "shopper": "Cancelled by shoppers",
    "deliveries": "Deliveries",
    "returns": "Returns",
    "orders": "Orders",
    "quality": "Data quality",
    "definitions": "Definitions",
}


@dataclass(frozen=True)
class Week:
    """A week by which causes are shown; partial where the archive covers a part of it only."""

    start: date
    is_partial: bool


@dataclass(frozen=True)
class Page:
    """The figures of one store in one currency; `tasks` is empty where nothing asks for action."""

    business_product_id: str
    store_name: str
    currency_code: str | None
    window: Window
    is_stale: bool
    coverage: Coverage | None
    problems: tuple[FileProblem, ...]
    coverage_note: str | None
    verdict: str
    answers: list[Answer]
    tasks: list[Task]
    figures: list[Figure]
    signals: list[Signal]
    history: RateHistory
    causes: list[Cause]
    week_heads: list[Week]
    cause_weeks: list[tuple[str, list[float | None]]]
    restock: list[Restock]
    reliability: Reliability | None
    shopper: ShopperChoices
    failed: list[ProductPerformance]
    deliveries: list[DeliveryTimes]
    return_failures: list[ReturnFailure]
    returns: list[FailedReturn]
    graded: list[GradedReturns]
    orders: list[CancelledOrder]
    quality: list[Check]
    notes: list[str]
    has_stock: bool

    rows_shown = ROWS_SHOWN
    rows_listed = ROWS_LISTED
    tasks_shown = SHOWN
    tasks_listed = TASKS_LISTED

    @property
    def sections(self) -> list[tuple[str, str]]:
        """The page's sections in order, by id and name."""
        return [(section, say(name)) for section, name in SECTIONS.items()]

    @property
    def has_quantities(self) -> bool:
        """Whether anything is known about how products are bought."""
        return any(
            product.purchase and product.purchase.reorder_point is not None
            for product in self.restock
        )

    @property
    def restock_heads(self) -> list[tuple[str, str]]:
        """The columns of the restock list; those of numbers are of class n."""
        stock = [(say("Stock, units"), "n"), (say("Cover, days"), "n")] if self.has_stock else []
        order = [(say("Order, units"), "n"), (say("Order by"), "n")] if self.has_quantities else []
        return [
            (say("Product"), ""),
            (say("Do"), ""),
            (say("Status"), ""),
            *stock,
            *order,
            (say("Unfulfilled, units"), "n"),
            (say("Unfulfilled, orders"), "n"),
            (say("Lost sales") + self.in_currency, "n"),
            (say("At risk in 28 days") + self.in_currency, "n"),
        ]

    @property
    def definitions(self) -> dict[str, str]:
        """What the page's figures mean."""
        return definitions()

    @property
    def due(self) -> list[Restock]:
        """The products that need restocking."""
        return [product for product in self.restock if product.is_due]

    @property
    def in_currency(self) -> str:
        """What a column of money adds to its head, for amounts in it carry no currency."""
        return f", {self.currency_code}" if self.currency_code else ""

    @property
    def cancelled_units(self) -> Decimal:
        """Units cancelled in the window, whatever the cause."""
        return sum((cause.cancelled_units for cause in self.causes), Decimal(0))

    @property
    def most_in_a_week(self) -> float:
        """The most units that one cause cancelled in a week: the darkest cell."""
        return max((units or 0.0 for _, weeks in self.cause_weeks for units in weeks), default=0.0)


def pages_of(published: Published, stock: StockFiles, built_at: datetime) -> list[Page]:
    """Return the pages by store, its main currency first; one empty page without any data.

    Rows without a currency, for they have no price, go with their store's most frequent one.
    """
    main = published.main_currencies
    found = published.facts.by_page(main)
    ordered = sorted(found, key=lambda key: (key[0], key[1] != main.get(key[0]), key[1] or ""))
    # Without anything in the window, each store has a page that says so.
    ordered = ordered or [(row.business_product_id, None) for row in published.coverage]
    return [
        page_of(published, key, found.get(key, Facts.none()), stock, built_at)
        for key in ordered or [("", None)]
    ]


def page_of(
    published: Published, key: PageKey, facts: Facts, stock: StockFiles, built_at: datetime
) -> Page:
    """Put together the page of one store and currency from its facts."""
    window, (store, currency) = published.window, key
    causes = causes_of(facts.reasons)
    restock = restock_of(facts, window.last_day, stock)
    periods = periods_of(window, facts)
    signals = page_signals(key, window, facts, causes)
    shopper = shopper_choices_of(facts.products)
    failed = failed_deliveries_of(facts.products)
    history = rate_history_of(facts.decisions, facts.cancellations, window)
    has_stock = any(product.purchase for product in restock)
    coverage = next((row for row in published.coverage if row.business_product_id == store), None)
    known = known_days(window, coverage)
    return Page(
        business_product_id=store,
        store_name=published.store_name(store),
        currency_code=currency,
        window=window,
        is_stale=is_stale(window, built_at),
        coverage=coverage,
        problems=stock.problems,
        coverage_note=coverage_note(window, known),
        verdict=verdict_of(restock, periods, known, currency),
        answers=answers_of(periods, restock, currency, history.signalled_on or []),
        tasks=tasks_of(
            restock,
            signals,
            causes,
            list(other_tasks(shopper.clearly_above, failed, facts.deliveries, currency)),
            currency,
        ),
        figures=figures_of(periods, currency, facts.restock),
        signals=signals,
        history=history,
        causes=causes,
        week_heads=[
            Week(start, known is not None and 0 < (known.first_day - start).days < DAYS_OF_A_WEEK)
            for start in week_starts(window, WEEKS)
        ],
        cause_weeks=cause_weeks_of(
            facts.cancellations, causes, window.last_day, history.known_weeks
        ),
        restock=restock,
        reliability=reliability_of(facts.products, facts.restock),
        shopper=shopper,
        failed=failed,
        deliveries=facts.deliveries,
        return_failures=facts.return_failures,
        returns=facts.failed_returns,
        graded=facts.graded,
        orders=facts.orders,
        quality=published.checks,
        notes=notes_of(
            window,
            restock=facts.restock,
            history=history,
            has_stock=has_stock,
            stock_problems=stock.asked.problems(store),
            has_comparison=periods is None or periods.before is not None,
            promised=any(row.promised_deliveries for row in facts.deliveries),
            unresolved=published.unresolved.get(store, 0),
        ),
        has_stock=has_stock,
    )

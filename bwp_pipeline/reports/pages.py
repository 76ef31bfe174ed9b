"""What each page of the report shows: one page for a store and a currency.

Here belongs the choice and order of the figures on a page. They are read in `data`, judged in
`figures` and `signals`, and drawn by the templates.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.actions import today_sentences
from bwp_pipeline.reports.causes import WEEKS, cause_weeks_of, causes_of
from bwp_pipeline.reports.data import Published, Row, Window
from bwp_pipeline.reports.figures import Figure, figures_of, fill_rate, periods_of
from bwp_pipeline.reports.glossary import definitions, notes_of
from bwp_pipeline.reports.history import RateHistory, rate_history_of, week_starts
from bwp_pipeline.reports.reliability import (
    FEW_FAILURES,
    Reliability,
    ShopperChoices,
    failed_deliveries_of,
    reliability_of,
    shopper_choices_of,
)
from bwp_pipeline.reports.restock import Restock, restock_of
from bwp_pipeline.reports.signals import Signal, is_stale, page_signals
from bwp_pipeline.reports.stock_files import FileProblem, StockFiles

SHOWN = 500


@dataclass(frozen=True)
class Page:
    """The figures of one store in one currency; `today` is empty where nothing asks for action."""

    business_product_id: str
    store_name: str
    currency_code: str | None
    window: Window
    is_stale: bool
    coverage: Row | None
    problems: tuple[FileProblem, ...]
    figures: list[Figure]
    fill_rate: float | None
    signals: list[Signal]
    today: list[str]
    history: RateHistory
    causes: list[Row]
    cause_weeks: list[tuple[str, list[float | None]]]
    restock: list[Restock]
    reliability: Reliability | None
    shopper: ShopperChoices
    failed: list[Row]
    deliveries: list[Row]
    return_failures: list[Row]
    returns: list[Row]
    graded: list[Row]
    orders: list[Row]
    quality: list[Row]
    notes: list[str]
    has_stock: bool

    shown = SHOWN

    @property
    def definitions(self) -> dict[str, str]:
        """What the page's figures mean."""
        return definitions()

    @property
    def due(self) -> list[Restock]:
        """The products that need restocking."""
        return [product for product in self.restock if product.is_due]

    @property
    def verdict(self) -> str:
        """The page in half a line, as the subject of an e-mail."""
        if not self.due:
            text = "nothing needs restocking"
        else:
            text = f"{wording.count(len(self.due), 'product')} to restock"
        return (
            text
            if self.fill_rate is None
            else f"{text}, fill rate {wording.percent(self.fill_rate)} %"
        )

    @property
    def in_currency(self) -> str:
        """What a column of money adds to its head, for amounts in it carry no currency."""
        return f", {self.currency_code}" if self.currency_code else ""

    @property
    def cancelled_units(self) -> Decimal:
        """Units cancelled in the window, whatever the cause."""
        return sum((row["cancelled_units"] for row in self.causes), Decimal(0))

    @property
    def week_starts(self) -> list[date]:
        """The first days of the weeks by which causes are shown."""
        return week_starts(self.window, WEEKS)

    @property
    def most_in_a_week(self) -> float:
        """The most units that one cause cancelled in a week: the darkest cell."""
        return max((units or 0.0 for _, weeks in self.cause_weeks for units in weeks), default=0.0)


def pages_of(published: Published, stock: StockFiles, built_at: datetime) -> list[Page]:
    """Return the pages by store, its main currency first; one empty page without any data.

    Rows without a currency, for they have no price, go with their store's most frequent one.
    """
    window = published.window
    found: dict[tuple[str, str | None], dict[str, list[Row]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for name, rows in _sources(published).items():
        for row in rows:
            store = row["business_product_id"]
            currency = row["currency_code"] or published.main_currencies.get(store)
            found[store, currency][name].append(row)
    main = published.main_currencies
    ordered = sorted(found, key=lambda key: (key[0], key[1] != main.get(key[0]), key[1] or ""))
    keys: list[tuple[str, str | None]] = ordered or [("", None)]
    stale = is_stale(window, built_at)
    return [_page(published, key, found[key], stock, is_stale=stale) for key in keys]


def _sources(published: Published) -> dict[str, list[Row]]:
    tables = ("unfulfilled_products", "cancellation_reasons", "return_failures")
    return {
        **{name: published.records(name) for name in tables},
        **{name: rows for name, rows in published.facts.items() if name != "coverage"},
    }


def _page(
    published: Published,
    key: tuple[str, str | None],
    rows: dict[str, list[Row]],
    stock: StockFiles,
    *,
    is_stale: bool,
) -> Page:
    window, (store, currency) = published.window, key
    products = rows["products"]
    causes = causes_of(rows["cancellation_reasons"])
    restock = restock_of(rows, window, stock)
    listed = [product.row for product in restock]
    periods = periods_of(window, rows["periods"], rows["days"])
    signals = page_signals(
        key, window, days=rows["days"], products=products, restock=listed, causes=causes
    )
    shopper = shopper_choices_of(products)
    failed = failed_deliveries_of(products)
    history = rate_history_of(rows["days"], window)
    coverage = [row for row in published.facts["coverage"] if row["business_product_id"] == store]
    has_stock = any(product.purchase for product in restock)
    return Page(
        business_product_id=store,
        store_name=published.store_name(store),
        currency_code=currency,
        window=window,
        is_stale=is_stale,
        coverage=coverage[0] if coverage else None,
        problems=stock.problems,
        figures=figures_of(periods, currency, listed),
        fill_rate=fill_rate(periods.now) if periods else None,
        signals=signals,
        today=today_sentences(
            [(product.row, product.action) for product in restock if product.is_due],
            signals,
            shopper.clearly_above,
            [row for row in failed if row["failed_orders"] >= FEW_FAILURES],
            currency,
        ),
        history=history,
        causes=causes,
        cause_weeks=cause_weeks_of(rows["cause_weeks"], causes, history.known_weeks),
        restock=restock,
        reliability=reliability_of(products, listed),
        shopper=shopper,
        failed=failed,
        deliveries=rows["deliveries"],
        return_failures=rows["return_failures"],
        returns=rows["returns"],
        graded=rows["graded"],
        orders=rows["orders"],
        quality=published.records("data_quality"),
        notes=notes_of(
            window,
            restock=listed,
            history=history,
            has_stock=has_stock,
            stock_problems=stock.asked.problems(store),
            has_comparison=periods is None or periods.before is not None,
            promised=any(row["promised"] for row in rows["deliveries"]),
            unresolved=len(published.records("unresolved_deliveries", business_product_id=store)),
        ),
        has_stock=has_stock,
    )

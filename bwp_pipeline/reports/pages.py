"""What each page of the report shows: one page for a store and a currency.

Here belongs the choice and order of the figures on a page. They are read in `data`, judged in
`figures` and `signals`, and drawn by the templates.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bwp_pipeline.demand.outlook import HORIZON_DAYS
from bwp_pipeline.reports.page import Page, Week
from bwp_pipeline.reports.reading.active_products import ActiveProduct, ProductId
from bwp_pipeline.reports.reading.data import Published
from bwp_pipeline.reports.reading.rows import (
    Facts,
    PageKey,
)
from bwp_pipeline.reports.reading.scored_products import ScoredProduct
from bwp_pipeline.reports.sections.actions import order_tasks, other_tasks, tasks_of
from bwp_pipeline.reports.sections.causes import WEEKS, cause_weeks_of, causes_of
from bwp_pipeline.reports.sections.figure_queries import figure_queries
from bwp_pipeline.reports.sections.figures import figures_of, periods_of
from bwp_pipeline.reports.sections.glossary import notes_of
from bwp_pipeline.reports.sections.headline import (
    answers_of,
    coverage_note,
    known_days,
    verdict_of,
)
from bwp_pipeline.reports.sections.history import rate_history_of, week_starts
from bwp_pipeline.reports.sections.order_lines import (
    order_lines_of,
    purchase_order_names,
    running_out,
)
from bwp_pipeline.reports.sections.purchases import Purchase, purchases_of
from bwp_pipeline.reports.sections.reliability import (
    failed_deliveries_of,
    reliability_of,
    shopper_choices_of,
)
from bwp_pipeline.reports.sections.restock import restock_of
from bwp_pipeline.reports.sections.scorecard import known_from, scorecard_of
from bwp_pipeline.reports.sections.signals import is_stale, page_signals
from bwp_pipeline.reports.stock.files import StockFiles

DAYS_OF_A_WEEK = 7


def pages_of(published: Published, stock: StockFiles, built_at: datetime) -> list[Page]:
    """Return the pages by store, its main currency first; one empty page without any data.

    Rows without a currency, for they have no price, go with their store's most frequent one.
    """
    main = published.main_currencies
    today = published.window.last_day + timedelta(days=1)
    purchases = purchases_of(published.facts.active, stock, today)
    found = published.facts.by_page(main)
    ordered = sorted(found, key=lambda key: (key[0], key[1] != main.get(key[0]), key[1] or ""))
    # Without anything in the window, each store has a page that says so.
    ordered = ordered or [(row.business_product_id, None) for row in published.coverage]
    return [
        page_of(published, key, found.get(key, Facts.none()), stock, purchases, built_at)
        for key in ordered or [("", None)]
    ]


def page_of(  # noqa: PLR0917 -- what a page is made of
    published: Published,
    key: PageKey,
    facts: Facts,
    stock: StockFiles,
    purchases: Mapping[ProductId, Purchase],
    built_at: datetime,
) -> Page:
    """Put together the page of one store and currency from its facts."""
    window, (store, currency) = published.window, key
    causes = causes_of(facts.reasons)
    restock = restock_of(facts, purchases, window.last_day, stock, currency)
    listed = {product.row.product_key: product.at_risk for product in restock}
    lines = order_lines_of(facts.active, purchases, window.last_day, listed)
    today = window.last_day + timedelta(days=1)
    periods = periods_of(window, facts)
    signals = page_signals(key, window, facts, causes)
    figures = figures_of(periods, currency, facts.restock)
    shopper = shopper_choices_of(facts.products)
    failed = failed_deliveries_of(facts.products)
    history = rate_history_of(facts.decisions, facts.unexplained, facts.cancellations, window)
    bought = [line.purchase for line in lines]
    bought += [product.purchase for product in restock if product.purchase]
    has_stock = any(known.on_hand is not None for known in bought)
    coverage = next((row for row in published.coverage if row.business_product_id == store), None)
    known = known_days(window, coverage)
    is_main_currency = currency == published.main_currencies.get(store)
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
        answers=answers_of(periods, restock, currency, history.watched.rang_on),
        tasks=tasks_of(
            restock,
            signals,
            causes,
            [
                *order_tasks(lines, restock),
                *other_tasks(shopper.clearly_above, failed, facts.deliveries, currency),
            ],
            currency,
        ),
        figures=figures,
        queries=figure_queries(
            figures, published.queries, window, key, is_main_currency=is_main_currency
        ),
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
        order_lines=lines,
        order_names=purchase_order_names(terms.supplier for terms in stock.terms.values()),
        running_out=running_out(lines, today, HORIZON_DAYS),
        not_asked=_not_asked(facts.active, stock),
        scorecard=scorecard_of(_kept(facts.scored, stock), stock.advice.products),
        scorecard_from=known_from(facts.decisions),
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
        is_main_currency=is_main_currency,
    )


def _not_asked(products: list[ActiveProduct], stock: StockFiles) -> int:
    """Return how many active products Amazon was not asked about, though it was about others."""
    asked = stock.asked.products
    stores = {store for store, _ in asked}
    return sum(
        product.business_product_id in stores and product.id not in asked for product in products
    )


def _kept(rows: list[ScoredProduct], stock: StockFiles) -> list[ScoredProduct]:
    """Return the products without those that the merchant has discontinued."""
    return [
        row
        for row in rows
        if (terms := stock.terms_of(row.business_product_id, row.sku, row.product_key)) is None
        or not terms.is_discontinued
    ]

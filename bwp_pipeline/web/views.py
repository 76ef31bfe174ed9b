"""Pages as HTML: what each template is given.

Belongs here: putting figures and look-ups together for a template. Does not belong here: requests,
or the words of a value, which `bwp_pipeline.reports.wording` has.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from math import inf
from pathlib import Path
from urllib.parse import quote

import duckdb
from jinja2 import Environment

from bwp_pipeline.reports.forms.amazon_cases import amazon_cases
from bwp_pipeline.reports.forms.csv_files import csv_bytes
from bwp_pipeline.reports.forms.order_list import purchase_orders_of
from bwp_pipeline.reports.forms.rendering import template_environment
from bwp_pipeline.reports.language import say
from bwp_pipeline.reports.page import Page
from bwp_pipeline.reports.reading.windows import read_window
from bwp_pipeline.reports.sections.actions import Task
from bwp_pipeline.reports.sections.order_lines import OrderLine
from bwp_pipeline.reports.sections.restock import Restock, order_action
from bwp_pipeline.reports.stock.decisions import DecisionsFile, Kind, Standing
from bwp_pipeline.web import lookups
from bwp_pipeline.web.filters import Filters, Rank, WhatIf
from bwp_pipeline.web.live_report import LiveReport, narrowed, page_for
from bwp_pipeline.web.published_database import PublishedDatabase

LINES_SHOWN = 200
_TEMPLATES = Path(__file__).parent / "templates"
_PAGES_OF_SECTIONS = {"order_list": "/orders-to-place", "deliveries": "/supply-chain"}
DECISIONS = {
    Kind.ORDERED: "Ordered",
    Kind.SNOOZED: "Snooze",
    Kind.DISCONTINUED: "Discontinued",
    Kind.ACTIVE: "Active again",
    Kind.NOTE: "Just a note",
}


@dataclass(frozen=True)
class Ranking:
    """How the order list is ranked: in a person's words, and the most of what first."""

    name: str
    value: Callable[[OrderLine], Decimal | float | None]

    def order(self, line: OrderLine) -> float:
        """A key to sort by; what is not known stands last."""
        value = self.value(line)
        return inf if value is None else -float(value)


RANKS = {
    Rank.AT_RISK: Ranking("Money at risk", lambda line: line.at_risk),
    Rank.MARGIN: Ranking("Margin at risk", lambda line: line.margin_at_risk),
    Rank.PER_COST: Ranking("Money at risk per cost", lambda line: line.at_risk_per_cost),
}


@dataclass(frozen=True)
class Site:
    """What pages are made of."""

    database: PublishedDatabase
    report: LiveReport
    decisions: DecisionsFile


class NotFoundError(Exception):
    """What was asked for doesn't exist; one line for the page."""


@dataclass(frozen=True)
class Affordable:
    """A line of the order list, and what it costs together with the lines before it."""

    item: OrderLine
    spent: Decimal | None
    is_within: bool


def dashboard(site: Site, filters: Filters) -> str:
    """The report's page with filters."""
    pages = site.report.pages(filters.days)
    page = _page(site, filters)
    return _render(
        "dashboard.html.j2",
        filters=filters,
        page=narrowed(page, filters),
        pages=pages,
        stores={one.business_product_id: one.store_name for one in pages},
        currencies=sorted({one.currency_code or "" for one in pages}),
        whole=page,
    )


def orders_to_place(
    site: Site, filters: Filters, what_if: WhatIf, number: int = 1, *, part: bool = False
) -> str:
    """A part of the order list, from 1, on terms to try; `part` leaves out all but the table."""
    page = page_for(site.report.tried(filters.days, what_if), filters)
    if page is None:
        raise NotFoundError(say("There is no such store or currency."))
    rank = what_if.rank if page.has_costs else Rank.AT_RISK
    lines = _affordable(sorted(page.to_order, key=RANKS[rank].order), what_if.budget)
    parts = max(1, -(-len(lines) // LINES_SHOWN))
    number = min(number, parts)
    first = (number - 1) * LINES_SHOWN
    return _render(
        "order_list.html.j2" if part else "orders_to_place.html.j2",
        filters=filters,
        page=page,
        lines=lines,
        shown=lines[first : first + LINES_SHOWN],
        first=first + 1,
        neighbours=[
            (say(name), filters.address("/orders-to-place", **what_if.query, page=str(other)))
            for name, other in (("Earlier lines", number - 1), ("Further lines", number + 1))
            if 1 <= other <= parts
        ],
        what_if=what_if,
        rank=rank,
        ranks={one: say(ranking.name) for one, ranking in RANKS.items()},
    )


def product(site: Site, filters: Filters, key: str, token: str) -> str:
    """One product: its figures, weeks, orders, returns, and what was decided about it."""
    page, item, line = _listing(site, filters, key)
    store = page.business_product_id
    facts = _product_facts(site, store, key)
    ordered = order_action(line.purchase, page.today) if line else None
    return _render(
        "product.html.j2",
        filters=filters,
        page=page,
        key=key,
        facts=facts,
        item=item,
        line=line,
        action=item.action if item else ordered,
        standing=site.decisions.read().get((store, key), Standing()),
        decided={kind: say(name) for kind, name in DECISIONS.items()},
        today=_today(),
        token=token,
    )


def order(site: Site, filters: Filters, found: str) -> str:
    """One order by its id or the shop's own number: ids, states and times, no personal data."""
    page = _page(site, filters)
    facts = lookups.OrderFacts([], [])
    if found:
        facts = site.report.looked_up(
            ("order", found), lambda connection: lookups.order_facts(connection, found)
        )
    return _render("order.html.j2", filters=filters, page=page, asked=found, facts=facts)


def supply(site: Site, filters: Filters) -> str:
    """How a store's products ship and arrive, and what lateness costs."""
    page = _page(site, filters)
    store = page.business_product_id
    with site.database.reading() as connection:
        last_day: date = read_window(connection).last_day
        weeks = lookups.look_up(
            connection, "supply_weeks", lookups.SupplyWeek, store=store, last_day=last_day
        )
        carriers = lookups.look_up(
            connection, "supply_carriers", lookups.Carrier, store=store, last_day=last_day
        )
        products = lookups.look_up(
            connection, "supply_products", lookups.LateProduct, store=store, last_day=last_day
        )
    return _render(
        "supply.html.j2",
        filters=filters,
        page=page,
        weeks=weeks,
        carriers=carriers,
        products=products,
    )


def file(site: Site, name: str) -> bytes:
    """A purchase order or a case for Amazon, by its name on the page, as of now."""
    pages = site.report.pages(None)
    for table in purchase_orders_of(pages):
        if name == f"{table.name}.csv":
            return csv_bytes(table)
    orders = [order for page in pages for order in page.orders]
    for case in amazon_cases(pages, orders, site.report.stock()):
        if name == case.file_name:
            return case.text.encode()
    raise NotFoundError(say("There is no file {name}.", name=name[:80]))


def message(text: str) -> str:
    """A page that says one thing."""
    return _render("message.html.j2", text=text, filters=Filters())


def _listing(
    site: Site, filters: Filters, key: str
) -> tuple[Page, Restock | None, OrderLine | None]:
    """A product's page with its lines on the restock list and on the list of all that is sold.

    The page is the first of the filters on whose restock list it is, else the one that tells its
    order, else the first.
    """
    first = _page(site, filters)
    store = first.business_product_id
    pages = [one for one in site.report.pages(filters.days) if one.business_product_id == store]
    sold = [(one, line) for one in pages for line in one.order_lines]
    page, line = next((each for each in sold if each[1].product.product_key == key), (first, None))
    for one in pages:
        if page_for([one], replace(filters, store=store)) is not None:
            for item in one.restock:
                if item.row.product_key == key:
                    return one, item, line
    return page, None, line


def _page(site: Site, filters: Filters) -> Page:
    page = page_for(site.report.pages(filters.days), filters)
    if page is None:
        raise NotFoundError(say("There is no such store or currency."))
    return page


def require_product(site: Site, store: str, key: str) -> None:
    """Check that a product is known.

    Raises:
        NotFoundError: When it is not.
    """
    _product_facts(site, store, key)


def _product_facts(site: Site, store: str, key: str) -> lookups.ProductFacts:
    def look_up(connection: duckdb.DuckDBPyConnection) -> lookups.ProductFacts | None:
        return lookups.product_facts(connection, store, key, read_window(connection).last_day)

    facts = site.report.looked_up(("product", store, key), look_up)
    if facts is None:
        raise NotFoundError(say("There is no product {name} in this store.", name=key[:80]))
    return facts


def _affordable(items: list[OrderLine], budget: float | None) -> list[Affordable]:
    spent, lines = Decimal(0), []
    for item in items:
        cost = item.purchase.cost
        within = budget is None or (cost is not None and float(spent + cost) <= budget)
        if within and cost is not None:
            spent += cost
        lines.append(Affordable(item, spent if cost is not None else None, within))
    return lines


def _today() -> date:
    return datetime.now(UTC).date()


def _render(template: str, **context: object) -> str:
    return _environment().get_template(template).render(**context)


@cache
def _environment() -> Environment:
    environment = template_environment(_TEMPLATES)
    environment.globals["utc"] = UTC
    environment.globals["product_link"] = _product_link
    environment.globals["task_link"] = _task_link
    environment.globals["file_link"] = lambda name: f"/files/{quote(name)}"
    return environment


def _product_link(store: str, key: str) -> str:
    return Filters(store=store).address("/product", key=key)


def _task_link(page: Page, task: Task) -> str:
    if task.product_key:
        return _product_link(page.business_product_id, task.product_key)
    path = _PAGES_OF_SECTIONS.get(task.section)
    if path is None:
        return f"#{task.section}"
    return Filters(store=page.business_product_id, currency=page.currency_code or "").address(path)

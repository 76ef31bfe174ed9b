"""The report of any filters, made once for each edition of the database and kept for the next.

Belongs here: reading the report's pages and remembering them. Does not belong here: HTTP, HTML.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import duckdb

from bwp_pipeline.reports.page import Page
from bwp_pipeline.reports.pages import pages_of
from bwp_pipeline.reports.reading.data import Published
from bwp_pipeline.reports.reading.rows import NamedProduct
from bwp_pipeline.reports.reading.windows import read_published
from bwp_pipeline.reports.stock.advice import FILE as ADVICE_FILE
from bwp_pipeline.reports.stock.decisions import FILE as DECISIONS_FILE
from bwp_pipeline.reports.stock.files import StockFiles, read_stock_files
from bwp_pipeline.reports.stock.terms import Terms
from bwp_pipeline.web.filters import Filters, WhatIf
from bwp_pipeline.web.published_database import PublishedDatabase
from bwp_pipeline.web.remembered import Remembered

_REPORTS_KEPT = 32
_LOOKUPS_KEPT = 1000
_FILES = ("inventory.csv", "overrides.csv", "stock.json", ADVICE_FILE, DECISIONS_FILE)
_Made = TypeVar("_Made")


class LiveReport:
    """The pages of the published database, with the merchant's current files and decisions.

    Args:
        database: What is read.
        data_dir: Where the merchant's files are.
    """

    def __init__(self, database: PublishedDatabase, data_dir: Path) -> None:
        self._database = database
        self._data_dir = data_dir
        self._reports = Remembered(_REPORTS_KEPT)
        self._lookups = Remembered(_LOOKUPS_KEPT)

    def pages(self, days: tuple[date, date] | None) -> Sequence[Page]:
        """All pages of a window, the published one where `days` is None.

        Raises:
            NoDatabaseError: When there is nothing to read.
        """
        return self.remembered(("pages", days), lambda: self._made(days, self.stock()))

    def tried(self, days: tuple[date, date] | None, terms: WhatIf) -> Sequence[Page]:
        """The same pages, as if every product were bought on these terms."""
        if terms.lead_time_days is None and terms.service_level is None:
            return self.pages(days)
        key = ("tried", days, terms.lead_time_days, terms.service_level)
        return self.remembered(key, lambda: self._tried(days, terms))

    def _tried(self, days: tuple[date, date] | None, terms: WhatIf) -> Sequence[Page]:
        stock = self.stock()
        names = {
            name
            for page in self.pages(days)
            for line in page.order_lines
            for name in (line.product.sku, line.product.product_key)
            if name
        }
        changed = {name: _tried(stock.terms.get(name, Terms()), terms) for name in names}
        return self._made(days, replace(stock, terms={**stock.terms, **changed}))

    def stock(self) -> StockFiles:
        """The merchant's files and decisions as they are now, and stock as it was last told."""
        return self.remembered(
            ("stock",), lambda: read_stock_files(self._data_dir, self._published(None))
        )

    def remembered(self, key: tuple[object, ...], make: Callable[[], _Made]) -> _Made:
        """What `make` gave for this key, this database and these files, made at most once."""
        whole = (key, self._database.edition(), *map(self._modified, _FILES))
        return self._reports.once(whole, make)

    def looked_up(
        self, key: tuple[str, ...], look_up: Callable[[duckdb.DuckDBPyConnection], _Made]
    ) -> _Made:
        """What the database says of a product or an order, looked up at most once an edition."""

        def make() -> _Made:
            with self._database.reading() as connection:
                return look_up(connection)

        return self._lookups.once((key, self._database.edition()), make)

    def _made(self, days: tuple[date, date] | None, stock: StockFiles) -> Sequence[Page]:
        return pages_of(self._published(days), stock, datetime.now(UTC))

    def _published(self, days: tuple[date, date] | None) -> Published:
        # Not read again for a decision or another count: the tables are the same.
        key = ("published", days, self._database.edition())
        return self._reports.once(key, lambda: self._read(days))

    def _read(self, days: tuple[date, date] | None) -> Published:
        with self._database.reading():
            return read_published(self._database.path, days)

    def _modified(self, name: str) -> int:
        try:
            return (self._data_dir / name).stat().st_mtime_ns
        except OSError:
            return 0


def page_for(pages: Sequence[Page], filters: Filters) -> Page | None:
    """The page of the filters' store and currency; the first one where they name none."""
    for page in pages:
        if filters.store in {"", page.business_product_id} and filters.currency in {
            "",
            page.currency_code or "",
        }:
            return page
    return None


def narrowed(page: Page, filters: Filters) -> Page:
    """The page's lists cut to the filters' product and cause; its key figures stay the store's."""
    words = filters.product.lower().split()

    def named(row: NamedProduct) -> bool:
        text = " ".join(filter(None, (row.product_title, row.sku, row.product_key)))
        return all(word in text.lower() for word in words)

    def caused(root_cause: str | None) -> bool:
        return not filters.cause or root_cause == filters.cause

    return replace(
        page,
        restock=[item for item in page.restock if named(item.row)],
        order_lines=[line for line in page.order_lines if named(line.product)],
        running_out=[line for line in page.running_out if named(line.product)],
        scorecard=page.scorecard and page.scorecard.narrowed(named),
        orders=[row for row in page.orders if named(row) and caused(row.root_cause)],
        causes=[row for row in page.causes if caused(row.root_cause)],
        return_failures=[row for row in page.return_failures if named(row)],
    )


def _tried(terms: Terms, what_if: WhatIf) -> Terms:
    lead_time, level = what_if.lead_time_days, what_if.service_level
    return replace(
        terms,
        lead_time=terms.lead_time if lead_time is None else lead_time,
        service_level=terms.service_level if level is None else level,
    )

"""All forms of one report, written as dated copies and as the latest one.

Here belongs which files there are and where they lie. What is in them is each form's own matter.
"""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from bwp_pipeline.reports.exchange import alone, exchange, fresh
from bwp_pipeline.reports.forms.alerts import read_alerts, remember, write_alerts
from bwp_pipeline.reports.forms.amazon_cases import amazon_cases, write_cases
from bwp_pipeline.reports.forms.csv_files import write_csv_files
from bwp_pipeline.reports.forms.digest import Digest, digest_of
from bwp_pipeline.reports.forms.order_list import order_list_of, purchase_orders_of
from bwp_pipeline.reports.forms.rendering import Stamp, write_pages
from bwp_pipeline.reports.forms.workbook import write_workbook
from bwp_pipeline.reports.pages import pages_of
from bwp_pipeline.reports.reading.active_products import ProductId
from bwp_pipeline.reports.reading.data import Published
from bwp_pipeline.reports.reading.windows import read_published
from bwp_pipeline.reports.sections.signals import Signal
from bwp_pipeline.reports.stock.advice import advised_after, write_advice
from bwp_pipeline.reports.stock.files import StockFiles, read_stock_files


@dataclass(frozen=True)
class ReportFiles:
    """The latest report: its files, and what is worth saying about it.

    `html` is the page to open first; `pages` are the further ones, one for each store and currency
    where there are several. `linked` are purchase orders and cases for Amazon, to which they lead.
    `digest` is what e-mails and messages are made of. `problem` says what
    could not be read of an earlier report's files. `advised` are the units to order and those in
    stock, by product.
    """

    html: Path
    xlsx: Path
    csvs: tuple[Path, ...]
    alerts: Path
    pages: tuple[Path, ...]
    linked: tuple[Path, ...]
    last_day: date
    digest: Digest
    advised: Mapping[ProductId, tuple[int, float | None]] = field(default_factory=dict)
    problem: str | None = None

    def moved_to(self, directory: Path) -> "ReportFiles":
        """Return the same files as they lie in another directory."""
        return replace(
            self,
            html=directory / self.html.name,
            xlsx=directory / self.xlsx.name,
            csvs=tuple(directory / path.name for path in self.csvs),
            alerts=directory / self.alerts.name,
            pages=tuple(directory / path.name for path in self.pages),
            linked=tuple(directory / path.name for path in self.linked),
        )


def write_reports(
    database_path: Path,
    out_dir: Path,
    *,
    built_at: datetime,
    version: str,
    run_id: str,
    data_dir: Path | None = None,
) -> ReportFiles:
    """Write the report of the published database to `out_dir/YYYY-MM-DD/` and `out_dir/latest/`.

    The dated directory is named for the last day the report covers. `latest` is exchanged whole,
    so that whoever opens it never finds files of two reports.

    Args:
        database_path: the published database, opened read-only.
        out_dir: where reports are kept.
        built_at: when this report is made, with a time zone.
        version: the product's version, printed on the report.
        run_id: the run that makes it, printed on the report.
        data_dir: where the merchant's inventory.csv and overrides.csv may lie.

    Raises:
        duckdb.Error: the database is missing or is not a published one.
        OSError: the directory cannot be written.
        ReportsBusyError: another process has been writing reports for ten minutes.
    """
    published = read_published(database_path)
    latest = out_dir / "latest"
    dated = out_dir / published.window.last_day.isoformat()
    with alone(out_dir):
        previous = read_alerts(latest / "alerts.json")
        building = fresh(dated)
        stock = read_stock_files(data_dir, published) if data_dir else StockFiles()
        files = write_files(
            published,
            building,
            stamp=Stamp(built_at, version, run_id),
            stock=stock,
            previous=previous.signals,
        )
        exchange(building, dated)
        shutil.copytree(dated, building)
        exchange(building, latest)
        if data_dir:
            today = published.window.last_day + timedelta(days=1)
            write_advice(advised_after(stock.advice, today, files.advised), data_dir)
    problems = (previous.problem, stock.advice.problem)
    return replace(files.moved_to(latest), problem="; ".join(filter(None, problems)) or None)


def write_window_report(
    database_path: Path,
    out_dir: Path,
    days: tuple[date, date],
    *,
    built_at: datetime,
    version: str,
    run_id: str,
    business_product_id: str | None = None,
) -> ReportFiles:
    """Write the report of any past window to `out_dir/<first day>_<last day>[_<store>]/`.

    It is computed from what is known today about the orders of those days. The latest report and
    the memory of signals stay as they are; stock is left out because it is only known for today.

    Args:
        database_path: the published database, opened read-only.
        out_dir: where reports are kept.
        days: the window's first and last day, in the merchant's time zone.
        built_at: when this report is made, with a time zone.
        version: the product's version, printed on the report.
        run_id: the run that makes it, printed on the report.
        business_product_id: the store to report on; None for all.

    Raises:
        ValueError: the first day is later than the last.
        duckdb.Error: the database is missing or is not a published one.
    """
    first_day, last_day = days
    if first_day > last_day:
        raise ValueError(f"the window's first day {first_day} is later than its last, {last_day}")
    published = read_published(database_path, days, business_product_id)
    name = "_".join(filter(None, (str(first_day), str(last_day), business_product_id)))
    target = out_dir / re.sub(r"[^A-Za-z0-9_-]+", "-", name)
    with alone(out_dir):
        building = fresh(target)
        files = write_files(
            published, building, stamp=Stamp(built_at, version, run_id), stock=StockFiles()
        )
        exchange(building, target)
    return files.moved_to(target)


def write_files(
    published: Published,
    directory: Path,
    *,
    stamp: Stamp,
    stock: StockFiles,
    previous: Sequence[Signal] = (),
) -> ReportFiles:
    """Write every form of a report into one directory.

    Args:
        published: what the report shows.
        directory: an existing directory.
        stamp: when, by which version and by which run it is made.
        stock: the merchant's files.
        previous: the signals of the report before, to tell new ones from old.
    """
    pages = pages_of(published, stock, stamp.built_at)
    signals = remember(
        (signal for page in pages for signal in page.signals), previous, published.window.last_day
    )
    digest = digest_of(pages, signals)
    htmls = write_pages(pages, digest, directory, stamp)
    tables = (*published.tables.values(), order_list_of(pages))
    orders = tuple(purchase_orders_of(pages))
    cases = write_cases(amazon_cases(pages, published.facts.orders, stock), directory)
    return ReportFiles(
        html=htmls[0],
        xlsx=write_workbook(published, pages, tables, directory / "bwp_report.xlsx", stamp),
        csvs=write_csv_files((*tables, *orders), published.window, directory),
        alerts=write_alerts(
            signals,
            published.window,
            directory / "alerts.json",
            is_stale=digest.is_stale,
        ),
        pages=htmls[1:],
        linked=(*(directory / f"{order.name}.csv" for order in orders), *cases),
        last_day=published.window.last_day,
        digest=digest,
        advised={
            line.product.id: (
                line.purchase.suggested_units,
                None if line.purchase.on_hand is None else float(line.purchase.on_hand),
            )
            for page in pages
            for line in page.order_lines
            if line.purchase.suggested_units is not None
        },
    )

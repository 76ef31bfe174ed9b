"""A report's page and a steady shop to report on."""

from html import unescape
from pathlib import Path

from bwp_pipeline.reports.writing import ReportFiles
from bwp_pipeline_tests.reports.published import Item
from bwp_pipeline_tests.reports.published_report import report


def page_of(tmp_path: Path, *items: Item, data_dir: Path | None = None) -> str:
    """Return the page as text with its tags."""
    files = report(tmp_path, *items, data_dir=data_dir)
    return unescape(files.html.read_text(encoding="utf-8"))


def shop(
    days: int, orders: int, *, cancelled: float = 0.05, doubled_for: int = 0, cause: str = "STOCK"
) -> list[Item]:
    """A steady shop of ten products: each order one unit; every 1/cancelled-th is cancelled."""
    items = []
    for day in range(days):
        share = cancelled * (2 if day < doubled_for else 1)
        for place in range(orders):
            hit = int((place + 1) * share * 1.0000001) > int(place * share * 1.0000001)
            items.append(
                Item(
                    f"o-{day}-{place}",
                    f"SKU-{place % 10}",
                    f"Product {place % 10}",
                    root_cause=cause if hit else None,
                    days_ago=day + 0.25,
                )
            )
    return items


def csv_of(files: ReportFiles, table: str) -> Path:
    return next(path for path in files.csvs if path.name == f"{table}.csv")

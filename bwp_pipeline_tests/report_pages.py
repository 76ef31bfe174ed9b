"""A report's page with its words and tables, and a steady shop to report on."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from bwp_pipeline.reports.writing import ReportFiles
from bwp_pipeline_tests.published import Item
from bwp_pipeline_tests.published_report import report


def page_of(tmp_path: Path, *items: Item, data_dir: Path | None = None) -> str:
    """Return the page as text with its tags."""
    files = report(tmp_path, *items, data_dir=data_dir)
    return unescape(files.html.read_text(encoding="utf-8"))


class Words(HTMLParser):
    """The page's words without style and script, and the attributes of its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.skipping = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.skipping = tag in {"style", "script"}

    def handle_endtag(self, tag: str) -> None:
        self.skipping = self.skipping and tag not in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


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


class Tables(HTMLParser):
    """The text of every table cell on a page, by table and row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 -- the parser's own signature
        if tag == "table":
            self.open = False
            self.tables.append([])
        elif tag == "tr":
            self.open = False
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in {"td", "th", "table"}

    def handle_data(self, data: str) -> None:
        if self.open:
            self.tables[-1][-1][-1] += data


def csv_of(files: ReportFiles, table: str) -> Path:
    return next(path for path in files.csvs if path.name == f"{table}.csv")

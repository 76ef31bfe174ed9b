# ruff: noqa: T201 -- a command of its own; it prints a table
"""How many clicks and seconds five questions of a manager take, on the static page and live.

`python -m bwp_pipeline_tests.long.manager_tasks data/demo` opens the demo in Chromium, does what a
manager would do for each question, checks that the answer is in sight, and prints a table. Seconds
are the machine's, from the first request to the answer; reading takes longer.
"""

import argparse
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bwp_pipeline.sandbox import run_server
from bwp_pipeline.web.app import create_app

LONGEST_MS = 10_000
OF_PRODUCT = "#restock-table tbody tr >> nth=0"


@dataclass
class Reader:
    """Somebody with a mouse, whose clicks are counted."""

    page: Page
    clicks: int = 0

    def click(self, found: Locator) -> None:
        """Click, and wait until the browser is done."""
        self.clicks += 1
        found.click(timeout=LONGEST_MS)
        self.page.wait_for_load_state()

    def sees(self, selector: str) -> None:
        """Check that something is there to read.

        Raises:
            playwright.sync_api.Error: When it is not.
        """
        self.page.locator(selector).first.wait_for(state="visible", timeout=LONGEST_MS)


def open_shop(reader: Reader) -> None:
    """From the overview of several stores or currencies to the first one's page."""
    link = reader.page.locator("main h2 a").first
    if link.count():
        reader.click(link)


def what_to_order_today(reader: Reader) -> None:
    """The first line of "Do today" says how much of what to order."""
    reader.sees("ol li:has-text('order')")


def why_did_this_product_fail(reader: Reader) -> None:
    """The orders of a product, and what was said of them."""
    open_shop(reader)
    reader.click(reader.page.locator(f"{OF_PRODUCT} >> summary"))
    more = reader.page.locator(f"{OF_PRODUCT} >> details p a")
    if more.count():
        reader.click(more.first)
        reader.sees("section[aria-labelledby=orders] table")
    else:
        reader.sees(f"{OF_PRODUCT} >> details p")


def is_it_worse_than_before(reader: Reader) -> None:
    """The first answer of the page."""
    open_shop(reader)
    reader.sees(".answers > div")


def what_did_we_lose_on_it(reader: Reader) -> None:
    """The product's line."""
    open_shop(reader)
    reader.sees(f"{OF_PRODUCT} >> td.l")


def has_my_order_helped(reader: Reader) -> None:
    """The product's weeks before and after."""
    open_shop(reader)
    reader.click(reader.page.locator(f"{OF_PRODUCT} >> summary"))
    more = reader.page.locator(f"{OF_PRODUCT} >> details p a")
    if more.count():
        reader.click(more.first)
        reader.sees("section[aria-labelledby=weeks] table")
    else:
        reader.sees(f"{OF_PRODUCT} >> details svg")


TASKS: dict[str, Callable[[Reader], None]] = {
    "What do I order today?": what_to_order_today,
    "Why did this product fail?": why_did_this_product_fail,
    "Is it worse than last month?": is_it_worse_than_before,
    "What did we lose on it?": what_did_we_lose_on_it,
    "Has my order helped?": has_my_order_helped,
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that the machine has."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def done(browser: Browser, address: str, task: Callable[[Reader], None]) -> str:
    """Do one task in a window of its own; returns clicks and seconds."""
    reader = Reader(browser.new_page(viewport={"width": 1280, "height": 800}))
    began = perf_counter()
    reader.page.goto(address)
    task(reader)
    seconds = perf_counter() - began
    reader.page.close()
    return f"{reader.clicks} click{'' if reader.clicks == 1 else 's'}, {seconds:.1f} s"


def main() -> None:
    """Print a line for each question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path, help="a data directory with a published report")
    data_dir: Path = parser.parse_args().data_dir.resolve()
    page = (data_dir / "reports" / "latest" / "bwp_report.html").as_uri()
    app = create_app(data_dir / "published" / "bwp.duckdb", data_dir)
    with chromium() as browser, run_server(app) as server:
        print("| question | static page | `bwp serve` |\n|---|---|---|")
        for question, task in TASKS.items():
            print(
                f"| {question} | {done(browser, page, task)} | {done(browser, server.url, task)} |"
            )


if __name__ == "__main__":
    main()

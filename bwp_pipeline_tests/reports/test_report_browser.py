"""The page in a real browser: nothing is loaded, sorting and filtering work, axe finds nothing.

Runs where Playwright and Chromium are; the page itself needs neither.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bwp_pipeline.reports.writing import write_reports
from bwp_pipeline_tests.reports.published import Item, publish
from bwp_pipeline_tests.reports.published_report import estimate

pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("no Chromium", allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe  # noqa: E402 -- only where they are installed
from playwright.sync_api import sync_playwright  # noqa: E402 -- as above

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PRODUCTS, SHOWN = 28, 15
ONE_LINE = 45
MOST_PAGES = 8
TITLES = [
    "Enamel mug",
    "<b>Bold</b>",
    "\u05e2\u05d1\u05e8\u05d9\u05ea",
    "x" * 300,
    "\U0001f389" * 40,
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with many products, of which some have nasty titles."""
    directory = tmp_path_factory.mktemp("browser")
    items = [
        Item(
            f"o-{n}",
            f"SKU-{n % PRODUCTS:02}",
            TITLES[n % PRODUCTS] if n % PRODUCTS < len(TITLES) else f"Product {n % PRODUCTS}",
            root_cause="STOCK"
            if n % 6 == 0 or n < 60
            else "SHOPPER_CHOICE"
            if n % 7 == 0
            else None,
            days_ago=n % 100 + 0.3,
        )
        for n in range(3000)
    ]
    database = publish(directory / "bwp.duckdb", items)
    estimate(database)
    return write_reports(
        database,
        directory,
        built_at=datetime(2026, 11, 20, 5, tzinfo=UTC),
        version="1",
        run_id="r",
    ).html


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield opened
        opened.close()


def opened(browser: "Browser", path: Path, **options: object) -> tuple["Page", list[str]]:
    """Open the page; everything it asks for or complains about is collected."""
    page = browser.new_page(**options)  # type: ignore[arg-type]
    noticed: list[str] = []
    page.on("console", lambda message: noticed.append(message.text))
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.on("request", lambda request: noticed.append(request.url))
    page.goto(path.as_uri())
    return page, noticed


def test_nothing_is_loaded_and_nothing_complained_of(browser: "Browser", path: Path) -> None:
    _, noticed = opened(browser, path)
    assert noticed == [path.as_uri()]


def test_a_click_sorts_by_number_and_says_so(browser: "Browser", path: Path) -> None:
    page, _ = opened(browser, path)
    head = page.locator("#restock-table th", has_text="Lost sales")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    cells = page.locator("#restock-table tbody td:nth-child(6)").all_text_contents()
    amounts = [float(cell.replace(",", "")) for cell in cells]
    assert len(amounts) == PRODUCTS
    assert amounts == sorted(amounts, reverse=True)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.locator("#restock-table th[aria-sort]").count() == 1


def test_words_filter_the_list(browser: "Browser", path: Path) -> None:
    page, _ = opened(browser, path)
    page.locator(".filter input").first.fill("mug sku-00")
    assert page.locator("#restock-table tbody tr:visible").count() == 1
    page.locator(".filter input").first.fill("")
    assert page.locator("#restock-table tbody tr:visible").count() == PRODUCTS


def test_the_first_rows_are_shown_and_the_keyboard_shows_all(
    browser: "Browser", path: Path
) -> None:
    page, _ = opened(browser, path, java_script_enabled=False)
    assert page.locator("#restock-table tbody tr:visible").count() == SHOWN
    page.locator("#all").focus()
    page.keyboard.press("Space")
    assert page.locator("#restock-table tbody tr:visible").count() == PRODUCTS


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_first_screen_answers_and_says_what_to_do(
    browser: "Browser", path: Path, width: int, height: int
) -> None:
    page, _ = opened(browser, path, viewport={"width": width, "height": height})
    for part in ("h1", ".answers .value", ".today li"):
        for element in page.locator(part).all()[:3]:
            box = element.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= height


def test_a_product_takes_one_line(browser: "Browser", path: Path) -> None:
    page, _ = opened(browser, path, viewport={"width": 1280, "height": 800})
    for row in page.locator("#restock-table tbody tr:visible").all():
        box = row.bounding_box()
        assert box is not None
        assert box["height"] < ONE_LINE


def test_printed_heads_repeat_and_details_of_pages_are_few(browser: "Browser", path: Path) -> None:
    page, _ = opened(browser, path)
    pages = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert 0 < pages <= MOST_PAGES


def test_without_scripts_everything_is_there_to_read(browser: "Browser", path: Path) -> None:
    page, _ = opened(browser, path, java_script_enabled=False)
    assert page.locator("#restock-table tbody tr").count() == PRODUCTS
    assert page.locator("button").count() == 0
    page.locator("#causes + * ~ details summary, #shopper ~ details summary").first.click()
    assert page.locator("details[open] table").count() == 1


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
)
def test_no_width_and_no_scheme_overflows_or_is_hard_to_read(
    browser: "Browser", path: Path, width: int, scheme: str
) -> None:
    page, _ = opened(browser, path, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()

"""`bwp serve` in a real browser: axe finds nothing, nothing loads from elsewhere, keys do it all.

Runs where Playwright and Chromium are. What the server answers is in `test_serve`.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from bwp_pipeline.reports.stock.files import read_stock_files
from bwp_pipeline.sandbox import run_server
from bwp_pipeline.web.app import create_app
from bwp_pipeline_tests.examples.shared_example import shared_example

pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("no Chromium", allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe  # noqa: E402 -- only where they are installed
from playwright.sync_api import sync_playwright  # noqa: E402 -- as above

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TODAY = datetime.now(UTC).date()
MOST_TABS = 60


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("serve")
    (directory / "published").mkdir()
    example = shared_example(tmp_path_factory)
    shutil.copy(example, directory / "published" / "bwp.duckdb")
    return directory


@pytest.fixture(scope="module")
def address(data_dir: Path) -> Iterator[str]:
    with run_server(create_app(data_dir / "published" / "bwp.duckdb", data_dir)) as server:
        yield server.url


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


def press_until(page: "Page", selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


def first_product(page: "Page", address: str) -> str:
    page.goto(address)
    found = page.locator('a[href^="/product"]').first.get_attribute("href")
    assert found is not None
    return address + found


# Colours don't depend on the width, nor where things lie on the colours.
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_every_page_is_sound_at_every_width_and_in_both_schemes(
    browser: "Browser", address: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    product = first_product(page, address)
    pages = ("/", "/orders-to-place", "/supply-chain", "/order", "/order?id=none", "/?store=none")
    for path in (*(address + one for one in pages), product):
        page.goto(path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    assert complaints == []
    assert all(url.startswith((address, "data:")) for url in asked)


def test_filters_work_with_the_keyboard_alone(browser: "Browser", address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    sku = page.locator("#restock-table tbody tr details").first.text_content()
    assert sku is not None
    press_until(page, "input[name=product]")
    title = page.locator("#restock-table summary").first.text_content()
    assert title is not None
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?*product=*")
    rows = page.locator("#restock-table tbody tr")
    assert set(rows.locator("summary").all_text_contents()) == {title}


def test_sorting_works_with_the_keyboard_alone(browser: "Browser", address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    press_until(page, "#restock-table th:last-child button")
    page.keyboard.press("Enter")
    head = page.locator("#restock-table th:last-child")
    assert head.get_attribute("aria-sort") == "descending"


def test_a_what_if_answers_without_leaving_the_page(
    browser: "Browser", address: str, data_dir: Path
) -> None:
    page = browser.new_page()
    keys = [one.rpartition("key=")[2] for one in product_addresses(page, address)]
    lines = "".join(f"{key},5\n" for key in keys)
    (data_dir / "inventory.csv").write_text(f"sku,on_hand\n{lines}", encoding="utf-8")
    page.goto(f"{address}/orders-to-place")
    assert page.locator("#order-list table").count() == 0
    press_until(page, "input[name=lead_time_days]")
    page.keyboard.type("90")
    page.wait_for_selector("#order-list table")
    assert "lead_time_days=90" in page.url
    (data_dir / "inventory.csv").unlink()


def product_addresses(page: "Page", address: str) -> list[str]:
    page.goto(address)
    links = page.locator('a[href^="/product"]').all()
    return [link.get_attribute("href") or "" for link in links]


def test_a_note_and_a_snooze_are_kept_with_the_keyboard_alone(
    browser: "Browser", address: str, data_dir: Path
) -> None:
    page = browser.new_page()
    page.goto(first_product(page, address))
    press_until(page, "input[name=kind]")
    for _ in range(4):  # to the last of the five: a note
        page.keyboard.press("ArrowDown")
    press_until(page, "input[name=remark]")
    page.keyboard.type("Ask the supplier on Monday")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Ask the supplier on Monday")

    until = TODAY + timedelta(days=5)
    press_until(page, "input[name=kind]")
    page.keyboard.press("ArrowDown")
    press_until(page, "input[name=day]")
    page.keyboard.type(until.strftime("%m%d%Y"))
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Snoozed until")
    (standing,) = read_stock_files(data_dir).standings.values()
    assert standing.snoozed_until == until
    assert [one.remark for one in standing.decisions] == [None, "Ask the supplier on Monday"]

"""`bwp serve`: live pages, filters and what-ifs, asked over HTTP as a browser would."""

import html
import re
import shutil
from pathlib import Path
from threading import Event, Thread
from typing import Any

import duckdb
import httpx
import pytest

from bwp_pipeline_tests.servers.served_pages import browsing, product_pages


def asked(data_dir: Path, query: str) -> list[tuple[Any, ...]]:
    """What the published database says."""
    with duckdb.connect(str(data_dir / "published" / "bwp.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_page_answers_and_loads_nothing_from_elsewhere(browser: httpx.Client) -> None:
    for path in ("/", "/orders-to-place", "/supply-chain", "/order", product_pages(browser)[0]):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert not re.search(r'(src|href)="(https?:)?//', answer.text)
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_live_page_shows_the_figures_of_the_published_tables(
    browser: httpx.Client, data_dir: Path
) -> None:
    rows = asked(
        data_dir,
        "select product_key, lost_sales from reports.unfulfilled_products"
        " where lost_sales > 0 and currency_code = 'USD' order by rank limit 3",
    )
    assert rows
    for key, lost_sales in rows:
        (address,) = [path for path in product_pages(browser) if path.endswith(f"key={key}")]
        assert f"{lost_sales:,.2f}" in browser.get(address).text


def test_a_products_page_tells_its_stock_its_weeks_and_when_it_was_out(
    browser: httpx.Client, data_dir: Path
) -> None:
    ((store, key, days_out, unfulfilled),) = asked(
        data_dir,
        "select business_product_id, product_key, days_out, unfulfilled_units"
        " from reports.stockout_episodes"
        " join reports.active_products using (business_product_id, product_key)"
        " where not is_ongoing order by stockout_episodes.unfulfilled_units desc limit 1",
    )
    (data_dir / "inventory.csv").write_text(f"sku,on_hand\n{key},157\n")
    page = browser.get("/product", params={"store": store, "key": key}).text
    assert 'Stock, units</dt><dd class="value">157<' in page
    assert f'<td class="n">{days_out}</td><td class="n">{unfulfilled:,.0f}</td>' in page
    # A week in which a unit was decided has numbers; only what nobody knows is a dash.
    weeks = page.partition('id="weeks"')[2].partition("</table>")[0]
    assert "\N{EN DASH}" not in weeks
    assert '<td class="n">0</td>' in weeks


def test_with_the_published_database_alone_a_page_tells_the_stock_that_is_in_it(
    browser: httpx.Client, data_dir: Path
) -> None:
    ((store, key, units),) = asked(
        data_dir,
        "select business_product_id, product_key, buyable_units from reports.stock_cover"
        " join reports.active_products using (business_product_id, product_key)"
        " order by buyable_units desc limit 1",
    )
    told = f'Stock, units</dt><dd class="value">{units:,.0f}<'
    assert told in browser.get("/product", params={"store": store, "key": key}).text

    with duckdb.connect(str(data_dir / "published" / "bwp.duckdb")) as connection:
        connection.execute("update reports.stock_cover set told_on = told_on - 1")
    # What was told on an earlier day than the last may be long gone.
    assert told not in browser.get("/product", params={"store": store, "key": key}).text


def test_a_product_that_has_not_failed_yet_and_must_be_ordered_says_so(
    browser: httpx.Client, data_dir: Path
) -> None:
    ((store, key),) = asked(
        data_dir,
        "select business_product_id, product_key from reports.active_products"
        " anti join reports.unfulfilled_products using (business_product_id, product_key)"
        " order by demand_per_day desc limit 1",
    )
    (data_dir / "inventory.csv").write_text(f"sku,on_hand\n{key},1\n")
    (data_dir / "overrides.csv").write_text(f"sku,lead_time_days\n{key},10\n")
    orders = browser.get("/orders-to-place").text.partition(f"key={key}")[2].partition("</tr>")[0]
    units = re.findall(r'<td class="n">([\d,]+)</td>', orders)[0]
    page = browser.get("/product", params={"store": store, "key": key}).text
    assert f'<h2 id="now">Order {units} now</h2>' in page
    assert f'Order, units</dt><dd class="value">{units}<' in page
    assert 'Order by</dt><dd class="value">now<' in page
    assert "Nothing to restock" not in page

    (data_dir / "inventory.csv").write_text(f"sku,on_hand\n{key},9999\n")
    page = browser.get("/product", params={"store": store, "key": key}).text
    assert '<h2 id="now">Nothing to restock</h2>' in page
    assert "Order by" not in page


def test_filters_in_the_address_cut_the_lists(browser: httpx.Client) -> None:
    everything = browser.get("/").text
    key = product_pages(browser)[0].rpartition("key=")[2]
    some = browser.get("/", params={"product": key}).text
    assert len(some) < len(everything)
    assert f"key={key}" in some


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("/?from=2026-13-01", 400, "is not a day"),
        ("/?from=2026-11-10&to=2026-11-01", 400, "is not a valid range"),
        ("/?from=0001-01-01", 400, "is not a valid range"),
        ("/?store=nobody", 404, "There is no such store"),
        ("/product?key=nothing", 404, "There is no product"),
        ("/orders-to-place?lead_time_days=1e9", 400, "must be a number from 0 to 730"),
        ("/orders-to-place?service_level=nan", 400, "must be a number from 50 to 99.9"),
        ("/orders-to-place?budget=much", 400, "must be a number"),
        ("/order?id=%27+or+1%3D1--", 200, "No snapshot of an order"),
    ],
)
def test_an_odd_address_gets_a_sentence(
    browser: httpx.Client, address: str, code: int, words: str
) -> None:
    answer = browser.get(address)
    assert (answer.status_code, words in html.unescape(answer.text)) == (code, True)


def test_an_order_is_found_by_its_id(browser: httpx.Client, data_dir: Path) -> None:
    ((order,),) = asked(
        data_dir, "select order_id from marts.fct_delivery_items where state = 'CANCELLED' limit 1"
    )
    page = browser.get("/order", params={"id": order}).text
    assert "Cancelled" in page
    assert "Its items" in page


def test_other_terms_give_other_quantities_and_are_not_kept(
    browser: httpx.Client, data_dir: Path
) -> None:
    keys = [path.rpartition("key=")[2] for path in product_pages(browser)]
    lines = "".join(f"{key},5\n" for key in keys)
    (data_dir / "inventory.csv").write_text(f"sku,on_hand\n{lines}", encoding="utf-8")
    assert "Nothing to order is known" in browser.get("/orders-to-place").text

    short, long = (
        browser.get("/orders-to-place", params={"lead_time_days": days}).text for days in (1, 90)
    )

    def units(page: str) -> int:
        row = re.search(r'<td class="n">([\d,]+)</td>', page)
        assert row is not None
        return int(row[1].replace(",", ""))

    assert units(short) < units(long)
    assert "Nothing to order is known" in browser.get("/orders-to-place").text


def test_without_a_database_a_sentence_says_what_to_do_and_it_appears_by_itself(
    data_dir: Path,
) -> None:
    path = data_dir / "published" / "bwp.duckdb"
    path.rename(data_dir / "later")
    with browsing(data_dir) as browser:
        answer = browser.get("/")
        assert (answer.status_code, "bwp run" in answer.text) == (503, True)
        (data_dir / "later").rename(path)
        assert browser.get("/").status_code == 200


def test_readers_never_see_half_a_database_while_runs_swap_it(
    browser: httpx.Client, data_dir: Path
) -> None:
    """Editions differ in a title: an answer is of one of them, and the last one wins."""
    path = data_dir / "published" / "bwp.duckdb"
    stop = Event()
    found: list[tuple[int, str]] = []
    address = product_pages(browser)[0]

    def read() -> None:
        while not stop.is_set():
            answer = browser.get(address)
            title = re.search(r"<h1><bdi>(.*?)</bdi>", answer.text)
            found.append((answer.status_code, title[1] if title else ""))

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(4):
        part = path.with_name("next")
        shutil.copy(path, part)
        with duckdb.connect(str(part)) as connection:
            connection.execute(
                "update marts.dim_products set product_title = ?", [f"Edition {number}"]
            )
        part.replace(path)
    stop.set()
    for reader in readers:
        reader.join()
    assert {code for code, _ in found} == {200}
    assert "Edition 3" in browser.get(address).text

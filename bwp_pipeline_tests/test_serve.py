"""`bwp serve`: live pages, filters, what-ifs and decisions, asked over ASGI as a browser would."""

import html
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import duckdb
import httpx
import pytest

from bwp_pipeline.reports.decisions import Decision, DecisionsFile, Kind
from bwp_pipeline.reports.stock_files import read_stock_files
from bwp_pipeline.sandbox import run_server
from bwp_pipeline.web.app import create_app
from bwp_pipeline_tests.example_queries import published_example

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_example(tmp_path_factory.mktemp("serve"))


@pytest.fixture
def data_dir(example: Path, tmp_path: Path) -> Path:
    (tmp_path / "published").mkdir()
    shutil.copy(example, tmp_path / "published" / "bwp.duckdb")
    return tmp_path


@pytest.fixture
def browser(data_dir: Path) -> Iterator[httpx.Client]:
    yield from _browser(data_dir)


def _browser(data_dir: Path, credentials: str | None = None) -> Iterator[httpx.Client]:
    app = create_app(data_dir / "published" / "bwp.duckdb", data_dir, credentials=credentials)
    with (
        run_server(app) as server,
        httpx.Client(base_url=server.url, follow_redirects=True) as client,
    ):
        yield client


def product_pages(browser: httpx.Client) -> list[str]:
    found = re.findall(r'href="(/product[^"]+)"', browser.get("/").text)
    return list(dict.fromkeys(map(html.unescape, found)))


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


def decide(browser: httpx.Client, page: str, **fields: str) -> httpx.Response:
    hidden = {name: field(page, name) for name in ("token", "store", "key")}
    origin = {"origin": str(browser.base_url)}
    return browser.post("/decisions", data={**hidden, **fields}, headers=origin)


def test_every_page_answers_and_loads_nothing_from_elsewhere(browser: httpx.Client) -> None:
    for path in ("/", "/orders-to-place", "/supply-chain", "/order", product_pages(browser)[0]):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert not re.search(r'(src|href)="(https?:)?//', answer.text)
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_live_page_shows_the_figures_of_the_published_tables(
    browser: httpx.Client, data_dir: Path
) -> None:
    with duckdb.connect(str(data_dir / "published" / "bwp.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select product_key, lost_sales from reports.unfulfilled_products"
            " where lost_sales > 0 and currency_code = 'USD' order by rank limit 3"
        ).fetchall()
    assert rows
    for key, lost_sales in rows:
        (address,) = [path for path in product_pages(browser) if path.endswith(f"key={key}")]
        assert f"{lost_sales:,.2f}" in browser.get(address).text


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
    with duckdb.connect(str(data_dir / "published" / "bwp.duckdb"), read_only=True) as connection:
        (found,) = connection.execute(
            "select order_id from marts.fct_delivery_items where state = 'CANCELLED' limit 1"
        ).fetchall()
    page = browser.get("/order", params={"id": found[0]}).text
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


def test_a_decision_is_kept_with_who_and_when_and_holds_for_the_next_report(
    browser: httpx.Client, data_dir: Path
) -> None:
    address = product_pages(browser)[0]
    due = TODAY + timedelta(days=9)
    answer = decide(
        browser, browser.get(address).text, kind="ORDERED", units="120", day=due.isoformat()
    )

    assert "120 units are on the way" in answer.text
    assert "manager" in answer.text
    store, key = (field(answer.text, name) for name in ("store", "key"))
    standing = read_stock_files(data_dir).standings[store, key]
    assert standing.on_the_way(due) == 120
    assert standing.on_the_way(due + timedelta(days=1)) == 0


def test_a_snoozed_or_discontinued_product_leaves_todays_list_until_it_is_active_again(
    browser: httpx.Client, data_dir: Path
) -> None:
    page = browser.get(product_pages(browser)[0]).text
    store, key = (field(page, name) for name in ("store", "key"))
    until = (TODAY + timedelta(days=5)).isoformat()
    for kind, fields in (("SNOOZED", {"day": until}), ("DISCONTINUED", {}), ("ACTIVE", {})):
        assert decide(browser, page, kind=kind, **fields).status_code == 200
        terms = read_stock_files(data_dir).terms_of(store, None, key)
        if kind == "SNOOZED":
            assert terms is not None
            assert terms.snooze_until == date.fromisoformat(until)
        elif kind == "DISCONTINUED":
            assert terms is not None
            assert terms.is_discontinued
        else:
            assert terms is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "ORDERED", "units": "-5", "day": "2027-01-01"}, "how many units"),
        ({"kind": "ORDERED", "units": "9" * 30, "day": "2027-01-01"}, "how many units"),
        ({"kind": "ORDERED", "units": "5", "day": "soon"}, "say the day"),
        ({"kind": "SNOOZED", "day": "9999-01-01"}, "within the next 730 days"),
        ({"kind": "NOTE"}, "write the note first"),
        ({"kind": "NOTE", "remark": "x" * 2001}, "too long"),
        ({"kind": "BOUGHT"}, "choose what you decided"),
        ({}, "choose what you decided"),
    ],
)
def test_an_impossible_decision_is_not_kept(
    browser: httpx.Client, data_dir: Path, fields: dict[str, str], words: str
) -> None:
    page = browser.get(product_pages(browser)[0]).text
    answer = decide(browser, page, **fields)
    assert (answer.status_code, words in html.unescape(answer.text).lower()) == (400, True)
    assert DecisionsFile(data_dir).read() == {}


def test_a_form_of_another_site_or_of_yesterday_is_refused(
    browser: httpx.Client, data_dir: Path
) -> None:
    page = browser.get(product_pages(browser)[0]).text
    hidden = {name: field(page, name) for name in ("token", "store", "key")} | {"kind": "ACTIVE"}
    elsewhere = browser.post("/decisions", data=hidden, headers={"origin": "https://evil.example"})
    browser.cookies.clear()
    late = browser.post("/decisions", data=hidden, headers={"origin": str(browser.base_url)})
    assert (elsewhere.status_code, late.status_code) == (403, 403)
    assert "open the product" in late.text
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 400
    assert DecisionsFile(data_dir).read() == {}


def test_with_a_password_nobody_else_reads_and_decisions_carry_the_user(data_dir: Path) -> None:
    for browser in _browser(data_dir, "ann:pass-phrase"):
        assert browser.get("/").status_code == 401
        assert browser.get("/", auth=("ann", "wrong")).status_code == 401
        browser.auth = httpx.BasicAuth("ann", "pass-phrase")
        page = browser.get(product_pages(browser)[0]).text
        assert ">ann<" in decide(browser, page, kind="NOTE", remark="Call the supplier").text


def test_two_people_who_save_at_once_are_both_kept(data_dir: Path) -> None:
    file = DecisionsFile(data_dir)

    def add(number: int) -> None:
        file.add(
            Decision(
                business_product_id="bp-1",
                product_key="MUG",
                kind=Kind.NOTE,
                author=f"person {number}",
                noted_at=datetime.now(UTC),
                remark="mine",
            )
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    assert len(DecisionsFile(data_dir).read()["bp-1", "MUG"].decisions) == 24


def test_a_damaged_decisions_file_is_told_and_stops_no_report(
    browser: httpx.Client, data_dir: Path
) -> None:
    (data_dir / "decisions.sqlite").write_bytes(b"not a database at all, but long enough" * 50)
    answer = browser.get(product_pages(browser)[0])
    assert (answer.status_code, "move it away" in answer.text) == (503, True)
    assert browser.get("/").status_code == 200
    (problem,) = read_stock_files(data_dir).problems
    assert "decisions.sqlite" in str(problem)


def test_without_a_database_a_sentence_says_what_to_do_and_it_appears_by_itself(
    data_dir: Path,
) -> None:
    path = data_dir / "published" / "bwp.duckdb"
    path.rename(data_dir / "later")
    for browser in _browser(data_dir):
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

"""`bwp serve` against what goes wrong: unknown products, absurd terms, a database swapped under an
open page, a file of decisions that is missing, locked or damaged.

Odd addresses and impossible decisions are in `test_serve` and `test_serve_decisions`.
"""

import html
import re
import shutil
import sqlite3
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import duckdb
import httpx
import pytest

from bwp_pipeline.reports.stock import decisions
from bwp_pipeline.reports.stock.decisions import DecisionsError, DecisionsFile
from bwp_pipeline.reports.stock.files import read_stock_files
from bwp_pipeline.web import views
from bwp_pipeline_tests.servers.page_text import rows_of
from bwp_pipeline_tests.servers.served_pages import decide, field, product_pages


@pytest.mark.parametrize("key", ["nothing", "", "x" * 5000, "' or 1=1 --", "\u202e<script>", "%00"])
def test_an_unknown_product_is_said_to_be_unknown_and_gets_no_decision(
    browser: httpx.Client, data_dir: Path, key: str
) -> None:
    answer = browser.get("/product", params={"key": key})
    assert (answer.status_code, "There is no product" in answer.text) == (404, True)
    assert "<script>" not in answer.text

    page = browser.get(product_pages(browser)[0]).text
    refused = decide(browser, page, key=key, kind="DISCONTINUED")
    assert refused.status_code in {400, 404}
    assert DecisionsFile(data_dir).read() == {}


@pytest.mark.parametrize(
    "terms",
    [
        {"lead_time_days": "-1"},
        {"lead_time_days": "inf"},
        {"lead_time_days": "1e400"},
        {"service_level": "100"},
        {"service_level": "0"},
        {"budget": "-0.01"},
        {"budget": "9" * 400},
        {"page": "0"},
        {"page": "two"},
        {"page": "1e9"},
    ],
)
def test_an_absurd_what_if_is_refused_with_its_bounds(
    browser: httpx.Client, terms: dict[str, str]
) -> None:
    answer = browser.get("/orders-to-place", params=terms)
    assert (answer.status_code, "must be a number from" in answer.text) == (400, True)


@pytest.mark.parametrize(
    "terms",
    [
        {"lead_time_days": "730", "service_level": "99.9"},
        {"lead_time_days": "0", "service_level": "50"},
        {"budget": "0"},
        {"budget": "1e12"},
        {"page": "10000"},
    ],
)
def test_the_furthest_terms_have_an_answer(
    browser: httpx.Client, data_dir: Path, terms: dict[str, str]
) -> None:
    _count_stock(browser, data_dir)
    page = browser.get("/orders-to-place", params={"lead_time_days": "30", **terms})
    assert page.status_code == 200
    assert "nan" not in page.text
    for row in rows_of(page.text, "Order, units", "Supplier"):
        assert re.fullmatch(r"[\d,]+", row["Order, units"])


def test_a_long_order_list_comes_in_parts_that_together_are_all_of_it(
    browser: httpx.Client, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _count_stock(browser, data_dir)
    terms = {"lead_time_days": "30", "budget": "50"}
    whole = rows_of(browser.get("/orders-to-place", params=terms).text, "Order, units", "Supplier")
    monkeypatch.setattr(views, "LINES_SHOWN", 3)
    # What is kept is kept for the same address.
    address = "/orders-to-place?lead_time_days=30&budget=50&page=1"
    (data_dir / "inventory.csv").touch()
    parts = []
    while address:
        page = browser.get(address).text
        parts += rows_of(page, "Order, units", "Supplier")
        further = re.search(r'<a href="([^"]+)">Further lines', page)
        address = html.unescape(further[1]) if further else ""
    assert len(whole) > 3
    assert parts == whole


def test_a_page_left_open_over_night_still_saves_and_then_shows_the_new_day(
    browser: httpx.Client, data_dir: Path
) -> None:
    address = product_pages(browser)[0]
    yesterday = browser.get(address).text
    path = data_dir / "published" / "bwp.duckdb"
    tomorrow = path.with_name("next")
    shutil.copy(path, tomorrow)
    with duckdb.connect(str(tomorrow)) as connection:
        connection.execute("update marts.dim_products set product_title = 'Of the new day'")
    tomorrow.replace(path)
    answer = decide(browser, yesterday, kind="NOTE", remark="Called the supplier")
    assert answer.status_code == 200
    assert "Of the new day" in answer.text
    assert "Called the supplier" in answer.text


def test_two_people_who_save_the_same_form_at_once_are_both_kept(
    browser: httpx.Client, data_dir: Path
) -> None:
    page = browser.get(product_pages(browser)[0]).text
    store, key = (field(page, name) for name in ("store", "key"))
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda n: decide(browser, page, kind="NOTE", remark=f"Remark {n}"), range(16)
        )
    assert {answer.status_code for answer in answers} == {200}
    kept = DecisionsFile(data_dir).read()[store, key].decisions
    assert sorted(one.remark or "" for one in kept) == sorted(f"Remark {n}" for n in range(16))


def test_a_decisions_file_that_is_gone_is_begun_anew(browser: httpx.Client, data_dir: Path) -> None:
    page = browser.get(product_pages(browser)[0]).text
    assert decide(browser, page, kind="NOTE", remark="First").status_code == 200
    (data_dir / "decisions.sqlite").unlink()
    assert "First" not in browser.get(product_pages(browser)[0]).text
    assert "Second" in decide(browser, page, kind="NOTE", remark="Second").text


def test_a_locked_decisions_file_says_to_try_again_and_keeps_the_report_up(
    browser: httpx.Client, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "LOCKED_SECONDS", 0.1)
    page = browser.get(product_pages(browser)[0]).text
    decide(browser, page, kind="NOTE", remark="First")
    with closing(sqlite3.connect(data_dir / "decisions.sqlite", isolation_level=None)) as other:
        other.execute("begin exclusive")
        answer = decide(browser, page, kind="NOTE", remark="Second")
        assert (answer.status_code, "try again" in answer.text) == (503, True)
        (data_dir / "inventory.csv").write_text("sku,on_hand\n", encoding="utf-8")
        assert browser.get("/").status_code == 200
    assert "Second" in decide(browser, page, kind="NOTE", remark="Second").text


NONSENSE: dict[str, tuple[str, object]] = {
    "a kind that is none": ("kind", "BOUGHT"),
    "a kind that is no text": ("kind", b"NOTE"),
    "a day that is none": ("day", "soon"),
    "a day that is a number": ("day", 20260101),
    "a day in the year 1": ("day", "0001-01-01"),
    "a time without a zone": ("noted_at", "2026-01-01T00:00:00"),
    "a time that is a number": ("noted_at", 1e300),
    "a time at the calendar's end": ("noted_at", "9999-12-31T23:59:59+00:00"),
    "units that are infinite": ("units", float("inf")),
    "units that are a text": ("units", "many"),
    "more units than there are": ("units", 2**62),
    "nobody": ("author", None),
    "a product that is bytes": ("product_key", b"k"),
    "a very long remark": ("remark", "x" * 70_000),
}


@pytest.mark.parametrize("damage", ["a directory", *NONSENSE])
def test_a_decisions_file_with_nonsense_in_it_is_told_and_stops_no_report(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "decisions.sqlite"
    if damage == "a directory":
        path.mkdir()
    else:
        row = {
            "business_product_id": "bp",
            "product_key": "k",
            "kind": "SNOOZED",
            "author": "ann",
            "noted_at": "2026-01-01T00:00:00+00:00",
            "remark": None,
            "units": None,
            "day": "2026-02-01",
        }
        write_notes(path, row)
        assert len(DecisionsFile(tmp_path).read()["bp", "k"].decisions) == 1
        column, value = NONSENSE[damage]
        write_notes(path, {**row, column: value})
    with pytest.raises(DecisionsError, match="move it away"):
        DecisionsFile(tmp_path).read()
    (problem,) = read_stock_files(tmp_path).problems
    assert "decisions.sqlite" in str(problem)


def write_notes(path: Path, row: Mapping[str, object]) -> None:
    """Add a row to a table that checks nothing."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            f"create table if not exists decisions (id integer primary key, {', '.join(row)})"
        )
        marks = ", ".join("?" * len(row))
        query = f"insert into decisions values (null, {marks})"  # noqa: S608 -- own marks
        connection.execute(query, list(row.values()))


def _count_stock(browser: httpx.Client, data_dir: Path) -> None:
    keys = [path.rpartition("key=")[2] for path in product_pages(browser)]
    lines = "".join(f"{key},1\n" for key in keys)
    (data_dir / "inventory.csv").write_text(f"sku,on_hand\n{lines}", encoding="utf-8")

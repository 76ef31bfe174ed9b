"""Decisions noted in `bwp serve`: who and when, what they change, what is refused."""

import html
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bwp_pipeline.reports.stock.decisions import Decision, DecisionsFile, Kind
from bwp_pipeline.reports.stock.files import read_stock_files
from bwp_pipeline_tests.servers.served_pages import browsing, decide, field, product_pages

TODAY = datetime.now(UTC).date()


def test_a_decision_is_kept_with_who_and_when_and_holds_for_the_next_report(
    browser: httpx.Client, data_dir: Path
) -> None:
    address = product_pages(browser)[0]
    due = TODAY + timedelta(days=9)
    answer = decide(
        browser, browser.get(address).text, kind="ORDERED", units="120", day=due.isoformat()
    )

    assert "120 units on the way." in answer.text
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
        ({"kind": "ORDERED", "units": "5", "day": "soon"}, "enter the day"),
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
    with browsing(data_dir, "ann:pass-phrase") as browser:
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

"""The page's form: inert titles, charts and tables for everyone, bounded size and time."""

import re
import time
from html import unescape
from pathlib import Path

import duckdb

from bwp_pipeline.reports.writing import write_reports
from bwp_pipeline_tests.reports.published import BUILT_AT, Item, publish
from bwp_pipeline_tests.reports.published_report import estimate
from bwp_pipeline_tests.reports.report_pages import page_of, shop
from bwp_pipeline_tests.servers.page_text import Words


def test_nasty_titles_stay_inert_and_short(tmp_path: Path) -> None:
    titles = [
        "<script>alert(1)</script>",
        "\u202e\u2067evil",
        "=cmd()",
        "x" * 300,
        "\U0001f389" * 99,
    ]
    items = [
        Item(f"o-{n}", f"SKU-{n}", title, root_cause="STOCK") for n, title in enumerate(titles)
    ]
    database = publish(tmp_path / "bwp.duckdb", items)
    page = write_reports(
        database, tmp_path, built_at=BUILT_AT, version="1", run_id="r"
    ).html.read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "x" * 90 not in page


def test_charts_have_a_title_a_description_and_their_data_as_a_table(tmp_path: Path) -> None:
    page = page_of(tmp_path, *shop(100, 40))
    charts = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
    assert len(charts) == 2
    for chart in charts:
        assert 'role="img"' in chart
        (ids,) = re.findall(r'aria-labelledby="(\S+) (\S+)"', chart)
        assert f'<title id="{ids[0]}">' in chart
        assert f'<desc id="{ids[1]}">' in chart
    assert "The chart as a table" in page
    found = Words(page)
    assert all(
        "aria-hidden" in attributes or attributes.get("role") == "img"
        for tag, attributes in found.tags
        if tag == "svg"
    )


def test_every_table_has_a_caption_and_scoped_heads(tmp_path: Path) -> None:
    page = page_of(tmp_path, *shop(60, 30))
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert tables
    for table in tables:
        assert "<caption>" in table
        assert all("scope=" in head for head in re.findall(r"<th\b[^>]*>", table))


def test_five_hundred_products_fit_in_300_kb_and_two_seconds(tmp_path: Path) -> None:
    items = [
        Item(
            f"o-{n}",
            f"SKU-{n % 500:04}",
            f"A product whose title has as many words as usual, {n % 500}",
            root_cause="STOCK" if n % 4 == 0 or n < 2000 else None,
            days_ago=n % 83 + 0.5 if n >= 1500 else n % 27 + 0.5,
        )
        for n in range(12_000)
    ]
    database = publish(tmp_path / "bwp.duckdb", items)
    estimate(database)
    started = time.thread_time()  # not the clock: other tests may run beside this one
    files = write_reports(
        database, tmp_path / "reports", built_at=BUILT_AT, version="1", run_id="r"
    )
    took = time.thread_time() - started
    assert "500 products with unfulfilled units" in files.html.read_text(encoding="utf-8")
    assert files.html.stat().st_size <= 300_000
    assert took <= 2


def test_five_thousand_products_fit_in_500_kb_and_five_seconds(tmp_path: Path) -> None:
    items = [
        Item(
            f"o-{n}",
            f"SKU-{n % 5000:04}",
            f"A product whose title has as many words as usual, {n % 5000}",
            root_cause="STOCK" if n < 5000 else None,
            days_ago=n % 27 + 0.5,
        )
        for n in range(15_000)
    ]
    database = publish(tmp_path / "bwp.duckdb", items)
    started = time.thread_time()
    files = write_reports(
        database, tmp_path / "reports", built_at=BUILT_AT, version="1", run_id="r"
    )
    assert time.thread_time() - started <= 5
    assert files.html.stat().st_size <= 500_000


def test_more_products_than_a_page_holds_are_in_the_workbook(tmp_path: Path) -> None:
    items = [
        Item(f"o-{n}", f"SKU-{n:04}", root_cause="STOCK", days_ago=n % 27) for n in range(1200)
    ]
    page = page_of(tmp_path, *items)
    assert "1,200 products with unfulfilled units" in page
    assert "the first 500 are listed, all are in the workbook" in page


def test_undated_units_are_shown_with_the_share_of_the_window_that_they_could_change(
    tmp_path: Path,
) -> None:
    database = publish(tmp_path / "bwp.duckdb", [Item("o-1", root_cause="STOCK")])
    estimate(database)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into reports.data_quality values"
            " ('undated_units', 'warn', 'Decided at an unknown time.', 3, 'o-7', 0.042)"
        )
    files = write_reports(
        database, tmp_path / "reports", built_at=BUILT_AT, version="1.2.3", run_id="run-7"
    )
    assert "3 at most 4.2% of the window's units" in Words(unescape(files.html.read_text())).text

"""Reports of past windows: what they cover, and that the latest report stays."""

from datetime import date, timedelta
from pathlib import Path

import duckdb

from bwp_pipeline.reports.writing import write_window_report
from bwp_pipeline_tests.reports.published import BUILT_AT, LAST_DAY, Item, publish
from bwp_pipeline_tests.servers.page_text import Words


def test_a_past_window_is_reported_without_touching_the_latest(tmp_path: Path) -> None:
    items = [
        Item("o-new", "NEW", "New", root_cause="STOCK", days_ago=1),
        Item("o-old", "OLD", "Old", root_cause="STOCK", days_ago=40),
        Item("o-other", "OLD", "Old", root_cause="STOCK", days_ago=41, business_product_id="bp-2"),
    ]
    database = publish(tmp_path / "bwp.duckdb", items)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create macro reports.unfulfilled_products_between(first_day, last_day) as table"
            " (select * replace ('OLD' as product_key) from reports.unfulfilled_products)"
        )
    first = LAST_DAY - timedelta(days=60)
    files = write_window_report(
        database,
        tmp_path / "reports",
        (first, first + timedelta(days=30)),
        built_at=BUILT_AT,
        version="1",
        run_id="r",
        business_product_id="bp-1",
    )
    assert [path.name for path in (tmp_path / "reports").glob("[!.]*")] == [
        f"{first}_{first + timedelta(days=30)}_bp-1"
    ]
    text = Words(files.html.read_text(encoding="utf-8")).text
    assert "Sep 20 to Oct 20, 2026 (31 days)" in text
    assert "1 unit cancelled" in text
    assert "not fresh" not in text
    reasons = next(path for path in files.csvs if path.name == "cancellation_reasons.csv")
    assert [line.split(",")[0] for line in reasons.read_text("utf-8-sig").splitlines()] == [
        "cancelled_on",
        str(date(2026, 10, 10)),
    ]


def window_page(tmp_path: Path, first: date, last: date) -> str:
    """Return the words of a past window's page; the archive begins 20 days before its last."""
    items = [Item(f"o-{n}", days_ago=n + 0.5) for n in range(20)]
    database = publish(tmp_path / "bwp.duckdb", items)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create macro reports.unfulfilled_products_between(first_day, last_day) as table"
            " (select * from reports.unfulfilled_products)"
        )
    files = write_window_report(
        database,
        tmp_path / "reports",
        (first, last),
        built_at=BUILT_AT,
        version="1",
        run_id="r",
    )
    return Words(files.html.read_text(encoding="utf-8")).text


def test_a_window_before_the_first_day_says_first_that_it_has_no_data(tmp_path: Path) -> None:
    text = window_page(tmp_path, date(2026, 1, 1), date(2026, 1, 28))
    assert "No data for these days. The archive covers Oct 30, 2026 to Nov 19, 2026." in text
    assert text.index("No data for these days. The") < text.index("Do today")
    assert "Amazon could fulfil every unit" not in text


def test_a_window_with_data_for_a_part_says_for_how_many_days(tmp_path: Path) -> None:
    text = window_page(tmp_path, date(2026, 10, 20), date(2026, 11, 10))
    assert "Only 12 of these 22 days have data." in text

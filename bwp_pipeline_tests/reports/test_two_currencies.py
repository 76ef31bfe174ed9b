"""A product that sells in two currencies is one product: one stock, one demand, one order."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bwp_pipeline.reports.page import Page
from bwp_pipeline.reports.pages import pages_of
from bwp_pipeline.reports.reading.windows import read_published
from bwp_pipeline.reports.stock.files import read_stock_files
from bwp_pipeline.reports.writing import ReportFiles
from bwp_pipeline_tests.reports.published import Item
from bwp_pipeline_tests.reports.published_report import report


@pytest.fixture
def files(tmp_path: Path) -> ReportFiles:
    (tmp_path / "inventory.csv").write_text("sku,on_hand\nSKU-1,10\n", encoding="utf-8")
    (tmp_path / "overrides.csv").write_text(
        "sku,lead_time_days,supplier,unit_cost\nSKU-1,14,Acme,5\n", encoding="utf-8"
    )
    sold = [Item(f"u-{n}", days_ago=n % 20 + 1) for n in range(40)]
    abroad = [replace(one, order_id=f"c-{one.order_id}", currency_code="CAD") for one in sold[:16]]
    short = [
        Item("short-usd", root_cause="STOCK"),
        Item("short-cad", root_cause="STOCK", currency_code="CAD"),
    ]
    return report(tmp_path, *sold, *abroad, *short, data_dir=tmp_path)


@pytest.fixture
def pages(files: ReportFiles, tmp_path: Path) -> dict[str | None, Page]:
    assert files.pages
    published = read_published(tmp_path / "bwp.duckdb")
    # As the report itself was made: before its own advice.
    (tmp_path / "advice.json").unlink()
    built = pages_of(published, read_stock_files(tmp_path), datetime.now(UTC))
    return {page.currency_code: page for page in built}


def test_the_whole_demand_is_set_against_the_whole_stock_once(pages: dict[str, Page]) -> None:
    (line,) = pages["USD"].to_order
    assert pages["CAD"].order_lines == []
    assert line.product.demand_per_day == pytest.approx(58 / 28)
    assert line.purchase.order_up_to is not None
    assert line.purchase.order_up_to > 21 * 58 / 28
    assert line.purchase.suggested_units == line.purchase.order_up_to - 10


def test_the_other_page_refers_to_the_one_that_tells_the_order(pages: dict[str, Page]) -> None:
    (own,), (other,) = pages["USD"].restock, pages["CAD"].restock
    assert own.ordered_elsewhere is None
    assert own.action == "Check the 10 on hand"
    assert other.action == "See the page in USD"
    assert (own.is_due, other.is_due) == (True, False)
    assert (own.is_due_elsewhere, other.is_due_elsewhere) == (False, True)


def test_the_other_page_tells_what_waiting_costs_in_its_own_money(pages: dict[str, Page]) -> None:
    page = pages["CAD"]
    assert page.verdict.startswith("1 product to restock: see USD")
    _, waiting, _ = page.answers
    (product,) = page.restock
    assert product.week_at_risk
    assert waiting.value.replace("\xa0", " ") == f"CAD {product.week_at_risk:,.0f} a week"


def test_totals_are_not_doubled(files: ReportFiles, pages: dict[str, Page]) -> None:
    assert sum(len(page.due) for page in pages.values()) == 1
    assert sum(page.due for page in files.digest.pages) == 1
    (order,) = (path for path in files.csvs if path.name == "purchase_order_acme.csv")
    with order.open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    (line,) = pages["USD"].to_order
    assert row["sku"] == "SKU-1"
    assert int(row["units"]) == line.purchase.suggested_units
    (table,) = (path for path in files.csvs if path.name == "order_list.csv")
    with table.open(encoding="utf-8-sig") as file:
        assert [one["currency_code"] for one in csv.DictReader(file)] == ["USD"]

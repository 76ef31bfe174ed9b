"""What managers receive: the page, the workbook and the CSV files, whole and inert."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwp_pipeline.reports.forms.csv_files import cell
from bwp_pipeline.reports.writing import write_reports
from bwp_pipeline_tests.reports.published import BUILT_AT, Item, publish
from bwp_pipeline_tests.reports.published_report import report
from bwp_pipeline_tests.reports.report_pages import csv_of

NASTY = "<script>alert(1)</script>=cmd()"


def test_every_form_says_through_when_in_which_zone_and_over_which_window(tmp_path: Path) -> None:
    files = report(tmp_path, Item("o-1", root_cause="STOCK"))
    page = files.html.read_text(encoding="utf-8")
    read_me = [
        str(cell.value)
        for row in openpyxl.load_workbook(files.xlsx)["Read me"].rows
        for cell in row
    ]
    descriptor = files.csvs[-1].read_text(encoding="utf-8")
    for text in (page, " ".join(read_me)):
        assert "Nov 18, 2026, 12:00" in text
        assert "UTC" in text
        assert "Nov 19, 2026 (28 days)" in text
    assert "2026-10-23 to 2026-11-19, time zone UTC" in descriptor
    assert '"data_through": "2026-11-18T12:00:00+00:00"' in descriptor


def test_the_amounts_that_matter_are_drawn_as_bars_in_their_cells(tmp_path: Path) -> None:
    files = report(tmp_path, *(Item(f"o-{n}", f"SKU-{n}", root_cause="STOCK") for n in range(3)))
    sheet = openpyxl.load_workbook(files.xlsx)["Restock"]
    names = [cell.value for cell in sheet[1]]
    drawn = {str(found.sqref) for found in sheet.conditional_formatting}
    columns = [
        openpyxl.utils.get_column_letter(names.index(name) + 1)
        for name in ("Unfulfilled, units", "At risk")
    ]
    assert drawn == {f"{column}2:{column}4" for column in columns}


@given(st.text())
def test_no_csv_cell_begins_a_formula(text: str) -> None:
    written = cell(text)
    assert not written.startswith((*"=+-@\uff1d\uff0b\uff0d\uff20", "\t", "\r", "\n"))
    assert written.removeprefix("'") == text or written == text
    assert cell(Decimal("-3.500")) == "-3.5"


def test_the_workbook_defines_columns_figures_and_metrics(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(report(tmp_path, Item("o-1", root_cause="STOCK")).xlsx)
    definitions = list(book["Definitions"].iter_rows(values_only=True))
    about = ("unfulfilled_products.csv", "unfulfilled_units", "Units Amazon did not ship.")
    assert about in definitions
    assert "Fill rate of units" in {name for _, name, _ in definitions}
    (_, metric) = book["Metrics"].iter_rows(values_only=True)
    assert metric[:3] == ("Lost sales", "Unfulfilled units", "sum of units x price")
    assert all(sheet.tables for sheet in book if sheet.title != "Read me")
    assert all(sheet.freeze_panes == "A2" for sheet in book if sheet.title != "Read me")


def test_text_from_orders_is_never_interpreted(tmp_path: Path) -> None:
    files = report(
        tmp_path,
        Item("o-1", product_title=NASTY, root_cause="STOCK"),
        Item("o-2", "=1+1", product_title="=1+1", root_cause="STOCK"),
        Item("o-3", "007", product_title="http://example.com", root_cause="STOCK"),
    )
    page = files.html.read_text(encoding="utf-8")
    assert NASTY not in page
    assert "&lt;script&gt;alert(1)" in page
    sheet = openpyxl.load_workbook(files.xlsx)["Restock"]
    cells = {cell.value: cell for row in sheet.rows for cell in row if cell.value is not None}
    assert cells["=1+1"].data_type == "s"
    assert cells["007"].data_type == "s"
    assert cells["http://example.com"].hyperlink is None
    assert "'=1+1" in csv_of(files, "unfulfilled_products").read_text(encoding="utf-8-sig")


def test_the_page_loads_nothing_and_runs_only_its_own_script(tmp_path: Path) -> None:
    page = unescape(
        report(tmp_path, Item("o-1", root_cause="STOCK")).html.read_text(encoding="utf-8")
    )
    assert "default-src 'none'" in page
    assert "script-src 'sha256-" in page
    assert not re.search(r"""(src|href)\s*=\s*["'](?!#)""", page)
    assert "url(" not in page
    assert page.count("<h1") == 1


def test_nothing_unfulfilled_says_that_nothing_needs_restocking(tmp_path: Path) -> None:
    files = report(tmp_path, Item("o-1"), Item("o-2", root_cause="SHOPPER_CHOICE"))
    page = files.html.read_text(encoding="utf-8")
    assert "Nothing to restock" in page
    assert "Shopper changed their mind" in page


def test_a_database_without_data_makes_a_report_that_says_so(tmp_path: Path) -> None:
    files = report(tmp_path)
    page = files.html.read_text(encoding="utf-8")
    assert "no event yet" in page
    assert "Nothing to restock" in page
    assert openpyxl.load_workbook(files.xlsx).sheetnames[:3] == [
        "Restock",
        "Supplier orders",
        "Do today",
    ]


def test_each_store_and_currency_has_its_own_page(tmp_path: Path) -> None:
    files = report(
        tmp_path,
        Item("o-1", root_cause="STOCK", unit_price=Decimal(11)),
        Item("o-2", root_cause="STOCK", currency_code="EUR", unit_price=Decimal(13)),
        Item("o-3", root_cause="STOCK", business_product_id="bp-2", unit_price=Decimal(17)),
    )
    first = files.html.read_text(encoding="utf-8")
    texts = {path.name: path.read_text(encoding="utf-8") for path in files.pages}
    assert list(texts) == [
        "bwp_report_bp-1_EUR.html",
        "bwp_report_bp-1_USD.html",
        "bwp_report_bp-2_USD.html",
    ]
    assert all(f'href="{name}"' in first for name in texts)
    assert ">11.00<" in texts["bwp_report_bp-1_USD.html"]
    assert ">13.00<" not in texts["bwp_report_bp-1_USD.html"]


def test_reports_are_kept_by_day_and_the_latest_replaces_the_one_before(tmp_path: Path) -> None:
    for day in (date(2026, 11, 18), date(2026, 11, 19)):
        database = publish(tmp_path / f"{day}.duckdb", [Item("o-1")], last_day=day)
        files = write_reports(
            database, tmp_path / "reports", built_at=BUILT_AT, version="1", run_id="r"
        )
    kept = sorted(path.name for path in (tmp_path / "reports").glob("[!.]*"))
    assert kept == ["2026-11-18", "2026-11-19", "latest"]
    assert "to Nov 19, 2026" in files.html.read_text(encoding="utf-8")


def test_a_file_that_is_no_published_database_is_an_error_that_names_what_lacks(
    tmp_path: Path,
) -> None:
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    with pytest.raises(duckdb.Error, match="report_window"):
        write_reports(
            tmp_path / "empty.duckdb", tmp_path, built_at=BUILT_AT, version="1", run_id="r"
        )

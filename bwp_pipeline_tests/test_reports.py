"""What managers receive: the page, the workbook and the CSV files, and that they agree."""

import csv
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwp_pipeline.reports import ReportFiles, write_reports
from bwp_pipeline.reports.csv_files import cell
from bwp_pipeline.reports.language import number
from bwp_pipeline.reports.wording import cause
from bwp_pipeline_tests.published import BUILT_AT, Item, publish, report

NASTY = "<script>alert(1)</script>=cmd()"


def csv_of(files: ReportFiles, table: str) -> Path:
    return next(path for path in files.csvs if path.name == f"{table}.csv")


class Tables(HTMLParser):
    """The text of every table cell on a page, by table and row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 -- the parser's own signature
        if tag == "table":
            self.open = False
            self.tables.append([])
        elif tag == "tr":
            self.open = False
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in {"td", "th", "table"}

    def handle_data(self, data: str) -> None:
        if self.open:
            self.tables[-1][-1][-1] += data


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


def test_the_order_list_says_what_to_buy_by_when_and_for_how_much(tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").write_text("sku,on_hand\nSKU-1,0\n", encoding="utf-8")
    (tmp_path / "overrides.csv").write_text(
        "sku,lead_time_days,case_pack,unit_cost,supplier\nSKU-1,7,12,2.50,=Acme\n", encoding="utf-8"
    )
    items = [
        Item(f"o-{n}", f"SKU-{n % 2}", root_cause="STOCK" if n < 2 else None, days_ago=n % 25 + 0.2)
        for n in range(200)
    ]
    files = report(tmp_path, *items, data_dir=tmp_path)
    book = openpyxl.load_workbook(files.xlsx)
    head, *rows = book["Restock"].iter_rows(values_only=True)
    known = {row["Product key"]: row for row in (dict(zip(head, row, strict=True)) for row in rows)}
    bought, unknown = known["SKU-1"], known["SKU-0"]
    units = bought["Order, units"]
    assert units > 0
    assert units % 12 == 0
    assert bought["Order cost"] == units * 2.5
    assert bought["Order by"] == datetime(2026, 11, 13)  # noqa: DTZ001 -- a day, as Excel has it
    assert bought["Supplier"] == "=Acme"
    assert (unknown["Order, units"], unknown["Order cost"]) == (None, None)
    _, order = book["Supplier orders"].iter_rows(values_only=True)
    assert order[:4] == ("=Acme", "Enamel mug", "SKU-1", units)
    with csv_of(files, "order_list").open(encoding="utf-8-sig") as file:
        lines = {row["product_key"]: row for row in csv.DictReader(file)}
    assert lines["SKU-1"]["suggested_units"] == str(units)
    assert lines["SKU-1"]["supplier"] == "'=Acme"
    assert f"costs {units * 2.5:,.2f}" in files.html.read_text(encoding="utf-8")


def test_page_workbook_csv_and_sql_show_the_same_unfulfilled_products(tmp_path: Path) -> None:
    items = [
        Item(
            f"o-{n}", f"SKU-{n % 7}", units=Decimal(1 + n % 3), root_cause="STOCK", days_ago=n % 20
        )
        for n in range(40)
    ]
    items += [Item(f"s-{n}", f"SKU-{n % 7}", days_ago=n % 25) for n in range(200)]
    files = report(tmp_path, *items)
    with duckdb.connect(str(tmp_path / "bwp.duckdb"), read_only=True) as connection:
        truth = connection.sql(
            "select sku, unfulfilled_units, affected_orders, lost_sales"
            " from reports.unfulfilled_products order by rank"
        ).fetchall()
    with csv_of(files, "unfulfilled_products").open(encoding="utf-8-sig") as file:
        from_csv = [
            (
                row["sku"],
                Decimal(row["unfulfilled_units"]),
                int(row["affected_orders"]),
                Decimal(row["lost_sales"]),
            )
            for row in csv.DictReader(file)
        ]
    sheet = openpyxl.load_workbook(files.xlsx)["Restock"]
    head, *rows = sheet.iter_rows(values_only=True)
    from_sheet = [
        tuple(
            dict(zip(head, row, strict=True))[name]
            for name in ("SKU", "Unfulfilled, units", "Unfulfilled, orders", "Lost sales")
        )
        for row in rows
    ]
    page = Tables(files.html.read_text(encoding="utf-8"))
    (table,) = [table for table in page.tables if table[0][1] == "Do"]
    from_page = [
        (
            re.sub(r"^.*?(SKU-\d).*$", r"\1", row[0], flags=re.DOTALL),
            Decimal(row[3]),
            int(re.sub(r".* (\d+) of \d+", r"\1", row[4])),
            Decimal(row[5].replace(",", "")),
        )
        for row in table[1:]
    ]
    assert len(truth) == 7
    assert from_csv == truth
    assert from_sheet == truth
    assert from_page == truth


def test_page_workbook_csv_and_sql_show_the_same_causes(tmp_path: Path) -> None:
    causes = ["STOCK", "SHOPPER_CHOICE", "DELIVERY_FAILURE", "UNKNOWN", None, None]
    items = [
        Item(
            f"o-{n}", f"SKU-{n % 5}", units=Decimal(1 + n % 4), root_cause=causes[n % 6], days_ago=n
        )
        for n in range(60)
    ]
    files = report(tmp_path, *items)
    with duckdb.connect(str(tmp_path / "bwp.duckdb"), read_only=True) as connection:
        truth = dict(
            connection.sql(
                """
                select root_cause, sum(cancelled_units)
                from reports.cancellation_reasons cross join meta.report_window as w
                where cancelled_on between w.first_day and w.last_day
                group by root_cause
                """
            ).fetchall()
        )
    with csv_of(files, "cancellation_reasons").open(encoding="utf-8-sig") as file:
        from_csv: Counter[str] = Counter()
        for row in csv.DictReader(file):
            from_csv[row["root_cause"]] += Decimal(row["cancelled_units"])  # type: ignore[assignment]
    head, *rows = openpyxl.load_workbook(files.xlsx)["Cancellations"].iter_rows(values_only=True)
    from_sheet: Counter[str] = Counter()
    for values in rows:
        row = dict(zip(head, values, strict=True))
        from_sheet[str(row["Cause"])] += row["Cancelled, units"]
    page = Tables(files.html.read_text(encoding="utf-8"))
    (table,) = [table for table in page.tables if table[0][2:3] == ["Share of units"]]
    from_page = {row[0]: Decimal(row[1]) for row in table[1:]}
    assert len(truth) == 4
    assert from_csv == truth
    assert from_sheet == from_page
    assert from_page == {cause(name): units for name, units in truth.items()}
    total = sum(truth.values())
    assert f"{number(total)} units cancelled" in files.html.read_text(encoding="utf-8")


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

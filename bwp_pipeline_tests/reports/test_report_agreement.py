"""Page, workbook, CSV files and SQL show the same products, causes and purchases."""

import csv
import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl

from bwp_pipeline.reports.language import number
from bwp_pipeline.reports.wording import cause
from bwp_pipeline_tests.reports.published import Item
from bwp_pipeline_tests.reports.published_report import report
from bwp_pipeline_tests.reports.report_pages import csv_of
from bwp_pipeline_tests.servers.page_text import Tables


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

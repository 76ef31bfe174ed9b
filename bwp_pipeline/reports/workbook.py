"""The XLSX workbook: a sheet for each report table, the orders behind them, and definitions.

Here belongs which sheets there are. How a table becomes a sheet is in `sheets`.
"""

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.data import Published, Table
from bwp_pipeline.reports.glossary import definitions
from bwp_pipeline.reports.pages import Page
from bwp_pipeline.reports.rendering import Stamp
from bwp_pipeline.reports.sheets import OPTIONS, text_table, write_table

_TITLES = {
    "unfulfilled_products": "Restock first",
    "order_list": "Order list",
    "cancellation_reasons": "Cancellations",
    "cancelled_orders": "Orders",
    "product_performance": "Products",
}


_BARS = {
    "unfulfilled_products": ("unfulfilled_units", "revenue_at_risk"),
    "cancellation_reasons": ("cancelled_units",),
}


def write_workbook(
    published: Published,
    pages: Sequence[Page],
    tables: Sequence[Table],
    path: Path,
    stamp: Stamp,
) -> Path:
    """Write the tables, the orders and products behind them and all definitions."""
    with xlsxwriter.Workbook(str(path), OPTIONS) as workbook:
        workbook.set_properties({"title": "Buy with Prime: cancellations and restocking"})
        _write_read_me(workbook, published, stamp)
        _write_summary(workbook, pages)
        for table in sorted(tables, key=_place):
            write_table(workbook, sheet_title(table.name), table, _BARS.get(table.name, ()))
        _write_definitions(workbook, tables)
        names = ("metric", "counts", "formula", "clock", "not_counted", "use")
        write_table(workbook, "Metrics", text_table(names, published.metrics))
    return path


def sheet_title(table: str) -> str:
    """Name a table's sheet: within Excel's 31 characters."""
    return _TITLES.get(table, table.replace("_", " ").capitalize())[:31]


def _place(table: Table) -> tuple[int, str]:
    known = list(_TITLES)
    return (known.index(table.name) if table.name in known else len(known), table.name)


def _write_read_me(workbook: Workbook, published: Published, stamp: Stamp) -> None:
    window = published.window
    lines = {
        "Data through": wording.moment(window.data_through, window.timezone),
        "Days covered": (
            f"{wording.day(window.first_day)} to {wording.day(window.last_day)}"
            f" ({window.days} days)"
        ),
        "Time zone of days": f"{window.timezone}; columns whose names end in _at are UTC",
        "Built": wording.moment(stamp.built_at, window.timezone),
        "Version": stamp.version,
        "Run": stamp.run_id,
        "Sheets": (
            "Summary: key figures. Order list: what to buy. Orders and Products: what is behind the"
            " figures. Every other sheet is one table of the database's schema reports, row by row."
        ),
        "Money": "Each row's own currency stands beside it; currencies are never added up.",
    }
    sheet = workbook.add_worksheet("Read me")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 22, workbook.add_format({"bold": True, "valign": "top"}))
    sheet.set_column(1, 1, 90, workbook.add_format({"text_wrap": True, "valign": "top"}))
    title = workbook.add_format({"bold": True, "font_size": 16})
    sheet.write_string(0, 0, "Buy with Prime: cancellations and restocking", title)
    for row, (label, text) in enumerate(lines.items(), start=2):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, text)


def _write_summary(workbook: Workbook, pages: Sequence[Page]) -> None:
    rows = [
        (
            page.store_name,
            page.currency_code,
            figure.name,
            figure.value,
            figure.detail,
            figure.before,
            figure.verdict,
        )
        for page in pages
        for figure in page.figures
    ]
    names = ("store", "currency_code", "figure", "value", "detail", "before", "verdict")
    write_table(workbook, "Summary", text_table(names, rows))


def _write_definitions(workbook: Workbook, tables: Sequence[Table]) -> None:
    rows = [("Report", name, text) for name, text in definitions().items()]
    rows += [
        (sheet_title(table.name), column.name, column.description)
        for table in tables
        for column in table.columns
    ]
    names = ("sheet", "name", "what_it_holds")
    write_table(workbook, "Definitions", text_table(names, rows))

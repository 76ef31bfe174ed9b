"""The XLSX workbook: a sheet for each report table, with what its columns mean.

Here belongs how a table becomes a sheet. Text stays text: a title that looks like a formula or a
link is neither, and a SKU keeps its leading zeros.
"""

from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.data import Column, Published, Table, Window

_TITLES = {
    "unfulfilled_products": "Restock first",
    "cancellation_reasons": "Cancellations",
}
_WIDEST = 44
_MAX_ROWS = 1_048_575


def write_workbook(published: Published, path: Path, *, built_at: datetime, version: str) -> Path:
    """Write every report table and the definitions of their columns to one workbook."""
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"title": "Buy with Prime cancellations and restocking"})
        workbook.set_size(1600, 1000)
        _write_read_me(workbook, published.window, built_at, version)
        for table in sorted(published.tables.values(), key=_sheet_order):
            _write_table(workbook, table)
        _write_definitions(workbook, published)
    return path


def sheet_title(table: str) -> str:
    """Name a table's sheet: within Excel's 31 characters."""
    return _TITLES.get(table, table.replace("_", " ").capitalize())[:31]


def _sheet_order(table: Table) -> tuple[int, str]:
    known = list(_TITLES)
    return (known.index(table.name) if table.name in known else len(known), table.name)


def _write_read_me(workbook: Workbook, window: Window, built_at: datetime, version: str) -> None:
    sheet = workbook.add_worksheet("Read me")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90, workbook.add_format({"text_wrap": True, "valign": "top"}))
    bold = workbook.add_format({"bold": True, "valign": "top"})
    title = workbook.add_format({"bold": True, "font_size": 16})
    sheet.write_string(0, 0, "Buy with Prime: cancellations and restocking", title)
    lines = {
        "Data through": wording.moment(window.data_through, window.timezone),
        "Days covered": (
            f"{wording.day(window.first_day)} to {wording.day(window.last_day)}"
            f" ({window.days} days)"
        ),
        "Time zone of days": f"{window.timezone}; columns whose names end in _at are UTC",
        "Built": wording.moment(built_at, window.timezone),
        "Version": version,
        "Sheets": "Each sheet is one table of the database's schema reports, row by row.",
        "Money": "Each row's own currency stands beside it; currencies are never added up.",
    }
    for row, (label, text) in enumerate(lines.items(), start=2):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text)


def _write_table(workbook: Workbook, table: Table) -> None:
    sheet = workbook.add_worksheet(sheet_title(table.name))
    rows = table.rows[:_MAX_ROWS]
    formats = [workbook.add_format(_format(column)) for column in table.columns]
    for index, (column, style) in enumerate(zip(table.columns, formats, strict=True)):
        width = max([len(column.name) + 3, *(_width(row[index]) for row in rows[:200])])
        sheet.set_column(index, index, min(width, _WIDEST), style)
    sheet.add_table(
        0,
        0,
        max(len(rows), 1),
        len(table.columns) - 1,
        {
            "name": f"t_{table.name}",
            "style": "Table Style Light 1",
            "columns": [{"header": column.name} for column in table.columns],
        },
    )
    for number, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            _write_cell(sheet, number, index, value, formats[index])
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_cell(sheet: Worksheet, row: int, column: int, value: object, style: Format) -> None:
    match value:
        case None:
            sheet.write_blank(row, column, None, style)
        case str():
            sheet.write_string(row, column, value, style)
        case bool():
            sheet.write_boolean(row, column, value, style)
        case _:
            sheet.write(row, column, value, style)


def _format(column: Column) -> dict[str, str]:
    match column.type:
        case "TIMESTAMP":
            pattern = "yyyy-mm-dd hh:mm"
        case "DATE":
            pattern = "yyyy-mm-dd"
        case "DECIMAL(18,4)":
            pattern = "#,##0.00"
        case "DOUBLE":
            pattern = "0.0%" if "rate" in column.name else "#,##0.0##"
        case _ if column.is_number:
            pattern = "#,##0.###"
        case _:
            pattern = "@"
    return {"num_format": pattern}


def _width(value: object) -> int:
    return 18 if isinstance(value, datetime) else len(str(value)) + 2


def _write_definitions(workbook: Workbook, published: Published) -> None:
    sheet = workbook.add_worksheet("Definitions")
    rows = [
        [sheet_title(table.name), column.name, column.description]
        for table in published.tables.values()
        for column in table.columns
    ]
    sheet.set_column(0, 1, 28)
    sheet.set_column(2, 2, 100, workbook.add_format({"text_wrap": True}))
    headers = [{"header": name} for name in ("Sheet", "Column", "What it holds")]
    sheet.add_table(
        0, 0, max(len(rows), 1), 2, {"data": rows, "columns": headers, "name": "t_definitions"}
    )
    sheet.freeze_panes(1, 0)

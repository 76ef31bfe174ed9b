"""How a table becomes a sheet of a workbook.

Here belong cells, formats and widths. Text stays text: a title that looks like a formula or a link
is neither, and a SKU keeps its leading zeros. Which sheets there are is in `workbook`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from bwp_pipeline.reports.data import Column, Table

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""For the workbook; without the first, "=1+1" would become a live formula."""

_WIDEST = 44
_MAX_ROWS = 1_048_575


def text_table(names: Iterable[str], rows: Iterable[tuple[str | None, ...]]) -> Table:
    """Make a table whose columns are all text."""
    return Table("", "", tuple(Column(name, "VARCHAR", "") for name in names), tuple(rows))


def write_table(workbook: Workbook, title: str, table: Table, bars: Collection[str] = ()) -> None:
    """Write a table to a sheet of its own, with filters and a frozen head, one page wide.

    Args:
        workbook: gets the sheet.
        title: the sheet's name.
        table: its rows.
        bars: columns of amounts in whose cells a bar is drawn.
    """
    sheet = workbook.add_worksheet(title)
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
            "name": f"t_{title.replace(' ', '_').lower()}",
            "style": "Table Style Light 1",
            "columns": [{"header": column.name} for column in table.columns],
        },
    )
    for number, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            _write_cell(sheet, number, index, value, formats[index])
    for index, column in enumerate(table.columns):
        if column.name in bars and rows:
            bar = {"type": "data_bar", "bar_color": "#b0cbdc"}
            sheet.conditional_format(1, index, len(rows), index, bar)
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
            pattern = "#,##0.###" if column.type.startswith("DECIMAL") else "#,##0"
        case _:
            pattern = "@"
    return {"num_format": pattern}


def _width(value: object) -> int:
    return 18 if isinstance(value, datetime) else len(str(value)) + 2

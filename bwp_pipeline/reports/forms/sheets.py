"""How a table becomes a sheet of a workbook.

Here belong cells, formats and widths. Text stays text: a title that looks like a formula or a link
is neither, and a SKU keeps its leading zeros. Which sheets there are is in `workbook`.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from bwp_pipeline.reports.reading.data import Column, Table

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""For the workbook; without the first, "=1+1" would become a live formula."""

_WIDEST = 44
_MAX_ROWS = 1_048_575


def text_table(
    names: Iterable[str], rows: Iterable[tuple[str | None, ...]], title: str = ""
) -> Table:
    """Make a table whose columns are all text."""
    return Table(title, "", tuple(Column(name, "VARCHAR", "") for name in names), tuple(rows))


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
        width = max([len(column.name) + 3, *(len(str(row[index])) + 2 for row in rows[:200])])
        sheet.set_column(index, index, min(width, _WIDEST), style)
    sheet.add_table(
        0,
        0,
        max(len(rows), 1),
        len(table.columns) - 1,
        {
            "style": "Table Style Light 1",
            "columns": [{"header": column.name} for column in table.columns],
        },
    )
    for index, (column, style) in enumerate(zip(table.columns, formats, strict=True)):
        write = _writer(sheet, column)
        for number, row in enumerate(rows, start=1):
            value = row[index]
            if value is not None:
                write(number, index, value, style)
    for index, column in enumerate(table.columns):
        if column.name in bars and rows:
            bar = {"type": "data_bar", "bar_color": "#b0cbdc"}
            sheet.conditional_format(1, index, len(rows), index, bar)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _writer(sheet: Worksheet, column: Column) -> Callable[[int, int, Any, Format], object]:
    """Return what writes a column's values: text stays text, whatever it looks like."""
    if column.type == "VARCHAR":
        return sheet.write_string  # type: ignore[no-any-return]
    if column.type == "DATE":
        return sheet.write_datetime  # type: ignore[no-any-return]
    return sheet.write_number  # type: ignore[no-any-return]


def _format(column: Column) -> dict[str, str]:
    match column.type:
        case "DATE":
            pattern = "yyyy-mm-dd"
        case "DECIMAL(18,4)":
            pattern = "#,##0.00"
        case "PERCENT":
            pattern = "0.0%"
        case "DOUBLE":
            pattern = "#,##0.0"
        case _ if column.is_number:
            pattern = "#,##0.###" if column.type.startswith("DECIMAL") else "#,##0"
        case _:
            pattern = "@"
    return {"num_format": pattern}

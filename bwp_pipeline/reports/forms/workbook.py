"""The XLSX workbook, for whoever buys: what to restock and order first, then what is behind it.

Here belongs which sheets there are and in which order. What is on the sheets of products is in
`product_sheets`, how a table becomes a sheet in `sheets`. The database's tables, row by row, are
the CSV files.
"""

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook

from bwp_pipeline.reports import wording
from bwp_pipeline.reports.forms import product_sheets
from bwp_pipeline.reports.forms.rendering import Stamp
from bwp_pipeline.reports.forms.sheets import OPTIONS, text_table, write_table
from bwp_pipeline.reports.language import day, say
from bwp_pipeline.reports.page import Page
from bwp_pipeline.reports.reading.data import Published, Table
from bwp_pipeline.reports.sections.glossary import definitions

TITLE = "Buy with Prime: cancellations and restocking"


def write_workbook(
    published: Published,
    pages: Sequence[Page],
    tables: Sequence[Table],
    path: Path,
    stamp: Stamp,
) -> Path:
    """Write what to buy, the figures behind it, and all definitions."""
    with xlsxwriter.Workbook(str(path), OPTIONS) as workbook:
        workbook.set_properties({"title": say(TITLE)})
        for table, bars in (
            (product_sheets.restock_sheet(pages), (say("Unfulfilled, units"), say("At risk"))),
            (product_sheets.supplier_sheet(pages), ()),
            (product_sheets.task_sheet(pages), ()),
            (product_sheets.scorecard_sheet(pages), ()),
            (_key_figures(pages), ()),
            (product_sheets.cancellation_sheet(published), (say("Cancelled, units"),)),
            (product_sheets.order_sheet(pages), ()),
            (product_sheets.performance_sheet(published), ()),
        ):
            write_table(workbook, table.name, table, bars)
        _write_read_me(workbook, published, stamp)
        write_table(workbook, say("Definitions"), _definitions(tables))
        names = ("Metric", "Counts", "Formula", "Clock", "Not counted", "Use")
        write_table(workbook, say("Metrics"), text_table(map(say, names), published.metrics))
    return path


def _write_read_me(workbook: Workbook, published: Published, stamp: Stamp) -> None:
    window = published.window
    covered = say(
        "{first} to {last} ({days})",
        first=day(window.first_day),
        last=day(window.last_day),
        days=wording.days(window.days),
    )
    lines = {
        say("Data through"): wording.moment(window.data_through, window.timezone),
        say("Days covered"): covered,
        say("Time zone of days"): window.timezone,
        say("Built"): wording.moment(stamp.built_at, window.timezone),
        say("Version"): stamp.version,
        say("Run"): stamp.run_id,
        say("Sheets"): say(
            "Restock: what to do, the most money at risk first. Supplier orders: what to buy from"
            " whom. The sheets after them hold what is behind it; the newest {n} cancelled orders"
            " are on Orders, all are in cancelled_orders.csv.",
            n=product_sheets.MOST_ORDERS,
        ),
        say("Money"): say("Each row's currency stands beside it; currencies are never added up."),
    }
    sheet = workbook.add_worksheet(say("Read me"))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 22, workbook.add_format({"bold": True, "valign": "top"}))
    sheet.set_column(1, 1, 90, workbook.add_format({"text_wrap": True, "valign": "top"}))
    title = workbook.add_format({"bold": True, "font_size": 16})
    sheet.write_string(0, 0, say(TITLE), title)
    for row, (label, text) in enumerate(lines.items(), start=2):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, text)


def _key_figures(pages: Sequence[Page]) -> Table:
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
    names = ("Store", "Currency", "Figure", "Value", "Detail", "Before", "Verdict")
    return text_table(map(say, names), rows, say("Key figures"))


def _definitions(tables: Sequence[Table]) -> Table:
    rows = [(say("Report"), name, text) for name, text in definitions().items()]
    rows += [
        (f"{table.name}.csv", column.name, column.description)
        for table in tables
        for column in table.columns
    ]
    return text_table(map(say, ("Where", "Name", "What it means")), rows)

"""One CSV file for each report table, and the descriptor that says what their columns hold.

Here belongs what makes text safe and plain for a spreadsheet. Which rows there are is decided in
the database.
"""

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bwp_pipeline.reports.reading.data import Column, Table, Window

_FORMULA_STARTS = (*"=+-@\uff1d\uff0b\uff0d\uff20", "\t", "\r", "\n")
"""Full-width signs too: some spreadsheets read them as the narrow ones."""

_FIELD_TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
}


def write_csv_files(tables: Sequence[Table], window: Window, directory: Path) -> tuple[Path, ...]:
    """Write `<table>.csv` for each table and `datapackage.json` beside them.

    The files are UTF-8 with a byte order mark, which Excel needs to read accents. Text that a
    spreadsheet would take for a formula is led by an apostrophe; numbers never are.

    Returns:
        The paths written, the descriptor last.
    """
    paths = []
    for table in tables:
        path = directory / f"{table.name}.csv"
        path.write_bytes(csv_bytes(table))
        paths.append(path)
    descriptor = directory / "datapackage.json"
    descriptor.write_text(
        json.dumps(describe(tables, window), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return (*paths, descriptor)


def csv_bytes(table: Table) -> bytes:
    """Return a table as a CSV file's content."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in table.columns])
    writer.writerows([cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def cell(value: object) -> str:
    """Return a value as its cell's text: times in UTC, nothing for NULL, no live formula."""
    match value:
        case None:
            text = ""
        case bool():
            text = str(value).lower()
        case datetime():
            text = value.isoformat(sep=" ", timespec="seconds")
        case Decimal():
            text = plain(value)
        case str():
            text = f"'{value}" if value.startswith(_FORMULA_STARTS) else value
        case _:
            text = str(value)
    return text


def plain(value: Decimal) -> str:
    """Return a decimal without an exponent or trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def describe(tables: Sequence[Table], window: Window) -> dict[str, Any]:
    """Return the Data Package descriptor: each file, its window, its columns and their meaning."""
    return {
        "profile": "tabular-data-package",
        "name": "bwp-reports",
        "description": (
            f"Days {window.first_day} to {window.last_day}, time zone {window.timezone}."
            " Times are UTC."
        ),
        "data_through": window.data_through.isoformat() if window.data_through else None,
        "resources": [_resource(table) for table in tables],
    }


def _resource(table: Table) -> dict[str, Any]:
    return {
        "name": table.name.replace("_", "-"),
        "path": f"{table.name}.csv",
        "description": table.description,
        "encoding": "utf-8",
        "schema": {"fields": [_field(column) for column in table.columns]},
    }


def _field(column: Column) -> dict[str, str]:
    return {
        "name": column.name,
        "type": _FIELD_TYPES.get(column.type, "number" if column.is_number else "string"),
        "description": column.description,
    }

"""Parquet copies of the published tables, for tools that don't open DuckDB files.

Belongs here: their files, and which of them a run has to write again. Does not belong here: the
published database itself, or the lake.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

AS_OF_REPORTS = ("unfulfilled_products", "unresolved_deliveries", "data_quality")
"""Reports that describe one moment. The others have a row per day, or a function of any window."""

_MONTHLY = {
    "marts.fct_delivery_items": "ordered_on",
    "marts.fct_events": "event_time",
    "marts.fct_order_states": "known_from",
    "marts.dim_orders": "ordered_on",
}
# The warehouse's month for rows without a day, and what their file's directory is called.
_NO_MONTH, _NONE = "1970-01", "none"

Versions = dict[str, dict[str, str]]
"""By table and month: the state of the warehouse from which the file was written."""


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    warehouse_path: Path,
    directory: Path,
    tables: Sequence[str],
) -> None:
    """Write `parquet/<schema>/<table>.parquet` and `history/<report>/as_of=<day>_<time>.parquet`.

    A file of the history is never written again: a later run of the same day writes its own.

    The tables that grow with every day are directories of a file a month,
    `parquet/marts/<table>/month=<month>/rows.parquet`, of which only those are written that the
    warehouse has changed since. Each file is replaced whole.

    Args:
        connection: The published database, or the copy that will be.
        warehouse_path: The private database, which says what has changed.
        directory: Where the published file is.
        tables: The published tables, each as "schema.table".
    """
    months = _changes(warehouse_path)
    marker = directory / "parquet" / "months.json"
    written = _written(marker)
    for name in tables:
        schema, table = name.split(".")
        target = directory / "parquet" / schema
        if name in _MONTHLY:
            written[name] = _write_months(
                connection, name, target / table, months, written.get(name, {})
            )
        elif schema != "meta":
            _write(connection, f"from {name}", target / f"{table}.parquet")
    part = marker.with_suffix(".part")
    part.write_text(json.dumps(written, indent=1, sort_keys=True))
    part.replace(marker)
    row = connection.execute("select last_day from meta.report_window").fetchone()
    last_day = row and row[0]
    now = datetime.now(UTC)
    for table in AS_OF_REPORTS if last_day else ():
        target = directory / "history" / table / f"as_of={last_day}_{now:%Y%m%dT%H%M%S%fZ}.parquet"
        query = (
            f"select date '{last_day}' as as_of, timestamp '{now:%Y-%m-%d %H:%M:%S.%f}'"  # noqa: S608 -- own names
            f" as published_at, * from reports.{table}"
        )
        _write(connection, query, target)


def _written(marker: Path) -> Versions:
    try:
        versions: Versions = json.loads(marker.read_text())
    except (FileNotFoundError, ValueError):
        # Without it, every file is written.
        return {}
    return versions


def _changes(warehouse_path: Path) -> dict[str, str]:
    """The warehouse's months, and what tells one state of a month from another.

    Each build adds rows for the days that it may have changed, also one that nobody took note of.
    """
    with duckdb.connect(str(warehouse_path), read_only=True) as warehouse:
        found = warehouse.execute(
            "select strftime(changed.day, '%Y-%m'),"
            " any_value(warehouse.id) || ' ' || count(*)"
            " from staging.changed_days as changed cross join staging.warehouse as warehouse"
            " group by 1"
        ).fetchall()
    return dict(found)


def _write_months(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    directory: Path,
    changes: Mapping[str, str],
    written: Mapping[str, str],
) -> dict[str, str]:
    """Write the months that changed or are missing, delete those without rows.

    Every day that a row ever had is among the changes, so the table is not searched for others.
    """
    day = _MONTHLY[name]
    for month, version in changes.items():
        target = directory / f"month={_NONE if month == _NO_MONTH else month}" / "rows.parquet"
        if target.exists() and written.get(month) == version:
            continue
        within = f"{day} is null"
        if month != _NO_MONTH:
            first = f"date '{month}-01'"
            within = f"{day} >= {first} and {day} < {first} + interval 1 month"
        rows = f"from {name} where {within}"
        if connection.execute(f"{rows} limit 1").fetchone():
            _write(connection, rows, target)
        else:
            target.unlink(missing_ok=True)
    for path in directory.glob("month=*/rows.parquet"):
        if path.parent.name.removeprefix("month=").replace(_NONE, _NO_MONTH) not in changes:
            path.unlink()
    return dict(changes)


def _write(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    connection.execute(f"copy ({query}) to {_text(part)} (format parquet, compression zstd)")
    part.replace(target)


def _text(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"

"""Reading the published database: the report tables and the facts of a window.

Here belong the connection and which rows of a table a window takes. The queries of facts are in
`queries/`, the shapes of what is read in `data`.
"""

from dataclasses import replace
from datetime import UTC, date
from pathlib import Path
from typing import Any

import duckdb

from bwp_pipeline.reports.data import Column, Published, Row, Table, Window

_QUERIES = Path(__file__).parent / "queries"
_READ_BY_OTHERS = ("stores", "items")

_DAY_COLUMNS = {
    "cancellation_reasons": "cancelled_on",
    "daily_summary": "day",
    "delivery_performance": "week_start",
    "return_failures": "failed_on",
}
_OF_THE_CURRENT_WINDOW = ("unfulfilled_products",)
_OF_NOW = ("data_quality", "unresolved_deliveries")


def read_published(
    database_path: Path,
    days: tuple[date, date] | None = None,
    business_product_id: str | None = None,
) -> Published:
    """Read the report tables of a window, and the facts of the same window.

    The connection is read-only and closed before this returns: a report never holds up a run.

    Args:
        database_path: the published database.
        days: the first and the last day of a past window; None for the window that the database's
            report tables cover.
        business_product_id: the store to report on; None for all.

    Raises:
        duckdb.Error: the file is missing, is not a database or has no `meta.report_window`.
    """
    with duckdb.connect(str(database_path), read_only=True) as connection:
        window = read_window(connection)
        if days and days != (window.first_day, window.last_day):
            window = replace(window, first_day=days[0], last_day=days[1], is_current=False)
        names = [
            name for name in _report_tables(connection) if window.is_current or name not in _OF_NOW
        ]
        facts = read_facts(connection, window)
        published = Published(
            window=window,
            tables={name: read_table(connection, name, window) for name in names},
            facts=facts,
            main_currencies=dict(connection.execute("from stores").fetchall()),
            store_names=dict(connection.execute("from meta.stores").fetchall()),
            metrics=connection.execute(
                "select label, counts, formula, clock, not_counted, use"
                " from meta.metric_definitions order by label"
            ).fetchall(),
        )
    return published if business_product_id is None else published.of_store(business_product_id)


def read_window(connection: duckdb.DuckDBPyConnection) -> Window:
    """Read which days the report tables cover."""
    row = connection.execute(
        "select timezone, first_day, last_day, data_through from meta.report_window"
    ).fetchone()
    if row is None:
        raise duckdb.Error("meta.report_window has no row: publish the database first")
    timezone, first_day, last_day, data_through = row
    return Window(
        timezone=timezone,
        first_day=first_day,
        last_day=last_day,
        data_through=data_through.replace(tzinfo=UTC) if data_through else None,
    )


def read_table(connection: duckdb.DuckDBPyConnection, name: str, window: Window) -> Table:
    """Read a window's rows of one table of schema `reports`, with its comments, in a fixed order.

    A table without days of its own is the current window's; for a past one, the database's function
    of the same name computes it.
    """
    columns = [
        Column(*column)
        for column in connection.execute(
            """
            select column_name, data_type, coalesce(comment, '')
            from duckdb_columns()
            where schema_name = 'reports' and table_name = ? and database_name = current_database()
            order by column_index
            """,
            [name],
        ).fetchall()
    ]
    (description,) = connection.execute(
        """
        select coalesce(max(comment), '')
        from duckdb_tables()
        where schema_name = 'reports' and table_name = ? and database_name = current_database()
        """,
        [name],
    ).fetchall()
    return Table(
        name=name,
        description=description[0],
        columns=tuple(columns),
        rows=tuple(_rows(connection, name, columns, window)),
    )


def _rows(
    connection: duckdb.DuckDBPyConnection, name: str, columns: list[Column], window: Window
) -> list[tuple[Any, ...]]:
    # Literals, for a function's arguments can't be parameters; they are dates, not anyone's text.
    first, last = f"date '{window.first_day}'", f"date '{window.last_day}'"
    source = f'reports."{name}"'
    if name in _OF_THE_CURRENT_WINDOW and not window.is_current:
        source = f"reports.{name}_between({first}, {last})"
    elif name in _DAY_COLUMNS:
        # A week is named by its Monday, which may lie before a window that holds its other days.
        first = f"{first} - 6" if name == "delivery_performance" else first
        source += f" where {_DAY_COLUMNS[name]} between {first} and {last}"
    names = {column.name for column in columns}
    order = "business_product_id, currency_code, rank" if "rank" in names else "all"
    selected = ", ".join(f'"{column.name}"' for column in columns)
    query = f"select {selected} from {source} order by {order}"  # noqa: S608 -- names come from the catalogue
    return connection.execute(query).fetchall()


def read_facts(connection: duckdb.DuckDBPyConnection, window: Window) -> dict[str, list[Row]]:
    """Run every query beside this module on one window."""
    for name in _READ_BY_OTHERS:
        _run(connection, _QUERIES / f"{name}.sql", window)
    return {
        path.stem: _run(connection, path, window)
        for path in sorted(_QUERIES.glob("*.sql"))
        if path.stem not in _READ_BY_OTHERS
    }


def _run(connection: duckdb.DuckDBPyConnection, path: Path, window: Window) -> list[Row]:
    query = path.read_text(encoding="utf-8")
    values = {
        "timezone": window.timezone,
        "first_day": window.first_day,
        "last_day": window.last_day,
    }
    used = {name: value for name, value in values.items() if f"${name}" in query}
    result = connection.execute(query, used)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _report_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            """
            select table_name from duckdb_tables()
            where schema_name = 'reports' and database_name = current_database()
            order by table_name
            """
        ).fetchall()
    ]

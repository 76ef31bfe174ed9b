"""Reading the published database: the report tables of a window, and their rows with types.

Here belong the connection and which rows of a table a window takes. The shapes of what is read are
in `data` and `rows`; what is counted, and how, is decided in the database.
"""

from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from bwp_pipeline.publishing.opening import open_published
from bwp_pipeline.reports.reading.active_products import ActiveProduct
from bwp_pipeline.reports.reading.data import Column, Published, Table, Window
from bwp_pipeline.reports.reading.published_days import check_published
from bwp_pipeline.reports.reading.rows import (
    CancelledOrder,
    Check,
    Coverage,
    DayCancellations,
    DayDecisions,
    DeliveryTimes,
    Facts,
    FailedReturn,
    GradedReturns,
    KeyFigures,
    ProductPerformance,
    ProductWeek,
    ReturnFailure,
    UnfulfilledProduct,
    WindowReason,
)
from bwp_pipeline.reports.reading.scored_products import ScoredProduct
from bwp_pipeline.reports.reading.short_units import InferredUnits, inferred_units_between

_Row = TypeVar("_Row")

HISTORY_DAYS = 182
PRODUCT_WEEKS = 12

_DAY_COLUMNS = {
    "cancellation_funnel": "requested_on",
    "cancellation_reasons": "cancelled_on",
    "cancelled_orders": "cancelled_on",
    "controllable_cancellations": "day",
    "daily_decisions": "day",
    "daily_fill_rates": "day",
    "daily_summary": "day",
    "delivery_performance": "week_start",
    "failed_returns": "failed_on",
    "graded_returns": "graded_on",
    "hours_to_cancel": "week_start",
    "net_revenue": "day",
    "product_fill_rates": "day",
    "return_failures": "failed_on",
    "stockout_episodes": "last_day",
    "unexplained_decisions": "day",
}
_OF_THE_CURRENT_WINDOW = (
    "active_products",
    "delivery_times",
    "key_figures",
    "product_performance",
    "scorecard",
    "unfulfilled_products",
)
_OF_NOW = (
    "coverage",
    "data_quality",
    "stock_cover",
    "store_currencies",
    "unresolved_deliveries",
)


def read_published(
    database_path: Path,
    days: tuple[date, date] | None = None,
    business_product_id: str | None = None,
) -> Published:
    """Read the report tables of a window.

    The connection is read-only and closed before this returns: a report never holds up a run.

    Args:
        database_path: the published database.
        days: the first and the last day of a past window; None for the window that the database's
            report tables cover.
        business_product_id: the store to report on; None for all.

    Raises:
        duckdb.Error: the file is missing, is not a database or has no `meta.report_window`.
        NotPublishedError: the database has only later days of the facts.
    """
    with open_published(database_path) as connection:
        window = read_window(connection)
        if days and days != (window.first_day, window.last_day):
            window = replace(window, first_day=days[0], last_day=days[1], is_current=False)
            check_published(connection, window)
        names = [
            name for name in _report_tables(connection) if window.is_current or name not in _OF_NOW
        ]
        published = Published(
            window=window,
            tables={name: read_table(connection, name, window) for name in names},
            facts=read_facts(connection, window),
            coverage=_read(connection, Coverage, "reports.coverage"),
            checks=_read(connection, Check, "reports.data_quality") if window.is_current else [],
            unresolved=dict(
                connection.execute(
                    "select business_product_id, count(*) from reports.unresolved_deliveries"
                    " group by business_product_id"
                ).fetchall()
                if window.is_current and "unresolved_deliveries" in names
                else ()
            ),
            main_currencies=dict(
                connection.execute(
                    "select business_product_id, currency_code from reports.store_currencies"
                ).fetchall()
            ),
            store_names=dict(
                connection.execute(
                    "select business_product_id, store_name from meta.stores"
                ).fetchall()
            ),
            metrics=connection.execute(
                "select label, counts, formula, clock, not_counted, use"
                " from meta.metric_definitions order by label"
            ).fetchall(),
            queries=dict(
                connection.execute("select metric, query from meta.metric_definitions").fetchall()
            ),
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
        read_through=last_day,
    )


def read_facts(connection: duckdb.DuckDBPyConnection, window: Window) -> Facts:
    """Read the rows of a window, and of as much before it as its comparisons and charts take."""
    before = window.first_day - timedelta(days=window.days)
    history = f"between date '{min(before, window.last_day - timedelta(days=HISTORY_DAYS))}'"
    until = f"and date '{window.last_day}'"
    since = window.last_day - timedelta(days=7 * PRODUCT_WEEKS - 1)

    def rows(row_type: type[_Row], table: str, order: str = "all") -> list[_Row]:
        return _read(connection, row_type, _of_window(table, window), order=order)

    return Facts(
        restock=rows(UnfulfilledProduct, "unfulfilled_products", "rank, product_key"),
        active=rows(ActiveProduct, "active_products"),
        products=rows(ProductPerformance, "product_performance"),
        periods=rows(KeyFigures, "key_figures"),
        deliveries=rows(DeliveryTimes, "delivery_times"),
        decisions=_read(
            connection, DayDecisions, f"reports.daily_decisions where day {history} {until}"
        ),
        unexplained=_read(
            connection, DayDecisions, f"reports.unexplained_decisions where day {history} {until}"
        ),
        cancellations=_read(
            connection,
            DayCancellations,
            f"reports.cancellation_reasons where cancelled_on {history} {until}",
            cancelled_units="sum(cancelled_units)",
            lost_sales="sum(lost_sales)",
        ),
        reasons=_read(
            connection,
            WindowReason,
            _of_window("cancellation_reasons", window),
            cancelled_units="sum(cancelled_units)",
            lost_sales="sum(lost_sales)",
        ),
        product_weeks=_read(
            connection,
            ProductWeek,
            "reports.cancellation_reasons where root_cause = 'STOCK'"
            f" and cancelled_on between date '{since}' {until}",
            weeks_ago=f"cast((date '{window.last_day}' - cancelled_on) // 7 as integer)",
            unfulfilled_units="sum(cancelled_units)",
        ),
        orders=rows(CancelledOrder, "cancelled_orders", "cancelled_on desc, order_id, product_key"),
        return_failures=rows(ReturnFailure, "return_failures", "failed_on desc, product_key"),
        failed_returns=rows(FailedReturn, "failed_returns", "failed_on desc, order_id, return_id"),
        graded=rows(GradedReturns, "graded_returns"),
        scored=rows(ScoredProduct, "scorecard"),
        inferred=_read(
            connection, InferredUnits, inferred_units_between(window.first_day, window.last_day)
        ),
    )


def _of_window(table: str, window: Window) -> str:
    """Name a window's rows of a table, for a from clause."""
    # Literals, for a function's arguments can't be parameters; they are dates, not anyone's text.
    first, last = f"date '{window.first_day}'", f"date '{window.last_day}'"
    if table in _OF_THE_CURRENT_WINDOW:
        if window.is_current:
            return f'reports."{table}"'
        return f"reports.{table}_between({first}, {last})"
    if table in _DAY_COLUMNS:
        # A week is named by its Monday, which may lie before a window that holds its other days.
        day = _DAY_COLUMNS[table]
        first = f"{first} - 6" if day == "week_start" else first
        return f'reports."{table}" where {day} between {first} and {last}'
    return f'reports."{table}"'


def _read(
    connection: duckdb.DuckDBPyConnection,
    row_type: type[_Row],
    source: str,
    *,
    order: str = "all",
    **computed: str,
) -> list[_Row]:
    """Read the columns that a row type names; sums are grouped by the columns beside them."""
    names = list(row_type.__annotations__)
    selected = ", ".join(f"{computed.get(name, name)} as {name}" for name in names)
    grouped = "group by all" if computed else ""
    query = f"select {selected} from {source} {grouped} order by {order}"  # noqa: S608 -- own names
    return [row_type(*row) for row in connection.execute(query).fetchall()]


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
    names = {column.name for column in columns}
    order = "business_product_id, currency_code, rank" if "rank" in names else "all"
    selected = ", ".join(f'"{column.name}"' for column in columns)
    query = f"select {selected} from {_of_window(name, window)} order by {order}"  # noqa: S608 -- names come from the catalogue
    rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return Table(name=name, description=description[0], columns=tuple(columns), rows=tuple(rows))


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

"""The published file of a window: what happened lately, in a file that stays small.

Belongs here: which rows of the marts it has, and that it says so. Does not belong here: the Parquet
files beside it, which have all rows (`parquet_copies.py`), or swapping it in (`published_file.py`).
"""

from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path

import duckdb

# By table, the day on which something last happened to an order as far as it tells.
_HAPPENED = {
    "dim_orders": "greatest(ordered_on, cast(last_event_at as date))",
    # Nobody knows when undecided units will be, or when undated ones were.
    "fct_delivery_items": "coalesce(resolved_on, date 'infinity')",
    "fct_order_states": "cast(known_from as date)",
    "fct_cancellation_requests": "cast(greatest(created_at, updated_at) as date)",
    "fct_refunds": "cast(greatest(requested_at, completed_at) as date)",
    "fct_return_items": "cast(greatest(started_at, graded_at, completed_at) as date)",
    "fct_return_packages": "cast(greatest(failed_at, delivered_at) as date)",
}


def copy_window(
    built: Path, fresh: Path, days: int, config: dict[str, str | bool | int | float | list[str]]
) -> None:
    """Copy the file of marts, reports and meta, but of marts only what happened in the last days.

    An order's rows stay together: they are there if any of them happened since then, or if it is
    still under way. Product days are there from then on, products and all reports whole. Comments,
    the dictionary and `meta.report_window` say so.

    Args:
        built: The file with all rows; nothing may hold it open for writing.
        fresh: The file to make; every DuckDB since 1.0 reads it.
        days: How many, up to the last day of the reports.
        config: DuckDB's settings meanwhile.
    """
    fresh.unlink(missing_ok=True)
    with duckdb.connect(config=config) as connection:
        connection.execute(f"attach {_text(built)} as whole (read_only)")
        connection.execute(f"attach {_text(fresh)} as recent (storage_version 'v1.0.0')")
        connection.execute("copy from database whole to recent (schema)")
        row = connection.execute("select last_day from whole.meta.report_window").fetchone()
        first = row[0] - timedelta(days=days - 1) if row and row[0] else None
        columns: dict[str, set[str]] = {}
        for schema, table, column in connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns()"
            " where database_name = 'whole' order by 1, 2"
        ).fetchall():
            columns.setdefault(f"{schema}.{table}", set()).add(column)
        if first is not None:
            _find_orders(connection, first, columns.keys())
        rows = {
            name: _rows(name, found, first) if first is not None else "true"
            for name, found in columns.items()
        }
        for name, those in rows.items():
            query = f"select * from whole.{name} where {those}"  # noqa: S608 -- own names
            connection.execute(f"insert into recent.{name} {query}")
        for name, those in rows.items():
            if first is not None and those != "true":
                _describe(connection, name, first)
        connection.execute("update recent.meta.report_window set published_from = ?", [first])


def _find_orders(
    connection: duckdb.DuckDBPyConnection, first: date, tables: Collection[str]
) -> None:
    """Make the table `kept` of the orders whose rows stay."""
    queries = [
        f"select business_product_id, order_id, {day} as day from whole.marts.{table}"  # noqa: S608 -- own names
        for table, day in _HAPPENED.items()
        if f"marts.{table}" in tables
    ]
    happened = " union all ".join(queries)
    connection.execute(
        f"create temp table kept as select distinct business_product_id, order_id from ({happened})"  # noqa: S608 -- own names
        f" where day >= date '{first}'"
    )


def _rows(name: str, columns: set[str], first: date) -> str:
    """Which rows of a table stay, as a condition."""
    if not name.startswith("marts."):
        return "true"
    if "order_id" in columns:
        kept = "(business_product_id, order_id) in (from kept)"
        # An event may name no order.
        loose = f" or (order_id is null and event_time >= date '{first}')"
        return kept + loose if "event_time" in columns else kept
    return f"day >= date '{first}'" if "day" in columns else "true"


def _describe(connection: duckdb.DuckDBPyConnection, name: str, first: date) -> None:
    """Say in the table's comment and in the dictionary what the file has of it."""
    schema, _, table = name.partition(".")
    rows = (
        f"Here from {first} on"
        if table == "fct_product_days"
        else f"Here of orders to which something happened since {first}, or that are under way"
    )
    words = f" {rows}; all rows are in parquet/{schema}/{table}."
    (comment,) = connection.execute(
        "select coalesce(comment, '') from duckdb_tables()"
        " where database_name = 'recent' and schema_name = ? and table_name = ?",
        [schema, table],
    ).fetchall()[0]
    connection.execute(f"comment on table recent.{name} is {_text(comment + words)}")
    connection.execute(
        "update recent.meta.data_dictionary set description = description || ?"
        " where schema_name = ? and table_name = ? and column_number = 0",
        [words, schema, table],
    )


def _text(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"

"""Published tables of two data directories, compared row by row.

Belongs here: reading and comparing. Does not belong here: what was done to either directory.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

Rows = list[tuple[Any, ...]]

# When an order was asked for, and what the model infers from all orders together.
_OF_THE_RUN = frozenset(
    {"snapshot_at", "last_fetched_at", "known_from", "known_until", "probability_short"}
)
# What Amazon told of stock in earlier runs: it grows with every run.
_OF_EARLIER_RUNS = "stock_cover"


def published_rows(data: Path, *, without: Collection[str] = ()) -> dict[str, Rows]:
    """All rows of marts and reports, sorted, by table; `without` further columns."""
    return _rows(data, "true", _OF_THE_RUN.union(without), [], "")


def rows_about(data: Path, orders: Collection[str], store: str) -> dict[str, Rows]:
    """The rows of marts and reports about these orders, and all of that store, by table."""
    return _rows(data, "", _OF_THE_RUN, orders, store)


def differences(wanted: Mapping[str, Rows], found: Mapping[str, Rows]) -> list[str]:
    """A line for each table whose rows are others."""
    said = []
    for table, rows in wanted.items():
        lost = [row for row in rows if row not in found[table]]
        more = [row for row in found[table] if row not in rows]
        if lost or more or len(rows) != len(found[table]):
            said.append(f"{table}: {len(lost)} rows differ: {lost[:1]} became {more[:1]}")
    return said


def _rows(
    data: Path, condition: str, left_out: Collection[str], orders: Collection[str], store: str
) -> dict[str, Rows]:
    path = data / "published" / "bwp.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("create temp table wanted as select unnest($1) as id", [[*orders]])
        connection.execute("set variable store = $1", [store])
        columns: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns()"
            " where schema_name in ('marts', 'reports') and table_name <> $1"
            " order by 1, column_index",
            [_OF_EARLIER_RUNS],
        ).fetchall():
            columns.setdefault(table, []).append(column)
        found = {}
        for table, names in columns.items():
            compared = ", ".join(name for name in names if name not in left_out)
            whose = condition or _whose(names)
            query = f"select {compared} from {table} where {whose}"  # noqa: S608 -- own names
            found[table] = sorted(connection.execute(query).fetchall(), key=repr)
        return found


def _whose(names: Collection[str]) -> str:
    conditions = {
        "order_id": "order_id in (select id from wanted)",
        "business_product_id": "business_product_id = getvariable('store')",
    }
    return " or ".join(text for name, text in conditions.items() if name in names) or "false"

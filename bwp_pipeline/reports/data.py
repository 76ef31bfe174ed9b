"""What the reports show, as it stands in the published database.

Here belong reading the database and the shapes of what was read. Nothing here is rounded, worded
or drawn, and nothing here is written.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]

_QUERIES = Path(__file__).parent / "queries"
_READ_BY_OTHERS = ("stores", "items")


@dataclass(frozen=True)
class Column:
    """A column as the database states it: its SQL type and its comment."""

    name: str
    type: str
    description: str

    @property
    def is_number(self) -> bool:
        """Whether its values are amounts, so that they are aligned, formatted and never quoted."""
        return self.type.split("(")[0] in {
            "DECIMAL",
            "DOUBLE",
            "FLOAT",
            "INTEGER",
            "BIGINT",
            "SMALLINT",
            "HUGEINT",
        }


@dataclass(frozen=True)
class Table:
    """One report table: rows in the database's own order of columns."""

    name: str
    description: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self, **equal: object) -> list[Row]:
        """Return the rows as dictionaries, those whose columns equal the given values."""
        names = [column.name for column in self.columns]
        records = [dict(zip(names, row, strict=True)) for row in self.rows]
        return [row for row in records if all(row[key] == want for key, want in equal.items())]


@dataclass(frozen=True)
class Window:
    """The days a report covers, both included, in the merchant's time zone.

    `data_through` is the newest event's time in UTC, None where there is none yet.
    """

    timezone: str
    first_day: date
    last_day: date
    data_through: datetime | None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first_day <= day <= self.last_day

    @property
    def days(self) -> int:
        """The number of days in the window."""
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True)
class Published:
    """The report tables of a published database, the window they cover, and further facts.

    `facts` are rows of the marts put together for this window by the queries beside this module,
    named after their files: series, periods to compare, orders behind a figure. `main_currencies`
    are the stores' most frequent ones, under which items without a price are reported.
    """

    window: Window
    tables: dict[str, Table]
    facts: dict[str, list[Row]]
    main_currencies: dict[str, str | None]
    store_names: dict[str, str]

    def records(self, table: str, **equal: object) -> list[Row]:
        """Return a report table's rows; none where this database has no such table."""
        return self.tables[table].records(**equal) if table in self.tables else []

    def store_name(self, business_product_id: str) -> str:
        """Return what the merchant calls a store; its id where it has no name."""
        return self.store_names.get(business_product_id) or business_product_id


def read_published(database_path: Path) -> Published:
    """Read the report tables as published, and the facts of the same window.

    The connection is read-only and closed before this returns: a report never holds up a run.

    Raises:
        duckdb.Error: the file is missing, is not a database or has no `meta.report_window`.
    """
    with duckdb.connect(str(database_path), read_only=True) as connection:
        window = read_window(connection)
        return Published(
            window=window,
            tables={name: read_table(connection, name) for name in _report_tables(connection)},
            facts=read_facts(connection, window),
            main_currencies=dict(connection.execute("from stores").fetchall()),
            store_names=dict(connection.execute("from meta.stores").fetchall()),
        )


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


def read_table(connection: duckdb.DuckDBPyConnection, name: str) -> Table:
    """Read one table of schema `reports` with its comments, in a fixed order of rows."""
    columns = connection.execute(
        """
        select column_name, data_type, coalesce(comment, '')
        from duckdb_columns()
        where schema_name = 'reports' and table_name = ? and database_name = current_database()
        order by column_index
        """,
        [name],
    ).fetchall()
    (description,) = connection.execute(
        """
        select coalesce(max(comment), '')
        from duckdb_tables()
        where schema_name = 'reports' and table_name = ? and database_name = current_database()
        """,
        [name],
    ).fetchall()
    ranked = "rank" in {column for column, _, _ in columns}
    order = "business_product_id, currency_code, rank" if ranked else "all"
    rows = connection.execute(f'select * from reports."{name}" order by {order}').fetchall()  # noqa: S608 -- the name comes from the catalogue, not from anyone's input
    return Table(
        name=name,
        description=description[0],
        columns=tuple(Column(*column) for column in columns),
        rows=tuple(rows),
    )


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

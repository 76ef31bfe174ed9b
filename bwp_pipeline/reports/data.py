"""The shapes of what a report is made of, as it stands in the published database.

Here belong tables, windows and facts as values. How they are read is in `reading`; nothing here is
rounded, worded or drawn.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

Row = dict[str, Any]


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

    `data_through` is the newest event's time in UTC, None where there is none yet. `is_current` is
    whether these are the days that the database's report tables cover, and not a past window.
    """

    timezone: str
    first_day: date
    last_day: date
    data_through: datetime | None
    is_current: bool = True

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
    named after their files: series, periods to compare, orders behind a figure.
    `main_currencies` are the stores' most frequent ones, where items without a price are reported.
    `metrics` are the database's definitions: label, what it counts, formula, clock, what it does
    not count, use.
    """

    window: Window
    tables: dict[str, Table]
    facts: dict[str, list[Row]]
    main_currencies: dict[str, str | None]
    store_names: dict[str, str]
    metrics: list[tuple[str | None, ...]]

    def records(self, table: str, **equal: object) -> list[Row]:
        """Return a report table's rows; none where this database has no such table."""
        return self.tables[table].records(**equal) if table in self.tables else []

    def store_name(self, business_product_id: str) -> str:
        """Return what the merchant calls a store; its id where it has no name."""
        return self.store_names.get(business_product_id) or business_product_id

    def of_store(self, business_product_id: str) -> "Published":
        """Return what concerns one store; tables of no store, such as data quality, stay whole."""
        tables = {}
        for name, table in self.tables.items():
            names = [column.name for column in table.columns]
            if "business_product_id" in names:
                place = names.index("business_product_id")
                rows = tuple(row for row in table.rows if row[place] == business_product_id)
                tables[name] = replace(table, rows=rows)
            else:
                tables[name] = table
        facts = {
            name: [row for row in rows if row["business_product_id"] == business_product_id]
            for name, rows in self.facts.items()
        }
        return replace(self, tables=tables, facts=facts)

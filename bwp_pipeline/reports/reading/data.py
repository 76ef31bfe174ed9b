"""The data of a report as it stands in the published database.

Here belong tables and windows as values; their rows with types are in `rows`. How they are read is
in `windows`; nothing here is rounded, worded or drawn.
"""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from bwp_pipeline.reports.reading.rows import Check, Coverage, Facts


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


@dataclass(frozen=True)
class Window:
    """The days a report covers, both included, in the merchant's time zone.

    `data_through` is the newest event's time in UTC, None if there is none yet. `read_through`
    is the last archive day that was read. `is_current` is whether these are the days that
    the database's report tables cover, and not a past window.
    """

    timezone: str
    first_day: date
    last_day: date
    data_through: datetime | None
    read_through: date
    is_current: bool = True

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first_day <= day <= self.last_day

    @property
    def days(self) -> int:
        """The number of days in the window."""
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True)
class Published:
    """The report tables of a published database, the window they cover, and their rows with types.

    `unresolved` counts the unresolved deliveries of each store. `main_currencies` are the stores'
    most frequent ones, where items without a price are reported.
    `metrics` are the database's definitions: label, what it counts, formula, clock, what it does
    not count, use. `queries` is each metric's query, by the metric's name.
    """

    window: Window
    tables: dict[str, Table]
    facts: Facts
    coverage: list[Coverage]
    checks: list[Check]
    unresolved: dict[str, int]
    main_currencies: dict[str, str | None]
    store_names: dict[str, str]
    metrics: list[tuple[str | None, ...]]
    queries: dict[str, str]

    def store_name(self, business_product_id: str) -> str:
        """Return the merchant's name for a store, or its id if it has none."""
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
        facts = Facts(
            **{
                field.name: [
                    row
                    for row in getattr(self.facts, field.name)
                    if row.business_product_id == business_product_id
                ]
                for field in fields(Facts)
            }
        )
        coverage = [row for row in self.coverage if row.business_product_id == business_product_id]
        return replace(self, tables=tables, facts=facts, coverage=coverage)

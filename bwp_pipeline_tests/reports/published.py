"""A small published database, made of the line items that a test names.

Only the contract's tables and columns. Unfulfilled products and reasons are computed in
`published_tables.py`; the other tables are the project's own models, rendered without dbt.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from jinja2 import Environment

from bwp_pipeline_tests.reports.published_products import ACTIVE_PRODUCTS
from bwp_pipeline_tests.reports.published_tables import FACTS, REPORTS

LAST_DAY = date(2026, 11, 19)
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
BUILT_AT = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """A row of marts.fct_delivery_items."""

    order_id: str
    product_key: str = "SKU-1"
    product_title: str | None = "Enamel mug"
    units: Decimal | None = Decimal(1)
    root_cause: str | None = None
    days_ago: float = 1
    business_product_id: str = "bp-1"
    currency_code: str | None = "USD"
    unit_price: Decimal | None = Decimal(20)
    is_shared_delivery: bool = False
    delivery_reason: str | None = None
    request_reason: str | None = None
    requested_by: str | None = None
    sku: str | None = field(default=None)
    last_milestone: str | None = None

    def row(self, number: int) -> dict[str, Any]:
        at = (NOON - timedelta(days=self.days_ago)).replace(tzinfo=None)
        cancelled = self.root_cause is not None
        failed = self.root_cause == "DELIVERY_FAILURE"
        ordered = at - timedelta(days=2 if failed else 1)
        shipped = None if cancelled and not failed else at - timedelta(days=1 if failed else 0)
        row = {name: value for name, value in asdict(self).items() if name != "days_ago"}
        return row | {
            "delivery_id": f"d-{number}",
            "line_item_id": f"l-{number}",
            "product_id": f"p-{self.product_key}",
            "sku": self.sku or self.product_key,
            "state": "CANCELLED" if cancelled else "DELIVERED",
            "ordered_units": self.units,
            "ordered_at": ordered,
            "shipped_at": shipped,
            "delivered_at": None if cancelled else at + timedelta(days=1),
            "cancelled_at": at if cancelled else None,
            "promised_at": None if cancelled else at + timedelta(hours=36),
            "delivery_provider": None,
            "resolved_at": shipped or at,
            "snapshot_at": at,
            "ordered_on": ordered.date(),
            "shipped_on": shipped and shipped.date(),
            "delivered_on": None if cancelled else (at + timedelta(days=1)).date(),
            "cancelled_on": at.date() if cancelled else None,
            "resolved_on": (shipped or at).date(),
        }


def publish(
    path: Path, items: Iterable[Item], *, report_days: int = 28, last_day: date = LAST_DAY
) -> Path:
    """Write a published database with these items and the report tables that follow."""
    rows = [item.row(number) for number, item in enumerate(items)]
    return publish_rows(path, rows, report_days=report_days, last_day=last_day)


def publish_rows(
    path: Path, rows: list[dict[str, Any]], *, report_days: int = 28, last_day: date = LAST_DAY
) -> Path:
    """Write a published database with these rows of marts.fct_delivery_items."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(FACTS)
        names = _columns(connection)
        if rows:
            facts = pa.Table.from_pylist([{name: row[name] for name in names} for row in rows])  # noqa: F841 -- DuckDB finds it by name
            connection.execute("insert into marts.fct_delivery_items by name from facts")
        newest = max((row["resolved_at"] for row in rows), default=None)
        connection.execute(
            "insert into meta.report_window values ('UTC', ?, ?, ?, ?)",
            [report_days, last_day - timedelta(days=report_days - 1), last_day, newest],
        )
        connection.execute(REPORTS + ACTIVE_PRODUCTS)
        for name in _MODELS:
            connection.execute(f"create table reports.{name} as {_model(name)}")
        # Nothing is known to have been out on any day before.
        connection.execute(
            "create table reports.unexplained_decisions as from reports.daily_decisions"
        )
        for name in _WINDOWS:
            connection.execute(
                f"create macro reports.{name}_between(first_day, last_day) as table"
                f" ({_model(name, _BETWEEN)})"
            )
    return path


_PROJECT = Path(__file__).parents[2] / "dbt_project"

_WINDOWS = ("key_figures", "product_performance", "delivery_times")
_MODELS = (
    "store_currencies",
    *_WINDOWS,
    "daily_decisions",
    "cancelled_orders",
    "failed_returns",
    "graded_returns",
    "coverage",
)

_BETWEEN = "select cast(first_day as date) as first_day, cast(last_day as date) as last_day"
_PLACES = {
    "agg_report_window": "meta.report_window",
    "store_currencies": "reports.store_currencies",
}


def _model(name: str, bounds: str | None = None) -> str:
    """Render one of the project's models as it is built in full; `bounds` in place of its own."""
    environment = Environment(autoescape=False)  # noqa: S701 -- SQL
    context = {
        "ref": lambda model: _PLACES.get(model, f"marts.{model}"),
        "replaces_periods": lambda *_: "",
        "of_changed_periods": lambda relation, *_: relation,
        "local_day": lambda at, zone: f"cast(timezone({zone}, timezone('UTC', {at})) as date)",
    }
    files = ("root_cause", "windows/window_items", "windows/failed_returns")
    windows = "".join(
        (_PROJECT / f"macros/{file}.sql").read_text(encoding="utf-8")
        for file in (*files, *(f"windows/{name}" for name in _WINDOWS))
    )
    macros = environment.from_string(windows).make_module(context)
    text = (_PROJECT / f"models/reports/{name}.sql").read_text(encoding="utf-8")
    if bounds is not None:
        text = text.replace("{{ %s(" % name, "{%% set bounds = %r %%}{{ %s(" % (bounds, name))  # noqa: UP031 -- braces
    return environment.from_string(text).render(context | macros.__dict__)


def _columns(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute(
        "select column_name from duckdb_columns() where table_name = 'fct_delivery_items'"
        " order by column_index"
    ).fetchall()
    names = [name for (name,) in found]
    unknown = {one.name for one in fields(Item)} - {"days_ago"} - set(names)
    assert not unknown
    return names

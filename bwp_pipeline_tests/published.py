"""A small published database, made of the line items that a test names, and the report on it.

Only the contract's tables and columns; unfulfilled products and reasons are computed from the items
here, in plain SQL of this file's own, so that a report can be compared with them. The other tables
are the project's own models, rendered without dbt.
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

from bwp_pipeline.demand.small_samples import fit_prior
from bwp_pipeline.reports import ReportFiles, write_reports

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
        connection.execute(_FACTS)
        names = _columns(connection)
        if rows:
            facts = pa.Table.from_pylist([{name: row[name] for name in names} for row in rows])  # noqa: F841 -- DuckDB finds it by name
            connection.execute("insert into marts.fct_delivery_items by name from facts")
        newest = max((row["resolved_at"] for row in rows), default=None)
        connection.execute(
            "insert into meta.report_window values ('UTC', ?, ?, ?, ?)",
            [report_days, last_day - timedelta(days=report_days - 1), last_day, newest],
        )
        connection.execute(_REPORTS)
        for name in _MODELS:
            connection.execute(f"create table reports.{name} as {_model(name)}")
        for name in _WINDOWS:
            connection.execute(
                f"create macro reports.{name}_between(first_day, last_day) as table"
                f" ({_model(name, _BETWEEN)})"
            )
    return path


_PROJECT = Path(__file__).parents[1] / "dbt_project"
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
    windows = "".join(
        (_PROJECT / f"macros/windows/{file}.sql").read_text(encoding="utf-8")
        for file in ("window_items", "failed_returns", *_WINDOWS)
    )
    macros = environment.from_string(windows).make_module(context)
    text = (_PROJECT / f"models/reports/{name}.sql").read_text(encoding="utf-8")
    if bounds is not None:
        text = text.replace("{{ %s(" % name, "{%% set bounds = %r %%}{{ %s(" % (bounds, name))  # noqa: UP031 -- braces
    return environment.from_string(text).render(context | macros.__dict__)


def estimate(path: Path) -> None:
    """Fill in the statistical columns, with the product's own mathematics on the report's rows."""
    with duckdb.connect(str(path)) as connection:
        orders = connection.execute(_ORDERS).fetchall()
        for store, currency in {row[:2] for row in orders}:
            shop = [row for row in orders if row[:2] == (store, currency)]
            prior = fit_prior([(x, n) for *_, x, n, _, _ in shop])
            for _, _, product, x, n, units, price in shop:
                low, high = prior.interval(x, n)
                connection.execute(
                    """
                    update reports.unfulfilled_products
                    set unfulfillable_rate_eb = $rate, rate_low = $low, rate_high = $high,
                        demand_per_day = $demand, revenue_at_risk = $demand * 28 * $rate * $price,
                        stockout_status = case
                            when last_shipped_at > last_unfulfilled_at then 'RECOVERED'
                            else 'ONGOING'
                        end
                    where business_product_id = $store and currency_code = $currency
                        and product_key = $product
                    """,
                    {
                        "rate": prior.rate(x, n),
                        "low": low,
                        "high": high,
                        "demand": units / 28,
                        "price": price,
                        "store": store,
                        "currency": currency,
                        "product": product,
                    },
                )
        connection.execute(
            """
            update reports.unfulfilled_products as p set rank = r.new_rank
            from (
                select *, row_number() over (
                    partition by business_product_id, currency_code
                    order by revenue_at_risk desc, product_key
                ) as new_rank
                from reports.unfulfilled_products
            ) as r
            where r.business_product_id = p.business_product_id
                and r.currency_code = p.currency_code and r.product_key = p.product_key
            """
        )


def report(tmp_path: Path, *items: Item, data_dir: Path | None = None) -> ReportFiles:
    """Write the report on these items."""
    database = publish(tmp_path / "bwp.duckdb", items)
    estimate(database)
    return write_reports(
        database,
        tmp_path / "reports",
        built_at=BUILT_AT,
        version="1.2.3",
        run_id="run-7",
        data_dir=data_dir,
    )


_ORDERS = """
select
    business_product_id, currency_code, product_key,
    count(distinct order_id) filter (
        root_cause = 'STOCK' and cancelled_on between w.first_day and w.last_day
    ) as x,
    count(distinct order_id) as n, coalesce(sum(units), 0)::double, avg(unit_price)::double
from marts.fct_delivery_items cross join meta.report_window as w
where resolved_on between w.first_day and w.last_day
    or cancelled_on between w.first_day and w.last_day
group by all
order by all
"""


def _columns(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute(
        "select column_name from duckdb_columns() where table_name = 'fct_delivery_items'"
        " order by column_index"
    ).fetchall()
    names = [name for (name,) in found]
    unknown = {one.name for one in fields(Item)} - {"days_ago"} - set(names)
    assert not unknown
    return names


_FACTS = """
create schema marts; create schema reports; create schema meta;
create table meta.report_window (
    timezone varchar, report_days integer, first_day date, last_day date, data_through timestamp
);
create table meta.stores (business_product_id varchar, store_name varchar);
insert into meta.stores values ('bp-1', 'Kitchen shop');
create table meta.metric_definitions (
    label varchar, counts varchar, formula varchar, clock varchar, not_counted varchar, use varchar
);
insert into meta.metric_definitions values
    ('Lost sales', 'Unfulfilled units', 'sum of units x price', 'event day', null, 'Money lost');
create table marts.fct_delivery_items (
    business_product_id varchar, order_id varchar, delivery_id varchar, line_item_id varchar,
    product_key varchar, product_id varchar, sku varchar, product_title varchar, state varchar,
    delivery_reason varchar, request_reason varchar, requested_by varchar, root_cause varchar,
    is_shared_delivery boolean, units decimal(18, 3), ordered_units decimal(18, 3),
    unit_price decimal(18, 4), currency_code varchar, ordered_at timestamp, shipped_at timestamp,
    delivered_at timestamp, cancelled_at timestamp, resolved_at timestamp, snapshot_at timestamp,
    promised_at timestamp, ordered_on date, shipped_on date, delivered_on date, cancelled_on date,
    resolved_on date, last_milestone varchar
);
create table marts.fct_return_items (
    business_product_id varchar, order_id varchar, line_item_id varchar,
    graded_units decimal(18, 3), sellable_units decimal(18, 3), graded_at timestamp,
    snapshot_at timestamp
);
create table marts.fct_return_packages (
    business_product_id varchar, order_id varchar, return_id varchar, return_package_id varchar,
    line_item_id varchar, state varchar, reason varchar, units decimal(18, 3), failed_at timestamp,
    delivered_at timestamp, snapshot_at timestamp
);
create table reports.data_quality (
    check_name varchar, severity varchar, meaning varchar, found bigint, examples varchar
);
create table reports.return_failures (
    failed_on date, business_product_id varchar, product_key varchar, reason varchar,
    carrier_code varchar, currency_code varchar, sku varchar, product_title varchar,
    failed_packages bigint, affected_orders bigint, failed_units decimal(18, 3),
    failed_value decimal(18, 4)
);
"""

_REPORTS = """
create table marts.dim_orders as
select business_product_id, order_id, max(snapshot_at) as snapshot_at
from marts.fct_delivery_items group by all;
create table marts.fct_events as
select business_product_id, order_id, 2 as copies, min(ordered_at) as event_time
from marts.fct_delivery_items group by all;
create table marts.dim_products as
select
    business_product_id, product_key, arg_max(sku, ordered_at) as sku,
    arg_max(product_title, ordered_at) as product_title
from marts.fct_delivery_items
group by all;

create table reports.cancellation_reasons as
select
    coalesce(cancelled_at, resolved_at)::date as cancelled_on, business_product_id, product_key,
    delivery_reason, request_reason, root_cause, currency_code, any_value(sku) as sku,
    any_value(product_title) as product_title, sum(units)::decimal(18, 3) as cancelled_units,
    count(distinct order_id) as cancelled_orders,
    sum(units * unit_price)::decimal(18, 4) as lost_sales
from marts.fct_delivery_items
where root_cause is not null
group by all;
comment on table reports.cancellation_reasons is 'One row per day, product and reason.';
comment on column reports.cancellation_reasons.cancelled_units is 'Units cancelled that day.';

create table reports.unfulfilled_products as
with item as (
    select
        f.*,
        f.root_cause = 'STOCK'
        and coalesce(f.cancelled_at, f.resolved_at)::date between w.first_day and w.last_day
            as is_unfulfilled,
        f.request_reason = 'OUT_OF_STOCK' as is_declared,
        f.resolved_at::date between w.first_day and w.last_day as is_resolved
    from marts.fct_delivery_items as f cross join meta.report_window as w
), product as (
    select
        business_product_id, product_key, currency_code, any_value(sku) as sku,
        any_value(product_title) as product_title,
        sum(units) filter (is_unfulfilled) as unfulfilled_units,
        coalesce(sum(units) filter (is_unfulfilled and not is_shared_delivery), 0)
            as unfulfilled_units_direct,
        coalesce(sum(units) filter (is_unfulfilled and is_shared_delivery), 0)
            as unfulfilled_units_shared,
        0::decimal(18, 3) as unfulfilled_units_merchant_declared,
        count(distinct order_id) filter (is_unfulfilled) as affected_orders,
        sum(units) filter (is_resolved) as resolved_units,
        count(distinct order_id) filter (is_resolved or is_unfulfilled) as resolved_orders,
        sum(units * unit_price) filter (is_unfulfilled) as lost_sales,
        min(cancelled_at) filter (is_unfulfilled) as first_unfulfilled_at,
        max(cancelled_at) filter (is_unfulfilled) as last_unfulfilled_at,
        max(shipped_at) as last_shipped_at
    from item group by all
)
select
    business_product_id, product_key, currency_code, sku, product_title,
    unfulfilled_units::decimal(18, 3) as unfulfilled_units,
    unfulfilled_units_direct::decimal(18, 3) as unfulfilled_units_direct,
    unfulfilled_units_shared::decimal(18, 3) as unfulfilled_units_shared,
    unfulfilled_units_merchant_declared, affected_orders,
    resolved_units::decimal(18, 3) as resolved_units,
    (unfulfilled_units / resolved_units)::double as unfulfillable_rate,
    null::double as unfulfillable_rate_eb, null::double as rate_low, null::double as rate_high,
    resolved_orders,
    lost_sales::decimal(18, 4) as lost_sales, null::double as demand_per_day,
    null::decimal(18, 4) as revenue_at_risk, first_unfulfilled_at, last_unfulfilled_at,
    last_shipped_at, null::varchar as stockout_status,
    row_number() over (
        partition by business_product_id, currency_code
        order by lost_sales desc nulls last, product_key
    ) as rank
from product where unfulfilled_units > 0;
comment on table reports.unfulfilled_products is 'One row per product with unfulfilled units.';
comment on column reports.unfulfilled_products.unfulfilled_units is 'Units Amazon did not ship.';
"""

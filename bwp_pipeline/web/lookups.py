"""What `bwp serve` looks up about a product, an order or a store, besides the report's figures.

Here belong the typed rows of `queries/`. Sums over windows are the report's; no words are here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from typing import TypeVar

import duckdb

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class ProductWeek:
    """Units of a product decided in a week."""

    week_start: date
    shipped_units: Decimal
    unfulfilled_units: Decimal
    other_cancelled_units: Decimal


@dataclass(frozen=True)
class StockoutEpisode:
    """A time in which a product was out of stock; what was missed is an estimate."""

    first_day: date
    last_day: date
    is_ongoing: bool
    days_out: int
    unfulfilled_units: Decimal | None
    missed_units: float | None
    currency_code: str | None
    lost_sales: Decimal | None
    missed_sales: Decimal | None


@dataclass(frozen=True)
class CancelledLine:
    """A cancelled line of an order."""

    order_id: str
    cancelled_on: date | None
    units: Decimal | None
    root_cause: str
    is_shared_delivery: bool
    sales: Decimal | None
    currency_code: str | None


@dataclass(frozen=True)
class ReturnedUnits:
    """Units returned for a reason, and those that can be sold again."""

    return_reason: str | None
    units: Decimal | None
    sellable_units: Decimal | None


@dataclass(frozen=True)
class ProductFacts:
    """What is known of a product: its name, weeks, stockouts, cancelled orders and returns."""

    title: str | None
    sku: str | None
    weeks: list[ProductWeek]
    episodes: list[StockoutEpisode]
    orders: list[CancelledLine]
    returns: list[ReturnedUnits]


@dataclass(frozen=True)
class OrderItem:
    """A line of an order in a delivery, with everything known about it. Times are UTC."""

    business_product_id: str
    order_id: str
    order_alias: str | None
    product_title: str | None
    sku: str | None
    product_key: str
    units: Decimal | None
    state: str
    root_cause: str | None
    delivery_reason: str | None
    request_reason: str | None
    requested_by: str | None
    ordered_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    carrier_code: str | None
    last_milestone: str | None
    last_milestone_at: datetime | None
    snapshot_at: datetime


@dataclass(frozen=True)
class OrderRefund:
    """A refund of an order. Times are UTC."""

    refund_id: str
    state: str | None
    request_reason: str | None
    refund_total: Decimal | None
    currency_code: str | None
    requested_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True)
class OrderFacts:
    """What is known of an order; empty where it is unknown."""

    items: list[OrderItem]
    refunds: list[OrderRefund]


@dataclass(frozen=True)
class SupplyWeek:
    """A store's week of shipping; hours are means of its products' medians."""

    week_start: date
    shipped_units: Decimal | None
    order_to_ship_hours: float | None
    ship_to_deliver_hours: float | None
    promised_deliveries: int
    late_deliveries: int


@dataclass(frozen=True)
class Carrier:
    """What a carrier did with deliveries shipped in the last 91 days."""

    carrier_code: str
    deliveries: int
    delivered: int
    ship_to_deliver_hours: float | None
    promised_deliveries: int
    late_deliveries: int
    failed_units: Decimal | None


@dataclass(frozen=True)
class LateProduct:
    """A product that came late, and how much of it shoppers cancelled for that reason."""

    product_key: str
    product_title: str | None
    sku: str | None
    shipped_units: Decimal | None
    promised_deliveries: int
    late_deliveries: int
    late_cancelled_units: Decimal | None


def product_facts(
    connection: duckdb.DuckDBPyConnection, store: str, product_key: str, last_day: date
) -> ProductFacts | None:
    """What is known of a product; None where it doesn't exist."""
    named = connection.execute(
        "select product_title, sku from marts.dim_products"
        " where business_product_id = ? and product_key = ?",
        [store, product_key],
    ).fetchone()
    if named is None:
        return None
    names: dict[str, str | date] = {"store": store, "product_key": product_key}
    return ProductFacts(
        named[0],
        named[1],
        look_up(connection, "product_weeks", ProductWeek, **names, last_day=last_day),
        look_up(connection, "product_episodes", StockoutEpisode, **names),
        look_up(connection, "product_orders", CancelledLine, **names),
        look_up(connection, "product_returns", ReturnedUnits, **names),
    )


def order_facts(connection: duckdb.DuckDBPyConnection, order: str) -> OrderFacts:
    """What is known of an order, by its id or the shop's own number."""
    return OrderFacts(
        look_up(connection, "order_items", OrderItem, order=order),
        look_up(connection, "order_refunds", OrderRefund, order=order),
    )


def look_up(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    make: Callable[..., _Row],
    **values: str | date,
) -> list[_Row]:
    """The rows of `queries/<name>.sql`, each made into a value, its columns in order."""
    query = files(__package__).joinpath("queries", f"{name}.sql").read_text(encoding="utf-8")
    return [make(*row) for row in connection.execute(query, values).fetchall()]

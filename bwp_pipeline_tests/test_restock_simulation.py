"""The restock list against known truth: simulated shops, ranked by the warehouse's own SQL.

Every simulated shop is a store of its own, so that one run of the model judges all of them.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from bwp_pipeline.warehouse.dbt_run import run_dbt
from bwp_pipeline.warehouse.loading import marts_path
from bwp_pipeline_tests.warehouse_builds import Warehouse, event

LAST_DAY = date(2026, 3, 31)
SHOPS, PRODUCTS, TOP = 20, 400, 20
EPISODES = 200


@dataclass
class Orders:
    """Rows of marts.fct_delivery_items in columns: one product an order, one unit if not said."""

    store: np.ndarray
    product: np.ndarray
    days_ago: np.ndarray
    is_unfulfilled: np.ndarray
    price: np.ndarray
    units: np.ndarray | None = None

    def table(self) -> pa.Table:
        size = len(self.store)
        ends = np.datetime64(LAST_DAY + timedelta(days=1), "s")
        at = ends - (self.days_ago * 86400).astype("timedelta64[s]")
        ordered = at - np.timedelta64(6 * 3600, "s")
        never = np.datetime64("NaT", "s")
        shipped = np.where(self.is_unfulfilled, never, at)
        cancelled = np.where(self.is_unfulfilled, at, never)
        ids = np.arange(size).astype(str)
        days = {
            "ordered_on": ordered,
            "shipped_on": shipped,
            "delivered_on": np.full(size, never),
            "cancelled_on": cancelled,
            "resolved_on": at,
        }
        times = {
            "ordered_at": ordered,
            "shipped_at": shipped,
            "cancelled_at": cancelled,
            "resolved_at": at,
            "snapshot_at": at,
        }
        return pa.table(
            {
                "business_product_id": self.store,
                "order_id": ids,
                "delivery_id": ids,
                "line_item_id": ids,
                "product_key": self.product,
                "state": np.where(self.is_unfulfilled, "CANCELLED", "DELIVERED"),
                "delivery_reason": pa.array(
                    ["UNFULFILLABLE" if one else None for one in self.is_unfulfilled]
                ),
                "root_cause": pa.array(["STOCK" if one else None for one in self.is_unfulfilled]),
                "is_shared_delivery": np.full(size, fill_value=False),
                "units": np.ones(size) if self.units is None else self.units,
                "unit_price": self.price,
                "currency_code": np.full(size, "USD"),
                **{name: pa.array(value).cast(pa.timestamp("us")) for name, value in times.items()},
                **{
                    name: pa.array(value.astype("datetime64[D]")).cast(pa.date32())
                    for name, value in days.items()
                },
            }
        )


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose window ends with LAST_DAY, built once."""
    built = Warehouse(tmp_path_factory.mktemp("simulation"))
    at = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, tzinfo=UTC)
    built.archive(LAST_DAY, [event("PACKAGE_DELIVERED", "order/O-1/delivery/D-1", at=at)])
    built.build()
    return built.path


def judged(warehouse: Path, orders: Orders) -> list[tuple[str, str, int, str]]:
    """Rank these orders' products with the model: store, product, rank and stock-out status."""
    with duckdb.connect(str(marts_path(warehouse))) as connection:
        items = orders.table()  # noqa: F841 -- DuckDB finds it by name
        connection.execute("delete from marts.fct_delivery_items")
        connection.execute("insert into marts.fct_delivery_items by name from items")
    run_dbt(warehouse, ("run", "--select", "unfulfilled_products"))
    with duckdb.connect(str(marts_path(warehouse)), read_only=True) as connection:
        return connection.execute(
            "select business_product_id, product_key, rank, stockout_status"
            " from reports.unfulfilled_products"
        ).fetchall()


def test_the_restock_list_captures_nine_tenths_of_the_loss_that_an_oracle_would(
    warehouse: Path,
) -> None:
    random = np.random.default_rng(20261120)
    shape = (SHOPS, PRODUCTS)
    demand = np.maximum(1, np.round(random.lognormal(np.log(7), 1.2, shape))).astype(int)
    rate = random.beta(0.8, 22, shape)
    price = np.round(random.lognormal(np.log(25), 0.7, shape), 2)
    failed = random.binomial(demand, rate)
    shop, product = (np.repeat(index.ravel(), demand.ravel()) for index in np.indices(shape))
    place = np.arange(demand.sum()) - np.repeat(
        np.cumsum(demand.ravel()) - demand.ravel(), demand.ravel()
    )
    orders = Orders(
        store=np.char.add("shop-", shop.astype(str)),
        product=np.char.add("p-", product.astype(str)),
        days_ago=random.uniform(0.1, 27.9, len(shop)),
        is_unfulfilled=place < failed[shop, product],
        price=price[shop, product],
    )
    loss = rate * demand * price
    caught = np.zeros(SHOPS)
    for store, key, rank, _ in judged(warehouse, orders):
        if rank <= TOP:
            row = int(store.removeprefix("shop-"))
            caught[row] += loss[row, int(key.removeprefix("p-"))]
    best = np.sort(loss, axis=1)[:, -TOP:].sum(axis=1)
    assert (caught / best).mean() >= 0.9

    raw = np.argsort(-(failed / demand + random.random(shape) * 1e-9), axis=1)[:, :TOP]
    by_raw_rate = np.take_along_axis(loss, raw, axis=1).sum(axis=1)
    assert (by_raw_rate / best).mean() < 0.25


def test_one_of_one_never_outranks_ten_of_a_hundred_at_equal_price_and_demand(
    warehouse: Path,
) -> None:
    # One order for 100 units that failed, against 100 orders for one unit of which ten did; each in
    # shops that differ in how unreliable they are, and how unequal their products.
    random = np.random.default_rng(20261121)
    rows: list[tuple[str, str, bool, int]] = []
    for number in range(SHOPS):
        shop = f"shop-{number}"
        rows.append((shop, "one-of-one", True, 100))
        rows += [(shop, "ten-of-hundred", place < 10, 1) for place in range(100)]
        mean, weight = random.uniform(0.01, 0.06), random.uniform(1, 60)
        for product in range(100):
            orders = random.integers(1, 60)
            failed = random.binomial(orders, random.beta(mean * weight, (1 - mean) * weight))
            rows += [(shop, f"p-{product}", bool(place < failed), 1) for place in range(orders)]
    store, key, is_unfulfilled, units = (np.array(column) for column in zip(*rows, strict=True))
    days_ago = random.uniform(0.1, 27.9, len(rows))
    price = np.full(len(rows), 20.0)
    listed = judged(warehouse, Orders(store, key, days_ago, is_unfulfilled, price, units))
    places = {(shop, product): rank for shop, product, rank, _ in listed}
    assert all(
        places[f"shop-{number}", "ten-of-hundred"] < places[f"shop-{number}", "one-of-one"]
        for number in range(SHOPS)
    )


def test_the_stock_out_status_is_right_in_nine_of_ten_episodes(warehouse: Path) -> None:
    random = np.random.default_rng(20261122)
    kinds = ["ONGOING", "RECOVERED", "INTERMITTENT", "SILENT"]
    truth: dict[str, str] = {}
    rows: list[tuple[str, float, bool]] = []
    for number in range(EPISODES):
        kind = kinds[number % len(kinds)]
        product = f"p-{number}"
        truth[product] = kind
        rows += [(product, *order) for order in _episode(random, kind)]
    products, days_ago, is_unfulfilled = (np.array(column) for column in zip(*rows, strict=True))
    orders = Orders(
        store=np.full(len(rows), "shop"),
        product=products,
        days_ago=days_ago,
        is_unfulfilled=is_unfulfilled,
        price=np.full(len(rows), 20.0),
    )
    found = {key: status for _, key, _, status in judged(warehouse, orders)}
    right = [found[key] == kind for key, kind in truth.items() if key in found]
    assert len(right) >= 0.9 * EPISODES
    assert np.mean(right) >= 0.9


def _episode(random: np.random.Generator, kind: str) -> list[tuple[float, bool]]:
    """Simulate 90 days of a product that sells 0.5 to 4 a day; in it stock runs out as `kind` says.

    Out of stock, every order is cancelled as unfulfillable; a silent product's offer is gone after
    a few days, so that nobody can order it any more.
    """
    a_day = random.uniform(0.5, 4)
    ends = random.uniform(3, 12)
    length = random.uniform(4, 10)
    outages = {
        "ONGOING": [(length, 0.0)],
        "RECOVERED": [(ends + length, ends)],
        "INTERMITTENT": [(ends + length, ends), (ends + length + 25, ends + length + 15)],
        "SILENT": [(25.0, 0.0)],
    }[kind]
    orders = []
    for at in random.uniform(0, 90, random.poisson(a_day * 90)):
        if kind == "SILENT" and at < 21:
            continue
        out = any(begin > at > end for begin, end in outages)
        orders.append((float(at), out))
    return orders

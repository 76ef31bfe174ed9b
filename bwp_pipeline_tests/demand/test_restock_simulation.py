"""The restock list against known truth: made-up shops, judged by the warehouse's own SQL and model.

Every shop is a store of its own, so that one run judges all of them.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from bwp_pipeline.warehouse.dbt_run import run_dbt
from bwp_pipeline.warehouse.loading import marts_path
from bwp_pipeline_tests.demand.demand_measures import UNITS
from bwp_pipeline_tests.demand.demand_worlds import (
    ENDED,
    HIDDEN,
    NOT_YET,
    ON_SALE,
    Shop,
    World,
    draw,
)
from bwp_pipeline_tests.examples.warehouse_builds import Warehouse, event

LAST_DAY = date(2026, 3, 31)
SHOPS = 3
OUT = ("ONGOING", "SILENT")


class Listed(NamedTuple):
    """What the report says of a product."""

    rank: int
    status: str
    units: float
    demand: float
    at_risk: float
    rate: float | None


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose window ends with LAST_DAY, built once."""
    built = Warehouse(tmp_path_factory.mktemp("simulation"))
    at = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, tzinfo=UTC)
    built.archive(LAST_DAY, [event("PACKAGE_DELIVERED", "order/O-1/delivery/D-1", at=at)])
    built.build_mart("unfulfilled_products")
    return built.path


def items_of(world: World, store: str) -> pa.Table:
    """Rows of marts.fct_delivery_items; the world's last day is LAST_DAY."""
    items = world.items
    seen = items.decided < world.shop.days
    first = np.datetime64(LAST_DAY - timedelta(days=world.shop.days - 1))
    placed, decided = (
        (first + day[seen].astype("timedelta64[D]")).astype("datetime64[D]")
        for day in (items.placed, items.decided)
    )
    stopped, back = items.stopped[seen], items.taken_back[seen]
    shared = stopped & ~items.alone[seen]
    ships = ~stopped & ~back
    never = np.datetime64("NaT", "D")
    days = {
        "ordered": placed,
        "shipped": np.where(ships, decided, never),
        "cancelled": np.where(ships, never, decided),
        "resolved": decided,
    }
    lines = np.arange(len(placed)).astype(str)
    orders = items.order[seen].astype(str)
    declared = stopped & items.declared[seen]
    cause = np.select([stopped, back], ["STOCK", "SHOPPER_CHOICE"], "")
    reason = np.select([declared | back, stopped], ["CUSTOMER_REQUESTED", "UNFULFILLABLE"], "")
    return pa.table(
        {
            "business_product_id": np.full(len(placed), store),
            "order_id": orders,
            "delivery_id": np.where(shared, orders, lines),
            "line_item_id": lines,
            "product_key": np.char.add("p-", items.product[seen].astype(str)),
            "state": np.where(ships, "DELIVERED", "CANCELLED"),
            "delivery_reason": _none_for_empty(reason),
            "root_cause": _none_for_empty(cause),
            "is_shared_delivery": shared,
            "units": items.units[seen].astype(np.float64),
            "unit_price": world.price[items.product[seen]],
            "currency_code": np.full(len(placed), "USD"),
            "snapshot_at": pa.array(decided).cast(pa.timestamp("us")),
            **{f"{name}_on": pa.array(day).cast(pa.date32()) for name, day in days.items()},
            **{
                f"{name}_at": pa.array(day.astype("datetime64[us]")).cast(pa.timestamp("us"))
                for name, day in days.items()
            },
        }
    )


def _none_for_empty(texts: np.ndarray) -> pa.Array:
    return pa.array([str(text) or None for text in texts], pa.string())


def judged(warehouse: Path, items: pa.Table) -> dict[tuple[str, str], Listed]:
    """What the report says of these items' products, by store and product."""
    with duckdb.connect(str(marts_path(warehouse))) as connection:
        connection.register("items", items)
        connection.execute("delete from marts.fct_delivery_items")
        connection.execute("insert into marts.fct_delivery_items by name from items")
    # Rows that no mart wrote have left no trace of their days.
    selection = "+unfulfilled_products,agg_decided_orders+"
    run_dbt(warehouse, ("run", "--full-refresh", "--select", selection))
    rows: list[Any]
    with duckdb.connect(str(marts_path(warehouse)), read_only=True) as connection:
        rows = connection.execute(
            "select business_product_id, product_key, rank, stockout_status, unfulfilled_units,"
            " demand_per_day, coalesce(revenue_at_risk, 0), unfulfillable_rate_eb"
            " from reports.unfulfilled_products"
        ).fetchall()
    return {(store, key): Listed(*rest) for store, key, *rest in rows}


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [draw(Shop(orders_a_day=600, days=150, seed=seed)) for seed in range(SHOPS)]


@pytest.fixture(scope="module")
def listed(warehouse: Path, worlds: list[World]) -> dict[tuple[str, str], Listed]:
    tables = [items_of(world, f"shop-{number}") for number, world in enumerate(worlds)]
    return judged(warehouse, pa.concat_tables(tables))


def products_of(
    worlds: list[World], listed: dict[tuple[str, str], Listed]
) -> list[tuple[World, int, Listed | None]]:
    return [
        (world, product, listed.get((f"shop-{number}", f"p-{product}")))
        for number, world in enumerate(worlds)
        for product in range(len(world.rate))
    ]


def test_what_is_out_is_on_the_list_by_the_money_it_costs(
    worlds: list[World], listed: dict[tuple[str, str], Listed]
) -> None:
    out = found = told = wrong = 0.0
    for world, product, row in products_of(worlds, listed):
        state, value = world.state[product, -1], world.rate[product] * world.price[product]
        says_out = row is not None and row.status in OUT
        if state == ENDED:
            continue
        is_out = state not in {ON_SALE, NOT_YET}
        out, found = out + value * is_out, found + value * (is_out and says_out)
        told, wrong = told + value * says_out, wrong + value * (says_out and not is_out)
    assert found / out >= 0.7
    assert 1 - wrong / told >= 0.7


def test_what_is_out_has_its_demand_and_its_loss_told(
    worlds: list[World], listed: dict[tuple[str, str], Listed]
) -> None:
    demand, loss = [], []
    for world, product, row in products_of(worlds, listed):
        if row is not None and row.status in OUT and world.is_out[product, -1]:
            truth = world.rate[product] * UNITS * (1 - 0.6 * world.shop.noise_other)
            demand.append(row.demand / truth)
            loss.append(float(row.at_risk) / (28 * truth * world.price[product]))
    assert len(demand) > 20
    assert np.median(demand) == pytest.approx(1, abs=0.1)
    assert np.median(loss) == pytest.approx(1, abs=0.2)


def test_products_gone_without_a_cancellation_are_listed(
    worlds: list[World], listed: dict[tuple[str, str], Listed]
) -> None:
    silent, found = 0, 0
    for world, product, row in products_of(worlds, listed):
        hidden_for = np.argmax(world.state[product, ::-1] != HIDDEN)
        if world.state[product, -1] == HIDDEN and hidden_for * world.rate[product] >= 7:
            silent += 1
            found += row is not None and row.status in OUT
    assert silent > 5
    assert found / silent >= 0.9

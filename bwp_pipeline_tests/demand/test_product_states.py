"""The model goes on where an earlier run stopped, to the rows of living through all days again."""

from datetime import date, timedelta
from functools import cache

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bwp_pipeline.demand.checkpoints import EVERY_DAYS, Checkpoint
from bwp_pipeline.demand.shop_history import COUNTED
from bwp_pipeline.warehouse import former_states
from bwp_pipeline.warehouse.former_states import FormerStates
from bwp_pipeline.warehouse.product_states import ModelInputs, product_states
from bwp_pipeline_tests.demand.demand_worlds import Shop, draw

FIRST = date(2026, 1, 5)
DAYS = 60


@cache
def rows_of_shops() -> dict[str, pa.Table]:
    """What is told of two shops, of which one begins later."""
    rows: dict[str, list[dict[str, object]]] = {"counts": [], "shared": [], "told": []}
    for store, begins in (("shop-0", 0), ("shop-1", 9)):
        shop = Shop(products=40, days=DAYS, orders_a_day=60, in_pairs=0.4, tells_stock=True)
        for number, day in enumerate(draw(shop).days(begins), begins):
            on = {"business_product_id": store, "day": FIRST + timedelta(days=number)}
            keys = [{**on, "product_key": f"p-{product}"} for product in range(shop.products)]
            for product in np.flatnonzero(day.orders + day.shipped + day.direct + day.declared):
                counts = {name: getattr(day, name)[product] for name in COUNTED}
                rows["counts"].append({**keys[product], **counts})
            for order, short in zip(day.shared.order, day.shared.product, strict=True):
                rows["shared"].append({**keys[short], "order_id": f"{number}-{order}"})
            for told in range(0, shop.products, 3):
                units = {"buyable_units": day.buyable_units[told], "is_buyable": None}
                rows["told"].append({**keys[told], **units})
    tables = {name: pa.Table.from_pylist(some) for name, some in rows.items()}
    at = tables["told"].schema.get_field_index("is_buyable")
    unknown = pa.nulls(len(tables["told"]), pa.float64())
    return {**tables, "told": tables["told"].set_column(at, "is_buyable", unknown)}


class Runs:
    """Runs one after the other, each with the rows that the one before left."""

    def __init__(self) -> None:
        self.rows = rows_of_shops()
        self.left: pa.Table | None = None
        self.connection = duckdb.connect()

    def run(self, last: int) -> pa.Table:
        """Return all rows after a run up to a day; new ones in place of a store's later days."""
        former = None if self.left is None else self.connection.from_arrow(self.left)
        inputs = ModelInputs(
            **{name: self.connection.from_arrow(rows) for name, rows in self.rows.items()}
        )
        new = product_states(inputs, FIRST + timedelta(days=last), FormerStates(former))
        self.left = new if self.left is None else self._replaced(self.left, new)
        return new

    def _replaced(self, left: pa.Table, new: pa.Table) -> pa.Table:
        self.connection.register("former", left)
        self.connection.register("new", new)
        kept = self.connection.sql(
            "select former.* from former inner join (select business_product_id, min(day) as day"
            " from new group by all) as later using (business_product_id)"
            " where former.day < later.day"
        ).to_arrow_table()
        return pa.concat_tables([kept.cast(new.schema), new])

    def without(self, day: int) -> "Runs":
        """The same shops, as they look while the lake lacks what happened on a day."""
        on = pa.scalar(FIRST + timedelta(days=day))
        fewer = Runs()
        fewer.left = self.left
        fewer.rows = {
            name: rows.filter(pc.not_equal(rows["day"], on)) for name, rows in self.rows.items()
        }
        return fewer


def in_order(table: pa.Table) -> list[dict[str, object]]:
    rows = table.drop_columns(["checkpoint"]).to_pylist()
    return sorted(
        rows, key=lambda row: (row["business_product_id"], row["day"], row["product_key"] or "")
    )


@cache
def at_once() -> list[dict[str, object]]:
    return in_order(Runs().run(DAYS - 1))


def days_in(rows: pa.Table) -> list[date]:
    """The days of one shop of which a run has returned rows."""
    of_store = rows.filter(pc.equal(rows["business_product_id"], "shop-0"))
    return sorted(set(of_store["day"].to_pylist()))


@settings(deadline=None, max_examples=8)
@given(st.lists(st.integers(0, DAYS - 1), max_size=4), st.integers(0, DAYS - 1))
def test_days_lived_through_run_by_run_are_those_of_one_run(lasts: list[int], late: int) -> None:
    """Whatever days the runs end with, forward or backward, and whichever day comes in late."""
    runs = Runs()
    for last in lasts:
        before = runs.without(late)
        before.run(last)
        runs.left = before.left
    runs.run(DAYS - 1)
    assert runs.left is not None
    assert in_order(runs.left) == at_once()


def test_a_run_returns_the_days_from_the_first_of_which_something_new_is_told() -> None:
    runs, lacking = Runs(), Runs().without(45)
    lacking.run(50)
    runs.left = lacking.left
    assert days_in(runs.run(50)) == [FIRST + timedelta(days=day) for day in range(45, 51)]
    assert days_in(runs.run(51)) == [FIRST + timedelta(days=51)]
    assert days_in(runs.run(51)) == [FIRST + timedelta(days=51)]


def test_it_goes_on_from_the_last_checkpoint_that_can_be_read() -> None:
    runs = Runs()
    runs.run(DAYS - 2)
    assert runs.left is not None
    kept = [content for content in runs.left["checkpoint"].to_pylist() if content]
    assert len(kept) == (DAYS - 1) // EVERY_DAYS + (DAYS - 10) // EVERY_DAYS
    damaged = kept[-1][:1000] + b"damage" + kept[-1][1006:]
    assert Checkpoint.from_bytes(kept[-1]) is not None
    assert Checkpoint.from_bytes(damaged) is None
    at = runs.left.schema.get_field_index("checkpoint")
    broken = [damaged if content else None for content in runs.left["checkpoint"].to_pylist()]
    runs.left = runs.left.set_column(at, "checkpoint", pa.array(broken, pa.binary()))

    assert days_in(runs.run(DAYS - 1)) == [FIRST + timedelta(days=DAYS - 1)]
    assert in_order(runs.left) == at_once()


def test_another_model_lives_through_all_days_again(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs()
    runs.run(DAYS - 1)
    monkeypatch.setattr(former_states, "model_version", lambda: "another")
    assert len(days_in(runs.run(DAYS - 1))) == DAYS

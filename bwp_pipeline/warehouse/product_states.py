"""Runs the orders decided each day through the demand model; the result is a table.

Belongs here: from tables to the model's arrays and back. Does not belong here: what counts as an
order (dbt's `agg_decided_orders`), what earlier runs left (`former_states.py`), or the model
(`bwp_pipeline/demand/`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import ColumnExpression, ConstantExpression

from bwp_pipeline.demand.counts import Floats, Indices
from bwp_pipeline.demand.shop_history import (
    COUNTED,
    TOLD,
    LivedDay,
    Rows,
    SharedRows,
    lived_through,
)
from bwp_pipeline.warehouse.former_states import FormerStates, input_hashes

NUMBERS = (
    "in_stock_probability",
    "demand_units",
    "demand_per_day",
    "demand_low",
    "demand_high",
    "demand_days",
    "missed_orders",
    "units_at_risk",
    "dispersion",
    "units_per_order",
)
_SHORT_ORDER = pa.struct([("order_id", pa.string()), ("probability_short", pa.float64())])
SCHEMA = pa.schema(
    [
        ("business_product_id", pa.string()),
        ("product_key", pa.string()),
        ("day", pa.date32()),
        *((name, pa.float64()) for name in NUMBERS),
        ("stockout_status", pa.string()),
        ("is_listed", pa.bool_()),
        ("short_orders", pa.list_(_SHORT_ORDER)),
        ("input_hash", pa.uint64()),
        ("checkpoint", pa.binary()),
    ]
)
_STORE = "business_product_id"


@dataclass(frozen=True)
class ModelInputs:
    """What the model is told, as relations: `agg_product_day_orders` and its like in dbt."""

    counts: duckdb.DuckDBPyRelation
    shared: duckdb.DuckDBPyRelation
    told: duckdb.DuckDBPyRelation

    def where(self, condition: duckdb.Expression) -> "ModelInputs":
        """Return the rows for which a condition holds."""
        return ModelInputs(*(rows.filter(condition) for rows in vars(self).values()))

    def hashes(self) -> dict[str, dict[date, int]]:
        """Return for each store and day a number that changes with anything told of them."""
        found: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
        for rows, columns in (
            (self.counts, COUNTED),
            (self.shared, ("order_id",)),
            (self.told, TOLD),
        ):
            hashed = f"sum(hash(product_key, {', '.join(columns)}))"
            of_days = rows.aggregate(f"{_STORE}, day, {hashed}", f"{_STORE}, day").fetchall()
            for store, day, of_day in of_days:
                found[store][day] += of_day
        return found


def product_states(inputs: ModelInputs, last_day: date, former: FormerStates) -> pa.Table:
    """Return each product's state on each day, from the first day that no earlier run covers.

    One row per store, product and day, plus one per store and day without a product: that one holds
    `input_hash` and, every so often, a checkpoint. Each store's last day is always included.

    Args:
        inputs: what the model is told.
        last_day: the last day that was run; later ones are left out.
        former: what an earlier run left.
    """
    inputs = inputs.where(ColumnExpression("day") <= ConstantExpression(last_day))
    begun = inputs.counts.aggregate(f"{_STORE}, min(day)", _STORE).fetchall()
    hashes = inputs.hashes()
    batches = [
        batch
        for store, first_day in sorted(begun)
        for batch in _of_store(
            _Store(store, first_day, input_hashes(hashes[store], first_day, last_day)),
            inputs.where(ColumnExpression(_STORE) == ConstantExpression(store)),
            former,
        )
    ]
    return pa.Table.from_batches(batches, SCHEMA)


@dataclass(frozen=True)
class _Store:
    name: str
    first_day: date
    hashes: list[int]

    def day(self, number: int) -> date:
        return self.first_day + timedelta(days=number)


def _of_store(store: _Store, inputs: ModelInputs, former: FormerStates) -> Iterator[pa.RecordBatch]:
    days = len(store.hashes)
    known = min(former.known_days(store.name, store.first_day, store.hashes), days - 1)
    since = former.checkpoint(store.name, store.first_day, known)
    begun = inputs.counts.aggregate("product_key, min(day) as begun_on", "product_key")
    begun = begun.order("begun_on, product_key")
    keys = begun.to_arrow_table()["product_key"].combine_chunks()
    later = inputs.where(ColumnExpression("day") >= ConstantExpression(store.day(since.days)))
    orders = later.shared.order("day, order_id, product_key").to_arrow_table()
    told = later.told.join(begun, "product_key").filter("day >= begun_on")
    for lived in lived_through(
        _rows(later.counts.order("day, product_key").to_arrow_table(), COUNTED, store, keys),
        SharedRows(
            order=_numbers(orders["order_id"], orders["order_id"].unique()),
            product=_numbers(orders["product_key"], keys),
            day=_days_since(orders["day"], store.first_day),
        ),
        _rows(told.to_arrow_table(), TOLD, store, keys),
        days=days,
        first_weekday=store.first_day.weekday(),
        since=since,
    ):
        if lived.day >= known:
            yield _of_products(lived, store, keys, orders)
            yield _of_shop(lived, store)


def _rows(rows: pa.Table, columns: Sequence[str], store: _Store, keys: pa.Array) -> Rows:
    return Rows(
        product=_numbers(rows["product_key"], keys),
        day=_days_since(rows["day"], store.first_day),
        columns={name: _floats(rows[name]) for name in columns},
    )


def _of_products(
    lived: LivedDay, store: _Store, keys: pa.Array, orders: pa.Table
) -> pa.RecordBatch:
    columns: dict[str, pa.Array] = {
        "product_key": keys.take(pa.array(lived.product)),
        **{name: pa.array(lived.numbers[name]) for name in NUMBERS},
        "stockout_status": pa.array(lived.status, pa.string()),
        "is_listed": pa.array(lived.is_listed),
        "short_orders": _short_orders(lived, orders.take(pa.array(lived.shared)), keys),
    }
    return _batch(len(lived.product), store, lived.day, columns)


def _short_orders(lived: LivedDay, of_day: pa.Table, keys: pa.Array) -> pa.Array:
    """Return for each product the day's shared orders, and how likely it was the missing one."""
    product = _numbers(of_day["product_key"], keys)
    by_product = np.argsort(product, kind="stable")
    ends = np.searchsorted(product[by_product], np.append(lived.product, len(keys)))
    chances = pa.StructArray.from_arrays(
        [of_day["order_id"].combine_chunks(), pa.array(lived.probability_short)],
        fields=list(_SHORT_ORDER),
    )
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), chances.take(pa.array(by_product)))


def _of_shop(lived: LivedDay, store: _Store) -> pa.RecordBatch:
    content = lived.after.to_bytes() if lived.after.is_kept else None
    return _batch(
        1,
        store,
        lived.day,
        {
            "input_hash": pa.array([store.hashes[lived.day]], pa.uint64()),
            "checkpoint": pa.array([content], pa.binary()),
        },
    )


def _batch(rows: int, store: _Store, day: int, columns: Mapping[str, pa.Array]) -> pa.RecordBatch:
    """Rows of a store and day, NULL in the columns that are not given."""
    columns = {
        _STORE: pa.repeat(store.name, rows),
        "day": pa.repeat(pa.scalar(store.day(day)), rows),
        **columns,
    }
    return pa.record_batch(
        [columns.get(field.name, pa.nulls(rows, field.type)) for field in SCHEMA], SCHEMA
    )


def _numbers(values: pa.ChunkedArray, known: pa.Array) -> Indices:
    return np.asarray(pc.index_in(values, value_set=known).to_numpy().astype(np.int64))


def _days_since(days: pa.ChunkedArray, first_day: date) -> Indices:
    since = days.to_numpy().astype("datetime64[D]") - np.datetime64(first_day)
    return np.asarray(since.astype(np.int64))


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(), np.float64)

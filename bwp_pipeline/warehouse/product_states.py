"""Runs the orders decided each day through the demand model; the result is a table.

Belongs here: from tables to the model's arrays and back. Does not belong here: what counts as an
order (dbt's `agg_decided_orders`), or the model (`bwp_pipeline/demand/`).
"""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bwp_pipeline.demand.counts import Floats, Indices
from bwp_pipeline.demand.shop_history import CountRows, History, SharedRows, lived_through

NUMBERS = (
    "in_stock_probability",
    "demand_units",
    "demand_per_day",
    "demand_low",
    "demand_high",
    "demand_days",
    "missed_orders",
    "units_at_risk",
)
SCHEMA = pa.schema(
    [
        ("business_product_id", pa.string()),
        ("product_key", pa.string()),
        ("day", pa.date32()),
        *((name, pa.float64()) for name in NUMBERS),
        ("stockout_status", pa.string()),
        ("is_listed", pa.bool_()),
    ]
)


def product_states(counts: pa.Table, shared: pa.Table, last_day: date) -> pa.Table:
    """Return each product's state on each day from its first order to the last day.

    Args:
        counts: rows of `agg_product_day_orders`.
        shared: rows of `agg_shared_orders`.
        last_day: the last day that was run.
    """
    store = "business_product_id"
    names = sorted(set(counts[store].to_pylist()))
    tables = [
        _of_store(
            name,
            counts.filter(pc.equal(counts[store], name)),
            shared.filter(pc.equal(shared[store], name)),
            last_day,
        )
        for name in names
    ]
    return pa.concat_tables([SCHEMA.empty_table(), *tables])


def _of_store(store: str, counts: pa.Table, shared: pa.Table, last_day: date) -> pa.Table:
    counts = counts.sort_by([("day", "ascending"), ("product_key", "ascending")])
    shared = shared.sort_by([(name, "ascending") for name in ("day", "order_id", "product_key")])
    first_day: date = counts["day"][0].as_py()
    keys = pa.array(dict.fromkeys(counts["product_key"].to_pylist()), pa.string())
    history = lived_through(
        CountRows(
            product=_numbers(counts["product_key"], keys),
            day=_days_since(counts["day"], first_day),
            columns={
                **{name: _floats(counts[name]) for name in ("orders", "units", "shipped")},
                **{name: _floats(counts[name]) for name in ("direct", "declared")},
                **{name: np.full(len(counts), np.nan) for name in ("buyable_units", "is_buyable")},
            },
        ),
        SharedRows(
            order=_numbers(shared["order_id"], shared["order_id"].unique()),
            product=_numbers(shared["product_key"], keys),
            day=_days_since(shared["day"], first_day),
        ),
        days=(last_day - first_day).days + 1,
        first_weekday=first_day.weekday(),
    )
    return _table(history, store, keys, first_day)


def _table(history: History, store: str, keys: pa.Array, first_day: date) -> pa.Table:
    days = np.datetime64(first_day) + history.day.astype("timedelta64[D]")
    return pa.table(
        [
            pa.repeat(pa.scalar(store), len(days)),
            keys.take(pa.array(history.product)),
            pa.array(days).cast(pa.date32()),
            *(pa.array(history.numbers[name]) for name in NUMBERS),
            pa.array(history.status, pa.string()),
            pa.array(history.is_listed, pa.bool_()),
        ],
        schema=SCHEMA,
    )


def _numbers(values: pa.ChunkedArray, known: pa.Array) -> Indices:
    return np.asarray(pc.index_in(values, value_set=known).to_numpy().astype(np.int64))


def _days_since(days: pa.ChunkedArray, first_day: date) -> Indices:
    since = days.to_numpy().astype("datetime64[D]") - np.datetime64(first_day)
    return np.asarray(since.astype(np.int64))


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(), np.float64)

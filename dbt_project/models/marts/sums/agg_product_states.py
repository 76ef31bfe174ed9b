# ruff: noqa: INP001 -- a model of dbt, not a module
"""The model of demand on the orders decided each day; one row per store, product and day."""

import asyncio

from bwp_pipeline.warehouse.former_states import FormerStates
from bwp_pipeline.warehouse.product_states import ModelInputs, product_states


def model(dbt, session):  # noqa: ANN001, ANN201 -- dbt's own shape
    """What each product was on each day from its first order on, as that day knew it."""
    dbt.config(materialized="incremental", incremental_strategy="replace_later_days")
    # The adapter makes an event loop for this thread, which nothing uses, and leaves it open.
    asyncio.get_event_loop().close()
    # Read and written by the strategy.
    dbt.ref("changed_days"), dbt.ref("rebuild_bounds")
    [(last_day,)] = dbt.ref("agg_report_window").project("last_day").fetchall()
    inputs = ModelInputs(
        counts=dbt.ref("agg_product_day_orders"),
        shared=dbt.ref("agg_shared_orders"),
        told=dbt.ref("agg_told_stock"),
    )
    former = session.query(f"from {dbt.this}") if dbt.is_incremental else None
    return product_states(inputs, last_day, FormerStates(former))

# ruff: noqa: INP001 -- a model of dbt, not a module
"""The model of demand on the orders decided each day; one row per store, product and day."""

import asyncio

from bwp_pipeline.warehouse.product_states import product_states


def model(dbt, session):  # noqa: ANN001, ANN201, ARG001 -- dbt's own shape
    """What each product was on each day from its first order on, as that day knew it."""
    dbt.config(materialized="table")
    # The adapter makes an event loop for this thread, which nothing uses, and leaves it open.
    asyncio.get_event_loop().close()
    [(last_day,)] = dbt.ref("agg_report_window").project("last_day").fetchall()
    counts = dbt.ref("agg_product_day_orders").to_arrow_table()
    return product_states(counts, dbt.ref("agg_shared_orders").to_arrow_table(), last_day)

"""Fetching on many workers: a store's orders are asked for by one of them at a time.

Belongs here: whose turn it is at which store. Does not belong here: which orders are due
(`due_orders.py`), asking for them (`fetch.py`), or how a turn is kept (`bwp_pipeline/claims.py`).
"""

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, date, datetime

from bwp_pipeline.api.account import ApiSettings
from bwp_pipeline.api.counts import FetchCounts, FetchProgress
from bwp_pipeline.api.due_orders import DueOrders, find_due_orders
from bwp_pipeline.api.fetch import fetch_orders
from bwp_pipeline.claims import Claims
from bwp_pipeline.lake import Lake

_PAUSE = 3.0


def fetch_due_orders(
    settings: ApiSettings,
    lake: Lake,
    days: Collection[date],
    run_id: str,
    *,
    say: Callable[[str], None],
    progress: Callable[[FetchProgress], None] | None = None,
) -> tuple[DueOrders, FetchCounts]:
    """Ask for the orders that are due, as `find_due_orders` and `fetch_orders` say.

    Stores that another run asks just now come later, with what is due then: what the other has
    asked for is not asked for again.

    Args:
        settings: Endpoints, limits and the stores' credentials.
        lake: Events and snapshots; all runs that fetch into it take turns.
        days: The archive days of the run.
        run_id: Names the run in each row.
        say: Called with a sentence when there is nothing to do but wait for others.
        progress: Called about once a second and at the end.

    Returns:
        What was due and was not left to others, and what became of it.

    Raises:
        FetchStoppedError: As `fetch_orders`.
    """
    before = lake.files("order_snapshots")
    due = find_due_orders(lake, days, datetime.now(UTC))
    named = {ref.business_product_id for ref in due.refs}
    left, asked = named & settings.stores.keys(), named - settings.stores.keys()
    counts, refs = FetchCounts(), []
    with Claims(lake.store, "api") as claims:
        taken = claims.take(left)
        while True:
            if taken and lake.files("order_snapshots") != before:
                before = lake.files("order_snapshots")
                due = find_due_orders(lake, days, datetime.now(UTC))
            asked |= taken
            mine = [ref for ref in due.refs if ref.business_product_id in asked]
            counts.add(fetch_orders(settings, mine, lake, run_id, progress=progress))
            claims.give_back()
            refs += mine
            left, asked = left - taken, set()
            if not left:
                return replace(due, refs=refs), counts
            say(f"other runs ask for the orders of {len(left)} stores: waiting for them")
            while not (taken := claims.take(left)):
                time.sleep(_PAUSE)

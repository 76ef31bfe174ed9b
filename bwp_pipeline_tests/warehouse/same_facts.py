"""One world told twice: once in order, and once shuffled, with answers asked for again between.

Belongs here: telling it and reading back what must not depend on the order. `test_same_facts.py`
does it with one seed, `long/any_seeds.py` with many.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bwp_pipeline.archive import ingest_days, open_archive
from bwp_pipeline.sandbox import World, write_archive
from bwp_pipeline.warehouse.building import PART
from bwp_pipeline_tests.examples.warehouse_builds import Row, Warehouse, snapshot

END = date(2026, 3, 12)
DAYS = [END - timedelta(days=back) for back in range(6, 0, -1)]
WINDOW = f"(date '{DAYS[0]}', date '{DAYS[-1]}')"
# What was decided after the last archived day and is dated by answers alone is dated the closer the
# more were asked: only that may differ.
DATES = f"""
select
    order_id, delivery_id, line_item_id, cancelled_on,
    case
        when resolved_by in ('EVENT', 'REQUEST') or resolved_on <= date '{END}' then resolved_on
    end as resolved_on
from marts.fct_delivery_items
order by all
"""  # noqa: S608 -- days of ours
REPORTS = (
    f"from reports.unfulfilled_products_between{WINDOW} order by all",
    f"from reports.cancellation_reasons_between{WINDOW} order by all",
)


def world_of(seed: int) -> World:
    """Return the world that both are told of."""
    return World(seed=seed, days=len(DAYS), orders_per_day=40, end=END)


def told_in_order_and_shuffled(
    world: World, directory: Path, seed: int
) -> tuple[list[list[Row]], list[list[Row]]]:
    """Return the days of all items and both reports: told once and in order, and shuffled."""
    archive = open_archive(archive_of(world, directory), "%Y/%m/%d/")
    orders = sorted(world.known_order_ids())
    last = datetime.combine(END + timedelta(days=1), time(6), UTC)
    once, often = Warehouse(directory / "once"), Warehouse(directory / "often")
    ingest_days(archive, once.lake, [*DAYS, END], "run", lambda _: None)
    once.answer(last.date(), answered(world, last, orders))
    once.build()

    dice = random.Random(seed)  # noqa: S311 -- a shuffle that can be repeated
    moments = [datetime.combine(day, time(hour), UTC) for day in DAYS for hour in (3, 15)]
    steps: list[date | datetime] = [*DAYS, END, *moments, last, last + timedelta(days=3)]
    dice.shuffle(steps)
    for number, step in enumerate(steps):
        if isinstance(step, datetime):
            # The newest answers are of all orders; those between, of any.
            some = orders if step >= last else dice.sample(orders, len(orders) // 3)
            # Whoever asks later is told the same again.
            rows = [row | {"fetched_at": step} for row in answered(world, min(step, last), some)]
            often.answer(step.date(), rows, name=f"a{number}")
        else:
            ingest_days(archive, often.lake, [step], "run", lambda _: None)
        if number == len(steps) // 2:
            often.build(*PART)
    often.build()
    return told(once), told(often)


def archive_of(world: World, directory: Path) -> str:
    """Write the world's archive and return its address."""
    url = f"{(directory / 'archive').as_uri()}/"
    write_archive(world, url)
    return url


def answered(world: World, at: datetime, orders: list[str]) -> Iterator[Row]:
    """Yield the API's answers about these orders at a time."""
    store = {"business_product_id": world.stores[0].business_product_id}
    for order_id in orders:
        order = world.order(order_id, at)
        if order is not None:
            yield snapshot(order, order_id=order_id, at=at) | store


def told(it: Warehouse) -> list[list[Row]]:
    """Return what must be the same: the items' days, then both reports."""
    return [
        [{name: _rounded(value) for name, value in row.items()} for row in it.rows(query)]
        for query in (DATES, *REPORTS)
    ]


def _rounded(value: Any) -> Any:  # noqa: ANN401 -- of any type that a column has
    return float(f"{value:.12g}") if isinstance(value, float) else value

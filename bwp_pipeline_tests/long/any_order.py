# ruff: noqa: T201 -- a command of its own; it prints what came of it
"""Days in any order, a store that comes later, another time zone in between: the rows of one build.

    python -m bwp_pipeline_tests.long.any_order [--orders-per-day 2200]

Two stores' days are lived through, with refetches; then a warehouse is built of all at once, and
another of the same files, a few at a time, shuffled. First there is one store, and a time zone that
is given up halfway.
"""

import argparse
import random
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bwp_pipeline.api import find_due_orders
from bwp_pipeline.lake import Lake
from bwp_pipeline.sandbox import World
from bwp_pipeline.sandbox.archive import stream
from bwp_pipeline_tests.examples.warehouse_builds import Row, Warehouse, snapshot
from bwp_pipeline_tests.warehouse.as_known_days import event_row, happenings_of

END = date(2026, 3, 15)
DAYS = 10
BUILDS = 6
TABLES = ("events", "objects", "order_snapshots")


def live(warehouse: Warehouse, world: World) -> None:
    """Fill the lake as daily runs would, a file for each day and store."""
    stores = [store.business_product_id for store in world.stores]
    for first, records in stream.days(world):
        day = datetime.fromtimestamp(first, UTC).date()
        now = datetime.combine(day + timedelta(days=1), time(6), UTC)
        facts = happenings_of(records)
        for store in stores:
            rows = [event_row(fact) for fact in facts if fact.business_product_id == store]
            warehouse.archive(day, rows, name=store, read_at=now)
        answers: dict[str, list[Row]] = {store: [] for store in stores}
        for ref in find_due_orders(warehouse.lake, [day], now).refs:
            order = world.order(ref.order_id, at=now)
            answer = snapshot(order, order_id=ref.order_id, at=now)
            store = ref.business_product_id
            answers[store].append({**answer, "business_product_id": store})
        for store, rows in answers.items():
            warehouse.answer(now.date(), rows, name=store)


def give(source: Lake, target: Lake, day: date, store: str) -> None:
    """Copy a store's files of a day."""
    for table in TABLES:
        for file in source.files(table, [day]):
            if file.name == store:
                target.write(table, day, store, source.read_file(file).drop_columns(["dt"]))


def compare(directory: Path, orders_per_day: int) -> int:
    """Build both and print how they compare; 0 where they are the same."""
    world = World(seed=4, days=DAYS, orders_per_day=orders_per_day, end=END, store_count=2)
    whole = Warehouse(directory / "whole", timezone="America/New_York")
    live(whole, world)
    whole.build()
    expected = whole.tables()

    parts = Warehouse(directory / "parts", timezone="Asia/Tokyo")
    dice = random.Random(1)  # noqa: S311 -- a shuffle that can be repeated
    first, *others = (store.business_product_id for store in world.stores)
    days = sorted({day for table in TABLES for day in whole.lake.days(table)})
    dice.shuffle(days)
    begun, rest = days[: len(days) // 2], days[len(days) // 2 :]
    late = [(day, first) for day in rest] + [(day, store) for store in others for day in days]
    dice.shuffle(late)
    steps = [(day, first) for day in begun] + late
    for number, (day, store) in enumerate(steps):
        give(whole.lake, parts.lake, day, store)
        if number == len(begun):
            parts.timezone = whole.timezone
        if number % (len(steps) // BUILDS) == 0:
            parts.build()
    parts.build()
    found = parts.tables()

    ((counted,),) = (row.values() for row in whole.rows(_UNFULFILLED))
    different = sorted(name for name in expected if expected[name] != found.get(name))
    rows = sum(map(len, expected.values()))
    print(f"{len(expected)} tables, {rows} rows, {counted} unfulfilled units:", end=" ")
    print(different or "the same")
    return int(bool(different))


_UNFULFILLED = "select sum(unfulfilled_units) as units from reports.unfulfilled_products"


def main() -> None:
    """Compare; ends with 1 where any table differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders-per-day", type=int, default=2200)
    orders_per_day = parser.parse_args().orders_per_day
    with tempfile.TemporaryDirectory() as directory:
        raise SystemExit(compare(Path(directory), orders_per_day))


if __name__ == "__main__":
    main()

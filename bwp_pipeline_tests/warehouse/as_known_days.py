# ruff: noqa: T201 -- as a command, it prints its result
"""Days run one by one, with late events and refetches, and each computed again as it was known.

    python -m bwp_pipeline_tests.warehouse.as_known_days --days 20

Belongs here: living through the days and comparing tables; `test_as_known.py` does a few of them.
"""

import argparse
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bwp_pipeline.api import find_due_orders
from bwp_pipeline.lake.past import lake_as_known
from bwp_pipeline.sandbox import World
from bwp_pipeline.sandbox.archive import stream
from bwp_pipeline.sandbox.archive.eventbridge import Record
from bwp_pipeline_tests.examples.warehouse_builds import Row, Warehouse, snapshot

END = date(2026, 3, 15)
Tables = dict[str, list[tuple[Any, ...]]]


def published_and_as_known(
    directory: Path, days: int, orders_per_day: int
) -> Iterator[tuple[date, Tables, Tables]]:
    """For each day what its run published, and what is computed for that time after the last."""
    world = World(seed=8, days=days, orders_per_day=orders_per_day, end=END)
    warehouse = Warehouse(directory, report_days=7)
    published: dict[date, tuple[datetime, Tables]] = {}
    for first, records in stream.days(world):
        day = datetime.fromtimestamp(first, UTC).date()
        now = datetime.combine(day + timedelta(days=1), time(6), UTC)
        warehouse.archive(day, map(event_row, happenings_of(records)), name="a", read_at=now)
        refs = find_due_orders(warehouse.lake, [day], now).refs
        warehouse.answer(
            now.date(),
            [
                {
                    **snapshot(world.order(ref.order_id, at=now), order_id=ref.order_id, at=now),
                    "business_product_id": ref.business_product_id,
                }
                for ref in refs
            ],
        )
        warehouse.build()
        published[day] = (now, _reports(warehouse))
    for day, (now, tables) in published.items():
        then = Warehouse(directory / f"as-of-{day}", report_days=7)
        then.lake = lake_as_known(warehouse.lake, now, then.lake.url)
        then.build()
        yield day, tables, _reports(then)


def _reports(warehouse: Warehouse) -> Tables:
    # A sum of floating-point numbers differs in its last digits with the order of its rows.
    return {
        name: [tuple(_rounded(value) for value in row) for row in rows]
        for name, rows in warehouse.tables().items()
        if name.startswith("reports.")
    }


def _rounded(value: object) -> object:
    return float(f"{value:.12g}") if isinstance(value, float) else value


def happenings_of(records: list[Record]) -> list[Any]:
    """What a day's records tell of."""
    facts = [record.happening for record in records]
    return [fact for fact in facts if fact is not None]


def event_row(fact: Any) -> Row:  # noqa: ANN401 -- a happening of any kind
    """A happening as a row of the lake's events."""
    return {
        "detail_type": fact.name,
        "event_type": fact.name,
        "event_time": datetime.fromtimestamp(fact.at, UTC),
        "business_product_id": fact.business_product_id,
        "order_id": fact.order_id,
        "resource_type": fact.resource[-1][0],
        "resource_id": fact.resource[-1][1],
        "resources": [fact.path],
        "detail": "{}",
    }


def main() -> None:
    """Print for each day whether the tables are the same; ends with 1 where any differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--orders", type=int, default=60, help="orders a day")
    options = parser.parse_args()
    differing = 0
    with tempfile.TemporaryDirectory() as directory:
        lived = published_and_as_known(Path(directory), options.days, options.orders)
        for day, published, known in lived:
            different = sorted(name for name in published if published[name] != known.get(name))
            differing += bool(different)
            rows = sum(map(len, published.values()))
            print(day, f"{rows} rows in {len(published)} tables", different or "the same")
    raise SystemExit(int(differing > 0))


if __name__ == "__main__":
    main()

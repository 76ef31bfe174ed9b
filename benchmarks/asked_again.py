# ruff: noqa: INP001, T201 -- a command of its own, not a package; it prints its result
"""How many requests a day go to orders of which nothing is new, but something is not final.

    python -m benchmarks.asked_again --orders 5000 --days 70

A made-up store's days are lived through one by one: the day's events go into a lake, the due orders
are found as a run on the next morning would find them, and each is answered as the sandbox's API
would at that moment. No network. The first 60 days fill the look-back and aren't counted.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa

from bwp_pipeline.api import OrderRef, find_due_orders
from bwp_pipeline.api.order_progress import progress_of
from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.sandbox import World
from bwp_pipeline.sandbox.archive import stream
from bwp_pipeline.sandbox.archive.eventbridge import Record

_FILLING_DAYS = 60
_RUN_AT = time(6, tzinfo=UTC)


def main(words: Sequence[str] | None = None) -> None:
    """Print requests a day by their reason, and the share of those for what is not final."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000, help="orders a day")
    parser.add_argument("--days", type=int, default=70)
    options = parser.parse_args(words)
    world = World(days=options.days, orders_per_day=options.orders, end=date(2026, 3, 1))
    requests = not_final = put_off = counted = 0
    with tempfile.TemporaryDirectory() as directory:
        lake = Lake(f"{Path(directory).as_uri()}/")
        for number, (first, records) in enumerate(stream.days(world)):
            day = datetime.fromtimestamp(first, UTC).date()
            _write_events(lake, day, records)
            now = datetime.combine(day + timedelta(days=1), _RUN_AT)
            due = find_due_orders(lake, [day], now)
            _write_answers(lake, world, due.refs, now)
            if number >= _FILLING_DAYS:
                counted += 1
                requests += len(due.refs)
                not_final += due.not_final
                put_off += due.put_off
                print(day, len(due.refs), due.not_final, due.put_off, flush=True)
    share = not_final / (requests - not_final)
    print(
        f"{options.orders} orders a day: {requests / counted:.0f} requests a day, of them"
        f" {not_final / counted:.0f} for what is not final ({share:.1%} extra),"
        f" {put_off / counted:.0f} put off"
    )


def _write_events(lake: Lake, day: date, records: Sequence[Record]) -> None:
    facts = [record.happening for record in records if record.happening is not None]
    rows = [
        {
            "event_type": fact.name,
            "event_time": datetime.fromtimestamp(fact.at, UTC),
            "business_product_id": fact.business_product_id,
            "order_id": fact.order_id,
            "resource_type": fact.resource[-1][0],
            "resource_id": fact.resource[-1][1],
            "resources": [fact.path],
        }
        for fact in facts
        if fact.order_id is not None
    ]
    _write(lake, "events", day, rows)


def _write_answers(lake: Lake, world: World, refs: Sequence[OrderRef], now: datetime) -> None:
    rows: list[dict[str, object]] = []
    for ref in refs:
        payload = json.dumps(world.order(ref.order_id, now))
        progress = progress_of(payload)
        if progress is not None:
            rows.append(
                {
                    "business_product_id": ref.business_product_id,
                    "order_id": ref.order_id,
                    "fetched_at": now,
                    "status": "OK",
                    "deliveries": progress.deliveries,
                    "unfinished": progress.unfinished,
                }
            )
    _write(lake, "order_snapshots", now.date(), rows)


def _write(lake: Lake, table: str, day: date, rows: list[dict[str, object]]) -> None:
    schema = SCHEMAS[table]
    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    lake.write(table, day, "all", pa.table(columns, schema=schema))


if __name__ == "__main__":
    main()

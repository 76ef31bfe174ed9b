# ruff: noqa: T201 -- a command of its own; it prints what came of it
"""Two, four and eight worker processes on one lake in S3: the rows that one worker leaves.

    python -m bwp_pipeline_tests.long.many_workers [--days 16] [--orders-per-day 60]

Archive and lake lie on moto's S3 server; the API is the sandbox's, over HTTP. Each process runs the
job `archive_days` for one day after the other, with a data directory of its own, as on a machine of
its own. Ends with 1 if a row is lost or there twice.
"""

import argparse
import os
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import boto3

from bwp_pipeline.lake import Lake
from bwp_pipeline.sandbox import World, create_app, run_server, write_archive
from bwp_pipeline.sandbox.command import settings
from bwp_pipeline.storage import open_store
from bwp_pipeline_tests.defs.worker_processes import (
    Rows,
    lake_rows,
    lost_and_twice,
    read_on_workers,
)
from bwp_pipeline_tests.servers.s3_server import s3_bucket

END = date(2026, 3, 15)
WORKERS = (1, 2, 4, 8)
STORES = 3


def compare(world: World, days: list[date], root: Path) -> int:
    """Read the days with ever more workers, and print a row for each; how many rows are wrong."""
    wanted: Rows | None = None
    wrong = 0
    archive = "s3://shop/archive/"
    with s3_bucket("shop"), run_server(create_app(world)) as api:
        write_archive(world, open_store(archive))
        key = f"archive/{days[1]:%Y/%m/%d}/broken"
        boto3.client("s3").put_object(Bucket="shop", Key=key, Body=b'{"broken')
        environment = {name: value for name, value in os.environ.items() if "AWS_" in name}
        environment |= settings(world, api, archive, root)
        print("| workers | seconds | events | objects | quarantine | snapshots | lost | twice |")
        print("|--:|--:|--:|--:|--:|--:|--:|--:|")
        for workers in WORKERS:
            url = f"s3://shop/lake-{workers}/"
            began = time.monotonic()
            own = environment | {"BWP_LAKE_URL": url}
            read_on_workers(own, days, workers, root / str(workers))
            seconds = time.monotonic() - began
            rows = lake_rows(Lake(url))
            wanted = wanted or rows
            lost, twice = lost_and_twice(wanted, rows)
            wrong += lost + twice
            counts = [
                rows[table].total()
                for table in ("events", "objects", "quarantine", "order_snapshots")
            ]
            cells = [workers, f"{seconds:.1f}", *(f"{count:,}" for count in counts), lost, twice]
            print(f"| {' | '.join(map(str, cells))} |", flush=True)
    return wrong


def main() -> int:
    """Compare; 0 when no row is lost or there twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=16)
    parser.add_argument("--orders-per-day", type=int, default=60)
    asked = parser.parse_args()
    world = World(
        seed=7,
        days=asked.days,
        orders_per_day=asked.orders_per_day,
        end=END,
        store_count=STORES,
    )
    days = [END - timedelta(days=back) for back in range(asked.days, 0, -1)]
    with tempfile.TemporaryDirectory(prefix="bwp-workers-") as directory:
        return int(compare(world, days, Path(directory)) > 0)


if __name__ == "__main__":
    sys.exit(main())

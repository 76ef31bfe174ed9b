"""Archive days as partitions that several worker processes read at once: rows as one worker's."""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from dagster import AssetKey

from bwp_pipeline.definitions import build_defs
from bwp_pipeline.defs.partitions import MOST_DAYS
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.lake import Lake
from bwp_pipeline.sandbox import World, create_app, run_server, write_archive
from bwp_pipeline.sandbox.command import settings
from bwp_pipeline_tests.defs.worker_processes import lake_rows, lost_and_twice, read_on_workers
from bwp_pipeline_tests.servers.s3_server import s3_bucket

END = date(2026, 3, 15)
DAYS = [END - timedelta(days=back) for back in range(4, 0, -1)]


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    world = World(seed=3, days=len(DAYS), orders_per_day=15, end=END, store_count=2)
    with s3_bucket("shop"), run_server(create_app(world)) as api:
        archive = tmp_path / "archive"
        write_archive(world, archive)
        (archive / f"{DAYS[1]:%Y/%m/%d}" / "broken").write_bytes(b'{"broken')
        own = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        yield own | settings(world, api, f"{archive.as_uri()}/", tmp_path)


def test_two_workers_leave_the_rows_that_one_leaves(
    environment: dict[str, str], tmp_path: Path
) -> None:
    rows = []
    for workers in (1, 2):
        url = f"s3://shop/lake-{workers}/"
        read_on_workers(environment | {"BWP_LAKE_URL": url}, DAYS, workers, tmp_path / str(workers))
        rows.append(lake_rows(Lake(url)))
    assert lost_and_twice(*rows) == (0, 0)
    assert all(rows[0].values())


def test_a_backfill_is_a_run_for_each_month_of_days() -> None:
    job = build_defs(Installation()).resolve_job_def("archive_days")
    policies = {
        job.asset_layer.get(AssetKey(name)).backfill_policy
        for name in ("events", "order_snapshots")
    }
    assert [policy and policy.max_partitions_per_run for policy in policies] == [MOST_DAYS]

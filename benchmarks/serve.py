# ruff: noqa: INP001, T201 -- a command of its own, not a package; it prints its result
"""How fast `bwp serve` answers while many read: `python benchmarks/serve.py DATA_DIR`.

Starts the server on a free port of the loopback interface with a data directory that a run has
filled (`make demo`, or `benchmarks/large_shop.py`) and asks for each page once. Then 20 readers ask
for them for ten seconds. Prints each page's first answer, median and 95th percentile.
"""

import html
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

READERS = 20
SECONDS = 10.0
PAUSE_SECONDS = 0.5
"""What a person takes at least between two clicks."""


def main(data_dir: Path) -> None:
    """Measure, and print a table."""
    with _serving(data_dir) as url:
        # Some other window, so that the first answers below are first ones.
        found = httpx.get(f"{url}/?to={datetime.now(UTC).date() - timedelta(2)}", timeout=60)
        product = html.unescape(re.findall(r'href="(/product[^"]+)"', found.text)[0])
        answer = httpx.get(url + product, timeout=60).text
        order = re.findall(r'href="(/order\?[^"]*id=[^"]+)"', answer)
        pages = {
            "report": "/",
            "a product": product,
            "orders to place, other terms": "/orders-to-place?lead_time_days=14",
            "supply chain": "/supply-chain",
            "an order": html.unescape(order[0]) if order else "/order",
        }
        first_ms = {name: 1000 * _asked(url, page) for name, page in pages.items()}
        with ThreadPoolExecutor(READERS) as pool:
            taken = list(pool.map(lambda n: _read(url, pages, n), range(READERS)))
    print(f"{READERS} readers, {SECONDS:.0f} s\n")
    print("| page | first, ms | answers | median, ms | 95th, ms |")
    print("|---|--:|--:|--:|--:|")
    for name in pages:
        times = [1000 * seconds for one in taken for page, seconds in one if page == name]
        ninety_fifth = statistics.quantiles(times, n=20)[-1]
        cells = f"{name} | {first_ms[name]:.0f} | {len(times)}"
        print(f"| {cells} | {statistics.median(times):.0f} | {ninety_fifth:.0f} |")


@contextmanager
def _serving(data_dir: Path) -> Iterator[str]:
    """`bwp serve` as a process of its own, so that the readers take nothing from it."""
    settings = {
        "BWP_ARCHIVE_URL": "file:///none/",
        "BWP_DATA_DIR": str(data_dir),
        "BWP_TARGET_ID": "bp-1",
        "BWP_CLIENT_ID": "client",
        "BWP_CLIENT_SECRET": "secret",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bwp_pipeline.cli", "serve", "--port", "0"],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield line.split("/ until")[0]
    finally:
        process.terminate()
        process.wait()


def _asked(url: str, page: str) -> float:
    began = time.perf_counter()
    httpx.get(url + page, timeout=60).raise_for_status()
    return time.perf_counter() - began


def _read(url: str, pages: dict[str, str], number: int) -> list[tuple[str, float]]:
    taken: list[tuple[str, float]] = []
    names = list(pages)
    ends = time.monotonic() + SECONDS
    time.sleep(PAUSE_SECONDS * number / READERS)
    with httpx.Client(base_url=url, timeout=60) as client:
        while time.monotonic() < ends:
            name = names[(len(taken) + number) % len(names)]
            began = time.perf_counter()
            client.get(pages[name]).raise_for_status()
            taken.append((name, time.perf_counter() - began))
            time.sleep(PAUSE_SECONDS)
    return taken


if __name__ == "__main__":
    main(Path(sys.argv[1]))

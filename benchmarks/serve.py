# ruff: noqa: INP001, T201 -- a command of its own, not a package; it prints its result
"""How fast `bwp serve` answers while many read: `python benchmarks/serve.py DATA_DIR`.

Starts the server on a free port of the loopback interface with a data directory that a run has
filled (`make demo`), lets 20 readers ask for its pages for ten seconds, and prints each page's
median and 95th percentile in milliseconds.
"""

import html
import re
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx

from bwp_pipeline.sandbox import run_server
from bwp_pipeline.web.app import create_app

READERS = 20
SECONDS = 10.0
PAUSE_SECONDS = 0.5
"""What a person takes at least between two clicks."""


def main(data_dir: Path) -> None:
    """Measure, and print a table."""
    with run_server(create_app(data_dir / "published" / "bwp.duckdb", data_dir)) as server:
        first = httpx.get(server.url, timeout=60).text
        product = html.unescape(re.findall(r'href="(/product[^"]+)"', first)[0])
        order = re.findall(r'href="(/order\?[^"]*id=[^"]+)"', httpx.get(server.url + product).text)
        pages = {
            "report": "/",
            "a product": product,
            "orders to place, other terms": "/orders-to-place?lead_time_days=14",
            "supply chain": "/supply-chain",
            "an order": html.unescape(order[0]) if order else "/order",
        }
        with ThreadPoolExecutor(READERS) as pool:
            taken = list(pool.map(lambda n: _read(server.url, pages, n), range(READERS)))
    print(f"{READERS} readers, {SECONDS:.0f} s\n\n| page | answers | median, ms | 95th, ms |")
    print("|---|--:|--:|--:|")
    for name in pages:
        times = [1000 * seconds for one in taken for page, seconds in one if page == name]
        ninety_fifth = statistics.quantiles(times, n=20)[-1]
        print(f"| {name} | {len(times)} | {statistics.median(times):.0f} | {ninety_fifth:.0f} |")


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

# ruff: noqa: INP001, T201 -- a command of its own, not a package; it prints its result
"""Fetching from a faulty API for long: is every order accounted for, is none fetched twice?

    python benchmarks/fetch_faults.py [--orders 5000] [--kills 30]

Prints a markdown table with a row for each kind of fault, an outage of a minute and kills at
random moments among them. The exit code is 1 when an order is missing or was fetched more often
than its fault explains. Takes about ten minutes.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bwp_pipeline.api import (
    FetchStoppedError,
    OrderRef,
    fetch_orders,
    find_due_orders,
    snapshots,
)
from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.sandbox import Faults, Traffic, World, create_app, run_server
from bwp_pipeline.settings.stores import Store
from bwp_pipeline_tests.servers.api_server import Account

_DAY = date(2026, 2, 28)
_RATE, _IN_FLIGHT = 5000.0, 8
# A file is written after at most 500 rows.
_REPEATED_BY_A_KILL = 500 + _IN_FLIGHT

_FAULTS = {
    "none": Faults(),
    "5% HTTP 500": Faults(error_rate=0.05),
    "5% errors in the body": Faults(internal_rate=0.05),
    "5% HTML pages": Faults(html_rate=0.05),
    "5% resets": Faults(reset_rate=0.05),
    "1% slow by 5 s": Faults(slow_rate=0.01, slow_seconds=5),
    "throttling in bursts, all shapes": Faults(throttle_every=200, throttle_burst=10),
    "throttling beyond 100/s": Faults(limit=100),
    "tokens of 2 s": Faults(token_seconds=2),
    "a token endpoint that throttles": Faults(token_throttles=3, token_seconds=10),
    "20% partial data": Faults(partial_rate=0.2),
    "down for a minute": Faults(down_after=100, down_seconds=60),
}


@dataclass(frozen=True)
class Outcome:
    """What came of fetching through one kind of fault."""

    runs: int
    seconds: float
    lost: int
    repeated: int
    allowed: int

    @property
    def is_good(self) -> bool:
        """Whether every order is there and none was fetched without need."""
        return self.lost == 0 and self.repeated <= self.allowed


class Trial:
    """A world behind a faulty API, and a lake whose events name all its orders."""

    def __init__(self, orders: int, faults: Faults, directory: Path) -> None:
        self.world = World(days=10, orders_per_day=orders // 10, end=date(2026, 3, 1))
        self.app = create_app(self.world, faults)
        self.traffic: Traffic = self.app.state.traffic
        self.lake = Lake(f"{directory.as_uri()}/")
        self.orders = [order.id for order in self.world.orders()]
        named = dict.fromkeys(SCHEMAS["events"].names) | {
            "business_product_id": self.world.business_product_ids[0],
            "event_time": datetime(2026, 2, 28, tzinfo=UTC),
        }
        rows = [{**named, "order_id": order} for order in self.orders]
        self.lake.write("events", _DAY, "all", pa.Table.from_pylist(rows, SCHEMAS["events"]))

    def outcome(self, runs: int, started: float, allowed: int = 0) -> Outcome:
        """The account, from what the lake has and what the API counted."""
        rows = self.lake.read("order_snapshots", columns=["order_id", "status"]).to_pylist()
        fetched = {row["order_id"] for row in rows if row["status"] == "OK"}
        return Outcome(
            runs=runs,
            seconds=time.monotonic() - started,
            lost=len(set(self.orders) - fetched),
            repeated=self.traffic.fetched.total() - len(self.orders),
            allowed=allowed,
        )


def fetch_wanted(url: str, lake_url: str, business_product_id: str) -> int:
    """One run: asks for what the lake lacks; gives how many orders are left."""
    lake = Lake(lake_url)
    store = Store(
        business_product_id=business_product_id,
        client_id="sandbox",
        client_secret=SecretStr("sandbox-secret"),
        target_id=business_product_id,
        name="sandbox",
        rate=None,
    )
    account = Account(
        url,
        stores={business_product_id: store},
        api_rate=_RATE,
        api_concurrency=_IN_FLIGHT,
    )
    refs: list[OrderRef] = find_due_orders(lake, [_DAY], datetime.now(UTC)).refs
    try:
        counts = fetch_orders(account, refs, lake, "trial")
    except FetchStoppedError as stopped:
        return stopped.counts.left if stopped.counts else len(refs)
    return counts.by_status["UNAVAILABLE"]


@contextmanager
def _trial(orders: int, faults: Faults) -> Iterator[tuple[Trial, list[str]]]:
    with tempfile.TemporaryDirectory() as directory:
        trial = Trial(orders, faults, Path(directory))
        with run_server(trial.app) as server:
            yield trial, [server.url, trial.lake.url, trial.world.business_product_ids[0]]


def _through(orders: int, faults: Faults) -> Outcome:
    with _trial(orders, faults) as (trial, arguments):
        started, runs, left = time.monotonic(), 0, 1
        while left:
            runs += 1
            left = fetch_wanted(*arguments)
        return trial.outcome(runs, started)


def _killed(orders: int, kills: int) -> Outcome:
    dice = random.Random(1)  # noqa: S311 -- when to kill
    # Slow enough that it takes about all the runs.
    latency = 2 * kills * _IN_FLIGHT / orders
    with _trial(orders, Faults(latency=latency)) as (trial, arguments):
        started = time.monotonic()
        for _ in range(kills):
            child = subprocess.Popen([sys.executable, __file__, "--child", *arguments])  # noqa: S603
            time.sleep(dice.uniform(1.5, 6))
            child.kill()
            child.wait()
        fetch_wanted(*arguments)
        return trial.outcome(kills + 1, started, allowed=kills * _REPEATED_BY_A_KILL)


def main() -> int:
    """Tries every kind of fault and prints what came of it."""
    parser = argparse.ArgumentParser(description="Fetching from a faulty API.")
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--child", nargs=3, metavar=("URL", "LAKE", "STORE"), help="one run")
    options = parser.parse_args()
    if options.child:
        # Runs of a few seconds would be killed before a file of the usual age is written.
        snapshots._LONGEST_WAIT = 1.0  # noqa: SLF001
        return int(fetch_wanted(*options.child) > 0)
    print("| fault | runs | seconds | orders lost | fetched again | of which explained |")
    print("|---|---:|---:|---:|---:|---:|")
    good = True
    for name, faults in _FAULTS.items():
        good &= _report(name, _through(options.orders, faults))
    good &= _report(f"{options.kills} kills", _killed(options.orders, options.kills))
    return 0 if good else 1


def _report(name: str, outcome: Outcome) -> bool:
    print(
        f"| {name} | {outcome.runs} | {outcome.seconds:.0f} | {outcome.lost} "
        f"| {outcome.repeated} | {min(outcome.repeated, outcome.allowed)} |",
        flush=True,
    )
    return outcome.is_good


if __name__ == "__main__":
    sys.exit(main())

# ruff: noqa: INP001, T201 -- a command of its own, not a package; it prints its result
"""How fast orders are fetched, from the sandbox's API in another process.

    python benchmarks/fetch.py [--orders 2000] [--large 100000]

Prints one markdown table: the pace held under a limit, orders a second without one beside a bare
httpx loop, what batches gain, and memory with ten times the orders. Every case runs in a process
of its own.
"""

import argparse
import asyncio
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

import httpx
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bwp_pipeline.api import OrderRef, fetch_orders
from bwp_pipeline.api.query import OrderQuery
from bwp_pipeline.lake import Lake
from bwp_pipeline.sandbox import Faults, World, create_app, run_server
from bwp_pipeline.settings.stores import Store
from bwp_pipeline_tests.servers.api_server import Account

_END = date(2026, 3, 1)
_LIMIT = 20.0
_UNLIMITED = 100_000.0
_IN_FLIGHT = 8
_ROUNDS = 3
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Orders(Collection[OrderRef]):
    """References to the orders whose ids a file lists, read anew each time: none is held."""

    path: Path
    business_product_id: str
    count: int

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[OrderRef]:
        with self.path.open() as lines:
            for _, line in zip(range(self.count), lines, strict=False):
                yield OrderRef(self.business_product_id, line.strip())

    def __contains__(self, ref: object) -> bool:
        return any(ref == own for own in self)


@dataclass(frozen=True)
class Measured:
    """Of one fetch: orders a second, throttled answers, the process's peak memory in MB."""

    rate: float
    throttled: int
    memory: float


def world(size: int) -> World:
    """A world of at least that many orders."""
    return World(days=10, orders_per_day=-(-size // 8), end=_END)


def _serve(size: int, faults: Faults, pipe: Connection) -> None:
    with run_server(create_app(world(size), faults)) as server:
        pipe.send(server.url)
        pipe.recv()


@contextmanager
def serving(size: int, faults: Faults) -> Iterator[str]:
    """The sandbox's API under these conditions in another process; gives its URL."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(size, faults, theirs))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join()


def alone(function: Callable[..., _Result], *arguments: object) -> _Result:
    """The function's result from a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def account(url: str, rate: float, batch: int) -> Account:
    """The settings of a client of the sandbox's store."""
    sandbox = world(1).stores[0]
    store = Store(
        business_product_id=sandbox.business_product_id,
        client_id=sandbox.client_id,
        client_secret=SecretStr(sandbox.client_secret),
        target_id=sandbox.business_product_id,
        name=sandbox.name,
        rate=None,
    )
    return Account(
        url,
        stores={store.business_product_id: store},
        api_rate=rate,
        api_batch=batch,
        api_concurrency=_IN_FLIGHT,
    )


def pipeline(url: str, orders: Orders, rate: float, batch: int) -> Measured:
    """Fetches the orders as the pipeline does."""
    with tempfile.TemporaryDirectory() as directory:
        started = time.monotonic()
        counts = fetch_orders(
            account(url, rate, batch), orders, Lake(f"{Path(directory).as_uri()}/"), "benchmark"
        )
        elapsed = time.monotonic() - started
    if counts.by_status != {"OK": len(orders)}:
        raise RuntimeError(f"not every order came: {counts}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(len(orders) / elapsed, counts.throttled, memory)


def bare_loop(url: str, orders: Orders) -> float:
    """Orders a second of the least that httpx can do: post, parse, forget."""
    settings = account(url, _UNLIMITED, 1)
    (store,) = settings.stores.values()
    request = json.loads(
        OrderQuery.of_version("2024-11-01", product_identifiers=True).request(["x"])
    )

    async def work(http: httpx.AsyncClient, headers: dict[str, str], ids: Iterator[str]) -> None:
        for order_id in ids:
            body = {"query": request["query"], "variables": {"order": {"orderId": order_id}}}
            response = await http.post(f"{url}/graphql", json=body, headers=headers)
            response.raise_for_status()
            response.json()

    async def run() -> None:
        async with httpx.AsyncClient() as http:
            form = {
                "grant_type": "client_credentials",
                "client_id": store.client_id,
                "client_secret": store.client_secret.get_secret_value(),
            }
            token = (await http.post(f"{url}/token", data=form)).json()["access_token"]
            headers = {
                "authorization": f"Bearer {token}",
                "x-api-target-id": store.target_id,
                "x-api-version": "2024-11-01",
            }
            ids = iter([ref.order_id for ref in orders])
            await asyncio.gather(*(work(http, headers, ids) for _ in range(_IN_FLIGHT)))

    started = time.monotonic()
    asyncio.run(run())
    return len(orders) / (time.monotonic() - started)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="How fast orders are fetched.")
    parser.add_argument("--orders", type=int, default=2_000, help="orders in the measures of speed")
    parser.add_argument("--large", type=int, default=100_000, help="orders in the larger of memory")
    options = parser.parse_args()
    size = max(options.orders, options.large)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "orders.txt"
        sandbox = world(size)
        path.write_text("".join(f"{order.id}\n" for order in sandbox.orders()))
        some = Orders(path, sandbox.business_product_ids[0], options.orders)
        print("| measure | value | beside | ratio |\n|---|---:|---:|---:|")
        _limited(size, some)
        _unlimited(size, some)
        _batched(size, some)
        _memory(size, some, options.large)


def _limited(size: int, some: Orders) -> None:
    few = Orders(some.path, some.business_product_id, min(len(some), 400))
    with serving(size, Faults(limit=_LIMIT)) as url:
        held = alone(pipeline, url, few, _LIMIT, 1)
    print(
        f"| at a limit of {_LIMIT:.0f}/s, {held.throttled} throttled answers "
        f"| {held.rate:.1f}/s | {_LIMIT:.0f}/s | {held.rate / _LIMIT:.0%} |",
        flush=True,
    )


def _unlimited(size: int, some: Orders) -> None:
    ours, bare = [], []
    with serving(size, Faults()) as url:
        for _ in range(_ROUNDS):
            bare.append(alone(bare_loop, url, some))
            ours.append(alone(pipeline, url, some, _UNLIMITED, 1).rate)
    rate, beside = statistics.median(ours), statistics.median(bare)
    print(
        f"| no limit, {_IN_FLIGHT} in flight, beside a bare httpx loop | {rate:.0f} orders/s "
        f"| {beside:.0f} orders/s | {rate / beside:.0%} |",
        flush=True,
    )


def _batched(size: int, some: Orders) -> None:
    with serving(size, Faults(latency=0.05)) as url:
        single = alone(pipeline, url, some, _UNLIMITED, 1).rate
        tens = alone(pipeline, url, some, _UNLIMITED, 10).rate
    print(
        f"| 50 ms latency, batches of 10 beside single orders | {tens:.0f} orders/s "
        f"| {single:.0f} orders/s | {tens / single:.1f} times |",
        flush=True,
    )


def _memory(size: int, some: Orders, large: int) -> None:
    few = Orders(some.path, some.business_product_id, large // 10)
    many = Orders(some.path, some.business_product_id, large)
    with serving(size, Faults()) as url:
        less = alone(pipeline, url, few, _UNLIMITED, 10).memory
        more = alone(pipeline, url, many, _UNLIMITED, 10).memory
    print(
        f"| peak memory, {large:,} orders beside {large // 10:,} | {more:.0f} MB "
        f"| {less:.0f} MB | {more / less:.2f} times |",
        flush=True,
    )


if __name__ == "__main__":
    main()

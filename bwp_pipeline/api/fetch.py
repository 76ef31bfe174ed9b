"""Fetching orders: all stores side by side, into the lake.

Belongs here: sharing the work among stores and callers, progress, the final account. Does not
belong here: talking to the API (`client.py`), choosing orders (`due_orders.py`).
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from itertools import islice

from bwp_pipeline.api.account import ApiSettings
from bwp_pipeline.api.answers import Answer
from bwp_pipeline.api.client import StoreClient
from bwp_pipeline.api.clock import Clock
from bwp_pipeline.api.connection import Connection, connected
from bwp_pipeline.api.counts import FetchCounts, FetchProgress
from bwp_pipeline.api.errors import FetchStoppedError, QueryRefused
from bwp_pipeline.api.order_ref import OrderRef
from bwp_pipeline.api.retry_policy import RetryPolicy
from bwp_pipeline.api.shared_pace import shared
from bwp_pipeline.api.snapshots import SnapshotWriter
from bwp_pipeline.lake import Lake
from bwp_pipeline.settings.stores import Store

_TICK = 1.0


def fetch_orders(
    settings: ApiSettings,
    refs: Collection[OrderRef],
    lake: Lake,
    run_id: str,
    *,
    progress: Callable[[FetchProgress], None] | None = None,
    clock: Clock | None = None,
    retry: RetryPolicy | None = None,
) -> FetchCounts:
    """Ask for each order once and write the answers into the lake's `order_snapshots`.

    Args:
        settings: Endpoints, limits and the stores' credentials.
        refs: The orders; iterated once for each store.
        lake: Where the snapshots are written, in files of bounded size, as they arrive. All
            processes that fetch into it share the request limit, on any number of machines.
        run_id: Names the run in each row.
        progress: Called about once a second and at the end.
        clock: Time; the machine's by default.
        retry: Bounds of retrying.

    Raises:
        FetchStoppedError: A store's orders could not all be asked for (`TokenRefused`,
            `ApiUnreachable`, `QueryRefused`). The other stores' orders are fetched and everything
            that came is in the lake; `counts` of the error tells how many orders are left.
    """
    clock = clock or Clock()
    writer = SnapshotWriter(lake, settings.api_version, run_id, clock)
    retry = retry or RetryPolicy()
    fetch = _Fetch(settings, refs, lake, writer, clock=clock, retry=retry)
    return asyncio.run(fetch.run(progress))


class _Fetch:
    def __init__(
        self,
        settings: ApiSettings,
        refs: Collection[OrderRef],
        lake: Lake,
        writer: SnapshotWriter,
        *,
        clock: Clock,
        retry: RetryPolicy,
    ) -> None:
        self._settings = settings
        self._refs = refs
        self._lake = lake
        self._writer = writer
        self._clock = clock
        self._retry = retry
        self._counts = FetchCounts()
        self._clients: list[StoreClient] = []
        self._done = 0

    async def run(self, progress: Callable[[FetchProgress], None] | None) -> FetchCounts:
        named = Counter(ref.business_product_id for ref in self._refs)
        known = [store for key, store in self._settings.stores.items() if key in named]
        self._counts.waiting_by_store = {
            key: count for key, count in named.items() if key not in self._settings.stores
        }
        total = named.total() - self._counts.waiting
        started = self._clock.monotonic()

        async def tick() -> None:
            while True:
                # Real time, also where a test's clock replaces the client's.
                await asyncio.sleep(_TICK)
                await self._writer.write_if_due()
                if progress is not None:
                    progress(self._progress(total, started))

        try:
            async with (
                connected(self._settings, self._clock, self._retry) as connection,
                asyncio.TaskGroup() as tasks,
            ):
                ticking = tasks.create_task(tick())
                stops = await asyncio.gather(
                    *(self._fetch_store(connection, store) for store in known)
                )
                ticking.cancel()
        finally:
            await self._writer.write()
        for client in self._clients:
            self._counts.requests += client.transport.requests
            self._counts.throttled += client.transport.pace.throttled_answers
        self._counts.left = total - self._done
        if progress is not None:
            progress(self._progress(total, started))
        errors = [error for error in stops if error is not None]
        if errors:
            reasons = "; ".join(map(str, errors))
            raise type(errors[0])(f"{reasons} ({self._counts.left} orders are left)", self._counts)
        return self._counts

    async def _fetch_store(self, connection: Connection, store: Store) -> FetchStoppedError | None:
        client = StoreClient(connection, self._settings, store, self._keep)
        self._clients.append(client)
        refs = iter(
            ref for ref in self._refs if ref.business_product_id == store.business_product_id
        )
        stop = None
        try:
            async with (
                shared(client.transport.pace, self._lake, store.business_product_id),
                asyncio.TaskGroup() as callers,
            ):
                for _ in range(self._settings.api_concurrency):
                    callers.create_task(self._work(client, refs))
        except* FetchStoppedError as stops:
            stop = next(error for error in stops.exceptions if isinstance(error, FetchStoppedError))
        if not isinstance(stop, QueryRefused):
            # What others were told while that came up is not the orders' fault either.
            client.finish()
        return stop

    async def _work(self, client: StoreClient, refs: Iterator[OrderRef]) -> None:
        while batch := list(islice(refs, self._settings.api_batch)):
            await client.fetch(batch)
            await self._writer.write_if_due()

    def _keep(self, ref: OrderRef, answer: Answer, asked_at: datetime) -> None:
        self._done += 1
        self._counts.by_status[answer.status] += 1
        self._counts.unchanged += self._writer.add(ref, answer, asked_at)

    def _progress(self, total: int, started: float) -> FetchProgress:
        elapsed = self._clock.monotonic() - started
        rate = self._done / elapsed if elapsed > 0 else 0.0
        return FetchProgress(
            done=self._done,
            total=total,
            rate=rate,
            throttled=sum(client.transport.pace.throttled_answers for client in self._clients),
            seconds_left=(total - self._done) / rate if rate else None,
        )

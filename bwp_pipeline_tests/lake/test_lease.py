"""Those who share a lake know each other, and share the API's limit."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import obstore
import pytest
from obstore.store import LocalStore

from bwp_pipeline.api import OrderRef, fetch_orders
from bwp_pipeline.api.clock import Clock
from bwp_pipeline.api.pace import Pace
from bwp_pipeline.api.retry_policy import RetryPolicy
from bwp_pipeline.api.shared_pace import shared
from bwp_pipeline.lake import Lake
from bwp_pipeline.lease import Lease
from bwp_pipeline.storage import write_whole
from bwp_pipeline_tests.examples.interleavings import Hook, steps_of
from bwp_pipeline_tests.servers.api_server import STORE, Account, ApiServer, serving

RATE = 20.0


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


def test_holders_are_counted_until_they_give_their_lease_back(store: LocalStore) -> None:
    one, other, elsewhere = Lease(store, "api/a"), Lease(store, "api/a"), Lease(store, "api/b")

    assert [one.renew(), other.renew(), one.renew(), elsewhere.renew()] == [1, 2, 2, 1]
    other.end()
    assert one.renew() == 1


# A machine whose clock was a day ahead was killed: its lease is dated tomorrow.
@pytest.mark.parametrize("age", [Lease.ends_after + 1, -86_400.0], ids=["long ago", "tomorrow"])
def test_a_lease_that_nobody_renews_ends_and_is_taken_over(store: LocalStore, age: float) -> None:
    dead, alive = Lease(store, "api/a"), Lease(store, "api/a")
    dead.renew()
    (path,) = (meta["path"] for page in obstore.list(store) for meta in page)
    renewed_at = time.time() - age
    os.utime(Path(str(store.prefix)) / path, (renewed_at, renewed_at))

    assert alive.renew() == 1
    assert dead.renew() == 2


def test_whenever_another_takes_a_lease_for_ended_both_are_counted_from_the_next_renewal_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(step: int) -> bool:
        store = LocalStore(tmp_path / str(step), mkdir=True)
        one, other = Lease(store, "api/a"), Lease(store, "api/a")
        one.renew()
        (path,) = (tmp_path / str(step)).rglob("*-*")

        def take_over() -> None:
            long_ago = time.time() - Lease.ends_after - 1
            os.utime(path, (long_ago, long_ago))
            assert other.renew() == 1

        hook = Hook(step, take_over)
        with monkeypatch.context() as patch:
            patch.setattr("bwp_pipeline.lease.write_whole", hook.wrap(write_whole))
            patch.setattr(obstore, "list", hook.wrap(obstore.list))
            patch.setattr(obstore, "delete", hook.wrap(obstore.delete))
            one.renew()
        if hook.reached:
            assert [one.renew(), other.renew()] == [2, 2], step
        one.end()
        assert other.renew() == 1, step
        return hook.reached

    assert steps_of(run) >= 2


def test_who_finds_its_lease_ended_waits_as_a_newcomer_does(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lease, "renewed_every", 0.2)
    monkeypatch.setattr(Lease, "ends_after", 0.5)
    monkeypatch.setattr("bwp_pipeline.api.shared_pace._GRACE", 0.8)
    pace = Pace(1000, Clock(), RetryPolicy())

    async def scenario() -> float:
        async with shared(pace, Lake("s3://bucket/", store), "a"):
            await asyncio.sleep(0.1)
            # The whole process sleeps, as on a machine that is suspended.
            time.sleep(1)  # noqa: ASYNC251 -- nothing else may go on
            await asyncio.sleep(0.1)
            began = time.monotonic()
            await pace.start()
            return time.monotonic() - began

    assert asyncio.run(scenario()) > 0.5


def test_a_pace_that_is_shared_has_a_part_of_the_limit_and_gets_the_rest_back() -> None:
    pace = Pace(10, Clock(), RetryPolicy())
    pace.share(2)
    assert (pace.limit, pace.rate) == (5, 5)
    pace.share(1)
    assert (pace.limit, pace.rate) == (10, 10)


def test_sharing_gives_no_rate_back_that_throttling_took() -> None:
    pace = Pace(10, Clock(), RetryPolicy())
    pace.throttled(started=time.monotonic(), retry_after=0)
    pace.share(1)
    assert (pace.limit, pace.rate) == (10, 5)


def test_who_cant_renew_its_lease_for_long_starts_nothing_more(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lease, "renewed_every", 0.05)
    monkeypatch.setattr(Lease, "ends_after", 2.2)
    pace = Pace(1000, Clock(), RetryPolicy())

    async def scenario() -> bool:
        async with shared(pace, Lake("s3://bucket/", store), "a"):
            await pace.start()
            monkeypatch.setattr(Lease, "renew", _fails)
            await asyncio.sleep(0.5)
            try:
                await asyncio.wait_for(pace.start(), 0.04)
            except TimeoutError:
                return True
            return False

    assert asyncio.run(scenario())


def _fails(_: Lease) -> int:
    raise OSError("the lake is away")


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving(ApiServer()) as running:
        yield running


def test_two_who_fetch_into_one_lake_keep_to_the_limit_together(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lease, "renewed_every", 0.2)
    monkeypatch.setattr("bwp_pipeline.api.shared_pace._GRACE", 0.3)
    started: list[float] = []

    def note(_: ApiServer, ids: list[str]) -> None:
        started.extend(time.monotonic() for _ in ids)

    server.fault = note

    def fetch(first: int) -> Callable[[], object]:
        refs = [OrderRef(STORE, f"322-{number:04}") for number in range(first, first + 60)]
        lake = Lake(f"{(tmp_path / 'lake').as_uri()}/")
        return lambda: fetch_orders(Account(server.url, api_rate=RATE), refs, lake, "run")

    threads = [Thread(target=fetch(first)) for first in (0, 1_000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(started) == 120
    assert (len(started) - 1) / (max(started) - min(started)) <= RATE * 1.05
    assert max(started) - min(started) < 10

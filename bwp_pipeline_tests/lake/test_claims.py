"""What many processes share and one has alone: claims, and a store's orders asked for in turn."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier, Thread

import obstore
import pytest
from obstore.store import LocalStore

from bwp_pipeline.api import fetch_due_orders
from bwp_pipeline.archive import ingest_days, open_archive
from bwp_pipeline.claims import Claims
from bwp_pipeline.lake import Lake
from bwp_pipeline.lease import Lease
from bwp_pipeline_tests.examples.archive_samples import event, text
from bwp_pipeline_tests.servers.api_server import Account, ApiServer, serving, store

DAYS = [date(2026, 11, 18), date(2026, 11, 19)]
STORES = ("bp-1", "bp-2")


@pytest.fixture
def place(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


def test_a_thing_is_ones_alone_until_it_is_given_back(place: LocalStore) -> None:
    with Claims(place, "api") as one, Claims(place, "api") as other:
        assert one.take(["a", "b/c"]) == {"a", "b/c"}
        assert other.take(["a", "d"]) == {"d"}
        assert one.take(["a"]) == {"a"}
        one.give_back()
        assert other.take(["a"]) == {"a"}
        assert one.take(["a"]) == set()
    with Claims(place, "api") as later:
        assert later.take(["a"]) == {"a"}


def test_of_all_who_want_it_at_once_one_has_it(place: LocalStore) -> None:
    most, rounds = 8, 12
    together = Barrier(most)

    def takes(_: int) -> list[bool]:
        with Claims(place, "api") as claims:
            had = []
            for _ in range(rounds):
                together.wait()
                had.append(bool(claims.take(["a"])))
                together.wait()
                claims.give_back()
            return had

    with ThreadPoolExecutor(most) as threads:
        taken = [*threads.map(takes, range(most))]
    assert [sum(each) for each in zip(*taken, strict=True)] == [1] * rounds


def test_who_is_gone_has_nothing(place: LocalStore) -> None:
    dead = Claims(place, "api")
    assert dead.take(["a"]) == {"a"}
    with Claims(place, "api") as alive:
        assert alive.take(["a"]) == set()
        (path,) = (
            meta["path"]
            for page in obstore.list(place, "leases")
            for meta in page
            if meta["path"] == dead._lease.path  # noqa: SLF001 -- as if its process had been killed
        )
        long_ago = time.time() - Lease.ends_after - 1
        os.utime(Path(str(place.prefix)) / path, (long_ago, long_ago))
        assert alive.take(["a"]) == {"a"}


@pytest.mark.parametrize("name", [".DS_Store", "000000001 (copy)", "d/x", "000000001"])
def test_files_that_others_left_beside_claims_stop_nothing(place: LocalStore, name: str) -> None:
    obstore.put(place, f"claims/api/a/{name}", b"\xff")
    with Claims(place, "api") as claims:
        assert claims.take(["a"]) == {"a"}


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving(ApiServer(delay=0.02)) as running:
        yield running


def test_two_runs_that_fetch_the_same_days_ask_for_no_order_twice(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwp_pipeline.api.due_fetch._PAUSE", 0.05)
    monkeypatch.setattr("bwp_pipeline.api.shared_pace._GRACE", 0.0)
    archive = tmp_path / "archive"
    for day in DAYS:
        (archive / f"{day:%Y/%m/%d}").mkdir(parents=True)
        for name in STORES:
            told = [
                event(n, resources=[f"businessProduct/{name}/order/{name}-{n}/delivery/d-{n}"])
                for n in range(30)
            ]
            (archive / f"{day:%Y/%m/%d}" / name).write_bytes(text(*told))
    url = f"{(tmp_path / 'lake').as_uri()}/"
    ingest_days(open_archive(f"{archive.as_uri()}/", "%Y/%m/%d/"), Lake(url), DAYS, "before")
    account = Account(server.url, stores={name: store(name) for name in STORES})
    said: list[str] = []

    def fetch(run: str) -> None:
        days = DAYS if run == "first" else DAYS[1:]
        fetch_due_orders(account, Lake(url), days, run, say=said.append)

    threads = [Thread(target=fetch, args=(run,)) for run in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    wanted = Counter(f"{name}-{n}" for name in STORES for n in range(30))
    assert server.asked == wanted
    rows = Lake(url).read("order_snapshots", columns=["order_id"])["order_id"].to_pylist()
    assert Counter(rows) == wanted
    assert "other runs ask for the orders of" in said[0]

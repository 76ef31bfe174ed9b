"""Snapshots of orders in one lake in S3: whoever comes between the steps of another, none is lost.

Two machines each fetch, load and compact, and a file may be damaged at any moment.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import obstore
import pyarrow as pa
import pytest

from bwp_pipeline.api import fetch_orders, find_due_orders
from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.lake.compaction import compact_snapshots
from bwp_pipeline.lake.past import lake_as_known
from bwp_pipeline.warehouse.loading import load_lake, mark_built, marts_path
from bwp_pipeline_tests.examples.fetched_orders import HASTY
from bwp_pipeline_tests.examples.interleavings import Hook, lake_at, short_waits, steps_of
from bwp_pipeline_tests.servers.api_server import STORE, Account
from bwp_pipeline_tests.servers.s3_server import s3_bucket

NOW = datetime.now(UTC)
ORDERS = [f"322-{number:04}" for number in range(3)]
ASKED = [NOW - timedelta(days=back) for back in (5, 4, 3)]
Told = tuple[str, datetime, str | None]


@pytest.fixture(scope="module", autouse=True)
def _s3() -> Iterator[None]:
    with s3_bucket("answers"), short_waits():
        yield


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def others_cache(tmp_path: Path) -> Path:
    """That of another machine."""
    return tmp_path / "others cache"


def lake_of(name: str, cache: Path) -> Lake:
    return lake_at(f"s3://answers/{name}/", cache)


def begun(name: str, cache: Path) -> Lake:
    """A lake in S3 as `begin` leaves it."""
    lake = lake_of(name, cache)
    begin(lake)
    return lake


def begin(lake: Lake) -> None:
    """Each order was asked for on three days, said the same twice, and has news."""
    for at in (ASKED[0], NOW):
        news = [
            {"event_time": at, "order_id": order, "resource_type": "order", "resource_id": order}
            for order in ORDERS
        ]
        write(lake, "events", at, news)
        write(lake, "objects", at, [{"object_key": "o", "events": len(news), "read_at": at}])
    for at, payload in zip(ASKED, ("first", None, "second"), strict=True):
        rows = [
            {
                "order_id": order,
                "fetched_at": at,
                "status": "OK",
                "payload": payload and f'"{payload} {order}"',
                "payload_sha256": _sha256(f"{payload or 'first'} {order}"),
            }
            for order in ORDERS
        ]
        write(lake, "order_snapshots", at, rows)


def write(lake: Lake, table: str, at: datetime, rows: list[dict[str, Any]]) -> None:
    whole = [
        {**dict.fromkeys(SCHEMAS[table].names), "business_product_id": STORE, **row} for row in rows
    ]
    of_table = [{name: row[name] for name in SCHEMAS[table].names} for row in whole]
    lake.write(table, at.date(), "a", pa.Table.from_pylist(of_table, schema=SCHEMAS[table]))


def _sha256(text: str) -> str:
    return hashlib.sha256(f'"{text}"'.encode()).hexdigest()


def fetch(account: Account, lake: Lake, run: str) -> None:
    """As a run does: what is damaged is set aside, and what is due is asked for."""
    lake.set_damaged_aside("order_snapshots")
    due = find_due_orders(lake, [NOW.date()], datetime.now(UTC))
    fetch_orders(account, due.refs, lake, run, retry=HASTY)


def load(lake: Lake, place: Path) -> Counter[Told]:
    """As a run does; the answers that the warehouse has then."""
    path = place / "warehouse.duckdb"
    load_lake(lake, path, timezone="UTC", report_days=28, stores={})
    # Something has been built of it.
    marts_path(path).touch()
    mark_built(path)
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return Counter(
            connection.execute(
                "select order_id, timezone('UTC', fetched_at), payload_sha256"
                " from staging.lake_order_snapshots"
            ).fetchall()
        )


def answers(lake: Lake) -> Counter[Told]:
    columns = ["order_id", "fetched_at", "payload_sha256"]
    return Counter(
        tuple(row[column] for column in columns)
        for row in lake.read("order_snapshots", columns=columns).to_pylist()
    )


def lost_payloads(lake: Lake) -> set[str]:
    """Hashes that stand for a payload that nobody has."""
    rows = lake.read("order_snapshots", columns=["payload", "payload_sha256"]).to_pylist()
    named = {row["payload_sha256"] for row in rows if row["payload_sha256"]}
    return named - {row["payload_sha256"] for row in rows if row["payload"]}


def test_whenever_old_answers_are_compacted_while_the_lake_is_loaded_none_is_lost(
    tmp_path: Path, cache: Path, others_cache: Path
) -> None:
    alone = begun("alone", cache)
    compact_snapshots(alone, NOW.date())
    kept = answers(alone)
    assert kept.total() == 3 * len(ORDERS)

    def run(step: int) -> bool:
        lake, place = begun(f"load-{step}", cache), tmp_path / str(step)
        other = lake_of(f"load-{step}", others_cache)
        hook = Hook(step, lambda: compact_snapshots(other, NOW.date()))
        with hook.on(lake):
            loaded = load(lake, place)
        assert kept <= loaded, step
        after = kept if hook.reached else answers(other)
        assert answers(other) == after, step
        assert load(other, place) == after, step
        return hook.reached

    assert steps_of(run) > 3


def test_whenever_others_fetch_and_load_while_old_answers_are_compacted_none_is_lost(
    tmp_path: Path, cache: Path, others_cache: Path, account: Account
) -> None:
    alone = begun("alone too", cache)
    compact_snapshots(alone, NOW.date())
    kept = answers(alone)

    def run(step: int) -> bool:
        lake, place = begun(f"compact-{step}", cache), tmp_path / str(step)
        other = lake_of(f"compact-{step}", others_cache)

        def others() -> None:
            fetch(account, other, "other")
            assert kept <= load(other, place), step

        hook = Hook(step, others)
        with hook.on(lake):
            compact_snapshots(lake, NOW.date())
        found = answers(other)
        assert kept <= found, step
        fetched = Counter(order for order, *_ in found - kept)
        assert fetched == Counter(ORDERS if hook.reached else []), step
        assert lost_payloads(other) == set(), step
        assert load(other, place) == found, step
        return hook.reached

    assert steps_of(run) > 3


@pytest.mark.parametrize("place", ["in S3", "on a shared disk"])
def test_whenever_old_answers_are_compacted_while_orders_are_fetched_none_is_lost(
    tmp_path: Path, cache: Path, others_cache: Path, account: Account, place: str
) -> None:
    def lake_at(step: int, cache: Path) -> Lake:
        if place == "in S3":
            return lake_of(f"fetch-{step}", cache)
        return Lake(f"{(tmp_path / str(step)).as_uri()}/")

    def run(step: int) -> bool:
        lake, other = lake_at(step, cache), lake_at(step, others_cache)
        begin(lake)
        before = answers(lake)
        hook = Hook(step, lambda: compact_snapshots(other, NOW.date()))
        with hook.on(lake):
            fetch(account, lake, "first")
        found = answers(other)
        assert Counter(order for order, *_ in found - before) == Counter(ORDERS), step
        assert {order for order, *_ in found & before} == set(ORDERS), step
        assert lost_payloads(other) == set(), step
        return hook.reached

    assert steps_of(run) > 3


def test_whenever_old_answers_are_compacted_the_lake_as_it_was_known_has_all_once(
    tmp_path: Path,
) -> None:
    def run(step: int) -> bool:
        url = f"{(tmp_path / str(step)).as_uri()}/"
        lake = Lake(url)
        begin(lake)
        before = answers(lake)
        hook = Hook(step, lambda: compact_snapshots(Lake(url), NOW.date()))
        with hook.on(lake):
            past = lake_as_known(lake, NOW, f"{(tmp_path / f'past {step}').as_uri()}/")
        found = answers(past)
        assert {order for order, *_ in found} == set(ORDERS), step
        assert set(found) <= set(before), step
        assert max(found.values()) == 1, step
        assert lost_payloads(past) == set(), step
        return hook.reached

    assert steps_of(run) > 3


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_whenever_another_finds_the_same_damaged_answers_they_are_asked_for_again(
    cache: Path, others_cache: Path, account: Account, when: str
) -> None:
    def run(step: int) -> bool:
        name = f"damaged-{when}-{step}"
        lake = begun(name, cache)
        first = lake.files("order_snapshots")[0]

        def damage() -> None:
            obstore.put(lake.store, first.path, b"PAR1 cut")

        def others() -> None:
            if when == "meanwhile":
                damage()
            fetch(account, lake_of(name, others_cache), "other")

        if when == "before":
            damage()
        hook = Hook(step, others)
        with hook.on(lake):
            fetch(account, lake, "first")
        after = lake_of(name, others_cache)
        fetch(account, after, "next")
        found = answers(after)
        assert set(ASKED[1:]) <= {at for _, at, _ in found}, step
        is_damaged = when == "before" or hook.reached
        assert after.damaged() == [first.path] * is_damaged, step
        newest = {order: sha256 for order, _, sha256 in sorted(found)}
        assert newest.keys() == set(ORDERS), step
        assert not lost_payloads(after).intersection(newest.values()), step
        return hook.reached

    assert steps_of(run) > 3

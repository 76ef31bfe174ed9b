"""Two runs that fetch into one lake in S3, or load while another writes: no row is lost."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from bwp_pipeline.api import fetch_orders
from bwp_pipeline.archive import ingest_days, open_archive
from bwp_pipeline.lake import Lake
from bwp_pipeline.warehouse.loading import load_lake, mark_built
from bwp_pipeline_tests.examples.archive_place import DAY, PREFIX
from bwp_pipeline_tests.examples.archive_samples import event, text
from bwp_pipeline_tests.examples.fetched_orders import HASTY, refs
from bwp_pipeline_tests.examples.interleavings import MOST_STEPS, Died, Hook, lake_at, short_waits
from bwp_pipeline_tests.servers.api_server import Account
from bwp_pipeline_tests.servers.s3_server import s3_bucket


@pytest.fixture(scope="module", autouse=True)
def _s3() -> Iterator[None]:
    with s3_bucket("shop"), short_waits():
        yield


def lake_of(name: str, cache: Path | None = None) -> Lake:
    return lake_at(f"s3://shop/{name}/", cache)


@pytest.mark.parametrize("dies", [False, True], ids=["goes on", "dies"])
def test_whenever_another_fetches_the_same_orders_every_answer_is_kept(
    account: Account, monkeypatch: pytest.MonkeyPatch, *, dies: bool
) -> None:
    monkeypatch.setattr("bwp_pipeline.api.snapshots._MOST_ROWS", 2)
    wanted = {ref.order_id for ref in refs(5)}
    reached, step = True, 0
    while reached:
        name = f"fetch-{step}-{dies:d}"

        def other(name: str = name) -> None:
            fetch_orders(account, refs(5), lake_of(name), "second", retry=HASTY)
            if dies:
                raise Died

        hook, lake = Hook(step, other), lake_of(name)
        with hook.on(lake):
            try:
                fetch_orders(account, refs(5), lake, "first", retry=HASTY)
            except (Died, BaseExceptionGroup):
                assert dies
        reached = hook.reached
        kept = lake_of(name).read("order_snapshots", columns=["order_id", "run_id"]).to_pylist()
        by_run = {
            run: Counter(row["order_id"] for row in kept if row["run_id"] == run)
            for run in ("first", "second")
        }
        once = Counter(wanted)
        assert by_run["second"] == (once if reached else Counter()), step
        assert by_run["first"] <= once, step
        if not dies:
            assert by_run["first"] == once, step
        step += 1
    assert 2 < step < MOST_STEPS


def test_whenever_another_writes_while_the_lake_is_loaded_the_next_load_has_every_row(
    tmp_path: Path,
) -> None:
    reached, step = True, 0
    while reached:
        place = tmp_path / str(step)
        archive_dir = place / "archive" / PREFIX
        archive_dir.mkdir(parents=True)
        archive = open_archive(f"file://{place}/archive/", "%Y/%m/%d/")
        name = f"load-{step}"
        lake = lake_of(name, place / "cache")
        (archive_dir / "0").write_bytes(text(event(0)))
        ingest_days(archive, lake, [DAY], "before")
        # A file that the other finds lost, and makes again.
        lost = lake.files("events")[0]

        def other() -> None:
            (archive_dir / "1").write_bytes(text(event(1)))  # noqa: B023 -- called in this round
            lake_of(name).delete([lost.path])  # noqa: B023
            ingest_days(archive, lake_of(name), [DAY], "second")  # noqa: B023

        hook = Hook(step, other)
        with hook.on(lake):
            load(lake, place)
        load(lake_of(name, place / "cache"), place)
        assert loaded(place) == Counter(
            {f"{PREFIX}0": 1, **({f"{PREFIX}1": 1} if hook.reached else {})}
        )
        reached = hook.reached
        step += 1
    assert 3 < step < MOST_STEPS


def load(lake: Lake, place: Path) -> None:
    path = place / "warehouse.duckdb"
    load_lake(lake, path, timezone="UTC", report_days=28, stores={})
    mark_built(path)


def loaded(place: Path) -> Counter[str]:
    with duckdb.connect(str(place / "warehouse.duckdb"), read_only=True) as connection:
        keys = connection.execute("select object_key from staging.lake_events").fetchall()
    return Counter(key for (key,) in keys)

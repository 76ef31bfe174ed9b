"""After `bwp forget` an order is nowhere but in its tombstone, and no run brings it back."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from bwp_pipeline.commands.daily_job import run_daily_job
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.commands.forget import forget
from bwp_pipeline.erasure import bury, deletion_requests, erase_from_lake
from bwp_pipeline.erasure_files import erase_from, names_any
from bwp_pipeline.lake import SCHEMAS, Lake
from bwp_pipeline.lake.erasure import ERASED, without
from bwp_pipeline.sandbox import World, create_app, run_server, write_archive
from bwp_pipeline.settings import Settings
from bwp_pipeline.storage import open_store

END = date(2026, 3, 15)
DAYS = 4
GONE = frozenset({"322-43Q4-R3S5J8"})
(ID,) = GONE


def table(name: str, *rows: dict[str, object]) -> pa.Table:
    full = [{column: row.get(column) for column in SCHEMAS[name].names} for row in rows]
    return pa.Table.from_pylist(full, schema=SCHEMAS[name])


def event(*orders: str, **more: object) -> dict[str, object]:
    return {
        "event_type": "PACKAGE_DELIVERED",
        "detail_type": "PACKAGE_DELIVERED",
        "business_product_id": "bp-1",
        "order_id": orders[0],
        "resource_type": "delivery",
        "resource_id": f"d-{orders[0]}",
        "resources": [f"businessProduct/bp-1/order/{id_}/delivery/d-{id_}" for id_ in orders],
        "detail": f'{{"order": "{orders[0]}"}}',
        "record_index": 1,
        **more,
    }


def test_an_event_of_an_erased_order_stays_as_one_that_names_nothing() -> None:
    (left,) = without(GONE, "events", table("events", event(ID))).to_pylist()

    assert ID not in repr(left)
    assert (left["event_type"], left["business_product_id"]) == (ERASED, "bp-1")
    assert (left["order_id"], left["resource_id"], left["resources"]) == (None, None, [])
    assert left["record_index"] == 1


@pytest.mark.parametrize("orders", [(ID, "322-OTHER"), ("322-OTHER", ID)])
def test_an_event_of_several_orders_keeps_the_others(orders: tuple[str, str]) -> None:
    (left,) = without(GONE, "events", table("events", event(*orders))).to_pylist()

    assert ID not in repr(left)
    assert (left["event_type"], left["order_id"]) == ("PACKAGE_DELIVERED", "322-OTHER")
    assert (left["resource_type"], left["resource_id"]) == ("delivery", "d-322-OTHER")


def test_an_order_that_only_the_detail_names_is_taken_out_of_it() -> None:
    row = event("322-OTHER", detail=f'{{"previous": "{ID}"}}')
    (left,) = without(GONE, "events", table("events", row)).to_pylist()

    assert (left["order_id"], left["detail"]) == ("322-OTHER", None)


def test_longer_ids_and_other_orders_are_left_alone() -> None:
    rows = table("events", event(f"{ID}9"), event(f"9{ID}"), event("322-OTHER", "322-ANOTHER"))

    assert without(GONE, "events", rows) is rows


def test_quarantined_bytes_and_snapshots_go() -> None:
    raw = table(
        "quarantine",
        {"raw": f'{{"id": "{ID}'.encode(), "error": "cut"},
        {"raw": None, "error": f"no {ID}"},
        {"raw": b"\xff other", "error": "bytes"},
    )
    snapshots = table("order_snapshots", {"order_id": ID}, {"order_id": "322-OTHER"})

    left = without(GONE, "quarantine", raw)
    assert sorted(map(str, left["error"].to_pylist())) == ["bytes", "cut", f"no {ERASED}"]
    assert [value for value in left["raw"].to_pylist() if value] == [b"\xff other"]
    assert without(GONE, "order_snapshots", snapshots)["order_id"].to_pylist() == ["322-OTHER"]


def test_a_lake_keeps_what_is_buried_out_of_all_that_is_written_later(tmp_path: Path) -> None:
    url = f"{tmp_path.as_uri()}/"
    Lake(url).write("order_snapshots", END, "before", table("order_snapshots", {"order_id": ID}))
    Lake(url).write("events", END, "before", table("events", event(ID), event("322-OTHER")))
    bury(Lake(url), GONE, datetime(2026, 3, 15, tzinfo=UTC))
    lake = Lake(url)
    lake.write("order_snapshots", END, "after", table("order_snapshots", {"order_id": ID}))
    assert lake.create("events", END, "after", table("events", event(ID)))

    assert erase_from_lake(lake, GONE) == {"order_snapshots": 1, "events": 1}
    assert lake.read("order_snapshots").num_rows == 0
    assert lake.read("events")["order_id"].to_pylist() == [None, "322-OTHER", None]


def test_events_that_tell_of_deletions_are_counted_by_order(tmp_path: Path) -> None:
    lake = Lake(f"{tmp_path.as_uri()}/")
    told = {"event_type": "PERSONAL_DATA_DELETION_TASK_COMPLETED"}
    lake.write(
        "events",
        END,
        "all",
        table("events", event(ID, **told), event(ID, **told), {**event("x"), **told}, event("y")),
    )

    assert deletion_requests(lake, [END]) == {ID: 2, "x": 1}
    assert deletion_requests(lake, []) == {}


@pytest.mark.parametrize("name", ["told.json", "page.html", "other.bin", "x.db"])
def test_words_go_from_texts_and_files_of_unknown_kinds_go_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(f"a {ID} b")
    text = path.suffix in {".json", ".html"}

    assert erase_from(path, GONE) == ("ids taken out" if text else "removed")
    assert path.read_text() == f"a {ERASED} b" if text else not path.exists()
    assert not path.exists() or erase_from(path, GONE) is None


def test_a_database_loses_rows_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "bwp.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema meta")
        connection.execute(
            "create table marts.orders as select '322-' || i as order_id, [i] as more"
            " from range(9) r(i)"
        )
        connection.execute("insert into marts.orders values (?, [1])", [ID])
        connection.execute("comment on table marts.orders is 'kept'")
        connection.execute("create macro meta.twice(a) as 2 * a")

    assert erase_from(path, GONE) == "1 rows removed"
    assert ID.encode() not in path.read_bytes()
    with duckdb.connect(str(path), read_only=True) as connection:
        counted = connection.execute("select count(*), meta.twice(2) from marts.orders")
        assert counted.fetchall() == [(9, 4)]
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [("kept",)]


@dataclass(frozen=True)
class Pipeline:
    """A made-up store whose days were run."""

    settings: Settings
    world: World

    def run(self) -> int:
        return run_daily_job(self.settings, END - timedelta(days=DAYS), END - timedelta(days=1))

    def naming(self, order_id: str) -> list[str]:
        """Every file below the data directory that names the order."""
        files = [path for path in self.settings.data_dir.rglob("*") if path.is_file()]
        return sorted(
            str(path.relative_to(self.settings.data_dir))
            for path in files
            if names_any(path, {order_id}) or order_id.encode() in path.read_bytes()
        )

    def orders(self) -> dict[str, int]:
        with duckdb.connect(str(self.settings.published_path), read_only=True) as connection:
            found = connection.execute(
                "select order_id, count(*) from marts.fct_delivery_items group by order_id"
            )
            return dict(found.fetchall())


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "data" / "dagster"))
    archive = tmp_path / "archive"
    archive.mkdir()
    world = World(seed=3, days=DAYS, orders_per_day=30, end=END)
    write_archive(world, open_store(f"{archive.as_uri()}/"))
    store = world.stores[0]
    with run_server(create_app(world)) as api:
        settings = Settings.from_environ(
            {
                "BWP_ARCHIVE_URL": f"{archive.as_uri()}/",
                "BWP_DATA_DIR": str(tmp_path / "data"),
                "BWP_API_URL": api.graphql_url,
                "BWP_TOKEN_URL": api.token_url,
                "BWP_CLIENT_ID": store.client_id,
                "BWP_CLIENT_SECRET": store.client_secret,
                "BWP_TARGET_ID": store.business_product_id,
                "BWP_API_RATE": "1000",
                "DAGSTER_HOME": str(tmp_path / "data" / "dagster"),
            }
        )
        yield Pipeline(settings, world)


def test_after_forget_the_tombstone_alone_names_the_order_and_no_run_brings_it_back(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pipeline.run() == Exit.DONE
    before = pipeline.orders()
    gone = min(before)
    assert any("published" in path for path in pipeline.naming(gone))

    capsys.readouterr()
    assert forget(pipeline.settings, frozenset({gone})) == Exit.DONE
    said = capsys.readouterr().out
    assert "lake/order_snapshots: 1 rows removed" in said
    assert "published/bwp.duckdb: " in said
    tombstones = pipeline.naming(gone)
    assert len(tombstones) == 2
    assert all(path.startswith("lake/erased/") for path in tombstones)
    left = {order: count for order, count in before.items() if order != gone}
    assert pipeline.orders() == left

    # Every day is read anew, as if its manifest had been lost.
    shutil.rmtree(pipeline.settings.data_dir / "lake" / "objects")
    assert pipeline.run() == Exit.DONE
    assert pipeline.naming(gone) == tombstones
    assert pipeline.orders() == left

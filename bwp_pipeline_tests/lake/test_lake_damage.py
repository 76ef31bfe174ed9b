"""Lake files in which a bit has changed, or that are gone: noticed, named, and made up for."""

import random
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from obstore.store import MemoryStore

from bwp_pipeline.api import find_due_orders
from bwp_pipeline.lake import Lake, LakeFile
from bwp_pipeline.lake.compaction import compact_snapshots
from bwp_pipeline.lake.seals import read_whole_from
from bwp_pipeline.warehouse.loading import load_lake
from bwp_pipeline.warehouse.sound_files import note_lost_snapshots, sound_files
from bwp_pipeline_tests.examples.archive_place import DAY, Place
from bwp_pipeline_tests.examples.archive_samples import event, text
from bwp_pipeline_tests.examples.warehouse_builds import NOON, STORE, Warehouse, snapshot
from bwp_pipeline_tests.examples.warehouse_builds import event as lake_event

FIRST, SECOND = date(2026, 3, 9), date(2026, 3, 10)
LATER = NOON + timedelta(hours=1)


def path_of(lake: Lake, file: LakeFile) -> Path:
    (path,) = lake.local([file])
    return path


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    it = Place(tmp_path)
    it.put("1", text(*(event(number) for number in range(50))) + b"broken")
    it.ingest()
    return it


def test_any_bit_that_changes_is_noticed(place: Place) -> None:
    (file,) = place.lake.files("events")
    path = path_of(place.lake, file)
    content = path.read_bytes()
    assert place.lake.count_rows([file], DAY) == [50]

    for at in random.Random(7).sample(range(len(content)), 300):  # noqa: S311 - no secret
        path.write_bytes(content)
        flip(path, at)
        assert place.lake.count_rows([file], DAY) == [None], at


def test_a_file_of_an_older_version_has_no_seal_and_is_sound(place: Place) -> None:
    (file,) = place.lake.files("events")
    path = path_of(place.lake, file)
    pq.write_table(pq.ParquetFile(path).read().replace_schema_metadata(), path)

    assert place.lake.count_rows([file], DAY) == [50]


@pytest.mark.parametrize("table", ["events", "quarantine", "objects"])
def test_a_file_with_a_changed_bit_is_set_aside_and_read_again(place: Place, table: str) -> None:
    before = place.rows("events", "event_id"), place.rows("quarantine", "raw")
    (file,) = place.lake.files(table)
    flip(path_of(place.lake, file), 40)

    place.ingest()

    assert place.lake.damaged() == [file.path]
    assert (place.rows("events", "event_id"), place.rows("quarantine", "raw")) == before


def test_a_damaged_copy_of_a_remote_file_is_fetched_again(tmp_path: Path, place: Place) -> None:
    remote = Lake("s3://bucket/lake/", MemoryStore(), cache=tmp_path / "cache")
    (file,) = place.lake.files("events")
    remote.write("events", DAY, "a", place.lake.read_file(file).drop_columns(["dt"]))
    (there,) = remote.files("events")
    flip(path_of(remote, there), 40)

    assert remote.count_rows([there], DAY) == [50]


@pytest.mark.parametrize("cache", [None, "cache"])
def test_a_remote_file_that_another_run_sets_aside_after_it_was_listed_has_no_rows(
    tmp_path: Path, place: Place, cache: str | None
) -> None:
    remote = Lake(
        "s3://bucket/lake/", MemoryStore(), cache=None if cache is None else tmp_path / cache
    )
    (file,) = place.lake.files("events")
    remote.write("events", DAY, "a", place.lake.read_file(file).drop_columns(["dt"]))
    (there,) = remote.files("events")
    remote.set_aside(there)

    assert remote.count_rows([there], DAY) == [0]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    it = Warehouse(tmp_path)
    for day, order in ((FIRST, "o-1"), (SECOND, "o-2")):
        it.archive(day, [lake_event("REFUND_REQUESTED", f"order/{order}/refund/r", at=NOON)])
        it.answer(day, [snapshot({"id": order}, order_id=order, at=LATER)])
    return it


@pytest.mark.parametrize("table", ["events", "objects", "order_snapshots"])
def test_loading_sets_a_damaged_file_aside_with_what_no_manifest_names_then(
    warehouse: Warehouse, table: str
) -> None:
    lake = warehouse.lake
    files = [file for name in ("events", "objects", "order_snapshots") for file in lake.files(name)]
    (broken,) = lake.files(table, [SECOND])
    flip(path_of(lake, broken), 40)

    sound = sound_files(lake, files)

    gone = {"objects", "events"} if table == "objects" else {table}
    assert {(file.table, file.day) for file in set(files) - set(sound)} == {
        (name, SECOND) for name in gone
    }
    assert lake.damaged() == [broken.path]


def load(warehouse: Warehouse) -> None:
    load_lake(
        warehouse.lake, warehouse.path, timezone="UTC", report_days=28, stores={STORE: "Mugs"}
    )


def test_orders_of_a_deleted_file_of_snapshots_are_asked_for_again_on_any_day(
    warehouse: Warehouse,
) -> None:
    load(warehouse)
    lake, later = warehouse.lake, NOON + timedelta(days=200)
    (file,) = lake.files("order_snapshots", [FIRST])
    assert find_due_orders(lake, [later.date()], later).refs == []
    lake.delete([file.path])

    assert note_lost_snapshots(lake, warehouse.path) == [file.path]

    assert [ref.order_id for ref in find_due_orders(lake, [later.date()], later).refs] == ["o-1"]
    assert note_lost_snapshots(lake, warehouse.path) == []
    assert lake.damaged() == [file.path]


def test_what_was_compacted_is_not_lost(warehouse: Warehouse) -> None:
    load(warehouse)
    compact_snapshots(warehouse.lake, SECOND)

    assert note_lost_snapshots(warehouse.lake, warehouse.path) == []


def test_a_warehouse_that_cannot_be_read_tells_of_no_loss(warehouse: Warehouse) -> None:
    assert note_lost_snapshots(warehouse.lake, warehouse.path) == []
    warehouse.path.parent.mkdir(parents=True)
    warehouse.path.write_bytes(b"nonsense")
    assert note_lost_snapshots(warehouse.lake, warehouse.path) == []


def test_days_that_runs_read_are_checked_whole() -> None:
    assert read_whole_from([SECOND, date(2020, 1, 1)]) == date(2026, 1, 7)
    assert read_whole_from([]) == date.min

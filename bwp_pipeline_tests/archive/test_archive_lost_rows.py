"""Lake files that are lost, damaged or left over: noticed, and made up for from the archive."""

import os
import shutil
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import obstore
import pyarrow.parquet as pq
import pytest

from bwp_pipeline.archive import ingest_days
from bwp_pipeline.archive.ingest import leftovers
from bwp_pipeline.archive.ingest.accounts import check
from bwp_pipeline.lake import DAMAGED, LakeFile
from bwp_pipeline_tests.examples.archive_place import DAY, PREFIX, Place
from bwp_pipeline_tests.examples.archive_samples import event, text

ALL = [("event-1",), ("event-2",)]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A day whose batches hold one object each: two events, and a record that is none."""
    monkeypatch.setattr("bwp_pipeline.archive.ingest.batches.BATCH_OBJECTS", 1)
    it = Place(tmp_path)
    it.put("1", text(event(1)))
    it.put("2", text(event(2)) + b"broken")
    assert it.ingest() == (2, 0, 1)
    return it


def path_of(place: Place, file: LakeFile) -> Path:
    (path,) = place.lake.local([file])
    return path


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def scribbled_over(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


@pytest.mark.parametrize("table", ["events", "quarantine", "objects"])
def test_a_deleted_file_is_made_up_for(place: Place, table: str) -> None:
    place.lake.delete([place.lake.files(table)[-1].path])

    place.ingest()

    assert place.rows("events", "event_id") == ALL
    assert len(place.rows("quarantine", "raw")) == 1
    assert place.ingest() == (0, 0, 0)


@pytest.mark.parametrize("table", ["events", "quarantine", "objects"])
@pytest.mark.parametrize("damage", [emptied, cut, scribbled_over])
def test_a_damaged_file_is_set_aside_and_made_up_for(
    place: Place, table: str, damage: Callable[[Path], None]
) -> None:
    file = place.lake.files(table)[-1]
    damage(path_of(place, file))

    place.ingest()

    assert place.rows("events", "event_id") == ALL
    assert len(place.rows("quarantine", "raw")) == 1
    assert place.lake.damaged() == [file.path]
    assert place.ingest() == (0, 0, 0)


def test_a_sound_file_under_the_name_of_another_is_set_aside_and_made_up_for(place: Place) -> None:
    # Each has one row, as its manifest says.
    first, second = place.lake.files("events")
    shutil.copy(path_of(place, first), path_of(place, second))

    place.ingest()

    assert place.rows("events", "event_id") == ALL
    assert place.lake.damaged() == [second.path]


def test_what_is_wrong_is_named_with_its_day(place: Place) -> None:
    events, other = place.lake.files("events")
    place.lake.delete([events.path])
    emptied(path_of(place, other))

    checked = check(place.lake)

    assert checked.days == {DAY}
    assert f"{other.path} is damaged and was moved to {DAMAGED}/" in checked.findings
    assert any(f"{events.name} of {DAY} hold 0 events" in text for text in checked.findings)


def test_a_sound_lake_has_no_findings(place: Place) -> None:
    assert check(place.lake).findings == []


def test_rows_that_the_archive_no_longer_has_are_counted_as_lost(place: Place) -> None:
    place.lake.delete(file.path for file in place.lake.files("events"))
    obstore.delete(place.archive.store, f"{PREFIX}1")

    (counts,) = ingest_days(place.archive, place.lake, [DAY], "run-2")

    assert counts.lost == 1
    assert place.rows("events", "event_id") == [("event-2",)]


def test_rows_beyond_the_manifests_count_are_taken_away(place: Place) -> None:
    file = place.lake.files("events")[0]
    rows = place.lake.read_file(file).drop_columns(["dt"])
    place.lake.write("events", DAY, f"{file.name}-7", rows)

    place.ingest()

    assert place.rows("events", "event_id") == ALL
    assert f"{file.name}-7" not in {file.name for file in place.lake.files("events")}


def as_if_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "KEPT", timedelta(seconds=-60))


def test_leftovers_are_kept_while_a_run_may_need_them(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = place.lake.read_file(place.lake.files("events")[0]).drop_columns(["dt"])
    place.lake.write("events", DAY, "unfinished-1", rows)
    place.ingest()
    assert "unfinished-1" in {file.name for file in place.lake.files("events")}

    as_if_later(monkeypatch)
    place.ingest()

    assert "unfinished-1" not in {file.name for file in place.lake.files("events")}
    assert place.rows("events", "event_id") == ALL


@pytest.mark.parametrize("batch_objects", [1, 2])
@pytest.mark.parametrize("how", ["deleted", "damaged"])
def test_rows_whose_manifest_and_object_are_gone_get_a_new_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, batch_objects: int
) -> None:
    monkeypatch.setattr("bwp_pipeline.archive.ingest.batches.BATCH_OBJECTS", batch_objects)
    place = Place(tmp_path)
    place.put("1", text(event(1)))
    place.put("2", text(event(2)) + b"broken")
    place.ingest()
    for file in place.lake.files("objects"):
        if how == "deleted":
            place.lake.delete([file.path])
        else:
            cut(path_of(place, file))
    obstore.delete(place.archive.store, f"{PREFIX}2")
    as_if_later(monkeypatch)

    place.ingest()

    assert place.rows("events", "event_id") == ALL
    assert place.rows("objects", "events", "quarantined") == [(1, 0), (1, 1)]
    assert place.ingest() == (0, 0, 0)
    assert place.rows("events", "event_id") == ALL


def test_a_batch_of_older_columns_is_sound(place: Place) -> None:
    for file in place.lake.files("events"):
        path = path_of(place, file)
        pq.write_table(pq.read_table(path, partitioning=None).drop(["message_id"]), path)

    assert place.ingest() == (0, 0, 0)
    assert place.rows("events", "message_id") == [(None,), (None,)]


@pytest.mark.parametrize("name", ["._a", ".a", "_temporary"])
@pytest.mark.parametrize("table", ["events", "quarantine", "objects"])
def test_names_that_begin_with_a_dot_or_underscore_are_no_lake_files(
    place: Place, table: str, name: str
) -> None:
    obstore.put(place.lake.store, f"{table}/dt={DAY}/{name}.parquet", b"Mac OS X")

    assert check(place.lake).findings == []
    assert place.ingest() == (0, 0, 0)
    assert place.lake.damaged() == []


@pytest.mark.parametrize("table", ["events", "quarantine", "objects"])
def test_what_else_lies_in_a_lakes_directory_is_passed_over(place: Place, table: str) -> None:
    (path, *_) = place.lake.local(place.lake.files(table))
    (path.parent / "Icon\r").touch()
    (path.parent / "a\udcff.parquet").touch()
    (path.parent / "up").symlink_to("..")
    (path.parent / "loop").symlink_to("loop")
    shutil.copytree(path.parent, path.parents[1] / "copy" / path.parent.name, symlinks=True)
    files = place.lake.files(table)

    assert check(place.lake).findings == []
    assert place.ingest() == (0, 0, 0)
    assert place.lake.damaged() == []
    assert place.lake.files(table) == files == [file for file in files if "copy" not in file.path]


def test_only_their_owner_reads_lake_files(place: Place) -> None:
    files = [
        file for table in ("events", "objects", "quarantine") for file in place.lake.files(table)
    ]
    for path in place.lake.local(files):
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0


def test_a_file_is_synced_before_and_its_directory_after_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = Place(tmp_path)
    it.put("1", text(event(1)))
    synced: list[str] = []
    fsync = os.fsync

    def noted(number: int) -> None:
        path = Path(f"/proc/self/fd/{number}").readlink()
        there = [*(tmp_path / "lake").glob("objects/dt=*/*.parquet")]
        synced.append(f"{'file' if path.is_file() else path.name} {len(there)}")
        fsync(number)

    monkeypatch.setattr(os, "fsync", noted)
    it.ingest()

    assert synced[-2:] == ["file 0", f"dt={DAY} 1"]


def test_a_day_on_which_only_an_empty_directory_is_left_is_not_known(place: Place) -> None:
    other = date(2026, 11, 17)
    (Path(place.lake.url.removeprefix("file://")) / "objects" / f"dt={other}").mkdir()

    assert place.lake.days("objects") == [DAY]


def test_what_a_killed_process_was_writing_is_deleted_after_a_day(place: Place) -> None:
    unfinished = Path(place.lake.url.removeprefix("file://")) / ".writing" / "half"
    unfinished.write_bytes(b"PAR1")
    place.ingest()
    assert unfinished.exists()

    long_ago = time.time() - timedelta(days=2).total_seconds()
    os.utime(unfinished, (long_ago, long_ago))
    place.ingest()

    assert not unfinished.exists()

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import obstore
import pytest

from bwp_pipeline.archive import (
    ArchiveUnreachable,
    Progress,
    ingest_days,
    open_archive,
    quarantined,
    retry,
)
from bwp_pipeline.archive.counts import Counts
from bwp_pipeline.archive.records.envelopes import Bad
from bwp_pipeline.archive.records.reading import ObjectReader
from bwp_pipeline_tests.archive.archive_wrappings import firehose_error
from bwp_pipeline_tests.examples.archive_place import DAY, PREFIX, Place
from bwp_pipeline_tests.examples.archive_samples import BP, event, text


def test_an_event_keeps_every_field(place: Place) -> None:
    detail = {"eventDescriptor": "DELIVERY_CANCELLED", "eventId": "m-1", "data": {}}
    place.put("a", text(event(1, "DELIVERY_CANCELLED", detail=detail)))
    place.ingest()
    (row,) = place.lake.read("events").to_pylist()
    etag = row.pop("object_etag")
    assert row == {
        "event_id": "event-1",
        "message_id": "m-1",
        "detail_type": "DELIVERY_CANCELLED",
        "event_type": "PACKAGE_DELIVERY_CANCELLED",
        "source": "aws.partner/buywithprime/shop",
        "account": "111122223333",
        "region": "us-east-1",
        "event_time": datetime(2026, 11, 19, 4, 5, 6, tzinfo=UTC),
        "business_product_id": BP,
        "order_id": "o-1",
        "resource_type": "delivery",
        "resource_id": "d-1",
        "resources": [f"businessProduct/{BP}/order/o-1/delivery/d-1"],
        "detail": json.dumps(detail),
        "envelope": "gen2",
        "object_key": PREFIX + "a",
        "record_index": 0,
        "dt": DAY,
    }
    assert place.rows("objects", "object_key", "etag") == [(PREFIX + "a", etag)]


def test_a_broken_record_takes_no_other_with_it(place: Place) -> None:
    broken = b'{"version":"0","id":"brok'
    place.put("a", text(event(1)) + broken + b"\n" + text(event(2)))
    place.put("b", text(event(3)) + broken)
    assert place.ingest() == (3, 0, 2)
    offset = len(text(event(1)))
    assert place.rows("quarantine", "object_key", "record_index", "byte_offset", "raw") == [
        (PREFIX + "a", 1, offset, broken),
        (PREFIX + "b", 1, offset, broken),
    ]


def test_an_event_with_malformed_resources_is_quarantined(place: Place) -> None:
    place.put("a", text(event(1, resources=["businessProduct/bp/order"]), event(2)))
    assert place.ingest() == (1, 0, 1)
    assert place.rows("quarantine", "reason") == [("bad_resources",)]


def test_events_of_other_sources_are_counted_by_kind(place: Place) -> None:
    place.put("a", text(event(1, source="aws.ec2"), event(2)))
    assert place.ingest() == (1, 1, 0)
    assert place.rows("objects", "others", "other_kinds") == [(1, '{"other_source": 1}')]


def test_a_truncated_gzip_gives_up_only_its_end(place: Place) -> None:
    whole = gzip.compress(text(*map(event, range(200))))
    place.put("a", whole[:-20])
    events, others, quarantined = place.ingest()
    assert events > 150
    assert (others, quarantined) == (0, 1)
    assert place.rows("quarantine", "reason") == [("truncated_gzip",)]


def test_reading_a_day_again_changes_nothing(place: Place) -> None:
    place.put("a", text(event(1)))
    place.ingest()
    before = place.lake.files("events") + place.lake.files("objects")
    assert place.ingest() == (0, 0, 0)
    assert place.lake.files("events") + place.lake.files("objects") == before


def test_a_late_object_is_read_alone(place: Place) -> None:
    place.put("z", text(event(1)))
    place.ingest()
    place.put("a", text(event(2)))
    assert place.ingest() == (1, 0, 0)
    assert place.rows("events", "event_id") == [("event-1",), ("event-2",)]


def test_a_day_without_objects_has_an_empty_manifest(place: Place) -> None:
    assert place.ingest() == (0, 0, 0)
    assert place.lake.days("objects") == [DAY]
    assert place.lake.days("events") == []


def test_files_that_a_kill_left_without_manifest_are_replaced(place: Place) -> None:
    place.put("a", text(event(1)))
    place.ingest()
    place.lake.delete(file.path for file in place.lake.files("objects"))
    place.put("b", text(event(2)))
    assert place.ingest() == (2, 0, 0)
    assert place.rows("events", "event_id") == [("event-1",), ("event-2",)]


def test_without_dates_in_keys_an_object_belongs_to_the_day_it_was_written(
    tmp_path: Path,
) -> None:
    archive = open_archive(f"file://{tmp_path}/", "")
    obstore.put(archive.store, "some/where.json", text(event(1)))
    today = obstore.head(archive.store, "some/where.json")["last_modified"].date()
    assert [item.key for item in archive.list_day(today)] == ["some/where.json"]
    assert archive.list_day(DAY) == []


def test_a_directory_that_does_not_exist_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnreachable, match="check BWP_ARCHIVE_URL"):
        open_archive(f"file://{tmp_path}/nowhere/", "%Y/%m/%d/")


def test_markers_and_test_objects_are_counted_without_being_read(place: Place) -> None:
    place.put("_SUCCESS", b"")
    place.put("part.tmp", text(event(1)))
    place.put("aws-logs-write-test", b"Permission Check Successful")
    place.put("empty.gz", b"")
    assert place.ingest() == (0, 4, 0)
    kinds = place.rows("objects", "other_kinds")
    assert kinds == [
        ('{"empty": 1}',),
        ('{"marker": 1}',),
        ('{"marker": 1}',),
        ('{"write_test": 1}',),
    ]


def test_a_changed_object_is_read_again(place: Place) -> None:
    place.put("a", text(event(1)))
    place.ingest()
    place.put("a", text(event(1), event(2)))
    assert place.ingest() == (2, 0, 0)
    assert place.rows("events", "event_id") == [("event-1",), ("event-1",), ("event-2",)]


def test_many_rows_become_several_files_of_one_batch(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwp_pipeline.archive.ingest.batches.FLUSH_BYTES", 2_000)
    for number in range(6):
        place.put(f"{number}", text(*(event(number * 10 + one) for one in range(10))) + b"broken")
    assert place.ingest() == (60, 0, 6)
    (manifest,) = place.lake.files("objects")
    names = {file.name for file in place.lake.files("events")}
    assert names >= {manifest.name, *(f"{manifest.name}-{part}" for part in range(1, 6))}
    assert len(set(place.rows("events", "event_id"))) == 60


def test_progress_tells_objects_bytes_pace_and_time_left(place: Place) -> None:
    for number in range(4):
        place.put(f"{number}", text(event(number), event(number + 4)))
    seen: list[tuple[int, int, int]] = []
    told: list[str] = []

    def callback(progress: Progress) -> None:
        seen.append((progress.objects, progress.bytes, progress.events))
        told.append(str(progress))

    ingest_days(place.archive, place.lake, [DAY], "run-1", callback)
    size = len(text(event(0), event(4)))
    assert seen == [(1, size, 2), (2, 2 * size, 4), (3, 3 * size, 6), (4, 4 * size, 8)]
    assert told[1].startswith("2 of 4 objects, 0.0 of 0.0 MB, 4 events (")
    assert told[3].endswith(" 0 s left")


def test_a_sweep_finds_every_day_that_has_objects(place: Place) -> None:
    for key in ("2026/11/19/04/a", "2024/02/29/23/b", "processing-failed/2026/11/322/04/c", "x/y"):
        obstore.put(place.archive.store, key, b"{}")
    assert place.archive.days() == [date(2024, 2, 29), date(2026, 11, 18), DAY]


def test_what_firehose_failed_to_process_belongs_to_its_day(place: Place) -> None:
    content = text(firehose_error(text(event(1))))
    obstore.put(place.archive.store, "processing-failed/2026/11/323/04/a", content)
    obstore.put(place.archive.store, "processing-failed/2026/11/324/04/b", content)
    assert place.ingest() == (1, 0, 0)
    assert place.rows("events", "event_id", "envelope") == [("event-1", "firehose_error/gen1")]


@pytest.mark.parametrize("layout", ["dt=%Y-%m-%d/", "%Y/%m/%d-", "in/%d.%m.%Y/", "events-%Y%m%d"])
def test_a_layout_is_any_pattern_of_a_day(tmp_path: Path, layout: str) -> None:
    archive = open_archive(f"file://{tmp_path}/", layout)
    for day in (DAY, date(2026, 11, 20)):
        obstore.put(archive.store, day.strftime(layout) + "a", text(event(1)))
    assert [item.key for item in archive.list_day(DAY)] == [DAY.strftime(layout) + "a"]
    assert archive.days() == [DAY, date(2026, 11, 20)]


def test_the_quarantine_is_listed_by_reason(place: Place) -> None:
    place.put("a", text(event(1)) + b"broken\n" + text(event(2, resources=["odd"])) + b"{")
    place.ingest()
    found = [(one.reason, one.records, one.objects, one.day) for one in quarantined(place.lake)]
    assert found == [
        ("bad_resources", 1, 1, DAY),
        ("not_json", 1, 1, DAY),
        ("truncated", 1, 1, DAY),
    ]
    assert quarantined(place.lake, [date(2026, 11, 18)]) == []


def test_after_a_fix_the_quarantine_is_read_again_into_the_same_files(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put("a", text(event(1), event(2, source="net.shop"), event(3, resources=["odd"])))
    place.put("b", text(event(4)))
    with monkeypatch.context() as patch:
        patch.setattr("bwp_pipeline.archive.records.envelopes.SOURCES", ("nothing",))
        patch.setattr("bwp_pipeline.archive.records.reading.ObjectReader.read", _quarantine_all)
        place.ingest()
    before = [file.path for file in place.lake.files("objects")]
    retried = retry(place.archive, place.lake, "run-2")
    assert (retried.before, retried.after, retried.events, retried.unavailable) == (2, 1, 2, 0)
    assert [file.path for file in place.lake.files("objects")] == before
    assert place.rows("events", "event_id") == [("event-1",), ("event-4",)]
    assert place.rows("quarantine", "reason", "record_index") == [("bad_resources", 2)]
    assert place.rows("objects", "events", "others", "quarantined", "run_id") == [
        (1, 0, 0, "run-2"),
        (1, 1, 1, "run-2"),
    ]


def _quarantine_all(reader: ObjectReader, chunks: object) -> Counts:
    del chunks
    reader._add([Bad("not_json", "for now")], 0, b"")  # noqa: SLF001 - the fault to be fixed
    return reader.counts


def test_what_the_archive_no_longer_holds_stays_in_quarantine(place: Place) -> None:
    place.put("a", text(event(1)) + b"broken")
    place.ingest()
    obstore.delete(place.archive.store, PREFIX + "a")
    before = place.lake.files("events"), place.lake.files("quarantine")
    retried = retry(place.archive, place.lake, "run-2")
    assert (retried.before, retried.after, retried.unavailable) == (1, 1, 1)
    assert (place.lake.files("events"), place.lake.files("quarantine")) == before


def test_the_order_of_objects_changes_nothing(tmp_path: Path) -> None:
    contents = {f"{number:02}": text(event(number), event(number + 1)) for number in range(8)}
    found = []
    for name, order in (("one", sorted(contents)), ("two", sorted(contents, reverse=True))):
        (tmp_path / name).mkdir()
        place = Place(tmp_path / name)
        for key in order:
            place.put(key, contents[key])
            if name == "two":
                place.ingest()
        place.ingest()
        found.append(place.rows("events", "object_key", "record_index", "event_id", "detail"))
    assert found[0] == found[1]

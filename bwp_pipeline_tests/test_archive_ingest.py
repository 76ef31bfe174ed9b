import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import obstore
import pytest

from bwp_pipeline.archive import ArchiveUnreachable, ingest_days, open_archive
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.archive_samples import BP, event, text

DAY = date(2026, 11, 19)
PREFIX = "2026/11/19/04/"


class Place:
    """An archive and a lake in a directory."""

    def __init__(self, tmp_path: Path) -> None:
        (tmp_path / "archive").mkdir()
        self.archive = open_archive(f"file://{tmp_path}/archive/", "%Y/%m/%d/")
        self.lake = Lake(f"file://{tmp_path}/lake/")

    def put(self, key: str, content: bytes) -> None:
        obstore.put(self.archive.store, PREFIX + key, content)

    def ingest(self) -> tuple[int, int, int]:
        (counts,) = ingest_days(self.archive, self.lake, [DAY], "run-1")
        return counts.events, counts.others.total(), counts.quarantined

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        data = self.lake.read(table, columns=columns)
        return sorted(tuple(row[column] for column in columns) for row in data.to_pylist())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


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

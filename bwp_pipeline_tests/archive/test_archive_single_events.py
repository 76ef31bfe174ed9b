"""Objects of one event each, read together, among objects of any other content."""

import gzip
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bwp_pipeline.archive.objects.listing import ArchiveObject
from bwp_pipeline.archive.records import columns, single_events
from bwp_pipeline.archive.records.rows import Rows
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.archive.archive_damage import damaged
from bwp_pipeline_tests.examples.archive_place import Place
from bwp_pipeline_tests.examples.archive_samples import event, text

ONE = text(event(1))


def account(place: Place, together: int) -> dict[str, list[Any]]:
    """All that is in the lake when that many objects are read at once; none if zero."""
    small = single_events._SMALL if together else 0  # noqa: SLF001
    with (
        mock.patch.object(single_events, "TOGETHER", together),
        mock.patch.object(single_events, "_SMALL", small),
        mock.patch.object(columns, "MANY", 3),
    ):
        place.ingest()
    found = {}
    for table in ("events", "quarantine", "objects"):
        data = place.lake.read(table)
        kept = [name for name in data.column_names if name != "read_at"]
        rows = data.select(kept).to_pylist()
        found[table] = sorted(rows, key=lambda row: (row["object_key"], row.get("record_index")))
    return found


simple = st.integers(0, 9).map(lambda number: text(event(number)))
zipped = simple.map(gzip.compress)
odd = st.integers(0, 2**32).map(damaged) | st.just(b"")
contents = st.lists(simple | zipped | zipped | odd, max_size=12)


@given(contents, st.sampled_from([1, 2, 5, 250]))
@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_objects_read_together_give_what_each_gives_alone(
    objects: list[bytes], together: int
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        place = Place(Path(directory))
        for index, content in enumerate(objects):
            place.put(f"{index:02}", content)
        found = account(place, together)
        place.lake = Lake(f"file://{directory}/alone/")
        assert found == account(place, 0)


@pytest.mark.parametrize(
    ("content", "is_taken"),
    [
        (ONE, True),
        (ONE + b"\n", True),
        (gzip.compress(ONE, mtime=0), True),
        (b"", False),
        (gzip.compress(b"", mtime=0), False),
        (ONE + ONE, False),
        (gzip.compress(gzip.compress(ONE, mtime=0), mtime=0), False),
        (gzip.compress(ONE, mtime=0) + gzip.compress(ONE, mtime=0), False),
        (gzip.compress(ONE, mtime=0)[:-1], False),
        (gzip.compress(ONE, mtime=0)[:-8] + b"\0" * 8, False),
        (text(event(1, account="\x80")).replace(b"\\u0080", b"\x80"), False),
        (gzip.compress(ONE + b" " * 2**20, mtime=0), False),
        (text(event(1, detail={"a": "b" * 9_000})), False),
    ],
)
def test_only_what_is_one_whole_event_is_taken_for_one(content: bytes, *, is_taken: bool) -> None:
    assert (taken("2026/11/19/a", content) is not None) == is_taken


@pytest.mark.parametrize("name", ["aws-logs-write-test", "_SUCCESS", "a.tmp"])
def test_an_object_whose_key_tells_that_it_holds_none_is_left_alone(name: str) -> None:
    assert taken(f"2026/11/19/{name}", ONE) is None


def taken(key: str, content: bytes) -> columns.Found | None:
    item = ArchiveObject(key, "etag", len(content), mock.sentinel.time)
    ((group, found),) = single_events.grouped([(item, [content])])
    assert group == [(item, [content])]
    return found


def test_many_objects_are_packed_with_their_own_keys_in_their_order(place: Place) -> None:
    for number in range(300):
        place.put(f"{number:03}", text(event(number)))
    with mock.patch.object(
        Rows, "extend_many", autospec=True, side_effect=Rows.extend_many
    ) as many:
        assert place.ingest() == (300, 0, 0)
    assert many.call_count == 1
    rows = place.lake.read("events", columns=["event_id", "object_key", "record_index"]).to_pylist()
    expected = [(f"event-{number}", f"2026/11/19/04/{number:03}", 0) for number in range(300)]
    assert [tuple(row.values()) for row in rows] == expected

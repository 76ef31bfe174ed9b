"""The sandbox's archive lies as Firehose writes it, and its counts are exact."""

import gzip
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore

from bwp_pipeline.sandbox import World, write_archive
from bwp_pipeline.sandbox.archive import firehose, stream
from bwp_pipeline_tests.servers.s3_server import s3_bucket

KEY = re.compile(
    r"(\d{4}/\d\d/\d\d/\d\d)/bwp-events-\d-(\d{4}-\d\d-\d\d-\d\d)-\d\d-\d\d-[0-9a-f-]{36}(\.gz)?"
)


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=11, days=10, orders_per_day=60, end=date(2026, 11, 1))


def test_counts_equal_what_is_written(world: World) -> None:
    store = MemoryStore()
    counts = write_archive(world, store)
    written = [item["path"] for page in obstore.list(store) for item in page]
    assert sorted(written) == sorted(counts.keys)
    lines: Counter[date] = Counter()
    for item in firehose.objects(world):
        content = bytes(obstore.get(store, item.key).bytes())
        assert content == item.content()
        text = gzip.decompress(content)
        assert text == b"".join(r.body + b"\n" * item.newline for r in item.records)
        lines[item.day] += len(item.records)
    for day, found in counts.days.items():
        assert lines[day] == found.events + found.others.total() + found.quarantined
    assert counts.events > 500
    assert counts.others == 3 * world.days
    assert counts.quarantined > 0


def test_keys_name_the_hour_of_the_oldest_record(world: World) -> None:
    for item in firehose.objects(world):
        match = KEY.fullmatch(item.key)
        assert match, item.key
        assert match[1] == match[2].replace("-", "/")
        assert item.day == date.fromisoformat(match[1][:10].replace("/", "-"))
        assert [r.arrives for r in item.records] == sorted(r.arrives for r in item.records)


def test_whole_records_parse_and_broken_ones_can_be_told_from_their_neighbours(
    world: World,
) -> None:
    decoder = json.JSONDecoder()
    for item in firehose.objects(world):
        for n, record in enumerate(item.records):
            text = record.body.decode()
            if record.happening is not None or record.name == stream.FOREIGN:
                event, end = decoder.raw_decode(text)
                assert end == len(text)
                assert event["source"].startswith(
                    "aws.events" if record.name == stream.FOREIGN else "aws.partner/buywithprime/"
                )
            elif record.name == stream.TRUNCATED:
                assert n == len(item.records) - 1
            else:
                assert text.count("{") == text.count("}")


def test_old_and_new_names_and_all_envelopes_are_archived(world: World) -> None:
    rows = world.business_events()
    names = {name for row in rows for name in row["archived_names"]}
    assert {"ITEM_IN_TRANSIT", "DELIVERY_IN_TRANSIT", "PACKAGE_DELIVERY_IN_TRANSIT"} <= names
    assert any(len(row["archived_names"]) == 2 for row in rows)
    assert any(row["copies"] > len(row["archived_names"]) for row in rows)
    details = Counter(
        "empty" if not detail else "hydrated" if detail["data"] else "webhook"
        for item in firehose.objects(world)
        for record in item.records
        if record.happening is not None
        for detail in [json.loads(record.body)["detail"]]
    )
    assert details.keys() == {"empty", "webhook", "hydrated"}


def test_some_events_arrive_a_day_late_but_none_after_the_end(world: World) -> None:
    delays = [
        record.arrives - record.happening.at
        for item in firehose.objects(world)
        for record in item.records
        if record.happening is not None
    ]
    assert min(delays) >= 0
    assert any(delay > 86_400 for delay in delays)
    assert max(delays) < stream.LATE_DAYS * 86_400
    assert max(r.arrives for i in firehose.objects(world) for r in i.records) < world.end


def test_a_part_of_the_days_can_be_written_to_a_directory(world: World, tmp_path: Path) -> None:
    days = world.day_list()[-2:]
    counts = write_archive(world, tmp_path / "archive", days=days)
    assert list(counts.days) == days
    assert list(firehose.objects(world, days)) == [
        item for item in firehose.objects(world) if item.day in days
    ]
    found = {str(p.relative_to(tmp_path / "archive")) for p in tmp_path.rglob("*") if p.is_file()}
    assert found == set(counts.keys)
    assert {key[:10] for key in found} == {f"{day:%Y/%m/%d}" for day in days}


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    small = World(days=2, orders_per_day=20, end=date(2026, 11, 1))
    url = f"{tmp_path.as_uri()}/archive/"
    first = write_archive(small, url)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert write_archive(small, LocalStore(tmp_path / "archive")).keys == first.keys
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_the_archive_is_written_to_an_s3_endpoint() -> None:
    with s3_bucket("archive") as s3:
        small = World(days=1, orders_per_day=10, end=date(2026, 11, 1))
        counts = write_archive(small, "s3://archive/events/")
        listed = s3.list_objects_v2(Bucket="archive", Prefix="events/")["Contents"]
        assert sorted(item["Key"] for item in listed) == sorted(f"events/{k}" for k in counts.keys)

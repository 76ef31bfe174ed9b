"""Two runs on one lake in S3: whenever the second comes between, no row is lost or there twice.

The first run then goes on or dies.
"""

import contextlib
import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import boto3
import pyarrow as pa
import pytest

from bwp_pipeline.archive import ingest_days, open_archive
from bwp_pipeline.archive.ingest.accounts import check
from bwp_pipeline.lake import Lake
from bwp_pipeline_tests.examples.archive_samples import event, text
from bwp_pipeline_tests.examples.interleavings import MOST_STEPS, Died, Hook, lake_at
from bwp_pipeline_tests.servers.s3_server import s3_bucket

DAY = date(2026, 11, 19)
KEY = "in/2026/11/19/"


@pytest.fixture(scope="module", autouse=True)
def _s3() -> Iterator[None]:
    with s3_bucket("shop"):
        yield


class Bucket:
    """An archive of a few objects, and lakes beside it."""

    def __init__(self) -> None:
        self._client = boto3.client("s3")
        self.archive = open_archive("s3://shop/in/", "%Y/%m/%d/")

    def put(self, *numbers: int) -> None:
        for number in numbers:
            body = text(event(number)) + b"broken"
            self._client.put_object(Bucket="shop", Key=f"{KEY}{number}", Body=body)

    def take_away(self, *numbers: int) -> None:
        for number in numbers:
            self._client.delete_object(Bucket="shop", Key=f"{KEY}{number}")

    def new_lake(self) -> Lake:
        return lake_at(f"s3://shop/lake-{uuid.uuid4().hex}/")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    monkeypatch.setattr("bwp_pipeline.archive.ingest.batches.BATCH_OBJECTS", 2)
    it = Bucket()
    it.take_away(*range(14))
    return it


def read_with_another_between(
    bucket: Bucket, lake: Lake, step: int, between: Callable[[], None], *, dies: bool
) -> bool:
    """Read the day, with another run at that step; whether there is such a step."""

    def other() -> None:
        between()
        ingest_days(bucket.archive, lake_at(lake.url), [DAY], "second")
        if dies:
            raise Died

    hook = Hook(step, other)
    with hook.on(lake), contextlib.suppress(Died):
        ingest_days(bucket.archive, lake, [DAY], "first")
    return hook.reached


def assert_each_is_there_once(lake: Lake, numbers: set[int], step: int) -> None:
    committed = lake.committed()
    for table, column in (("events", "object_key"), ("quarantine", "object_key")):
        rows = lake.concatenated(table, committed[table], [column])[column].to_pylist()
        assert Counter(rows) == Counter({f"{KEY}{number}": 1 for number in numbers}), (step, table)
    assert check(lake).findings == []


@pytest.mark.parametrize(
    ("late", "dies"),
    [((), False), ((4,), False), ((), True)],
    ids=["the same objects", "one more object", "and the first dies"],
)
def test_whenever_a_second_run_comes_between_every_row_is_there_once(
    bucket: Bucket, late: tuple[int, ...], *, dies: bool
) -> None:
    reached, step = True, 0
    bucket.put(0, 1, 2)
    while reached:
        bucket.take_away(*late)
        lake = bucket.new_lake()
        reached = read_with_another_between(
            bucket, lake, step, lambda: bucket.put(*late), dies=dies
        )
        if late or dies:
            ingest_days(bucket.archive, lake_at(lake.url), [DAY], "third")
        assert_each_is_there_once(lake_at(lake.url), {0, 1, 2, *(late if reached else ())}, step)
        step += 1
    assert 15 < step < MOST_STEPS


def test_whenever_another_mends_the_same_lost_file_every_row_is_there_once(bucket: Bucket) -> None:
    reached, step = True, 0
    bucket.put(0, 1, 2)
    while reached:
        lake = bucket.new_lake()
        ingest_days(bucket.archive, lake, [DAY], "before")
        lake.delete([lake.files("events")[0].path])
        reached = read_with_another_between(bucket, lake, step, lambda: None, dies=False)
        assert_each_is_there_once(lake_at(lake.url), {0, 1, 2}, step)
        step += 1
    assert 10 < step < MOST_STEPS


def test_two_who_read_the_same_many_batches_both_come_to_their_end(bucket: Bucket) -> None:
    numbers = set(range(14))
    bucket.put(*numbers)
    lake, other = bucket.new_lake(), itertools.count()

    def create(table: str, day: date, name: str, data: pa.Table) -> bool:
        # The other has always just been there.
        if next(other) < MOST_STEPS:
            Lake.create(lake, table, day, name, data)
        return Lake.create(lake, table, day, name, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lake, "create", create)
        (counts,) = ingest_days(bucket.archive, lake, [DAY], "first")
    assert counts.objects_read == 0
    assert_each_is_there_once(lake_at(lake.url), numbers, 0)

"""The sensor that runs the job when the archive on S3 has something new."""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    DefaultSensorStatus,
    RunRequest,
    SkipReason,
    build_sensor_context,
    job,
    op,
)

from bwp_pipeline.archive import ingest_days
from bwp_pipeline.defs.arrivals import arrival_sensor, days_to_look_at
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.settings import Settings
from bwp_pipeline_tests.examples.archive_samples import event, text
from bwp_pipeline_tests.servers.s3_server import s3_bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def bucket() -> Iterator["S3Client"]:
    with s3_bucket("archive") as client:
        yield client


def installed(directory: Path, layout: str = "%Y/%m/%d/") -> Installation:
    environ = {
        "BWP_ARCHIVE_URL": "s3://archive/in/",
        "BWP_ARCHIVE_LAYOUT": layout,
        "BWP_DATA_DIR": str(directory),
        "BWP_CLIENT_ID": "client",
        "BWP_CLIENT_SECRET": "secret",
        "BWP_TARGET_ID": "bp-1",
    }
    return Installation(lambda: Settings.from_environ(environ))


def put(bucket: "S3Client", day: date, name: str, number: int = 0) -> None:
    bucket.put_object(Bucket="archive", Key=f"in/{day:%Y/%m/%d}/{name}", Body=text(event(number)))


def tick(installation: Installation, *statuses: DagsterRunStatus) -> RunRequest | str:
    """What one look leads to while there are runs like these: a request, or why there is none."""
    with DagsterInstance.ephemeral() as instance, build_sensor_context(instance) as context:
        for status in statuses:
            instance.create_run_for_job(_any, status=status)
        answer = arrival_sensor(installation)(context)
    if isinstance(answer, SkipReason):
        return answer.skip_message or ""
    assert isinstance(answer, RunRequest)
    return answer


def test_it_is_off_until_someone_switches_it_on(tmp_path: Path) -> None:
    assert arrival_sensor(installed(tmp_path)).default_status == DefaultSensorStatus.STOPPED


def test_new_objects_start_a_run_of_their_newest_day_once(
    bucket: "S3Client", tmp_path: Path
) -> None:
    it = installed(tmp_path)
    assert tick(it) == f"nothing new since {TODAY - timedelta(days=3)}"
    put(bucket, YESTERDAY, "a")
    put(bucket, TODAY, "b", 1)

    first, again = tick(it), tick(it)

    assert isinstance(first, RunRequest)
    assert first.partition_key == TODAY.isoformat()
    assert first == again  # Dagster starts one run for a key.

    put(bucket, TODAY, "c", 2)
    later = tick(it)
    assert isinstance(later, RunRequest)
    assert later.run_key != first.run_key


def test_what_a_run_has_read_starts_no_other_and_late_objects_do(
    bucket: "S3Client", tmp_path: Path
) -> None:
    it = installed(tmp_path)
    put(bucket, YESTERDAY, "a")
    ingest_days(it.archive(), it.lake(), [YESTERDAY, TODAY], "run-1")
    assert isinstance(tick(it), str)

    put(bucket, YESTERDAY, "late", 1)
    put(bucket, YESTERDAY, "a", 2)  # written anew: another etag

    request = tick(it)
    assert isinstance(request, RunRequest)
    assert request.partition_key == YESTERDAY.isoformat()


def test_a_look_lists_the_last_days_alone_however_long_the_history(
    bucket: "S3Client", tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for back in range(4, 100):
        put(bucket, TODAY - timedelta(days=back), "old")
    with caplog.at_level(logging.INFO, "werkzeug"):
        caplog.clear()
        assert isinstance(tick(installed(tmp_path)), str)

    # A prefix for each day, and one look for Firehose's error prefixes beside them.
    assert len([line for line in caplog.messages if "GET /archive" in line]) == 5


def test_an_archive_whose_keys_tell_no_days_is_not_listed(tmp_path: Path) -> None:
    assert tick(installed(tmp_path, layout="")) == (
        "keys without days: a look would list the whole archive"
    )


@pytest.mark.parametrize("status", [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTED])
def test_nothing_is_started_while_a_run_is_going(
    bucket: "S3Client", tmp_path: Path, status: DagsterRunStatus
) -> None:
    put(bucket, TODAY, "a")
    assert tick(installed(tmp_path), status) == "a run is going"
    assert isinstance(tick(installed(tmp_path), DagsterRunStatus.FAILURE), RunRequest)


@pytest.mark.parametrize("lookback_days", [0, 1])
def test_yesterday_is_looked_at_until_its_last_objects_are_there(lookback_days: int) -> None:
    assert days_to_look_at(TODAY, lookback_days) == [YESTERDAY, TODAY]


@op
def nothing() -> None:
    pass


@job
def _any() -> None:
    nothing()

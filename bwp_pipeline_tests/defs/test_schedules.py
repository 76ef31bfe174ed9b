from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from dagster import RunRequest, build_schedule_context

from bwp_pipeline.defs.schedules import daily_schedule, run_hour


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("UTC", 6),
        ("America/Los_Angeles", 6),
        ("Europe/Berlin", 6),
        ("Asia/Kolkata", 7),
        ("Asia/Tokyo", 10),
        ("Pacific/Auckland", 14),
    ],
)
def test_the_hour_is_early_in_the_morning_yet_after_the_archives_day(zone: str, hour: int) -> None:
    assert run_hour(ZoneInfo(zone), 2026) == hour
    for month in range(1, 13):
        starts = datetime(2026, month, 10, hour, tzinfo=ZoneInfo(zone))
        assert starts.astimezone(UTC).hour >= 1 or starts.astimezone(UTC).date() > date(
            2026, month, 9
        )


def test_a_tick_asks_for_the_archive_day_that_ended_last() -> None:
    zone = ZoneInfo("America/Los_Angeles")
    daily = daily_schedule(zone, None)

    with build_schedule_context(
        scheduled_execution_time=datetime(2026, 11, 20, 6, tzinfo=zone)
    ) as context:
        request = daily(context)

    assert isinstance(request, RunRequest)
    assert request.partition_key == "2026-11-19"
    assert request.run_key == "2026-11-19"

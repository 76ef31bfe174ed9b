from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bwp_pipeline.defs.partitions import days_to_check, newest_finished_day

MONDAY = date(2026, 11, 16)
SATURDAY = date(2026, 11, 21)
SUNDAY = date(2026, 11, 22)
days = st.dates(date(2026, 1, 1), date(2026, 3, 1))


def test_known_days_in_the_lookback_are_checked_again() -> None:
    known = [SATURDAY - timedelta(days=n) for n in (1, 3, 4)]

    assert days_to_check([SATURDAY], known, lookback_days=3) == [known[1], known[0], SATURDAY]


def test_a_day_never_run_is_not_read_because_it_lies_in_the_lookback() -> None:
    assert days_to_check([SATURDAY], [], lookback_days=3) == [SATURDAY]


def test_a_sunday_checks_every_known_day() -> None:
    old = date(2024, 1, 1)

    assert days_to_check([SUNDAY], [old], lookback_days=0) == [old, SUNDAY]


@given(st.lists(days, min_size=1), st.lists(days), st.integers(0, 10))
def test_every_day_asked_for_is_checked_and_no_unknown_other(
    asked: list[date], known: list[date], lookback_days: int
) -> None:
    checked = days_to_check(asked, known, lookback_days=lookback_days)

    assert set(asked) <= set(checked) <= set(asked) | set(known)
    assert checked == sorted(set(checked))


def test_the_newest_finished_day_is_counted_in_utc() -> None:
    assert newest_finished_day(datetime(2026, 11, 17, 0, 30, tzinfo=UTC)) == MONDAY

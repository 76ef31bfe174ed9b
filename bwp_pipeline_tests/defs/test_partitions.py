from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bwp_pipeline.commands.lake_gaps import spans
from bwp_pipeline.defs.partitions import days_to_check, first_day_to_run, newest_finished_day
from bwp_pipeline.lake import missing_days

MONDAY = date(2026, 11, 16)
SATURDAY = date(2026, 11, 21)
SUNDAY = date(2026, 11, 22)
days = st.dates(date(2026, 1, 1), date(2026, 3, 1))


def test_known_days_in_the_lookback_are_checked_again() -> None:
    known = [SATURDAY - timedelta(days=n) for n in (4, 3, 2, 1)]

    assert days_to_check([SATURDAY], known, lookback_days=3) == [*known[1:], SATURDAY]


def test_every_day_missed_since_the_first_known_one_is_read() -> None:
    known = [MONDAY, MONDAY + timedelta(days=2)]

    assert days_to_check([SATURDAY], known, lookback_days=0) == [
        MONDAY + timedelta(days=number) for number in (1, 3, 4, 5)
    ]


def test_days_before_a_missed_one_are_checked_again_too() -> None:
    asked = MONDAY + timedelta(days=5)
    known = [MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)]

    checked = days_to_check([asked], known, lookback_days=1)

    assert checked == [MONDAY + timedelta(days=number) for number in (-1, 0, 1, 2, 3, 4, 5)]


def test_a_missed_sunday_is_made_up_for_by_comparing_every_known_day() -> None:
    old = date(2024, 1, 1)
    known = [old + timedelta(days=n) for n in range((SATURDAY - old).days)]
    monday = SUNDAY + timedelta(days=1)

    assert days_to_check([monday], known, lookback_days=0)[0] == old


def test_days_before_the_first_known_one_are_not_missing() -> None:
    assert days_to_check([SATURDAY], [SATURDAY], lookback_days=3) == [SATURDAY]


def test_a_day_asked_for_before_the_first_known_one_reads_no_other() -> None:
    assert days_to_check([MONDAY], [SATURDAY], lookback_days=3) == [MONDAY]


@given(st.lists(days, min_size=1), st.lists(days), st.integers(0, 10))
def test_after_a_run_no_day_up_to_the_last_asked_for_is_missing(
    asked: list[date], known: list[date], lookback_days: int
) -> None:
    read = set(known).union(days_to_check(asked, known, lookback_days=lookback_days))

    assert not [day for day in missing_days(read) if day < max(asked)]


def test_a_run_begins_at_the_last_day_read_and_is_not_misled_by_a_clock_ahead() -> None:
    assert first_day_to_run([], SATURDAY) == SATURDAY
    assert first_day_to_run([MONDAY], SATURDAY) == MONDAY
    assert first_day_to_run([MONDAY, SUNDAY], SATURDAY) == SATURDAY


def test_missing_days_are_named_as_spans() -> None:
    known = [MONDAY, MONDAY + timedelta(days=2)]

    assert spans(missing_days(known, SATURDAY)) == "2026-11-17, 2026-11-19 to 2026-11-21"


def test_a_day_never_run_is_not_read_because_it_lies_in_the_lookback() -> None:
    assert days_to_check([SATURDAY], [], lookback_days=3) == [SATURDAY]


def test_a_sunday_checks_every_known_day() -> None:
    known = [SUNDAY - timedelta(days=n) for n in range(40, 0, -1)]

    assert days_to_check([SUNDAY], known, lookback_days=0) == [*known, SUNDAY]


@given(st.lists(days, min_size=1), st.lists(days), st.integers(0, 10))
def test_every_day_asked_for_is_checked_once(
    asked: list[date], known: list[date], lookback_days: int
) -> None:
    checked = days_to_check(asked, known, lookback_days=lookback_days)

    assert set(asked) <= set(checked)
    assert checked == sorted(set(checked))


def test_the_newest_finished_day_is_counted_in_utc() -> None:
    assert newest_finished_day(datetime(2026, 11, 17, 0, 30, tzinfo=UTC)) == MONDAY

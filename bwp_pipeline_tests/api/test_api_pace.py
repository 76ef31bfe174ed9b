"""How fast requests start: the bucket, throttling, recovery. Time is simulated."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bwp_pipeline.api import RetryPolicy
from bwp_pipeline.api.pace import Pace
from bwp_pipeline_tests.servers.simulated_time import SimulatedTime


def simulate(play: Callable[[Pace, SimulatedTime], Coroutine[None, None, None]]) -> None:
    async def run() -> None:
        time = SimulatedTime()
        await play(Pace(10.0, time.clock, RetryPolicy()), time)

    asyncio.run(run())


def test_starts_come_at_the_limit_after_a_burst_of_two() -> None:
    async def play(pace: Pace, _: SimulatedTime) -> None:
        starts = [await pace.start() - 1000.0 for _ in range(32)]
        assert starts[:2] == [0.0, 0.0]
        assert starts[-1] == pytest.approx(3.0)

    simulate(play)


def test_a_throttled_answer_halves_the_rate_once_for_all_requests_under_way() -> None:
    async def play(pace: Pace, _: SimulatedTime) -> None:
        under_way = [await pace.start() for _ in range(8)]
        for started in under_way:
            pace.throttled(started, None)
        assert pace.rate == 5.0
        assert pace.throttled_answers == 8

        pace.throttled(await pace.start(), None)
        assert pace.rate == 2.5

    simulate(play)


def test_retry_after_holds_every_start_back() -> None:
    async def play(pace: Pace, time: SimulatedTime) -> None:
        pace.throttled(await pace.start(), 7.0)
        assert await pace.start() >= time.seconds - 1
        assert time.seconds >= 1007.0

    simulate(play)


def test_without_retry_after_holds_grow_until_an_answer_comes() -> None:
    async def play(pace: Pace, time: SimulatedTime) -> None:
        waits = []
        for _ in range(4):
            started = await pace.start()
            pace.throttled(started, None)
            before = time.seconds
            await pace.start()
            waits.append(time.seconds - before - 1 / pace.rate)
        # Equal jitter: between half and the whole of 0.5, 1, 2 and 4 seconds.
        for wait, most in zip(waits, (0.5, 1, 2, 4), strict=True):
            assert most / 2 <= wait + 1e-6
            assert wait <= most + 1e-6

        pace.answered()
        started, before = await pace.start(), time.seconds
        pace.throttled(started, None)
        await pace.start()
        assert time.seconds - before <= 0.5 + 1 / pace.rate + 1e-6

    simulate(play)


def test_the_rate_recovers_step_by_step() -> None:
    async def play(pace: Pace, time: SimulatedTime) -> None:
        pace.throttled(await pace.start(), None)
        rates = []
        for _ in range(7):
            time.seconds += 5
            pace.answered()
            pace.answered()
            rates.append(pace.rate)
        assert rates == [6.0, 7.0, 8.0, 9.0, 10.0, 10.0, 10.0]

    simulate(play)


@settings(deadline=None)
@given(
    limit=st.floats(0.5, 500),
    happenings=st.lists(
        st.sampled_from(["start", "start", "start", "throttled", "asked to wait", "answered"])
        | st.floats(0, 20),
        max_size=120,
    ),
)
def test_no_stretch_of_time_has_more_starts_than_limit_and_burst_allow(
    limit: float, happenings: list[str | float]
) -> None:
    async def play() -> list[float]:
        time = SimulatedTime()
        pace = Pace(limit, time.clock, RetryPolicy())
        starts = [await pace.start()]
        for happening in happenings:
            match happening:
                case "start":
                    starts.append(await pace.start())
                case "throttled":
                    pace.throttled(starts[-1], None)
                case "asked to wait":
                    pace.throttled(starts[-1], 3.0)
                case "answered":
                    pace.answered()
                case float():
                    time.seconds += happening
            assert 0 < pace.rate <= limit
        return starts

    starts = asyncio.run(play())
    for first, begin in enumerate(starts):
        for last in range(first, len(starts)):
            assert last - first + 1 <= (starts[last] - begin) * limit + 2 + 1e-3

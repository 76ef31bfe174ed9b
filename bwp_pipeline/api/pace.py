"""How fast one store's requests may start.

Belongs here: the token bucket, slowing down when the API throttles and recovering from it.
Does not belong here: what a throttled answer looks like (`answers.py`).
"""

import asyncio

from bwp_pipeline.api.clock import Clock
from bwp_pipeline.api.retry_policy import RetryPolicy

_BURST = 2.0
_RECOVERY_STEP = 0.1
_RECOVERY_SECONDS = 5.0
_SLOWEST = 1 / 64
_ROUNDING = 1e-9


class Pace:
    """A token bucket of at most `limit` starts a second that adapts to throttling.

    A throttled answer halves the rate and delays every start for as long as the API asks, or, if
    it names no time, for a pause that doubles until an answer comes. Every five seconds
    without one restore a tenth of the limit.
    """

    def __init__(self, limit: float, clock: Clock, retry: RetryPolicy) -> None:
        self.limit = limit
        self.rate = limit
        self._whole_limit = limit
        self._burst = _BURST
        self.throttled_answers = 0
        self._clock = clock
        self._retry = retry
        self._turn = asyncio.Lock()
        self._tokens = self._burst
        self._counted_at = clock.monotonic()
        self._held_until = self._counted_at
        self._rate_set_at = self._counted_at
        self._halved_at = float("-inf")
        self._setbacks = 0

    async def start(self) -> float:
        """Wait until a request may start; returns that moment on the monotonic clock.

        Callers are served in the order in which they came.
        """
        async with self._turn:
            while (wait := self._wait()) > 0:
                await self._clock.sleep(wait)
            self._tokens -= 1
            return self._counted_at

    def share(self, holders: int) -> None:
        """Keep to an equal part of the limit, of as many as share it."""
        was_at_limit = self.rate >= self.limit
        self.limit = self._whole_limit / holders
        self.rate = self.limit if was_at_limit else min(self.rate, self.limit)
        self._burst = max(1.0, _BURST / holders)

    def throttled(self, started: float, retry_after: float | None) -> None:
        """Take note of a throttled answer to a request that started at `started`.

        Answers to requests already under way when the rate was last halved carry no news except
        how long to wait.
        """
        now = self._clock.monotonic()
        self.throttled_answers += 1
        news = started > self._halved_at
        if news:
            self._setbacks += 1
            self._halved_at = now
            self._set_rate(max(self.rate / 2, self.limit * _SLOWEST), now)
        if retry_after is not None:
            self.hold(retry_after)
        elif news:
            self.hold(self._retry.pause_after(self._setbacks))

    def hold(self, seconds: float) -> None:
        """Let nothing start for that long."""
        seconds = min(seconds, self._retry.longest_hold)
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    def answered(self) -> None:
        """Take note of an answer that was not throttled."""
        self._setbacks = 0
        if self.rate < self.limit:
            now = self._clock.monotonic()
            if now - self._rate_set_at >= _RECOVERY_SECONDS:
                self._set_rate(min(self.limit, self.rate + self.limit * _RECOVERY_STEP), now)

    def _set_rate(self, rate: float, now: float) -> None:
        self.rate = rate
        self._rate_set_at = now

    def _wait(self) -> float:
        now = self._clock.monotonic()
        if now < self._held_until:
            # The bucket is emptied: after a hold, requests start one by one.
            self._tokens = 0.0
            self._counted_at = self._held_until
            return self._held_until - now
        self._tokens = min(self._burst, self._tokens + (now - self._counted_at) * self.rate)
        self._counted_at = now
        missing = 1 - self._tokens
        return missing / self.rate if missing > _ROUNDING else 0.0

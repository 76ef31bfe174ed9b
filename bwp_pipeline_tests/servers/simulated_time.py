"""A clock for tests, on which waiting takes no time."""

from datetime import UTC, datetime, timedelta

from bwp_pipeline.api import Clock


class SimulatedTime:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.clock = Clock(now=self.now, monotonic=lambda: self.seconds, sleep=self.sleep)

    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds

"""Time, as the client sees it: what it is, how much has passed, waiting.

Belongs here: the one place that reads the clock. Does not belong here: how long to wait for what.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Three views of time; a test replaces them to make time pass at will.

    `now` is the time of day in UTC, `monotonic` are seconds from an arbitrary start, which no
    adjustment of the time of day moves, `sleep` waits for seconds.
    """

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

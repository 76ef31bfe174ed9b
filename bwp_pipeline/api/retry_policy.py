"""How long the client puts up with a faulty API.

Belongs here: bounds and pauses of repeating. Does not belong here: deciding what is repeated.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds of what the client puts up with; times in seconds.

    An order is given up after `attempts`; one that comes with parts missing is taken as it is after
    `partial_attempts`. After `failures_in_a_row` without any answer between
    them, and `outage` since the last answer, the API counts as down. `refusals_in_a_row`
    complaints about the query's own fields mean that it, not the orders, is at fault. After
    `unusable_in_a_row` orders for which a working API gives no usable answer, the next are asked
    for once each, until one is answered.
    """

    attempts: int = 8
    partial_attempts: int = 3
    pause: float = 0.5
    longest_pause: float = 30.0
    longest_hold: float = 300.0
    failures_in_a_row: int = 40
    outage: float = 60.0
    refusals_in_a_row: int = 10
    unusable_in_a_row: int = 5
    connect_timeout: float = 5.0
    read_timeout: float = 30.0

    def pause_after(self, attempt: int) -> float:
        """Seconds to wait after the attempt of this number, from 1: doubling, equal jitter.

        Equal jitter keeps half of the pause: full jitter can fall to nearly nothing and burn all
        attempts in a moment.
        """
        whole = min(self.longest_pause, self.pause * 2.0 ** (attempt - 1))
        return whole / 2 + random.uniform(0, whole / 2)  # noqa: S311 -- spreads load, no secret

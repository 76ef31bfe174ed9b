"""What a fetch has done: while it goes on, and when it is over.

Belongs here: the figures and how they read. Does not belong here: counting (`fetch.py`).
"""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far a fetch has got: orders, orders a second, throttled answers, seconds left."""

    done: int
    total: int
    rate: float
    throttled: int
    seconds_left: float | None

    def __str__(self) -> str:
        left = "" if self.seconds_left is None else f", {self.seconds_left:.0f} s left"
        throttled = f", throttled {self.throttled} times" if self.throttled else ""
        return f"{self.done} of {self.total} orders, {self.rate:.1f} a second{throttled}{left}"


@dataclass(slots=True)
class FetchCounts:
    """What became of the orders asked for.

    `by_status` counts snapshots, `unchanged` those whose payload the lake had already. `left` are
    orders of known stores without an answer, `waiting_by_store` those of stores without
    credentials. `requests` and `throttled` count requests and throttled answers.
    """

    by_status: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    left: int = 0
    waiting_by_store: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    throttled: int = 0

    def add(self, other: "FetchCounts") -> None:
        """Count what another fetch has done, of other orders."""
        self.by_status += other.by_status
        self.unchanged += other.unchanged
        self.left += other.left
        self.waiting_by_store |= other.waiting_by_store
        self.requests += other.requests
        self.throttled += other.throttled

    @property
    def waiting(self) -> int:
        """Orders of stores without credentials."""
        return sum(self.waiting_by_store.values())

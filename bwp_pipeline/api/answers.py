"""What can be known about an order that was asked for: a final answer, or why to ask again.

Belongs here: the kinds of answers. Does not belong here: reading them from a reply (`replies.py`)
or acting on them (`client.py`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What a snapshot is; the values are the lake's."""

    OK = "OK"
    NOT_FOUND = "NOT_FOUND"
    ACCESS_DENIED = "ACCESS_DENIED"
    INVALID = "INVALID"
    UNAVAILABLE = "UNAVAILABLE"


class FailureKind(StrEnum):
    """Why to ask again."""

    THROTTLED = "throttled"
    UNAUTHORIZED = "unauthorized"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Answer:
    """A final answer about one order.

    `payload` is the `order` object as it came. `error` has the API's own words; beside a payload
    they mean that parts of it are missing.
    """

    status: Status
    payload: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """No final answer: the order is worth asking again. `partial` is what came nevertheless."""

    kind: FailureKind
    error: str
    partial: Answer | None = None


Verdict = Answer | Failure


@dataclass(frozen=True, slots=True)
class Reply:
    """A verdict on each order asked for, in their order.

    `as_a_whole`: the reply names no order, so the same verdict stands for all of them.
    """

    verdicts: list[Verdict]
    as_a_whole: bool = False

    @property
    def brings_something(self) -> bool:
        """Whether there is an answer, if only a partial one, about any order."""
        return any(isinstance(v, Answer) or v.partial is not None for v in self.verdicts)

    @property
    def failure(self) -> Failure | None:
        """The gravest reason to ask again, if there is any."""
        failures = [verdict for verdict in self.verdicts if isinstance(verdict, Failure)]
        order = list(FailureKind)
        return min(failures, key=lambda failure: order.index(failure.kind), default=None)

"""What can be known about an order that was asked for: a final answer, or why to ask again.

Belongs here: the kinds of answers. Does not belong here: reading them from a reply (`replies.py`)
or acting on them (`client.py`).
"""

from dataclasses import dataclass
from enum import StrEnum

from bwp_pipeline.api.query import names_one_of


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
    UNUSABLE = "unusable"
    """The API works but its answer is unusable: an unknown error, another order's answer."""


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
    """No final answer yet: it is worth asking for the order again.

    `partial` is what arrived anyway.
    """

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
    def shows_life(self) -> bool:
        """Whether the API works: an answer about any order, a partial or an unusable one too."""
        return any(
            isinstance(verdict, Answer)
            or verdict.partial is not None
            or verdict.kind is FailureKind.UNUSABLE
            for verdict in self.verdicts
        )

    def refuses(self, fields: frozenset[str]) -> bool:
        """Whether it calls the query invalid for one of these fields, whatever the orders."""
        verdict = self.verdicts[0]
        return (
            self.as_a_whole
            and isinstance(verdict, Answer)
            and verdict.status is Status.INVALID
            and names_one_of(verdict.error, fields)
        )

    @property
    def failure(self) -> Failure | None:
        """The most serious reason to ask again, if any."""
        failures = [verdict for verdict in self.verdicts if isinstance(verdict, Failure)]
        order = list(FailureKind)
        return min(failures, key=lambda failure: order.index(failure.kind), default=None)

"""Two runs on one lake in S3, the second between any two steps of the first.

Belongs here: the hook before each of the first run's operations on the lake that
lets the second run from its beginning to its end, lakes for both, and newcomers that wait no longer
than such tests need. What both do is the tests'.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from bwp_pipeline.lake import Lake
from bwp_pipeline.lease import Lease
from bwp_pipeline.storage import open_store

HOOKED = ("files", "count_rows", "read_file", "write", "create", "delete", "local")
MOST_STEPS = 100


@cache
def _session() -> boto3.Session:
    """One for all: a session takes longer than most of the requests."""
    return boto3.Session()


def lake_at(url: str, cache: Path | None = None) -> Lake:
    """The lake as another process opens it."""
    return Lake(url, open_store(url, _session()), cache)


class Died(BaseException):
    """The first run is killed."""


class Hook:
    """Calls `other` before the first run's operation of that number; `reached` says whether."""

    def __init__(self, step: int, other: Callable[[], object]) -> None:
        self.reached = False
        self._left = step
        self._other = other

    def wrap(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def hooked(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - any operation's
            if not self.reached:
                self._left -= 1
                if self._left < 0:
                    self.reached = True
                    self._other()
            return operation(*arguments, **named)

        return hooked

    @contextmanager
    def on(self, lake: Lake) -> Iterator[None]:
        """Hook this lake's operations until the block ends."""
        with pytest.MonkeyPatch.context() as patch:
            for name in HOOKED:
                patch.setattr(lake, name, self.wrap(getattr(lake, name)), raising=True)
            yield


@contextmanager
def short_waits() -> Iterator[None]:
    """Have whoever fetches while another does wait for its turn a moment, in place of seconds.

    The other stands still meanwhile. That it is waited for at all, `test_lease.py` holds.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lease, "renewed_every", 0.2)
        patch.setattr("bwp_pipeline.api.shared_pace._GRACE", 0.0)
        yield


def steps_of(run: Callable[[int], bool]) -> int:
    """Call `run` with each step in turn, until one is not reached; how many were."""
    step = 0
    while run(step):
        step += 1
        assert step < MOST_STEPS
    return step

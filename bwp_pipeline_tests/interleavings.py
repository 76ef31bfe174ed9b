"""Two runs on one lake in S3, the second between any two steps of the first.

Belongs here: the hook before each of the first run's operations on the lake that
lets the second run from its beginning to its end. What both do is the tests'.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bwp_pipeline.lake import Lake

HOOKED = ("files", "count_rows", "read_file", "write", "create", "delete", "local")
MOST_STEPS = 100


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


def steps_of(run: Callable[[int], bool]) -> int:
    """Call `run` with each step in turn, until one is not reached; how many were."""
    step = 0
    while run(step):
        step += 1
        assert step < MOST_STEPS
    return step

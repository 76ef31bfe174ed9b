"""Runs on one machine take turns at what one alone can use.

Belongs here: waiting for a turn, and saying what for and how long. Does not belong here: runs on
other machines, which share a lake without waiting for each other.
"""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

LONGEST_HOURS = 12
_PAUSE = 0.2

_log = logging.getLogger(__name__)


class TurnError(RuntimeError):
    """Another run did not end in time."""


@contextmanager
def turn(path: Path, what: str, *, with_others: bool = False) -> Iterator[None]:
    """Hold the lock file while nobody else on this machine does.

    Args:
        path: The lock file; its directory is made.
        what: What the turn is for, as it follows "waiting for".
        with_others: Hold it together with others who do so, while nobody has it alone.

    Raises:
        TurnError: When the wait takes longer than 12 hours.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    how = (fcntl.LOCK_SH if with_others else fcntl.LOCK_EX) | fcntl.LOCK_NB
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _is_held(number, how):
            _log.warning(
                "waiting for %s, which another run holds (%s), for at most %d hours from %s",
                what,
                path,
                LONGEST_HOURS,
                f"{datetime.now(UTC):%H:%M} UTC",
            )
            _wait(number, how, path, what)
        yield
    finally:
        # This ends the lock too.
        os.close(number)


def _wait(number: int, how: int, path: Path, what: str) -> None:
    end = time.monotonic() + LONGEST_HOURS * 3600
    while not _is_held(number, how):
        if time.monotonic() > end:
            raise TurnError(
                f"another run has held {what} for over {LONGEST_HOURS} hours ({path}): if it hangs,"
                " stop it and run again"
            )
        time.sleep(_PAUSE)


def _is_held(number: int, how: int) -> bool:
    try:
        fcntl.flock(number, how)
    except BlockingIOError:
        return False
    return True

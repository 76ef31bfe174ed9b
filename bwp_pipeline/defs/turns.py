"""Runs on one machine take turns.

Belongs here: waiting for a turn, and saying what for and how long. Does not belong here: runs on
other machines, which share a lake without waiting for each other.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

LONGEST_HOURS = 12

_log = logging.getLogger(__name__)


class TurnError(RuntimeError):
    """Another run did not end in time."""


@contextmanager
def turn(path: Path, what: str) -> Iterator[None]:
    """Hold the lock file while nobody else on this machine does.

    Args:
        path: The lock file; its directory is made.
        what: What the turn is for, as it follows "waiting for".

    Raises:
        TurnError: When the wait takes longer than 12 hours.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _log.warning(
            "waiting for %s, which another run holds (%s), for at most %d hours from %s",
            what,
            path,
            LONGEST_HOURS,
            f"{datetime.now(UTC):%H:%M} UTC",
        )
        try:
            lock.acquire(timeout=LONGEST_HOURS * 3600)
        except Timeout:
            raise TurnError(
                f"another run has held {what} for over {LONGEST_HOURS} hours ({path}): if it hangs,"
                " stop it and run again"
            ) from None
    try:
        yield
    finally:
        lock.release()

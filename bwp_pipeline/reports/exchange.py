"""Directories of reports, exchanged whole, one writer at a time.

Belongs here: how a finished directory takes another's place. Does not belong here: what is in it.
"""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

PATIENCE_SECONDS = 600


class ReportsBusyError(Exception):
    """Another process has been writing reports for longer than the wait allows."""


@contextlib.contextmanager
def alone(out_dir: Path) -> Iterator[None]:
    """Write to the directory of reports alone; others wait for their turn.

    Raises:
        ReportsBusyError: After ten minutes of waiting.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out_dir / ".writing.lock")
    try:
        turn = lock.acquire(timeout=PATIENCE_SECONDS)
    except Timeout:
        raise ReportsBusyError(
            f"another process has been writing to {out_dir} for {PATIENCE_SECONDS // 60} minutes:"
            " try again when it is done"
        ) from None
    with turn:
        for old in out_dir.glob(".*.old"):
            target = old.with_name(old.name.removeprefix(".").removesuffix(".old"))
            if not target.exists():
                # A writer was killed between the two steps of `exchange`.
                old.rename(target)
        yield


def fresh(target: Path) -> Path:
    """An empty directory in which to build what will be `target`."""
    building = target.with_name(f".{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    return building


def exchange(built: Path, target: Path) -> None:
    """Put `built` in place of `target`."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    built.rename(target)
    shutil.rmtree(old, ignore_errors=True)

"""Files in a directory, whatever their names are and whatever lies beside them.

Belongs here: listing files, and reading those that obstore can't name: its listing ends at such a
name, and at a link that leads in a circle, and leaves out names that end with a number sign and a
number. Does not belong here: reading others, which obstore does faster.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from errno import ELOOP, ENOENT
from pathlib import Path
from stat import S_ISDIR, S_ISREG

_ODD = re.compile(r"[\x00-\x1f\x7f]|\\x|#[0-9]+$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
_MOST_MICROSECONDS = (_LAST - _EPOCH) // timedelta(microseconds=1)


def list_files(root: Path, below: str) -> Iterator[tuple[str, int, datetime]]:
    """Key, size and time of all files below a path of the directory, none where it isn't there.

    A key is the path from `root` on; each byte of it that is not UTF-8 stands in hexadecimal.

    Raises:
        OSError: When the directory, or one below it, can't be read.
    """
    root.stat()
    if not (root / below).is_dir():
        return
    start = len(str(root / "_")) - 1
    for path, status in _walk(str(root / below), frozenset()):
        yield _key(path[start:]), status.st_size, _time(status)


def list_directories(root: Path) -> list[str]:
    """The names of the directories in it.

    Raises:
        OSError: When it can't be read.
    """
    return [_key(path.name) for path in root.iterdir() if path.is_dir()]


def is_odd(key: str) -> bool:
    """Whether obstore can't read the file."""
    return _ODD.search(key) is not None


def read_file(root: Path, key: str, start: int | None, end: int) -> bytes:
    """A file, or its bytes from `start` to `end`.

    Raises:
        OSError: When it can't be read.
    """
    path = f"{root}/{key}"
    if "\\x" in key and not Path(path).exists():
        name = re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), path.encode())
        path = os.fsdecode(name)
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as for `_walk`
        if start is None:
            return file.read()
        file.seek(start)
        return file.read(end - start)


def _key(path: str) -> str:
    return os.fsencode(path).decode(errors="backslashreplace")


# For each of many thousand files, so without the cost of a `Path`.
def _walk(place: str, above: frozenset[tuple[int, int]]) -> Iterator[tuple[str, os.stat_result]]:
    """Every file, also behind links; pipes, and links that lead nowhere or back, are none."""
    status = os.stat(place)  # noqa: PTH116 - as said
    identity = status.st_dev, status.st_ino
    if identity in above:
        return
    with os.scandir(place) as entries:
        for entry in entries:
            try:
                status = entry.stat()
            except OSError as error:
                if error.errno in {ENOENT, ELOOP}:
                    continue
                raise
            if S_ISDIR(status.st_mode):
                yield from _walk(entry.path, above | {identity})
            elif S_ISREG(status.st_mode):
                yield entry.path, status


def _time(status: os.stat_result) -> datetime:
    return _EPOCH + timedelta(microseconds=min(status.st_mtime_ns // 1000, _MOST_MICROSECONDS))

"""Reading a lake whose files another machine compacts or mends meanwhile.

Belongs here: listing again when a listed file is gone. Does not belong here: what is read.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

_Read = TypeVar("_Read")

_MOST_LISTINGS = 5


def relisting(read: Callable[[], _Read]) -> _Read:
    """What `read` returns, which lists files and reads them; called anew where one is gone.

    Raises:
        FileNotFoundError: A file was gone each of five times.
    """
    for _ in range(_MOST_LISTINGS - 1):
        with suppress(FileNotFoundError):
            return read()
    return read()

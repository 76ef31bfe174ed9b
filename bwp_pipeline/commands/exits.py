"""How a command ends: its exit code, and one line where it could not do its work.

Belongs here: the codes and what each kind of error means. Does not belong here: lines about work
that was done, which each command prints itself.
"""

import contextlib
import errno
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from bwp_pipeline.settings import SettingsError


class Exit(IntEnum):
    """The exit codes of `bwp`, as documented for those who start it from a script."""

    DONE = 0
    FAILED = 1
    SETTINGS = 2
    ORDERS_WAIT = 3

    @property
    def meaning(self) -> str:
        """What the code means to a person."""
        return _MEANINGS[self]


_MEANINGS = {
    Exit.DONE: "done; the last lines name warnings, if any",
    Exit.FAILED: "not done; the last line says why, and the next run catches up",
    Exit.SETTINGS: "a setting or an argument is missing or impossible; nothing was touched",
    Exit.ORDERS_WAIT: "done, but every order waits because none of their stores has credentials",
}


# No room, no more files or memory, a disk that is read-only or broken.
_REFUSALS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO}
)


@dataclass
class _End:
    code: int = Exit.FAILED


@contextlib.contextmanager
def ending() -> Iterator[_End]:
    """Print the one line of an error that isn't the program's fault, and set its exit code."""
    end = _End()
    try:
        yield end
    except SettingsError as error:
        end.code = _say(str(error), Exit.SETTINGS)
    except KeyboardInterrupt:
        end.code = _say("stopped; the next run continues from here", Exit.FAILED)
    except Exception as error:
        words = words_of(error)
        if words is None:
            raise
        end.code = _say(words, Exit.FAILED)


def words_of(error: Exception) -> str | None:
    """What a person is told of an error; None of a fault of the program, which is to be reported.

    The pipeline's own errors are sentences. Of others, what the machine refused is told: a
    directory, room on the disk, files, also where a library made another error of it.
    """
    if type(error).__module__.startswith("bwp_pipeline."):
        return str(error)
    if isinstance(error, OSError):
        return _of_machine(error)
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, sqlite3.Error):
            # Nothing else here writes SQLite while a command runs.
            return f"Dagster's records (DAGSTER_HOME) can't be written: {found}"
        if isinstance(found, OSError) and found.errno in _REFUSALS:
            return _of_machine(found)
        found = found.__cause__ or found.__context__
    return None


def _of_machine(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


def _say(words: str, code: Exit) -> Exit:
    print(f"bwp: {' '.join(words.split())}", file=sys.stderr)
    return code

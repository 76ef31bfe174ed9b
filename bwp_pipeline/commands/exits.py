"""How a command ends: its exit code, and one line where it could not do its work.

Belongs here: the codes and what each kind of error means. Does not belong here: lines about work
that was done, which each command prints itself.
"""

import contextlib
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
    except OSError as error:
        # Such as a data directory that isn't writable.
        place = f"{error.filename}: " if error.filename else ""
        end.code = _say(f"{place}{error.strerror or error}", Exit.FAILED)
    except KeyboardInterrupt:
        end.code = _say("stopped; the next run continues from here", Exit.FAILED)
    except Exception as error:
        # The pipeline's own errors are sentences for people; anything else is a fault to report.
        if not type(error).__module__.startswith("bwp_pipeline."):
            raise
        end.code = _say(str(error), Exit.FAILED)


def _say(words: str, code: Exit) -> Exit:
    print(f"bwp: {' '.join(words.split())}", file=sys.stderr)
    return code

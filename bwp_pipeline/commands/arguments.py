"""Arguments that several commands take, and what a wrong one is answered with.

Belongs here: kinds of arguments. Does not belong here: which command takes which.
"""

import argparse
from datetime import UTC, date, datetime
from typing import NoReturn

from bwp_pipeline.commands.exits import Exit

_LAST_PORT = 65535
# Buy with Prime began in 2022; later than this, days can't be counted on with safety.
_YEARS = range(2022, 2101)


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, as every other error of `bwp`."""

    def error(self, message: str) -> NoReturn:
        """End the process with that line."""
        line = " ".join(message.split())
        self.exit(Exit.SETTINGS, f"{self.prog}: {line}; see {self.prog} --help\n")


def day(text: str) -> date:
    """A day as YYYY-MM-DD, of the years in which Buy with Prime may have orders."""
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text[:80]!r} is not a day; example: 2026-11-19"
        ) from None
    if parsed.year not in _YEARS:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a day from {_YEARS[0]} to {_YEARS[-1]}; example: 2026-11-19"
        )
    return parsed


def moment(text: str) -> datetime:
    """A past time in ISO 8601 with its zone."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None or parsed.year not in _YEARS:
        raise argparse.ArgumentTypeError(
            f"{text[:80]!r} is not a time with its zone; example: 2026-11-19T06:00Z"
        )
    if parsed > datetime.now(UTC):
        raise argparse.ArgumentTypeError(f"{text!r} is in the future")
    return parsed


def count(text: str) -> int:
    """A whole number from 1 to 999,999."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and int(text)):  # noqa: PLR2004 -- as documented
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is not a whole number above 0")
    return int(text)


def port(text: str) -> int:
    """A port to listen on, 0 for any free one."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= _LAST_PORT):  # noqa: PLR2004 -- digits
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is not a port from 0 to {_LAST_PORT}")
    return int(text)

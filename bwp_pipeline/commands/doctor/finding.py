"""What an examination finds.

Belongs here: how bad it is, and the words. Every finding that isn't well says what to do.
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: a run works, works but look at this, or doesn't work."""

    OK = "ok"
    LOOK = "look"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor."""

    level: Level
    words: str


def ok(words: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, words)


def look(words: str) -> Finding:
    """A run works, but a person should look at this."""
    return Finding(Level.LOOK, words)


def wrong(words: str) -> Finding:
    """A run does not work."""
    return Finding(Level.WRONG, words)

"""The outcome of a run, in words: sent once for each cause, and again when it is over.

Here belong when two troubles count as one, and the message. Finding troubles is up to whoever
started the run.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_PAUSE = timedelta(hours=36)
"""If no daily run has ended for this long, one is missing."""

# Counts, days, and hexadecimal names.
_NUMBERS = re.compile(r"[0-9a-f]{8,}|\d+")
_MOST_LETTERS = 120


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong: the step or check where, what, and what a person does about it."""

    where: str
    words: str
    advice: str = ""

    @property
    def cause(self) -> str:
        """What stays the same while it lasts: counts, days and addresses in it may change."""
        return f"{self.where}: {_NUMBERS.sub('#', self.words)[:_MOST_LETTERS]}"

    def __str__(self) -> str:
        return f"{self.where}: {self.words}" + (f" {self.advice}" if self.advice else "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: `failures` stopped it, `warnings` did not."""

    failures: Sequence[Trouble] = ()
    warnings: Sequence[Trouble] = ()

    @property
    def troubles(self) -> dict[str, str]:
        """All of them in words, by cause."""
        return {trouble.cause: str(trouble) for trouble in (*self.failures, *self.warnings)}


@dataclass(frozen=True, slots=True)
class Message:
    """A message in plain text: its subject, and a line for each thing to know."""

    subject: str
    lines: tuple[str, ...]


def pause_before(now: datetime, last_end: datetime | None) -> list[Trouble]:
    """The trouble that no run ended for too long before this one, if so."""
    if last_end is None or now - last_end <= LONGEST_PAUSE:
        return []
    words = f"no run ended from {last_end:%Y-%m-%d %H:%M} to {now:%Y-%m-%d %H:%M} UTC."
    advice = "Was the machine or the schedule off? The next run catches up."
    return [Trouble("schedule", words, advice)]


def message_of(outcome: Outcome, known: dict[str, str]) -> Message | None:
    """What to send about a run, None if nothing is new.

    Args:
        outcome: How it ended.
        known: The troubles sent before and not over, in words, by cause.
    """
    now = outcome.troubles
    new = [words for cause, words in now.items() if cause not in known]
    over = [words for cause, words in known.items() if cause not in now]
    if not new and not over:
        return None
    if outcome.failures:
        subject = "the daily run failed"
    elif new:
        subject = "the daily run has warnings"
    elif now:
        subject = "some problems of the daily run are over"
    else:
        subject = "the daily run is well again"
    return Message(subject, (*new, *(f"Over: {words}" for words in over)))

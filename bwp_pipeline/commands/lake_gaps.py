"""What the lake lacks, in words: days that no run has read, damaged files.

Belongs here: the words. Does not belong here: finding gaps (`bwp_pipeline/lake.py`), closing them
(the asset `events`).
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bwp_pipeline.lake import DAMAGED, Lake, missing_days

_SHOWN_FILES = 3


def gaps(lake: Lake, last: date) -> Iterator[str]:
    """One line for the days up to `last` that no run has read, and one for damaged files."""
    days = missing_days(lake.days("objects"), last)
    if days:
        yield f"not read yet: {spans(days)} ({len(days)} days). The next `bwp run` reads them"
    damaged = lake.damaged()
    if damaged:
        shown = ", ".join(damaged[:_SHOWN_FILES]) + ", …" * (len(damaged) > _SHOWN_FILES)
        yield (
            f"{len(damaged)} damaged files were moved to {DAMAGED}/ in the lake ({shown}). What was"
            " in them is read or asked for again; delete the files when nobody needs them"
        )


def spans(days: Sequence[date]) -> str:
    """Days, oldest first, in words: consecutive days as one span."""
    found: list[list[date]] = []
    for day in days:
        if found and day - found[-1][-1] == timedelta(days=1):
            found[-1].append(day)
        else:
            found.append([day])
    return ", ".join(
        f"{span[0]} to {span[-1]}" if len(span) > 1 else f"{span[0]}" for span in found
    )

"""Where a lake's files lie: by table, partition and name.

Belongs here: a file's name and what a listing tells of it, and the days between partitions. Does
not belong here: reading and writing (`lake.py`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One file of the lake; path, size and etag together identify its content."""

    path: str
    table: str
    day: date
    size: int
    etag: str
    last_modified: datetime

    @property
    def name(self) -> str:
        """The file's name without directory and suffix."""
        return self.path.rpartition("/")[2].removesuffix(".parquet")

    @property
    def batch(self) -> str:
        """The name of the manifest's file without which this one counts for nothing."""
        return self.name.partition("-")[0]


def missing_days(known: Collection[date], last: date | None = None) -> list[date]:
    """The days between the first known one and the last known or given one that are not known."""
    if not known:
        return []
    first, newest = min(known), max(known)
    length = (max(newest, last or newest) - first).days
    days = (first + timedelta(days=number) for number in range(length + 1))
    return [day for day in days if day not in known]


def partition(table: str, day: date) -> str:
    """The directory of a table's day."""
    return f"{table}/dt={day.isoformat()}"


def path_of(table: str, day: date, name: str) -> str:
    """The path of a file."""
    return f"{partition(table, day)}/{name}.parquet"


def day_of(path: str) -> date | None:
    """The day of a partition's directory; None where that is not one."""
    try:
        return date.fromisoformat(path.rpartition("/dt=")[2])
    except ValueError:
        return None

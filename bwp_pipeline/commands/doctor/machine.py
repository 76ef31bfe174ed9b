"""Examinations of the machine: variables, clock and time zones, disk, permissions.

Belongs here: what the machine lacks for a month of runs. Does not belong here: what is stored.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from bwp_pipeline.commands.doctor.finding import Finding, look, ok, wrong
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.defs.schedules import run_hour
from bwp_pipeline.settings import NAMES, ServeSettings

_LEAST_FREE_BYTES = 2 << 30
# The warehouse, the published copies and Dagster's record, beside the lake's own bytes.
_DERIVED = 4
_MONTH = 30
_YEARS = 3
_GIGABYTE = 1e9


def settings_known(_: Installation) -> Iterator[Finding]:
    """Variables that are almost settings: a typing mistake would go unnoticed."""
    others = sorted(name for name in os.environ if name.startswith("BWP_") and name not in NAMES)
    mistakes = {name: near for name in others if (near := get_close_matches(name, NAMES, 1, 0.85))}
    for name, (meant,) in mistakes.items():
        yield look(f"{name} is not a setting: did you mean {meant}?")
    if not mistakes:
        yield ok("all are read")


def live_page(_: Installation) -> Iterator[Finding]:
    """The settings that `bwp serve` alone reads."""
    if ServeSettings.from_environ().credentials is None:
        yield ok("bwp serve asks for no password (BWP_SERVE_AUTH)")
    else:
        yield ok("bwp serve asks for a password")


def clock(installation: Installation) -> Iterator[Finding]:
    """The schedule's hour, and the rules of the merchant's time zone in Python and DuckDB."""
    zone, hour = installation.settings.timezone, installation.settings.run_hour
    fitting = run_hour(zone, datetime.now(UTC).year)
    if hour is not None and _is_early(zone, hour):
        yield look(
            f"BWP_RUN_HOUR={hour} is within an hour of the end of the archive's day, whose last "
            f"objects arrive later and are read a day late: set BWP_RUN_HOUR={fitting}"
        )
    else:
        yield ok(f"the schedule starts at {fitting if hour is None else hour}:00 in {zone.key}")
    differing = _differing_hours(zone)
    if differing:
        yield look(
            f"the rules for {zone.key} differ between Python and DuckDB from"
            f" {differing[0]:%Y-%m-%d} on: update the packages tzdata and duckdb, and the"
            " system's tzdata"
        )
    else:
        yield ok(f"Python and DuckDB have the same rules for {zone.key}")


def _is_early(zone: ZoneInfo, hour: int) -> bool:
    """Whether, on some day of the year, the archive's day ended less than an hour before."""
    year = datetime.now(UTC).year
    starts = (datetime(year, month, 1, hour, tzinfo=zone).astimezone(UTC) for month in range(1, 13))
    return any(start.hour == 0 for start in starts)


def _differing_hours(zone: ZoneInfo) -> list[datetime]:
    """Every sixth hour, in UTC, at which the two disagree about the time in that zone."""
    first = datetime(datetime.now(UTC).year - 1, 1, 1, tzinfo=UTC)
    hours = [first + timedelta(hours=6 * number) for number in range(_YEARS * 366 * 4)]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        told = connection.execute(
            "select instant, timezone(?, instant)"
            " from (select unnest(?::timestamptz[]) as instant)",
            [zone.key, hours],
        ).fetchall()
    return sorted(
        instant for instant, local in told if instant.astimezone(zone).replace(tzinfo=None) != local
    )


def disk(installation: Installation) -> Iterator[Finding]:
    """Whether the next month fits on the disk, at the last month's pace."""
    directory = installation.settings.data_dir
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free
    lake = installation.lake()
    days = lake.days("events")[-_MONTH:]
    tables = ("events", "objects", "quarantine", "order_snapshots", "stock_answers")
    read = sum(file.size for table in tables for file in lake.files(table, days))
    needed = max(_LEAST_FREE_BYTES, read * _MONTH // max(len(days), 1) * _DERIVED)
    words = f"{free / _GIGABYTE:.1f} GB free under {directory}"
    if free < needed:
        yield wrong(
            f"{words}, and a month takes about {needed / _GIGABYTE:.1f} GB: free up space, or "
            "move BWP_DATA_DIR"
        )
    else:
        yield ok(f"{words}, enough for a month")


def permissions(installation: Installation) -> Iterator[Finding]:
    """Whether the data directory is writable, and who may read credentials."""
    settings = installation.settings
    try:
        with tempfile.TemporaryFile(dir=settings.data_dir):
            yield ok(f"{settings.data_dir} is writable")
    except OSError as error:
        yield wrong(
            f"{settings.data_dir} is not writable ({error.strerror}): give the user who runs"
            " bwp access, or set BWP_DATA_DIR"
        )
    stores_file = os.environ.get("BWP_STORES_FILE", "").strip()
    if stores_file and _others_read(Path(stores_file).expanduser()):
        yield look(f"{stores_file} can be read by others: chmod 600 {stores_file}")


def _others_read(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))

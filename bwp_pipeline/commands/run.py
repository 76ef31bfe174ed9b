"""`bwp run`: the daily job for a range of archive days.

Belongs here: which days. Does not belong here: the run itself (`daily_job.py`).
"""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bwp_pipeline.commands.arguments import OneLineParser, count, day
from bwp_pipeline.settings import Settings, SettingsError


def main(words: Sequence[str]) -> int:
    """Run the daily job; returns one of `Exit`."""
    parser = OneLineParser(
        prog="bwp run",
        description=(
            "Read the archived events of a range of days, fetch the orders that they name, build"
            " the tables and write the reports. Days that earlier runs have missed are read as"
            " well. Without options: from the last day that was read to yesterday."
        ),
    )
    parser.add_argument(
        "--from",
        dest="first",
        type=day,
        metavar="DAY",
        help="first day, YYYY-MM-DD in UTC (default: the last one that was read)",
    )
    parser.add_argument(
        "--to", dest="last", type=day, metavar="DAY", help="last day (default: yesterday)"
    )
    parser.add_argument("--days", type=count, metavar="N", help="without --from: the last N days")
    arguments = parser.parse_args(words)
    settings = Settings.from_environ()
    # Loading these takes seconds, which `--help` and a mistyped option need not wait for.
    from bwp_pipeline.commands.daily_job import run_daily_job  # noqa: PLC0415
    from bwp_pipeline.defs.partitions import FIRST_DAY, newest_finished_day  # noqa: PLC0415

    now = datetime.now(UTC)
    last = arguments.last or newest_finished_day(now)
    first = arguments.first
    if first is None and arguments.days is not None:
        first = last - timedelta(days=min(arguments.days - 1, (last - FIRST_DAY).days))
    if not FIRST_DAY <= (first or last) <= last <= now.date():
        parser.error(
            f"{first or last} to {last} is not a valid range; archive days (UTC) run from"
            f" {FIRST_DAY} to {now.date()}"
        )
    _check_writable(settings)
    return run_daily_job(settings, first, last)


def _check_writable(settings: Settings) -> None:
    """Try it: permissions alone don't reveal a full or read-only disk."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            pass
    except OSError as error:
        raise SettingsError(
            "BWP_DATA_DIR", f"can't be written: {settings.data_dir}: {error.strerror}", "./data"
        ) from None

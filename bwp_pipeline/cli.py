"""The `bwp` command: it reads arguments, starts Dagster jobs and prints what came of them.

Belongs here: commands, their options, exit codes, the lines a person reads. Does not belong here:
any of the work, which Dagster's assets do in the same way when they are started elsewhere.
"""

import argparse
import sys
import warnings
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from bwp_pipeline import __version__

EXIT_FAILED = 1
EXIT_SETTINGS = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit code: 0 done, 1 failed, 2 wrong settings."""
    # The imports in here take seconds: `bwp --help` and a typing mistake need not wait for them.
    # Dagster calls backfills in one run beta whenever it is loaded.
    warnings.filterwarnings("ignore", message=".* is currently in beta")
    words = sys.argv[1:] if argv is None else list(argv)
    if words[:1] == ["sandbox"]:
        from bwp_pipeline.sandbox import main as sandbox_main  # noqa: PLC0415

        return sandbox_main(words[1:])
    parser = _parser()
    arguments = parser.parse_args(words)
    from bwp_pipeline.archive import ArchiveUnreachable  # noqa: PLC0415
    from bwp_pipeline.settings import Settings, SettingsError  # noqa: PLC0415

    try:
        settings = Settings.from_environ()
        if arguments.command == "doctor":
            from bwp_pipeline.doctor import examine  # noqa: PLC0415

            return examine(settings)
        from bwp_pipeline.launch import run_daily_job  # noqa: PLC0415

        return run_daily_job(settings, *_range(parser, arguments))
    except SettingsError as error:
        print(f"bwp: {error}", file=sys.stderr)
        return EXIT_SETTINGS
    except ArchiveUnreachable as error:
        print(f"bwp: {error}", file=sys.stderr)
        return EXIT_FAILED


def _range(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> tuple[date, date]:
    from bwp_pipeline.partitions import FIRST_DAY, newest_finished_day  # noqa: PLC0415

    now = datetime.now(UTC)
    last = arguments.last or newest_finished_day(now)
    first = arguments.first or last - timedelta(days=arguments.days - 1)
    if not FIRST_DAY <= first <= last <= now.date():
        parser.error(
            f"{first} to {last} is no range of archive days: they go, in UTC, from {FIRST_DAY}"
            f" to {now.date()}"
        )
    return first, last


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bwp",
        description="What was cancelled in Buy with Prime orders, why, and what to restock.",
    )
    parser.add_argument("--version", action="version", version=f"bwp {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the daily job for a range of archive days")
    run.add_argument(
        "--from", dest="first", type=_day, metavar="DAY", help="first day, YYYY-MM-DD in UTC"
    )
    run.add_argument(
        "--to", dest="last", type=_day, metavar="DAY", help="last day (default: yesterday)"
    )
    run.add_argument(
        "--days", type=_count, default=1, metavar="N", help="without --from: the last N days"
    )

    commands.add_parser("doctor", help="check settings, archive, API, lake and disk")

    commands.add_parser("sandbox", help="serve a made-up store until stopped")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; example: 2026-11-19") from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())

"""The `bwp` command: it reads arguments, starts the work, and prints what came of it.

Belongs here: commands, their options, exit codes, the lines a person reads. Does not belong here:
any of the work; the daily run's is in Dagster's assets, which do the same when started elsewhere.
"""

import argparse
import sys
import warnings
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NoReturn

from bwp_pipeline import __version__
from bwp_pipeline.settings import Settings, SettingsError

EXIT_FAILED = 1
EXIT_SETTINGS = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit code: 0 done, 1 failed, 2 wrong settings."""
    # Dagster calls backfills in one run beta whenever it is loaded.
    warnings.filterwarnings("ignore", message=".* is currently in beta")
    words = sys.argv[1:] if argv is None else list(argv)
    if words[:1] == ["sandbox"]:
        from bwp_pipeline.sandbox import main as sandbox_main  # noqa: PLC0415 -- not in production

        return sandbox_main(words[1:])
    parser = _parser()
    arguments = parser.parse_args(words)
    # Loading these takes seconds, which `--help` and a typing mistake need not wait for.
    from bwp_pipeline.archive import ArchiveUnreachable  # noqa: PLC0415

    try:
        return _command(parser, arguments, Settings.from_environ())
    except SettingsError as error:
        print(f"bwp: {error}", file=sys.stderr)
        return EXIT_SETTINGS
    except ArchiveUnreachable as error:
        print(f"bwp: {error}", file=sys.stderr)
        return EXIT_FAILED


def _command(
    parser: argparse.ArgumentParser, arguments: argparse.Namespace, settings: Settings
) -> int:
    if arguments.command == "doctor":
        from bwp_pipeline.commands.doctor import examine  # noqa: PLC0415

        return examine(settings)
    if arguments.command == "quarantine":
        return _quarantine(settings, read_again=arguments.retry)
    if arguments.command == "serve":
        from bwp_pipeline.commands.serve import serve  # noqa: PLC0415

        return serve(settings, arguments.host, arguments.port, tuple(arguments.name))
    if arguments.command == "report":
        return _report(parser, arguments, settings)
    first, last = _archive_days(parser, arguments)
    from bwp_pipeline.commands.run import run_daily_job  # noqa: PLC0415

    return run_daily_job(settings, first, last)


def _archive_days(
    parser: argparse.ArgumentParser, arguments: argparse.Namespace
) -> tuple[date, date]:
    from bwp_pipeline.defs.partitions import FIRST_DAY, newest_finished_day  # noqa: PLC0415

    now = datetime.now(UTC)
    last = arguments.last or newest_finished_day(now)
    first = arguments.first or last - timedelta(days=arguments.days - 1)
    if not FIRST_DAY <= first <= last <= now.date():
        parser.error(
            f"{first} to {last} is no range of archive days: they go, in UTC, from {FIRST_DAY}"
            f" to {now.date()}"
        )
    return first, last


def _quarantine(settings: Settings, *, read_again: bool) -> int:
    from bwp_pipeline.archive import quarantined, retry  # noqa: PLC0415
    from bwp_pipeline.defs.resources import Installation  # noqa: PLC0415

    installation = Installation(lambda: settings)
    lake = installation.lake()
    if read_again:
        run_id = f"retry-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        with installation.lake_to_itself():
            retried = retry(installation.archive(), lake, run_id)
        print(
            f"{retried.before} records were in quarantine, {retried.after} are now;"
            f" {retried.events} events gained; of {retried.unavailable} the archive no longer has"
            " the object. Run those days again to take the gained events further."
        )
    for reason in quarantined(lake):
        print(
            f"{reason.records:>8} {reason.reason} in {reason.objects} objects, the newest in"
            f" {reason.object_key} at byte {reason.byte_offset} ({reason.day}): {reason.error}"
        )
    return 0


def _report(
    parser: argparse.ArgumentParser, arguments: argparse.Namespace, settings: Settings
) -> int:
    if arguments.first > arguments.last:
        parser.error(f"the first day, {arguments.first}, is after the last, {arguments.last}")
    if not settings.published_path.exists():
        print(f"bwp: there is no {settings.published_path} yet: bwp run", file=sys.stderr)
        return EXIT_FAILED
    from bwp_pipeline.reports import write_window_report  # noqa: PLC0415

    files = write_window_report(
        settings.published_path,
        settings.reports_dir,
        (arguments.first, arguments.last),
        built_at=datetime.now(UTC),
        version=__version__,
        run_id="bwp report",
        business_product_id=arguments.store,
    )
    print(files.html)
    return 0


class _OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, as every other error here."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_SETTINGS, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(
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

    report = commands.add_parser("report", help="write the report of any past window")
    for name, dest in (("--from", "first"), ("--to", "last")):
        report.add_argument(
            name,
            dest=dest,
            type=_day,
            required=True,
            metavar="DAY",
            help=f"{dest} day, YYYY-MM-DD in the merchant's time zone",
        )
    report.add_argument("--store", metavar="ID", help="one business product id (default: all)")

    serve = commands.add_parser("serve", help="serve the managers' page live")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, default=8321, help="port, 0 for any (8321)")
    serve.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="a further host name under which browsers ask for it, such as a proxy's",
    )

    quarantine = commands.add_parser("quarantine", help="list what could not be read, by reason")
    quarantine.add_argument("--retry", action="store_true", help="read it again first")

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

"""`bwp report`: the report of any past window, as known now.

Belongs here: its options, and what makes a window impossible. Does not belong here: the report.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bwp_pipeline import __version__
from bwp_pipeline.commands.arguments import OneLineParser, day
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.settings import Settings


def main(words: Sequence[str]) -> int:
    """Write the report and print where its page is; returns one of `Exit`."""
    parser = OneLineParser(prog="bwp report", description=__doc__)
    for name, dest in (("--from", "first"), ("--to", "last")):
        parser.add_argument(
            name,
            dest=dest,
            type=day,
            required=True,
            metavar="DAY",
            help=f"{dest} day, YYYY-MM-DD in the merchant's time zone",
        )
    parser.add_argument("--store", metavar="ID", help="one business product id (default: all)")
    arguments = parser.parse_args(words)
    settings = Settings.from_environ()
    if arguments.first > arguments.last:
        parser.error(f"the first day, {arguments.first}, is after the last, {arguments.last}")
    if arguments.first > datetime.now(settings.timezone).date():
        parser.error(f"the first day, {arguments.first}, has not come yet")
    if not settings.published_path.exists():
        print(f"bwp: there is no {settings.published_path} yet: bwp run", file=sys.stderr)
        return Exit.FAILED
    # Loading these takes a second.
    import duckdb  # noqa: PLC0415

    from bwp_pipeline.reports import write_window_report  # noqa: PLC0415
    from bwp_pipeline.reports.language import speak  # noqa: PLC0415

    speak(settings.locale)
    try:
        files = write_window_report(
            settings.published_path,
            settings.reports_dir,
            (arguments.first, arguments.last),
            built_at=datetime.now(UTC),
            version=__version__,
            run_id="bwp report",
            business_product_id=arguments.store,
        )
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]
        print(
            f"bwp: {settings.published_path} can't be read: bwp run makes it again ({reason})",
            file=sys.stderr,
        )
        return Exit.FAILED
    print(files.html)
    return Exit.DONE

"""`bwp report`: the report of any past window, as known now or as known at an earlier time.

Belongs here: its options, and checking the window. Does not belong here: the report.
"""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bwp_pipeline import __version__
from bwp_pipeline.commands.arguments import OneLineParser, day, moment
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.settings import Settings


def main(words: Sequence[str]) -> int:
    """Write the report and print where its page is; returns one of `Exit`."""
    parser = OneLineParser(
        prog="bwp report",
        description=(
            "Write the report of any past window: page, workbook and CSV files. The latest report"
            " stays as it is. With --as-of, from what was known at that time."
        ),
    )
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
    parser.add_argument(
        "--as-of",
        type=moment,
        metavar="TIME",
        help="what was read and fetched by then, such as 2026-11-19T06:00Z (default: now)",
    )
    arguments = parser.parse_args(words)
    settings = Settings.from_environ()
    if arguments.first > arguments.last:
        parser.error(f"the first day, {arguments.first}, is after the last, {arguments.last}")
    if arguments.first > datetime.now(settings.timezone).date():
        parser.error(f"the first day, {arguments.first}, is in the future")
    database, reports_dir = settings.published_path, settings.reports_dir
    if arguments.as_of is not None:
        name = f"as_of_{arguments.as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        database, reports_dir = build_as_known(settings, arguments.as_of), reports_dir / name
        print(database)
    if not database.exists():
        print(f"bwp: {database} does not exist yet: start bwp run", file=sys.stderr)
        return Exit.FAILED
    # Loading these takes a second.
    import duckdb  # noqa: PLC0415

    from bwp_pipeline.defs.resources import Installation  # noqa: PLC0415
    from bwp_pipeline.reports.language import speak  # noqa: PLC0415
    from bwp_pipeline.reports.reading.published_days import NotPublishedError  # noqa: PLC0415
    from bwp_pipeline.reports.writing import ReportFiles, write_window_report  # noqa: PLC0415
    from bwp_pipeline.warehouse.loading import marts_path  # noqa: PLC0415

    speak(settings.locale)

    def write(database: Path) -> ReportFiles:
        return write_window_report(
            database,
            reports_dir,
            (arguments.first, arguments.last),
            built_at=datetime.now(UTC),
            version=__version__,
            run_id="bwp report",
            business_product_id=arguments.store,
        )

    try:
        try:
            files = write(database)
        except NotPublishedError as error:
            database = marts_path(settings.warehouse_path)
            if not database.exists():
                print(f"bwp: {error}; the warehouse has all, on another machine", file=sys.stderr)
                return Exit.FAILED
            with Installation(lambda: settings).warehouse_to_itself():
                files = write(database)
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]
        print(
            f"bwp: {database} can't be read: bwp run builds it again ({reason})",
            file=sys.stderr,
        )
        return Exit.FAILED
    print(files.html)
    return Exit.DONE


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def build_as_known(settings: Settings, until: datetime) -> Path:
    """Build a database of its own from what the lake held at `until`, by today's definitions.

    Returns:
        `BWP_DATA_DIR/as_of/<time>.duckdb`, with the schemas of the published database.

    Raises:
        DbtError: When a model or a test fails.
    """
    # Loading these takes seconds.
    from bwp_pipeline.defs.resources import Installation  # noqa: PLC0415
    from bwp_pipeline.lake.past import lake_as_known  # noqa: PLC0415
    from bwp_pipeline.warehouse.building import build_warehouse  # noqa: PLC0415
    from bwp_pipeline.warehouse.loading import marts_path  # noqa: PLC0415

    name = f"{until.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    target = settings.data_dir / "as_of" / f"{name}.duckdb"
    building = target.with_name(f".{name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        url = f"{(building / 'lake').as_uri()}/"
        past = lake_as_known(Installation(lambda: settings).lake(), until, url)
        then = replace(settings, data_dir=building)
        build_warehouse(past, then, say=_say)
        marts_path(then.warehouse_path).replace(target)
    finally:
        shutil.rmtree(building)
    return target

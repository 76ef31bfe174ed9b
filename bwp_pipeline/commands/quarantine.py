"""`bwp quarantine`: what could not be read, by reason; with `--retry`, reads it again first.

Belongs here: its options and lines. Does not belong here: the quarantine (`archive/ingest/`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from bwp_pipeline.commands.arguments import OneLineParser
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.settings import Settings


def main(words: Sequence[str]) -> int:
    """List the quarantine, a line for each reason; returns one of `Exit`."""
    parser = OneLineParser(
        prog="bwp quarantine",
        description="List what could not be read from the archive, by reason.",
    )
    parser.add_argument("--retry", action="store_true", help="read it again first")
    arguments = parser.parse_args(words)
    settings = Settings.from_environ()
    # Loading these takes seconds, which `--help` and a mistyped option need not wait for.
    from bwp_pipeline.archive import quarantined, retry  # noqa: PLC0415
    from bwp_pipeline.defs.resources import Installation  # noqa: PLC0415

    installation = Installation(lambda: settings)
    lake = installation.lake()
    if arguments.retry:
        run_id = f"retry-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        with installation.lake_to_itself():
            retried = retry(installation.archive(), lake, run_id)
        print(
            f"{retried.before} records were in quarantine, {retried.after} still are;"
            f" {retried.events} events gained; for {retried.unavailable} the archive no longer has "
            "the object. Run those days again to process the gained events."
        )
    for reason in quarantined(lake):
        print(
            f"{reason.records:>8} {reason.reason} in {reason.objects} objects, the newest in"
            f" {reason.object_key} at byte {reason.byte_offset} ({reason.day}): {reason.error}"
        )
    return Exit.DONE

"""`bwp compact --before DAY`: deletes old snapshots of orders, but for what facts depend on.

Belongs here: its options, locks and lines. Does not belong here: compacting (`lake/compaction.py`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from bwp_pipeline.commands.arguments import OneLineParser, day
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.settings import Settings


def main(words: Sequence[str]) -> int:
    """Compact, and print what became of how much; returns one of `Exit`."""
    parser = OneLineParser(
        prog="bwp compact",
        description=(
            "Delete old snapshots of orders, but for what facts depend on. This can't be undone."
        ),
    )
    parser.add_argument(
        "--before",
        type=day,
        required=True,
        metavar="DAY",
        help="the first day, in UTC, whose snapshots stay as they are",
    )
    before = parser.parse_args(words).before
    if before > datetime.now(UTC).date():
        parser.error(f"{before} has not come yet")
    settings = Settings.from_environ()
    # Loading these takes seconds, which `--help` and a typing mistake need not wait for.
    from bwp_pipeline.defs.resources import Installation  # noqa: PLC0415
    from bwp_pipeline.lake.compaction import compact_snapshots  # noqa: PLC0415

    installation = Installation(lambda: settings)
    with installation.lake_to_itself(), installation.warehouse_to_itself():
        done = compact_snapshots(installation.lake(), before)
    print(
        f"{done.rows} answers in {done.files} files from before {before}: {done.kept} kept, in"
        f" {before}'s. The next run builds the warehouse again."
    )
    return Exit.DONE

"""`bwp forget ORDER_ID…`: erases orders everywhere and keeps them from coming back.

Belongs here: its options, locks and lines. Does not belong here: erasing (`erasure.py`).
"""

import re
from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import UTC, datetime

from bwp_pipeline.commands.arguments import OneLineParser
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.settings import Settings
from bwp_pipeline.storage import directory

# Part of an id, or an ordinary word, would match everywhere.
_ORDER_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{6,98}[0-9A-Za-z]")


def main(words: Sequence[str]) -> int:
    """Erase the orders, a line for each place; returns one of `Exit`."""
    parser = OneLineParser(
        prog="bwp forget",
        description=(
            "Erase orders from everything that the pipeline keeps, and keep them from coming back."
            " This can't be undone."
        ),
    )
    parser.add_argument(
        "orders",
        nargs="+",
        type=_order_id,
        metavar="ORDER_ID",
        help="an order's id, as in the reports",
    )
    ids = frozenset(parser.parse_args(words).orders)
    return forget(Settings.from_environ(), ids)


def forget(settings: Settings, ids: frozenset[str]) -> int:
    """Erase the orders, and print what was removed, by place."""
    # Loading these takes seconds, which `--help` and a mistyped option need not wait for.
    from bwp_pipeline.defs.resources import Installation  # noqa: PLC0415
    from bwp_pipeline.erasure import bury, erase_from_data, erase_from_lake  # noqa: PLC0415

    installation = Installation(lambda: settings)
    with installation.lake_to_itself(), installation.warehouse_to_itself():
        bury(installation.lake(), ids, datetime.now(UTC))
        # Opened after the tombstones are written, it keeps the orders out of what it writes.
        lake = installation.lake()
        for table, count in sorted(erase_from_lake(lake, ids).items()):
            kind = "files that could not be searched" if table == "damaged" else "rows"
            print(f"lake/{table}: {count} {kind} removed")
        is_here = settings.lake_url.startswith("file:")
        lake_dir = directory(settings.lake_url) if is_here else None
        for path, done in erase_from_data(
            settings.data_dir, lake_dir, settings.warehouse_path, ids
        ):
            print(f"{path}: {done}")
    erased = "1 order is" if len(ids) == 1 else f"{len(ids)} orders are"
    print(
        f"{erased} erased and will not be read or fetched again. The archive itself, backups and"
        " reports already sent or delivered elsewhere are not touched."
    )
    return Exit.DONE


def _order_id(text: str) -> str:
    if not _ORDER_ID.fullmatch(text):
        raise ArgumentTypeError(f"{text[:80]!r} is not an order id; example: 322-43Q4-R3S5J8")
    return text

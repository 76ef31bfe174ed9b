"""`bwp warehouse`: builds marts and reports from the lake as it is, without reading or fetching.

Belongs here: its options and lines. Does not belong here: building (`warehouse/building.py`).
"""

from collections.abc import Sequence
from dataclasses import replace

from bwp_pipeline.commands.arguments import OneLineParser
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.settings import ENGINES, Settings


def main(words: Sequence[str]) -> int:
    """Build, and print how far it is; returns one of `Exit`."""
    parser = OneLineParser(
        prog="bwp warehouse",
        description=(
            "Build marts and reports' tables from the lake as it is: nothing is read from the"
            " archive or asked of the API, and nothing is published."
        ),
    )
    parser.add_argument(
        "--engine", choices=ENGINES, help="what builds the marts, instead of BWP_ENGINE"
    )
    engine = parser.parse_args(words).engine
    settings = Settings.from_environ()
    settings = replace(settings, engine=engine or settings.engine)
    # Loading these takes seconds, which `--help` and a typing mistake need not wait for.
    from bwp_pipeline.defs.resources import Installation  # noqa: PLC0415
    from bwp_pipeline.storage import files_of_our_own  # noqa: PLC0415
    from bwp_pipeline.warehouse.building import build_warehouse  # noqa: PLC0415
    from bwp_pipeline.warehouse.damage import built_soundly  # noqa: PLC0415

    installation = Installation(lambda: settings)
    with installation.warehouse_to_itself(), files_of_our_own():
        built_soundly(
            settings.warehouse_path,
            lambda: build_warehouse(installation.lake(), settings, say=print),
            print,
        )
    print(f"{settings.warehouse_path} is built by {settings.engine}")
    return Exit.DONE

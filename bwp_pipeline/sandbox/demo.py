"""`bwp demo`: the daily job on a made-up store's last weeks, from nothing to reports.

Belongs here: where the demo keeps its files and what it runs. Does not belong here: the sandbox
itself (`command.py`), or the job, which is `bwp run` as on a real archive.
"""

import csv
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from bwp_pipeline.commands.arguments import OneLineParser
from bwp_pipeline.sandbox import command
from bwp_pipeline.sandbox.made_world import World

DAYS, ORDERS_PER_DAY = 63, 100
"""Enough for a window of four weeks and the one before it."""

_SUPPLIERS = (("Northfield Goods", 21, 24), ("Mill & Kiln", 14, 12), ("Pacific Outdoor", 10, 6))
"""Name, lead time in days, units in a case."""


def main(words: Sequence[str]) -> int:
    """Serve a sandbox, run the daily job on it, print where its reports are; returns its code."""
    OneLineParser(
        prog="bwp demo",
        description=(
            "Run the daily job on a made-up store's last nine weeks, from nothing to reports. The"
            " files are in BWP_DATA_DIR, or in bwp-demo here."
        ),
    ).parse_args(words)
    directory = Path(os.environ.get("BWP_DATA_DIR") or "bwp-demo").resolve()
    # A report of the demo is never taken for one of the merchant's own data.
    os.environ["BWP_DATA_DIR"] = str(directory)
    os.environ.setdefault("DAGSTER_HOME", str(directory / "dagster"))
    _write_terms(directory)
    run = [sys.executable, "-m", "bwp_pipeline.cli", "run", "--days", str(DAYS)]
    world = ["--days", str(DAYS), "--orders-per-day", str(ORDERS_PER_DAY)]
    code = command.main(["--dir", str(directory / "sandbox"), *world, "--", *run])
    if code == 0:
        print(f"Live page  BWP_DATA_DIR={shlex.quote(str(directory))} {sys.argv[0]} serve")
    return code


def _write_terms(directory: Path) -> None:
    """Write how the store buys its products, as a merchant would."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "overrides.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("sku", "lead_time_days", "case_pack", "unit_cost", "supplier"))
        for number, product in enumerate(World(days=1).stores[0].catalog.products):
            supplier, lead_time, case = _SUPPLIERS[number % len(_SUPPLIERS)]
            cost = f"{product.price * 0.45:.2f}"
            table.writerow((product.key, lead_time, case, cost, supplier))
